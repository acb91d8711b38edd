package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/precert/precert/finding"
)

// Bounds on how long one operation is tried.
const (
	maxInRow      = 3 // failures of one kind
	maxLessons    = 6
	maxSameLesson = 2 // in the same words
	maxConflicts  = 6
	maxTries      = 20 // of other requests after refusals
	streamTimeout = time.Second
)

// worker exercises one operation.
type worker struct {
	run  *run
	op   *operation
	view []*record
	// inRow counts failures since the last success; conflicts and refusals count all.
	inRow, conflicts, refusals, tries, aged, elders int
	// turned is the thing that was brought into the other state by turnedBy;
	// inState: the operation has not acted on it since.
	turned   *record
	turnedBy *operation
	turns    int
	inState  bool
	// waits counts how often something was waited for that the API was busy with.
	waits int
	// inVain: something created was waited for, and did not show.
	inVain bool
	// spared: some invalid input was not sent, because others' things might be hit.
	spared bool
	// keys are the fields by which things are named, where the operation found other
	// ones; refused404 are the values and fields that were tried, by parameter.
	keys       map[string]string
	refused404 map[string]map[string]bool
	// first is the first refusal since something was learnt, named the input that it complains of.
	first    *exchange
	named    string
	taughtAt int
	// hook is the first subscription of a webhook, happened what came of its event.
	hook     *subscription
	happened happening
}

// blame is a fault of another operation.
type blame struct {
	on   *operation
	note note
}

// step says how a series of calls goes on.
type step int

const (
	goOn step = iota
	stop
)

// work makes the calls of an operation, then the requests of its checks.
func (w *worker) work(ctx context.Context) {
	w.begin(ctx)
	w.finish(ctx)
}

// begin makes the calls of an operation.
func (w *worker) begin(ctx context.Context) {
	w.run.tell(Started, w.op, nil)
	ctx = asWorker(ctx, w.op.name)
	w.op.outcome.reached = ctx.Err() == nil
	if !w.occupied(ctx) {
		w.beginWithPart()
		w.calls(ctx)
	}
	if isHook(w.op) {
		w.lastSubscription(ctx)
	}
}

// finish makes the requests of an operation's checks, and concludes.
func (w *worker) finish(ctx context.Context) {
	ctx = asWorker(ctx, w.op.name)
	if w.op.good != nil && !w.op.support && ctx.Err() == nil {
		w.probe(ctx)
	}
	w.conclude(ctx)
	if ctx.Err() == nil && w.op.outcome.stopped == "" {
		w.run.journal.done(w)
	}
	if w.run.opts.Progress != nil {
		out := w.op.outcome.finish(w.run)
		w.run.tell(Finished, w.op, &out)
	}
}

// known are the records the operation may use: those of the stage before, and its own.
func (w *worker) known() []*record { return append(w.view, w.op.learnt...) }

func (w *worker) calls(ctx context.Context) {
	u, want := w.op.outcome, w.run.opts.Calls
	if w.op.support {
		// One is enough to learn from; more are made on demand.
		want = 1
	}
	supplied := 0
	for attempt := 0; u.successes < want && attempt < 3*want+12; attempt++ {
		if ctx.Err() != nil {
			u.stopped = "the run ended before the operation was done"
			return
		}
		e, err := w.call(ctx, attempt)
		var missing *missingError
		switch {
		case errors.As(err, &missing):
			// A second thing in a row that does not help will not be helped by a third.
			if supplied++; supplied <= 2 && w.supply(ctx) {
				continue
			}
			w.unused(missing.reason, missing.mend)
			return
		case err != nil:
			w.unused(err.Error(), "")
			return
		}
		supplied = 0
		next := w.react(ctx, e, attempt)
		e.settle()
		if next == stop {
			return
		}
		w.run.tell(Called, w.op, nil)
	}
}

// unused says why there are no, or too few, successful calls.
func (w *worker) unused(reason, mend string) {
	u := w.op.outcome
	if u.unused == "" {
		u.unused, u.mend = reason, mend
	}
}

// call makes one valid call. A deletion that is watched is wrapped in readings.
func (w *worker) call(ctx context.Context, attempt int) (*exchange, error) {
	if w.op.good != nil && w.op.asks(http.StatusNotFound) {
		attempt = w.op.good.in.attempt // of other things the answer may be no
	}
	in, err := w.composer().compose(w.op, attempt, w.known())
	if err != nil {
		return nil, err
	}
	m, err := encode(w.run.base, in)
	if err != nil {
		return nil, err
	}
	how := sending{purpose: forCall}
	if w.op.stream {
		how.timeout = streamTimeout
	}
	if w.op.kind == kindDelete && w.op.undoes == nil && w.op.outcome.successes < watched {
		return w.watchDeletion(ctx, in, m, how), nil
	}
	return w.run.session.send(ctx, w.op, in, m, how), nil
}

// react judges an answer and decides how to go on.
func (w *worker) react(ctx context.Context, e *exchange, attempt int) step {
	o, u := w.op, w.op.outcome
	if e.fail != nil && e.fail.kind == failStopped {
		u.stopped = e.fail.message
		return stop
	}
	if e.absent() {
		u.absent = true
		w.unused(e.fail.message, "")
		return stop
	}
	if e.fail != nil && e.fail.kind == failToken {
		w.unused("not called: "+e.fail.message, mendSignIn)
		return stop
	}
	if e.status == http.StatusNotFound && w.run.policies.otherPath(o) {
		return goOn
	}
	u.calls++
	if e.fail != nil && e.fail.kind == failDial {
		return w.unreachable(ctx, e)
	}
	if reason := streaming(o, e); reason != "" {
		u.keep(e)
		w.unused(reason, "")
		return stop
	}
	if reason := mockLimit(e); reason != "" && w.run.isMock(ctx) {
		u.keep(e)
		w.unused(reason, "")
		return stop
	}
	w.run.judge(o, e)
	w.judgeDynamic(ctx, e)
	switch {
	case e.ok():
		next := w.succeeded(e, attempt)
		w.retired(ctx, e)
		if isHook(o) {
			next = w.subscribed(ctx, e)
		}
		return next
	case e.fail != nil:
		return w.failing(e)
	case e.foreign != "":
		return w.failing(e)
	case isSwitchedOff(e):
		u.keep(e)
		w.unused(fmt.Sprintf("not applicable here: the API answers %s%s", statusText(e.status), quoteWords(e)), "")
		return stop
	case e.status >= 500:
		w.descend()
		return w.failing(e)
	case e.status == http.StatusTooManyRequests:
		u.keep(e)
		w.unused(fmt.Sprintf("the API went on answering 429 after %d requests with the pauses it asked for", e.throttled), "lower --rate, or ask for a higher limit")
		return stop
	case e.says() >= 400:
		return w.refused(ctx, e, attempt)
	}
	return w.failing(e)
}

// succeeded counts a success and learns from it.
func (w *worker) succeeded(e *exchange, attempt int) step {
	o, u := w.op, w.op.outcome
	if w.refusals > 0 || (w.conflicts > 0 || w.inRow > 0) && o.reads() {
		o.form.favourite = cmp.Or(e.in.target, e.in.anchor)
	}
	w.inRow, w.inState = 0, false
	u.successes++
	u.latencies = append(u.latencies, ms(e.duration))
	if body := o.Body(); body != nil {
		o.form.settle(attempt, w.run.composer.strict(body.Schema()))
	} else {
		o.form.settle(attempt, true)
	}
	if o.good == nil {
		o.good = e
		u.keep(e)
	}
	w.confirmKeys(e)
	w.renamed(e)
	w.learn(e)
	return goOn
}

// learn takes records from a success.
func (w *worker) learn(e *exchange) {
	o := w.op
	before := len(o.learnt)
	body, err := e.json()
	if err != nil {
		body = nil
	}
	switch {
	case o.kind == kindDelete:
		if target := e.in.target; target != nil {
			if o.takesOff(target, w.run.readers[target.by]) {
				o.form.detached = append(o.form.detached, target)
				target.taken.Store(nil)
				return
			}
			e.in.target.gone.Store(true)
			w.run.journal.gone(e.in.target)
		}
		return
	case o.kind == kindCreate || w.run.planner.undone(o):
		made := learn(o, e.in, body, true)
		w.run.takeMade(e, made)
		o.learnt = append(o.learnt, made...)
	case body != nil:
		found := learn(o, e.in, body, false)
		o.filled = o.filled || slices.ContainsFunc(found, func(r *record) bool { return r.listed })
		o.learnt = append(o.learnt, found...)
	}
	for _, r := range o.learnt[before:] {
		if !r.own {
			w.run.follow(r)
		}
	}
	if o.kind != kindCreate && !isSafeMethod(o.Method) {
		o.learnt = append(o.learnt, w.run.located(o, e)...)
	}
}

// undone reports whether another operation takes back what this one does.
func (p *planner) undone(o *operation) bool {
	return slices.ContainsFunc(p.ops, func(other *operation) bool { return other.undoes == o })
}

// failing counts a failure that a check has already named, and stops after a few in a row.
func (w *worker) failing(e *exchange) step {
	w.inRow++
	w.op.outcome.keep(e)
	limit := maxInRow
	if e.fail != nil && e.fail.kind == failTime {
		limit = 2
	}
	if w.inRow < limit {
		return goOn
	}
	return stop
}

// unreachable ends the run when the host cannot be reached again.
func (w *worker) unreachable(ctx context.Context, e *exchange) step {
	w.op.outcome.keep(e)
	w.inRow++
	if w.inRow < maxInRow {
		_ = w.run.opts.wait(ctx, 200*time.Millisecond) // when the run ends, so does the loop
		return goOn
	}
	message := fmt.Sprintf("the API at %s cannot be reached: %s; %s", w.run.base.Host, e.fail.message, mendAddress)
	if w.run.knownGood(w.op) != nil {
		message = fmt.Sprintf("the API at %s stopped answering at %s: %s", w.run.base.Host, w.op.name, e.fail.message)
	}
	w.op.outcome.stopped = message
	w.run.abort(message)
	return stop
}

// conclude says whether there were enough successes.
func (w *worker) conclude(ctx context.Context) {
	u, want := w.op.outcome, w.run.opts.Calls
	w.excuseMock(ctx)
	for _, e := range u.exchanges {
		e.settle()
	}
	switch {
	case w.op.support || ctx.Err() != nil && u.successes < want:
		if u.successes < want && u.stopped == "" {
			u.stopped = "the run ended before the operation was done"
		}
	case u.successes >= want:
		u.hold(checkEnough, w.op.good)
	case u.absent:
		u.probes = append(u.probes, probeSkip{checkEnough, notRecorded})
	case u.unused != "" && u.successes == 0 && u.calls == 0:
		u.probes = append(u.probes, probeSkip{checkEnough, u.unused})
	default:
		verdict := finding.Failed
		if u.successes == 0 && u.unused != "" && !w.throttled() {
			// Never exercised: that is told apart from failure.
			u.probes = append(u.probes, probeSkip{checkEnough, u.unused})
			return
		}
		message := fmt.Sprintf("%d of %d calls succeeded", u.successes, want)
		if u.unused != "" {
			message += ": " + u.unused
		}
		var proof *exchange
		if n := len(u.exchanges); n > 0 {
			proof = u.exchanges[n-1]
		}
		u.add(note{check: checkEnough, verdict: verdict, message: message, hint: cmp.Or(u.mend, "Mend what made the other calls fail."), proof: proof})
	}
}

// throttled reports whether the last answer was 429.
func (w *worker) throttled() bool {
	n := len(w.op.outcome.exchanges)
	return n > 0 && w.op.outcome.exchanges[n-1].status == http.StatusTooManyRequests
}
