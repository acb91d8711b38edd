package runner

import (
	"context"
	"slices"
	"strings"
)

// supply makes one more thing for the operation to act on: for ten deletions
// ten things are made. It reports false when nothing can make one.
func (w *worker) supply(ctx context.Context) bool {
	return w.supplyFor(ctx, w.op, 0)
}

func (w *worker) supplyFor(ctx context.Context, o *operation, depth int) bool {
	if depth > maxDeep || ctx.Err() != nil {
		return false
	}
	for _, creation := range w.creations(o) {
		if w.make(ctx, creation, depth) {
			return true
		}
	}
	return false
}

// creations are the operations that make what an operation acts on, and that may run.
func (w *worker) creations(o *operation) []*operation {
	var out []*operation
	if o.undoes != nil {
		out = []*operation{o.undoes}
	} else if t := o.target(); t != nil && o.ownOnly() {
		out = w.run.planner.creators(o, t)
	}
	return slices.DeleteFunc(out, func(c *operation) bool {
		return c.skip != "" && !strings.HasPrefix(c.skip, notSelected) || c.stream || c.jammed || c.good == nil && c.restored == nil
	})
}

// make runs a creation once, outside of its own series.
func (w *worker) make(ctx context.Context, creation *operation, depth int) bool {
	r := w.run
	view := w.known()
	for range maxInRow {
		in, err := r.composer.compose(creation, r.nextSupply(creation), view)
		if err != nil {
			if !w.supplyFor(ctx, creation, depth+1) {
				return false
			}
			continue
		}
		m, err := encode(r.base, in)
		if err != nil {
			return false
		}
		e := r.session.send(ctx, creation, in, m, sending{purpose: forSupply})
		if !e.ok() {
			if fresh := w.below(ctx, e, depth); fresh != nil {
				view = fresh
				continue
			}
			if isConflict(e) {
				continue
			}
			return false
		}
		return w.keepMade(creation, e)
	}
	return false
}

// below makes another thing for a creation to go below, where those that the run
// has made are in a state that no longer takes it; what is known without the
// others of its kind, nil when none was made.
func (w *worker) below(ctx context.Context, e *exchange, depth int) []*record {
	if e.in.anchor == nil || depth >= maxDeep || e.says() < 400 || e.says() >= 500 {
		return nil
	}
	for _, n := range slices.Backward(e.op.needs) {
		if n.in != "path" || n.dynamic != nil {
			continue
		}
		for _, creation := range w.run.planner.creators(e.op, n) {
			if creation.skip != "" || creation.good == nil || !w.make(ctx, creation, depth+1) {
				continue
			}
			fresh := w.op.learnt[len(w.op.learnt)-1]
			return slices.DeleteFunc(slices.Clone(w.known()), func(r *record) bool { return r != fresh && slices.ContainsFunc(n.resources, r.is) })
		}
		break
	}
	return nil
}

// nextSupply numbers the things made on demand after those of the creation's own series.
func (r *run) nextSupply(creation *operation) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.supplies[creation]++
	return 4*r.opts.Calls + 12 + r.supplies[creation]
}
