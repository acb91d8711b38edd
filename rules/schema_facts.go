package rules

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// named names a schema for a message: by its property, parameter or definition, else by its place.
func named(s connector.Schema) string {
	if s.Name != "" {
		return quote(s.Name)
	}
	key := s.Node.Key()
	switch {
	case key == "items":
		if holder := propertyOf(s.Node.Parent()); holder != "" {
			return "the items of " + quote(holder)
		}
		return "the items"
	case s.Definition != "" && s.Depth == 0:
		return "the definition " + quote(s.Definition)
	case s.Place == connector.InBody:
		return "the body"
	case s.Place == connector.InResponse:
		return "the response"
	case s.Place == connector.InNotification:
		return "the notification"
	}
	return "this schema"
}

// propertyOf returns the name of the property, definition or parameter whose schema n is, "" when it is none.
func propertyOf(n *connector.Node) string {
	if name := n.Get("name").String(); name != "" && n.Get("in").Exists() {
		return name
	}
	switch n.Parent().Key() {
	case "properties", "definitions":
		return n.Key()
	}
	return ""
}

// isObjectSchema reports whether a schema describes an object: it says so, or says nothing and has properties.
func isObjectSchema(n *connector.Node) bool {
	kind := n.Get("type").String()
	return kind == "object" || n.Get("type") == nil && (n.Get("properties").Exists() || n.Get("allOf").Exists())
}

// isDynamic reports whether the platform asks an operation for the schema.
func isDynamic(n *connector.Node) bool {
	return n.Get("x-ms-dynamic-schema").Exists() || n.Get("x-ms-dynamic-properties").Exists()
}

// isInput reports whether makers fill in a schema: it belongs to a body or a
// parameter, or to a definition that a body uses.
func isInput(p *Pass, s connector.Schema) bool {
	if s.Place == connector.InDefinition {
		reach := p.Definition.Reach(s.Definition)
		return reach != nil && reach.Input
	}
	return s.Place == connector.InBody || s.Place == connector.InParameter
}

// owner returns the object schema whose property n is, nil when n is none.
func owner(n *connector.Node) *connector.Node {
	if properties := n.Parent(); properties.Key() == "properties" && properties.IsObject() {
		return properties.Parent()
	}
	return nil
}

// isRequired reports whether n is a property that its object requires.
func isRequired(n *connector.Node) bool {
	required := owner(n).Get("required")
	for item := range required.Items {
		if item.String() == n.Key() && item.IsString() {
			return true
		}
	}
	return false
}

// isInternalNode reports whether a parameter, schema or operation is hidden from makers.
func isInternalNode(n *connector.Node) bool {
	return strings.EqualFold(n.Get("x-ms-visibility").String(), "internal")
}

// hasSegments reports whether a reference is "#/", the collection and one name.
func hasSegments(ref, collection string) bool {
	name, ok := strings.CutPrefix(ref, "#/"+collection+"/")
	return ok && name != "" && !strings.Contains(name, "/")
}

// oneOfStrings reports whether n is a string and one of the words.
func oneOfStrings(n *connector.Node, words ...string) bool {
	return n.IsString() && slices.Contains(words, n.String())
}
