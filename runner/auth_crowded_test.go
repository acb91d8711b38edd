package runner

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// crowdedDefinition asks for two schemes at once that both live in the
// Authorization header; the second alternative of AddOrder has a place for each.
const crowdedDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Orders", "version": "1.0"}, "host": "orders.fabrikam.com", "schemes": ["https"], "consumes": ["application/json"], "produces": ["application/json"],
  "securityDefinitions": {
    "hasRole": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://a.fabrikam.com/a", "tokenUrl": "https://a.fabrikam.com/t", "scopes": {"customer": "c"}},
    "registered": {"type": "basic"}, "reseller": {"type": "apiKey", "in": "header", "name": "X-Reseller"}
  },
  "paths": {
    "/orders": {"get": {"operationId": "ListOrders", "security": [{"hasRole": ["customer"], "registered": []}], "responses": {"200": {"description": "Orders", "schema": {"type": "array", "items": {"type": "string"}}}}}},
    "/order": {"get": {"operationId": "GetOrder", "security": [{"hasRole": ["customer"], "registered": []}, {"hasRole": ["customer"], "reseller": []}], "responses": {"200": {"description": "Order", "schema": {"type": "object"}}}}}
  }
}`

func TestSchemesThatWantTheSameHeader(t *testing.T) {
	const token, password, key = "canary-token-77a1", "canary-password-77a1", "canary-key-77a1"
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, given, _ := r.BasicAuth()
		both := given == password && r.URL.Query().Get("access_token") == token
		apart := r.Header.Get("Authorization") == "Bearer "+token && r.Header.Get("X-Reseller") == key
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/orders" && both:
			_, _ = w.Write([]byte(`["o-1"]`)) // the client may be gone
		case r.URL.Path == "/order" && apart:
			_, _ = w.Write([]byte(`{}`)) // the client may be gone
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	result := exerciseAPI(t.Context(), t, crowdedDefinition, api, Options{AccessToken: token, Connection: map[string]string{"username": "ada", "password": password, "reseller": key}})
	for _, id := range []string{"ListOrders", "GetOrder"} {
		assert.Equal(t, 10, outcomeOf(t, result, id).Successes, outcomeOf(t, result, id).Reason)
	}
	shown, err := json.Marshal(result)
	require.NoError(t, err)
	for _, secret := range []string{token, password, key} {
		assert.NotContains(t, string(shown), secret)
	}
}
