package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// signingDefinition is a signing service: drafts are sent and then no longer take
// or lose signers, and the account has at most one callback.
const signingDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Signing", "version": "1.0"}, "host": "signing.fabrikam.com", "schemes": ["https"], "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/callback": {
      "get": {"operationId": "GetCallback", "responses": {"200": {"description": "Callback", "schema": {"$ref": "#/definitions/Callback"}}}},
      "post": {"operationId": "RegisterCallback", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["address"], "properties": {"address": {"type": "string", "format": "uri"}}}}], "responses": {"201": {"description": "Callback", "schema": {"$ref": "#/definitions/Callback"}}}},
      "delete": {"operationId": "DeleteCallback", "responses": {"204": {"description": "Deleted"}}}
    },
    "/drafts": {
      "get": {"operationId": "ListDrafts", "responses": {"200": {"description": "Drafts", "schema": {"type": "array", "items": {"$ref": "#/definitions/Draft"}}}}},
      "post": {"operationId": "CreateDraft", "parameters": [{"$ref": "#/parameters/named"}], "responses": {"201": {"description": "Draft", "schema": {"$ref": "#/definitions/Draft"}}}}
    },
    "/drafts/{draftId}": {
      "get": {"operationId": "GetDraft", "parameters": [{"$ref": "#/parameters/draft"}], "responses": {"200": {"description": "Draft", "schema": {"$ref": "#/definitions/Draft"}}}},
      "delete": {"operationId": "DeleteDraft", "parameters": [{"$ref": "#/parameters/draft"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/drafts/{draftId}/send": {"post": {"operationId": "SendDraft", "parameters": [{"$ref": "#/parameters/draft"}], "responses": {"200": {"description": "Draft", "schema": {"$ref": "#/definitions/Draft"}}}}},
    "/drafts/{draftId}/signers": {"post": {"operationId": "AddSigner", "parameters": [{"$ref": "#/parameters/draft"}, {"$ref": "#/parameters/named"}], "responses": {"201": {"description": "Signer", "schema": {"$ref": "#/definitions/Signer"}}}}},
    "/drafts/{draftId}/signers/{signerId}": {"delete": {"operationId": "RemoveSigner", "parameters": [{"$ref": "#/parameters/draft"}, {"name": "signerId", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Removed"}}}}
  },
  "parameters": {
    "draft": {"name": "draftId", "in": "path", "required": true, "type": "string"},
    "named": {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}
  },
  "definitions": {
    "Callback": {"type": "object", "required": ["callbackId", "address"], "properties": {"callbackId": {"type": "string"}, "address": {"type": "string"}, "events": {"type": "array", "items": {"type": "string"}}}},
    "Draft": {"type": "object", "required": ["draftId", "status"], "properties": {"draftId": {"type": "string"}, "name": {"type": "string"}, "status": {"type": "string"}}},
    "Signer": {"type": "object", "required": ["signerId", "name"], "properties": {"signerId": {"type": "string"}, "name": {"type": "string"}}}
  }
}`

// signingAPI serves signingDefinition.
type signingAPI struct {
	mu       sync.Mutex
	callback map[string]any
	drafts   map[string]map[string]any
	signers  map[string]string
	next     int
	removed  []any
}

func (a *signingAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) { answer(status, map[string]any{"message": text}) }
	var body struct{ Name, Address *string }
	if r.ContentLength > 0 && json.NewDecoder(r.Body).Decode(&body) != nil {
		fail(http.StatusBadRequest, "not the JSON that was expected")
		return
	}
	if r.URL.Path == "/callback" {
		a.serveCallback(r, body.Address, answer, fail)
		return
	}
	a.next++
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) == 1 && r.Method == http.MethodGet {
		list := []any{}
		for _, id := range sortedKeys(a.drafts) {
			list = append(list, a.drafts[id])
		}
		answer(http.StatusOK, list)
		return
	}
	named := body.Name != nil && *body.Name != ""
	if len(parts) == 1 && !named {
		fail(http.StatusBadRequest, "name is required")
		return
	}
	if len(parts) == 1 {
		id := fmt.Sprintf("d%d", a.next)
		a.drafts[id] = map[string]any{"draftId": id, "name": *body.Name, "status": "draft"}
		answer(http.StatusCreated, a.drafts[id])
		return
	}
	draft := a.drafts[parts[1]]
	switch {
	case draft == nil || len(parts) == 4 && a.signers[parts[3]] != parts[1]:
		fail(http.StatusNotFound, "no such thing")
	case r.Method == http.MethodGet:
		answer(http.StatusOK, draft)
	case draft["status"] != "draft":
		fail(http.StatusConflict, "The draft was sent.")
	case len(parts) == 4:
		delete(a.signers, parts[3])
		answer(http.StatusNoContent, nil)
	case r.Method == http.MethodDelete:
		a.removed = append(a.removed, draft["name"])
		delete(a.drafts, parts[1])
		answer(http.StatusNoContent, nil)
	case parts[2] == "send":
		draft["status"] = "sent"
		answer(http.StatusOK, draft)
	case !named:
		fail(http.StatusBadRequest, "name is required")
	default:
		id := fmt.Sprintf("s%d", a.next)
		a.signers[id] = parts[1]
		answer(http.StatusCreated, map[string]any{"signerId": id, "name": *body.Name})
	}
}

func (a *signingAPI) serveCallback(r *http.Request, address *string, answer func(int, any), fail func(int, string)) {
	switch {
	case r.Method == http.MethodPost && (address == nil || !strings.HasPrefix(*address, "http")):
		fail(http.StatusBadRequest, "address must be absolute")
	case r.Method == http.MethodPost && a.callback != nil:
		fail(http.StatusConflict, "There is a callback already.")
	case r.Method == http.MethodPost:
		a.next++
		a.callback = map[string]any{"callbackId": fmt.Sprintf("c%d", a.next), "address": *address}
		answer(http.StatusCreated, a.callback)
	case a.callback == nil:
		fail(http.StatusNotFound, "There is no callback.")
	case r.Method == http.MethodGet:
		answer(http.StatusOK, a.callback)
	default:
		a.removed = append(a.removed, a.callback["callbackId"])
		a.callback = nil
		answer(http.StatusNoContent, nil)
	}
}

func TestTheOneOfItsKindIsMadeAndRemovedInTurn(t *testing.T) {
	for _, there := range []bool{false, true} {
		api := &signingAPI{drafts: map[string]map[string]any{"old": {"draftId": "old", "name": "Was there", "status": "draft"}}, signers: map[string]string{}}
		if there {
			api.callback = map[string]any{"callbackId": "old", "address": "https://old.example.com"}
		}
		result := exerciseAPI(t.Context(), t, signingDefinition, api, Options{})
		assert.Empty(t, complaints(result))
		for _, op := range result.Operations {
			if there && (op.OperationID == "RegisterCallback" || op.OperationID == "DeleteCallback") {
				assert.Equal(t, finding.Skipped, op.Verdict, op.OperationID)
				continue
			}
			assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
		}
		assert.Equal(t, there, api.callback != nil)
		assert.NotContains(t, api.removed, "old")
		assert.NotContains(t, api.removed, "Was there")
		for id, draft := range api.drafts {
			assert.True(t, id == "old" || draft["status"] == "sent", "%s is left behind", id)
		}
	}
}
