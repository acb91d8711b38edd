package runner

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/values"
)

// refused decides what a 4xx answer to a valid request means.
func (w *worker) refused(ctx context.Context, e *exchange, attempt int) step {
	switch e.says() {
	case http.StatusUnauthorized:
		return w.unauthorized(ctx, e)
	case http.StatusForbidden, http.StatusPaymentRequired:
		if w.signInRefused(e) {
			return stop
		}
		w.blocked(e, fmt.Sprintf("the credentials given do not permit it: answered %s%s", e.saysText(), quoteWords(e)), "give the test account the permission it needs")
		return stop
	case http.StatusNotFound, http.StatusGone:
		return w.notFound(ctx, e)
	case http.StatusMethodNotAllowed:
		if w.op.outcome.successes > 0 || givesReason(e) {
			// The operation is there; it is this thing that does not allow it.
			break
		}
		w.fault(e, "the API does not have this operation: answered 405 Method Not Allowed", "Check method, path, base URL and basePath, or take the operation out of the definition.")
		return stop
	}
	if w.signInRefused(e) {
		return stop
	}
	if reason := w.mockRefuses(ctx, e); reason != "" {
		w.op.outcome.keep(e)
		w.unused(reason, "")
		return stop
	}
	if w.awaitReady(ctx, e) {
		return goOn
	}
	if w.tries < maxTries && w.refresh(ctx, e) {
		w.tries++
		return goOn
	}
	if w.turn(ctx, e) {
		return goOn
	}
	if isConflict(e) && w.vacate(ctx) || w.nobody(e) {
		return goOn
	}
	if isConflict(e) && w.conflicts < maxConflicts {
		w.conflicts++
		w.op.form.salt++
		return goOn
	}
	// What the API says after a lesson is what was left to mend.
	if w.first == nil || len(w.op.form.lessons) > w.taughtAt {
		w.first, w.taughtAt = e, len(w.op.form.lessons)
	}
	if w.tries++; w.tries < maxTries && w.adapt(e, attempt) {
		return goOn
	}
	w.refusals++
	if o := w.op; o.kind == kindDelete && w.refusals == 2 && !o.form.fresh && e.in.target != nil && e.in.target.own {
		// It may be in use by now; a new thing is not.
		o.form.fresh = true
		return goOn
	}
	about := e.in.target
	if w.op.reads() {
		about = cmp.Or(about, e.in.anchor)
	}
	if w.op.outcome.successes > 0 && w.refusals < maxInRow || about != nil && w.refusals < 2*maxInRow {
		// Perhaps it is this thing, not the request.
		return goOn
	}
	if e.in.guessed && w.op.outcome.successes == 0 && len(guesses(e.in)) > 0 && (e.says() == http.StatusBadRequest || e.status == http.StatusUnprocessableEntity) {
		w.op.outcome.keep(e)
		w.unused(fmt.Sprintf("not exercised, because no value is known for %s: a made-up one is answered %s%s", strings.Join(guesses(e.in), " and "), e.saysText(), quoteWords(e)), mendValue(w.op, guesses(e.in)[0]))
		return stop
	}
	reason := "not exercised, because every request was refused"
	if w.op.outcome.successes > 0 {
		reason = "not exercised further, because requests were refused"
	}
	w.blocked(w.first, fmt.Sprintf("%s: %s%s", reason, w.first.saysText(), quoteWords(w.first)), w.mendRefused())
	return stop
}

// givesReason reports whether a 405 gives a reason other than the method: "the
// repository is not owned by an organization".
func givesReason(e *exchange) bool {
	text := strings.ToLower(e.words())
	return strings.HasPrefix(text, "{") && len(words(text)) > 3 && !strings.Contains(text, "method") && !strings.Contains(text, "not supported") && !strings.Contains(text, "not allowed")
}

// successCheck is the check that a refusal of a valid request fails.
func (w *worker) successCheck() string {
	if isHook(w.op) {
		return checkRegisters
	}
	return checkSuccessful
}

// blocked ends the series with a warning: the API refuses, and that may be right.
func (w *worker) blocked(e *exchange, reason, mend string) {
	w.op.outcome.add(note{check: w.successCheck(), verdict: finding.Warned, message: reason, hint: mend, proof: e})
	w.unused(reason, mend)
}

func (w *worker) fault(e *exchange, message, hint string) {
	w.op.outcome.add(note{check: w.successCheck(), verdict: finding.Failed, message: message, hint: hint, proof: e})
}

// mendRefused names the input that the API complained of, where it named one.
func (w *worker) mendRefused() string {
	name := cmp.Or(w.named, "NAME")
	return fmt.Sprintf("operations: {%s: {values: {%s: …}}}", yamlKey(w.op.name), name)
}

// adapt changes how requests are composed after a refusal; it reports whether
// there is something new to try.
func (w *worker) adapt(e *exchange, attempt int) bool {
	if w.teachUpload(e) {
		return true
	}
	f := w.op.form
	if f.settled && !f.steady && attempt%2 == 1 {
		f.steady = true
		return true
	}
	if f.settled && !f.repeat {
		f.repeat, f.renew = true, w.op.kind == kindCreate
		return true
	}
	if len(f.lessons) < maxLessons && w.amend(e) {
		return true
	}
	return w.descend()
}

// descend tries another way to compose bodies; it reports whether there is one left.
func (w *worker) descend() bool {
	o, f := w.op, w.op.form
	if o.Body() == nil && bareForm(o) && !f.settled && f.tried == 0 {
		f.tried++
		return true
	}
	if o.Body() == nil || f.settled || f.tried >= len(ladder(true))-1 {
		return false
	}
	f.tried++
	// What was learnt about one way may be wrong about another.
	f.lessons, f.plain = nil, nil
	return true
}

// amend looks for an input that the refusal names.
func (w *worker) amend(e *exchange) bool {
	o, answer := w.op, string(e.body[:min(len(e.body), 4096)])
	c := w.run.composer
	if w.unmask(e) {
		return true
	}
	if body := o.Body(); body != nil && e.in.hasBody {
		if path, ok := echoed(e.in.body, e.answerText()); ok {
			if o.form.plain == nil {
				o.form.plain = map[string]bool{}
			}
			o.form.plain[path] = true
			w.name(path)
			return true
		}
		r := values.Request{Node: body.Schema(), Name: body.Name, In: "body", Attempt: o.form.attempt(e.in.attempt), OnlyRequired: true,
			Lookup: c.fixed(o, e.in)}
		if _, what, ok := c.gen.Amend(r, e.in.body, answer); ok && !w.taught("body", body.Name, answer) {
			place, _, _ := strings.Cut(what, " ")
			w.name(strings.TrimPrefix(place, body.Name))
			if o.form.pinned == nil && o.kind == kindCreate {
				o.form.pinned = e.in.anchor
			}
			o.form.lessons = append(o.form.lessons, lesson{"body", body.Name, answer})
			return true
		}
		if path, ok := worded(e.in.body, e.answerText()); ok && !o.form.plain[path] {
			if o.form.plain == nil {
				o.form.plain = map[string]bool{}
			}
			o.form.plain[path] = true
			w.name(path)
			return true
		}
	}
	for _, p := range e.in.params {
		if o.need(p.in, p.name) != nil {
			continue
		}
		r := values.Request{Node: p.node, Name: p.name, In: p.in, Attempt: o.form.attempt(e.in.attempt), OnlyRequired: true}
		if _, _, ok := c.gen.Amend(r, p.value, answer); ok && !w.taught(p.in, p.name, answer) {
			w.name(p.name)
			o.form.lessons = append(o.form.lessons, lesson{p.in, p.name, answer})
			return true
		}
	}
	return false
}

// name keeps the first input that a refusal named.
func (w *worker) name(path string) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '*' })
	parts = slices.DeleteFunc(parts, isNumber)
	if w.named == "" && len(parts) > 0 {
		w.named = parts[len(parts)-1]
	}
}

// taught reports whether an answer has taught all it can: what is refused in the
// same words once more may be left out, or be one of the next values.
func (w *worker) taught(in, name, answer string) bool {
	times := 0
	for _, l := range w.op.form.lessons {
		if l.in == in && l.name == name && l.answer == answer {
			times++
		}
	}
	return times >= maxSameLesson
}

// isConflict reports whether an answer says that something like it is already there.
func isConflict(e *exchange) bool {
	text := strings.ToLower(e.words())
	return e.says() == http.StatusConflict || e.says() != http.StatusNotFound &&
		(strings.Contains(text, "already exist") || strings.Contains(text, "already taken") || strings.Contains(text, "duplicate") || strings.Contains(text, "must be unique") || strings.Contains(text, "already in use"))
}

// isSwitchedOff reports whether a refusal says that the feature is not there at
// all: it is not applicable then, not at fault.
func isSwitchedOff(e *exchange) bool {
	if e.status == http.StatusNotImplemented {
		return true
	}
	if e.status < 400 || e.status == http.StatusUnauthorized {
		return false
	}
	text := strings.ToLower(e.words())
	for _, phrase := range []string{"not enabled", "is disabled", "are disabled", "been disabled", "turned off", "not configured", "is not supported", "feature not available", "switched off", "not activated", "disabled by"} {
		// "Currency XYZ is not supported" is about an input.
		if strings.Contains(text, phrase) && (phrase != "is not supported" || e.status != http.StatusBadRequest && e.status != http.StatusUnprocessableEntity) {
			return true
		}
	}
	return false
}

// unauthorized asks a request that is known to be good before it blames anybody.
func (w *worker) unauthorized(ctx context.Context, e *exchange) step {
	o, r := w.op, w.run
	if w.signInRefused(e) {
		return stop
	}
	_, missing := r.auth.requirement(o)
	if len(missing) > 0 {
		w.unused("it needs credentials, and none are given: answered 401", r.auth.mend(missing))
		return stop
	}
	if !r.auth.signed(o) && len(o.Security) == 0 {
		w.fault(e, "answered 401, but the definition declares no security for the operation", "Declare the security that the operation needs.")
		return stop
	}
	good := r.knownGood(o)
	if good == nil {
		w.blocked(e, "answered 401 to the credentials given"+quoteWords(e), "check the credentials")
		return stop
	}
	again := r.session.send(ctx, good.op, good.in, good.plain, sending{purpose: forTest})
	if again.says() == http.StatusUnauthorized {
		reason := fmt.Sprintf("the API no longer takes the credentials (401 at %s and at %s, which succeeded before): they have probably expired", o.name, good.op.name)
		w.op.outcome.stopped = reason
		r.abort(reason)
		return stop
	}
	w.op.outcome.keep(e)
	w.fault(e, "answered 401 to credentials that other operations still take"+quoteWords(e), "")
	return stop
}

// signInRefused ends the series of a sign-in that was tried with a made-up user,
// and rightly refused.
func (w *worker) signInRefused(e *exchange) bool {
	if !w.op.signsIn || w.op.outcome.successes > 0 || slices.ContainsFunc(e.in.sources, func(s Source) bool { return s.From == "precert.yaml" }) {
		return false
	}
	w.op.outcome.keep(e)
	w.unused("not exercised, because it signs in, which takes a real user's name and password: made-up ones are answered "+e.saysText(),
		fmt.Sprintf("operations: {%s: {values: {NAME: ${…}}}}   # for its user name and password", yamlKey(w.op.name)))
	return true
}
