package runner

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unsecuredDefinition leaves the signing in to apiProperties.json, as older connectors do.
const unsecuredDefinition = `{"swagger": "2.0", "info": {"title": "Fabrikam Notes", "version": "1.0"}, "host": "notes.fabrikam.com", "schemes": ["https"],
  "produces": ["application/json"], "paths": {"/notes": {"get": {"operationId": "ListNotes", "responses": {"200": {"description": "Notes", "schema": {"type": "array", "items": {"type": "string"}}}}}}}}`

const tokenProperties = `{"properties": {"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "aad", "clientId": "11112222",
  "customParameters": {"resourceUri": {"value": "https://notes.fabrikam.com"}}}}}}}`

func TestConnectionThatSignsInWithoutDeclaredSecurity(t *testing.T) {
	const token = "canary-token-91c4"
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`["n-1"]`)) // the client may be gone
	})
	pkg := pkgOf(t, unsecuredDefinition, tokenProperties)
	result := exercisePackage(t.Context(), t, pkg, api, Options{AccessToken: token})
	assert.Equal(t, "passed", string(outcomeOf(t, result, "ListNotes").Verdict), outcomeOf(t, result, "ListNotes").Reason)

	missing := exercisePackage(t.Context(), t, pkg, api, Options{})
	outcome := outcomeOf(t, missing, "ListNotes")
	assert.Contains(t, outcome.Reason, "it needs credentials, and none are given")
	assert.Contains(t, outcome.Mend, "PRECERT_ACCESS_TOKEN")

	wrong := exercisePackage(t.Context(), t, pkg, api, Options{AccessToken: "canary-expired-91c4"})
	assert.Contains(t, wrong.Incomplete, "the API refuses the credentials given")
}

// bothDefinition asks for two schemes at once, each of which one set of parameters serves.
const (
	bothSecurity = `"login-way": {"type": "basic"}, "key-way": {"type": "apiKey", "in": "header", "name": "X-App"}`
	bothSets     = `{"properties": {"connectionParameterSets": {"values": [
	  {"name": "key-way", "parameters": {"api_key": {"type": "securestring"}, "region": {"type": "string"}}},
	  {"name": "login-way", "parameters": {"username": {"type": "string"}, "password": {"type": "securestring"}, "region": {"type": "string"}}}]}}}`
)

func TestSetTakesTheSchemesOfItsOwn(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(bothSecurity, `[{"login-way": [], "key-way": []}]`), bothSets)
	for _, test := range []struct {
		set        string
		connection map[string]string
		want       string
	}{
		{"", map[string]string{"api_key": "key-1234", "region": "eu"}, "key-way"},
		{"key-way", map[string]string{"api_key": "key-1234"}, "key-way"},
		{"", map[string]string{"username": "dana", "password": "secret-1234", "region": "eu"}, "login-way"},
		{"login-way", map[string]string{"username": "dana", "password": "secret-1234", "api_key": "key-1234"}, "login-way"},
	} {
		a, err := newAuthenticator(pkg, Options{ConnectionSet: test.set, Connection: test.connection}, &redactor{})
		require.NoError(t, err)
		schemes, missing := a.requirement(newOperations(pkg.Definition, Options{})[0])
		assert.Empty(t, missing)
		require.Len(t, schemes, 1, test.connection)
		assert.Equal(t, test.want, schemes[0].name)
	}
}

func TestLoginIsFoundAmongTheConnectionParameters(t *testing.T) {
	for properties, want := range map[string][]string{
		`"username": {"type": "securestring"}, "password": {"type": "securestring"}, "site": {"type": "string"}`: {"username", "password"},
		`"site": {"type": "string"}, "userName": {"type": "string"}, "password": {"type": "securestring"}`:       {"userName", "password"},
		`"login_name": {"type": "string"}, "login_secret": {"type": "securestring"}`:                             {"login_name", "login_secret"},
		`"account": {"type": "string"}, "api_key": {"type": "securestring"}`:                                     {"account", "api_key"},
		`"username": {"type": "securestring"}`:                                                                   {"username", "password"},
	} {
		pkg := pkgOf(t, securedDefinition(`"login": {"type": "basic"}`, `[{"login": []}]`), `{"properties": {"connectionParameters": {`+properties+`}}}`)
		assert.Equal(t, want, loginNames(connectionParameters(pkg, nil)), properties)
	}
	pkg := pkgOf(t, securedDefinition(`"login": {"type": "basic"}`, `[{"login": []}]`), `{"properties": {"connectionParameters": {
	  "username": {"type": "securestring"}, "password": {"type": "securestring"}, "site": {"type": "string"}}}}`)
	var user, password string
	api := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { user, password, _ = r.BasicAuth() })
	exercisePackage(t.Context(), t, pkg, api, Options{Calls: 1, Jobs: 1, Only: []string{"ListThings", "SuccessfulResponse"}, Connection: map[string]string{"username": "dana", "password": "secret-1234", "site": "https://dana.fabrikam.com"}})
	assert.Equal(t, []string{"dana", "secret-1234"}, []string{user, password})
}

func TestSchemeThatNoOperationAsksForIsSent(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(`"key": {"type": "apiKey", "in": "query", "name": "apikey"}`, `[]`), `{"properties": {"connectionParameters": {
	  "api_key": {"type": "securestring"}, "site": {"type": "string"}}}}`)
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("apikey") != "canary-key-3f70" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	result := exercisePackage(t.Context(), t, pkg, api, Options{Connection: map[string]string{"api_key": "canary-key-3f70", "site": "eu"}})
	assert.Equal(t, 10, outcomeOf(t, result, "ListThings").Successes, outcomeOf(t, result, "ListThings").Reason)
	missing := exercisePackage(t.Context(), t, pkg, api, Options{})
	assert.Equal(t, "set PRECERT_API_KEY in the environment", outcomeOf(t, missing, "ListThings").Mend)
}

func TestTokenThatCannotBeGotIsNotTheFaultOfTheAPI(t *testing.T) {
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error": "invalid_client"}`)) // the client may be gone
	}))
	defer login.Close()
	called := false
	api := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })
	pkg := pkgOf(t, securedDefinition(`"sso": {"type": "oauth2", "flow": "accessCode", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`, `[{"sso": []}]`), "")
	result := exercisePackage(t.Context(), t, pkg, api, Options{OAuth: &OAuth{Grant: "client_credentials", TokenURL: login.URL, ClientID: "a", ClientSecret: "canary-secret-5b1e"}})
	assert.Equal(t, "no access token: the token address answered 401: invalid_client: check oauth in precert.yaml, or give a token in PRECERT_ACCESS_TOKEN", result.Incomplete)
	assert.False(t, called)
}
