package runner

import (
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/values"
)

// noCallback stands for the callback address in a dry run.
const noCallback = "{callback URL}"

// marksCallback reports whether an input takes the callback address.
func marksCallback(n *connector.Node) bool { return n.Get("x-ms-notification-url").Bool() }

// callback is the address that a subscription gives the API; every request has its own.
func (c *composer) callback(in *input) string {
	if c.callbacks == nil {
		return noCallback
	}
	if in.box == nil {
		in.box = c.callbacks.open()
	}
	return in.box.address
}

// withCallback writes the callback address into a body wherever the schema marks
// a field for it, with the objects that lead there.
func (c *composer) withCallback(schema *connector.Node, in *input) {
	var places []string
	c.def.WalkSchema(schema, func(n *connector.Node, path string) bool {
		if marksCallback(n) {
			places = append(places, path)
		}
		return true
	})
	for _, place := range places {
		in.body = c.placed(schema, in.body, strings.FieldsFunc(place, func(r rune) bool { return r == '/' }), c.callback(in))
		in.sources = append(in.sources, Source{place, "the callback listener"})
	}
}

// placed puts an address at a path of property names below a value.
func (c *composer) placed(schema *connector.Node, value any, path []string, address string) any {
	if c.def.Type(schema) == "array" {
		list, _ := value.([]any)
		var first any
		if len(list) > 0 {
			first = list[0]
		}
		return []any{c.placed(c.def.Resolve(schema).Get("items"), first, path, address)}
	}
	if len(path) == 0 {
		return address
	}
	object, ok := value.(map[string]any)
	property := c.def.Property(schema, path[0])
	if !ok {
		object = map[string]any{}
		if made, ok := c.plainObject(schema); ok {
			object = made
		}
	}
	object[path[0]] = c.placed(property, object[path[0]], path[1:], address)
	return object
}

// plainObject makes an object with what its schema requires.
func (c *composer) plainObject(schema *connector.Node) (map[string]any, bool) {
	v, err := c.gen.Generate(values.Request{Node: schema, Name: "body", In: "body", OnlyRequired: true})
	object, ok := v.Data.(map[string]any)
	return object, err == nil && ok
}
