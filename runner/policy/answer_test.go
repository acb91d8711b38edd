package policy

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

func TestNextLinkLeadsBackToTheAPI(t *testing.T) {
	own := &url.URL{Scheme: "https", Host: "api.fabrikam.com", Path: "/v1"}
	for name, c := range map[string]struct{ link, want string }{
		"relative to the answer":    {"orders?page=2", "http://127.0.0.1:8080/sandbox/orders?page=2"},
		"relative to the host":      {"/sandbox/orders?page=2", "http://127.0.0.1:8080/sandbox/orders?page=2"},
		"the address that was used": {"http://127.0.0.1:8080/sandbox/orders?page=2", "http://127.0.0.1:8080/sandbox/orders?page=2"},
		"the definition's address":  {"https://API.fabrikam.com/v1/orders?page=2%2F", "http://127.0.0.1:8080/sandbox/orders?page=2%2F"},
		"beside its base path":      {"https://api.fabrikam.com/v10/orders", "http://127.0.0.1:8080/v10/orders"},
		"another host":              {"https://evil.contoso.com/v1/orders", "https://evil.contoso.com/v1/orders"},
		"no address":                {"::", "::"},
		"the end":                   {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			set, problems := setOf(t, one("updatenextlink", map[string]any{"nextLinkPropertyName": "@odata.nextLink", "nextLinkParentPropertyPath": "@body().meta"}))
			require.Empty(t, problems)
			raw, err := json.Marshal(map[string]any{"meta": map[string]any{"@odata.nextLink": c.link}})
			require.NoError(t, err)
			req := &Request{Base: &url.URL{Scheme: "http", Host: "127.0.0.1:8080", Path: "/sandbox"}, Path: "/orders", Header: http.Header{}}
			resp := &Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, RawBody: raw}
			require.NoError(t, set.Response("ListOrders", req, resp, Env{Own: own}))
			var got struct{ Meta map[string]string }
			require.NoError(t, json.Unmarshal(resp.RawBody, &got))
			assert.Equal(t, c.want, got.Meta["@odata.nextLink"])
		})
	}
}

func TestAnswerHeadersAndStatus(t *testing.T) {
	failed := one("setheader", map[string]any{"name": "X-Failed", "value": "yes", "x-ms-apimTemplate-policySection": "Failure"})
	set, problems := setOf(t, inAnswer(one("setheader", map[string]any{"name": "content-type", "value": "application/json"})), failed,
		one("setconnectionstatustounauthenticated", map[string]any{"statusCode": 401}))
	require.Empty(t, problems)
	resp := &Response{Status: 401, Header: http.Header{"Content-Type": {"text/plain"}}}
	require.NoError(t, set.Response("ListOrders", order(), resp, Env{}))
	assert.Equal(t, http.Header{"Content-Type": {"application/json"}}, resp.Header)
	assert.True(t, resp.Unauthenticated)
	resp = &Response{Header: http.Header{}}
	require.NoError(t, set.Response("ListOrders", order(), resp, Env{}))
	assert.Equal(t, http.Header{"X-Failed": {"yes"}}, resp.Header)
	assert.False(t, resp.Unauthenticated)
}

func TestPollingTrigger(t *testing.T) {
	set, problems := setOf(t, one("pollingtrigger", map[string]any{"triggerDataPath": "@triggerBody().data", "x-ms-apimTemplate-operationName": []string{"OnCall"},
		"triggerConfig": map[string]any{"after": "gt @{triggerBody().data[0].created}", "per_page": "1", "zone": "@connectionParameters('tenant')", "x-ms-triggerConfig-nextLink": "next", "": "1"}}))
	require.Empty(t, problems)
	assert.Nil(t, set.Polling("ListCalls"))
	p := set.Polling("OnCall")
	require.NotNil(t, p)
	assert.Equal(t, "next", p.NextLink)
	body, ok := decodeJSON([]byte(`{"data":[{"created":"2026-01-02"},{"created":"2026-01-01"}]}`))
	require.True(t, ok)
	query, err := p.Next(order(), body, orderEnv)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"after": {"gt 2026-01-02"}, "per_page": {"1"}, "zone": {"west"}}, query)
	items, ok := p.Items(body)
	assert.True(t, ok)
	assert.Len(t, items, 2)

	query, err = p.Next(order(), map[string]any{"data": []any{}}, orderEnv)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"per_page": {"1"}, "zone": {"west"}}, query, "nothing is known of the newest")
	_, ok = p.Items(map[string]any{"items": []any{}})
	assert.False(t, ok)
}

func TestMissingValuesAreNamed(t *testing.T) {
	set, problems := setOf(t,
		instanceText{"dynamichosturl", "Host of the tenant", map[string]any{"urlTemplate": "https://@connectionParameters('subdomain').fabrikam.com/@connectionParameters('org')"}},
		one("setheader", map[string]any{"name": "X-Api-Key", "value": "@connectionParameters('key')"}),
		one("setheader", map[string]any{"name": "X-Note", "value": "@connectionParameters('note')@connectionParameters('tenant', 'none')", "x-ms-apimTemplate-operationName": "Other"}))
	require.Empty(t, problems)
	err := set.Request("ListOrders", order(), Env{})
	require.EqualError(t, err, `policy dynamichosturl (Host of the tenant): it needs the connection value "subdomain", and none is given`)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "subdomain", missing.Name)

	names, by := set.Missing("ListOrders", Env{Optional: map[string]bool{"key": true, "subdomain": true}})
	assert.Equal(t, []string{"subdomain", "org"}, names, "a host cannot be empty")
	assert.Equal(t, "dynamichosturl (Host of the tenant)", by)
	names, _ = set.Missing("Other", Env{Connection: map[string]string{"Subdomain": "a", "org": "o"}})
	assert.Equal(t, []string{"key", "note"}, names)
	assert.Equal(t, []string{"key"}, set.Secrets())

	// Where the host is replaced, nobody need say what it would have been.
	base := &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}
	env := Env{Connection: map[string]string{"org": "o 1", "key": "k"}, Rebase: func(u *url.URL) *url.URL {
		u.Scheme, u.Host = base.Scheme, base.Host
		return u
	}}
	names, _ = set.Missing("ListOrders", env)
	assert.Empty(t, names)
	req := order()
	require.NoError(t, set.Request("ListOrders", req, env))
	assert.Equal(t, "POST http://127.0.0.1:8080/o%201/shops/north%20east/orders?expand=lines&top=5", wire(req))
	delete(env.Connection, "org")
	names, _ = set.Missing("ListOrders", env)
	assert.Equal(t, []string{"subdomain", "org"}, names, "the path of the address is needed still")

	env = Env{StandIn: func(name string) string { return "{" + name + "}" }}
	req = order()
	require.NoError(t, set.Request("ListOrders", req, env))
	assert.Equal(t, "<subdomain>.fabrikam.com", req.Base.Host)
	assert.Equal(t, "/{org}", req.Base.Path)
}

func TestUnusablePoliciesAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		policy  instanceText
		message string
	}{
		"template":         {one("setfooter", nil), `The policy setfooter is not applied: there is no template "setfooter".`},
		"no template":      {instanceText{title: "Mine"}, `The policy "Mine" is not applied: it has no templateId.`},
		"expression":       {one("setheader", map[string]any{"name": "A", "value": "@queryParamters('a')"}), "unknown expression @queryParamters()"},
		"key":              {one("setheader", map[string]any{"name": "A"}), "it lacks x-ms-apimTemplateParameter.value"},
		"quote":            {one("setheader", map[string]any{"name": "A", "value": "@headers('a)"}), "a quote is not closed"},
		"brace":            {one("setheader", map[string]any{"name": "A", "value": "@{headers('a')"}), "lacks its closing brace"},
		"bracket":          {one("setheader", map[string]any{"name": "A", "value": "@headers('a'"}), "the bracket is not closed"},
		"existsAction":     {one("setheader", map[string]any{"name": "A", "value": "b", "existsAction": "delete"}), `existsAction is "delete", not override, skip or append`},
		"section":          {one("setheader", map[string]any{"name": "A", "value": "b", "x-ms-apimTemplate-policySection": "Sometimes"}), "not Request, Response or Failure"},
		"operations":       {one("setheader", map[string]any{"name": "A", "value": "b", "x-ms-apimTemplate-operationName": 5}), "no list of operation ids"},
		"path":             {one("convertobjecttoarray", map[string]any{"propertyParentPath": "people", "newPropertyPath": "@body()", "keyName": "k", "valueName": "v"}), `"people" is no path`},
		"path, end":        {one("convertobjecttoarray", map[string]any{"propertyParentPath": "@body()x", "newPropertyPath": "@body()", "keyName": "k", "valueName": "v"}), "nothing is expected at"},
		"method":           {one("routerequesttoendpoint", map[string]any{"newPath": "/a", "httpMethod": "FETCH"}), `httpMethod is "FETCH"`},
		"status":           {one("setconnectionstatustounauthenticated", map[string]any{"statusCode": "no"}), "statusCode is no HTTP status"},
		"another host":     {one("setvaluefromurl", map[string]any{"parameterTemplate": "@headers('A')", "parameterValueUrl": "https://evil.contoso.com/a", "parameterValuePathTemplate": "@body().a"}), "no path on the API's own host"},
		"no parameter":     {one("setvaluefromurl", map[string]any{"parameterTemplate": "A", "parameterValueUrl": "/a", "parameterValuePathTemplate": "@body().a"}), "neither @headers('name') nor @queryParameters('name')"},
		"trigger config":   {one("pollingtrigger", map[string]any{"triggerDataPath": "@triggerBody()", "triggerConfig": "a"}), "triggerConfig is no object"},
		"nothing to set":   {one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "null", "propertyValuePathTemplate": "a"}), "names no property"},
		"nothing to find":  {one("stringreplace", map[string]any{"propertyParentPath": "@body()", "newPropertyPath": "@body()", "sourceString": "", "replacementString": "a"}), "sourceString is empty"},
		"an odd parameter": {one("setheader", map[string]any{"name": "A", "value": []string{"b"}}), "value is not a text"},
	} {
		t.Run(name, func(t *testing.T) {
			good := one("setheader", map[string]any{"name": "X-Good", "value": "yes"})
			set, problems := setOf(t, good, c.policy)
			require.Len(t, problems, 1)
			assert.Contains(t, problems[0].Message, c.message)
			assert.Greater(t, problems[0].Line, 8)
			assert.True(t, strings.HasPrefix(problems[0].Pointer, "/properties/policyTemplateInstances/1"), problems[0].Pointer)
			assert.Equal(t, []string{"setheader"}, set.Names("Any"))
		})
	}
}

func TestRequestsThatCannotBeWritten(t *testing.T) {
	for name, c := range map[string]struct {
		policy  instanceText
		message string
	}{
		"a line break in a header": {one("setheader", map[string]any{"name": "A", "value": "@connectionParameters('evil')"}), "holds a line break"},
		"no name":                  {one("setheader", map[string]any{"name": "a b", "value": "c"}), "is no name of a header"},
		"an address in a host":     {one("dynamichosturl", map[string]any{"urlTemplate": "https://@connectionParameters('siteUrl')/v1"}), "gives no usable address"},
		"a user in an address":     {one("dynamichosturl", map[string]any{"urlTemplate": "https://api.fabrikam.com@evil.contoso.com"}), "gives no usable address"},
		"no address":               {one("dynamichosturl", map[string]any{"urlTemplate": "file:///etc"}), "gives no usable address"},
		"no header":                {one("dynamichosturl", map[string]any{"urlTemplate": "https://@headers('Host-Url')"}), `it needs the header "Host-Url"`},
		"no parameter":             {one("routerequesttoendpoint", map[string]any{"newPath": "/a/{id}"}), "its path names {id}"},
	} {
		t.Run(name, func(t *testing.T) {
			set, problems := setOf(t, c.policy)
			require.Empty(t, problems)
			env := Env{Connection: map[string]string{"evil": "a\r\nHost: b", "siteUrl": "https://shop.contoso.com"}}
			err := set.Request("CreateOrder", order(), env)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.message)
		})
	}
}

func TestBodiesCannotGrowWithoutEnd(t *testing.T) {
	var all []instanceText
	for range 40 {
		all = append(all, one("setproperty", map[string]any{"newPropertyParentPathTemplate": "@body()", "newPropertySubPathTemplate": "a", "propertyValuePathTemplate": "[{@body()},{@body()}]"}))
	}
	set, problems := setOf(t, all...)
	require.Empty(t, problems)
	err := set.Request("CreateOrder", order(), Env{})
	require.Error(t, err)
}

func TestNoPolicies(t *testing.T) {
	set, problems := Load(&connector.Package{})
	assert.Empty(t, problems)
	assert.True(t, set.Empty())
	var none *Set
	req := order()
	require.NoError(t, none.Request("CreateOrder", req, Env{}))
	assert.Equal(t, order(), req)
	assert.False(t, none.Covers("CreateOrder", true))
}
