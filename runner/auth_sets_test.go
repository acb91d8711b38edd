package runner

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	multiAuth = `"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "login": {"type": "basic"},
	  "aad": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://login.fabrikam.com/a", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`
	multiSets = `{"properties": {"connectionParameterSets": {"uiDefinition": {"displayName": "Sign-in"}, "values": [
	  {"name": "basic-auth", "parameters": {"login_name": {"type": "string"}, "login_secret": {"type": "securestring"}}},
	  {"name": "api-key", "parameters": {"fabrikam_key": {"type": "securestring"}}},
	  {"name": "entra", "parameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "aad", "clientId": "11112222-aaaa",
	    "customParameters": {"loginUri": {"value": "https://login.windows.net"}, "tenantId": {"value": "common"}, "resourceUri": {"value": "https://api.fabrikam.com/"}}}}}}]}}}`
)

func TestConnectionSetPicksTheWayToSignIn(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(multiAuth, `[{"aad": []}, {"key": []}, {"login": []}]`), multiSets)
	opts := Options{AccessToken: "token-1234", Connection: map[string]string{"fabrikam_key": "key-1234", "login_name": "dana", "login_secret": "secret-1234"}}
	for set, want := range map[string][]string{"basic-auth": {"key", "login"}, "API-Key": {"key", "login"}, "entra": {"aad"}} {
		opts.ConnectionSet = set
		a, err := newAuthenticator(pkg, opts, &redactor{})
		require.NoError(t, err)
		var have []string
		for _, name := range sortedKeys(a.schemes) {
			if a.schemes[name].have {
				have = append(have, name)
			}
		}
		assert.Subset(t, want, have, set)
		assert.NotEmpty(t, have, set)
	}
	opts.ConnectionSet = "api-key"
	a, err := newAuthenticator(pkg, opts, &redactor{})
	require.NoError(t, err)
	assert.Equal(t, "key-1234", a.schemes["key"].value)

	opts.ConnectionSet = "magic"
	_, err = newAuthenticator(pkg, opts, &redactor{})
	require.EqualError(t, err, `the connector has no set of connection parameters "magic": choose basic-auth, api-key, entra`)
	_, err = newAuthenticator(pkgOf(t, notesDefinition, ""), opts, &redactor{})
	require.ErrorContains(t, err, "has no sets of connection parameters")
	assert.Equal(t, []string{"basic-auth", "api-key", "entra"}, ConnectionSets(pkg))
}

func TestEntraIDIsReadFromTheProperties(t *testing.T) {
	pkg := pkgOf(t, securedDefinition(multiAuth, `[{"aad": []}]`), multiSets)
	set, err := connectionSet(pkg, "entra")
	require.NoError(t, err)
	settings := oauthSettings(pkg, set)
	o := OAuth{Grant: "client_credentials"}.entraID(settings)
	assert.Equal(t, OAuth{
		Grant: "client_credentials", ClientID: "11112222-aaaa", Scopes: []string{"https://api.fabrikam.com/.default"},
		TokenURL:  "https://login.microsoftonline.com/common/oauth2/v2.0/token",
		DeviceURL: "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode",
	}, o)
	given := OAuth{Tenant: "fabrikam.com", TokenURL: "https://own.fabrikam.com/t", ClientID: "mine", Scopes: []string{"read"}}.entraID(settings)
	assert.Equal(t, "https://own.fabrikam.com/t", given.TokenURL)
	assert.Equal(t, "https://login.microsoftonline.com/fabrikam.com/oauth2/v2.0/devicecode", given.DeviceURL)
	assert.Equal(t, "mine", given.ClientID)
	assert.Equal(t, []string{"read"}, given.Scopes)
	assert.Equal(t, OAuth{Grant: "password"}, OAuth{Grant: "password"}.entraID(nil))
}

func TestDeviceCodeAsksAPerson(t *testing.T) {
	var polls atomic.Int32
	answer := func(w http.ResponseWriter, status int, v map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		assert.NoError(t, json.NewEncoder(w).Encode(v))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /device", func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "me", r.FormValue("client_id"))
		answer(w, http.StatusOK, map[string]any{"device_code": "canary-device", "user_code": "ABCD-EFGH", "verification_uri": "https://login.fabrikam.com/device", "expires_in": 600, "interval": 5})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "canary-device", r.FormValue("device_code"))
		switch polls.Add(1) {
		case 1:
			answer(w, http.StatusBadRequest, map[string]any{"error": "authorization_pending"})
		case 2:
			answer(w, http.StatusBadRequest, map[string]any{"error": "slow_down"})
		default:
			answer(w, http.StatusOK, map[string]any{"access_token": "canary-token", "expires_in": 3600})
		}
	})
	mux.HandleFunc("GET /things", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer canary-token" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	definition := securedDefinition(`"aad": {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {}}`, `[{"aad": []}]`)
	var said []string
	opts := Options{
		BaseURL: server.URL, Jobs: 1, Prompt: func(text string) { said = append(said, text) },
		OAuth: &OAuth{Grant: "device_code", TokenURL: server.URL + "/token", DeviceURL: server.URL + "/device", ClientID: "me"},
	}
	result := exerciseAPI(t.Context(), t, definition, mux, opts)
	assert.Empty(t, complaints(result))
	assert.Equal(t, []string{"sign in at https://login.fabrikam.com/device with the code ABCD-EFGH"}, said)
	assert.Equal(t, int32(3), polls.Load())
	all, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(all), "canary")

	opts.OAuth = &OAuth{Grant: "device_code", TokenURL: server.URL + "/token"}
	_, err = Run(t.Context(), pkgOf(t, definition, ""), opts)
	require.ErrorContains(t, err, "needs deviceUrl")
}
