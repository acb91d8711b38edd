package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/policy"
)

// maxCatchUp is how many answers a trigger may need to tell everything that was
// there before.
const maxCatchUp = 5

// pollPauses are the pauses between polls while an event is waited for. They
// are shorter than a Retry-After, which is about polling for hours.
func pollPauses() []time.Duration {
	return []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second}
}

const hintNothingNew = "Answer 202 with Location (the address that carries the state) and Retry-After (in seconds) when nothing is new."

// polling is the judgement of one polling trigger.
type polling struct {
	*worker
	batch bool
	// policy keeps the state, nil where Location does; keptIn are the query
	// parameters that it has set so far.
	policy *policy.Polling
	keptIn url.Values
}

// checkPolling asks as the platform does: the first answer sets the state, the
// next one has nothing, an event shows once.
func (w *worker) checkPolling(ctx context.Context) {
	r, u := w.run, w.op.outcome
	if !r.enabled(checkPolling) {
		return
	}
	if r.script.rewritesAnswer(w.op) || r.script.rewritesRequest(w.op) {
		u.probes = append(u.probes, probeSkip{checkPolling, scriptReason})
		return
	}
	defer w.excuseMock(ctx)
	p := &polling{worker: w, batch: w.op.Node.Get("x-ms-trigger").String() != "single"}
	if r.policies != nil {
		p.policy = r.policies.set.Polling(w.op.ID)
	}
	first := p.ask(ctx, nil)
	if first == nil {
		return
	}
	if items, ok := p.items(first); ok {
		p.newestFirst(first, items)
	}
	p.follow(ctx, first)
}

func (p *polling) fail(e *exchange, message, hint string) {
	p.op.outcome.add(note{check: checkPolling, verdict: finding.Failed, message: message, hint: hint, proof: e})
}

func (p *polling) warn(e *exchange, message, hint string) {
	p.op.outcome.add(note{check: checkPolling, verdict: finding.Warned, message: message, hint: hint, proof: e})
}

// ask polls once and judges the form of the answer; nil when it is of no use.
func (p *polling) ask(ctx context.Context, e *exchange) *exchange {
	r, o := p.run, p.op
	var next *url.URL
	if e != nil {
		var why string
		if next, why = p.after(e); next == nil {
			p.fail(e, why, hintNothingNew)
			return nil
		}
	}
	got := p.askAt(ctx, next, forPoll)
	if got.fail != nil && got.fail.kind == failStopped {
		return nil
	}
	r.judge(o, got)
	if !got.answered() || got.fail != nil {
		p.fail(got, "a poll is not answered: "+got.fail.message, "")
		return nil
	}
	return p.formed(got)
}

// formed judges status, headers and shape of an answer.
func (p *polling) formed(e *exchange) *exchange {
	u := p.op.outcome
	switch e.status {
	case http.StatusOK:
		if _, ok := p.items(e); !ok {
			p.misshapen(e)
			return nil
		}
	case http.StatusNoContent:
		if o := p.op; p.policy == nil && o.Response("204") == nil {
			p.fail(e, "a poll is answered 204 No Content; the platform takes 200 with what is new, or 202", hintNothingNew)
			return nil
		}
	case http.StatusAccepted:
		if p.policy != nil {
			break // the policy says when and where to ask next
		}
		ok := true
		for _, name := range []string{"Location", "Retry-After"} {
			if e.header.Get(name) == "" {
				p.fail(e, "202 is answered without "+name, hintNothingNew)
				ok = false
			}
		}
		if value := e.header.Get("Retry-After"); value != "" {
			if _, odd := retryAfter(e.header, time.Now(), 0); odd != "" {
				p.fail(e, fmt.Sprintf("Retry-After is %q, which is no number of seconds", odd), hintNothingNew)
			}
		}
		if !ok {
			return nil
		}
	default:
		p.fail(e, fmt.Sprintf("a poll is answered %s; the platform takes 200 with what is new, or 202", statusText(e.status)), hintNothingNew)
		return nil
	}
	u.hold(checkPolling, e)
	return e
}

func (p *polling) misshapen(e *exchange) {
	body, err := e.json()
	what := "something that is not JSON"
	if err == nil {
		what = article(typeName(body))
	}
	switch {
	case p.policy != nil:
		p.fail(e, "the answer has nothing at the path where the policy pollingtrigger looks for what is new", "Correct triggerDataPath in apiProperties.json, or what the API sends.")
	case p.batch:
		p.fail(e, fmt.Sprintf("the answer is %s without the declared array; a batch trigger answers an array", what), "Answer an array with one item for each event, or write x-ms-trigger: single.")
	default:
		p.fail(e, fmt.Sprintf("the answer is %s; a single trigger answers one object", what), "Answer one object, or write x-ms-trigger: batch.")
	}
}

// items are what an answer tells; ok is false when its shape is not that of the trigger.
func (p *polling) items(e *exchange) (items []any, ok bool) {
	if e.status != http.StatusOK {
		return nil, true
	}
	body, err := e.json()
	if err != nil {
		return nil, len(e.body) == 0 && !p.batch
	}
	switch {
	case p.policy != nil:
		items, ok = p.policy.Items(body)
		return nonNil(items), ok
	case p.batch:
		return p.run.arrayIn(responseSchema(p.op, e.status), body)
	}
	_, ok = body.(map[string]any)
	return []any{body}, ok
}

// keepsState reports whether an answer says where to ask next.
func (p *polling) keepsState(e *exchange) bool {
	if p.policy == nil {
		return e.header.Get("Location") != ""
	}
	return p.policy.KeepsState()
}

// after is where to ask after an answer: at its Location, or with the query that
// the policy makes of its body; nil with the reason where there is none.
func (p *polling) after(e *exchange) (next *url.URL, why string) {
	r := p.run
	if p.policy == nil {
		next, why = r.linked(e.sent.url, e.header.Get("Location"))
		return next, "the Location of an answer cannot be asked: " + why
	}
	body, err := e.json()
	if err != nil {
		body = nil
	}
	kept, err := p.policy.Next(&policy.Request{Method: e.sent.method, Base: r.base, Query: e.plain.url.RawQuery, Header: e.plain.header}, body, r.policies.env(r.base, authNormal))
	if err != nil {
		return nil, "the policy pollingtrigger cannot make the next poll: " + err.Error()
	}
	if p.keptIn == nil {
		p.keptIn = url.Values{}
	}
	maps.Copy(p.keptIn, kept)
	at := *p.op.good.plain.url
	query := at.Query()
	maps.Copy(query, p.keptIn)
	at.RawQuery = query.Encode()
	return &at, ""
}

// told reports whether items repeat what was told already.
func told(old, items []any) bool {
	if len(items) == 0 {
		return false
	}
	for _, item := range items {
		if !slices.ContainsFunc(old, func(o any) bool { return sameJSON([]any{o}, []any{item}) }) {
			return false
		}
	}
	return true
}

// again words, and helps against, an event that is told twice. Where the policy
// keeps the state and only part is told again, the platform may know it by that.
func (p *polling) again(e *exchange, location string, all bool) {
	if p.policy == nil {
		p.fail(e, location, "Let Location carry the state up to which everything is told.")
		return
	}
	report := p.warn
	if all {
		report = p.fail
	}
	report(e, fmt.Sprintf("the poll with the state of the policy pollingtrigger (%s) tells items again that were told already: every poll would start the flow for them", p.keptIn.Encode()),
		"Leave out what is not newer than the value that triggerConfig sends, or correct triggerConfig in apiProperties.json.")
}

// follow takes the state from answer to answer.
func (p *polling) follow(ctx context.Context, first *exchange) {
	at := first
	if !p.keepsState(at) {
		if p.policy == nil {
			p.stateless(ctx, first)
		}
		return
	}
	for range maxCatchUp {
		next := p.ask(ctx, at)
		if next == nil {
			return
		}
		old, _ := p.items(at)
		items, _ := p.items(next)
		if len(items) == 0 {
			p.event(ctx, next)
			return
		}
		if told(old, items) && (p.policy != nil || len(items) == len(old)) {
			p.again(next, "the address in Location tells the same items once more: every poll would start the flow for them", len(items) == len(old))
			return
		}
		if !p.keepsState(next) {
			p.fail(next, "200 is answered without Location, so the state is lost", hintNothingNew)
			return
		}
		at = next
	}
}

// stateless judges a trigger that gives no state at all.
func (p *polling) stateless(ctx context.Context, first *exchange) {
	items, _ := p.items(first)
	if len(items) == 0 {
		return
	}
	again := p.askAt(ctx, nil, forPoll)
	if repeated, ok := p.items(again); again.ok() && ok && sameJSON(items, repeated) {
		p.warn(again, "each poll tells the same items, and no Location carries a state: every poll would start the flow for them",
			"Answer with a Location that carries the state, or keep it with the policy pollingtrigger.")
	}
}

// event makes the event happen and looks whether it shows, and shows once.
func (p *polling) event(ctx context.Context, at *exchange) {
	r, u := p.run, p.op.outcome
	var news *exchange
	h := p.happen(ctx, r.planner.events(p.op, r.opts, nil), p.op.good.in, func(ctx context.Context, d time.Duration) bool {
		var broken bool
		news, broken = p.await(ctx, at, d)
		return news != nil || broken
	})
	switch {
	case ctx.Err() != nil || h.seen && news == nil:
		return
	case !h.seen && h.sure:
		p.fail(at, fmt.Sprintf("nothing new was told within %s after %s", r.opts.eventWait(p.op.name), strings.Join(h.tried, ", ")), "Tell every event that happened after the state that the poll carries.")
		return
	case !h.seen:
		return
	}
	u.keep(news)
	items, _ := p.items(news)
	p.newestFirst(news, items)
	if !p.keepsState(news) {
		p.fail(news, "200 is answered without Location, so the state is lost", hintNothingNew)
		return
	}
	after := p.ask(ctx, news)
	if after == nil {
		return
	}
	if again, _ := p.items(after); told(items, again) && (p.policy != nil || len(items) == len(again)) {
		p.again(after, "an event that was told already is told again", len(items) == len(again))
	}
}

// await polls until something new is told; broken says that an answer was at fault.
func (p *polling) await(ctx context.Context, at *exchange, d time.Duration) (news *exchange, broken bool) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for _, pause := range pollPauses() {
		e := p.ask(ctx, at)
		if e == nil {
			return nil, ctx.Err() == nil
		}
		if items, _ := p.items(e); len(items) > 0 {
			return e, false
		}
		at = e
		if p.run.opts.wait(ctx, pause) != nil {
			break
		}
	}
	return nil, false
}

// newestFirst looks at the times in the items. The platform takes the state from
// the first of them.
func (p *polling) newestFirst(e *exchange, items []any) {
	rising := ""
	for _, name := range timeFields(items) {
		switch order(items, name) {
		case -1:
			return
		case 1:
			rising = name
		}
	}
	if rising == "" {
		return
	}
	message := fmt.Sprintf("the items come with the oldest first, by %s; the platform expects the newest first", rising)
	if p.policy != nil {
		p.fail(e, message, "Sort what is new in descending order.")
	} else {
		p.warn(e, message, "Sort what is new in descending order.")
	}
}

// sameJSON reports whether two lists hold the same, and something at all.
func sameJSON(a, b []any) bool {
	x, err := json.Marshal(a)
	if err != nil || len(a) == 0 {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}
