package runner

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretsAreMaskedInEveryForm(t *testing.T) {
	const secret = `Pa/ss "w<o>rd" & co+Lon:9`
	mask := &redactor{}
	mask.add(secret)
	inJSON, err := json.Marshal(map[string]string{"said": secret})
	require.NoError(t, err)
	twice, err := json.Marshal(string(inJSON))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"as it is":            "key " + secret + ".",
		"in capitals":         strings.ToUpper(secret),
		"in a query":          url.QueryEscape(secret),
		"in a query, lower":   strings.ToLower(url.QueryEscape(secret)),
		"escaped twice":       url.QueryEscape(url.QueryEscape(secret)),
		"in a path":           url.PathEscape(secret),
		"in HTML":             html.EscapeString(secret),
		"in HTML by names":    strings.ReplaceAll(html.EscapeString(secret), "&#34;", "&quot;"),
		"in JSON":             string(inJSON),
		"in JSON within JSON": string(twice),
		"in base64":           base64.StdEncoding.EncodeToString([]byte(secret)),
		"in Basic":            base64.StdEncoding.EncodeToString([]byte("dana:" + secret)),
		"amid base64":         base64.URLEncoding.EncodeToString([]byte(`{"token":"` + secret + `","for":"dana"}`)),
	} {
		shown := mask.text(text)
		assert.Contains(t, shown, masked, name)
		for _, part := range []string{"ss ", "co+Lon", "rd&", "9"} {
			if !strings.Contains(name, "base64") && name != "in Basic" {
				assert.NotContains(t, strings.ToLower(shown), strings.ToLower(part), name)
			}
		}
	}
	assert.Equal(t, "nothing to hide: ünïcode İ", mask.text("nothing to hide: ünïcode İ"))
	assert.Equal(t, "İ *** İ", mask.text("İ "+secret+" İ"))
	assert.NotContains(t, mask.text(hex.EncodeToString([]byte("other"))), masked)
}

func TestShortSecretsAreMaskedWhereTheyStand(t *testing.T) {
	for in, definition := range map[string]string{
		"header": `{"type": "apiKey", "in": "header", "name": "X-Desk-Key"}`,
		"query":  `{"type": "apiKey", "in": "query", "name": "desk key"}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
		file := filepath.Join(t.TempDir(), "run.har")
		result := runWith(t, `{"swagger": "2.0", "host": "api.fabrikam.com", "securityDefinitions": {"k": `+definition+`}, "security": [{"k": []}], "paths": {
		  "/desks": {"get": {"operationId": "ListDesks", "responses": {"200": {"description": "OK"}}}}}}`, "", Options{BaseURL: server.URL, Record: file, Connection: map[string]string{"k": "q7z"}})
		server.Close()
		report, err := json.Marshal(result)
		require.NoError(t, err)
		recorded, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotEmpty(t, result.Exchanges, in)
		assert.NotContains(t, string(report)+string(recorded), "q7z", in)
	}
}

func TestAddressesInErrorsHoldNoPassword(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "api.fabrikam.com", "paths": {"/desks": {"get": {"operationId": "ListDesks", "responses": {"200": {"description": "OK"}}}}}}`
	for _, address := range []string{"https://dana:canary-pass@api.fabrikam.com", "https://dana:canary-pass%zz@api.fabrikam.com", "ftp://dana:canary-pass@api.fabrikam.com"} {
		_, err := Run(t.Context(), pkgOf(t, definition, ""), Options{BaseURL: address})
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	}
}
