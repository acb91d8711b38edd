package runner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures/helpdesk"
)

// forms are the ways in which a secret may be written.
func forms(secrets ...string) []string {
	var out []string
	for _, s := range secrets {
		out = append(out, s, url.QueryEscape(s), url.PathEscape(s))
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			out = append(out, e.EncodeToString([]byte(s)))
		}
	}
	return out
}

func TestSecretsAreInNoFile(t *testing.T) {
	const key, password, token, clientSecret = "canary key/81+c2", "canary:pass word&9", "canary.token_7=", "canary-client~5"
	echo := func(w http.ResponseWriter, r *http.Request) {
		// An API that tells all it was given, in every way it can.
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Echo", r.Header.Get("Authorization")+" "+r.URL.RawQuery)
		_, given, _ := r.BasicAuth()
		w.WriteHeader(map[bool]int{true: http.StatusCreated, false: http.StatusOK}[r.Method == http.MethodPost])
		assert.NoError(t, json.NewEncoder(w).Encode(map[string]any{"id": "t" + r.Method, "said": append(forms(given, r.URL.Query().Get("key"), token), r.Header.Get("Authorization"))}))
	}
	for name, scheme := range map[string]string{
		"key":   `{"type": "apiKey", "in": "query", "name": "key"}`,
		"basic": `{"type": "basic"}`,
		"token": `{"type": "oauth2", "flow": "application", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			mux := http.NewServeMux()
			mux.HandleFunc("/things", echo)
			mux.HandleFunc("/last", func(w http.ResponseWriter, r *http.Request) {
				cancel() // so that the journal stays
				echo(w, r)
			})
			mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				assert.NoError(t, json.NewEncoder(w).Encode(map[string]any{"access_token": token}))
			})
			server := httptest.NewServer(mux)
			defer server.Close()
			definition := `{"swagger": "2.0", "host": "api.fabrikam.com", "produces": ["application/json"], "securityDefinitions": {"s": ` + scheme + `}, "security": [{"s": []}], "paths": {
			  "/things": {"get": {"operationId": "ListThings", "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"said": {"type": "string"}}}}}},
			              "post": {"operationId": "CreateThing", "responses": {"201": {"description": "Made", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}},
			  "/last": {"put": {"operationId": "MarkLast", "responses": {"200": {"description": "OK"}}}}}}`
			dir := t.TempDir()
			opts := Options{
				Jobs: 1, Record: filepath.Join(dir, "run.har"), Journal: filepath.Join(dir, "journal.jsonl"), Operations: map[string]OperationOptions{"MarkLast": {Allow: true}},
				Connection: map[string]string{"key": key, "s": key, "username": "dana", "password": password},
			}
			switch name {
			case "token":
				delete(opts.Connection, "s")
				opts.OAuth = &OAuth{Grant: "client_credentials", TokenURL: server.URL + "/token", ClientID: "me", ClientSecret: clientSecret}
			case "basic":
				delete(opts.Connection, "s")
			}
			opts.BaseURL, opts.Allow = server.URL, []string{"POST", "PUT"}
			result, err := Run(ctx, pkgOf(t, definition, ""), opts)
			require.NoError(t, err)
			require.NotEmpty(t, result.Exchanges)
			written, err := json.Marshal(result)
			require.NoError(t, err)
			for _, file := range []string{opts.Record, opts.Journal} {
				content, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Contains(t, string(content), "CreateThing", file)
				written = append(written, content...)
			}
			for _, form := range forms(map[string][]string{"key": {key}, "basic": {password}, "token": {token, clientSecret}}[name]...) {
				assert.NotContains(t, string(written), form)
			}
		})
	}
}

func TestKeyIsInNoReportOfTheSampleAPI(t *testing.T) {
	for _, fault := range []string{"", "key-echoed", "refusal-as-200", "error-page", "redirect-other-host"} {
		var how []helpdesk.Option
		if fault != "" {
			how = append(how, helpdesk.WithFault(fault))
		}
		file := filepath.Join(t.TempDir(), "run.har")
		result := certifyDesk(t, Options{Record: file}, how...)
		written, err := json.Marshal(result)
		require.NoError(t, err)
		recorded, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, form := range forms(helpdesk.DemoKey) {
			assert.NotContains(t, string(written)+string(recorded), form, fault)
		}
	}
}
