package changes

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// boards is a small connector: shared and recursive definitions, allOf, a
// webhook, parameters of the path.
const boards = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Boards", "version": "1"},
  "host": "api.fabrikam.com", "basePath": "/v1", "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/boards/{boardId}/cards": {
      "parameters": [{"$ref": "#/parameters/BoardId"}],
      "get": {
        "operationId": "ListCards", "summary": "List cards",
        "parameters": [{"name": "state", "in": "query", "type": "string", "enum": ["open", "done"]}],
        "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Card"}}}}},
                      "404": {"description": "No", "schema": {"type": "object", "properties": {"code": {"type": "string"}}}}}
      },
      "post": {
        "operationId": "CreateCard", "summary": "Create a card",
        "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/NewCard"}}],
        "responses": {"201": {"description": "Made", "schema": {"$ref": "#/definitions/Card"}}}
      }
    },
    "/hooks": {
      "x-ms-notification-content": {"schema": {"$ref": "#/definitions/Card"}},
      "post": {
        "operationId": "WhenCardCreated", "x-ms-trigger": "single",
        "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"callback": {"type": "string", "x-ms-notification-url": true}}}}],
        "responses": {"201": {"description": "Made"}}
      }
    }
  },
  "parameters": {"BoardId": {"name": "boardId", "in": "path", "required": true, "type": "string"}},
  "definitions": {
    "Base": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}, "points": {"type": "integer", "format": "int32"}}},
    "NewCard": {"allOf": [{"$ref": "#/definitions/Base"}, {"properties": {"labels": {"type": "array", "items": {"type": "string"}}}}]},
    "Card": {"type": "object", "properties": {
      "id": {"type": "string"}, "done": {"type": "boolean", "enum": [true, false]},
      "children": {"type": "array", "items": {"$ref": "#/definitions/Card"}},
      "owner": {"$ref": "#/definitions/User"}}},
    "User": {"type": "object", "properties": {"name": {"type": "string"}, "manager": {"$ref": "#/definitions/User"}, "cards": {"type": "array", "items": {"$ref": "#/definitions/Card"}}}}
  },
  "securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
}`

func read(t testing.TB, definition string) *connector.Package {
	t.Helper()
	doc := connector.ReadDocument("apiDefinition.swagger.json", []byte(definition))
	require.Empty(t, doc.Problems)
	return &connector.Package{Definition: connector.NewDefinition(doc), Properties: &connector.Document{}, Settings: &connector.Document{}}
}

// edited replaces texts that must stand in the definition; pairs are old, new.
func edited(t testing.TB, definition string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, definition, pairs[i])
		definition = strings.Replace(definition, pairs[i], pairs[i+1], 1)
	}
	return definition
}

func lines(changes []finding.Change) []string {
	out := []string{}
	for _, ch := range changes {
		out = append(out, ch.Severity.String()+" "+ch.Change+" "+ch.ValuePath)
	}
	return out
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		edit []string
		want []string
	}{
		"a field of a shared recursive definition, once at each place": {
			[]string{`"id": {"type": "string"}`, `"id": {"type": "integer"}`},
			[]string{
				"error OutputFieldTypeChanged operation/ListCards/responses/200/schema/value/items/id/type",
				"error OutputFieldTypeChanged operation/CreateCard/responses/201/schema/id/type",
				"error OutputFieldTypeChanged operation/WhenCardCreated/responses/x-ms-notification-content/schema/id/type",
			},
		},
		"a field below a circle of definitions": {
			[]string{`"User": {"type": "object", "properties": {"name": {"type": "string"}, `, `"User": {"type": "object", "properties": {`},
			[]string{
				"error OutputFieldDeleted operation/ListCards/responses/200/schema/value/items/owner/name",
				"error OutputFieldDeleted operation/CreateCard/responses/201/schema/owner/name",
				"error OutputFieldDeleted operation/WhenCardCreated/responses/x-ms-notification-content/schema/owner/name",
			},
		},
		"several edits at once, in document order": {
			[]string{`, "enum": [true, false]`, ``, `/definitions/Card"}}}}},`, `/definitions/User"}}}}},`, `"WhenCardCreated"`, `"WhenCardMade"`},
			[]string{
				"error OutputFieldDeleted operation/ListCards/responses/200/schema/value/items/id",
				"error OutputFieldDeleted operation/ListCards/responses/200/schema/value/items/done",
				"error OutputFieldDeleted operation/ListCards/responses/200/schema/value/items/children",
				"error OutputFieldDeleted operation/ListCards/responses/200/schema/value/items/owner",
				"info OutputFieldAdded operation/ListCards/responses/200/schema/value/items/name",
				"info OutputFieldAdded operation/ListCards/responses/200/schema/value/items/manager",
				"info OutputFieldAdded operation/ListCards/responses/200/schema/value/items/cards",
				"error OutputEnumListRemoved operation/CreateCard/responses/201/schema/done/enum",
				"error OperationDeleted operation/WhenCardCreated",
			},
		},
		"a required field behind allOf": {
			[]string{`"required": ["title"], "properties": {"title": {"type": "string"}`, `"required": ["title", "list"], "properties": {"title": {"type": "string"}, "list": {"type": "string"}`},
			[]string{"error RequiredInputFieldAdded operation/CreateCard/parameter/body/schema/list"},
		},
		"allOf written as one schema": {
			[]string{
				`{"allOf": [{"$ref": "#/definitions/Base"}, {"properties": {"labels": {"type": "array", "items": {"type": "string"}}}}]}`,
				`{"type": "object", "properties": {"labels": {"type": "array", "items": {"type": "string"}}, "points": {"format": "int32", "type": "integer"}, "title": {"type": "string"}}, "required": ["title"]}`,
			},
			[]string{},
		},
		"the case of a field": {
			[]string{`"points": {`, `"Points": {`},
			[]string{
				"error InputFieldDeleted operation/CreateCard/parameter/body/schema/points",
				"info InputFieldAdded operation/CreateCard/parameter/body/schema/Points",
			},
		},
		"the name of a body": {
			[]string{`{"name": "body", "in": "body", "required": true`, `{"name": "card", "in": "body", "required": true`},
			[]string{
				"error ParameterDeleted operation/CreateCard/parameter/body",
				"error RequiredParameterAdded operation/CreateCard/parameter/card",
			},
		},
		"a placeholder": {
			[]string{`{boardId}`, `{id}`, `"name": "boardId"`, `"name": "id"`},
			[]string{
				"error ParameterDeleted operation/ListCards/parameter/boardId", "error RequiredParameterAdded operation/ListCards/parameter/id",
				"error ParameterDeleted operation/CreateCard/parameter/boardId", "error RequiredParameterAdded operation/CreateCard/parameter/id",
			},
		},
		"the body of an error is no output": {
			[]string{`, "schema": {"type": "object", "properties": {"code": {"type": "string"}}}`, ``},
			[]string{},
		},
		"an output moved to default, which stands for errors beside a success code": {
			[]string{`"201": {"description": "Made", "schema": {"$ref": "#/definitions/Card"}}`, `"201": {"description": "Made"}, "default": {"description": "Made", "schema": {"$ref": "#/definitions/Card"}}`},
			[]string{"error OutputFieldDeleted operation/CreateCard/responses/201/schema"},
		},
		"an output moved to default alone": {
			[]string{`"201": {"description": "Made", "schema"`, `"default": {"description": "Made", "schema"`},
			[]string{"info ResponseCodeChanged operation/CreateCard/responses/201"},
		},
		"a placeholder is required whether it says so or not": {
			[]string{`"in": "path", "required": true`, `"in": "path"`},
			[]string{},
		},
		"a number that may be larger": {
			[]string{`"format": "int32"`, `"format": "int64"`},
			[]string{"info InputFieldFormatChanged operation/CreateCard/parameter/body/schema/points/format"},
		},
		"an object that becomes an array, without what lay below": {
			[]string{`"schema": {"type": "object", "properties": {"value"`, `"schema": {"type": "array", "properties": {"value"`},
			[]string{"error OutputFieldTypeChanged operation/ListCards/responses/200/schema/type"},
		},
		"a type that the structure tells as well": {
			[]string{`"Card": {"type": "object", `, `"Card": {`, `"Base": {"type": "object", `, `"Base": {`},
			[]string{
				"warning OutputFieldTypeChanged operation/ListCards/responses/200/schema/value/items/type",
				"warning OutputFieldTypeChanged operation/CreateCard/responses/201/schema/type",
				"warning OutputFieldTypeChanged operation/WhenCardCreated/responses/x-ms-notification-content/schema/type",
			},
		},
		"what accepts more breaks nothing": {
			[]string{`"points": {"type": "integer", "format": "int32"}`, `"points": {"type": "number"}`, `"enum": ["open", "done"]`, `"enum": ["done", "later", "open"]`},
			[]string{
				"info InputEnumValueAdded operation/ListCards/parameter/state/enum",
				"info InputFieldTypeChanged operation/CreateCard/parameter/body/schema/points/type",
			},
		},
		"root lists told once": {
			[]string{`"consumes": ["application/json"]`, `"consumes": ["text/json"]`, `"produces": ["application/json"]`, `"produces": ["application/json", "text/csv"]`},
			[]string{"warning ConsumesChanged consumes"},
		},
		"a root list moved into the operations": {
			[]string{`"consumes": ["application/json"], `, ``, `"operationId": "CreateCard"`, `"operationId": "CreateCard", "consumes": ["application/json"]`, `"operationId": "WhenCardCreated"`, `"operationId": "WhenCardCreated", "consumes": ["Application/JSON"]`},
			[]string{},
		},
		"a security scheme under another name": {
			[]string{`"api_key": {`, `"key": {`},
			[]string{},
		},
		"a security scheme of another type": {
			[]string{`{"type": "apiKey", "in": "header", "name": "X-Key"}`, `{"type": "basic"}`},
			[]string{"error AuthenticationMethodRemoved securityDefinitions/api_key", "info AuthenticationMethodAdded securityDefinitions/api_key"},
		},
		"limits of an input": {
			[]string{`"title": {"type": "string"`, `"title": {"type": "string", "minLength": 1, "pattern": "^[A-Z]", "x-ms-visibility": "internal", "default": "New"`},
			[]string{
				"error InputFieldVisibilityChangedToInternal operation/CreateCard/parameter/body/schema/title/x-ms-visibility",
				"warning InputDefaultChanged operation/CreateCard/parameter/body/schema/title/default",
				"warning InputConstraintTightened operation/CreateCard/parameter/body/schema/title/minLength",
				"warning InputConstraintTightened operation/CreateCard/parameter/body/schema/title/pattern",
			},
		},
		"a webhook that becomes a polling trigger": {
			[]string{`"x-ms-notification-content": {"schema": {"$ref": "#/definitions/Card"}},`, ``, `, "x-ms-notification-url": true`, ``},
			[]string{"error TriggerKindChanged operation/WhenCardCreated/x-ms-trigger"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			old, updated := read(t, boards), read(t, edited(t, boards, c.edit...))
			found := Compare(old, updated)
			assert.Equal(t, c.want, lines(found))
			for _, ch := range found {
				assert.NotEmpty(t, ch.Message)
				assert.True(t, ch.Hint != "" || ch.Severity == finding.Info, "%s says how to mend it", ch.Change)
			}
			assert.Equal(t, found, Compare(read(t, boards), read(t, edited(t, boards, c.edit...))), "the same at every run")
		})
	}
}

func TestMessagesNameWhatWasRenamed(t *testing.T) {
	found := Compare(read(t, boards), read(t, edited(t, boards, `"ListCards"`, `"GetCards"`, `"points"`, `"Points"`, `{"name": "body", "in": "body", "required": true`, `{"name": "card", "in": "body", "required": true`)))
	require.Len(t, found, 3)
	assert.Contains(t, found[0].Message, `renamed to "GetCards"`)
	assert.Contains(t, found[1].Message, `renamed to "card"`)
}

func TestFieldOfSeveralPartsIsToldOnce(t *testing.T) {
	twice := edited(t, boards, `{"properties": {"labels"`, `{"properties": {"title": {"type": "string"}, "labels"`)
	assert.Empty(t, Compare(read(t, boards), read(t, twice)))
	assert.Equal(t, []string{"error InputFieldDeleted operation/CreateCard/parameter/body/schema/title"},
		lines(Compare(read(t, twice), read(t, strings.ReplaceAll(twice, `"title": {"type": "string"}, `, ``)))))
}

func TestBrokenReferences(t *testing.T) {
	broken := edited(t, boards, `[{"name": "state"`, `[{"$ref": "#/parameters/None"}, {"name": "state"`, `{"$ref": "#/definitions/User"}}}`, `{"$ref": "#/definitions/None"}}}`)
	assert.Empty(t, Compare(read(t, broken), read(t, broken)))
	assert.Empty(t, Compare(read(t, broken), read(t, edited(t, broken, `{"$ref": "#/parameters/None"}, `, ``))), "rules tell about broken references")
}

func TestUnreadableDefinitionHasNothingToCompare(t *testing.T) {
	broken := &connector.Package{Definition: connector.NewDefinition(connector.ReadDocument("a.json", []byte("not json"))), Properties: &connector.Document{}}
	assert.Empty(t, Compare(broken, read(t, boards)))
	assert.Empty(t, Compare(read(t, boards), broken))
}

func TestSteps(t *testing.T) {
	old := edited(t, boards, `"operationId": "CreateCard"`, `"operationId": "CreateCardV3", "x-ms-api-annotation": {"family": "CreateCard", "revision": 3}`)
	updated := edited(t, old, `"id": {"type": "string"}`, `"id": {"type": "integer"}`, `"WhenCardCreated"`, `"WhenCardMade"`)
	steps := Steps(read(t, old), read(t, updated))
	require.Len(t, steps, 3)
	assert.Equal(t, `# "ListCards": 1 breaking, so keep it as revision 1 of the family "ListCards"
--- published
+++ published, with the update beside it
@@ GET "/boards/{boardId}/cards" @@
-      "summary": "List cards",
+      "summary": "List cards (deprecated)",
       "operationId": "ListCards",
+      "deprecated": true,
+      "x-ms-api-annotation": {"family": "ListCards", "revision": 1},
@@ GET "/v2/boards/{boardId}/cards": the operation as updated @@
+      "operationId": "ListCardsV2",
+      "x-ms-api-annotation": {"family": "ListCards", "revision": 2},
#      the platform wants another path; a route request policy sends it to "/boards/{boardId}/cards"
@@ definitions: keep these as published under another name, for "ListCards" @@
+    "CardV1": as published
`, steps[0].Patch)
	assert.Equal(t, "CreateCardV4", steps[1].NextID)
	assert.Equal(t, 3, steps[1].Revision)
	assert.Equal(t, "WhenCardMade", steps[2].NextID)
	assert.Empty(t, Steps(read(t, old), read(t, old)))
}

func TestCatalogue(t *testing.T) {
	docs := Catalogue()
	names := map[string]bool{}
	for _, doc := range docs {
		assert.False(t, names[doc.Name], "%s is there twice", doc.Name)
		names[doc.Name] = true
		assert.Regexp(t, `^[A-Z][A-Za-z]+$`, doc.Name)
		for _, text := range []string{doc.Summary, doc.Why, doc.Fix, doc.Source} {
			assert.NotEmpty(t, text, doc.Name)
		}
		if doc.Severity == finding.Error {
			assert.NotEmpty(t, doc.Wrong, doc.Name)
			assert.NotEmpty(t, doc.Right, doc.Name)
		}
	}
}

// The page about breaking changes lists every kind as the catalogue has it.
func TestDocumentationListsEveryKind(t *testing.T) {
	page, err := os.ReadFile("../../docs/breaking-changes.md")
	require.NoError(t, err)
	for _, doc := range Catalogue() {
		row := "| " + doc.Name + " | " + doc.Severity.String() + " | "
		assert.Contains(t, string(page), row)
		assert.Contains(t, string(page), "| "+doc.Summary+" |", doc.Name)
	}
}
