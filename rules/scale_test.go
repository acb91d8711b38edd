package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/rules"
)

// manyOperations is a definition of n operations that refer to each other: a
// list for every board, a schema for every card, a webhook for every tenth.
func manyOperations(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"swagger": "2.0", "info": {"title": "Fabrikam Boards", "version": "1.0"}, "consumes": ["application/json"], "paths": {`)
	b.WriteString(`"/boards": {"get": {"operationId": "ListBoards", "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/Boards"}}}}},`)
	b.WriteString(`"/boards/{boardId}/schema": {"get": {"operationId": "GetSchema", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"schema": {"type": "object"}}}}}}}`)
	for i := range n {
		fmt.Fprintf(&b, `, "/v%d/{boardId}/cards%d/{cardId}": {"post": {"operationId": "CreateCard%d", "summary": "Create card %d", "description": "Creates a card on a board.", "parameters": [
			{"name": "boardId", "in": "path", "required": true, "type": "string", "x-ms-summary": "Board", "description": "The board.", "x-ms-url-encoding": "single", "x-ms-dynamic-values": {"operationId": "ListBoards", "value-collection": "value", "value-path": "id", "value-title": "name"}},
			{"name": "cardId", "in": "path", "required": true, "type": "string", "x-ms-summary": "Card", "description": "The card.", "x-ms-url-encoding": "single", "enum": ["a", "b"]},
			{"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Card"}}],
			"responses": {"201": {"description": "Created", "schema": {"$ref": "#/definitions/Card"}}}}}`, i%7, i, i, i)
		if i%10 == 0 {
			fmt.Fprintf(&b, `, "/hooks/%d": {"x-ms-notification-content": {"schema": {"$ref": "#/definitions/Card"}}, "post": {"operationId": "WhenCard%d", "summary": "When a card is created", "description": "Triggers when a card is created.", "x-ms-trigger": "single", "parameters": [
				{"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Hook"}}], "responses": {"201": {"description": "Created"}}}}`, i, i)
		}
	}
	b.WriteString(`}, "definitions": {
		"Boards": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Board"}}}},
		"Board": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "parent": {"$ref": "#/definitions/Board"}}},
		"Hook": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "x-ms-notification-url": true, "x-ms-visibility": "internal"}}},
		"Card": {"type": "object", "properties": {"title": {"type": "string"}, "board": {"$ref": "#/definitions/Board"}, "fields": {"type": "object",
			"x-ms-dynamic-schema": {"operationId": "GetSchema", "parameters": {"boardId": {"parameter": "boardId"}}, "value-path": "schema"}}}}}}`)
	return []byte(b.String())
}

// BenchmarkCheck shows that the cost of all rules grows with the definition.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("operations=%d", n), func(b *testing.B) {
			files := fstest.MapFS{"apiDefinition.swagger.json": {Data: manyOperations(n)}}
			pkg, err := connector.Load(b.Context(), connector.Source{Path: "scale", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
			require.NoError(b, err)
			engine, err := rules.New(rules.Config{})
			require.NoError(b, err)
			require.GreaterOrEqual(b, len(pkg.Definition.Operations), n)
			for b.Loop() {
				engine.Check(b.Context(), pkg)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/operation")
		})
	}
}
