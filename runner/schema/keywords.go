package schema

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/precert/precert/connector"
)

// formatKeyword and patternKeyword stand in for the keywords of Draft 4, whose
// meaning (RE2, other formats) is not that of Swagger 2.0.
const (
	formatKeyword  = "x-precert-format"
	patternKeyword = "x-precert-pattern"
)

func (t *translator) numbers(n *connector.Node, out map[string]any) {
	for _, bound := range [...][2]string{{"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}} {
		if !t.number(n, bound[0], out) {
			continue
		}
		if exclusive := n.Get(bound[1]); exclusive.Exists() {
			if exclusive.Kind() != connector.Bool {
				t.bad(exclusive, "%s must be true or false in Swagger 2.0; the bound itself goes into %s", bound[1], bound[0])
				continue
			}
			out[bound[1]] = exclusive.Bool()
		}
	}
	if step, ok := n.Get("multipleOf").Float(); ok && step <= 0 {
		t.bad(n.Get("multipleOf"), "multipleOf must be greater than 0")
		return
	}
	t.number(n, "multipleOf", out)
}

func (t *translator) number(n *connector.Node, name string, out map[string]any) bool {
	node := n.Get(name)
	if !node.Exists() || node.Kind() == connector.Null {
		return false
	}
	if node.Kind() != connector.Number || huge(json.Number(node.Text())) {
		t.bad(node, "%s must be a number, without quotes", name)
		return false
	}
	out[name] = json.Number(node.Text())
	return true
}

func (t *translator) strings(n *connector.Node, out map[string]any) {
	t.count(n, "minLength", out)
	t.count(n, "maxLength", out)
	if format := n.Get("format"); format.IsString() && known(format.String()) {
		out[formatKeyword] = format.String()
	}
	pattern := n.Get("pattern")
	switch {
	case !pattern.Exists() || pattern.Kind() == connector.Null:
	case !pattern.IsString():
		t.bad(pattern, "pattern must be a string that holds a regular expression")
	case pattern.String() != "":
		if _, err := CompilePattern(pattern.String()); err != nil {
			t.bad(pattern, "the regular expression cannot be read: %v", err)
			return
		}
		out[patternKeyword] = pattern.String()
	}
}

func (t *translator) count(n *connector.Node, name string, out map[string]any) {
	node := n.Get(name)
	if !node.Exists() || node.Kind() == connector.Null {
		return
	}
	value, ok := node.Float()
	if !ok || value < 0 || !node.IsInteger() || value > 1<<53 {
		t.bad(node, "%s must be a whole number, 0 or more, without quotes", name)
		return
	}
	out[name] = int64(value)
}

func (t *translator) object(n *connector.Node, path string, out map[string]any) {
	t.count(n, "minProperties", out)
	t.count(n, "maxProperties", out)
	properties := n.Get("properties")
	if properties.Exists() && properties.Kind() != connector.Null && !properties.IsObject() {
		t.bad(properties, "properties must be an object that maps names to schemas")
		return
	}
	if properties.Len() > 0 {
		members := make(map[string]any, properties.Len())
		for p := range properties.Members {
			members[p.Key()] = t.schema(p, path+"/properties/"+connector.EscapeToken(p.Key()))
		}
		out["properties"] = members
	}
	t.required(n, out)
	switch extra := n.Get("additionalProperties"); {
	case extra.Kind() == connector.Bool:
		out["additionalProperties"] = extra.Bool()
	case extra.IsObject():
		out["additionalProperties"] = t.schema(extra, path+"/additionalProperties")
	}
}

// required keeps the list of names; a boolean belongs to a parameter, or to
// nobody, and the rules speak about it.
func (t *translator) required(n *connector.Node, out map[string]any) {
	var names []any
	seen := map[string]bool{}
	for _, name := range n.Get("required").Strings() {
		if seen[name] || t.request && ReadOnly(t.def, t.def.Property(n, name)) {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	if len(names) > 0 {
		out["required"] = names
	}
}

// ReadOnly reports whether a property may only come from the API, by a keyword or
// by the words "Output only" with which descriptions begin where there was none.
func ReadOnly(def *connector.Definition, property *connector.Node) bool {
	for _, n := range []*connector.Node{property, def.Resolve(property)} {
		if n.Get("readOnly").Bool() {
			return true
		}
		if modes := n.Get("x-ms-mutability"); modes.Len() == 1 && modes.Item(0).String() == "read" {
			return true
		}
		if outputOnly.MatchString(n.Get("description").String()) {
			return true
		}
	}
	return false
}

var outputOnly = regexp.MustCompile(`(?i)^\W*output[ -]only\b`)

func (t *translator) array(n *connector.Node, path string, out map[string]any) {
	t.count(n, "minItems", out)
	t.count(n, "maxItems", out)
	if n.Get("uniqueItems").Bool() {
		out["uniqueItems"] = true
	}
	switch items := n.Get("items"); {
	case items.IsObject():
		out["items"] = t.schema(items, path+"/items")
	case items.IsArray():
		list := make([]any, 0, items.Len())
		for item := range items.Items {
			list = append(list, t.schema(item, path+"/items/"+strconv.Itoa(len(list))))
		}
		if len(list) > 0 {
			out["items"] = list
		}
	}
}
