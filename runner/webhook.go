package runner

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
)

// Bounds on how long a deleted subscription is watched for what still comes.
const (
	shortestQuiet = 50 * time.Millisecond
	longestQuiet  = 2 * time.Second
)

const hintLocation = "Answer the subscription 201 with a Location header that holds the address at which DELETE ends it."

// subscription is one registration of a webhook trigger, sound or not.
type subscription struct {
	record *record
	in     *input
	// at is where Location leads; nil with the reason in lacks.
	at    *url.URL
	lacks string
	// stuck says why it could not be deleted; deaf that the API says it was.
	stuck string
	deaf  bool
}

// subscribe keeps what a subscription was answered with, so that it can be ended.
func (r *run) subscribe(e *exchange, made *record) {
	s := &subscription{record: made, in: e.in}
	s.at, s.lacks = r.linked(e.sent.url, e.header.Get("Location"))
	if s.at == nil && made.item == nil {
		// Nothing names it: what its own delete operation would be given is a guess.
		made.lost.Store(true)
	}
	for _, o := range r.plan.ops {
		if t := o.target(); o.unhook && t != nil && s.at != nil {
			made.resources = append(made.resources, t.resources...)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.subscriptions = append(r.subscriptions, s)
}

// subscriptionOf finds the registration that an exchange made.
func (r *run) subscriptionOf(in *input) *subscription {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range slices.Backward(r.subscriptions) {
		if s.in == in {
			return s
		}
	}
	return nil
}

// linked resolves an address that the API gave. One on the host of the
// definition, or of its policies, is taken to mean the API under test, and one on any other host is
// refused: credentials would go there.
func (r *run) linked(from *url.URL, link string) (*url.URL, string) {
	link = strings.TrimSpace(link)
	if link == "" {
		return nil, "there is none"
	}
	to, err := from.Parse(link)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Sprintf("%q is no address", link)
	}
	to.Fragment, to.User = "", nil
	if sameHost(r.base, to) {
		return to, ""
	}
	for _, own := range r.ownAddresses() {
		if !strings.EqualFold(to.Host, own.Host) {
			continue
		}
		path := strings.TrimPrefix(to.EscapedPath(), strings.TrimRight(own.EscapedPath(), "/"))
		moved := *r.base
		moved.RawPath = r.base.EscapedPath() + path
		if moved.Path, err = url.PathUnescape(moved.RawPath); err == nil {
			moved.RawQuery = to.RawQuery
			return &moved, ""
		}
	}
	return nil, fmt.Sprintf("it leads to another host, %s://%s", to.Scheme, to.Host)
}

// ownAddresses are those under which the API calls itself: that of the
// definition, and that which its policies set.
func (r *run) ownAddresses() []*url.URL {
	out := []*url.URL{{Host: r.def.Root.Get("host").String(), Path: r.def.Root.Get("basePath").String()}}
	if r.policies != nil && r.policies.own != nil {
		out = append(out, r.policies.own)
	}
	return out
}

// subscribed judges a registration and takes it through its life: the first is
// notified and ended while the second watches, further ones are ended at once.
func (w *worker) subscribed(ctx context.Context, e *exchange) step {
	u := w.op.outcome
	s := w.run.subscriptionOf(e.in)
	if s == nil {
		return goOn
	}
	if w.run.mockFound() || s.at == nil && w.run.isMock(ctx) {
		w.excuseHook(s)
		return goOn
	}
	if s.at == nil {
		u.add(note{check: checkRegisters, verdict: finding.Failed, proof: e, hint: hintLocation,
			message: fmt.Sprintf("a subscription is answered %s without a usable Location header: %s", statusText(e.status), s.lacks)})
	} else {
		u.hold(checkRegisters, e)
	}
	if w.hook == nil {
		w.hook = s
		w.run.tellOfChallenge(w.op, s)
		w.deliver(ctx, s)
		if s.at == nil {
			return w.jam("it cannot be deleted without a Location header")
		}
		return goOn
	}
	ended := w.hook.record.gone.Load() || w.unregister(ctx, w.hook, s)
	if !w.end(ctx, s) || !ended {
		return w.jam("subscriptions could not be ended")
	}
	return goOn
}

// tellOfChallenge says that an API has asked for a token back: this listener
// sends it, and so must whatever takes the notifications in the end.
func (r *run) tellOfChallenge(o *operation, s *subscription) {
	if s.in.box == nil || s.in.box.challenges.Load() == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, o.name+": the API asked the callback address to confirm the subscription, and got its confirmation; make sure that a flow's address is taken as well")
}

// lastSubscription ends the first registration where no second one came about.
func (w *worker) lastSubscription(ctx context.Context) {
	if s := w.hook; s != nil && s.at != nil && s.stuck == "" && !s.record.gone.Load() {
		w.unregister(ctx, s, nil)
	}
}

// jam ends the series: what cannot be ended must not pile up.
func (w *worker) jam(why string) step {
	w.op.jammed = true
	w.unused("not registered further, because "+why, "")
	return stop
}

// deliver makes the event happen and judges the notification.
func (w *worker) deliver(ctx context.Context, s *subscription) {
	r, u := w.run, w.op.outcome
	if !r.enabled(checkDelivers) || s.in.box == nil {
		return
	}
	before := len(s.in.box.all())
	ways := r.planner.events(w.op, r.opts, s.in)
	h := w.happen(ctx, ways, s.in, func(ctx context.Context, d time.Duration) bool { return s.in.box.await(ctx, before, d) })
	w.happened = h
	mend := fmt.Sprintf("triggers: {%s: {fire: OPERATION}}", w.op.name)
	switch {
	case ctx.Err() != nil:
	case h.seen:
		w.judgeNotices(s, s.in.box.all()[before:])
	case w.run.isMock(ctx):
		w.excuseHook(s)
	case len(h.tried) == 0:
		u.probes = append(u.probes, probeSkip{checkDelivers, h.problem + "; name what does: " + mend})
	case !h.sure:
		u.probes = append(u.probes, probeSkip{checkDelivers, fmt.Sprintf("no notification came after %s; name what makes the event happen: %s", strings.Join(h.tried, ", "), mend)})
	default:
		u.add(note{check: checkDelivers, verdict: finding.Failed, hint: "Send the notification by POST to the address in the subscription, soon after the event.",
			message: fmt.Sprintf("no notification came within %s after %s", r.opts.eventWait(w.op.name), strings.Join(h.tried, ", "))})
	}
}

// judgeNotices compares what came with x-ms-notification-content.
func (w *worker) judgeNotices(s *subscription, notices []*notice) {
	u := w.op.outcome
	for _, n := range notices {
		proof := w.noticed(s, n)
		fail := func(pointer, message, hint string) {
			u.add(note{check: checkDelivers, verdict: finding.Failed, pointer: pointer, message: message, hint: hint, proof: proof})
		}
		u.hold(checkDelivers, proof)
		switch {
		case n.method != http.MethodPost:
			fail("", fmt.Sprintf("the notification comes by %s; the platform takes POST only", n.method), "Send notifications by POST.")
			continue
		case n.large:
			fail("", fmt.Sprintf("the notification is larger than %d MB", maxNotice>>20), "Send what the flow needs, and let it fetch the rest.")
			continue
		}
		w.judgeNotice(n, fail)
	}
	if w.happened.took > slowAfter {
		u.add(note{check: checkDelivers, verdict: finding.Warned, message: fmt.Sprintf("the notification came %.1f s after the event", w.happened.took.Seconds()), hint: "Send notifications as events happen."})
	}
}

// judgeRepeats looks for notifications that were sent again although they were
// answered 200.
func (w *worker) judgeRepeats(s *subscription) {
	seen := map[string]bool{}
	for _, n := range s.in.box.all() {
		if text := string(n.body); text != "" && seen[text] && n.method == http.MethodPost {
			w.op.outcome.add(note{check: checkDelivers, verdict: finding.Warned, proof: w.noticed(s, n), message: "the same notification came more than once for one event, although it was answered 200",
				hint: "Send each event once: every notification starts the flow."})
		}
		seen[string(n.body)] = true
	}
}

func (w *worker) judgeNotice(n *notice, fail func(pointer, message, hint string)) {
	u := w.op.outcome
	node := w.op.Notification.Get("schema")
	if !node.Exists() {
		return
	}
	body, err := schema.Decode(n.body)
	if err != nil {
		fail("", "the notification is not the declared JSON: "+err.Error(), "Send the body that x-ms-notification-content describes.")
		return
	}
	found, err := w.run.validator.Validate(node, body)
	if err != nil {
		u.add(note{check: checkDelivers, verdict: finding.Warned, message: "the schema of x-ms-notification-content cannot be used: " + err.Error(), hint: "Mend the schema in the definition."})
		return
	}
	for _, v := range found {
		hint := "Correct what the API sends, or the definition at " + v.SchemaPointer + "."
		if v.Lenient {
			u.add(note{check: checkDelivers, verdict: finding.Warned, pointer: v.Pointer, message: v.Message, hint: hint})
			continue
		}
		fail(v.Pointer, "the notification does not match x-ms-notification-content: "+v.Message, hint)
	}
}

// noticed is a notification in the form of an exchange, as evidence.
func (w *worker) noticed(s *subscription, n *notice) *exchange {
	m := &message{method: n.method, url: &url.URL{Opaque: s.in.box.address}, header: n.header, body: n.body}
	if at, err := url.Parse(s.in.box.address); err == nil {
		m.url = at
	}
	return &exchange{op: w.op, purpose: forNotice, in: s.in, sent: m, plain: m, started: n.at, status: http.StatusOK, header: http.Header{}}
}

// end deletes a subscription at its Location. It reports whether it is gone.
func (w *worker) end(ctx context.Context, s *subscription) bool {
	u := w.op.outcome
	e := w.run.endAt(ctx, w.op, s)
	switch {
	case e == nil:
		return false
	case e.ok():
		u.hold(checkEnds, e)
		return true
	case e.fail != nil && e.fail.kind == failStopped:
		return false
	case w.run.isMock(ctx):
		w.excuseHook(s)
		return true
	}
	u.add(note{check: checkEnds, verdict: finding.Failed, proof: e, message: "DELETE on the Location of the subscription " + s.stuck,
		hint: "Let Location hold the address at which DELETE ends the subscription, and answer it 200 or 204."})
	return false
}

// endAt sends DELETE to the Location of a subscription; nil when it has none.
func (r *run) endAt(ctx context.Context, o *operation, s *subscription) *exchange {
	if s.at == nil {
		s.stuck = "is not possible: " + s.lacks
		return nil
	}
	m := &message{method: http.MethodDelete, url: s.at, header: http.Header{"Accept": {"application/json, */*;q=0.5"}}}
	e := r.session.send(ctx, o, s.in, m, sending{purpose: forUnsubscribe})
	switch {
	case e.ok():
		s.record.gone.Store(true)
	case e.fail != nil:
		s.stuck = "failed: " + e.fail.message
	default:
		s.stuck = "is answered " + statusText(e.status)
	}
	if !e.ok() && s.record.item == nil {
		// Its identifier comes from the same Location: another way to delete it would fail as well.
		s.record.lost.Store(true)
	}
	return e
}

// unregister ends a subscription and makes the event happen once more: it must
// not be told of it. witness is another subscription, whose notification says
// when the wait may end; nil when there is none.
func (w *worker) unregister(ctx context.Context, s, witness *subscription) bool {
	if !w.end(ctx, s) {
		return false
	}
	h := w.happened
	if !h.seen || !w.run.enabled(checkEnds) {
		return true
	}
	before, quiet := len(s.in.box.all()), min(max(shortestQuiet, 2*h.took), longestQuiet)
	heard := 0
	if witness != nil {
		heard = len(witness.in.box.all())
	}
	if err := w.fire(ctx, h.by, s.in); err != nil {
		return true
	}
	if witness == nil {
		quiet = min(4*quiet, longestQuiet)
	} else if !witness.in.box.await(ctx, heard, w.run.opts.eventWait(w.op.name)) {
		return true // nobody is told any more: then silence proves nothing
	}
	late := s.in.box.awaitNew(ctx, before, quiet)
	w.judgeRepeats(s)
	if late == nil {
		return true
	}
	s.record.gone.Store(false)
	s.record.lost.Store(true)
	s.deaf, s.stuck = true, "is answered as done, but notifications go on"
	w.op.outcome.add(note{check: checkEnds, verdict: finding.Failed, proof: w.noticed(s, late), message: "notifications go on after the subscription was deleted",
		hint: "End the subscription when DELETE is answered."})
	return false
}

// endSubscriptions ends what is still registered when the run ends, however it
// ends, and says what is left.
func (r *run) endSubscriptions(ctx context.Context) []string {
	var order []*operation
	count, why := map[*operation]int{}, map[*operation]string{}
	for _, s := range slices.Backward(r.subscriptions) {
		if s.record.gone.Load() {
			continue
		}
		o := s.record.by
		if !s.deaf {
			if e := r.endAt(ctx, o, s); e != nil && e.ok() || !s.record.lost.Load() && r.remove(ctx, s.record) {
				continue
			}
		}
		if count[o]++; count[o] == 1 {
			order = append(order, o)
		}
		why[o] = cmp.Or(why[o], "DELETE "+s.stuck)
	}
	slices.SortFunc(order, func(a, b *operation) int { return a.index - b.index })
	var out []string
	for _, o := range order {
		out = append(out, r.mask.text(fmt.Sprintf("%s registered %d webhooks that could not be deleted (%s)", o.name, count[o], why[o])))
	}
	return out
}

// isHook reports whether an operation registers a webhook.
func isHook(o *operation) bool { return o.Trigger == connector.Webhook }
