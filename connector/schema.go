package connector

import "slices"

// Place says what part of an operation a schema describes.
type Place string

// The places. A schema of definitions has none of its own: it is judged by who uses it.
const (
	InBody         Place = "body"
	InParameter    Place = "parameter"
	InResponse     Place = "response"
	InNotification Place = "notification"
	InDefinition   Place = "definition"
	InHeader       Place = "header"
)

// Schema is one schema object as it stands in the document, with its context.
type Schema struct {
	// Node is the schema object, not followed through $ref.
	Node *Node
	// Place says where its outermost schema stands.
	Place Place
	// Operation holds it; nil for definitions and shared parameters and responses.
	Operation *Operation
	// Definition is the name under definitions, "" elsewhere.
	Definition string
	// Depth is 0 for an outermost schema.
	Depth int
	// Name is the property name when it is one.
	Name string
}

// Schemas yields every schema object of the definition once, where it stands:
// bodies, responses, notifications and definitions, with everything nested in
// them. References are not followed.
func (d *Definition) Schemas(yield func(Schema) bool) {
	for _, root := range d.SchemaRoots() {
		if !nested(root, yield) {
			return
		}
	}
}

// SchemaRoots returns the outermost schemas of the document in document order
// of their kinds: operations first, then shared parameters, responses and definitions.
func (d *Definition) SchemaRoots() []Schema {
	var roots []Schema
	add := func(n *Node, place Place, op *Operation, name string) {
		if n.IsObject() {
			roots = append(roots, Schema{Node: n, Place: place, Operation: op, Definition: name})
		}
	}
	seenItem := map[*Node]bool{}
	for _, op := range d.Operations {
		if !seenItem[op.PathItem] {
			seenItem[op.PathItem] = true
			add(op.Notification.Get("schema"), InNotification, op, "")
			for p := range op.PathItem.Get("parameters").Items {
				add(p.Get("schema"), InBody, op, "")
			}
		}
		for p := range op.Node.Get("parameters").Items {
			add(p.Get("schema"), InBody, op, "")
		}
		for r := range op.Node.Get("responses").Members {
			add(r.Get("schema"), InResponse, op, "")
		}
	}
	for p := range d.Root.Get("parameters").Members {
		add(p.Get("schema"), InBody, nil, "")
	}
	for r := range d.Root.Get("responses").Members {
		add(r.Get("schema"), InResponse, nil, "")
	}
	for s := range d.Root.Get("definitions").Members {
		add(s, InDefinition, nil, s.Key())
	}
	return roots
}

// Typed yields everything that has a type: what Schemas yields, then the
// non-body parameters and response headers with their items.
func (d *Definition) Typed(yield func(Schema) bool) {
	for s := range d.Schemas {
		if !yield(s) {
			return
		}
	}
	for _, s := range d.simpleValues() {
		if !nested(s, yield) {
			return
		}
	}
}

func (d *Definition) simpleValues() []Schema {
	var out []Schema
	parameters := func(list *Node, op *Operation) {
		for p := range list.Children {
			if p.IsObject() && p.Get("in").String() != "body" && !p.Get("$ref").Exists() {
				out = append(out, Schema{Node: p, Place: InParameter, Operation: op, Name: p.Get("name").String()})
			}
		}
	}
	headers := func(response *Node, op *Operation) {
		for h := range response.Get("headers").Members {
			if h.IsObject() {
				out = append(out, Schema{Node: h, Place: InHeader, Operation: op, Name: h.Key()})
			}
		}
	}
	seenItem := map[*Node]bool{}
	for _, op := range d.Operations {
		if !seenItem[op.PathItem] {
			seenItem[op.PathItem] = true
			parameters(op.PathItem.Get("parameters"), op)
		}
		parameters(op.Node.Get("parameters"), op)
		for r := range op.Node.Get("responses").Members {
			headers(r, op)
		}
	}
	parameters(d.Root.Get("parameters"), nil)
	for r := range d.Root.Get("responses").Members {
		headers(r, nil)
	}
	return out
}

func nested(s Schema, yield func(Schema) bool) bool {
	if !yield(s) {
		return false
	}
	for child, name := range children(s.Node) {
		sub := s
		sub.Node, sub.Name, sub.Depth = child, name, s.Depth+1
		if !nested(sub, yield) {
			return false
		}
	}
	return true
}

// Subschemas yields the schemas directly inside a schema, references not
// followed, with the property name where there is one.
func (n *Node) Subschemas(yield func(schema *Node, name string) bool) { children(n)(yield) }

// children yields the schemas directly inside a schema, with the property name where there is one.
func children(n *Node) func(func(*Node, string) bool) {
	return func(yield func(*Node, string) bool) {
		for property := range n.Get("properties").Members {
			if property.IsObject() && !yield(property, property.Key()) {
				return
			}
		}
		items := n.Get("items")
		if items.IsObject() && !yield(items, "") {
			return
		}
		for item := range items.Items {
			if item.IsObject() && !yield(item, "") {
				return
			}
		}
		for part := range n.Get("allOf").Items {
			if part.IsObject() && !yield(part, "") {
				return
			}
		}
		if extra := n.Get("additionalProperties"); extra.IsObject() {
			yield(extra, "")
		}
	}
}

// WalkSchema visits a schema and everything below it through references,
// every schema object once. path joins property names with "/", items add
// nothing. It does not go below a schema for which visit returns false.
func (d *Definition) WalkSchema(n *Node, visit func(schema *Node, path string) bool) {
	seen := map[*Node]bool{}
	var walk func(n *Node, path string)
	walk = func(n *Node, path string) {
		n = d.Resolve(n)
		if !n.IsObject() || seen[n] {
			return
		}
		seen[n] = true
		if !visit(n, path) {
			return
		}
		for child, name := range children(n) {
			at := path
			if name != "" {
				at = joinPath(path, name)
			}
			walk(child, at)
		}
	}
	walk(n, "")
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// Property returns the property called name of a schema, looked up through
// references and allOf; nil when there is none.
func (d *Definition) Property(n *Node, name string) *Node {
	var found *Node
	d.eachPart(n, func(part *Node) bool {
		found = part.Get("properties").Get(name)
		return found == nil
	})
	return found
}

// Properties returns the properties of a schema with those it takes from
// references and allOf, the first of equal names only.
func (d *Definition) Properties(n *Node) []*Node {
	var out []*Node
	taken := map[string]bool{}
	d.eachPart(n, func(part *Node) bool {
		for property := range part.Get("properties").Members {
			if !taken[property.Key()] {
				taken[property.Key()] = true
				out = append(out, property)
			}
		}
		return true
	})
	return out
}

// RequiredNames returns the names that a schema requires, through references and allOf.
func (d *Definition) RequiredNames(n *Node) []string {
	var out []string
	d.eachPart(n, func(part *Node) bool {
		for _, name := range part.Get("required").Strings() {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		return true
	})
	return out
}

// Type returns the type of a schema: declared, through references and allOf,
// or told by properties or items; "" when it is open.
func (d *Definition) Type(n *Node) string {
	declared, told := "", ""
	d.eachPart(n, func(part *Node) bool {
		declared = part.Get("type").String()
		switch {
		case part.Get("properties").Exists():
			told = "object"
		case part.Get("items").Exists() && told == "":
			told = "array"
		}
		return declared == ""
	})
	if declared != "" {
		return declared
	}
	return told
}

// eachPart visits a schema and the parts of its allOf, references followed,
// each once, until visit returns false.
func (d *Definition) eachPart(n *Node, visit func(*Node) bool) {
	seen := map[*Node]bool{}
	var walk func(n *Node) bool
	walk = func(n *Node) bool {
		n = d.Resolve(n)
		if n == nil || seen[n] {
			return true
		}
		seen[n] = true
		if !visit(n) {
			return false
		}
		for part := range n.Get("allOf").Items {
			if !walk(part) {
				return false
			}
		}
		return true
	}
	walk(n)
}
