package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/rules"
)

// strays says which values of the configuration nothing in the connector takes:
// a misspelt name would otherwise be left out without a word.
func (c *config) strays(pkg *connector.Package) []string {
	known, certain := inputNames(pkg.Definition)
	if !certain {
		return nil
	}
	var out []string
	look := func(where string, values givenValues) {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			name := key[strings.LastIndexByte(key, '/')+1:]
			if known[name] || known[key] {
				continue
			}
			meant := ""
			if near := rules.Nearest(name, slices.Sorted(maps.Keys(known))); near != "" {
				meant = " (did you mean " + near + "?)"
			}
			out = append(out, fmt.Sprintf("%s: %s names %q, but no operation has such a parameter or property%s", c.file, where, key, meant))
		}
	}
	look("values", c.Values)
	for _, id := range slices.Sorted(maps.Keys(c.Operations)) {
		look("operations, "+id+", values", c.Operations[id].Values)
	}
	return out
}

// inputNames are the names of all parameters and properties of a definition.
// They are not certain where schemas are known at run time only.
func inputNames(def *connector.Definition) (names map[string]bool, certain bool) {
	names, certain = map[string]bool{}, true
	for _, op := range def.Operations {
		for _, p := range op.Parameters {
			names[p.Name] = true
		}
	}
	def.Root.Walk(func(n *connector.Node) bool {
		switch n.Key() {
		case "x-ms-dynamic-schema", "x-ms-dynamic-properties":
			certain = false
		case "properties":
			for property := range n.Members {
				names[property.Key()] = true
			}
		}
		return certain
	})
	return names, certain
}
