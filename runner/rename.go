package runner

import (
	"fmt"
	"maps"
	"slices"
)

// keepKey leaves the name by which a path knows a thing as it is when the body
// may change it: what lies below the thing would not be found again.
func (c *composer) keepKey(o *operation, in *input, t *need, value any) {
	body, isObject := in.body.(map[string]any)
	text, isText := value.(string)
	if !isObject || !isText || in.target == nil || t.in != "path" || o.kind == kindCreate {
		return
	}
	for name := range body {
		if _, given := c.given(o, name, name); !given && fmt.Sprint(in.target.fields[norm(name)]) == text && slices.Contains(textKeys(), norm(name)) {
			body[name] = text
		}
	}
}

// renames reports whether an operation gives a thing another name: by its path or
// id, or by a property of its body such as newName.
func (p *planner) renames(o *operation) bool {
	t := o.target()
	return t != nil && t.in == "path" && o.ownOnly() && o.kind != kindDelete && p.newName(o) != ""
}

// newName is the property of the body that a thing is renamed to, "" when there is none.
func (p *planner) newName(o *operation) string {
	said := words(o.ID)
	if list := literals(o.Path); len(list) > 0 {
		said = append(said, words(list[len(list)-1])...)
	}
	for _, property := range p.def.Properties(bodySchema(o.Operation)) {
		parts := words(property.Key())
		if p.def.Type(property) != "string" || len(parts) == 0 || !slices.Contains(textKeys(), parts[len(parts)-1]) {
			continue
		}
		if parts[0] == "new" || slices.Contains(said, "rename") {
			return property.Key()
		}
	}
	return ""
}

// renamed replaces what is known of a thing that a success has given another name.
func (w *worker) renamed(e *exchange) {
	old := e.in.target
	body, isObject := e.in.body.(map[string]any)
	if old == nil || !old.own || !isObject || !w.run.planner.renames(w.op) {
		return
	}
	t := w.op.target()
	before, _ := e.in.find(t.name)
	after, isText := body[w.run.planner.newName(w.op)].(string)
	if !isText {
		return
	}
	fresh := &record{resources: old.resources, by: old.by, own: true, fields: maps.Clone(old.fields), sent: old.sent, params: old.params, item: old.item, listed: old.listed}
	for name, v := range fresh.fields {
		if v == before {
			fresh.fields[name] = after
		}
	}
	old.gone.Store(true)
	w.run.journal.gone(old)
	w.run.journal.created(fresh)
	w.op.learnt = append(w.op.learnt, fresh)
}
