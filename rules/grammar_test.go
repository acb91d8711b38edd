package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func TestGrammarTableReads(t *testing.T) {
	table, err := parseGrammar(grammarText)
	require.NoError(t, err)
	for _, name := range []string{"root", "info", "path", "operation", "parameter", "response", "header", "schema", "dynamicValues"} {
		assert.Contains(t, table, name)
	}
	assert.ElementsMatch(t, []string{"swagger", "info", "host", "paths", "x-ms-connector-metadata"}, table["root"].required)
	assert.Same(t, table["schema"], table["schema"].members["properties"].values.object, "a schema nests schemas")
	assert.Equal(t, []string{"single", "batch"}, table["operation"].members["x-ms-trigger"].words)
	for name, o := range table {
		assert.Contains(t, []strictness{extensible, closed, open}, o.strictness, name)
		assert.NotEmpty(t, o.members, name)
	}
}

// Every object of the table can be reached from the root: none is left over from an earlier version.
func TestGrammarTableHasNoUnusedObject(t *testing.T) {
	reached := map[*object]bool{}
	var follow func(*content)
	visit := func(o *object) {
		if !reached[o] {
			reached[o] = true
			for _, c := range o.members {
				follow(c)
			}
		}
	}
	follow = func(c *content) {
		if c == nil {
			return
		}
		if c.object != nil {
			visit(c.object)
		}
		follow(c.items)
		follow(c.values)
		for _, choice := range c.either {
			follow(choice)
		}
	}
	visit(grammar()["root"])
	for name, o := range grammar() {
		assert.True(t, reached[o], name)
	}
}

func TestGrammarTableNamesItsFaults(t *testing.T) {
	for text, want := range map[string]string{
		"root closed\n\tinfo  inof\n":     `grammar, root, line "info  inof": nothing is called "inof"`,
		"root closed\n\ttags  [tagg]\n":   `grammar, root, line "tags  [tagg]": nothing is called "tagg"`,
		"root closed\n\tx  boolean/bar\n": `grammar, root, line "x  boolean/bar": nothing is called "bar"`,
	} {
		_, err := parseGrammar(text)
		require.EqualError(t, err, want)
	}
}

// misfitsOf walks the JSON text of a definition and writes what it found as "rule pointer: hint".
func misfitsOf(t *testing.T, text string) []string {
	t.Helper()
	doc := connector.ReadDocument("apiDefinition.swagger.json", []byte(text))
	require.NotNil(t, doc.Root, "the text is JSON")
	w := &grammarWalk{}
	w.inside(grammar()["root"], doc.Root)
	var out []string
	for _, m := range w.found {
		if m.rule == "RequiredPropertyMissing" {
			continue
		}
		var f finding.Finding
		for _, option := range m.options {
			option(&f)
		}
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", m.rule, m.at.Pointer(), f.Hint), ": "))
	}
	return out
}

func TestGrammarHintsAtWhatWasMeant(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"another case": {`{"basepath": "/v1"}`, `ExtensionNameNotValid /basepath: Did you mean "basePath"?`},
		"of apiProperties.json": {`{"scriptOperations": []}`,
			`ExtensionNameNotValid /scriptOperations: "scriptOperations" belongs to properties of apiProperties.json: move it there.`},
		"one level too deep": {`{"paths": {"/": {"securityDefinitions": {}}}}`,
			`ExtensionNameNotValid /paths/~1/securityDefinitions: "securityDefinitions" belongs at the root of the definition: move it there.`},
		"one level too high": {`{"paths": {"/cards": {"operationId": "ListCards"}}}`,
			`ExtensionNameNotValid /paths/~1cards/operationId: "operationId" belongs to an operation: move it into get, post or whichever it is meant for.`},
		"a path outside of paths": {`{"/cards": {}}`, `ExtensionNameNotValid /~1cards: A path belongs inside "paths": check the brackets before it.`},
		"OpenAPI 3": {`{"definitions": {"Card": {"nullable": true}}}`,
			`ExtensionNameNotValid /definitions/Card/nullable: "nullable" is OpenAPI 3; write "x-nullable" instead.`},
		"no x- before ms": {`{"info": {"ms-keywords": []}}`, `ExtensionNameNotValid /info/ms-keywords: Did you mean "x-ms-keywords"?`},
		"of the other dynamic extension": {`{"definitions": {"Card": {"x-ms-dynamic-list": {"operationId": "L", "value-path": "id"}}}}`,
			`AdditionalPropertyNotAllowed /definitions/Card/x-ms-dynamic-list/value-path: This name belongs to x-ms-dynamic-values and x-ms-dynamic-schema; here it is itemValuePath, itemTitlePath or itemsPath.`},
		"misspelt in a closed object": {`{"definitions": {"Card": {"x-ms-dynamic-values": {"operationID": "L"}}}}`,
			`AdditionalPropertyNotAllowed /definitions/Card/x-ms-dynamic-values/operationID: Did you mean "operationId"?`},
		"misspelt extension": {`{"definitions": {"Card": {"x-ms-summmary": "Card"}}}`, `ExtensionNameMisspelt /definitions/Card/x-ms-summmary: Did you mean "x-ms-summary"?`},
		"blanks in it":       {`{"definitions": {"Card": {"x-ms  -summary": "Card"}}}`, `ExtensionNameMisspelt /definitions/Card/x-ms  -summary: Did you mean "x-ms-summary"?`},
		"a list of types": {`{"definitions": {"Card": {"type": ["string", "null"]}}}`,
			`JsonTypeIncorrect /definitions/Card/type: Swagger 2.0 knows one type only: keep it, and write "x-nullable": true if the value may be null.`},
		"a boolean in quotes": {`{"parameters": {"p": {"required": "True"}}}`, `JsonTypeIncorrect /parameters/p/required: Write true without the quotes.`},
		"a number in quotes":  {`{"definitions": {"Card": {"maxLength": "20"}}}`, `JsonTypeIncorrect /definitions/Card/maxLength: Write 20 without the quotes.`},
		"a word with a slip":  {`{"definitions": {"Card": {"type": "strng"}}}`, `JsonValueNotInEnum /definitions/Card/type: Did you mean "string"?`},
	} {
		assert.Equal(t, []string{c.want}, misfitsOf(t, c.text), name)
	}
}

func TestGrammarAcceptsWhatThePlatformReads(t *testing.T) {
	for name, text := range map[string]string{
		"extensions of others":            `{"x-generator": 1, "info": {"x-logo": {"url": 1}}, "paths": {"x-note": 3, "/cards": {"x-amazon": []}}}`,
		"properties named like keywords":  `{"definitions": {"Card": {"properties": {"type": {"type": "string"}, "$ref": {"type": "string"}, "x-ms-visibilty": {}, "nullable": {}}}}}`,
		"what stands beside a reference":  `{"definitions": {"Card": {"properties": {"owner": {"$ref": "#/definitions/P", "nullable": true, "type": 3}}}}}`,
		"paths that another rule judges":  `{"paths": {"cards": 3, "securityDefinitions": {"key": {}}}}`,
		"examples and defaults":           `{"definitions": {"Card": {"example": {"nullable": 1}, "default": [{"x": 1}], "enum": [null, 1]}}}`,
		"static values of a dynamic call": `{"definitions": {"Card": {"x-ms-dynamic-values": {"operationId": "L", "parameters": {"a": {"any": 1}, "b": [1], "c": null}}}}}`,
		"a dynamic schema without a path": `{"definitions": {"Card": {"x-ms-dynamic-schema": {"operationId": "L", "value-path": null}}}}`,
		"an empty visibility":             `{"definitions": {"Card": {"x-ms-visibility": ""}}}`,
		"additional properties":           `{"definitions": {"Card": {"additionalProperties": {"additionalProperties": false}}}}`,
		"extensions of AutoRest":          `{"definitions": {"Card": {"x-ms-client-name": "c", "x-ms-mutability": [], "x-ms-identifiers": [], "x-ms-enum": {"name": "E"}}}}`,
	} {
		assert.Empty(t, misfitsOf(t, text), name)
	}
}

// Whatever stands where something else belongs is one misfit at that place.
func TestGrammarWalkToleratesEveryKindEverywhere(t *testing.T) {
	values := []string{`null`, `true`, `1`, `1.5`, `"text"`, `[]`, `{}`, `[null]`, `{"$ref": 1}`, `{"": {"": []}}`}
	for name, o := range grammar() {
		for _, member := range slices.Sorted(mapKeys(o.members)) {
			for _, value := range values {
				doc := connector.ReadDocument("apiDefinition.swagger.json", fmt.Appendf(nil, `{%q: %s}`, member, value))
				w := &grammarWalk{}
				assert.NotPanics(t, func() { w.inside(o, doc.Root) }, "%s %s %s", name, member, value)
			}
		}
	}
	w := &grammarWalk{}
	w.inside(grammar()["root"], nil)
	assert.NotEmpty(t, w.found, "everything is missing")
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func BenchmarkGrammar(b *testing.B) {
	for _, operations := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("operations=%d", operations), func(b *testing.B) {
			var text strings.Builder
			text.WriteString(`{"swagger": "2.0", "paths": {`)
			for i := range operations {
				if i > 0 {
					text.WriteByte(',')
				}
				fmt.Fprintf(&text, `"/cards/%d": {"get": {"operationId": "GetCard%d", "summary": "Get card", "parameters": [{"name": "label", "in": "query", "type": "string", "x-ms-summary": "Label"}],
					"responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"id": {"type": "string", "title": "ID"}, "points": {"type": "integer", "format": "int32"}}}}}}}`, i, i)
			}
			text.WriteString(`}}`)
			root := connector.ReadDocument("apiDefinition.swagger.json", []byte(text.String())).Root
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				w := &grammarWalk{}
				w.inside(grammar()["root"], root)
			}
		})
	}
}
