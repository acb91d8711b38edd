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
	for range maxInRow {
		in, err := r.composer.compose(creation, r.nextSupply(creation), w.known())
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
			if isConflict(e) {
				continue
			}
			return false
		}
		return w.keepMade(creation, e)
	}
	return false
}

// nextSupply numbers the things made on demand after those of the creation's own series.
func (r *run) nextSupply(creation *operation) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.supplies[creation]++
	return 4*r.opts.Calls + 12 + r.supplies[creation]
}
