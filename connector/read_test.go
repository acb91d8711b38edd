package connector_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

const boards = `{
  "swagger": "2.0",
  "info": {"title": "Fabrikam Boards"},
  "consumes": ["application/json"],
  "paths": {
    "/cards/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "GetCard", "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/Card"}}}},
      "post": {
        "operationId": "WhenCardMoves", "x-ms-trigger": "single",
        "parameters": [
          {"name": "id", "in": "path", "required": true, "type": "integer"},
          {"name": "body", "in": "body", "schema": {"properties": {"callback": {"type": "string", "x-ms-notification-url": true}}}}
        ],
        "responses": {"201": {"description": "Created"}}
      }
    }
  },
  "definitions": {
    "Card": {"allOf": [{"$ref": "#/definitions/Item"}, {"properties": {"parent": {"$ref": "#/definitions/Card"}}, "required": ["parent"]}]},
    "Item": {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
  }
}`

func TestDefinitionKnowsWhatAnOperationInherits(t *testing.T) {
	d := connector.NewDefinition(connector.ReadDocument("apiDefinition.swagger.json", []byte(boards)))
	require.Empty(t, d.Problems)
	require.Len(t, d.Operations, 2)

	get := d.Operation("GetCard")
	assert.Equal(t, "GET", get.Method)
	assert.Equal(t, []string{"application/json"}, get.Consumes)
	assert.Equal(t, connector.Action, get.Trigger)
	require.Len(t, get.Parameters, 1)
	assert.True(t, get.Parameters[0].FromPath)

	hook := d.Operation("WhenCardMoves")
	assert.Equal(t, connector.Webhook, hook.Trigger)
	require.Len(t, hook.Parameters, 2, "its own id replaces the path's")
	assert.Equal(t, "integer", hook.Parameter("id").Node.Get("type").String())
	assert.Same(t, hook, d.OperationAt(hook.Body().Schema().At("properties", "callback")))

	card := get.Response("200").Schema()
	assert.Equal(t, []string{"title", "parent"}, d.RequiredNames(card))
	assert.Equal(t, "object", d.Type(card))
	assert.Equal(t, "/definitions/Item/properties/title", d.Property(card, "title").Pointer())
	assert.True(t, d.Reach("Item").Output)
	assert.False(t, d.Reach("Item").Input)
}

func TestEveryValueKnowsItsPlace(t *testing.T) {
	for name, text := range map[string]string{
		"line feeds":             boards,
		"carriage returns":       strings.ReplaceAll(boards, "\n", "\r\n"),
		"byte order mark":        "\ufeff" + boards,
		"UTF-16, little endian":  utf16LE(boards),
		"comment and lone comma": strings.Replace(boards, `"swagger"`, `/* x */ "swagger"`, 1) + "// end",
	} {
		t.Run(name, func(t *testing.T) {
			d := connector.NewDefinition(connector.ReadDocument("apiDefinition.swagger.json", []byte(text)))
			n := d.Root.Find("/paths/~1cards~1{id}/get/responses/200/schema/$ref")
			require.NotNil(t, n)
			line, column := n.Position()
			assert.Equal(t, [2]int{8, 103}, [2]int{line, column})
			assert.Equal(t, "/paths/~1cards~1{id}/get/responses/200/schema/$ref", n.Pointer())
			e := n.Excerpt()
			assert.Equal(t, `"#/definitions/Card"`, string([]rune(e.Text)[e.Caret:e.Caret+e.Length]))
		})
	}
}

func utf16LE(text string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

func TestExcerptOfOneLongLine(t *testing.T) {
	text := `{"a": "` + strings.Repeat("ä", 5000) + `", "here": "x", "b": "` + strings.Repeat("z", 5000) + `"}`
	e := connector.ReadDocument("a.json", []byte(text)).Root.Get("here").Excerpt()
	assert.LessOrEqual(t, len([]rune(e.Text)), 120)
	assert.Equal(t, `"x"`, string([]rune(e.Text)[e.Caret:e.Caret+e.Length]))
}

func TestYAMLIsReadWithPlaces(t *testing.T) {
	doc := connector.ReadDocument("api.yaml", []byte("base: &b {type: string, x: 0x1F}\nname:\n  <<: *b\n  x: yes\non: ~\n"))
	require.Empty(t, doc.Problems)
	assert.Equal(t, "string", doc.Root.At("name", "type").String())
	assert.Equal(t, "31", doc.Root.At("base", "x").Text())
	assert.Equal(t, connector.Null, doc.Root.Get("on").Kind())
	line, column := doc.Root.At("name", "x").Position()
	assert.Equal(t, [2]int{4, 6}, [2]int{line, column})
}

func TestYAMLAliasesDoNotExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		prev := "*a" + string(rune('a'+i-2))
		if i == 1 {
			prev = "*a0"
		}
		b.WriteString("k" + string(rune('a'+i)) + ": &a" + string(rune('a'+i-1)) + " [" + strings.TrimSuffix(strings.Repeat(prev+", ", 10), ", ") + "]\n")
	}
	doc := connector.ReadDocument("api.yaml", []byte(b.String()))
	require.NotEmpty(t, doc.Problems)
	assert.Equal(t, "NestingTooDeep", doc.Problems[len(doc.Problems)-1].Rule)
}

func TestReferencesSurviveCycles(t *testing.T) {
	d := connector.NewDefinition(connector.ReadDocument("a.json", []byte(`{"definitions": {
		"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}, "C": {"allOf": [{"$ref": "#/definitions/C"}]}, "D": {"$ref": "other.json#/x"}}}`)))
	definitions := d.Root.Get("definitions")
	assert.Nil(t, d.Resolve(definitions.Get("A")))
	assert.Nil(t, d.Resolve(definitions.Get("D")))
	assert.Empty(t, d.Properties(definitions.Get("C")))
	assert.Empty(t, d.RequiredNames(definitions.Get("A")))
}

func TestWhatWasCutOffIsKnown(t *testing.T) {
	doc := connector.ReadDocument("a.json", []byte(`{"info": {"title": "Boards"}, "paths": {"/a": {"get": {"summary": "Li`))
	require.True(t, doc.Cut)
	assert.True(t, doc.Unfinished(doc.Root))
	assert.True(t, doc.Unfinished(doc.Root.Find("/paths/~1a/get")))
	assert.False(t, doc.Unfinished(doc.Root.Get("info")))
}

func TestSettingsRenameTheOthers(t *testing.T) {
	files := fstest.MapFS{
		"settings.json":      {Data: []byte(`{"apiDefinition": ".\\boards.json", "apiProperties": "boards.props.json", "icon": "logo.png"}`)},
		"boards.json":        {Data: []byte(boards)},
		"boards.props.json":  {Data: []byte(`{"properties": {"iconBrandColor": "#da3b01"}}`)},
		"logo.png":           {Data: []byte("png")},
		"README.MD":          {Data: []byte("# Boards")},
		"apiProperties.json": {Data: []byte(`{}`)},
	}
	p, err := connector.Load(t.Context(), connector.Source{Path: "boards", FS: files, Dir: "."})
	require.NoError(t, err)
	assert.Equal(t, "Fabrikam Boards", p.Title())
	assert.Equal(t, "independent", p.Publisher())
	assert.Equal(t, "logo.png", p.File(connector.RoleIcon).Name)
	assert.Equal(t, "README.MD", p.File(connector.RoleReadme).Name)
}

func FuzzPointer(f *testing.F) {
	for _, seed := range []string{"", "/", "/paths/~1cards~1{id}/get", "/a~0b~1c", "/0/-1", "x", "/~2", "/paths//"} {
		f.Add(seed)
	}
	root := connector.ReadDocument("a.json", []byte(boards)).Root
	f.Fuzz(func(t *testing.T, pointer string) {
		assert.Equal(t, pointer, connector.UnescapeToken(connector.EscapeToken(pointer)))
		if n := root.Find(pointer); n != nil {
			assert.Same(t, n, root.Find(n.Pointer()))
		}
	})
}
