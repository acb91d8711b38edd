package values_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

// define reads definitions written as the inside of a JSON object.
func define(t testing.TB, definitions string) *connector.Definition {
	t.Helper()
	doc := connector.ReadDocument("apiDefinition.swagger.json", []byte(`{"swagger":"2.0","definitions":{`+definitions+`}}`))
	require.Empty(t, doc.Problems)
	return connector.NewDefinition(doc)
}

// generate makes the value of definition S and checks it against its schema.
func generate(t testing.TB, schemaText string, change func(*values.Request)) values.Value {
	t.Helper()
	def := define(t, schemaText)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"}
	if change != nil {
		change(&r)
	}
	made, err := values.New(def, 1).Generate(r)
	require.NoError(t, err)
	found, err := schema.New(def).ValidateRequest(r.Node, made.Data)
	require.NoError(t, err)
	assert.Empty(t, found)
	return made
}

func attempt(n int) func(*values.Request) { return func(r *values.Request) { r.Attempt = n } }

func TestBodiesSatisfyTheirSchema(t *testing.T) {
	tests := []struct{ name, schema, want string }{
		{"required through allOf and $ref",
			`"S":{"allOf":[{"$ref":"#/definitions/B"},{"required":["b"],"properties":{"b":{"type":"boolean"}}}]},"B":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}`,
			`{"a":1,"b":false}`},
		{"required and described in different parts",
			`"S":{"type":"object","required":["limit"],"allOf":[{"properties":{"limit":{"type":"integer","minimum":20}}},{"properties":{"limit":{"type":"integer","maximum":25}}}]}`,
			`{"limit":20}`},
		{"exclusive bounds and steps",
			`"S":{"type":"object","required":["a","b","c"],"properties":{"a":{"type":"number","minimum":0,"exclusiveMinimum":true,"maximum":1,"exclusiveMaximum":true},"b":{"type":"integer","minimum":7,"multipleOf":5},"c":{"type":"number","multipleOf":0.01,"minimum":19.985}}}`,
			`{"a":0.5,"b":10,"c":19.99}`},
		{"examples and defaults first",
			`"S":{"type":"object","required":["a"],"properties":{"a":{"type":"string","example":"A-1"},"b":{"type":"integer","default":3},"c":{"type":"string"},"d":{"type":"integer","example":"none"}}}`,
			`{"a":"A-1","b":3,"d":1}`},
		{"example of the whole body, without what is read-only",
			`"S":{"type":"object","properties":{"id":{"type":"string","readOnly":true},"a":{"type":"string"}},"example":{"id":"7","a":"x"}}`,
			`{"a":"x"}`},
		{"enum that the connector names",
			`"S":{"type":"object","required":["a"],"properties":{"a":{"type":"string","x-ms-enum-values":[{"value":"low","displayName":"Low"}]}}}`,
			`{"a":"low"}`},
		{"internal takes its default",
			`"S":{"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"default":"y","x-ms-visibility":"internal"},"b":{"type":"string","x-ms-visibility":"internal"},"c":{"type":"integer"}}}`,
			`{"a":"y"}`},
		{"a cycle ends at what is optional",
			`"S":{"type":"object","required":["children","id"],"properties":{"id":{"type":"integer"},"parent":{"$ref":"#/definitions/S"},"children":{"type":"array","items":{"$ref":"#/definitions/S"}}}}`,
			`{"children":[],"id":1}`},
		{"enough different items",
			`"S":{"type":"object","required":["a"],"properties":{"a":{"type":"array","minItems":3,"uniqueItems":true,"items":{"type":"string","enum":["x","y","z"]}}}}`,
			`{"a":["x","y","z"]}`},
		{"the name of the subtype",
			`"S":{"type":"object","discriminator":"kind","required":["kind"],"properties":{"kind":{"type":"string"}}},"Cat":{"allOf":[{"$ref":"#/definitions/S"},{"required":["lives"],"properties":{"lives":{"type":"integer"}}}]}`,
			`{"kind":"Cat","lives":1}`},
		{"required but described nowhere", `"S":{"type":"object","required":["x"],"additionalProperties":{"type":"integer"}}`, `{"x":1}`},
		{"minProperties", `"S":{"type":"object","minProperties":2,"additionalProperties":{"type":"integer"}}`, `{"precert1":1,"precert2":1}`},
		{"an empty object says too little", `"S":{"type":"object","properties":{"o":{"type":"object"},"count":{"type":"integer"}}}`, `{"count":10}`},
		{"forms by name",
			`"S":{"type":"object","required":["currencyCode","startTime","endTime","time_zone","latitude","fromCountry"],"properties":{"currencyCode":{"type":"string"},"startTime":{"type":"string"},"endTime":{"type":"string","format":"date-time"},"time_zone":{"type":"string"},"latitude":{"type":"number"},"fromCountry":{"type":"string","maxLength":2}}}`,
			`{"currencyCode":"USD","endTime":"2030-01-15T10:00:00Z","fromCountry":"US","latitude":47.6,"startTime":"2030-01-15T09:00:00Z","time_zone":"Europe/Berlin"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.JSONEq(t, tt.want, text(t, generate(t, tt.schema, nil).Data))
		})
	}
}

func TestDescriptionsAskForForms(t *testing.T) {
	made := generate(t, `"S":{"type":"object","required":["zone","domain","unit","from"],"properties":{
		"zone":{"type":"string","description":"Name of the zone, with a trailing dot."},"domain":{"type":"string"},
		"unit":{"type":"string","description":"ISO 4217 code"},"from":{"type":"string","description":"First day (YYYY-MM-DD)"}}}`, nil).Data.(map[string]any)
	assert.Regexp(t, `^precert-\w+\.example\.com\.$`, made["zone"])
	assert.Regexp(t, `^precert-\w+\.example\.com$`, made["domain"])
	assert.Equal(t, "USD", made["unit"])
	assert.Equal(t, "2030-01-15", made["from"])
}

func TestTextSatisfiesPatternsAndLengths(t *testing.T) {
	for _, node := range []string{
		`"pattern":"^[a-f0-9]{40}$"`, `"pattern":"^[A-Z]{3}$","minLength":3`, `"pattern":"^(?!XX)[A-Z]{2}-\\d{1,3}$"`,
		`"pattern":"^[\\u00A0-\\u00FF]{4}$"`, `"pattern":"^[^!]+![0-9]+\\.[0-9]+$","minLength":30`, `"minLength":500`, `"maxLength":3`,
		`"pattern":"^\\/companies\\/[^/]+$"`, `"pattern":"[0-9]+","minLength":12,"maxLength":12`, `"format":"uuid"`, `"format":"byte"`,
		`"pattern":"^(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2})(:)(\\d{2})(:)(\\d{2})(\\.\\d+)?(Z|([+-])(\\d{2})(:)?(\\d{2}))$","format":"date-time"`,
		`"format":"date-time","pattern":"^\\d{4}-\\d{2}-\\d{2}$"`, `"maxLength":0`, `"format":"email","maxLength":8`, `"format":"uri"`, `"format":"int64"`,
	} {
		t.Run(node, func(t *testing.T) {
			def := define(t, `"S":{"type":"string",`+node+`}`)
			made, err := values.New(def, 3).Generate(values.Request{Node: def.Target("#/definitions/S"), Name: "reference", In: "body"})
			if strings.Contains(node, "date-time") && strings.HasSuffix(node, `\\d{2}$"`) {
				require.ErrorContains(t, err, "no text was found")
				return
			}
			require.NoError(t, err)
			assert.IsType(t, "", made.Data)
		})
	}
}

func TestWhatCannotBeMadeSaysWhy(t *testing.T) {
	for schemaText, want := range map[string]string{
		`"S":{"type":"object","required":["p"],"properties":{"p":{"$ref":"#/definitions/S"}}}`:                    "p: the schema requires itself without end",
		`"S":{"type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":5,"maximum":4}}}`:    "n: no number lies within minimum, maximum and multipleOf",
		`"S":{"type":"object","required":["x"],"properties":{"x":{"type":"string","minLength":5,"maxLength":4}}}`: "x: minLength 5 is more than maxLength 4",
		`"S":{"type":"object","required":["x"],"properties":{"x":{"$ref":"#/definitions/Gone"}}}`:                 "x: its $ref leads nowhere",
		`"S":{"type":"string","enum":["a"],"minLength":2}`:                                                        "the schema contradicts itself",
		`"S":{"type":"array","minItems":3,"uniqueItems":true,"items":{"type":"boolean"}}`:                         "asks for 3 items that differ",
		`"S":{"allOf":[{"type":"string"},{"type":"integer"}]}`:                                                    "exclude each other",
	} {
		def := define(t, schemaText)
		_, err := values.New(def, 1).Generate(values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"})
		assert.ErrorContains(t, err, want)
	}
}

func TestValuesVaryFromCallToCallAndNotFromRunToRun(t *testing.T) {
	const ticket = `"S":{"type":"object","required":["title","state"],"properties":{"title":{"type":"string"},"state":{"type":"string","enum":["a","b","c"]},"note":{"type":"string"},"dead":{"type":"string","deprecated":true}}}`
	titles, states, notes := map[any]bool{}, map[any]bool{}, 0
	for n := range 6 {
		made := generate(t, ticket, attempt(n)).Data.(map[string]any)
		assert.Equal(t, made, generate(t, ticket, attempt(n)).Data)
		assert.Contains(t, made["title"], "precert title")
		assert.NotContains(t, made, "dead")
		titles[made["title"]], states[made["state"]] = true, true
		if made["note"] != nil {
			notes++
		}
	}
	assert.Len(t, titles, 6)
	assert.Len(t, states, 3)
	assert.Positive(t, notes)
	assert.NotContains(t, generate(t, ticket, func(r *values.Request) { r.OnlyRequired, r.Attempt = true, 3 }).Data, "note")
}

func TestGivenAndLearntComeFirst(t *testing.T) {
	const body = `"S":{"type":"object","required":["board","size"],"properties":{"board":{"type":"object","properties":{"id":{"type":"string"}}},"size":{"type":"integer","maximum":10},"owner":{"type":"string"}}}`
	known := map[string]any{
		"board/id": values.Sourced{Value: "b1", Origin: values.Learnt},
		"size":     values.Sourced{Value: "many", Origin: values.Learnt},
		"owner":    "me",
	}
	asked := map[string]int{}
	look := func(r *values.Request) {
		r.Attempt = 1
		r.Lookup = func(path string, _ *connector.Node) (any, bool) { asked[path]++; v, ok := known[path]; return v, ok }
	}
	made := generate(t, body, look)
	assert.JSONEq(t, `{"board":{"id":"b1"},"size":10,"owner":"me"}`, text(t, made.Data))
	assert.Equal(t, values.Learnt, made.Origins["board/id"])
	assert.Equal(t, values.Given, made.Origins["owner"])
	assert.Equal(t, values.Format, made.Origins["size"])
	for path, times := range asked {
		assert.Equal(t, 1, times, path)
	}
	// The user's word stands even where the definition says otherwise.
	def := define(t, body)
	made, err := values.New(def, 1).Generate(values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body",
		Lookup: func(path string, _ *connector.Node) (any, bool) { return "50", path == "size" }})
	require.NoError(t, err)
	assert.Equal(t, json.Number("50"), made.Data.(map[string]any)["size"])
	assert.Equal(t, []string{"body/size: expected a number of at most 10, got the number 50"}, made.Notes)
}

func TestNowMovesDates(t *testing.T) {
	def := define(t, `"S":{"type":"object","required":["startsAt","endsAt","dueDate"],"properties":{"startsAt":{"type":"string","format":"date-time"},"endsAt":{"type":"string","format":"date-time"},"dueDate":{"type":"string","format":"date"}}}`)
	g := values.New(def, 1)
	g.Now = time.Date(2027, 5, 1, 8, 30, 0, 0, time.UTC)
	made, err := g.Generate(values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"startsAt":"2027-05-01T08:30:00Z","endsAt":"2027-05-01T09:30:00Z","dueDate":"2027-05-02"}`, text(t, made.Data))
}

func TestText(t *testing.T) {
	list := []any{"a", json.Number("2"), true}
	assert.Equal(t, "a,2,true", values.Text(list, ""))
	assert.Equal(t, "a|2|true", values.Text(list, "pipes"))
	assert.Equal(t, "a 2 true", values.Text(list, "ssv"))
	assert.Equal(t, "a\t2\ttrue", values.Text(list, "tsv"))
	assert.Contains(t, values.Text(map[string]any{"a": "<b>"}, ""), "<b>")
	assert.Equal(t, "0.1", values.Text(0.1, ""))
	assert.Empty(t, values.Text(nil, ""))
}

func BenchmarkGenerate(b *testing.B) {
	properties := make([]string, 0, 40)
	for i := range 40 {
		properties = append(properties, fmt.Sprintf(`"field%d":{"type":"string","maxLength":%d}`, i, 20+i))
	}
	def := define(b, `"S":{"type":"object","required":["field1","field2"],"properties":{`+strings.Join(properties, ",")+`}}`)
	g := values.New(def, 1)
	for b.Loop() {
		_, err := g.Generate(values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body", Attempt: b.N % 10})
		require.NoError(b, err)
	}
}

// Whatever a schema says, making a value ends, and what is made satisfies it.
func FuzzGenerate(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/definitions/S"}}}`, `{"type":"string","pattern":"((a*)*)*b{900}"}`,
		`{"type":"array","minItems":900,"uniqueItems":true}`, `{"multipleOf":1e-30,"minimum":1e20}`, `{"allOf":[{"type":"string"},{"enum":[1,null]}]}`,
		`{"minProperties":100000,"additionalProperties":{"type":"array","minItems":50}}`, `{"type":"string","minLength":100000000}`, `7`,
		`{"properties":{"a":{"$ref":"#/definitions/S"},"b":{"$ref":"#/definitions/S"},"c":{"items":{"$ref":"#/definitions/S"}}}}`,
		`{"type":"integer","example":"x","default":1.5,"maximum":-3,"exclusiveMaximum":true,"x-ms-enum-values":[{"value":-4}]}`,
	} {
		f.Add(seed, 0)
	}
	f.Fuzz(func(t *testing.T, schemaText string, attempt int) {
		def := connector.NewDefinition(connector.ReadDocument("a.json", []byte(`{"swagger":"2.0","definitions":{"S":`+schemaText+`}}`)))
		node := def.Root.At("definitions", "S")
		if node == nil {
			return
		}
		g := values.New(def, 1)
		r := values.Request{Node: node, Name: "body", In: "body", Attempt: attempt & 15}
		made, err := g.Generate(r)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		found, err := schema.New(def).ValidateRequest(node, made.Data)
		require.NoError(t, err)
		for _, v := range found {
			require.True(t, v.Lenient, v.Message)
		}
		g.Faults(r)
	})
}

func TestGeneratorServesManyAtOnce(t *testing.T) {
	def := define(t, `"S":{"type":"object","required":["a","b"],"properties":{"a":{"type":"string","pattern":"^[a-z]{5}$"},"b":{"type":"string","format":"date-time"}}}`)
	g := values.New(def, 1)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"}
	want, err := g.Generate(r)
	require.NoError(t, err)
	results := make(chan any)
	for range 8 {
		go func() {
			made, _ := g.Generate(r)
			results <- made.Data
		}()
	}
	for range 8 {
		assert.Equal(t, want.Data, <-results)
	}
}
