package runner

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

// optional makes the value of an optional property; an object that would be empty is left out.
func (c *composer) optional(path, name string, node *connector.Node, attempt int, o *operation, lookup func(string, *connector.Node) (any, bool)) (any, bool) {
	if strings.Count(path, "/") > maxDeep {
		return nil, false
	}
	v, err := c.gen.Generate(values.Request{Node: node, Name: name, In: "body", Attempt: o.form.attempt(attempt), OnlyRequired: true,
		Lookup: func(below string, n *connector.Node) (any, bool) {
			if below == name {
				return nil, false
			}
			return lookup(path+"/"+below, n)
		}})
	if err != nil || v.Data == nil {
		return nil, false
	}
	if object, ok := v.Data.(map[string]any); ok && len(object) == 0 {
		return nil, false
	}
	return v.Data, true
}

// moderate reports whether an optional property is sent where the definition
// does not say what is required: what describes the thing, not flags,
// references, lists, times or what the service itself sets.
func (c *composer) moderate(o *operation, name string, node *connector.Node) bool {
	resolved := c.def.Resolve(node)
	if slices.Contains(node.Parent().Parent().Get("required").Strings(), name) {
		return false
	}
	if resolved.Get("example").Exists() || resolved.Get("default").Exists() || resolved.Get("x-example").Exists() {
		return true
	}
	if schema.ReadOnly(c.def, node) || strings.EqualFold(resolved.Get("x-ms-visibility").String(), "internal") || resolved.Get("deprecated").Bool() {
		return false
	}
	switch c.def.Type(node) {
	case "object":
		return len(c.def.Properties(node)) > 0
	case "string", "integer", "number":
	default:
		return false
	}
	resource, suffix := stem(name)
	if suffix == "id" || suffix == "uuid" || suffix == "guid" || suffix == "identifier" || c.plan.known[resource] && resource != "" && (resource != o.resource || o.kind != kindCreate) {
		return false
	}
	if format := resolved.Get("format").String(); strings.HasPrefix(format, "date") || format == "time" {
		return false
	}
	said := words(name)
	return !hasAny(said, strings.Fields("created updated modified deleted etag revision version end parent lease token cursor offset ignore"))
}

// echo is the value that a thing which is to be changed has now. Answers are
// valid as inputs more often than anything made up.
func (c *composer) echo(o *operation, target *record, path string, node *connector.Node) (any, bool) {
	if target == nil || o.kind != kindChange || target.stand || schema.ReadOnly(c.def, node) {
		return nil, false
	}
	v := dig(target.item, path)
	switch v := v.(type) {
	case nil, map[string]any:
		return nil, false
	case string:
		return v, v != ""
	case []any:
		return v, len(v) > 0
	}
	return v, true
}

// lean reports whether an optional property names the thing, or is a choice.
func (c *composer) lean(name string, node *connector.Node) bool {
	resolved := c.def.Resolve(node)
	return resolved.Get("enum").Len() > 0 || resolved.Get("example").Exists() || resolved.Get("default").Exists() ||
		hasAny([]string{norm(name)}, strings.Fields("name title subject key text value label displayname username email login kind type message content summary"))
}
