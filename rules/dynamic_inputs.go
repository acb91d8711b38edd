package rules

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// input is what a name of a dynamic call means in one operation.
type input struct {
	// param is the parameter of exactly this name.
	param *connector.Parameter
	// property is the body property that the name is a path to; byPath says that
	// the path begins at the body or its root, not at some nested object.
	property *connector.Node
	byPath   bool
	// required says that the property must be sent, with everything around it.
	required bool
	// unknown says that the operation cannot be known well enough: its body is
	// open or dynamic, or a parameter refers to nothing.
	unknown bool
}

func (i input) found() bool { return i.param != nil || i.property != nil || i.unknown }

// schema returns the schema of what the name means, a parameter before a property.
func (i input) schema() *connector.Node {
	if i.param != nil {
		return i.param.Schema()
	}
	return i.property
}

// mustBeSent reports whether a request without this input fails.
func (i input) mustBeSent(d *connector.Definition) bool {
	if d.Resolve(i.schema()).Get("default").Exists() {
		return false
	}
	if i.param != nil {
		return i.param.Required
	}
	return i.property != nil && i.required
}

// findInput looks a name up among the parameters of an operation and the
// properties of its body: "boardId", "body/card/boardId", "card/boardId",
// "card.boardId" and the name of a nested property are all in use.
func findInput(p *Pass, op *connector.Operation, name string) input {
	in := input{param: op.Parameter(name), unknown: unresolved(op)}
	body := op.Body()
	if body == nil {
		return in
	}
	d := p.Definition
	for _, path := range inputPaths(name, body.Name) {
		property, required, open := bodyProperty(d, body.Schema(), path)
		if property != nil {
			in.property, in.byPath, in.required = property, true, required && body.Required
			return in
		}
		in.unknown = in.unknown || open
	}
	if in.param == nil {
		in.property = nestedProperties(p, body.Schema())[name]
	}
	return in
}

// inputPaths returns the ways to read a name as a path into the body.
func inputPaths(name, body string) [][]string {
	var out [][]string
	for _, separator := range []string{"/", "."} {
		path := strings.Split(name, separator)
		if len(path) > 1 && path[0] == body {
			out = append(out, path[1:])
		}
		if separator == "/" || len(path) > 1 {
			out = append(out, path)
		}
	}
	return out
}

// bodyProperty follows property names from a schema, through references, allOf
// and array items. open says that it came to a schema that does not list its properties.
func bodyProperty(d *connector.Definition, n *connector.Node, path []string) (property *connector.Node, required, open bool) {
	required = true
	for _, name := range path {
		n = throughItems(d, n)
		if isOpen(d, n) {
			return nil, false, true
		}
		required = required && slices.Contains(d.RequiredNames(n), name)
		if n = d.Property(n, name); n == nil {
			return nil, false, false
		}
	}
	return n, required, false
}

// throughItems returns the schema of the innermost items of an array schema, any other schema itself.
func throughItems(d *connector.Definition, n *connector.Node) *connector.Node {
	for range 16 {
		if d.Type(n) != "array" {
			return n
		}
		n = d.Resolve(n).Get("items")
	}
	return n
}

// isOpen reports whether a schema may hold properties that it does not list:
// it is missing, dynamic, allows additional ones, or lists none.
func isOpen(d *connector.Definition, n *connector.Node) bool {
	n = d.Resolve(n)
	if n == nil || n.Get(dynamicSchema).Exists() || n.Get(dynamicProperties).Exists() {
		return true
	}
	if extra := n.Get("additionalProperties"); extra.IsObject() || extra.Bool() {
		return true
	}
	kind := d.Type(n)
	return (kind == "" || kind == "object") && len(d.Properties(n)) == 0
}

// nestedProperties returns the properties at any depth of a body by name, the first of each.
func nestedProperties(p *Pass, body *connector.Node) map[string]*connector.Node {
	known := Shared(p, "nested properties", func() map[*connector.Node]map[string]*connector.Node {
		return map[*connector.Node]map[string]*connector.Node{}
	})
	body = p.Definition.Resolve(body)
	if out, ok := known[body]; ok {
		return out
	}
	out := map[string]*connector.Node{}
	p.Definition.WalkSchema(body, func(schema *connector.Node, _ string) bool {
		for property := range schema.Get("properties").Members {
			if out[property.Key()] == nil {
				out[property.Key()] = property
			}
		}
		return true
	})
	known[body] = out
	return out
}

// inputNames returns the names that a call of the operation may give, for hints.
func inputNames(p *Pass, op *connector.Operation) []string {
	var names []string
	for _, param := range op.Parameters {
		if param.Name != "" && param.In != "body" {
			names = append(names, param.Name)
		}
	}
	if body := op.Body(); body != nil {
		for _, property := range p.Definition.Properties(body.Schema()) {
			names = append(names, body.Name+"/"+property.Key(), property.Key())
		}
	}
	return names
}

// compatible reports whether a value of one type can be sent as the other. Open and file types fit all.
func compatible(source, target string) bool {
	numeric := func(t string) bool { return t == "integer" || t == "number" }
	return source == target || source == "" || target == "" || source == "file" || target == "file" || numeric(source) && numeric(target)
}
