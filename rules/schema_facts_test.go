package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/connector"
)

func readJSON(t *testing.T, text string) *connector.Node {
	t.Helper()
	return connector.ReadDocument("apiDefinition.swagger.json", []byte(text)).Root
}

func TestSchemasAreNamedByWhatAuthorsCallThem(t *testing.T) {
	root := readJSON(t, `{
		"paths": {"/cards": {"post": {"operationId": "CreateCard",
			"parameters": [
				{"name": "labels", "in": "query", "type": "array", "items": {"type": "string"}},
				{"name": "body", "in": "body", "schema": {"type": "array", "items": {"type": "object"}}}],
			"responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}}},
		"definitions": {"Card": {"type": "object"}, "Cards": {"type": "array", "items": {"type": "object"}}}
	}`)
	d := connector.NewDefinition(root.Document())
	got := map[string]string{}
	for s := range d.Typed {
		got[s.Node.Pointer()] = named(s)
	}
	assert.Equal(t, map[string]string{
		"/paths/~1cards/post/parameters/0":                       `"labels"`,
		"/paths/~1cards/post/parameters/0/items":                 `the items of "labels"`,
		"/paths/~1cards/post/parameters/1/schema":                "the body",
		"/paths/~1cards/post/parameters/1/schema/items":          "the items",
		"/paths/~1cards/post/responses/200/schema":               "the response",
		"/paths/~1cards/post/responses/200/schema/properties/id": `"id"`,
		"/definitions/Card":                                      `the definition "Card"`,
		"/definitions/Cards":                                     `the definition "Cards"`,
		"/definitions/Cards/items":                               `the items of "Cards"`,
	}, got)
}

func TestDefaultsFitTheirTypes(t *testing.T) {
	for _, c := range []struct {
		value, kind string
		fits        bool
	}{
		{`"text"`, "string", true}, {`1`, "string", false}, {`null`, "string", true}, {`true`, "string", false},
		{`1`, "integer", true}, {`1.0`, "integer", true}, {`1.5`, "integer", false}, {`"10"`, "integer", true}, {`"ten"`, "integer", false},
		{`123456789012345678901234567890`, "integer", true},
		{`1.5`, "number", true}, {`"1.5"`, "number", true}, {`"one"`, "number", false},
		{`"False"`, "boolean", true}, {`0`, "boolean", false}, {`"yes"`, "boolean", false},
		{`[]`, "array", true}, {`"a"`, "array", false}, {`{}`, "object", true}, {`[]`, "object", false},
		{`{"a": 1}`, "", true}, {`1`, "file", true},
	} {
		n := readJSON(t, `{"default": `+c.value+`}`).Get("default")
		assert.Equal(t, c.fits, fitsDefault(n, c.kind), "%s for %s", c.value, c.kind)
	}
}

func TestReferencesArePointersOfThreeSegments(t *testing.T) {
	for ref, want := range map[string][2]bool{
		"#/definitions/Card":                  {true, true},
		"#/definitions/Card~1List":            {true, true},
		"#/definitions/My%20Card":             {true, true},
		"#/definitions/Card/properties/title": {true, false},
		"#/definitions/":                      {true, false},
		"#/parameters/Card":                   {true, false},
		"shared.json#/definitions/Card":       {true, false},
		"#/definitions/Card~":                 {false, true},
		"#/definitions/Card~2":                {false, true},
		"#/definitions/Card%zz":               {false, true},
		"":                                    {true, false},
	} {
		assert.Equal(t, want, [2]bool{isPointer(ref), hasSegments(ref, "definitions")}, ref)
	}
}

func TestRestrictedWordsAreWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"Monster API": true, "API Monster": true, "The api-first way": true, "Fabrikam (API)": true, "API": true,
		"RAPID Platform": false, "SMSAPI": false, "SignatureAPI": false, "APIs of Fabrikam": false, "Rapid API2": false, "rapid api": true, "": false, "éapi": false,
	} {
		assert.Equal(t, want, holdsWord(text, "api"), text)
	}
	assert.True(t, holdsWord("Works in Power Automate.", "power automate"))
	assert.False(t, holdsWord("Power and automate", "power automate"))
}

func TestLettersOfOtherScriptsAreForeign(t *testing.T) {
	for r, want := range map[rune]bool{'a': false, 'é': false, 'ß': false, 'ø': false, 'µ': false, '™': false, '–': false, '½': false, '1': false, 'Ж': true, 'フ': true, '中': true, 'α': true, 'ع': true} {
		assert.Equal(t, want, isForeign(r), string(r))
	}
}

func TestMimeTypesHaveTypeAndSubtype(t *testing.T) {
	for text, want := range map[string]bool{
		"application/json": true, "application/vnd.fabrikam.v1+json": true, "text/plain; charset=utf-8": true, "*/*": true,
		"json": false, "application/": false, "/json": false, "application json": false, "application/js on": false, "": false, "a/b/c": false,
	} {
		assert.Equal(t, want, isMimeType(text), text)
	}
}
