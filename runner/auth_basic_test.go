package runner

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server that knows clients by HTTP Basic only is met there: after the form,
// with id and secret form-encoded or, where that is refused, as they are.
func TestClientSignsInByBasicWhereTheFormIsRefused(t *testing.T) {
	const secret = "canary+secret/9=%"
	for _, c := range []struct {
		name    string
		refusal int
		body    string
		decodes bool
		asked   int32
	}{
		{"form-encoded, after invalid_client", http.StatusUnauthorized, `{"error": "invalid_client"}`, true, 2},
		{"as it is, after a 400 that asks for the header", http.StatusBadRequest, `{"error": "invalid_request", "error_description": "Missing Authorization header"}`, false, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked, inForm atomic.Int32
			mux := http.NewServeMux()
			mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				w.Header().Set("Content-Type", "application/json")
				id, given, ok := r.BasicAuth()
				if c.decodes {
					id, _ = url.QueryUnescape(id)       // what cannot be decoded is nobody's
					given, _ = url.QueryUnescape(given) // likewise
				}
				if !ok || id != "me" || given != secret {
					w.WriteHeader(c.refusal)
					_, _ = w.Write([]byte(c.body)) // the client may be gone
					return
				}
				if r.FormValue("client_secret") != "" || r.FormValue("grant_type") != "client_credentials" {
					inForm.Add(1)
				}
				_, _ = w.Write([]byte(`{"access_token": "canary-token", "expires_in": 1}`)) // likewise
			})
			mux.HandleFunc("GET /things", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.Header.Get("Authorization") != "Bearer canary-token" {
					w.WriteHeader(http.StatusUnauthorized)
				}
			})
			server := httptest.NewServer(mux)
			defer server.Close()
			definition := securedDefinition(`"own": {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`, `[{"own": []}]`)
			opts := Options{BaseURL: server.URL, Calls: 1, Jobs: 1, OAuth: &OAuth{Grant: "client_credentials", TokenURL: server.URL + "/token", ClientID: "me", ClientSecret: secret}}
			result, err := Run(t.Context(), pkgOf(t, definition, ""), opts)
			require.NoError(t, err)
			assert.Empty(t, complaints(result))
			assert.Positive(t, result.Operations[0].Successes)
			assert.GreaterOrEqual(t, asked.Load(), c.asked)
			assert.Zero(t, inForm.Load(), "the secret is sent in one place only")
			all, err := json.Marshal(result)
			require.NoError(t, err)
			for _, canary := range []string{"canary-token", "canary+secret", url.QueryEscape(secret)} {
				assert.NotContains(t, string(all), canary)
			}
		})
	}
}
