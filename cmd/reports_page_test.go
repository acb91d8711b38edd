package cmd

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
)

// TestPageOfReportsHasEveryKey holds docs/reports.md to the JSON report: a type
// with a section has each of its keys in the first column, and nothing else; the
// keys of other types stand in the row that holds them.
func TestPageOfReportsHasEveryKey(t *testing.T) {
	text, err := os.ReadFile("../docs/reports.md")
	require.NoError(t, err)
	sections := map[string]string{}
	for _, part := range strings.Split(string(text), "\n### ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		sections[strings.ToLower(name)] = body
	}
	quoted := regexp.MustCompile("`([A-Za-z0-9]+)`")
	var visit func(typ reflect.Type)
	seen := map[reflect.Type]bool{}
	var within func(row string, typ reflect.Type)
	within = func(row string, typ reflect.Type) {
		if typ = element(typ); typ.Kind() != reflect.Struct || typ.PkgPath() != reflect.TypeFor[finding.Run]().PkgPath() {
			return
		}
		if sections[strings.ToLower(typ.Name())] != "" {
			visit(typ)
			return
		}
		for key, inner := range jsonKeys(typ) {
			assert.Contains(t, row, "`"+key+"`", "of %s", typ.Name())
			within(row, inner)
		}
	}
	visit = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		keys := jsonKeys(typ)
		for line := range strings.Lines(sections[strings.ToLower(typ.Name())]) {
			cells := strings.SplitN(line, "|", 3)
			if len(cells) < 3 {
				continue
			}
			for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
				inner, there := keys[m[1]]
				assert.True(t, there, "%s has no key %s", typ.Name(), m[1])
				delete(keys, m[1])
				if there {
					within(cells[2], inner)
				}
			}
		}
		for key := range keys {
			assert.Fail(t, "a key is not on the page", "%s of %s", key, typ.Name())
		}
	}
	visit(reflect.TypeFor[finding.Run]())
	assert.Len(t, seen, len(sections))
	for _, format := range reports.Formats() {
		assert.Regexp(t, "(?m)^\\|[^|]*`"+format.Name+"`", string(text), "the table of formats")
	}
}

// element is what a type holds in the end.
func element(typ reflect.Type) reflect.Type {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	return typ
}

// jsonKeys are the keys of a struct with the types of their values.
func jsonKeys(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range typ.NumField() {
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if key != "" && key != "-" {
			out[key] = typ.Field(i).Type
		}
	}
	return out
}
