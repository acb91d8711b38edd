package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

// passOver returns a pass over a definition, without a rule to report under.
func passOver(t *testing.T, definition string) *Pass {
	t.Helper()
	doc := connector.ReadDocument("apiDefinition.swagger.json", []byte(definition))
	require.NotNil(t, doc.Root)
	return &Pass{
		Package: &connector.Package{}, Definition: connector.NewDefinition(doc),
		rule: &Rule{Name: "Test"}, facts: &facts{memo: map[string]any{}},
	}
}

const moveCard = `{
  "swagger": "2.0",
  "paths": {"/cards/{cardId}": {"post": {
    "operationId": "MoveCard",
    "parameters": [
      {"name": "cardId", "in": "path", "required": true, "type": "string"},
      {"name": "target", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Target"}}
    ],
    "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/Moved"}}}
  }}},
  "definitions": {
    "Target": {
      "type": "object", "required": ["board"],
      "properties": {
        "cardId": {"type": "string"},
        "board": {"allOf": [{"$ref": "#/definitions/Board"}, {"required": ["id"]}]},
        "lists": {"type": "array", "items": {"type": "object", "properties": {"listId": {"type": "integer"}}}},
        "parent": {"$ref": "#/definitions/Target"},
        "fields": {"type": "object"}
      }
    },
    "Board": {"type": "object", "properties": {"id": {"type": "string"}, "a.b": {"type": "boolean"}}},
    "Moved": {"allOf": [{"type": "object", "properties": {
      "value": {"type": "array", "items": {"$ref": "#/definitions/Board"}},
      "page": {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}},
      "schema": {"type": "object", "x-ms-dynamic-schema": {"operationId": "GetSchema"}}
    }}]}
  }
}`

func TestFindInput(t *testing.T) {
	p := passOver(t, moveCard)
	op := p.Definition.Operations[0]
	for name, want := range map[string]struct {
		parameter bool
		kind      string
		byPath    bool
		required  bool
		found     bool
	}{
		"cardId":              {parameter: true, kind: "string", byPath: true, found: true},
		"target":              {parameter: true, kind: "object", found: true},
		"target/board/id":     {kind: "string", byPath: true, required: true, found: true},
		"board/id":            {kind: "string", byPath: true, required: true, found: true},
		"board.id":            {kind: "string", byPath: true, required: true, found: true},
		"target.board.id":     {kind: "string", byPath: true, required: true, found: true},
		"lists/listId":        {kind: "integer", byPath: true, found: true},
		"parent/parent/board": {kind: "object", byPath: true, found: true},
		"listId":              {kind: "integer", found: true},
		"fields/size":         {found: true},
		"board/name":          {},
		"boardId":             {},
		"":                    {},
	} {
		in := findInput(p, op, name)
		assert.Equal(t, want.parameter, in.param != nil, name)
		assert.Equal(t, want.byPath, in.byPath, name)
		assert.Equal(t, want.required, in.required, name)
		assert.Equal(t, want.found, in.found(), name)
		if in.schema() != nil {
			assert.Equal(t, want.kind, p.Definition.Type(in.schema()), name)
		}
	}
}

func TestFollowResponsePaths(t *testing.T) {
	p := passOver(t, moveCard)
	response := successSchema(p.Definition.Operations[0])
	for path, want := range map[string]struct {
		kind    string
		missing bool
	}{
		"":             {kind: "object"},
		"/":            {kind: "object"},
		"value":        {kind: "array"},
		"/value":       {kind: "array"},
		"$.value":      {kind: "array"},
		"page/items":   {kind: "array"},
		"page.items":   {kind: "array"},
		"value/0/id":   {kind: "string"},
		"value/id":     {kind: "string"},
		"value/a.b":    {kind: "boolean"},
		"schema/any":   {},
		"Value":        {missing: true},
		"page/items/x": {missing: true},
		"value/name":   {missing: true},
	} {
		got := follow(p.Definition, response, path)
		assert.Equal(t, want.missing, got.missing, path)
		assert.Equal(t, want.kind, p.Definition.Type(got.schema), path)
	}
}

func TestExpandedSchemasCutsCircles(t *testing.T) {
	p := passOver(t, moveCard)
	definitions := p.Definition.Root.Get("definitions")
	assert.Equal(t, 3, expandedSchemas(p, definitions.Get("Board")))
	assert.Equal(t, 11, expandedSchemas(p, definitions.Get("Target")))
	assert.Zero(t, expandedSchemas(p, nil))
}
