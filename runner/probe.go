package runner

import (
	"context"
	"fmt"
	"net/http"

	"github.com/precert/precert/finding"
)

// maxFaults is how many kinds of invalid input are sent to one operation.
const maxFaults = 12

// probe makes the requests of the checks that need their own.
func (w *worker) probe(ctx context.Context) {
	if w.op.stream {
		return
	}
	if w.op.kind == kindCreate {
		w.checkCreation(ctx)
	}
	w.checkChunks(ctx)
	if w.run.enabled(checkPaging) {
		w.checkPaging(ctx)
		w.checkCursor(ctx)
	}
	if w.run.enabled(checkCredentials) {
		w.checkCredentials(ctx)
	}
	if w.run.enabled(checkInput) || w.run.enabled(checkServerError) {
		w.checkInput(ctx)
	}
}

// fresh composes one more valid request, on a thing of the run's own where the
// operation acts on one.
func (w *worker) fresh(ctx context.Context) (*input, *message, error) {
	in, err := w.composer().compose(w.op, w.op.outcome.calls+1, w.known())
	if err != nil && w.supply(ctx) {
		in, err = w.composer().compose(w.op, w.op.outcome.calls+1, w.known())
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := encode(w.run.base, in)
	return in, m, err
}

// checkCredentials repeats a valid request without, and with wrong, credentials.
func (w *worker) checkCredentials(ctx context.Context) {
	o, r, u := w.op, w.run, w.op.outcome
	if r.script.rewritesRequest(o) {
		u.probes = append(u.probes, probeSkip{checkCredentials, scriptReason})
		return
	}
	if !r.auth.secured(o) {
		u.probes = append(u.probes, probeSkip{checkCredentials, "the definition declares no security for the operation"})
		return
	}
	if _, missing := r.auth.requirement(o); len(missing) > 0 {
		u.add(note{check: checkCredentials, verdict: finding.Warned, proof: o.good,
			message: "answers without the credentials that the definition asks for; none were given for this run",
			hint:    "Certify against an API that checks credentials. " + r.auth.mend(missing) + "."})
		return
	}
	in, m, err := w.fresh(ctx)
	if err != nil {
		u.probes = append(u.probes, probeSkip{checkCredentials, "no further request could be made: " + err.Error()})
		return
	}
	for _, mode := range []struct {
		auth    authMode
		purpose string
	}{{authNone, forNoAuth}, {authWrong, forWrongAuth}} {
		e := r.session.send(ctx, o, in, m, sending{purpose: mode.purpose, auth: mode.auth})
		if e.absent() {
			u.probes = append(u.probes, probeSkip{checkCredentials, notRecorded})
			return
		}
		if e.fail != nil && e.fail.kind == failStopped {
			return
		}
		r.judge(o, e)
		w.judgeRefusal(e)
		if e.ok() {
			w.learn(e)
		}
	}
}

// judgeRefusal judges the answer to a request that lacks good credentials.
func (w *worker) judgeRefusal(e *exchange) {
	u := w.op.outcome
	hint := "Check credentials before everything else, or declare the operation with an empty security list."
	verdict, message := finding.Warned, ""
	switch {
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
		u.hold(checkCredentials, e)
		w.judgeSignOut(e)
		return
	case e.meant == http.StatusUnauthorized || e.meant == http.StatusForbidden:
		// The definition says itself how its API refuses.
		message = fmt.Sprintf("a request %s is refused in the body of an answer %d, not by 401 or 403: makers are not asked to sign in again", e.purpose, e.status)
	case e.ok() && looksLikeRefusal(e):
		message = fmt.Sprintf("a request %s is answered as a success (%d) with an error in the body, not 401 or 403", e.purpose, e.status)
		verdict = finding.Failed
	case e.ok():
		message = fmt.Sprintf("a request %s succeeds (%d)", e.purpose, e.status)
		verdict = finding.Failed
	case e.status >= 500:
		u.hold(checkCredentials, e)
		return
	case e.foreign != "" || isRedirect(e.status) || len(e.hops) > 0:
		message = fmt.Sprintf("a request %s is redirected, not answered 401 or 403", e.purpose)
	case e.answered():
		message = fmt.Sprintf("a request %s is answered %s, not 401 or 403", e.purpose, statusText(e.status))
	default:
		return
	}
	u.add(note{check: checkCredentials, verdict: verdict, message: message, hint: hint, proof: e})
}

// judgeSignOut looks whether the policy that marks a connection as signed out
// would see that credentials were refused.
func (w *worker) judgeSignOut(e *exchange) {
	if w.run.policies == nil || e.purpose != forWrongAuth || e.signedOut {
		return
	}
	if at := w.run.policies.set.SignsOutAt(w.op.ID); len(at) > 0 {
		w.op.outcome.add(note{check: checkCredentials, verdict: finding.Warned, proof: e,
			message: fmt.Sprintf("a request %s is answered %s, but the policy setconnectionstatustounauthenticated marks the connection as signed out at %d: makers would not be asked to sign in again", e.purpose, statusText(e.status), at[0]),
			hint:    fmt.Sprintf("Set statusCode to %d in the policy, or answer %d.", e.status, at[0])})
	}
}

// looksLikeRefusal reports whether a 2xx body is an error object.
func looksLikeRefusal(e *exchange) bool {
	body, err := e.json()
	object, ok := body.(map[string]any)
	if err != nil || !ok {
		return false
	}
	for _, name := range []string{"error", "errors", "Error"} {
		if v, there := object[name]; there && v != nil && v != false {
			return true
		}
	}
	return false
}

// checkInput sends what the definition forbids.
func (w *worker) checkInput(ctx context.Context) {
	o, r, u := w.op, w.run, w.op.outcome
	if r.script.rewritesRequest(o) {
		u.probes = append(u.probes, probeSkip{checkInput, scriptReason})
		return
	}
	bad := w.badInputs()
	if len(bad) == 0 {
		reason := "the definition forbids no input beyond doubt"
		if w.spared {
			reason = "what could be wrong says which thing is meant: without it others might be hit"
		}
		u.probes = append(u.probes, probeSkip{checkInput, reason})
		return
	}
	for _, b := range bad {
		m, err := encode(r.base, b.in)
		if err != nil {
			continue
		}
		e := r.session.send(ctx, o, b.in, m, sending{purpose: forFault, detail: b.fault.Description})
		if e.absent() {
			u.probes = append(u.probes, probeSkip{checkInput, notRecorded})
			return
		}
		if e.fail != nil && e.fail.kind != failClosed {
			if e.fail.kind == failStopped || e.fail.kind == failDial {
				return
			}
			continue
		}
		r.judge(o, e)
		if e.ok() {
			if b.unknown && o.safe() {
				continue
			}
			w.learn(e)
			if !r.enabled(checkInput) || b.unknown {
				continue
			}
			verdict := finding.Failed
			if b.fault.Lenient || !b.required {
				// Many APIs ignore what they do not need.
				verdict = finding.Warned
			}
			u.add(note{check: checkInput, verdict: verdict, pointer: "", proof: e, hint: "Answer such input 400 or 422, or loosen the definition.",
				message: fmt.Sprintf("invalid input (%s) is answered %s", b.fault.Description, statusText(e.status))})
		} else if e.answered() && !b.unknown {
			u.hold(checkInput, e)
		}
	}
}
