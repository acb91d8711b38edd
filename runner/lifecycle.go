package runner

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/finding"
)

// watched is how many creations and deletions of an operation are checked by reading.
const watched = 2

// patience are the pauses before something created is called lost: some APIs
// need a moment until a reading shows it.
func patience() []time.Duration {
	return []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, time.Second}
}

// findReaders finds, for each creation, the operation that reads one such thing.
func (r *run) findReaders() {
	for _, creation := range r.plan.ops {
		if creation.kind != kindCreate || creation.resource == "" {
			continue
		}
		best := 0
		for _, o := range r.plan.ops {
			t := o.target()
			blocked := o.skip != "" && !strings.HasPrefix(o.skip, notSelected)
			if o.kind != kindRead || blocked || t == nil || t.batch || !slices.Contains(t.resources, creation.resource) || o.stream || t.dynamic != nil || r.script.rewritesRequest(o) || r.script.rewritesAnswer(o) {
				continue
			}
			// The plain reading of the thing itself, not of something below it.
			if t.in == "path" && !namesOne(o.Path) {
				continue
			}
			if fit := r.planner.nearness(creation, o); fit > 0 && 10*fit-strings.Count(o.Path, "{") > best {
				r.readers[creation], best = o, 10*fit-strings.Count(o.Path, "{")
			}
		}
	}
}

// nearness says how surely a reading reads what a creation makes: in the very
// collection that it is made in, by the same schema, in a collection of that name;
// 0 when the schemas say that it is something else.
func (p *planner) nearness(creation, reader *operation) int {
	made, read := itemRef(p.def, creation), itemRef(p.def, reader)
	switch {
	case isItemOf(reader.Path, creation.Path):
		return 4
	case made != "" && made == read:
		return 3
	case segmentBefore(plainPath(reader.Path)) == segmentBefore(plainPath(creation.Path)):
		return 2
	case made == "" || read == "":
		return 1
	}
	return 0
}

// read reads a record with the reader of its creation; nil when there is none
// or the record lacks what it needs.
func (w *worker) read(ctx context.Context, target *record, purpose string) *exchange {
	return w.readAs(ctx, target, purpose, w.keys)
}

// readAs reads a record that goes by certain keys.
func (w *worker) readAs(ctx context.Context, target *record, purpose string, keys map[string]string) *exchange {
	r := w.run
	reader := r.readers[target.by]
	if reader == nil {
		return nil
	}
	in, err := r.composer.with(keys).compose(reader, 0, []*record{target})
	if err != nil || in.target != target || in.guessed {
		return nil // a reading with an identifier that was made up proves nothing
	}
	m, err := encode(r.base, in)
	if err != nil {
		return nil
	}
	e := r.session.send(ctx, reader, in, m, sending{purpose: purpose})
	if e.status >= 500 || e.throttled5xx {
		w.op.blames = append(w.op.blames, blame{reader, note{check: checkServerError, verdict: finding.Warned, proof: e, message: unavailable}})
	}
	return e
}

// isMissing reports whether an answer says that there is no such thing.
func isMissing(e *exchange) bool {
	return e.fail == nil && (e.says() == http.StatusNotFound || e.status == http.StatusGone)
}

// exists asks whether a created thing can be read at all; when not, the blame
// is its creation's. e is the answer that raised the question.
func (w *worker) exists(ctx context.Context, target *record, e *exchange) bool {
	if w.run.readers[target.by] == nil {
		// Nothing can tell whether it is there: who denies it is at fault.
		return true
	}
	if wentWith(target, w.known()) {
		target.gone.Store(true)
		return false
	}
	again := w.read(ctx, target, forRead)
	for _, pause := range patience() {
		// What was waited for in vain once is not waited for again.
		if again == nil || !isMissing(again) || w.inVain || w.run.opts.wait(ctx, pause) != nil {
			break
		}
		again = w.read(ctx, target, forRead)
	}
	if again != nil && again.ok() {
		return true
	}
	w.inVain = true
	target.lost.Store(true)
	w.lost(target, e)
	return false
}

func (w *worker) lost(target *record, e *exchange) {
	w.op.blames = append(w.op.blames, blame{target.by, note{check: checkCreated, verdict: finding.Failed, proof: e,
		message: fmt.Sprintf("what was created is answered %s by %s", e.saysText(), e.op.name), hint: "Answer a creation only when the thing can be read, or answer 202."}})
}

// checkCreation reads what was just created.
func (w *worker) checkCreation(ctx context.Context) {
	u := w.op.outcome
	reader := w.run.readers[w.op]
	if reader == nil || !w.run.enabled(checkCreated) {
		return
	}
	checked, missing := 0, 0
	for _, made := range w.op.learnt {
		if !made.own || made.by != w.op || checked == watched {
			continue
		}
		checked++
		e := w.read(ctx, made, forRead)
		if e != nil && isMissing(e) {
			e = cmp.Or(w.readByOtherKey(ctx, made), e)
		}
		for _, pause := range patience() {
			if e == nil || !isMissing(e) || w.run.opts.wait(ctx, pause) != nil {
				break
			}
			e = w.read(ctx, made, forRead)
		}
		switch {
		case e == nil:
			u.probes = append(u.probes, probeSkip{checkCreated, "the answer does not say how to read what was created"})
			return
		case e.ok():
			u.hold(checkCreated, e)
		case isMissing(e):
			made.lost.Store(true)
			if missing++; missing == watched {
				// So are the others, as far as can be told.
				w.forsake()
			}
			u.add(note{check: checkCreated, verdict: finding.Failed, proof: e, hint: "Answer a creation only when the thing can be read, or answer 202.",
				message: fmt.Sprintf("what was created is answered %s by %s", e.saysText(), reader.name)})
		}
	}
}

// forsake gives up everything that the operation made.
func (w *worker) forsake() {
	for _, made := range w.op.learnt {
		if made.own && made.by == w.op {
			made.lost.Store(true)
		}
	}
}

// forsakeAll gives up what another operation made before this one began.
func (w *worker) forsakeAll(creation *operation) {
	for _, made := range w.view {
		if made.own && made.by == creation {
			made.lost.Store(true)
		}
	}
}

// watchDeletion deletes, having read the thing before, and reads and deletes it
// once more afterwards.
func (w *worker) watchDeletion(ctx context.Context, in *input, m *message, how sending) *exchange {
	r, u := w.run, w.op.outcome
	var before *exchange
	if in.target != nil && r.enabled(checkDeleted) {
		before = w.read(ctx, in.target, forRead)
	}
	e := r.session.send(ctx, w.op, in, m, how)
	if !e.ok() || in.target == nil || !in.target.own && !w.op.conf.Allow {
		return e
	}
	if before != nil && before.ok() && !w.detaches(in.target, before.op) {
		w.checkGone(ctx, before, in.target)
	}
	again := r.session.send(ctx, w.op, in, m, sending{purpose: forDeleteAgain})
	if again.fail == nil || again.fail.kind == failClosed {
		r.judge(w.op, again)
		if again.status >= 500 {
			u.keep(again)
		}
	}
	return e
}

// detaches reports whether a deletion only takes a thing off another one: what
// deletes the thing itself, where the reader finds it, is another operation.
func (w *worker) detaches(target *record, reader *operation) bool {
	o := w.op
	if template(reader.Path) == template(o.Path) {
		return false
	}
	if o.takesOff(target, reader) {
		return true
	}
	return slices.ContainsFunc(w.run.plan.ops, func(o *operation) bool {
		return o != w.op && o.Method == http.MethodDelete && template(o.Path) == template(reader.Path)
	})
}

// takesOff reports whether a deletion is that of a thing's place in another one:
// a member of an organization is a user, who stays.
func (o *operation) takesOff(target *record, reader *operation) bool {
	last := segmentBefore(o.Path)
	return target.own && reader != nil && o.Method == http.MethodDelete && namesOne(o.Path) && template(reader.Path) != template(o.Path) &&
		!isItemOf(o.Path, target.by.Path) && last != segmentBefore(target.by.Path) && last != segmentBefore(reader.Path)
}

// checkGone reads what was deleted. A thing that is still shown but with
// another state was deleted softly, which is fine.
func (w *worker) checkGone(ctx context.Context, before *exchange, target *record) {
	u := w.op.outcome
	after := w.read(ctx, target, forReadGone)
	if after != nil && after.ok() && !isGone(before, after) && w.answersForNobody(ctx, after) {
		u.probes = append(u.probes, probeSkip{checkDeleted, after.op.name + " answers for things that never existed, so a reading proves nothing"})
		return
	}
	for _, pause := range patience() {
		if after == nil || !after.ok() || isGone(before, after) || w.run.opts.wait(ctx, pause) != nil {
			break
		}
		after = w.read(ctx, target, forReadGone)
	}
	switch {
	case after == nil || after.fail != nil:
	case !after.ok() || isGone(before, after):
		u.hold(checkDeleted, after)
	default:
		u.add(note{check: checkDeleted, verdict: finding.Failed, proof: after, hint: "Answer 404 or 410 for what was deleted, or show its state as deleted.",
			message: fmt.Sprintf("what was deleted is still answered %s by %s", statusText(after.status), after.op.name)})
	}
}

// answersForNobody reports whether a reading succeeds for an identifier that
// nothing has, as it does on a mock.
func (w *worker) answersForNobody(ctx context.Context, e *exchange) bool {
	t := e.op.target()
	for i, p := range e.in.params {
		if t == nil || p.in != t.in || p.name != t.name {
			continue
		}
		id, ok := nobody(p.value, w.run.opts.Seed)
		if !ok {
			return false
		}
		in := e.in.clone()
		in.params[i].value = id
		m, err := encode(w.run.base, in)
		if err != nil {
			return false
		}
		return w.run.session.send(ctx, e.op, in, m, sending{purpose: forReadGone}).ok()
	}
	return false
}

// isGone reports whether a successful reading shows that the thing is gone all
// the same: it no longer names the thing, or shows another state.
func isGone(before, after *exchange) bool {
	for _, s := range before.in.params {
		if text := fmt.Sprint(s.value); s.in == "path" && vanished(before, after, text) {
			return true
		}
	}
	if t := before.op.target(); t != nil && t.in == "body" {
		if text, ok := dig(before.in.body, t.path).(string); ok && vanished(before, after, text) {
			return true
		}
	}
	return softlyDeleted(before, after)
}

func vanished(before, after *exchange, text string) bool {
	return len(text) > 3 && strings.Contains(string(before.body), text) && !strings.Contains(string(after.body), text)
}

// softlyDeleted reports whether a reading shows another state than the one before.
func softlyDeleted(before, after *exchange) bool {
	old, err := before.json()
	if err != nil {
		return false
	}
	now, err := after.json()
	if err != nil {
		// Nothing is shown any more.
		return len(after.body) == 0
	}
	a, b := states(old, "", 0), states(now, "", 0)
	for name, v := range b {
		if a[name] != v {
			return true
		}
	}
	return len(a) > 0 && len(b) == 0 || isEmptyAnswer(now) && !isEmptyAnswer(old)
}

func isEmptyAnswer(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// states are the fields that say whether a thing lives.
func states(v any, at string, depth int) map[string]string {
	out := map[string]string{}
	object, ok := v.(map[string]any)
	if !ok || depth > maxDeep {
		return out
	}
	for name, value := range object {
		if hasAny(words(name), strings.Fields("state status deleted removed archived active enabled expired expires trashed lifecycle ends end ttl cancelled canceled closed discarded phase")) && isScalar(value) || value == nil && strings.Contains(norm(name), "delet") {
			out[at+"/"+name] = fmt.Sprint(value)
		}
		for key, s := range states(value, at+"/"+name, depth+1) {
			out[key] = s
		}
	}
	return out
}

// takeMade adds to new records what the answer says around them.
func (r *run) takeMade(e *exchange, made []*record) {
	for _, one := range made {
		r.locate(one, cmp.Or(e.header.Get("Location"), e.header.Get("OData-EntityId")))
		r.follow(one)
		one.noteTag(e)
		one.upload = uploadIn(e.in)
		if isHook(one.by) {
			r.subscribe(e, one)
		}
		r.journal.created(one)
	}
	r.journal.settle(e.intent)
}
