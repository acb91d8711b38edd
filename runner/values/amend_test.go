package values_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

const order = `"S":{"type":"object","properties":{
	"title":{"type":"string"},"dueDate":{"type":"string"},"count":{"type":"integer"},"email":{"type":"string"},"status":{"type":"string"},
	"zone":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},"customer":{"type":"object","properties":{"name":{"type":"string"},"country_code":{"type":"string"}}},
	"endsAt":{"type":"string","format":"date-time"},"expirationDateTime":{"type":"string","format":"date-time"},"password":{"type":"string"},"id":{"type":"string","readOnly":true},"items":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"}}}}}}`

func TestAnswersTeachTheNextTry(t *testing.T) {
	tests := []struct{ name, previous, answer, want, what string }{
		{"names what is missing", `{"count":1}`, `{"message":"title is required"}`, ``, "body/title added: the answer asks for it"},
		{"lists what is missing", `{"count":1}`, `Missing required fields: due date, customer.name`, ``, "body/dueDate added: the answer asks for it; body/customer/name added"},
		{"errors by field", `{"title":"x","count":1}`, `{"title":"One or more validation errors occurred.","status":400,"errors":{"count":["The field count must be between 10 and 20."]}}`, `{"title":"x","count":10}`, "states its bounds"},
		{"field and message", `{"title":"x","status":"new"}`, `{"errors":[{"field":"status","message":"must be one of: open, closed"}]}`, `{"title":"x","status":"open"}`, "one of the values that the answer lists"},
		{"json pointer", `{"customer":{"country_code":"Nowhere"}}`, `{"detail":[{"pointer":"/customer/country_code","msg":"not a valid ISO 3166 code"}]}`, `{"customer":{"country_code":"US"}}`, "iso 3166"},
		{"pydantic", `{"count":"x"}`, `{"detail":[{"type":"int_parsing","loc":["body","count"],"msg":"Input should be a valid integer, at least 3","input":"x"}]}`, `{"count":3}`, "as a number"},
		{"trailing dot", `{"zone":"example.com"}`, `{"error":"zone must end with a trailing dot"}`, `{"zone":"example.com."}`, "ending"},
		{"quoted beginning", `{"zone":"example"}`, `zone has to start with "z-"`, `{"zone":"z-example"}`, "beginning"},
		{"taken", `{"email":"a@example.com"}`, `{"code":"conflict","message":"A user with this email already exists"}`, ``, "it is taken"},
		{"length", `{"password":"abc"}`, `Password must be at least 12 characters long`, `{"password":"abcxxxxxxxxx"}`, "length"},
		{"future", `{"endsAt":"2030-01-15T09:00:00Z"}`, `endsAt must be in the future`, `{"endsAt":"2030-01-17T09:00:00Z"}`, "later"},
		{"near future", `{"endsAt":"2030-01-15T09:00:00Z"}`, `endsAt can only be between now and 4320 minutes in the future`, `{"endsAt":"2030-01-16T21:00:00Z"}`, "near future"},
		{"days ahead", `{"endsAt":"2031-01-15T09:00:00Z"}`, `endsAt must be at most 3 days ahead`, `{"endsAt":"2030-01-16T21:00:00Z"}`, "near future"},
		{"name without its last word", `{"expirationDateTime":"2031-01-15T09:00:00Z"}`, `The expiration must be within 2 hours from now.`, `{"expirationDateTime":"2030-01-15T10:00:00Z"}`, "near future"},
		{"listed in the next sentence", `{"zone":"x"}`, `The zone 'x' is not available. List of available regions is 'west,north'.`, `{"zone":"west"}`, "one of the values that the answer lists"},
		{"format shown", `{"dueDate":"soon"}`, `dueDate must have the format 'DD/MM/YYYY'`, `{"dueDate":"15/01/2030"}`, "form that the answer shows"},
		{"example shown", `{"status":"x"}`, `invalid status, e.g. "shipped"`, `{"status":"shipped"}`, "example in the answer"},
		{"unwanted", `{"title":"x","status":"y"}`, `{"message":"Unknown property status"}`, `{"title":"x"}`, "left out"},
		{"email", `{"email":"nobody"}`, `{"errors":{"email":["is not a valid email address"]}}`, ``, "email"},
		{"inside items", `{"items":[{}]}`, `items[0].sku cannot be blank`, ``, "items/0/sku added"},
		{"array wanted", `{"title":"x"}`, `title must be an array`, `{"title":["x"]}`, "as an array"},
		{"the address of a help page", `{"title":"precert title ab12"}`, `{"message":"[Title]: AlphaDashDot","url":"https://forge.fabrikam.com/api/help"}`, `{"title":"precert-title-ab12"}`, "letters, digits and dashes"},
		{"no reason that is understood", `{"title":"x","status":"precert-ab12"}`, `{"message":"[Status]: In"}`, `{"title":"x"}`, "left out"},
		{"public key", `{"title":"precert title ab12"}`, `title: not a valid ssh key`, ``, "ssh"},
		{"nothing named", `{"title":"x"}`, `Bad Request`, ``, ""},
		{"the envelope is not the input", `{"title":"x","status":"y"}`, `{"status":"error","title":"Bad Request","type":"about:blank"}`, ``, ""},
	}
	def := define(t, order)
	g := values.New(def, 1)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			previous, err := schema.Decode([]byte(tt.previous))
			require.NoError(t, err)
			changed, what, ok := g.Amend(r, previous, tt.answer)
			t.Log(what, text(t, changed))
			assert.Equal(t, tt.what != "", ok)
			assert.Contains(t, what, tt.what)
			assert.NotContains(t, text(t, changed), `"name":"2030`)
			if tt.want != "" {
				assert.JSONEq(t, tt.want, text(t, changed))
			}
			unchanged, err := schema.Decode([]byte(tt.previous))
			require.NoError(t, err)
			assert.Equal(t, unchanged, previous, "the previous value is not touched")
		})
	}
}

func TestWhatTheUserGaveIsNotAmended(t *testing.T) {
	def := define(t, order)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body",
		Lookup: func(path string, _ *connector.Node) (any, bool) { return "mine", path == "title" }}
	_, _, ok := values.New(def, 1).Amend(r, map[string]any{"title": "mine"}, "title must be one of a, b")
	assert.False(t, ok)
}

func TestParameterIsAmended(t *testing.T) {
	def := define(t, `"P":{"name":"sort_by","in":"query","type":"string"}`)
	r := values.Request{Node: def.Target("#/definitions/P"), Name: "sort_by", In: "query"}
	changed, what, ok := values.New(def, 1).Amend(r, "x", `{"error":{"message":"sort_by: allowed values are 'asc', 'desc'."}}`)
	assert.True(t, ok)
	assert.Equal(t, "asc", changed)
	assert.Contains(t, what, "sort_by set to asc")
}

func TestFaultsAreForbiddenBeyondDoubt(t *testing.T) {
	def := define(t, `"S":{"type":"object","required":["title","kind"],"properties":{"title":{"type":"string","minLength":2,"maxLength":8},"kind":{"type":"string","enum":["a"]},
		"size":{"type":"integer","minimum":1,"maximum":9,"default":3},"grows":{"type":"string","default":"x","enum":["x"],"x-ms-enum":{"modelAsString":true}},"tags":{"type":"array","maxItems":1,"default":["t"],"items":{"type":"boolean"}}}}`)
	g := values.New(def, 1)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"}
	var got []string
	validator := schema.New(def)
	for _, f := range g.Faults(r) {
		found, err := validator.Validate(r.Node, f.Value)
		require.NoError(t, err)
		require.NotEmpty(t, found, f.Description)
		lenient := ""
		if f.Lenient {
			lenient = " lenient"
		}
		got = append(got, f.Path+" "+f.Keyword+": "+f.Description+lenient)
	}
	assert.Equal(t, []string{
		`title required: the required property "title" is left out`,
		`kind required: the required property "kind" is left out`,
		` type: "body" holds text where an object is declared`,
		`title type: "title" holds an object where text is declared lenient`,
		`title minLength: "title" holds text shorter than 2 characters`,
		`title maxLength: "title" holds text longer than 8 characters`,
		`kind type: "kind" holds an object where text is declared lenient`,
		`kind enum: "kind" holds a value that enum does not list`,
		`size type: "size" holds text where a number is declared`,
		`size minimum: "size" holds a number below the minimum 1`,
		`size maximum: "size" holds a number above the maximum 9`,
		`grows type: "grows" holds an object where text is declared lenient`,
		`tags type: "tags" holds text where an array is declared lenient`,
		`tags maxItems: "tags" holds more than 1 items`,
		`tags/0 type: "tags/0" holds text where true or false is declared`,
	}, got)
}

func TestFaultsOfParameters(t *testing.T) {
	def := define(t, `"Q":{"name":"top","in":"query","type":"integer","required":true,"maximum":100},"P":{"name":"id","in":"path","type":"integer","required":true},"F":{"name":"q","in":"query","type":"string"}`)
	g := values.New(def, 1)
	fault := func(name, in string) []string {
		var out []string
		for _, f := range g.Faults(values.Request{Node: def.Target("#/definitions/" + name), Name: name, In: in}) {
			out = append(out, f.Keyword)
			assert.Equal(t, f.Omit, f.Value == nil)
		}
		return out
	}
	assert.Equal(t, []string{"required", "type", "maximum"}, fault("Q", "query"))
	assert.Equal(t, []string{"type"}, fault("P", "path"))
	assert.Empty(t, fault("F", "query"))
}

// No answer makes the amendment fail.
func FuzzAmend(f *testing.F) {
	for _, seed := range []string{`title is required`, `{"errors":{"count":["must be >= 3"]}}`, `count must be less than 1e309`, `{"a":[[[`, "dueDate format 'yyyyy'", "title one of ,,,", "\xff title"} {
		f.Add(seed)
	}
	def := define(f, order)
	g := values.New(def, 1)
	r := values.Request{Node: def.Target("#/definitions/S"), Name: "body", In: "body"}
	f.Fuzz(func(t *testing.T, answer string) {
		previous := map[string]any{"title": "x", "count": 1, "tags": []any{"a"}}
		changed, what, ok := g.Amend(r, previous, answer)
		require.Equal(t, ok, what != "")
		text(t, changed)
	})
}
