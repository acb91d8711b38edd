package runner

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// memosDefinition lists notes whose points are of type POINTS.
const memosDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Notes", "version": "1.0"}, "host": "notes.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/notes": {
      "get": {"operationId": "ListNotes", "responses": {"200": {"description": "Notes", "schema": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "points": {"type": "POINTS"}}}}}}},
      "post": {"operationId": "CreateNote", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}}], "responses": {"201": {"description": "Note", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}
    },
    "/notes/{id}": {"delete": {"operationId": "DeleteNote", "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Deleted"}}}}
  }
}`

// memosAPI begins empty.
func memosAPI() http.Handler {
	var mu sync.Mutex
	notes, next := map[string]bool{}, 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		answer := answerJSON(w)
		id := strings.TrimPrefix(r.URL.Path, "/notes/")
		switch r.Method {
		case http.MethodGet:
			list := []any{}
			for id := range notes {
				list = append(list, map[string]any{"id": id, "points": 3})
			}
			answer(http.StatusOK, list)
		case http.MethodPost:
			var body map[string]any
			if json.NewDecoder(r.Body).Decode(&body) != nil || !isString(body["title"]) {
				answer(http.StatusBadRequest, map[string]any{"message": "title is required"})
				return
			}
			next++
			notes["n"+strconv.Itoa(next)] = true
			answer(http.StatusCreated, map[string]any{"id": "n" + strconv.Itoa(next)})
		case http.MethodDelete:
			status := http.StatusNoContent
			if !notes[id] {
				status = http.StatusNotFound
			}
			delete(notes, id)
			answer(status, nil)
		}
	})
}

func TestAListThatBeganEmptyIsHeldToTheSchemaOfItsItems(t *testing.T) {
	for declared, want := range map[string]finding.Verdict{"integer": finding.Passed, "string": finding.Failed} {
		result := exerciseAPI(t.Context(), t, strings.Replace(memosDefinition, "POINTS", declared, 1), memosAPI(), Options{})
		require.Len(t, result.Operations, 3)
		list := result.Operations[0]
		assert.Equal(t, want, list.Verdict, "points declared as %s: %s", declared, list.Reason)
		assert.Equal(t, 10, list.Calls)
		if want == finding.Failed {
			assert.Contains(t, list.Reason, "BodyMatchesSchema")
		}
		assert.Empty(t, result.Leftovers)
	}
}
