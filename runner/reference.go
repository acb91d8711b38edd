package runner

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// OData links one thing to another by its address:
// POST /accounts({id})/contacts/$ref with {"@odata.id": "https://…/contacts/7"}.
const (
	refSegment = "/$ref"
	refAddress = "@odata.id"
)

// isReference reports whether an operation links things, or takes such a link away.
func isReference(op *connector.Operation) bool {
	return strings.HasSuffix(strings.TrimRight(op.Path, "/"), refSegment)
}

// pairReferences finds for what takes a link away the operation that makes it.
func pairReferences(ops []*operation) {
	for _, o := range ops {
		if o.Method != http.MethodDelete || !isReference(o.Operation) {
			continue
		}
		for _, other := range ops {
			if (other.Method == http.MethodPost || other.Method == http.MethodPut) && isReference(other.Operation) &&
				strings.HasPrefix(o.Path, strings.TrimSuffix(strings.TrimRight(other.Path, "/"), refSegment)) {
				o.kind, o.clears, o.undoes = kindDelete, false, other
			}
		}
	}
}

var referenced = regexp.MustCompile(`/(\pL[\pL\pN]*)(?:/|\()'?\{`)

// reference puts the address of a known thing into a body that links to one: what
// the description of the address names, else what the path does.
func (c *composer) reference(o *operation, in *input, view []*record) {
	object, ok := in.body.(map[string]any)
	if !ok || !isReference(o.Operation) || !in.invented(refAddress) {
		return
	}
	var resources []string
	if node := c.property(o, refAddress); node != nil {
		if found := referenced.FindStringSubmatch(node.Get("description").String()); found != nil {
			resources = append(resources, singular(found[1]))
		}
	}
	resources = append(resources, o.resource)
	for _, resource := range resources {
		for _, item := range c.plan.ops {
			t := item.target()
			if t == nil || t.in != "path" || len(item.needs) != 1 || strings.Count(item.Path, "{") != 1 || !strings.ContainsAny(lastSegment(item.Path), "{") || !slices.Contains(t.resources, resource) {
				continue
			}
			if c.referTo(item, t, object, in, view) {
				return
			}
		}
	}
}

// referTo writes the address of one thing that an operation reads or changes.
func (c *composer) referTo(item *operation, t *need, object map[string]any, in *input, view []*record) bool {
	var ids []any
	var from []*record
	for _, own := range []bool{true, false} {
		for _, r := range view {
			if v, ok := c.valueIn(r, t); ok && r.usable() && r.own == own && !r.stand {
				ids, from = append(ids, v), append(from, r)
			}
		}
	}
	if len(ids) == 0 {
		return false
	}
	// What is linked already is refused, so another pair is taken then.
	i := in.op.form.attempt(in.attempt) % len(ids)
	path, _, err := target(item, &input{op: item, params: []paramValue{{name: t.name, in: "path", node: t.node, value: ids[i]}}})
	if err != nil {
		return false
	}
	object[refAddress] = c.base.Scheme + "://" + c.base.Host + c.base.EscapedPath() + path
	in.source(refAddress, describeRecord(from[i]))
	in.links = map[string]any{norm(t.name): ids[i]}
	for _, resource := range t.resources {
		in.links[resource+"id"] = ids[i]
	}
	return true
}

func lastSegment(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}
