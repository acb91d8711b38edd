package changes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

// tangle is a definition in which every one of count schemas refers to width
// others, in circles; leaf is the type of the last one's field.
func tangle(count, width, operations int, leaf string) string {
	var b strings.Builder
	b.WriteString(`{"swagger": "2.0", "paths": {`)
	for i := range operations {
		fmt.Fprintf(&b, `%s"/o%d": {"get": {"operationId": "Op%d", "responses": {"200": {"schema": {"$ref": "#/definitions/S%d"}}}}}`, comma(i), i, i, i%count)
	}
	b.WriteString(`}, "definitions": {`)
	for i := range count {
		fmt.Fprintf(&b, `%s"S%d": {"type": "object", "properties": {`, comma(i), i)
		for w := range width {
			fmt.Fprintf(&b, `%s"f%d": {"$ref": "#/definitions/S%d"}`, comma(w), w, (i*width+w+1)%count)
		}
		kind := "string"
		if i == count-1 {
			kind = leaf
		}
		fmt.Fprintf(&b, `, "leaf": {"type": %q}}}`, kind)
	}
	b.WriteString(`}}`)
	return b.String()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

// Definitions that all refer to each other have more places than could ever be
// listed: the comparison ends, and each operation shows a bounded number.
func TestTangledDefinitionsEnd(t *testing.T) {
	old := read(t, tangle(60, 5, 20, "string"))
	assert.Empty(t, Compare(old, read(t, tangle(60, 5, 20, "string"))))
	found := map[string]int{}
	for _, ch := range Compare(old, read(t, tangle(60, 5, 20, "integer"))) {
		require.Equal(t, "OutputFieldTypeChanged", ch.Change)
		found[strings.Split(ch.ValuePath, "/")[1]]++
	}
	assert.Len(t, found, 20, "every operation reaches the schema that differs")
	for id, count := range found {
		assert.LessOrEqual(t, count, maxAgain+1, id)
	}
}

// What a circle found equal from one operation may differ seen from another:
// nothing that was assumed inside of it outlives it.
func TestCircleSeenFromSeveralOperations(t *testing.T) {
	definition := func(kind string) string {
		return fmt.Sprintf(`{"swagger": "2.0", "paths": {
  "/a": {"get": {"operationId": "A", "responses": {"200": {"schema": {"$ref": "#/definitions/A"}}}}},
  "/b": {"get": {"operationId": "B", "responses": {"200": {"schema": {"$ref": "#/definitions/B"}}}}},
  "/c": {"get": {"operationId": "C", "responses": {"200": {"schema": {"$ref": "#/definitions/C"}}}}}},
"definitions": {
  "A": {"type": "object", "properties": {"b": {"$ref": "#/definitions/B"}, "own": {"type": %q}}},
  "B": {"type": "object", "properties": {"c": {"$ref": "#/definitions/C"}}},
  "C": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}, "b": {"$ref": "#/definitions/B"}}}}}`, kind)
	}
	assert.Equal(t, []string{
		"error OutputFieldTypeChanged operation/A/responses/200/schema/own/type",
		"error OutputFieldTypeChanged operation/B/responses/200/schema/c/a/own/type",
		"error OutputFieldTypeChanged operation/C/responses/200/schema/a/own/type",
	}, lines(Compare(read(t, definition("string")), read(t, definition("integer")))))
}

// big is a definition of about a megabyte: operations with bodies and answers
// of their own, and shared ones.
func big(kind string) string {
	var b strings.Builder
	b.WriteString(`{"swagger": "2.0", "paths": {`)
	for i := range 250 {
		fmt.Fprintf(&b, `%s"/items%d": {"post": {"operationId": "Op%d", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {`, comma(i), i, i)
		for f := range 18 {
			fmt.Fprintf(&b, `%s"field%d": {"type": "string", "description": "A text of some length, as definitions have it.", "x-ms-summary": "Field %d"}`, comma(f), f, f)
		}
		b.WriteString(`}}}], "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"shared": {"$ref": "#/definitions/S1"}`)
		for f := range 18 {
			fmt.Fprintf(&b, `, "result%d": {"type": %q, "description": "A text of some length, as definitions have it."}`, f, kind)
		}
		b.WriteString(`}}}}}}`)
	}
	_, definitions, _ := strings.Cut(tangle(200, 3, 0, kind), `}, "definitions"`)
	return b.String() + `}, "definitions"` + definitions
}

func BenchmarkCompare(b *testing.B) {
	old, updated := big("string"), big("integer")
	doc := func(text string) *connector.Package { return read(b, text) }
	b.Run("equal", func(b *testing.B) {
		b.SetBytes(int64(2 * len(old)))
		for b.Loop() {
			require.Empty(b, Compare(doc(old), doc(old)))
		}
	})
	b.Run("different", func(b *testing.B) {
		b.SetBytes(int64(len(old) + len(updated)))
		for b.Loop() {
			require.NotEmpty(b, Compare(doc(old), doc(updated)))
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add(boards, strings.ReplaceAll(boards, "string", "integer"))
	f.Add(tangle(4, 2, 3, "string"), tangle(5, 3, 2, "object"))
	f.Add(`{"paths": {"/a": {"get": {"parameters": [null, {}], "responses": {"200": {"schema": {"$ref": "#/paths"}}}}}}}`, `{"paths": []}`)
	f.Fuzz(func(t *testing.T, old, updated string) {
		pkg := func(text string) *connector.Package {
			return &connector.Package{
				Definition: connector.NewDefinition(connector.ReadDocument("a.json", []byte(text))),
				Properties: connector.ReadDocument("b.json", []byte(text)),
			}
		}
		for _, ch := range Compare(pkg(old), pkg(updated)) {
			assert.NotEmpty(t, ch.Change)
			assert.NotEmpty(t, ch.Message)
		}
		assert.Empty(t, Compare(pkg(old), pkg(old)), "no difference from itself")
		Steps(pkg(old), pkg(updated))
	})
}
