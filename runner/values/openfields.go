package values

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// demanded are the ways in which APIs say which member they miss.
var demanded = []*regexp.Regexp{
	regexp.MustCompile("(?i)([A-Za-z_][\\w-]{0,60})[\"'`]?:? (?:field |property |attribute )?(?:is|was|are) (?:a )?(?:required|missing|mandatory|not (?:provided|set|specified|given))\\b"),
	regexp.MustCompile("(?i)([A-Za-z_][\\w-]{0,60})[\"'`]?:? (?:must|may|can)(?:no|')?t? (?:not )?be (?:blank|empty|null|provided|set|specified|given)\\b"),
	regexp.MustCompile("(?i)(?:required|missing)(?: \\w+){0,2} (?:field|property|properties|attribute|key|value|member|option|setting|entry)s?(?: for)?:? ?[\\[\"'`]*([A-Za-z_][\\w-]{0,60})\\b"),
}

// commonNouns are words that name no member where a sentence speaks of one.
var commonNouns = []string{
	"it", "this", "that", "which", "value", "values", "field", "fields", "property", "properties", "attribute", "body", "request", "input", "payload",
	"json", "content", "object", "parameter", "parameters", "data", "is", "are", "not", "header", "authentication", "authorization", "permission", "and", "or", "the", "one",
}

// openFields are members of objects whose schema names none: those that the
// value has, and those that the answer asks for by name.
func (g *Generator) openFields(r Request, fields []field, value any, lines []string) []field {
	if r.In != "body" {
		return nil
	}
	all := append([]field{{name: r.Name, nodes: []*connector.Node{r.Node}, required: true}}, fields...)
	names := map[string]bool{}
	for _, f := range fields {
		names[strings.ToLower(f.name)] = true
	}
	var out []field
	for _, f := range all {
		at, there := find(value, f.path)
		object, isObject := at.(map[string]any)
		if there && at != nil && !isObject || !there && !f.required {
			continue
		}
		s := g.shape(f.nodes)
		if s.typ() != "object" || len(s.props) > 0 || s.closed {
			continue
		}
		add := func(name string, required bool) {
			out = append(out, field{path: append(slices.Clone(f.path), name), name: name, nodes: s.extra, required: required})
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			add(name, false)
		}
		for _, name := range wanted(lines) {
			if _, has := object[name]; !has && !names[strings.ToLower(name)] && !strings.EqualFold(name, r.Name) {
				add(name, true)
			}
		}
	}
	return out
}

// wanted are the names of the members that sentences miss.
func wanted(lines []string) []string {
	var out []string
	for _, line := range lines {
		for _, form := range demanded {
			for _, match := range form.FindAllStringSubmatch(line, maxAmended) {
				if name := match[1]; !slices.Contains(commonNouns, strings.ToLower(name)) && !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}
