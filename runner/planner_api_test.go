package runner

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// plannerDefinition is a task planner of the kind that creates by PUT and changes
// by POST, has no ids for its operations, and keeps the caller's account under /user.
const plannerDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Planner", "version": "1.0"}, "host": "planner.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "securityDefinitions": {"basic": {"type": "basic"}, "appToken": {"type": "apiKey", "in": "header", "name": "X-App-Token"}}, "security": [{"basic": []}],
  "paths": {
    "/user": {"get": {"summary": "Get the user", "responses": {"200": {"description": "User", "schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}},
    "/user/settings/email": {"post": {"summary": "Update the email address", "parameters": [{"$ref": "#/parameters/any"}], "responses": {"200": {"description": "OK"}}}},
    "/user/deletion/request": {"post": {"summary": "Request the deletion of the user", "parameters": [{"$ref": "#/parameters/any"}], "responses": {"200": {"description": "OK"}}}},
    "/login": {"post": {"summary": "Login", "security": [], "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"username": {"type": "string"}, "password": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}},
    "/projects": {
      "get": {"summary": "Get all projects", "responses": {"200": {"description": "Projects", "schema": {"type": "array", "items": {"$ref": "#/definitions/Thing"}}}}},
      "put": {"summary": "Creates a project", "parameters": [{"$ref": "#/parameters/thing"}], "responses": {"201": {"description": "Project", "schema": {"$ref": "#/definitions/Thing"}}}}
    },
    "/projects/{id}": {
      "get": {"summary": "Gets a project", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Project", "schema": {"$ref": "#/definitions/Thing"}}}},
      "post": {"summary": "Updates a project", "parameters": [{"$ref": "#/parameters/id"}, {"$ref": "#/parameters/thing"}], "responses": {"200": {"description": "Project", "schema": {"$ref": "#/definitions/Thing"}}}},
      "delete": {"summary": "Deletes a project", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/projects/{id}/image": {"post": {"summary": "Set the picture", "consumes": ["multipart/form-data"], "parameters": [{"$ref": "#/parameters/id"}, {"name": "file", "in": "formData", "type": "file", "required": true}], "responses": {"200": {"description": "OK"}}}},
    "/projects/{id}/labels": {
      "put": {"summary": "Add a label to a project", "parameters": [{"$ref": "#/parameters/id"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"label_id": {"type": "integer"}}}}], "responses": {"201": {"description": "Added", "schema": {"type": "object", "properties": {"label_id": {"type": "integer"}}}}}},
      "delete": {"summary": "Remove all labels from a project", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"204": {"description": "Removed"}}}
    },
    "/labels": {"put": {"summary": "Create a label", "parameters": [{"$ref": "#/parameters/thing"}], "responses": {"201": {"description": "Label", "schema": {"$ref": "#/definitions/Thing"}}}}},
    "/labels/{id}": {
      "get": {"summary": "Gets a label", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Label", "schema": {"$ref": "#/definitions/Thing"}}}},
      "delete": {"summary": "Deletes a label", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/apps": {"post": {"summary": "Register an app", "parameters": [{"$ref": "#/parameters/thing"}], "responses": {"201": {"description": "App", "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "title": {"type": "string"}, "token": {"type": "string"}}}}}}},
    "/apps/{id}": {"delete": {"summary": "Deletes an app", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"204": {"description": "Deleted"}}}},
    "/events": {"post": {"summary": "Create an event", "security": [{"appToken": []}], "parameters": [{"$ref": "#/parameters/thing"}], "responses": {"201": {"description": "Event", "schema": {"$ref": "#/definitions/Thing"}}}}}
  },
  "parameters": {
    "id": {"name": "id", "in": "path", "required": true, "type": "integer"},
    "any": {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"value": {"type": "string"}}}},
    "thing": {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Thing"}}
  },
  "definitions": {"Thing": {"type": "object", "required": ["title"], "properties": {"id": {"type": "integer", "readOnly": true}, "title": {"type": "string"}}}}
}`

// plannerAPI serves plannerDefinition.
type plannerAPI struct {
	mu     sync.Mutex
	things map[string]map[int]map[string]any
	next   int
	// harmed are requests that should never have come.
	harmed []string
}

// answerJSON answers with a status and a body, nil for none.
func answerJSON(w http.ResponseWriter) func(status int, body any) {
	return func(status int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if body != nil {
			_ = json.NewEncoder(w).Encode(body) // the client may be gone
		}
	}
}

func (a *plannerAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) { answer(status, map[string]any{"message": text}) }
	raw, _ := io.ReadAll(r.Body) // what is cut is no JSON, and refused below
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	user, password, _ := r.BasicAuth()
	switch {
	case parts[0] == "login":
		fail(http.StatusForbidden, "wrong name or password")
		return
	case parts[0] == "events" && a.app(r.Header.Get("X-App-Token")) == nil, parts[0] != "events" && (user != "ada" || password != "canary-password-5d1"):
		fail(http.StatusUnauthorized, "sign in first")
		return
	case len(parts) == 1 && parts[0] == "user":
		answer(http.StatusOK, map[string]any{"name": "ada"})
		return
	case parts[0] == "user":
		a.harmed = append(a.harmed, r.Method+" "+r.URL.Path)
		answer(http.StatusOK, nil)
		return
	}
	var body map[string]any
	if r.Header.Get("Content-Type") == "application/json" && json.Unmarshal(raw, &body) != nil {
		fail(http.StatusBadRequest, "not a JSON object")
		return
	}
	list := a.things[parts[0]]
	if len(parts) == 1 {
		a.collection(r.Method, parts[0], body, answer)
		return
	}
	var id int
	if _, err := fmt.Sscan(parts[1], &id); err != nil || list[id] == nil {
		fail(http.StatusNotFound, "no such thing")
		return
	}
	switch {
	case len(parts) == 3 && parts[2] == "image" && !strings.Contains(string(raw), "\x89PNG"):
		fail(http.StatusBadRequest, "the file must be an image")
	case len(parts) == 3 && parts[2] == "image":
		answer(http.StatusOK, nil)
	case len(parts) == 3 && r.Method == http.MethodDelete:
		answer(http.StatusNoContent, nil)
	case len(parts) == 3:
		label, _ := body["label_id"].(float64)
		if a.things["labels"][int(label)] == nil {
			fail(http.StatusNotFound, "This label does not exist.")
			return
		}
		answer(http.StatusCreated, body)
	case r.Method == http.MethodDelete:
		delete(list, id)
		answer(http.StatusNoContent, nil)
	case r.Method == http.MethodPost && !isString(body["title"]):
		fail(http.StatusBadRequest, "title is required")
	case r.Method == http.MethodPost:
		list[id]["title"] = body["title"]
		answer(http.StatusOK, list[id])
	default:
		answer(http.StatusOK, list[id])
	}
}

func (a *plannerAPI) collection(method, name string, body map[string]any, answer func(int, any)) {
	if method == http.MethodGet {
		out := []any{}
		for _, id := range sortedInts(a.things[name]) {
			out = append(out, a.things[name][id])
		}
		answer(http.StatusOK, out)
		return
	}
	if !isString(body["title"]) {
		answer(http.StatusBadRequest, map[string]any{"message": "title is required"})
		return
	}
	a.next++
	made := map[string]any{"id": a.next, "title": body["title"]}
	if name == "apps" {
		made["token"] = fmt.Sprintf("canary-app-token-%d", a.next)
	}
	if name != "events" {
		if a.things[name] == nil {
			a.things[name] = map[int]map[string]any{}
		}
		a.things[name][a.next] = made
	}
	answer(http.StatusCreated, made)
}

func isString(v any) bool { _, ok := v.(string); return ok }

func sortedInts(m map[int]map[string]any) []int {
	var out []int
	for id := range 10_000 {
		if m[id] != nil {
			out = append(out, id)
		}
	}
	return out
}

func (a *plannerAPI) app(token string) map[string]any {
	for _, app := range a.things["apps"] {
		if app["token"] == token {
			return app
		}
	}
	return nil
}

func TestAnAPIThatCreatesByPutIsExercised(t *testing.T) {
	api := &plannerAPI{things: map[string]map[int]map[string]any{"projects": {1: {"id": 1, "title": "was there before"}}}, next: 1}
	result := exerciseAPI(t.Context(), t, plannerDefinition, api, Options{Connection: map[string]string{"username": "ada", "password": "canary-password-5d1"}})

	for _, op := range result.Operations {
		switch {
		case strings.HasPrefix(op.OperationID, "POST /user/"):
			assert.Equal(t, "not run because it may change the account that this run uses", op.Reason, op.OperationID)
		case op.OperationID == "POST /login":
			assert.Contains(t, op.Reason, "it signs in")
			assert.Contains(t, op.Mend, `{"POST /login": `)
		default:
			assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
			assert.GreaterOrEqual(t, op.Successes, 10, op.OperationID)
		}
	}
	assert.Empty(t, api.harmed)
	assert.Equal(t, map[int]map[string]any{1: {"id": 1, "title": "was there before"}}, api.things["projects"])
	assert.Empty(t, api.things["labels"])
	assert.Empty(t, api.things["apps"])
	require.Len(t, result.Leftovers, 1)
	assert.Contains(t, result.Leftovers[0], "POST /events created")
	require.NotEmpty(t, result.Notes)
	assert.Contains(t, result.Notes[0], "for appToken, which was not given, the run uses the token of what POST /apps created")
	shown, err := json.Marshal(result)
	require.NoError(t, err)
	assert.NotContains(t, string(shown), "canary-app-token")
	assert.NotContains(t, string(shown), "canary-password")
}
