package runner

import (
	"context"
	"slices"

	"github.com/precert/precert/connector"
)

// mendCallback says how webhooks come to be registered.
const mendCallback = "--callback-url URL of a tunnel to this machine (docs/webhooks.md)"

// hooks are the operations that register webhooks.
func (p *planner) hooks() []*operation {
	return slices.DeleteFunc(slices.Clone(p.ops), func(o *operation) bool { return !isHook(o) })
}

// wakers are the operations that a trigger, or the deletion of what one
// registers, cannot be judged without.
func (p *planner) wakers(o *operation, opts Options) []*operation {
	if o.unhook && o.kind == kindDelete {
		return p.hooks()
	}
	if o.Trigger == connector.Action {
		return nil
	}
	var out []*operation
	for _, e := range p.events(o, opts, nil) {
		if e.op != nil && e.sure {
			out = append(out, e.op)
		}
	}
	return out
}

// listen opens the callback listener when there is a webhook to be registered.
func (r *run) listen(ctx context.Context) error {
	if !slices.ContainsFunc(r.planner.hooks(), func(o *operation) bool { return o.skip == "" }) {
		return nil
	}
	callbacks, err := listenForCallbacks(ctx, r.opts, r.mask)
	if err != nil {
		return err
	}
	r.composer.callbacks = callbacks
	return nil
}

// watch exercises the triggers, one after the other: each makes its event happen
// by what the other operations have shown to work.
func (r *run) watch(ctx context.Context) {
	r.checkDynamics(ctx)
	for _, o := range r.plan.ops {
		if isHook(o) && r.session.tape != nil {
			r.reenact(o)
			r.share([]*operation{o})
		}
		if ctx.Err() != nil || o.skip != "" {
			continue
		}
		w := &worker{run: r, op: o, view: r.pool.all()}
		switch {
		case isHook(o):
			r.shield(o.name, func() { w.work(ctx) })
		case o.Trigger == connector.Polling && o.good != nil && !o.support:
			r.shield(o.name, func() {
				w.checkPolling(ctx)
				w.excuseMock(ctx)
			})
		default:
			continue
		}
		r.share([]*operation{o})
	}
}
