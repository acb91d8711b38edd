package runner

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// securedDefinition declares one read with the given security scheme.
func securedDefinition(scheme, security string) string {
	return fmt.Sprintf(`{"swagger": "2.0", "host": "api.fabrikam.com", "produces": ["application/json"], "securityDefinitions": {%s},
	  "paths": {"/things": {"get": {"operationId": "ListThings", "security": %s, "responses": {"200": {"description": "OK"}}}}}}`, scheme, security)
}

func TestCredentialsGoWhereTheDefinitionSays(t *testing.T) {
	const (
		header = `"key": {"type": "apiKey", "in": "header", "name": "X-Key"}`
		query  = `"key": {"type": "apiKey", "in": "query", "name": "api key"}`
		basic  = `"login": {"type": "basic"}`
		oauth  = `"aad": {"type": "oauth2", "flow": "accessCode", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`
	)
	for name, c := range map[string]struct {
		scheme, security string
		opts             Options
		sent             func(*http.Request) string
		want             string
	}{
		"header":                    {header, `[{"key": []}]`, Options{Connection: map[string]string{"KEY": "k-1234"}}, func(r *http.Request) string { return r.Header.Get("X-Key") }, "k-1234"},
		"query":                     {query, `[{"key": []}]`, Options{Connection: map[string]string{"key": "k 12&34"}}, func(r *http.Request) string { return r.URL.Query().Get("api key") }, "k 12&34"},
		"basic":                     {basic, `[{"login": []}]`, Options{Connection: map[string]string{"username": "dana", "password": "pass:word"}}, func(r *http.Request) string { u, p, _ := r.BasicAuth(); return u + " " + p }, "dana pass:word"},
		"bearer":                    {oauth, `[{"aad": []}]`, Options{AccessToken: "t-1234"}, func(r *http.Request) string { return r.Header.Get("Authorization") }, "Bearer t-1234"},
		"the alternative with both": {header + "," + basic, `[{"login": []}, {"key": []}]`, Options{Connection: map[string]string{"key": "k-1234"}}, func(r *http.Request) string { return r.Header.Get("X-Key") + r.Header.Get("Authorization") }, "k-1234"},
		"two together": {header + "," + basic, `[{"login": [], "key": []}]`, Options{Connection: map[string]string{"key": "k-1234", "username": "u", "password": "p"}},
			func(r *http.Request) string { return r.Header.Get("X-Key") + " " + r.Header.Get("Authorization") }, "k-1234 Basic dTpw"},
	} {
		t.Run(name, func(t *testing.T) {
			var good, bad atomic.Int32
			api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if c.sent(r) != c.want {
					bad.Add(1)
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				good.Add(1)
			})
			result := exerciseAPI(t.Context(), t, securedDefinition(c.scheme, c.security), api, c.opts)
			assert.Empty(t, complaints(result))
			assert.Equal(t, finding.Passed, checkOf(result.Operations[0], checkCredentials).Verdict)
			assert.Equal(t, int32(2), bad.Load(), "once without, once with wrong credentials")
			assert.Equal(t, int32(11), good.Load())
		})
	}
}

func TestKeyIsFoundByTheConnectorsOneSecret(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(`"api_auth": {"type": "apiKey", "in": "header", "name": "X-Key"}`, `[{"api_auth": []}]`),
		`{"properties": {"connectionParameters": {"site": {"type": "string"}, "access_token_value": {"type": "securestring"}}}}`)
	a, err := newAuthenticator(pkg, Options{Connection: map[string]string{"site": "west", "access_token_value": "k-1234"}}, &redactor{})
	require.NoError(t, err)
	assert.Equal(t, "k-1234", a.schemes["api_auth"].value)
	a, err = newAuthenticator(pkg, Options{Connection: map[string]string{"site": "west"}}, &redactor{})
	require.NoError(t, err)
	assert.Equal(t, []string{"access_token_value"}, a.schemes["api_auth"].wants)
	assert.Equal(t, "set PRECERT_ACCESS_TOKEN_VALUE in the environment", a.mend(a.schemes["api_auth"].wants))
}

func TestTokenIsFetchedAndRenewed(t *testing.T) {
	var issued atomic.Int32
	var forms []url.Values
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		forms = append(forms, r.Form)
		answer := map[string]any{"access_token": fmt.Sprintf("token-%d", issued.Add(1)), "refresh_token": "refresh-next", "expires_in": 3600}
		w.Header().Set("Content-Type", "application/json")
		assert.NoError(t, json.NewEncoder(w).Encode(answer))
	})
	var served atomic.Int32
	mux.HandleFunc("GET /things", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		// The first token is taken back after four calls.
		if r.Header.Get("Authorization") != "Bearer token-1" && r.Header.Get("Authorization") != "Bearer token-2" || served.Add(1) > 4 && r.Header.Get("Authorization") == "Bearer token-1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	definition := securedDefinition(`"aad": {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {"read": "Read"}}`, `[{"aad": ["read"]}]`)
	opts := Options{BaseURL: server.URL, Jobs: 1, OAuth: &OAuth{Grant: "client_credentials", TokenURL: server.URL + "/token", ClientID: "me", ClientSecret: "canary-secret"}}
	result, err := Run(t.Context(), pkgOf(t, definition, ""), opts)
	require.NoError(t, err)
	assert.Empty(t, complaints(result))
	assert.Empty(t, result.Incomplete)
	require.Len(t, forms, 2)
	assert.Equal(t, "client_credentials", forms[0].Get("grant_type"))
	assert.Equal(t, "canary-secret", forms[0].Get("client_secret"))
	assert.Equal(t, "read", forms[0].Get("scope"))
	assert.Equal(t, "refresh-next", forms[1].Get("refresh_token"))
	all, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(all), "token-1")
	assert.NotContains(t, string(all), "canary-secret")
}

func TestTokenThatCannotBeHadIsOneLine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error": "invalid_client", "error_description": "canary-secret is wrong"}`))
	}))
	defer server.Close()
	source := &tokenSource{url: server.URL, mask: &redactor{}, opts: OAuth{Grant: "client_credentials", ClientSecret: "canary-secret"}}
	source.mask.add("canary-secret")
	s := &session{transport: &http.Transport{DisableKeepAlives: true}, opts: Options{Timeout: time.Second}}
	_, err := source.get(t.Context(), s)
	require.EqualError(t, err, "the token address answered 401: invalid_client *** is wrong")
}

func TestOAuthNeedsWhatItNeeds(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(`"aad": {"type": "oauth2", "flow": "application", "tokenUrl": "{tenant}/token", "scopes": {}}`, `[{"aad": []}]`), "")
	for message, oauth := range map[string]*OAuth{
		"oauth needs tokenUrl":          {Grant: "client_credentials"},
		"the grant \"magic\" is not":    {Grant: "magic", TokenURL: "https://login.fabrikam.com/token"},
		"refresh_token needs a refresh": {Grant: "refresh_token", TokenURL: "https://login.fabrikam.com/token"},
	} {
		_, err := Run(t.Context(), pkg, Options{OAuth: oauth})
		require.ErrorContains(t, err, message)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": time.Second, "3": 3 * time.Second, "0": 0, "0.5": 500 * time.Millisecond, "300": maxPause,
		"Mon, 04 May 2026 10:00:20 GMT": 20 * time.Second, "Mon, 04 May 2026 09:00:00 GMT": 0,
	} {
		pause, odd := retryAfter(http.Header{"Retry-After": {value}}, now, 0)
		assert.Equal(t, want, pause, value)
		assert.Empty(t, odd, value)
	}
	for _, value := range []string{"soon", "-5", "99999999"} {
		pause, odd := retryAfter(http.Header{"Retry-After": {value}}, now, 1)
		assert.Equal(t, 2*time.Second, pause, value)
		assert.Equal(t, value, odd)
	}
	// A clock that is a day behind does not make the pause a day long.
	skewed := http.Header{"Retry-After": {"Sun, 03 May 2026 10:00:20 GMT"}, "Date": {"Sun, 03 May 2026 10:00:00 GMT"}}
	pause, _ := retryAfter(skewed, now, 0)
	assert.Equal(t, 20*time.Second, pause)
}

func TestRedirects(t *testing.T) {
	parse := func(s string) *url.URL {
		u, err := url.Parse(s)
		require.NoError(t, err)
		return u
	}
	for _, c := range []struct {
		from, location string
		foreign        bool
	}{
		{"https://api.fabrikam.com/a", "/b", false},
		{"https://api.fabrikam.com/a", "https://API.fabrikam.com:443/b", false},
		{"http://api.fabrikam.com/a", "https://api.fabrikam.com/a", false},
		{"https://api.fabrikam.com/a", "http://api.fabrikam.com/a", true},
		{"https://api.fabrikam.com/a", "https://files.fabrikam.com/a", true},
		{"https://api.fabrikam.com/a", "https://api.fabrikam.com.evil.example/a", true},
		{"http://127.0.0.1:80/a", "http://127.0.0.1:81/a", true},
		{"https://api.fabrikam.com/a", "//files.fabrikam.com/a", true},
	} {
		m := &message{method: http.MethodPost, url: parse(c.from), header: http.Header{}, body: []byte("{}")}
		next, h, ok := redirected(m, http.StatusFound, c.location)
		require.True(t, ok, c.location)
		assert.Equal(t, c.foreign, h.foreign, "%s to %s", c.from, c.location)
		assert.Equal(t, http.MethodGet, next.method)
		assert.Nil(t, next.body)
	}
	m := &message{method: http.MethodPut, url: parse("https://api.fabrikam.com/a"), header: http.Header{}, body: []byte("{}")}
	next, _, ok := redirected(m, http.StatusTemporaryRedirect, "/b")
	require.True(t, ok)
	assert.Equal(t, http.MethodPut, next.method)
	assert.NotNil(t, next.body)
	for _, bad := range []string{"", "ftp://x/", "%zz", "mailto:a@b.c"} {
		_, _, ok := redirected(m, http.StatusFound, bad)
		assert.False(t, ok, bad)
	}
}

func TestRedactor(t *testing.T) {
	r := &redactor{}
	secret := `p4ss/word+"x" é`
	r.add(secret, "dana:"+secret, "abc")
	for _, leak := range []string{
		"key " + secret, "?k=" + url.QueryEscape(secret), "/" + url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte("dana:" + secret)),
		base64.RawURLEncoding.EncodeToString([]byte(secret)), jsonString(secret),
	} {
		out := r.text(leak)
		assert.Contains(t, out, masked, leak)
		assert.NotContains(t, out, "p4ss", leak)
	}
	assert.Equal(t, "abc", r.text("abc"), "three letters are in every other word")
	long := strings.Repeat("x", shownBody-3) + secret + strings.Repeat("y", 3*shownBody)
	shown, truncated := r.body([]byte(long))
	assert.True(t, truncated)
	assert.NotContains(t, shown, "p4")
	assert.LessOrEqual(t, len(shown), shownBody)
	assert.Equal(t, []finding.Header{{Name: "Authorization", Value: "Bearer ***"}, {Name: "Cookie", Value: "***"}},
		r.headers(http.Header{"Authorization": {"Bearer unknown-token"}, "Cookie": {"session=1"}}))
}

func TestCurl(t *testing.T) {
	u, err := url.Parse("https://api.fabrikam.com/a b?x=1&y='2'")
	require.NoError(t, err)
	m := &message{method: http.MethodPost, url: u, header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic abc"}, "User-Agent": {"precert"}}, body: []byte(`{"a": "it's"}`)}
	assert.Equal(t, `curl -X POST 'https://api.fabrikam.com/a%20b?x=1&y='\''2'\''' -H 'Authorization: Basic ***' -H 'Content-Type: application/json' --data-raw '{"a": "it'\''s"}'`, (&redactor{}).curl(m))
	m.body = []byte{0, 1, 2, 3}
	assert.Contains(t, (&redactor{}).curl(m), "--data-binary @FILE   # 4 bytes of binary data")
}

func TestStreams(t *testing.T) {
	for body, want := range map[string]bool{"{\"a\":1}\n{\"a\":2}\n": true, "data: {}\n\n": true, `{"a":`: false, `{"value":[],"filler":"xxx`: false} {
		assert.Equal(t, want, severalValues([]byte(body)), body)
	}
}
