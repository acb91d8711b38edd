package runner

import (
	"fmt"
	"slices"
	"strings"
)

// denied finds the input whose made-up value a 404 quotes: the API has no such
// thing. path is the place in the body, "" for a parameter.
func denied(e *exchange) (name, path string, ok bool) {
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
	parts := slices.DeleteFunc(strings.Split(path, "/"), func(part string) bool { return part == "" || part == "*" })
	if len(parts) == 0 {
		return body.Name, path, ok
	}
	return parts[len(parts)-1], path, ok
}

// invented reports whether a value was made up: nothing known, given or declared stands there.
func (in *input) invented(place string) bool {
	i := slices.IndexFunc(in.sources, func(s Source) bool { return s.Name == place })
	return i < 0 || in.sources[i].From == "generated"
}

// inventions are the required texts of a query that were made up and that a
// reading may look something up by.
func inventions(in *input) []string {
	var out []string
	for _, s := range in.sources {
		p := in.op.Parameter(s.Name)
		if s.From == "generated" && p != nil && p.In == "query" && p.Required && p.Node.Get("type").String() == "string" && in.op.safe() {
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
	if f.borrows == nil {
		f.borrows = map[string]string{}
	}
	f.borrows[path] = best
	return true
}

// lend puts the identifiers of known things where refusals told that they belong.
func (o *operation) lend(in *input, view []*record) {
	if len(o.form.borrows) == 0 {
		return
	}
	in.body = walkTexts(in.body, "", func(path, text string) string {
		resource := o.form.borrows[path]
		if resource == "" {
			return text
		}
		var ids []string
		for _, r := range view {
			id, ok := r.field(append([]string{resource + "id"}, commonIDs()...), func(v any) bool {
				return isScalar(v) && isUUID(fmt.Sprint(v)) == isUUID(text)
			})
			if ok && r.usable() && r.is(resource) {
				ids = append(ids, fmt.Sprint(id))
			}
		}
		if len(ids) == 0 {
			return text
		}
		in.source(strings.TrimPrefix(path, "/"), "a "+resource+" that is known")
		return ids[in.attempt%len(ids)]
	})
}
