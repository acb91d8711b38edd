package schema

import (
	"slices"
	"strconv"

	"github.com/precert/precert/connector"
)

// maxUndeclared is how many undeclared fields are told.
const maxUndeclared = 50

// Undeclared returns the JSON Pointers of fields that the schema does not
// mention, in body order; for arrays of objects only the first item with each
// field. They are information, never a fault: a schema is open unless it says otherwise.
func (v *Validator) Undeclared(node *connector.Node, body any) []string {
	u := undeclared{def: v.def, seen: map[string]bool{}}
	u.walk([]*connector.Node{node}, body, nil)
	slices.SortFunc(u.found, comparePointers)
	return u.found
}

type undeclared struct {
	def   *connector.Definition
	found []string
	seen  map[string]bool
}

func (u *undeclared) walk(nodes []*connector.Node, value any, path []string) {
	if len(u.found) >= maxUndeclared {
		return
	}
	parts := u.parts(nodes)
	switch at := value.(type) {
	case []any:
		var items []*connector.Node
		for _, part := range parts {
			if node := part.Get("items"); node.IsObject() {
				items = append(items, node)
			}
		}
		if len(items) == 0 {
			return
		}
		for i, item := range at {
			u.walk(items, item, append(path, strconv.Itoa(i)))
		}
	case map[string]any:
		u.object(parts, at, path)
	}
}

func (u *undeclared) object(parts []*connector.Node, value map[string]any, path []string) {
	closed := false
	for _, part := range parts {
		closed = closed || part.Get("properties").Len() > 0
		if extra := part.Get("additionalProperties"); extra.IsObject() || extra.Bool() {
			return
		}
	}
	if !closed {
		return
	}
	for _, name := range sortedKeys(value) {
		var declared []*connector.Node
		for _, part := range parts {
			if p := part.Get("properties").Get(name); p.Exists() {
				declared = append(declared, p)
			}
		}
		below := slices.Concat(path, []string{name})
		if len(declared) > 0 {
			u.walk(declared, value[name], below)
			continue
		}
		pointer := joinPointer(below)
		if general := withoutIndexes(pointer); !u.seen[general] && len(u.found) < maxUndeclared {
			u.seen[general] = true
			u.found = append(u.found, pointer)
		}
	}
}

// parts are the schemas that apply to one value, through references and allOf.
func (u *undeclared) parts(nodes []*connector.Node) []*connector.Node {
	var out []*connector.Node
	for len(nodes) > 0 {
		n := u.def.Resolve(nodes[0])
		nodes = nodes[1:]
		if n == nil || slices.Contains(out, n) {
			continue
		}
		out = append(out, n)
		for part := range n.Get("allOf").Items {
			nodes = append(nodes[:len(nodes):len(nodes)], part)
		}
	}
	return out
}
