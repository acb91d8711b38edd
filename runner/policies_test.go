package runner

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/helpdesk"
)

// withPolicies writes apiProperties.json. parameters is what stands in
// connectionParameters, policies are pairs of a template and its parameters.
func withPolicies(parameters string, policies ...string) string {
	var list []string
	for i := 0; i < len(policies); i += 2 {
		keys := strings.ReplaceAll(policies[i+1], `"$`, `"x-ms-apimTemplateParameter.`)
		list = append(list, fmt.Sprintf(`{"templateId": %q, "title": "Policy %d", "parameters": {%s}}`, policies[i], i/2+1, keys))
	}
	return fmt.Sprintf(`{"properties": {"connectionParameters": {%s}, "policyTemplateInstances": [%s]}}`, parameters, strings.Join(list, ","))
}

// wiretap keeps the requests that an API was sent.
type wiretap struct {
	mu   sync.Mutex
	seen []*http.Request
	api  http.Handler
}

func (r *wiretap) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.seen = append(r.seen, req)
	r.mu.Unlock()
	r.api.ServeHTTP(w, req)
}

func jsonAnswer(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body) // the client may be gone
	})
}

func runWith(t *testing.T, definition, properties string, opts Options) *Result {
	t.Helper()
	result, err := Run(t.Context(), pkgOf(t, definition, properties), opts)
	require.NoError(t, err)
	return result
}

func TestSampleAPISeesThePoliciesOfTheSampleConnector(t *testing.T) {
	api := &wiretap{api: helpdesk.New()}
	server := httptest.NewServer(api)
	defer server.Close()
	opts := Options{BaseURL: server.URL, Calls: 1, Connection: map[string]string{"access_key": helpdesk.DemoKey}, Allow: []string{"POST", "DELETE"}}
	result, err := Run(t.Context(), goodConnector(t), opts)
	require.NoError(t, err)
	assert.Empty(t, complaints(result))
	require.NotEmpty(t, api.seen)
	for _, r := range api.seen {
		assert.Equal(t, "power-platform", r.Header.Get("X-Desk-Client"), "%s %s", r.Method, r.URL)
	}
}

func TestSampleConnectorsNextLinksLeadToTheAPIThatIsCalled(t *testing.T) {
	// The API writes its public address into the links, as many do behind a gateway.
	public := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "desk.tidewell-helpdesk.com"
		helpdesk.New().ServeHTTP(w, r)
	})
	server := httptest.NewServer(public)
	defer server.Close()
	r, err := newRun(goodConnector(t), Options{BaseURL: server.URL, Connection: map[string]string{"access_key": helpdesk.DemoKey}, Values: map[string]any{"limit": 1}})
	require.NoError(t, err)
	defer r.session.closeIdle()
	at := slices.IndexFunc(r.plan.ops, func(o *operation) bool { return o.name == "ListAccounts" })
	e := r.ask(t.Context(), r.plan.ops[at])
	require.True(t, e.ok(), e.fail)
	body, err := e.json()
	require.NoError(t, err)
	link, _ := body.(map[string]any)["nextLink"].(string)
	assert.True(t, strings.HasPrefix(link, server.URL+"/v1/accounts?"), link)
	require.NotNil(t, e.received)
	assert.Contains(t, string(e.received.body), "desk.tidewell-helpdesk.com", "the evidence is what the API sent")
}

// keyedDefinition takes its key in the Authorization header.
const keyedDefinition = `{"swagger": "2.0", "host": "yourhost.fabrikam.com", "basePath": "/api", "produces": ["application/json"],
  "securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "Authorization"}}, "security": [{"api_key": []}],
  "paths": {"/things": {"get": {"operationId": "ListThings", "responses": {"200": {"description": "OK"}}}}}}`

func TestPoliciesWorkOnTheCredentialsOfTheConnection(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "DeepKey k-canary-1" || r.Header.Get("X-License-Key") != "lic-canary-2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, `{"echo": "lic-canary-2"}`) // the client may be gone
	})
	server := httptest.NewServer(api)
	defer server.Close()
	properties := withPolicies(`"api_key": {"type": "securestring"}, "license": {"type": "string"}`,
		"setheader", `"$name": "Authorization", "$value": "DeepKey @headers('Authorization')"`,
		"setheader", `"$name": "X-License-Key", "$value": "@connectionParameters('license')"`)
	opts := Options{BaseURL: server.URL, Connection: map[string]string{"api_key": "k-canary-1", "license": "lic-canary-2"}}
	result := runWith(t, keyedDefinition, properties, opts)
	assert.Empty(t, complaints(result))
	assert.Equal(t, finding.Passed, checkOf(result.Operations[0], checkCredentials).Verdict)
	all, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(all), "canary")
	assert.Contains(t, string(all), `"X-License-Key","value":"***"`)
}

const tasksDefinition = `{"swagger": "2.0", "host": "api.fabrikam.com", "produces": ["application/json"],
  "paths": {"/tasks": {"get": {"operationId": "ListTasks", "responses": {"200": {"description": "Tasks", "schema": {"type": "object", "required": ["users"],
    "properties": {"users": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}, "count": {"type": "integer"}}}}}}}}}`

func TestAnswersAreJudgedAfterTheirPolicies(t *testing.T) {
	server := httptest.NewServer(jsonAnswer(`{"assigned": {"dana": {"hint": "!"}}, "count": 1}`))
	defer server.Close()
	convert := []string{"convertobjecttoarray", `"$propertyParentPath": "@body()", "$propertySubPath": "assigned", "$newPropertyPath": "@body().users", "$keyName": "id", "$valueName": "value", "x-ms-apimTemplate-policySection": "Response"`}
	result := runWith(t, tasksDefinition, withPolicies("", convert...), Options{BaseURL: server.URL})
	assert.Empty(t, complaints(result))
	require.NotEmpty(t, result.Exchanges)
	assert.NotContains(t, result.Exchanges[0].Response.Body, "users", "the evidence is what the API sent")

	broken := append(slices.Clone(convert), "setproperty", `"$newPropertyParentPathTemplate": "@body()", "$newPropertySubPathTemplate": "count", "$propertyValuePathTemplate": "1", "x-ms-apimTemplate-policySection": "Response"`)
	result = runWith(t, tasksDefinition, withPolicies("", broken...), Options{BaseURL: server.URL})
	check := checkOf(result.Operations[0], checkBody)
	assert.Equal(t, finding.Failed, check.Verdict)
	assert.Equal(t, "/count", check.Pointer)
}

func TestBaseURLReplacesTheHostOfPolicies(t *testing.T) {
	host := []string{"dynamichosturl", `"$urlTemplate": "https://@connectionParameters('subdomain').fabrikam.com/rest/v3/"`}
	for path, want := range map[string]string{"": "/rest/v3/things", "/sandbox": "/sandbox/things"} {
		api := &wiretap{api: jsonAnswer(`[]`)}
		server := httptest.NewServer(api)
		result := runWith(t, keyedDefinition, withPolicies(`"subdomain": {"type": "string"}, "api_key": {"type": "securestring"}`, host...),
			Options{BaseURL: server.URL + path, Calls: 1, Connection: map[string]string{"api_key": "k-1234"}})
		server.Close()
		assert.Empty(t, result.Operations[0].Mend)
		require.NotEmpty(t, api.seen)
		assert.Equal(t, want, api.seen[0].URL.Path)
	}
}

// roundTrips answers without a network.
type roundTrips func(*http.Request) (*http.Response, error)

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWithoutBaseURLThePolicysHostIsCalled(t *testing.T) {
	properties := withPolicies(`"subdomain": {"type": "string"}, "api_key": {"type": "securestring"}`,
		"dynamichosturl", `"$urlTemplate": "https://@connectionParameters('subdomain').fabrikam.com/rest/v3/"`)
	var mu sync.Mutex
	called := map[string]bool{}
	opts := Options{Calls: 1, Skip: []string{checkCredentials}, Connection: map[string]string{"subdomain": "west", "api_key": "k-1234"}, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		called[r.URL.String()] = true
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("[]"))}, nil
	})}
	result := runWith(t, keyedDefinition, properties, opts)
	assert.Equal(t, map[string]bool{"https://west.fabrikam.com/rest/v3/things": true}, called)
	assert.Equal(t, "https://west.fabrikam.com/rest/v3", result.BaseURL)

	clear(called)
	opts.Connection = map[string]string{"api_key": "k-1234"}
	result = runWith(t, keyedDefinition, properties, opts)
	assert.Empty(t, called)
	op := result.Operations[0]
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Equal(t, `its policy dynamichosturl (Policy 1) needs the connection value subdomain, and none is given`, op.Reason)
	assert.Equal(t, "set PRECERT_SUBDOMAIN in the environment", op.Mend)
}

func TestNothingGoesToAMadeUpHost(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "api.fabrikam.com", "paths": {"/things": {"get": {"operationId": "ListThings",
	  "parameters": [{"name": "hostName", "in": "query", "required": true, "type": "string", "maxLength": 30}], "responses": {"200": {"description": "OK"}}}}}}`
	properties := withPolicies("", "dynamichosturl", `"$urlTemplate": "https://@queryParameters('hostname')"`)
	var mu sync.Mutex
	hosts := map[string]bool{}
	opts := Options{Calls: 2, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		hosts[r.URL.Host] = true
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	})}
	op := runWith(t, definition, properties, opts).Operations[0]
	assert.Empty(t, hosts)
	assert.Equal(t, "operations: {ListThings: {values: {hostName: …}}}", op.Mend)
	opts.Values = map[string]any{"hostName": "west.fabrikam.com"}
	op = runWith(t, definition, properties, opts).Operations[0]
	assert.Equal(t, finding.Passed, op.Verdict, op.Reason)
	assert.Equal(t, map[string]bool{"west.fabrikam.com": true}, hosts, "faults are not sent either")
}

func TestMethodOfAPolicyNeedsPermission(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "api.fabrikam.com", "paths": {"/envelopes": {"head": {"operationId": "ProbeEnvelopes", "responses": {"200": {"description": "OK"}}}}}}`
	properties := withPolicies("", "routerequesttoendpoint", `"$newPath": "/all", "$httpMethod": "DELETE"`)
	api := &wiretap{api: jsonAnswer("")}
	server := httptest.NewServer(api)
	defer server.Close()
	opts := Options{BaseURL: server.URL, Allow: []string{"DELETE"}}
	op := runWith(t, definition, properties, opts).Operations[0]
	assert.Empty(t, api.seen)
	assert.Equal(t, "a policy sends it as DELETE: it may change what was there before this run", op.Reason)
	assert.Equal(t, "operations: {ProbeEnvelopes: {allow: true}}", op.Mend)
	opts.Operations = map[string]OperationOptions{"ProbeEnvelopes": {Allow: true}}
	runWith(t, definition, properties, opts)
	var sent []string
	for _, r := range api.seen {
		if !strings.HasSuffix(r.URL.Path, "/is-this-a-mock") {
			sent = append(sent, r.Method+" "+r.URL.Path)
		}
	}
	require.NotEmpty(t, sent)
	assert.Equal(t, "DELETE /all", sent[0])
}

func TestDryRunShowsWhatPoliciesChange(t *testing.T) {
	properties := withPolicies(`"api_key": {"type": "securestring"}, "subdomain": {"type": "string"}, "pin": {"type": "securestring"}`,
		"dynamichosturl", `"$urlTemplate": "https://@connectionParameters('subdomain').fabrikam.com"`,
		"setheader", `"$name": "X-Pin", "$value": "pin @connectionParameters('pin')"`,
		"setvaluefromurl", `"$parameterTemplate": "@headers('If-Match')", "$parameterValueUrl": "/etag", "$parameterValuePathTemplate": "@body().etag"`,
		"setheader", `"$name": "A", "$value": "@unheard('x')"`)
	opts := Options{DryRun: true, Connection: map[string]string{"pin": "7"}}
	result := runWith(t, keyedDefinition, properties, opts)
	require.Len(t, result.Plan, 1)
	p := result.Plan[0]
	assert.Equal(t, "https://<subdomain>.fabrikam.com/things", p.URL)
	assert.Equal(t, []string{"dynamichosturl (Policy 1)", "setheader (Policy 2)", "setvaluefromurl (Policy 3)"}, p.Policies)
	assert.Contains(t, p.Headers, finding.Header{Name: "X-Pin", Value: "pin ***"})
	assert.Contains(t, p.Headers, finding.Header{Name: "If-Match", Value: "{from GET /etag}"})
	require.NotNil(t, p.Before)
	assert.NotContains(t, p.Before.Headers, finding.Header{Name: "X-Pin", Value: "pin ***"})
	require.Len(t, result.Notes, 1)
	assert.Regexp(t, `^apiProperties\.json:1: The policy setheader \(Policy 4\) is not applied: unknown expression @unheard\(\)\.`, result.Notes[0])
}

func TestPolicyFetchesAValueFirst(t *testing.T) {
	api := &wiretap{api: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/api/token":
			_, _ = io.WriteString(w, `{"access_token": "token-canary"}`) // the client may be gone
		case r.Header.Get("X-Token") != "token-canary":
			w.WriteHeader(http.StatusUnauthorized)
		}
	})}
	server := httptest.NewServer(api)
	defer server.Close()
	properties := withPolicies(`"api_key": {"type": "securestring"}`,
		"setvaluefromurl", `"$parameterTemplate": "@headers('X-Token')", "$parameterValueUrl": "/token", "$parameterValuePathTemplate": "@body().access_token", "$httpMethod": "POST"`)
	result := runWith(t, keyedDefinition, properties, Options{BaseURL: server.URL, Calls: 2, Skip: []string{checkCredentials}, Connection: map[string]string{"api_key": "k-1234"}})
	assert.Empty(t, complaints(result))
	assert.Equal(t, "POST", api.seen[0].Method)
	all, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(all), "canary")
}

func TestRedirectElsewhereDropsWhatPoliciesSet(t *testing.T) {
	elsewhere := &wiretap{api: jsonAnswer("[]")}
	other := httptest.NewServer(elsewhere)
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL+"/things", http.StatusFound))
	defer server.Close()
	properties := withPolicies(`"api_key": {"type": "securestring"}`, "setheader", `"$name": "X-Own", "$value": "own @connectionParameters('api_key')"`)
	runWith(t, keyedDefinition, properties, Options{BaseURL: server.URL, Calls: 1, Connection: map[string]string{"api_key": "k-canary-1"}})
	require.NotEmpty(t, elsewhere.seen)
	for _, r := range elsewhere.seen {
		assert.Empty(t, r.Header.Get("X-Own"))
		assert.Empty(t, r.Header.Get("Authorization"))
	}
}

func TestPolicyThatMarksTheConnectionAsSignedOut(t *testing.T) {
	for name, c := range map[string]struct {
		marks, refused int
		want           string
	}{
		"at the status of the API": {401, 401, ""},
		"at another status":        {401, 403, "CredentialsRequired warned: a request with wrong credentials is answered 403 Forbidden, but the policy setconnectionstatustounauthenticated marks the connection as signed out at 401"},
		"at success":               {200, 401, "SuccessfulResponse warned: a valid request is answered 200 OK, and the policy"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "k-1234" {
					w.WriteHeader(c.refused)
				}
			}))
			defer server.Close()
			properties := withPolicies(`"api_key": {"type": "securestring"}`, "setconnectionstatustounauthenticated", fmt.Sprintf(`"$statusCode": %d`, c.marks))
			found := strings.Join(complaints(runWith(t, keyedDefinition, properties, Options{BaseURL: server.URL, Calls: 2, Connection: map[string]string{"api_key": "k-1234"}})), "\n")
			if c.want == "" {
				assert.Empty(t, found)
			}
			assert.Contains(t, strings.ReplaceAll(found, ":  ", ": "), c.want)
		})
	}
}

func TestLinksToTheHostOfThePoliciesLeadToTheBaseURL(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "yourhost.fabrikam.com", "produces": ["application/json"], "paths": {"/things": {"get": {"operationId": "ListThings", "x-ms-pageable": {"nextLinkName": "nextLink"},
	  "responses": {"200": {"description": "Things", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"type": "string"}}, "nextLink": {"type": "string"}}}}}}}}}`
	for host, want := range map[string]finding.Verdict{"west.fabrikam.com": finding.Passed, "east.fabrikam.com": finding.Failed} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			answer := `{"value": ["b"]}`
			if r.URL.RawQuery == "" {
				answer = `{"value": ["a"], "nextLink": "https://` + host + `/rest/v3/things?page=2"}`
			}
			_, _ = io.WriteString(w, answer) // the client may be gone
		}))
		result := runWith(t, definition, withPolicies(`"site": {"type": "string"}`, "dynamichosturl", `"$urlTemplate": "https://@connectionParameters('site').fabrikam.com/rest/v3"`),
			Options{BaseURL: server.URL + "/sandbox", Calls: 1, Connection: map[string]string{"site": "west"}})
		server.Close()
		assert.Equal(t, want, checkOf(result.Operations[0], checkPaging).Verdict, host)
	}
}

func TestPolicyAppendsToTheUserAgent(t *testing.T) {
	api := &wiretap{api: jsonAnswer(`[]`)}
	server := httptest.NewServer(api)
	defer server.Close()
	properties := withPolicies(`"api_key": {"type": "securestring"}`, "setheader", `"$name": "User-Agent", "$value": "Contoso/2", "$existsAction": "append"`)
	runWith(t, keyedDefinition, properties, Options{BaseURL: server.URL, Calls: 1, UserAgent: "precert/test", Connection: map[string]string{"api_key": "k-1234"}})
	require.NotEmpty(t, api.seen)
	assert.Equal(t, "precert/test Contoso/2", api.seen[0].Header.Get("User-Agent"))
}
