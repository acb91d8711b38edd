package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

func TestTypesAndFormatsAreComparedPerProperty(t *testing.T) {
	const schema = `{"type": "object", "properties": {
	  "id": {"type": "integer"}, "size": {"type": "integer", "format": "int32"}, "big": {"type": "integer", "format": "int64"}, "price": {"type": "number"},
	  "name": {"type": "string"}, "at": {"type": "string", "format": "date-time"}, "note": {"type": "string", "x-nullable": true}, "any": {},
	  "tags": {"type": "array", "items": {"type": "object", "properties": {"no": {"type": "integer"}, "on": {"type": "boolean"}}}},
	  "map": {"type": "object", "additionalProperties": {"type": "string"}}}}`
	node := connector.ReadDocument("schema.json", []byte(schema)).Root
	v := New(connector.NewDefinition(node.Document()))
	for name, c := range map[string]struct {
		body string
		want []Difference
	}{
		"all as declared":              {`{"size": 1, "big": 2, "price": 3, "name": "a", "at": "2026-01-02T03:04:05Z", "note": null, "any": 1, "map": {"x": "y"}}`, nil},
		"whole numbers without format": {`{"id": 7, "tags": [{"no": 1}, {"no": 2}]}`, []Difference{{"/id", "integer", "integer int32"}, {"/tags/*/no", "integer", "integer int32"}}},
		"a whole number that is large": {`{"id": 7000000000, "size": 7000000000, "big": 7000000000}`, []Difference{{"/id", "integer", "integer int64"}, {"/size", "integer int32", "integer int64"}}},
		"other types":                  {`{"id": "7", "price": "3", "name": 5, "at": null, "tags": {}}`, []Difference{{"/at", "string date-time", "null"}, {"/id", "integer", "string"}, {"/name", "string", "integer int32"}, {"/price", "number", "string"}, {"/tags", "array", "object"}}},
		"not declared":                 {`{"colour": "red", "tags": [{"on": true, "x": 1.5}]}`, []Difference{{"/colour", "", "string"}, {"/tags/*/x", "", "number"}}},
		"another shape":                {`[]`, []Difference{{"", "object", "array"}}},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := Decode([]byte(c.body))
			require.NoError(t, err)
			assert.Equal(t, c.want, v.Compare(node, body))
		})
	}
}
