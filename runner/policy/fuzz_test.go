package policy

import (
	"net/http"
	"strings"
	"testing"
)

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"Bearer @connectionParameters('api_key','')", "{@body()['@odata.id']} {@body().a.b[0]}", "@{triggerBody().data[0].id}", "a@b.com", "@headers('a'", "@body()?['x'].y-", "{@{@body()}}", "@item().é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, braced := range []bool{false, true} {
			parsed, err := parseTemplate(text, braced)
			if err != nil {
				continue
			}
			if len(parsed) == 1 && parsed[0].kind == literal && parsed.literal() != text {
				t.Fatalf("%q became %q", text, parsed.literal())
			}
			sc := &scene{env: Env{StandIn: func(n string) string { return n }}, req: order(), body: &document{raw: []byte(`{"a":{"b":[1]}}`)}}
			if _, err := parsed.render(sc, nil, nil, true); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = parsePlace(text) // must not panic
		if path, err := parseSub(text); err == nil && len(path) > 0 {
			path.set(map[string]any{}, 1)
		}
	})
}

// FuzzPolicies applies any list of policies to any body.
func FuzzPolicies(f *testing.F) {
	f.Add("setproperty", "@body()", "a", "[{@body()}]", `{"a":[{"b":"c"}]}`)
	f.Add("moveproperties", "@body().a", "b", "@body().a.b.c", `{"a":{"b":{"c":1}}}`)
	f.Add("convertobjecttoarray", "@body().a", "null", "@item()", `{"a":{"b":{"c":1}}}`)
	f.Add("stringreplace", "@body()", "a", "@body().a", `{"a":"aaa"}`)
	f.Add("dynamichosturl", "https://@headers('Region')/", "x", "", `{}`)
	f.Fuzz(func(t *testing.T, template, path, sub, value, body string) {
		parameters := map[string]any{}
		for _, key := range []string{"propertyParentPath", "srcParentPath", "newPropertyParentPathTemplate", "urlTemplate", "newPath", "triggerDataPath", "parameterValuePathTemplate"} {
			parameters[key] = path
		}
		for _, key := range []string{"propertySubPath", "srcSubPath", "newPropertySubPathTemplate", "keyWithinCollectionPath", "keyName", "valueName", "childPropertyName", "delimiterList", "sourceString", "name", "nextLinkPropertyName"} {
			parameters[key] = sub
		}
		for _, key := range []string{"newPropertyPath", "dstParentPath", "propertyValuePathTemplate", "replacementString", "value", "parameterTemplate", "parameterValueUrl"} {
			parameters[key] = value
		}
		parameters["copyOnlySubProperties"] = strings.HasPrefix(body, "{")
		set, _ := setOf(t, one(template, parameters), inAnswer(one(template, parameters)), one(template, parameters))
		req := order()
		req.RawBody = []byte(body)
		if set.Request("CreateOrder", req, orderEnv) == nil {
			_, _ = req.URL() // must not panic
		}
		resp := &Response{Status: 200, Header: http.Header{}, RawBody: []byte(body)}
		_ = set.Response("CreateOrder", req, resp, orderEnv) // must not panic
	})
}
