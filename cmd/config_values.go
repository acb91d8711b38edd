package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// givenValues are values for parameters and properties, as they are written: the
// date 2030-01-31 stays a text, 3.10 keeps its nought, and 0012 is no number.
type givenValues map[string]any

// UnmarshalYAML reads a mapping of names to values of any form.
func (g *givenValues) UnmarshalYAML(node *yaml.Node) error {
	var plain map[string]any
	if err := node.Decode(&plain); err != nil { // which also refuses what refers to itself
		return err
	}
	*g = plain
	if node.Kind == yaml.MappingNode {
		asWritten(node, plain)
	}
	return nil
}

// jsonNumber is how JSON writes numbers.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// asWritten returns a decoded value with its dates and numbers as the node has them.
func asWritten(node *yaml.Node, decoded any) any {
	switch {
	case node.Kind == yaml.AliasNode:
		return asWritten(node.Alias, decoded)
	case node.Kind == yaml.ScalarNode && node.Tag == "!!timestamp":
		return node.Value
	case node.Kind == yaml.ScalarNode && (node.Tag == "!!int" || node.Tag == "!!float"):
		if jsonNumber.MatchString(node.Value) {
			return json.Number(node.Value)
		}
		return node.Value
	}
	switch v := decoded.(type) {
	case []any:
		for i := range v {
			if i < len(node.Content) {
				v[i] = asWritten(node.Content[i], v[i])
			}
		}
	case map[string]any:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i].Value; v[key] != nil {
				v[key] = asWritten(node.Content[i+1], v[key])
			}
		}
	}
	return decoded
}

// expand puts environment variables into the values, and leaves out what names
// an unset one.
func (g givenValues) expand(expand func(string) string) {
	for name, value := range g {
		if text, isText := value.(string); isText && text != "" && expand(text) == "" {
			delete(g, name)
			continue
		}
		g[name] = expandAll(value, expand)
	}
}

// expandAll puts environment variables into the texts of a value, at any depth.
func expandAll(value any, expand func(string) string) any {
	switch v := value.(type) {
	case string:
		return expand(v)
	case []any:
		for i := range v {
			v[i] = expandAll(v[i], expand)
		}
	case map[string]any:
		for name := range v {
			v[name] = expandAll(v[name], expand)
		}
	case map[any]any:
		out := make(map[string]any, len(v))
		for name := range v {
			out[fmt.Sprint(name)] = expandAll(v[name], expand)
		}
		return out
	}
	return value
}

// quoteReferences puts quotes around values that hold a ${NAME} and stand in a
// list or mapping of one line. Texts in quotes and comments stay as they are.
func quoteReferences(content []byte) []byte {
	tokens := regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|#[^\n]*|[^\s,{}\[\]"'#]*\$\{[A-Za-z_][A-Za-z0-9_]*\}[^\s,{}\[\]"'#]*`)
	var out []byte
	end := 0
	for _, at := range tokens.FindAllIndex(content, -1) {
		token := content[at[0]:at[1]]
		out = append(out, content[end:at[0]]...)
		end = at[1]
		next := bytes.TrimLeft(content[end:], " \t")
		if bytes.IndexByte([]byte("'\"#"), token[0]) < 0 && len(next) > 0 && bytes.IndexByte([]byte(",}]"), next[0]) >= 0 {
			token = slices.Concat([]byte("'"), token, []byte("'"))
		}
		out = append(out, token...)
	}
	return append(out, content[end:]...)
}
