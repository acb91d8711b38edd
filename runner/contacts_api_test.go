package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// contactsDefinition is an address book that wants If-Match, archives instead of
// deleting, answers an export with a job, and refuses in the manner of JSON:API.
const contactsDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Contacts", "version": "1.0"}, "host": "contacts.fabrikam.com", "basePath": "/v2", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/contacts": {
      "get": {"operationId": "ListContacts", "responses": {"200": {"description": "Contacts", "schema": {"type": "object", "properties": {"data": {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/definitions/Contact"}}}}}}}}},
      "post": {"operationId": "CreateContact", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name", "limit_cents"], "properties": {"name": {"type": "string"}, "limit_cents": {"type": "integer"}}}}],
        "responses": {"201": {"description": "The contact", "schema": {"$ref": "#/definitions/OneContact"}}}}
    },
    "/contacts/export": {"post": {"operationId": "ExportContacts", "responses": {"202": {"description": "The job", "schema": {"$ref": "#/definitions/Job"}}}}},
    "/contacts/{contact_id}": {
      "parameters": [{"name": "contact_id", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "GetContact", "responses": {"200": {"description": "The contact", "schema": {"$ref": "#/definitions/OneContact"}}}},
      "patch": {"operationId": "UpdateContact", "parameters": [{"name": "If-Match", "in": "header", "required": true, "type": "string"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"name": {"type": "string"}}}}],
        "responses": {"200": {"description": "The contact", "schema": {"$ref": "#/definitions/OneContact"}}}},
      "delete": {"operationId": "ArchiveContact", "responses": {"204": {"description": "Archived"}}}
    },
    "/contacts/{contact_id}/restore": {"post": {"operationId": "RestoreContact", "parameters": [{"name": "contact_id", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "The contact", "schema": {"$ref": "#/definitions/OneContact"}}}}},
    "/jobs/{job_id}": {"get": {"operationId": "GetJob", "parameters": [{"name": "job_id", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "The job", "schema": {"$ref": "#/definitions/Job"}}}}},
    "/turnover": {"get": {"operationId": "GetTurnover", "parameters": [{"name": "from", "in": "query", "required": true, "type": "string"}, {"name": "to", "in": "query", "required": true, "type": "string"}], "responses": {"200": {"description": "Turnover", "schema": {"type": "object", "properties": {"cents": {"type": "integer"}}}}}}}
  },
  "definitions": {
    "Contact": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "archived": {"type": "boolean"}}},
    "OneContact": {"type": "object", "properties": {"data": {"$ref": "#/definitions/Contact"}}},
    "Job": {"type": "object", "required": ["id", "state"], "properties": {"id": {"type": "string"}, "state": {"type": "string", "enum": ["pending", "done"]}}}
  }
}`

// contactsAPI serves contactsDefinition. hard deletes contacts for good.
type contactsAPI struct {
	mu       sync.Mutex
	contacts map[string]map[string]any
	versions map[string]int
	next     int
	hard     bool
}

func (a *contactsAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	refuse := func(status int, detail, place string) {
		answer(status, map[string]any{"errors": []any{map[string]any{"status": strconv.Itoa(status), "detail": detail, "source": map[string]any{"pointer": place}}}})
	}
	var body map[string]any
	if r.Header.Get("Content-Type") == "application/json" && json.NewDecoder(r.Body).Decode(&body) != nil {
		refuse(http.StatusBadRequest, "The body is not a JSON object", "/")
		return
	}
	parts := strings.Split(strings.Trim(strings.TrimPrefix(r.URL.Path, "/v2"), "/"), "/")
	switch {
	case parts[0] == "turnover":
		for _, name := range []string{"from", "to"} {
			if day := r.URL.Query().Get(name); len(day) != 10 || strings.Count(day, "-") != 2 {
				refuse(http.StatusBadRequest, name+" must be a date (YYYY-MM-DD)", name)
				return
			}
		}
		answer(http.StatusOK, map[string]any{"cents": 0})
	case parts[0] == "jobs" && parts[1] == "job-1":
		answer(http.StatusOK, map[string]any{"id": "job-1", "state": "done"})
	case len(parts) == 2 && parts[1] == "export":
		w.Header().Set("Location", "/v2/jobs/job-1")
		answer(http.StatusAccepted, map[string]any{"id": "job-1", "state": "pending"})
	case len(parts) == 1 && r.Method == http.MethodGet:
		answer(http.StatusOK, map[string]any{"data": map[string]any{"items": []any{}}})
	case len(parts) == 1:
		a.create(w, body, answer, refuse)
	case a.contacts[parts[1]] == nil:
		refuse(http.StatusNotFound, "There is no such contact", "/")
	default:
		a.one(w, r, parts, body, answer, refuse)
	}
}

func (a *contactsAPI) create(w http.ResponseWriter, body map[string]any, answer func(int, any), refuse func(int, string, string)) {
	name, named := body["name"].(string)
	cents, counted := body["limit_cents"].(float64)
	switch {
	case !named:
		refuse(http.StatusUnprocessableEntity, "Name can't be blank", "/data/attributes/name")
	case !counted || cents < 100:
		refuse(http.StatusUnprocessableEntity, "Limit cents must be greater than or equal to 100", "/data/attributes/limit_cents")
	default:
		a.next++
		id := fmt.Sprintf("con-%d", a.next)
		a.contacts[id], a.versions[id] = map[string]any{"id": id, "name": name, "archived": false}, 1
		w.Header().Set("ETag", a.tag(id))
		answer(http.StatusCreated, map[string]any{"data": a.contacts[id]})
	}
}

func (a *contactsAPI) tag(id string) string {
	return fmt.Sprintf("%q", fmt.Sprint("v", a.versions[id]))
}

func (a *contactsAPI) one(w http.ResponseWriter, r *http.Request, parts []string, body map[string]any, answer func(int, any), refuse func(int, string, string)) {
	id := parts[1]
	contact := a.contacts[id]
	switch {
	case len(parts) == 3 && contact["archived"] != true:
		refuse(http.StatusConflict, "The contact is not archived", "/")
		return
	case len(parts) == 3:
		contact["archived"] = false
	case r.Method == http.MethodDelete && a.hard:
		delete(a.contacts, id)
	case r.Method == http.MethodDelete:
		contact["archived"] = true
	case r.Method == http.MethodPatch && r.Header.Get("If-Match") != a.tag(id):
		refuse(http.StatusPreconditionFailed, "The contact has changed", "/")
		return
	case r.Method == http.MethodPatch:
		if name, ok := body["name"].(string); ok {
			contact["name"] = name
		} else if body["name"] != nil {
			refuse(http.StatusUnprocessableEntity, "Name must be a string", "/data/attributes/name")
			return
		}
		a.versions[id]++
	}
	if r.Method == http.MethodDelete {
		answer(http.StatusNoContent, nil)
		return
	}
	w.Header().Set("ETag", a.tag(id))
	answer(http.StatusOK, map[string]any{"data": contact})
}

func TestStatesVersionsAndJobsAreReached(t *testing.T) {
	for _, hard := range []bool{false, true} {
		api := &contactsAPI{contacts: map[string]map[string]any{}, versions: map[string]int{}, hard: hard}
		result := exerciseAPI(t.Context(), t, contactsDefinition, api, Options{})
		for _, op := range result.Operations {
			if hard && op.OperationID == "RestoreContact" {
				assert.Equal(t, finding.Skipped, op.Verdict)
				assert.Contains(t, op.Reason, "what ArchiveContact deletes is gone for good")
				continue
			}
			failed := slices.DeleteFunc(slices.Clone(op.Checks), func(c finding.Check) bool { return c.Verdict != finding.Failed })
			assert.Empty(t, failed, op.OperationID)
			assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
		}
		for id, contact := range api.contacts {
			assert.Equal(t, true, contact["archived"], id)
		}
		assert.Empty(t, result.Leftovers)
	}
}
