package runner

import (
	"context"
	"slices"
	"strings"
)

// retires reports whether an operation that is no deletion may take its target
// out of sight all the same: what is archived is no longer found by many APIs.
func (o *operation) retires() bool {
	return o.ownOnly() && o.kind != kindDelete && o.undoes == nil && hasAny(o.saidDeeds(), strings.Fields("archive trash discard retire"))
}

// saidDeeds are its deeds and every word of its id.
func (o *operation) saidDeeds() []string { return append(o.deeds(), words(o.ID)...) }

// orderRetiring puts what takes things out of sight after what else uses them,
// but for what brings them back.
func (p *planner) orderRetiring(o *operation) {
	target := o.target()
	if target == nil {
		return
	}
	for _, other := range p.ops {
		if other == o || other.kind == kindDelete || other.after[o] || other.retires() || hasAny(other.saidDeeds(), strings.Fields("restore unarchive undelete recover untrash unretire")) {
			continue
		}
		if slices.ContainsFunc(other.needs, func(n *need) bool {
			return slices.ContainsFunc(n.resources, func(r string) bool { return slices.Contains(target.resources, r) })
		}) {
			o.after[other] = true
		}
	}
}

// retired looks whether what was taken out of sight can still be read: when not,
// nothing else may be tried on it.
func (w *worker) retired(ctx context.Context, e *exchange) {
	target := e.in.target
	if !w.op.retires() || target == nil || !target.own {
		return
	}
	if after := w.read(ctx, target, forReadGone); after != nil && isMissing(after) {
		target.gone.Store(true)
		w.run.journal.gone(target)
	}
}
