package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// carelessDefinition deletes by a list in the body, and by a query.
const carelessDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Pins", "version": "1.0"}, "host": "pins.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/pins": {
      "get": {"operationId": "ListPins", "responses": {"200": {"description": "Pins", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pin"}}}}},
      "post": {"operationId": "CreatePin", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}}}}], "responses": {"201": {"description": "Pin", "schema": {"$ref": "#/definitions/Pin"}}}},
      "delete": {"operationId": "DeletePin", "parameters": [{"name": "pinId", "in": "query", "required": true, "type": "string"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/pins/remove": {"post": {"operationId": "RemovePins", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["ids"], "properties": {"ids": {"type": "array", "items": {"type": "string"}}, "reason": {"type": "string"}}}}], "responses": {"204": {"description": "Removed"}}}}
  },
  "definitions": {"Pin": {"type": "object", "properties": {"id": {"type": "string"}, "label": {"type": "string"}}}}
}`

// carelessAPI deletes everything when it is not told what to delete.
type carelessAPI struct {
	mu   sync.Mutex
	pins []string
	next int
}

func (a *carelessAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body) // what is no object leaves it empty
	switch {
	case r.Method == http.MethodGet:
		list := []any{}
		for _, id := range a.pins {
			list = append(list, map[string]any{"id": id, "label": "a pin"})
		}
		answer(http.StatusOK, list)
	case r.URL.Path == "/pins/remove", r.Method == http.MethodDelete:
		ids, _ := body["ids"].([]any)
		if id := r.URL.Query().Get("pinId"); id != "" {
			ids = []any{id}
		}
		a.pins = slices.DeleteFunc(a.pins, func(id string) bool { return len(ids) == 0 || slices.Contains(ids, any(id)) })
		answer(http.StatusNoContent, nil)
	case !isString(body["label"]):
		answer(http.StatusBadRequest, map[string]any{"message": "label is required"})
	default:
		a.next++
		a.pins = append(a.pins, fmt.Sprintf("pin-%d", a.next))
		answer(http.StatusCreated, map[string]any{"id": a.pins[len(a.pins)-1], "label": body["label"]})
	}
}

func TestInvalidInputAlwaysSaysWhichOwnThingIsMeant(t *testing.T) {
	api := &carelessAPI{pins: []string{"pin-old"}}
	for _, op := range exerciseAPI(t.Context(), t, carelessDefinition, api, Options{}).Operations {
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
		assert.GreaterOrEqual(t, op.Successes, 10, op.OperationID)
	}
	assert.Equal(t, []string{"pin-old"}, api.pins)
}

func TestAChangeThatWouldNameNothingIsNotSent(t *testing.T) {
	definition := strings.Replace(carelessDefinition, `"delete": {"operationId": "DeletePin"`, `"patch": {"operationId": "UpdatePins", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"label": {"type": "string"},
      "records": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "label": {"type": "string"}}}}}}}], "responses": {"200": {"description": "Updated"}}},
      "delete": {"operationId": "DeletePin"`, 1)
	api := &carelessAPI{pins: []string{"pin-old"}}
	result := exerciseAPI(t.Context(), t, definition, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NotEqual(t, http.MethodPatch, r.Method, "a body without records may mean all of them")
		api.ServeHTTP(w, r)
	}), Options{})
	i := slices.IndexFunc(result.Operations, func(op finding.Operation) bool { return op.OperationID == "UpdatePins" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, finding.Skipped, result.Operations[i].Verdict)
	assert.Equal(t, "UpdatePins would not say which thing of this run is meant, and might act on others", result.Operations[i].Reason)
}
