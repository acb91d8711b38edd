package runner

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// belongs reports whether a thing is known to be where the operation looks for
// it. In /tasks/{task}/labels/{label} a label need not be one of that task.
func (w *worker) belongs(target *record) bool {
	t := w.op.target()
	if t == nil || t.in != "path" || strings.Count(w.op.Path, "{") < 2 || target.stand {
		return true
	}
	if target.own && target.by.kind == kindCreate && !isItemOf(w.op.Path, target.by.Path) {
		// It was made elsewhere: an asset of a comment is none of a release.
		reader := w.run.readers[target.by]
		at := strings.Index(w.op.Path, "{"+t.name+"}")
		return reader != nil && at >= 0 && template(reader.Path) == template(w.op.Path[:at]+"{}")
	}
	collection := w.op.Path[:max(0, strings.Index(w.op.Path, "{"+t.name+"}"))]
	if template(target.by.Path) == template(collection) {
		return true
	}
	for _, n := range w.op.needs {
		if _, leads := target.params[norm(n.name)]; n.in == "path" && n != t && leads {
			return true
		}
	}
	return false
}

// notFound tells a lost thing, a made-up identifier and a missing operation apart.
func (w *worker) notFound(ctx context.Context, e *exchange) step {
	o, u := w.op, w.op.outcome
	target := e.in.target
	if target == nil {
		target = e.in.anchor
	}
	if e.in.guessed {
		target = nil
	}
	if w.lostByTurn(e) {
		return stop
	}
	if w.otherKey(e) {
		return goOn
	}
	if name, path, ok := w.denied(e); ok {
		if w.borrow(e, path) {
			return goOn
		}
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because no value is known for %s: a made-up one is answered %s%s", name, e.saysText(), quoteWords(e)), mendValue(o, name))
		return stop
	}
	switch {
	case target != nil && target.own && saidGone(e):
		// Another operation has taken it away, such as one that clears a list.
		target.gone.Store(true)
		if w.aged++; w.aged < maxInRow {
			return goOn
		}
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because what %s made was taken away by then: answered %s%s", target.by.name, statusText(e.status), quoteWords(e)), "")
		return stop
	case o.asks(e.status):
		// The definition itself says that it may answer no.
		if w.inRow++; w.inRow < 2*maxConflicts {
			return goOn
		}
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because the answer is no for all that is known: %s, as the definition declares", statusText(e.status)), mendValue(o, targetName(o)))
		return stop
	case o.clears && target != nil:
		// Perhaps another thing has what this one lacks.
		if w.inRow++; w.inRow < maxInRow {
			return goOn
		}
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because there was nothing for it to remove: answered %s%s", e.saysText(), quoteWords(e)), "")
		return stop
	case target != nil && !w.belongs(target):
		if w.inRow++; w.inRow < maxInRow {
			return goOn
		}
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because nothing is known to be at such a place: answered %s%s", e.saysText(), quoteWords(e)), mendValue(o, o.target().name))
		return stop
	case target != nil && target.own && w.run.readers[target.by] == nil && !slices.Contains(o.learnt, target):
		// It may have expired since it was made; a new one will tell.
		target.lost.Store(true)
		if w.aged++; w.aged >= maxInRow {
			w.forsakeAll(target.by)
		}
		return goOn
	case target != nil && target.own:
		if w.exists(ctx, target, e) {
			if o.form.favourite != target {
				// Perhaps it shows only now.
				o.form.favourite = target
				return goOn
			}
			if other := w.elder(target); other != nil {
				o.form.favourite = other
				return goOn
			}
			if w.lacksPart(e) || w.nothingToAnswer(e) || w.namesNothing(e) {
				return stop
			}
			w.fault(e, fmt.Sprintf("answered %s for something that exists", e.saysText()), "")
			return w.failing(e)
		}
		w.inRow++
		if w.inRow >= maxInRow {
			w.unused(fmt.Sprintf("not exercised, because what %s creates is not there (%s)", target.by.name, e.saysText()), "")
			return stop
		}
		return goOn
	case target != nil:
		w.inRow++
		if w.inRow >= maxInRow || target.usable() && len(w.known()) < 2 {
			if w.lacksPart(e) || w.namesNothing(e) {
				return stop
			}
			if !w.expected(ctx, target) {
				u.keep(e)
				w.unused(fmt.Sprintf("not exercised, because nothing is known to be at such a place: answered %s%s", statusText(e.status), quoteWords(e)), mendValue(o, targetName(o)))
				return stop
			}
			w.fault(e, fmt.Sprintf("answered %s for what %s listed", e.saysText(), target.by.name), "")
			return stop
		}
		if o.form.favourite == target {
			o.form.favourite = nil
		}
		if namesOne(o.Path) {
			// Only who reads the thing itself can tell that it is gone: a part of it may be missing.
			target.lost.Store(true)
		}
		return goOn
	case o.upsert && !o.form.existing && o.Body() == nil && w.hasOwn(o.target()):
		// What is put there is not made by it.
		o.form.existing = true
		return goOn
	case o.upsert && e.in.guessed && len(guesses(e.in)) == 0:
		// The name is the caller's choice, so it is what the thing lies below that is not there.
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because nothing is known to be at such a place: answered %s%s", e.saysText(), quoteWords(e)), mendValue(o, o.needs[0].name))
		return stop
	case e.in.guessed && len(guesses(e.in)) > 0:
		u.keep(e)
		w.unused(w.whyUnknown(e), mendValue(o, guesses(e.in)[0]))
		return stop
	}
	if o.single != nil && o.single.read == o {
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because there is none that could be read, and %s made none: answered %s%s", o.single.create.name, e.saysText(), quoteWords(e)), "")
		return stop
	}
	if o.Body() != nil && w.adapt(e, 0) {
		return goOn
	}
	if names := inventions(e.in); len(names) > 0 {
		u.keep(e)
		w.unused(fmt.Sprintf("not exercised, because nothing is known that %s may name: a made-up value is answered %s%s", strings.Join(names, " and "), e.saysText(), quoteWords(e)), mendValue(o, names[0]))
		return stop
	}
	w.fault(e, "the API does not have this operation: answered "+e.saysText(), "Check method, path, base URL and basePath, or take the operation out of the definition.")
	return stop
}

// hasOwn reports whether the run has made something that an input may name.
func (w *worker) hasOwn(n *need) bool {
	return n != nil && slices.ContainsFunc(w.known(), func(r *record) bool { return r.own && r.usable() && slices.ContainsFunc(n.resources, r.is) })
}

// expected reports whether what an answer listed must be where the operation looks
// for it: it was listed right there, or the API reads it there.
func (w *worker) expected(ctx context.Context, target *record) bool {
	o := w.op
	i := slices.IndexFunc(o.needs, func(n *need) bool { return n.in == "path" && slices.ContainsFunc(n.resources, target.is) })
	if i < 0 || target.by.kind != kindList {
		return true
	}
	n := o.needs[i]
	at := strings.Index(o.Path, "{"+n.name+"}")
	if at < 0 || template(target.by.Path) == template(o.Path[:at]) {
		return true
	}
	place := o.Path[:at] + "{" + n.name + "}"
	if place == plainPath(o.Path) {
		there, here := collections(target.by.Path), collections(o.Path)
		return within(there, here) || within(here, there)
	}
	for _, reader := range w.run.plan.ops {
		if reader.kind != kindRead || !namesOne(reader.Path) || template(reader.Path) != template(place) || reader.skip != "" {
			continue
		}
		in, err := w.composer().compose(reader, 0, []*record{target})
		if err != nil || in.guessed {
			return false
		}
		m, err := encode(w.run.base, in)
		return err == nil && w.run.session.send(ctx, reader, in, m, sending{purpose: forRead}).ok()
	}
	return true
}

// collections are the literals of a path that do not only say how things are shown.
func collections(path string) []string {
	return slices.DeleteFunc(literals(path), saysHow)
}

// within reports whether all segments of one path stand in another.
func within(segments, others []string) bool {
	return !slices.ContainsFunc(segments, func(s string) bool { return !slices.Contains(others, s) })
}

// segmentBefore is the last literal of a path.
func segmentBefore(path string) string {
	list := literals(path)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// saidGone reports whether a 404 says that the thing was there.
func saidGone(e *exchange) bool {
	text := strings.ToLower(e.words())
	return strings.Contains(text, "already deleted") || strings.Contains(text, "already removed") || strings.Contains(text, "has been deleted") || strings.Contains(text, "was deleted")
}

// asks reports whether an operation only asks whether something is so: it answers
// without content, and the definition declares the status that means no.
func (o *operation) asks(status int) bool {
	declared := o.Response(strconv.Itoa(status))
	return o.Method == http.MethodGet && declared != nil && !declared.Schema().Exists() && successSchema(o.Operation) == nil && o.Response("204") != nil
}

// elder is a thing of the same kind that was there before the run, for a reading
// of a part that what the run made may lack; nil when there is none untried.
func (w *worker) elder(made *record) *record {
	if !w.op.safe() || w.run.readers[made.by] == w.op || w.elders >= maxInRow {
		return nil
	}
	w.elders++
	for _, r := range w.known() {
		if !r.own && r.usable() && slices.ContainsFunc(r.resources, made.is) {
			return r
		}
	}
	return nil
}

// whyUnknown says why no value is known for the identifiers of a request that was answered 404.
func (w *worker) whyUnknown(e *exchange) string {
	names := guesses(e.in)
	for _, n := range w.op.needs {
		if !slices.Contains(names, n.name) {
			continue
		}
		for _, producer := range w.run.planner.producers(n) {
			if producer.kind == kindList && producer.good != nil {
				return fmt.Sprintf("not exercised, because %s lists nothing that %s could name: a made-up value is answered %s", producer.name, n.name, e.saysText())
			}
		}
	}
	return fmt.Sprintf("not exercised, because no value is known for %s: a made-up one is answered %s", strings.Join(names, " and "), e.saysText())
}

// guesses are the identifiers in the path that were made up.
func guesses(in *input) []string {
	var out []string
	for _, s := range in.sources {
		need := in.op.need("body", s.Name)
		if need == nil && in.op.Parameter(s.Name) != nil {
			need = in.op.need(in.op.Parameter(s.Name).In, s.Name)
		}
		if s.From == "generated" && need != nil && (!in.op.upsert || !need.target) {
			out = append(out, s.Name)
		}
	}
	return out
}
