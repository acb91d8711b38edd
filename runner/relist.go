package runner

import (
	"context"
	"slices"

	"github.com/precert/precert/connector"
)

// maxRelists is how many requests a list that was empty gets once there is something to list.
const maxRelists = 3

// relist asks lists once more when a stage has made such things: an item that
// never came was never held to its schema, and those that the run made hold what
// was sent, which others may lack. It comes before invalid input is tried, which
// may leave odd things behind.
func (r *run) relist(ctx context.Context, stage []*operation) {
	for _, o := range r.plan.ops {
		if o.kind != kindList || o.good == nil || o.relisted || o.support || o.stream || o.Trigger != connector.Action || !makes(stage, o.resource) {
			continue
		}
		w := &worker{run: r, op: o, view: append(r.pool.all(), learntBy(stage)...)}
		r.shield(o.name, func() {
			ctx := asWorker(ctx, o.name)
			before := o.filled
			for attempt := 0; attempt < maxRelists && (!o.filled || before && attempt == 0) && ctx.Err() == nil; attempt++ {
				e, err := w.call(ctx, attempt)
				if err != nil {
					return
				}
				r.judge(o, e)
				if e.ok() {
					w.learn(e)
				}
				if o.filled && !before {
					o.outcome.keep(e)
				}
				e.settle()
			}
			// What comes later may follow invalid input that was taken.
			o.relisted = o.filled
			w.excuseMock(ctx)
			r.journal.done(w)
		})
		r.share([]*operation{o})
	}
}

func learntBy(stage []*operation) []*record {
	var out []*record
	for _, o := range stage {
		out = append(out, o.learnt...)
	}
	return out
}

// makes reports whether a stage has created things of a resource.
func makes(stage []*operation, resource string) bool {
	return slices.ContainsFunc(learntBy(stage), func(made *record) bool { return made.own && made.usable() && made.is(resource) })
}
