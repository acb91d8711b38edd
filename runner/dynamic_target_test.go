package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// pickedDefinition lets makers pick the thing to change or delete from a list, as most connectors do.
const pickedDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Chores", "version": "1.0"}, "host": "chores.fabrikam.com", "schemes": ["https"], "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/chores": {
      "get": {"operationId": "ListChores", "responses": {"200": {"description": "Chores", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"type": "object", "properties": {"choreId": {"type": "string"}, "title": {"type": "string"}}}}}}}}},
      "post": {"operationId": "CreateChore", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}}],
        "responses": {"201": {"description": "Chore", "schema": {"type": "object", "properties": {"choreId": {"type": "string"}, "title": {"type": "string"}}}}}}
    },
    "/chores/{id}": {
      "patch": {"operationId": "UpdateChore", "parameters": [
        {"name": "id", "in": "path", "required": true, "type": "string", "x-ms-dynamic-values": {"operationId": "ListChores", "value-collection": "value", "value-path": "choreId", "value-title": "title"}},
        {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"title": {"type": "string"}}}}], "responses": {"200": {"description": "Chore", "schema": {"type": "object"}}}},
      "delete": {"operationId": "DeleteChore", "parameters": [
        {"name": "id", "in": "path", "required": true, "type": "string", "x-ms-dynamic-list": {"operationId": "ListChores", "itemsPath": "value", "itemValuePath": "choreId", "itemTitlePath": "title"}}],
        "responses": {"204": {"description": "Gone"}}}
    }
  }
}`

func TestWhatIsPickedFromAListIsWhatTheRunCreated(t *testing.T) {
	var mu sync.Mutex
	chores, touched := map[string]string{"c-0": "was there before"}, map[string]bool{}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var body struct{ Title *string }
		if r.Method != http.MethodGet && r.Method != http.MethodDelete && (json.NewDecoder(r.Body).Decode(&body) != nil || body.Title == nil && r.Method == http.MethodPost) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		id := strings.TrimPrefix(r.URL.Path, "/chores/")
		answer := func(status int, v any) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(v) // the client may be gone
		}
		switch {
		case r.URL.Path == "/chores" && r.Method == http.MethodGet:
			list := []map[string]string{}
			for id, title := range chores {
				list = append(list, map[string]string{"choreId": id, "title": title})
			}
			answer(http.StatusOK, map[string]any{"value": list})
		case r.URL.Path == "/chores":
			id = fmt.Sprintf("c-%d", len(touched)+len(chores)+1000)
			chores[id], touched[id] = *body.Title, false
			answer(http.StatusCreated, map[string]string{"choreId": id, "title": *body.Title})
		case chores[id] == "":
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodDelete:
			touched[id] = true
			delete(chores, id)
			w.WriteHeader(http.StatusNoContent)
		default:
			touched[id] = true
			answer(http.StatusOK, map[string]string{})
		}
	})
	result := exerciseAPI(t.Context(), t, pickedDefinition, api, Options{})
	for _, id := range []string{"UpdateChore", "DeleteChore"} {
		assert.Equal(t, finding.Passed, outcomeOf(t, result, id).Verdict, outcomeOf(t, result, id).Reason)
	}
	require.Empty(t, result.Leftovers)
	assert.Equal(t, map[string]string{"c-0": "was there before"}, chores)
	assert.NotContains(t, touched, "c-0")
}
