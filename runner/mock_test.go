package runner

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// prism answers like that mock: by its own words, with examples, and only to the paths of the definition.
func prism(t *testing.T, routes map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.Header().Set("Access-Control-Expose-Headers", "*")
		w.Header().Set("Content-Type", "application/json")
		problem := func(status int, kind, title string) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			assert.NoError(t, json.NewEncoder(w).Encode(map[string]any{"type": mockErrors + kind, "title": title, "status": status}))
		}
		for route, body := range routes {
			method, path, _ := strings.Cut(route, " ")
			prefix, template := strings.CutSuffix(path, "*")
			if r.Method != method || r.URL.Path != path && (!template || !strings.HasPrefix(r.URL.Path, prefix)) {
				continue
			}
			if r.Header.Get("X-Wanted") == "" && strings.Contains(body, "wanted") {
				problem(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "Invalid request")
				return
			}
			_, err := io.WriteString(w, body)
			assert.NoError(t, err)
			return
		}
		problem(http.StatusNotFound, "NO_PATH_MATCHED_ERROR", "Route not resolved, no path matched")
	})
}

func TestMockIsAskedByTheDefinition(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "api.fabrikam.com", "basePath": "/v2", "produces": ["application/json"],
	  "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}],
	  "x-ms-capabilities": {"testConnection": {"operationId": "ListBoards"}},
	  "paths": {
	    "/boards": {"get": {"operationId": "ListBoards", "responses": {"200": {"description": "OK", "schema": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}}}}},
	    "/boards/{boardId}": {
	      "get": {"operationId": "GetBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string", "pattern": "^b[0-9]{3}$"}], "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}},
	      "delete": {"operationId": "DeleteBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "OK"}}}}}}`
	properties := withPolicies("", "routerequesttoendpoint", `"$newPath": "/beta/everything", "$httpMethod": "@Request.OriginalHTTPMethod"`)
	var asked []string
	mock := prism(t, map[string]string{"GET /boards": `[{"id": "string"}]`, "GET /boards/*": `{"id": "string"}`, "DELETE /boards/*": ``})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		mock.ServeHTTP(w, r)
	}))
	defer server.Close()
	result := runWith(t, definition, properties, Options{BaseURL: server.URL, Jobs: 1, Allow: []string{"DELETE"}, Connection: map[string]string{"key": "mock-key-1"}})
	for _, c := range complaints(result) {
		assert.NotContains(t, c, " failed: ")
	}
	assert.Equal(t, finding.Passed, outcomeOf(t, result, "ListBoards").Verdict)
	assert.Equal(t, DefaultCalls, outcomeOf(t, result, "GetBoard").Successes)
	assert.NotContains(t, asked, "/boards/string", "an example is no id where the definition forbids it")
	require.NotEmpty(t, result.Notes)
	assert.Contains(t, strings.Join(result.Notes, "\n"), "the policies of apiProperties.json are not applied")
}

func TestWhatNoRequestCanCarryIsSaid(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "api.fabrikam.com", "paths": {
	  "/cards": {"get": {"operationId": "ListCards", "parameters": [{"name": "Type Card", "in": "header", "required": true, "type": "string"}], "responses": {"200": {"description": "OK"}}}},
	  "/lists": {"get": {"operationId": "ListLists", "parameters": [{"name": "Content-Type", "in": "header", "required": true, "type": "string", "default": "application/json"}], "responses": {"200": {"description": "OK"}}}}}}`
	var content []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		content = append(content, r.Header.Get("Content-Type"))
	}))
	defer server.Close()
	result := runWith(t, definition, "", Options{BaseURL: server.URL, Jobs: 1})
	assert.Empty(t, complaints(result))
	op := outcomeOf(t, result, "ListCards")
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Equal(t, `the header parameter "Type Card" cannot be sent: HTTP allows no such name`, op.Reason)
	assert.Equal(t, DefaultCalls, outcomeOf(t, result, "ListLists").Successes)
	assert.NotContains(t, content, "", "what the definition requires is sent, body or not")
}
