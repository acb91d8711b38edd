package changes

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// side is one of the two definitions.
type side struct {
	*connector.Definition
	views map[*connector.Node]*view
}

func newSide(d *connector.Definition) *side {
	return &side{Definition: d, views: map[*connector.Node]*view{}}
}

// view is a schema as flows see it: references followed, allOf joined. A
// member that several parts have counts as the first part has it.
type view struct {
	// node is the schema behind its references, nil when there is none.
	node  *connector.Node
	parts []*connector.Node
}

// view returns the view of a schema or non-body parameter; n may be nil.
func (s *side) view(n *connector.Node) *view {
	n = s.Resolve(n)
	if v := s.views[n]; v != nil {
		return v
	}
	v := &view{node: n}
	s.gather(v, n)
	s.views[n] = v
	return v
}

func (s *side) gather(v *view, n *connector.Node) {
	if n == nil || slices.Contains(v.parts, n) {
		return
	}
	v.parts = append(v.parts, n)
	for part := range n.Get("allOf").Items {
		s.gather(v, s.Resolve(part))
	}
}

// get returns a member of the schema, nil when no part has it.
func (v *view) get(name string) *connector.Node {
	for _, part := range v.parts {
		if member := part.Get(name); member != nil {
			return member
		}
	}
	return nil
}

// property returns a property by its exact name, nil when no part has it.
func (v *view) property(name string) *connector.Node {
	for _, part := range v.parts {
		if p := part.Get("properties").Get(name); p != nil {
			return p
		}
	}
	return nil
}

// properties yields every property once, in document order.
func (v *view) properties(yield func(*connector.Node) bool) {
	for i, part := range v.parts {
		for p := range part.Get("properties").Members {
			if i > 0 && v.property(p.Key()) != p {
				continue
			}
			if !yield(p) {
				return
			}
		}
	}
}

// requires reports whether the schema requires the property called name.
func (v *view) requires(name string) bool {
	for _, part := range v.parts {
		for item := range part.Get("required").Items {
			if item.String() == name {
				return true
			}
		}
	}
	return false
}

// declared returns the type as written, "" when there is none; several types
// of one schema are joined in alphabetical order.
func (v *view) declared() string {
	n := v.get("type")
	if !n.IsArray() {
		return n.String()
	}
	types := n.Strings()
	slices.Sort(types)
	return strings.Join(types, " or ")
}

// shape returns the declared type, else the one that properties or items tell.
func (v *view) shape() string {
	switch declared := v.declared(); {
	case declared != "":
		return declared
	case v.get("properties").Exists():
		return "object"
	case v.get("items").Exists():
		return "array"
	}
	return ""
}

func (v *view) text(name string) string { return v.get(name).Text() }

// internal reports whether makers do not see the value.
func (v *view) internal() bool { return isInternal(v.get("x-ms-visibility")) }

func isInternal(visibility *connector.Node) bool {
	return strings.EqualFold(visibility.String(), "internal")
}

// enum returns the values of the enum list; an empty list is none.
func (v *view) enum() []string {
	var out []string
	for item := range v.get("enum").Items {
		out = append(out, item.Text())
	}
	return out
}

// items returns the schema of an array's items, nil when it has none.
func (v *view) items() *connector.Node {
	if n := v.get("items"); n.IsObject() {
		return n
	}
	return nil
}

// extra returns the schema of members that have no name, nil when it has none.
func (v *view) extra() *connector.Node {
	if n := v.get("additionalProperties"); n.IsObject() {
		return n
	}
	return nil
}
