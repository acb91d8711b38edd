package runner

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// opposites are the deeds that must be done before another can be: what is not
// closed cannot be reopened.
func opposites() map[string][]string {
	w := strings.Fields
	return map[string][]string{
		"restore": w("archive delete trash remove"), "undelete": w("delete trash remove"), "unarchive": w("archive"), "recover": w("delete archive trash"),
		"reopen": w("close complete resolve finish"), "close": w("reopen open"), "unlock": w("lock"), "lock": w("unlock"),
		"unpin": w("pin"), "unstar": w("star"), "unmute": w("mute"), "unfollow": w("follow"), "unwatch": w("watch"), "unassign": w("assign"),
		"activate": w("deactivate disable suspend"), "deactivate": w("activate enable"), "enable": w("disable deactivate"), "disable": w("enable activate"),
		"resume": w("pause suspend stop"), "pause": w("resume start"), "unsuspend": w("suspend"), "unblock": w("block"),
		"unpublish": w("publish"), "publish": w("unpublish draft"), "stop": w("start"), "start": w("stop"), "uncancel": w("cancel"), "unsubscribe": w("subscribe"),
	}
}

// deeds are the words by which an operation says what it does to its target.
func (o *operation) deeds() []string {
	said := words(o.ID)
	said = append(said[:min(1, len(said))], words(lastLiteral(o.Path))...)
	if o.Method == http.MethodDelete {
		said = append(said, "delete")
	}
	return said
}

// opposite finds the operation that brings a thing into the state in which this
// one can act on it, nil when there is none that may run.
func (w *worker) opposite() *operation {
	t := w.op.target()
	if t == nil {
		return nil
	}
	table, said := opposites(), w.op.deeds()
	for _, deed := range said {
		for _, before := range table[deed] {
			for _, o := range w.run.plan.ops {
				ot := o.target()
				if o != w.op && o.skip == "" && ot != nil && slices.Contains(o.deeds(), before) && slices.ContainsFunc(ot.resources, func(r string) bool { return slices.Contains(t.resources, r) }) &&
					strings.Count(o.Path, "{") == strings.Count(w.op.Path, "{") {
					return o
				}
			}
		}
	}
	return nil
}

// turn brings the thing that a refusal is about into the other state, and keeps
// to it; it reports whether that was done.
func (w *worker) turn(ctx context.Context, e *exchange) bool {
	target := e.in.target
	if target == nil || !target.own || w.turns > 2*w.run.opts.Calls || !slices.Contains([]int{http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}, e.says()) {
		return false
	}
	o := w.opposite()
	if o == nil || w.turned == target && w.inState {
		return false
	}
	in, err := w.run.composer.compose(o, e.in.attempt, []*record{target})
	target.taken.Store(nil)
	if err != nil || in.target != target {
		return false
	}
	m, err := encode(w.run.base, in)
	if err != nil {
		return false
	}
	w.turns++
	if !w.run.session.send(ctx, o, in, m, sending{purpose: forSupply}).ok() {
		return false
	}
	w.turned, w.turnedBy, w.inState = target, o, true
	w.op.form.favourite = target
	return true
}

// lostByTurn ends the series when the thing went for good by what was to be taken back.
func (w *worker) lostByTurn(e *exchange) bool {
	if w.turned == nil || e.in.target != w.turned || !w.inState || w.turnedBy.kind != kindDelete {
		return false
	}
	w.turned.gone.Store(true)
	w.run.journal.gone(w.turned)
	w.op.outcome.keep(e)
	w.unused(fmt.Sprintf("not exercised, because what %s deletes is gone for good: answered %s%s", w.turnedBy.name, e.saysText(), quoteWords(e)), "")
	return true
}
