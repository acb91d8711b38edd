package policy

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

// setOf loads policies that are written as template{key: value}; keys of the
// templates come without their prefix.
func setOf(t testing.TB, instances ...instanceText) (*Set, []Problem) {
	t.Helper()
	var list []any
	for _, in := range instances {
		parameters := map[string]any{}
		for key, value := range in.parameters {
			if !strings.HasPrefix(key, "x-ms-apimTemplate-") {
				key = keyPrefix + key
			}
			parameters[key] = value
		}
		list = append(list, map[string]any{"templateId": in.template, "title": in.title, "parameters": parameters})
	}
	raw, err := json.MarshalIndent(map[string]any{"properties": map[string]any{"policyTemplateInstances": list}}, "", "  ")
	require.NoError(t, err)
	return Load(&connector.Package{Properties: connector.ReadDocument("apiProperties.json", raw)})
}

type instanceText struct {
	template, title string
	parameters      map[string]any
}

func one(template string, parameters map[string]any) instanceText {
	return instanceText{template: template, parameters: parameters}
}

// inAnswer makes a policy one for answers.
func inAnswer(in instanceText) instanceText {
	in.parameters["x-ms-apimTemplate-policySection"] = "Response"
	return in
}

// order is a request to an order API.
func order() *Request {
	return &Request{
		Method: "POST", Base: &url.URL{Scheme: "https", Host: "api.fabrikam.com", Path: "/v1"}, Path: "/shops/north%20east/orders", Query: "expand=lines&top=5",
		Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"k-4711"}, "Region": {"eu"}}, PathParams: map[string]string{"shop": "north%20east"},
		RawBody: []byte(`{"customer":{"name":"Dana"},"lines":[{"sku":"a.1"},{"sku":"b 2"}],"tags":"new;paid"}`),
	}
}

func wire(r *Request) string {
	u, err := r.URL()
	if err != nil {
		return err.Error()
	}
	return r.Method + " " + u.String()
}

var orderEnv = Env{Connection: map[string]string{"tenant": "west", "api_key": "s3cret/key", "token:region": "eu2", "siteUrl": "https://shop.contoso.com/base/"}}

func TestPoliciesOfTheWire(t *testing.T) {
	const was = "POST https://api.fabrikam.com/v1/shops/north%20east/orders?expand=lines&top=5"
	for name, c := range map[string]struct {
		policy instanceText
		want   string
		header [2]string
	}{
		"a header":                {one("setheader", map[string]any{"name": "x-client", "value": "power-platform"}), was, [2]string{"X-Client", "power-platform"}},
		"a header, any case":      {one("SetHeader", map[string]any{"name": "X-Key", "value": "Bearer @ConnectionParameters('api_key')"}), was, [2]string{"X-Key", "Bearer s3cret/key"}},
		"a header of a header":    {one("setheader", map[string]any{"name": "Authorization", "value": "Key @headers('Authorization')", "existsAction": "override"}), was, [2]string{"Authorization", "Key k-4711"}},
		"a header, text around":   {one("setheader", map[string]any{"name": "Region", "value": "@header('Region')-north"}), was, [2]string{"Region", "eu-north"}},
		"skip":                    {one("setheader", map[string]any{"name": "Region", "value": "us", "existsAction": "skip"}), was, [2]string{"Region", "eu"}},
		"append":                  {one("setheader", map[string]any{"name": "Region", "value": "us", "existsAction": "append"}), was, [2]string{"Region", "eu,us"}},
		"default":                 {one("setheader", map[string]any{"name": "Region", "value": "@connectionParameters('zone', 'z1')"}), was, [2]string{"Region", "z1"}},
		"empty default":           {one("setheader", map[string]any{"name": "Region", "value": "@connectionParameters('zone','')"}), was, [2]string{"Region", ""}},
		"from the body":           {one("setheader", map[string]any{"name": "X-Customer", "value": "@body().customer.name"}), was, [2]string{"X-Customer", "Dana"}},
		"from the query":          {one("setheader", map[string]any{"name": "X-Top", "value": "@{queryParameters('top')} rows"}), was, [2]string{"X-Top", "5 rows"}},
		"an address is no call":   {one("setheader", map[string]any{"name": "From", "value": "dana@contoso.com"}), was, [2]string{"From", "dana@contoso.com"}},
		"other operations":        {one("setheader", map[string]any{"name": "Region", "value": "us", "x-ms-apimTemplate-operationName": []string{"ListOrders"}}), was, [2]string{"Region", "eu"}},
		"this operation":          {one("setheader", map[string]any{"name": "Region", "value": "us", "x-ms-apimTemplate-operationName": []string{"ListOrders", "CreateOrder"}}), was, [2]string{"Region", "us"}},
		"no operation is all":     {one("setheader", map[string]any{"name": "Region", "value": "us", "x-ms-apimTemplate-operationName": []string{}}), was, [2]string{"Region", "us"}},
		"only in answers":         {inAnswer(one("setheader", map[string]any{"name": "Region", "value": "us"})), was, [2]string{"Region", "eu"}},
		"a query parameter":       {one("setqueryparameter", map[string]any{"name": "key", "value": "@connectionParameters('api_key')"}), was + "&key=s3cret%2Fkey", [2]string{}},
		"query override":          {one("setqueryparameter", map[string]any{"name": "top", "value": "50"}), strings.Replace(was, "top=5", "top=50", 1), [2]string{}},
		"query skip":              {one("setqueryparameter", map[string]any{"name": "top", "value": "50", "existsAction": "skip"}), was, [2]string{}},
		"query append":            {one("setqueryparameter", map[string]any{"name": "top", "value": "50", "existsAction": "append"}), was + "&top=50", [2]string{}},
		"an encoded name":         {one("setqueryparameter", map[string]any{"name": "%24filter", "value": "a eq 'b'"}), was + "&%24filter=a+eq+%27b%27", [2]string{}},
		"host":                    {one("dynamichosturl", map[string]any{"urlTemplate": "https://@connectionParameters('tenant').fabrikam.com/api/"}), "POST https://west.fabrikam.com/api/shops/north%20east/orders?expand=lines&top=5", [2]string{}},
		"host and port":           {one("dynamichosturl", map[string]any{"urlTemplate": "http://@headers('Region').fabrikam.com:@queryParameters('top')"}), "POST http://eu.fabrikam.com:5/shops/north%20east/orders?expand=lines&top=5", [2]string{}},
		"host is a whole address": {one("dynamicHostUrl", map[string]any{"urlTemplate": "@connectionParameters('siteUrl')"}), "POST https://shop.contoso.com/base/shops/north%20east/orders?expand=lines&top=5", [2]string{}},
		"host by claim":           {one("dynamicsubdomain", map[string]any{"urlTemplate": "https://api.@connectionParameters('token:region').contoso.com"}), "POST https://api.eu2.contoso.com/shops/north%20east/orders?expand=lines&top=5", [2]string{}},
		"route":                   {one("routerequesttoendpoint", map[string]any{"newPath": "/v2/stores/{shop}/orders", "httpMethod": "@Request.OriginalHTTPMethod"}), "POST https://api.fabrikam.com/v1/v2/stores/north%20east/orders?expand=lines&top=5", [2]string{}},
		"route with a method":     {one("routerequesttoendpoint", map[string]any{"newPath": "orders('{shop}')", "httpMethod": "put"}), "PUT https://api.fabrikam.com/v1/orders('north%20east')?expand=lines&top=5", [2]string{}},
		"route with values":       {one("routerequesttoendpoint", map[string]any{"newPath": "/u/@connectionParameters('api_key')/top@queryParameters('top')"}), "POST https://api.fabrikam.com/v1/u/s3cret%2Fkey/top5?expand=lines&top=5", [2]string{}},
		"route with a query":      {one("routerequesttoendpoint", map[string]any{"newPath": "/search?@queryParameters('expand')=@headers('Region')"}), "POST https://api.fabrikam.com/v1/search?lines=eu&expand=lines&top=5", [2]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			set, problems := setOf(t, c.policy)
			require.Empty(t, problems)
			req := order()
			require.NoError(t, set.Request("CreateOrder", req, orderEnv))
			assert.Equal(t, c.want, wire(req))
			assert.JSONEq(t, string(order().RawBody), string(req.RawBody))
			if c.header[0] != "" {
				assert.Equal(t, c.header[1], strings.Join(req.Header.Values(c.header[0]), " | "))
			}
			assert.Equal(t, strings.HasPrefix(c.policy.template, "dynamic"), req.HostChanged)
		})
	}
}

func TestPoliciesOfBodies(t *testing.T) {
	for name, c := range map[string]struct {
		policy     instanceText
		body, want string
	}{
		"a property of an object": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body().order", "newPropertySubPathTemplate": "source", "propertyValuePathTemplate": "flow"}),
			`{"order":{"id":1}}`, `{"order":{"id":1,"source":"flow"}}`},
		"a number is a text": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "age", "propertyValuePathTemplate": "30"}), `{}`, `{"age":"30"}`},
		"a property of every item": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body().lines", "newPropertySubPathTemplate": "['@odata.type']", "propertyValuePathTemplate": "fabrikam.line"}),
			`{"lines":[{"sku":"a"},{"sku":"b"},7]}`, `{"lines":[{"sku":"a","@odata.type":"fabrikam.line"},{"sku":"b","@odata.type":"fabrikam.line"},7]}`},
		"a text of properties": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "name", "propertyValuePathTemplate": "{@body().first} {@body().last}"}),
			`{"first":"Dana","last":"Reyes"}`, `{"first":"Dana","last":"Reyes","name":"Dana Reyes"}`},
		"a value keeps its type": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "copy.of", "propertyValuePathTemplate": "{@body()['the.list']}"}),
			`{"the.list":[1,2.50]}`, `{"the.list":[1,2.50],"copy":{"of":[1,2.50]}}`},
		"an object becomes a list": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "body()", "newPropertySubPathTemplate": "gifts", "propertyValuePathTemplate": "[{@body().gifts}]"}),
			`{"gifts":{"amount":5}}`, `{"gifts":[{"amount":5}]}`},
		"a list around values": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "filters", "propertyValuePathTemplate": `[{"rules": [{"values": {@body().filters} }] }]`}),
			`{"filters":["a"]}`, `{"filters":[{"rules":[{"values":["a"]}]}]}`},
		"nothing to set": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "next", "propertyValuePathTemplate": "{@body().more.next}"}), `{"a":1}`, `{"a":1}`},
		"no parent":      {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body().none", "newPropertySubPathTemplate": "a", "propertyValuePathTemplate": "b"}), `{"a":1}`, `{"a":1}`},
		"object to array": {one("convertobjecttoarray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "people", "newPropertyPath": "@body().list", "keyName": "Name", "valueName": "Details"}),
			`{"people":{"XYZ":{"Age":"30"},"ABC":{"Age":"23"}}}`,
			`{"people":{"XYZ":{"Age":"30"},"ABC":{"Age":"23"}},"list":[{"Name":"XYZ","Details":{"Age":"30"}},{"Name":"ABC","Details":{"Age":"23"}}]}`},
		"object to array, in place, in every item": {one("ConvertObjectToArray", map[string]any{"propertyParentPath": "@body().value", "propertySubPath": "assignments", "newPropertyPath": "@item()._assignments", "keyName": "userId", "valueName": "value"}),
			`{"value":[{"assignments":{"u1":{"hint":"!"}}},{"id":2}]}`, `{"value":[{"assignments":{"u1":{"hint":"!"}},"_assignments":[{"userId":"u1","value":{"hint":"!"}}]},{"id":2}]}`},
		"the body itself to array": {one("convertobjecttoarray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "null", "newPropertyPath": "@body()", "keyName": "k", "valueName": "v"}),
			`{"a":1}`, `[{"k":"a","v":1}]`},
		"array to object": {one("convertarraytoobject", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "people", "newPropertyPath": "@body().byName", "keyWithinCollectionPath": "Name"}),
			`{"people":[{"Name":"XYZ","Age":"30"},{"Age":"1"}]}`, `{"people":[{"Name":"XYZ","Age":"30"},{"Age":"1"}],"byName":{"XYZ":{"Name":"XYZ","Age":"30"}}}`},
		"array to object without the key": {one("ConvertArrayToObject", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "people", "newPropertyPath": "@body().people", "keyWithinCollectionPath": "id.no", "retainKey": "false"}),
			`{"people":[{"id":{"no":7},"Age":"30"}]}`, `{"people":{"7":{"id":{},"Age":"30"}}}`},
		"text to array": {one("stringtoarray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "people.XYZ.Age", "delimiterList": ";", "childPropertyName": "AgeW", "newPropertyPath": "@body.people.XYZ.Age"}),
			`{"people":{"XYZ":{"Age":"3;0"},"ABC":{"Age":"23;45"}}}`, `{"people":{"XYZ":{"Age":[{"AgeW":"3"},{"AgeW":"0"}]},"ABC":{"Age":"23;45"}}}`},
		"text to array, several delimiters": {one("StringToArray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "to", "delimiterList": ";,", "childPropertyName": "mail", "newPropertyPath": "@body().to"}),
			`{"to":"a;b,c;"}`, `{"to":[{"mail":"a"},{"mail":"b"},{"mail":"c"}]}`},
		"replace in every item": {one("stringreplace", map[string]any{"propertyParentPath": "@body().links", "propertySubPath": "href", "sourceString": "@", "replacementString": "%40", "newPropertyPath": "@item().href"}),
			`{"links":[{"href":"a@b@c"},{"href":5},{}]}`, `{"links":[{"href":"a%40b%40c"},{"href":5},{}]}`},
		"replace by nothing, elsewhere": {one("StringReplace", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "a", "sourceString": "-", "replacementString": "", "newPropertyPath": "@body().b.c"}),
			`{"a":"1-2-3"}`, `{"a":"1-2-3","b":{"c":"123"}}`},
		"encode": {one("encodepropertyvalue", map[string]any{"propertyParentPath": "@body().users", "propertySubPath": "id", "newPropertyPath": "@item().id"}),
			`{"users":[{"id":"a b/c+d~e.f"}]}`, `{"users":[{"id":"a%20b%2Fc%2Bd~e.f"}]}`},
		"move a property": {one("moveproperties", map[string]any{"srcParentPath": "@body()", "srcSubPath": "custom", "dstParentPath": "@body().extra", "dstSubPath": "null", "copyOnlySubProperties": "false"}),
			`{"custom":{"a":1},"b":2}`, `{"extra":{"custom":{"a":1}},"b":2}`},
		"move and rename": {one("moveproperties", map[string]any{"srcParentPath": "@body().list", "srcSubPath": "a", "dstParentPath": "@item()", "dstSubPath": "b.c"}),
			`{"list":[{"a":1},{"x":2}]}`, `{"list":[{"b":{"c":1}},{"x":2}]}`},
		"move what is in a property": {one("moveproperties", map[string]any{"srcParentPath": "@body()", "srcSubPath": "custom", "dstParentPath": "@body()", "dstSubPath": "null", "copyOnlySubProperties": "true"}),
			`{"custom":{"a":1,"b":2},"b":0}`, `{"a":1,"b":2}`},
		"move into itself": {one("moveproperties", map[string]any{"srcParentPath": "@body().a", "dstParentPath": "@body().a.b.c", "copyOnlySubProperties": "true"}),
			`{"a":{"b":{"c":{"d":1}}}}`, `{"a":{"b":{"c":{"b":{"c":{"d":1}}}}}}`},
		"not an object":  {one("convertobjecttoarray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "a", "newPropertyPath": "@body().a", "keyName": "k", "valueName": "v"}), `{"a":[1]}`, `{"a":[1]}`},
		"not an array":   {one("convertarraytoobject", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "a", "newPropertyPath": "@body().a", "keyWithinCollectionPath": "k"}), `{"a":{}}`, `{"a":{}}`},
		"an index":       {one("stringreplace", map[string]any{"propertyParentPath": "@body().list[1]", "propertySubPath": "['a b'][0]", "sourceString": "x", "replacementString": "y", "newPropertyPath": "@item()['a b'][0]"}), `{"list":[{},{"a b":["x"]}]}`, `{"list":[{},{"a b":["y"]}]}`},
		"large integers": {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "b", "propertyValuePathTemplate": "<c>"}), `{"a":12345678901234567890}`, `{"a":12345678901234567890,"b":"<c>"}`},
	} {
		t.Run(name, func(t *testing.T) {
			set, problems := setOf(t, c.policy)
			require.Empty(t, problems)
			req := order()
			req.RawBody = []byte(c.body)
			require.NoError(t, set.Request("CreateOrder", req, orderEnv))
			assert.Equal(t, compact(t, c.want), compact(t, string(req.RawBody)))

			set, problems = setOf(t, inAnswer(c.policy))
			require.Empty(t, problems)
			resp := &Response{Status: 200, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, RawBody: []byte(c.body)}
			require.NoError(t, set.Response("CreateOrder", order(), resp, orderEnv))
			assert.Equal(t, compact(t, c.want), compact(t, string(resp.RawBody)))
		})
	}
}

// compact orders the members and keeps numbers as they are written.
func compact(t *testing.T, text string) string {
	t.Helper()
	v, ok := decodeJSON([]byte(text))
	require.True(t, ok, text)
	raw, err := encodeJSON(v)
	require.NoError(t, err)
	return string(raw)
}

func TestPoliciesApplyInOrder(t *testing.T) {
	// The way of the assignments of a task from a text to an object by user.
	set, problems := setOf(t,
		one("stringtoarray", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "assignees", "delimiterList": ";", "childPropertyName": "userId", "newPropertyPath": "@body().assignees"}),
		one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body().assignees", "newPropertySubPathTemplate": "hint", "propertyValuePathTemplate": " !"}),
		one("encodepropertyvalue", map[string]any{"propertyParentPath": "@body().assignees", "propertySubPath": "userId", "newPropertyPath": "@item().userId"}),
		one("stringreplace", map[string]any{"propertyParentPath": "@body().assignees", "propertySubPath": "userId", "sourceString": ".", "replacementString": "%2E", "newPropertyPath": "@item().userId"}),
		one("convertarraytoobject", map[string]any{"propertyParentPath": "@body()", "propertySubPath": "assignees", "keyWithinCollectionPath": "userId", "newPropertyPath": "@body().assignees", "retainKey": "false"}))
	require.Empty(t, problems)
	req := order()
	req.RawBody = []byte(`{"assignees":"dana.r@contoso.com;lee"}`)
	require.NoError(t, set.Request("AssignUsers", req, orderEnv))
	assert.JSONEq(t, `{"assignees":{"dana%2Er%40contoso%2Ecom":{"hint":" !"},"lee":{"hint":" !"}}}`, string(req.RawBody))
}

func TestBodiesThatAreNoJSONStay(t *testing.T) {
	set, _ := setOf(t, one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "a", "propertyValuePathTemplate": "b"}))
	for media, body := range map[string]string{"application/x-www-form-urlencoded": "{}", "application/json": "{", "": "{} {}"} {
		req := order()
		req.Header.Set("Content-Type", media)
		req.RawBody = []byte(body)
		require.NoError(t, set.Request("CreateOrder", req, orderEnv))
		assert.Equal(t, body, string(req.RawBody), media)
	}
}

func TestValueFromURL(t *testing.T) {
	set, problems := setOf(t, one("setvaluefromurl", map[string]any{"parameterTemplate": "@headers('If-Match')", "parameterValueUrl": "/shops/{shop}/etag?top=@queryParameters('top')", "parameterValuePathTemplate": "@body()['@odata.etag']", "httpMethod": "GET"}),
		one("SetValueFromUrl", map[string]any{"parameterTemplate": "@queryParameters('access_token')", "parameterValueUrl": "/token", "parameterValuePathTemplate": "@body().access_token", "httpMethod": "POST"}))
	require.Empty(t, problems)
	var asked, secrets []string
	env := Env{Secret: func(s string) { secrets = append(secrets, s) }, Fetch: func(method string, u *url.URL, h http.Header) (int, []byte, error) {
		asked = append(asked, method+" "+u.String()+" "+h.Get("Authorization")+h.Get("Content-Type"))
		return 200, []byte(`{"@odata.etag":"W/1","access_token":"t-0815"}`), nil
	}}
	req := order()
	require.NoError(t, set.Request("CreateOrder", req, env))
	assert.Equal(t, []string{"GET https://api.fabrikam.com/v1/shops/north%20east/etag?top=5 k-4711", "POST https://api.fabrikam.com/v1/token k-4711application/json"}, asked)
	assert.Equal(t, "W/1", req.Header.Get("If-Match"))
	assert.Equal(t, "expand=lines&top=5&access_token=t-0815", req.Query)
	assert.Equal(t, []string{"t-0815"}, secrets)

	req = order()
	require.NoError(t, set.Request("CreateOrder", req, Env{}))
	assert.Equal(t, "{from GET /v1/shops/north east/etag}", req.Header.Get("If-Match"))

	for name, fetch := range map[string]func(string, *url.URL, http.Header) (int, []byte, error){
		"the address is answered 404": func(string, *url.URL, http.Header) (int, []byte, error) { return 404, nil, nil },
		"does not hold the value":     func(string, *url.URL, http.Header) (int, []byte, error) { return 200, []byte(`{"etag":1}`), nil },
		"the connection was refused": func(string, *url.URL, http.Header) (int, []byte, error) {
			return 0, nil, errors.New("the connection was refused")
		},
		"does not hold the value that ": func(string, *url.URL, http.Header) (int, []byte, error) { return 200, []byte(`<html>`), nil },
	} {
		err := set.Request("CreateOrder", order(), Env{Fetch: fetch})
		require.Error(t, err)
		assert.Contains(t, err.Error(), strings.TrimPrefix(name, "the address "))
	}
}
