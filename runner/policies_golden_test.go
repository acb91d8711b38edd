package runner

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/policy"
	"github.com/precert/precert/runner/schema"
)

// publicCase is what the public page of its templates says of one operation of
// a public connector. What it does not name is not judged.
type publicCase struct {
	Connector, Operation, Templates, Why string
	Connection                           map[string]string
	Values                               map[string]any
	Allow                                bool

	// Request is method and address without query, Host the host alone; a nil
	// header or query parameter must be absent.
	Request, Host  string
	Headers, Query map[string]*string
	Body           map[string]any
	Absent         []string
	// GivenHeaders and SentHeaders are those before and after the policies,
	// without the masks of a dry run.
	GivenHeaders, SentHeaders map[string]string

	// Answer is what the API sends with Status, Shown what the maker sees of it.
	Answer       any
	Status       int
	Shown        any
	ShownHeaders map[string]string
	SignedOut    *bool
	// Events and Next are what the polling policy reads from the answer.
	Events *int
	Next   map[string]string
}

// TestPoliciesOfPublicConnectors holds dry runs and answers against what the
// public page of each template says.
func TestPoliciesOfPublicConnectors(t *testing.T) {
	const corpus = "../../shared/corpus/"
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the collection of public connectors is not on this machine")
	}
	raw, err := os.ReadFile("testdata/public-policies.json")
	require.NoError(t, err)
	var cases []publicCase
	require.NoError(t, json.Unmarshal(raw, &cases))
	connectors, templates := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		connectors[c.Connector] = true
		for name := range strings.FieldsSeq(c.Templates) {
			templates[name] = true
		}
		t.Run(c.Connector[strings.Index(c.Connector, "/")+1:]+" "+c.Operation, func(t *testing.T) {
			dir := corpus + c.Connector
			pkg, err := connector.Load(t.Context(), connector.Source{Path: dir, FS: os.DirFS(dir), Dir: ".", Definition: "apiDefinition.swagger.json"})
			require.NoError(t, err)
			opts := Options{DryRun: true, Allow: []string{"POST", "PUT", "PATCH", "DELETE"}, Connection: c.Connection, CallbackURL: "https://hooks.example.com",
				Operations: map[string]OperationOptions{c.Operation: {Values: c.Values, Allow: c.Allow}}}
			result, err := Run(t.Context(), pkg, opts)
			require.NoError(t, err)
			at := slices.IndexFunc(result.Plan, func(p PlannedRequest) bool { return p.OperationID == c.Operation })
			require.GreaterOrEqual(t, at, 0, c.Operation)
			planned := result.Plan[at]
			require.Empty(t, planned.Missing)
			for name := range strings.FieldsSeq(c.Templates) {
				assert.True(t, slices.ContainsFunc(planned.Policies, func(p string) bool { return strings.HasPrefix(p, name+" ") }), "%s is not among %s", name, planned.Policies)
			}
			c.judgeRequest(t, planned)
			c.judgeAnswer(t, pkg, planned)
		})
	}
	assert.GreaterOrEqual(t, len(connectors), 25)
	assert.Len(t, templates, 16)
}

func (c publicCase) judgeRequest(t *testing.T, p PlannedRequest) {
	t.Helper()
	address, query, _ := strings.Cut(p.URL, "?")
	if c.Request != "" {
		assert.Equal(t, c.Request, p.Method+" "+address)
	}
	if c.Host != "" {
		assert.Contains(t, address, "://"+c.Host+"/")
	}
	for name, want := range c.Headers {
		at := slices.IndexFunc(p.Headers, func(h finding.Header) bool { return strings.EqualFold(h.Name, name) })
		if want == nil {
			assert.Negative(t, at, name)
		} else if assert.GreaterOrEqual(t, at, 0, "%s is not among %v", name, p.Headers) {
			assert.Equal(t, *want, p.Headers[at].Value, name)
		}
	}
	sent, err := url.ParseQuery(query)
	require.NoError(t, err)
	for name, want := range c.Query {
		if want == nil {
			assert.NotContains(t, sent, name)
		} else {
			assert.Equal(t, []string{*want}, sent[name], name)
		}
	}
	if c.Body == nil && c.Absent == nil {
		return
	}
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(p.Body), &body), p.Body)
	for name, want := range c.Body {
		assert.Equal(t, want, body[name], name)
	}
	for _, name := range c.Absent {
		assert.NotContains(t, body, name)
	}
}

func (c publicCase) judgeAnswer(t *testing.T, pkg *connector.Package, p PlannedRequest) {
	t.Helper()
	set, _ := policy.Load(pkg)
	called, err := url.Parse(p.URL)
	require.NoError(t, err)
	req := &policy.Request{Method: p.Method, Base: &url.URL{Scheme: called.Scheme, Host: called.Host}, Path: called.EscapedPath(), Header: http.Header{}, PathParams: map[string]string{}}
	for name, value := range c.GivenHeaders {
		req.Header.Set(name, value)
	}
	raw, err := json.Marshal(c.Answer)
	require.NoError(t, err)
	env := policy.Env{Connection: c.Connection, StandIn: func(string) string { return "" }}
	if c.SentHeaders != nil {
		sent := *req
		sent.Header = req.Header.Clone()
		require.NoError(t, set.Request(c.Operation, &sent, env))
		for name, want := range c.SentHeaders {
			assert.Equal(t, want, sent.Header.Get(name), name)
		}
	}
	resp := &policy.Response{Status: max(c.Status, http.StatusOK), Header: http.Header{"Content-Type": {"application/json"}}, RawBody: raw}
	require.NoError(t, set.Response(c.Operation, req, resp, env))
	if c.Shown != nil {
		want, err := json.Marshal(c.Shown)
		require.NoError(t, err)
		assert.JSONEq(t, string(want), string(resp.RawBody))
	}
	for name, want := range c.ShownHeaders {
		assert.Equal(t, want, resp.Header.Get(name), name)
	}
	if c.SignedOut != nil {
		assert.Equal(t, *c.SignedOut, resp.Unauthenticated)
	}
	if c.Events == nil {
		return
	}
	polling := set.Polling(c.Operation)
	require.NotNil(t, polling)
	body, err := schema.Decode(raw)
	require.NoError(t, err)
	items, ok := polling.Items(body)
	assert.True(t, ok)
	assert.Len(t, items, *c.Events)
	next, err := polling.Next(req, body, env)
	require.NoError(t, err)
	got := map[string]string{}
	for name := range next {
		got[name] = next.Get(name)
	}
	assert.Equal(t, c.Next, got)
}
