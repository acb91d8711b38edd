package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

const definition = `{
  "swagger": "2.0",
  "definitions": {
    "Ticket": {
      "type": "object",
      "required": ["id", "subject"],
      "properties": {
        "id": {"type": "string", "format": "uuid"},
        "subject": {"type": "string", "minLength": 1, "maxLength": 20},
        "priority": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 5},
        "score": {"type": "number", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 0.01},
        "state": {"type": "string", "enum": ["open", "closed"], "x-nullable": true},
        "mood": {"type": "string", "enum": ["good"], "x-ms-enum": {"name": "Mood", "modelAsString": true}},
        "dueAt": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "mail": {"type": "string", "format": "email"},
        "code": {"type": "string", "pattern": "^(?!XX)[A-Z]{2}-\\d+$"},
        "slow": {"type": "string", "pattern": "^(a+)+$"},
        "serial": {"type": "string", "format": "int64"},
        "size": {"type": "integer", "format": "int64"},
        "attachment": {"type": "string", "format": "byte"},
        "shade": {"type": "string", "format": "colour-of-the-house"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": true},
        "owner": {"$ref": "#/definitions/Person"},
        "deputy": {"$ref": "#/definitions/Person", "x-nullable": true},
        "parent": {"$ref": "#/definitions/Ticket"},
        "a b/c~d%e#f": {"type": "integer"},
        "file": {"type": "file"},
        "level": {"type": "string", "enum": [1, 2]}
      }
    },
    "Person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "Agent": {"allOf": [{"$ref": "#/definitions/Person"}, {"type": "object", "required": ["team", "name"], "properties": {"team": {"type": "string"}}}]},
    "Page": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Ticket"}}}},
    "Map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Closed": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false},
    "Loose": {"type": ["string", "null"]},
    "Loop": {"allOf": [{"$ref": "#/definitions/Loop"}]},
    "Lost": {"type": "object", "properties": {"x": {"$ref": "#/definitions/Nobody"}}},
    "Misspelt": {"type": "object", "properties": {"x": {"type": "int"}}},
    "Quoted": {"type": "string", "maxLength": "20"},
    "Broken": {"type": "string", "pattern": "([a-z"},
    "Mutable": {"type": "object", "required": true, "properties": {"required": {"type": "boolean"}}},
    "Both": {"type": "string", "format": "date", "pattern": "^2"},
    "Created": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}
  }
}`

func load(t testing.TB, text string) *connector.Definition {
	t.Helper()
	return connector.NewDefinition(connector.ReadDocument("apiDefinition.swagger.json", []byte(text)))
}

const sound = `"id":"123e4567-e89b-12d3-a456-426614174000","subject":"Printer"`

func TestValidate(t *testing.T) {
	tests := []struct {
		name, schema, body string
		want               []string
	}{
		{"sound", "Ticket", `{` + sound + `}`, nil},
		{"missing, several", "Ticket", `{"priority": 1}`, []string{
			` required /definitions/Ticket/required/0: the required property "id" is missing`,
			` required /definitions/Ticket/required/1: the required property "subject" is missing`}},
		{"wrong type", "Ticket", `{` + sound + `,"priority":"high"}`, []string{
			`/priority type /definitions/Ticket/properties/priority/type: expected a whole number, got the string "high"`}},
		{"1.0 is whole", "Ticket", `{` + sound + `,"priority":1.0}`, nil},
		{"1.5 is not", "Ticket", `{` + sound + `,"priority":1.5}`, []string{
			`/priority type /definitions/Ticket/properties/priority/type: expected a whole number, got the number 1.5`}},
		{"null", "Ticket", `{` + sound + `,"mail":null}`, []string{
			`/mail type /definitions/Ticket/properties/mail/type: expected a string, got null; if null is meant, declare "x-nullable": true`}},
		{"nullable enum and reference", "Ticket", `{` + sound + `,"state":null,"deputy":null}`, nil},
		{"reference without nullable", "Ticket", `{` + sound + `,"owner":null}`, []string{
			`/owner type /definitions/Person/type: expected an object, got null; if null is meant, declare "x-nullable": true`}},
		{"through a nullable reference", "Ticket", `{` + sound + `,"deputy":{}}`, []string{
			`/deputy required /definitions/Person/required/0: the required property "name" is missing`}},
		{"enum", "Ticket", `{` + sound + `,"state":"lost"}`, []string{
			`/state enum /definitions/Ticket/properties/state/enum: expected one of "open", "closed", got the string "lost"`}},
		{"an enum that may grow", "Ticket", `{` + sound + `,"mood":"new"}`, nil},
		{"an enum of numbers on a string", "Ticket", `{` + sound + `,"level":"2"}`, nil},
		{"bounds", "Ticket", `{` + sound + `,"priority":9,"score":0}`, []string{
			`/priority maximum /definitions/Ticket/properties/priority/maximum: expected a number of at most 5, got the number 9`,
			`/score exclusiveMinimum /definitions/Ticket/properties/score/exclusiveMinimum: expected a number greater than 0, got the number 0`}},
		{"decimal steps are exact", "Ticket", `{` + sound + `,"score":19.99}`, nil},
		{"format and pattern are both told", "Both", `"x"`, []string{
			` format /definitions/Both/format: expected a date such as 2026-01-31 (format date), got the string "x"`,
			` pattern /definitions/Both/pattern: expected text that matches the pattern ^2, got the string "x"`}},
		{"length in characters", "Ticket", `{"id":"123e4567-e89b-12d3-a456-426614174000","subject":"ääääääääääääääääääää"}`, nil},
		{"patterns are ECMAScript", "Ticket", `{` + sound + `,"code":"XX-1"}`, []string{
			`/code pattern /definitions/Ticket/properties/code/pattern: expected text that matches the pattern ^(?!XX)[A-Z]{2}-\d+$, got the string "XX-1"`}},
		{"int64 as a string", "Ticket", `{` + sound + `,"serial":"9223372036854775807","size":9223372036854775807}`, nil},
		{"beyond int64", "Ticket", `{` + sound + `,"size":9223372036854775808}`, []string{
			`/size format /definitions/Ticket/properties/size/format: expected a whole number from -9223372036854775808 to 9223372036854775807 (format int64), got the number 9223372036854775808`}},
		{"unknown formats and files pass", "Ticket", `{` + sound + `,"shade":"x","file":7}`, nil},
		{"date-time without offset", "Ticket", `{` + sound + `,"dueAt":"2026-01-31T10:00:00"}`, []string{
			`/dueAt format /definitions/Ticket/properties/dueAt/format: expected a date and time with its offset, such as 2026-01-31T10:00:00Z; this one does not say its offset (format date-time), got the string "2026-01-31T10:00:00" lenient`}},
		{"no date at all", "Ticket", `{` + sound + `,"dueAt":"tomorrow","day":"2026-02-30"}`, []string{
			`/day format /definitions/Ticket/properties/day/format: expected a date such as 2026-01-31 (format date), got the string "2026-02-30"`,
			`/dueAt format /definitions/Ticket/properties/dueAt/format: expected a date and time with its offset, such as 2026-01-31T10:00:00Z (format date-time), got the string "tomorrow"`}},
		{"equal items", "Ticket", `{` + sound + `,"tags":["a","b","a"]}`, []string{
			`/tags uniqueItems /definitions/Ticket/properties/tags/uniqueItems: expected items that all differ, but 0 and 2 are equal`}},
		{"cycle", "Ticket", `{` + sound + `,"parent":{` + sound + `,"parent":{"id":"123e4567-e89b-12d3-a456-426614174000"}}}`, []string{
			`/parent/parent required /definitions/Ticket/required/1: the required property "subject" is missing`}},
		{"odd property names", "Ticket", `{` + sound + `,"a b/c~d%e#f":"x"}`, []string{
			`/a b~1c~0d%e#f type /definitions/Ticket/properties/a b~1c~0d%e#f/type: expected a whole number, got the string "x"`}},
		{"allOf says it once", "Agent", `{"team":"x"}`, []string{
			` required /definitions/Agent/allOf/1/required/1: the required property "name" is missing`}},
		{"the same in every item", "Page", `{"value":[{` + sound + `},{"subject":"a"},{"subject":"b"},{"subject":"c"}]}`, []string{
			`/value/1 required /definitions/Ticket/required/0: the required property "id" is missing (the same at 3 places)`}},
		{"map", "Map", `{"a":1,"b":"2"}`, []string{
			`/b type /definitions/Map/additionalProperties/type: expected a whole number, got the string "2"`}},
		{"closed", "Closed", `{"a":"x","b":"y"}`, []string{
			`/b additionalProperties /definitions/Closed/additionalProperties: the property "b" is not declared, and additionalProperties is false`}},
		{"type lists", "Loose", `null`, nil},
		{"boolean required", "Mutable", `{}`, nil},
		{"numbers no client holds", "Map", `{"a":1e999999999}`, []string{
			`/a type /definitions/Map: expected a number that a client can hold, got the number 1e999999999`}},
		{"root of the wrong type", "Map", `[]`, []string{` type /definitions/Map/type: expected an object, got an array of 0 items`}},
	}
	def := load(t, definition)
	v := schema.New(def)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, err := schema.Decode([]byte(tt.body))
			require.NoError(t, err)
			found, err := v.Validate(def.Target("#/definitions/"+tt.schema), body)
			require.NoError(t, err)
			var got []string
			for _, f := range found {
				line := f.Pointer + " " + f.Keyword + " " + f.SchemaPointer + ": " + f.Message
				if f.Lenient {
					line += " lenient"
				}
				got = append(got, line)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestUnusableSchemasAreNamed(t *testing.T) {
	def := load(t, definition)
	v := schema.New(def)
	for name, want := range map[string]string{
		"Loop":     `/definitions/Loop (line 38): the schema contains itself through $ref or allOf`,
		"Lost":     `/definitions/Lost/properties/x/$ref (line 39): the reference "#/definitions/Nobody" leads nowhere`,
		"Misspelt": `/definitions/Misspelt/properties/x/type (line 40): "int" is not a type: use one of string, number, integer`,
		"Quoted":   `/definitions/Quoted/maxLength (line 41): maxLength must be a whole number, 0 or more, without quotes`,
		"Broken":   `/definitions/Broken/pattern (line 42): the regular expression cannot be read`,
	} {
		_, err := v.Validate(def.Target("#/definitions/"+name), "x")
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
	}
	// The faults above are elsewhere: they do not touch this one.
	require.NoError(t, v.Check(def.Target("#/definitions/Ticket")))
}

func TestReadOnlyIsNotRequiredOfARequest(t *testing.T) {
	def := load(t, definition)
	v := schema.New(def)
	node := def.Target("#/definitions/Created")
	found, err := v.Validate(node, map[string]any{})
	require.NoError(t, err)
	assert.Len(t, found, 1)
	found, err = v.ValidateRequest(node, map[string]any{})
	require.NoError(t, err)
	assert.Empty(t, found)
}

func TestUndeclaredFieldsAreInformation(t *testing.T) {
	def := load(t, definition)
	v := schema.New(def)
	body, err := schema.Decode([]byte(`{"value":[{"id":"1","extra":1},{"extra":2,"owner":{"age":3}}],"count":2}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"/count", "/value/0/extra", "/value/1/owner/age"}, v.Undeclared(def.Target("#/definitions/Page"), body))
	body, err = schema.Decode([]byte(`{"anything":1}`))
	require.NoError(t, err)
	assert.Empty(t, v.Undeclared(def.Target("#/definitions/Map"), body))
}

func TestFindingsAreBounded(t *testing.T) {
	def := load(t, definition)
	body := map[string]any{}
	for i := range 50 {
		body[strings.Repeat("x", i+1)] = "no number"
	}
	found, err := schema.New(def).Validate(def.Target("#/definitions/Map"), body)
	require.NoError(t, err)
	require.Len(t, found, 20)
	assert.Contains(t, found[19].Message, "30 further mismatches are not shown")
}

func TestPatternThatBacktracksDoesNotHang(t *testing.T) {
	def := load(t, definition)
	start := time.Now()
	found, err := schema.New(def).Validate(def.Target("#/definitions/Ticket/properties/slow"), strings.Repeat("a", 60)+"!")
	require.NoError(t, err)
	assert.Empty(t, found, "what cannot be decided is not reported")
	assert.Less(t, time.Since(start), 5*time.Second)
}

func TestDecode(t *testing.T) {
	for body, want := range map[string]string{
		``:                        "the body is empty, not JSON",
		`{"a":1`:                  "the JSON is cut off: it ends at offset 6",
		`{"a":1} {"b":2}`:         "the JSON value ends at offset 7, but 7 more bytes follow",
		`{"a":01}`:                "not JSON at offset 7",
		"<html><body>no</body>":   "not JSON but markup",
		"\"\xe4\"":                "the text is not UTF-8: byte 0xe4 at offset 1",
		strings.Repeat("[", 5000): "nested more than 256 deep at offset 256",
	} {
		_, err := schema.Decode([]byte(body))
		require.ErrorContains(t, err, want, body)
	}
	value, err := schema.Decode([]byte("\ufeff {\"a\": 1.50}\n"))
	require.NoError(t, err)
	assert.Equal(t, "1.50", value.(map[string]any)["a"].(interface{ String() string }).String())
}
