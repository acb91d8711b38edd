package runner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// denied finds the input whose made-up value a 404 is about: it quotes the value,
// or names the kind of thing that the input names and the path does not. The API
// has no such thing. path is the place in the body, "" for a parameter.
func (w *worker) denied(e *exchange) (name, path string, ok bool) {
	answer := e.answerText()
	quoted := func(text string) bool { return len(text) > 3 && strings.Contains(answer, text) }
	for _, p := range e.in.params {
		if p.in != "path" && e.in.invented(p.name) && quoted(fmt.Sprint(p.value)) {
			return p.name, "", true
		}
	}
	body := e.in.op.Body()
	if body == nil || !e.in.hasBody {
		return "", "", false
	}
	walkTexts(e.in.body, "", func(at, text string) string {
		if !ok && quoted(text) && e.in.invented(strings.TrimPrefix(at, "/")) {
			path, ok = at, true
		}
		return text
	})
	if !ok {
		path, ok = w.mentioned(e)
	}
	parts := slices.DeleteFunc(strings.Split(path, "/"), func(part string) bool { return part == "" || part == "*" })
	if len(parts) == 0 {
		return body.Name, path, ok
	}
	return parts[len(parts)-1], path, ok
}

// mentioned finds the property of the body that names a kind of thing which the
// answer speaks of: "this label does not exist" is about label_id.
func (w *worker) mentioned(e *exchange) (path string, ok bool) {
	answer := words(e.answerText())
	for i, word := range answer {
		answer[i] = singular(word)
	}
	for _, property := range w.run.def.Properties(bodySchema(w.op.Operation)) {
		resource, suffix := stem(property.Key())
		if name := norm(property.Key()); len(words(property.Key())) > 1 && strings.Contains(norm(e.answerText()), name) && e.in.invented(property.Key()) {
			return "/" + property.Key(), true // "the new owner does not exist"
		}
		if resource == "" || schema.ReadOnly(w.run.def, property) || !slices.Contains(answer, resource) || !e.in.invented(property.Key()) {
			continue
		}
		above := slices.ContainsFunc(w.op.needs, func(n *need) bool { return n.in == "path" && slices.Contains(n.resources, resource) })
		if !above && (suffix != "" || w.run.planner.known[resource]) {
			return "/" + property.Key(), true
		}
	}
	return "", false
}

// namesNothing ends the series of an operation whose body names something by a
// made-up value: a 404 may be about that rather than about what the path names.
func (w *worker) namesNothing(e *exchange) bool {
	body, isObject := e.in.body.(map[string]any)
	if !isObject {
		return false
	}
	for _, name := range sortedKeys(body) {
		resource, suffix := stem(name)
		known := w.run.planner.known[resource] && !slices.ContainsFunc(w.op.needs, func(n *need) bool { return n.in == "path" && slices.Contains(n.resources, resource) })
		if e.in.invented(name) && isScalar(body[name]) && (known || slices.Contains([]string{"id", "uuid", "guid", "index"}, suffix)) {
			w.op.outcome.keep(e)
			w.unused(fmt.Sprintf("not exercised, because nothing is known that %s may name: answered %s%s", name, statusText(e.status), quoteWords(e)), mendValue(w.op, name))
			return true
		}
	}
	return false
}

// nobody learns from a refusal that says that nothing has a made-up identifier,
// "user 'x' does not exist", to name a thing that is known by just that field.
func (w *worker) nobody(e *exchange) bool {
	text := strings.ToLower(e.answerText())
	if !e.in.hasBody || !slices.ContainsFunc([]string{"not exist", "doesn't exist", "not found", "no such", "unknown", "could not find", "cannot find", "must exist", "not a valid", "invalid"}, func(s string) bool { return strings.Contains(text, s) }) {
		return false
	}
	name, path, ok := w.denied(e)
	_, suffix := stem(name)
	if !ok || suffix != "id" && suffix != "uuid" && suffix != "key" || w.op.form.borrows[path] != "" {
		return false
	}
	for _, r := range w.known() {
		if _, has := r.fields[norm(name)]; has && r.usable() && !r.sent[norm(name)] && len(r.resources) > 0 && path != "" {
			w.op.form.lendAt(path, r.resources[0])
			return true
		}
	}
	return false
}

// invented reports whether a value was made up: nothing known, given or declared stands there.
func (in *input) invented(place string) bool {
	i := slices.IndexFunc(in.sources, func(s Source) bool { return s.Name == place })
	return i < 0 || in.sources[i].From == "generated"
}

// inventions are the required texts, and lists of them, of a query that were made
// up and that a reading may look something up by.
func inventions(in *input) []string {
	var out []string
	for _, s := range in.sources {
		p := in.op.Parameter(s.Name)
		if s.From == "generated" && p != nil && p.In == "query" && p.Required && slices.Contains([]string{"string", "array"}, p.Node.Get("type").String()) && in.op.safe() {
			out = append(out, s.Name)
		}
	}
	return out
}

// borrow learns from an answer such as "no tag definition has the id 4711" which
// thing a place of the body names; it reports whether there is one to name.
func (w *worker) borrow(e *exchange, path string) bool {
	f := w.op.form
	if path == "" || f.borrows[path] != "" {
		return false
	}
	if resource, _ := stem(strings.TrimPrefix(path, "/")); slices.ContainsFunc(w.known(), func(r *record) bool { return r.usable() && r.is(resource) }) {
		f.lendAt(path, resource)
		return true
	}
	answer := norm(e.answerText())
	best := ""
	for _, r := range w.known() {
		if !r.usable() {
			continue
		}
		for _, resource := range r.resources {
			if len(resource) > max(2, len(best)) && strings.Contains(answer, resource) {
				best = resource
			}
		}
	}
	if best == "" {
		return false
	}
	f.lendAt(path, best)
	return true
}

func (f *form) lendAt(path, resource string) {
	if f.borrows == nil {
		f.borrows = map[string]string{}
	}
	f.borrows[path] = resource
}

// lend puts the identifiers of known things where refusals told that they belong.
func (c *composer) lend(o *operation, in *input, view []*record) {
	if len(o.form.borrows) == 0 {
		return
	}
	for _, path := range sortedKeys(o.form.borrows) {
		resource, name := o.form.borrows[path], strings.TrimPrefix(path, "/")
		object, isObject := in.body.(map[string]any)
		if node := c.property(o, name); isObject && node != nil {
			if id, ok := oneKnown(view, in.attempt, resource, name, func(v any) bool { return fits(node, v) }); ok {
				object[name] = typed(node, id)
				in.sourceAnew(name, "a "+resource+" that is known")
			}
		}
	}
	in.body = walkTexts(in.body, "", func(path, text string) string {
		resource := o.form.borrows[path]
		if resource == "" || !in.invented(strings.TrimPrefix(path, "/")) {
			return text
		}
		id, ok := oneKnown(view, in.attempt, resource, "", func(v any) bool { return isScalar(v) && isUUID(fmt.Sprint(v)) == isUUID(text) })
		if !ok {
			return text
		}
		in.sourceAnew(strings.TrimPrefix(path, "/"), "a "+resource+" that is known")
		return fmt.Sprint(id)
	})
}

// property is the resolved schema of a property of the body, nil when it has none of that name.
func (c *composer) property(o *operation, name string) *connector.Node {
	for _, property := range c.def.Properties(bodySchema(o.Operation)) {
		if property.Key() == name {
			return c.def.Resolve(property)
		}
	}
	return nil
}

// oneKnown takes the identifier of one known thing, another for each attempt.
func oneKnown(view []*record, attempt int, resource, name string, accept func(any) bool) (any, bool) {
	// The field of the very name says it best, where any of them has it.
	for _, fields := range [][]string{{norm(name)}, append([]string{resource + "id"}, commonIDs()...)} {
		var ids []any
		for _, r := range view {
			if !r.usable() || !r.is(resource) {
				continue
			}
			if id, ok := r.field(fields, accept); ok {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			return ids[attempt%len(ids)], true
		}
	}
	return nil, false
}
