package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// types are the types that a Swagger 2.0 schema may name; file holds bytes and is not judged.
var types = []string{"string", "number", "integer", "boolean", "array", "object", "null", "file"}

// translator writes one schema and all it refers to as a Draft 4 document of
// its own, so that a fault elsewhere in the definition does not matter.
type translator struct {
	def     *connector.Definition
	request bool
	ids     map[*connector.Node]string
	queue   []*connector.Node
	places  map[string]*connector.Node
	// fault is the first thing in the schema that cannot be used.
	fault *UnusableError
}

func (t *translator) document(root *connector.Node) map[string]any {
	doc := map[string]any{}
	definitions := map[string]any{}
	doc["allOf"] = []any{map[string]any{"$ref": t.reference(root)}}
	for len(t.queue) > 0 {
		node := t.queue[0]
		t.queue = t.queue[1:]
		id := t.ids[node]
		definitions[id] = t.schema(node, "/definitions/"+id)
	}
	doc["definitions"] = definitions
	return doc
}

func (t *translator) reference(node *connector.Node) string {
	id, known := t.ids[node]
	if !known {
		id = "s" + strconv.Itoa(len(t.ids))
		t.ids[node] = id
		t.queue = append(t.queue, node)
	}
	return "#/definitions/" + id
}

func (t *translator) bad(node *connector.Node, format string, args ...any) {
	if t.fault == nil {
		t.fault = &UnusableError{Pointer: node.Pointer(), Line: node.Line(), Message: fmt.Sprintf(format, args...)}
	}
}

// schema translates one schema object; path is where it will stand.
func (t *translator) schema(n *connector.Node, path string) map[string]any {
	out := map[string]any{}
	t.places[path] = n
	if !n.IsObject() {
		t.bad(n, "a schema must be an object, but this is a %s: write {\"type\": …}", strings.ToLower(n.Kind().String()))
		return out
	}
	ref, parts := n.Get("$ref"), n.Get("allOf")
	if nullable(n) && (ref.IsString() || parts.Len() > 0) {
		t.places[path+"/anyOf/0"] = n
		return map[string]any{"anyOf": []any{map[string]any{"type": "null"}, t.composed(n, path+"/anyOf/1")}}
	}
	return t.composed(n, path)
}

func (t *translator) composed(n *connector.Node, path string) map[string]any {
	t.places[path] = n
	out := map[string]any{}
	if ref := n.Get("$ref"); ref.IsString() {
		if t.def.Resolve(n) == nil {
			t.bad(ref, "the reference %q leads nowhere or in a circle: add what it names under definitions, or mend the name", shorten(ref.String()))
			return out
		}
		out["$ref"] = t.reference(t.def.Target(ref.String()))
		return out
	}
	t.types(n, out)
	t.enum(n, out)
	t.numbers(n, out)
	t.strings(n, out)
	t.object(n, path, out)
	t.array(n, path, out)
	if parts := n.Get("allOf"); parts.Len() > 0 && parts.IsArray() {
		list := make([]any, 0, parts.Len())
		for part := range parts.Items {
			list = append(list, t.schema(part, path+"/allOf/"+strconv.Itoa(len(list))))
		}
		out["allOf"] = list
	}
	return out
}

func (t *translator) types(n *connector.Node, out map[string]any) {
	node := n.Get("type")
	var names []any
	switch {
	case !node.Exists() || node.Kind() == connector.Null:
		return
	case node.IsString():
		names = append(names, node.String())
	case node.IsArray():
		for _, name := range node.Strings() {
			if !slices.Contains(names, any(name)) {
				names = append(names, name)
			}
		}
	default:
		t.bad(node, "type must be one of %s", strings.Join(types[:6], ", "))
		return
	}
	for _, name := range names {
		if !slices.Contains(types, name.(string)) {
			t.bad(node, "%q is not a type: use one of %s", shorten(name.(string)), strings.Join(types[:6], ", "))
			return
		}
	}
	if len(names) == 0 || slices.Contains(names, any("file")) {
		return
	}
	if nullable(n) && !slices.Contains(names, any("null")) {
		names = append(names, "null")
	}
	out["type"] = names
}

func (t *translator) enum(n *connector.Node, out map[string]any) {
	node := n.Get("enum")
	if !node.Exists() || open(n) {
		return
	}
	if !node.IsArray() {
		t.bad(node, "enum must be an array of values")
		return
	}
	list := EnumValues(n)
	if len(list) == 0 {
		return
	}
	if nullable(n) && !slices.Contains(list, nil) {
		list = append(list, nil)
	}
	out["enum"] = list
}

// EnumValues returns the values of an enum as JSON values, each once. Values
// are written in the declared type where the author wrote numbers for a string
// or the reverse: no value could match otherwise.
func EnumValues(n *connector.Node) []any {
	var list []any
	seen := map[string]bool{}
	for item := range n.Get("enum").Items {
		value := coerceEnum(item, n.Get("type").String())
		text, err := json.Marshal(value)
		if err != nil || seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		list = append(list, value)
	}
	return list
}

func coerceEnum(item *connector.Node, typ string) any {
	switch kind := item.Kind(); {
	case typ == "string" && (kind == connector.Number || kind == connector.Bool):
		return item.Text()
	case (typ == "integer" || typ == "number") && kind == connector.String:
		if isJSONNumber(item.Text()) {
			return json.Number(item.Text())
		}
	case typ == "boolean" && (item.String() == "true" || item.String() == "false"):
		return item.String() == "true"
	}
	return Value(item)
}

// open reports whether the values of an enum are only the known ones so far.
func open(n *connector.Node) bool {
	return n.At("x-ms-enum", "modelAsString").Bool() && n.Get("x-ms-enum").IsObject()
}

// nullable reports whether null is allowed beside the declared type. The
// OpenAPI 3 spelling is taken too: its author means the same.
func nullable(n *connector.Node) bool {
	return n.Get("x-nullable").Bool() || n.Get("nullable").Bool()
}

// Value turns a node into the JSON value that Decode would give.
func Value(n *connector.Node) any {
	switch n.Kind() {
	case connector.Object:
		out := make(map[string]any, n.Len())
		for member := range n.Members {
			out[member.Key()] = Value(member)
		}
		return out
	case connector.Array:
		out := make([]any, 0, n.Len())
		for item := range n.Items {
			out = append(out, Value(item))
		}
		return out
	case connector.String:
		return n.String()
	case connector.Number:
		return json.Number(n.Text())
	case connector.Bool:
		return n.Bool()
	case connector.Null, connector.Missing:
	}
	return nil
}

// isJSONNumber reports whether text is one JSON number that can be computed with.
func isJSONNumber(text string) bool {
	var number json.Number
	return json.Unmarshal([]byte(text), &number) == nil && !strings.HasPrefix(text, `"`) && number != "" && !huge(number)
}
