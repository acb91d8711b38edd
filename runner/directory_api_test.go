package runner

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// directoryDefinition is an OData API: keys in parentheses, one of them named,
// links by address, a photo that a contact may lack.
const directoryDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Directory", "version": "1.0"}, "host": "directory.fabrikam.com", "basePath": "/v1.0", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/accounts": {
      "get": {"operationId": "ListAccounts", "responses": {"200": {"description": "Accounts", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Account"}}}}}}},
      "post": {"operationId": "CreateAccount", "parameters": [{"$ref": "#/parameters/account"}], "responses": {"201": {"description": "Account", "schema": {"$ref": "#/definitions/Account"}}}}
    },
    "/accounts(code='{code}')": {"get": {"operationId": "FindAccount", "parameters": [{"name": "code", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Account", "schema": {"$ref": "#/definitions/Account"}}}}},
    "/accounts({id})": {
      "get": {"operationId": "GetAccount", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Account", "schema": {"$ref": "#/definitions/Account"}}}},
      "delete": {"operationId": "DeleteAccount", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/accounts({id})/contacts": {"get": {"operationId": "ListAccountContacts", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Contacts", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Contact"}}}}}}}},
    "/accounts({id})/contacts/$ref": {"post": {"operationId": "AddContact", "parameters": [{"$ref": "#/parameters/id"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["@odata.id"], "properties": {"@odata.id": {"type": "string"}}}}], "responses": {"204": {"description": "Added"}}}},
    "/accounts({id})/contacts/{contactId}/$ref": {"delete": {"operationId": "RemoveContact", "parameters": [{"$ref": "#/parameters/id"}, {"$ref": "#/parameters/contactId"}], "responses": {"204": {"description": "Removed"}}}},
    "/contacts": {"post": {"operationId": "CreateContact", "parameters": [{"$ref": "#/parameters/account"}], "responses": {"204": {"description": "Made, and named by OData-EntityId"}}}},
    "/contacts/{contactId}": {
      "get": {"operationId": "GetContact", "parameters": [{"$ref": "#/parameters/contactId"}], "responses": {"200": {"description": "Contact", "schema": {"$ref": "#/definitions/Contact"}}}},
      "delete": {"operationId": "DeleteContact", "parameters": [{"$ref": "#/parameters/contactId"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/contacts/{contactId}/manager": {"get": {"operationId": "GetManager", "parameters": [{"$ref": "#/parameters/contactId"}], "responses": {"200": {"description": "Manager", "schema": {"$ref": "#/definitions/Contact"}}}}},
    "/contacts/{contactId}/photo/$value": {
      "get": {"operationId": "GetPhoto", "produces": ["image/png"], "parameters": [{"$ref": "#/parameters/contactId"}], "responses": {"200": {"description": "Photo", "schema": {"type": "string", "format": "binary"}}}},
      "put": {"operationId": "SetPhoto", "consumes": ["image/png"], "parameters": [{"$ref": "#/parameters/contactId"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "string", "format": "binary"}}], "responses": {"204": {"description": "Set"}}}
    }
  },
  "parameters": {
    "id": {"name": "id", "in": "path", "required": true, "type": "integer"}, "contactId": {"name": "contactId", "in": "path", "required": true, "type": "string"},
    "account": {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}
  },
  "definitions": {
    "Account": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "code": {"type": "string"}, "name": {"type": "string"}}},
    "Contact": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
  }
}`

// directoryAPI serves directoryDefinition. forgets: accounts are gone as soon as they are made.
type directoryAPI struct {
	mu      sync.Mutex
	forgets bool
	names   map[string]string
	links   map[string]bool
	photos  map[string][]byte
	next    int
}

var directoryPath = regexp.MustCompile(`^/v1\.0/(accounts|contacts)(?:\((code=')?([^)']+)'?\)|/([^/]+))?(/contacts|/manager|/photo)?(?:/([^/$]+))?(/\$ref|/\$value)?$`)

func (a *directoryAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) {
		answer(status, map[string]any{"error": map[string]any{"code": "BadRequest", "message": text}})
	}
	found := directoryPath.FindStringSubmatch(r.URL.Path)
	if found == nil {
		fail(http.StatusNotFound, "no such resource")
		return
	}
	raw, _ := io.ReadAll(r.Body) // what is cut is refused below
	set, key, part := found[1], found[3]+found[4], found[5]
	if found[2] != "" {
		key = strings.TrimPrefix(key, "c")
	}
	id := set + key
	if key == "" {
		a.collection(r.Method, set, raw, func(status int, body any) {
			if made, ok := body.(map[string]any); ok && set == "contacts" && status == http.StatusCreated {
				w.Header().Set("OData-EntityId", "http://"+r.Host+"/v1.0/contacts/"+made["id"].(string))
				status, body = http.StatusNoContent, nil
			}
			answer(status, body)
		}, fail)
		return
	}
	if _, there := a.names[id]; !there {
		fail(http.StatusNotFound, "Resource '"+key+"' does not exist.")
		return
	}
	switch {
	case part == "/contacts" && r.Method == http.MethodGet:
		answer(http.StatusOK, map[string]any{"value": []any{}})
	case part == "/contacts":
		a.link(r.Method, key, found[6], raw, answer, fail)
	case part == "/manager":
		fail(http.StatusNotFound, "The contact has no manager.")
	case part == "/photo" && r.Method == http.MethodPut:
		if !strings.HasPrefix(string(raw), "\x89PNG") {
			fail(http.StatusBadRequest, "not a picture")
			return
		}
		a.photos[id] = raw
		answer(http.StatusNoContent, nil)
	case part == "/photo" && a.photos[id] == nil:
		fail(http.StatusNotFound, "Not found.")
	case part == "/photo":
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(a.photos[id]) // the client may be gone
	case r.Method == http.MethodDelete:
		delete(a.names, id)
		answer(http.StatusNoContent, nil)
	default:
		answer(http.StatusOK, a.shown(set, id))
	}
}

func (a *directoryAPI) shown(set, id string) map[string]any {
	key := strings.TrimPrefix(id, set)
	if set == "contacts" {
		return map[string]any{"id": key, "name": a.names[id]}
	}
	number, _ := strconv.Atoi(key) // the server made it
	return map[string]any{"id": number, "code": "c" + key, "name": a.names[id]}
}

func (a *directoryAPI) collection(method, set string, raw []byte, answer func(int, any), fail func(int, string)) {
	if method == http.MethodGet {
		list := []any{}
		for n := range a.next + 1 {
			if id := set + strconv.Itoa(n); a.names[id] != "" {
				list = append(list, a.shown(set, id))
			}
		}
		answer(http.StatusOK, map[string]any{"value": list})
		return
	}
	var body map[string]any
	if json.Unmarshal(raw, &body) != nil || !isString(body["name"]) {
		fail(http.StatusBadRequest, "name is required")
		return
	}
	a.next++
	id := set + strconv.Itoa(a.next)
	a.names[id], _ = body["name"].(string)
	made := a.shown(set, id)
	if a.forgets && set == "accounts" {
		delete(a.names, id)
	}
	answer(http.StatusCreated, made)
}

func (a *directoryAPI) link(method, account, contact string, raw []byte, answer func(int, any), fail func(int, string)) {
	if method == http.MethodPost {
		var body map[string]string
		_ = json.Unmarshal(raw, &body) // what is no JSON has no address
		address := regexp.MustCompile(`^http://[^/]+/v1\.0/contacts/([^/]+)$`).FindStringSubmatch(body["@odata.id"])
		if address == nil || a.names["contacts"+address[1]] == "" || a.links[account+"/"+address[1]] {
			fail(http.StatusBadRequest, "Invalid URL format specified in @odata.id, or it already exists.")
			return
		}
		a.links[account+"/"+address[1]] = true
		answer(http.StatusNoContent, nil)
		return
	}
	if !a.links[account+"/"+contact] {
		fail(http.StatusNotFound, "no such reference")
		return
	}
	delete(a.links, account+"/"+contact)
	answer(http.StatusNoContent, nil)
}

func newDirectory() *directoryAPI {
	return &directoryAPI{names: map[string]string{"accounts0": "was there before"}, links: map[string]bool{}, photos: map[string][]byte{}}
}

func TestKeysInParenthesesAndReferencesAreExercised(t *testing.T) {
	api := newDirectory()
	result := exerciseAPI(t.Context(), t, directoryDefinition, api, Options{})
	require.Len(t, result.Operations, 14)
	for _, op := range result.Operations {
		if op.OperationID == "GetManager" {
			assert.Equal(t, finding.Skipped, op.Verdict, "%v", op.Checks)
			assert.Contains(t, op.Reason, "nothing that is known has a manager")
			continue
		}
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
		assert.Equal(t, 10, op.Successes, op.OperationID)
	}
	assert.Equal(t, map[string]string{"accounts0": "was there before"}, api.names)
	assert.Empty(t, result.Leftovers)
	assert.Equal(t, finding.Passed, checkOf(outcomeOf(t, result, "CreateAccount"), checkCreated).Verdict)
	assert.Equal(t, finding.Passed, checkOf(outcomeOf(t, result, "DeleteAccount"), checkDeleted).Verdict)
}

func TestWhatIsMadeUnderAKeyInParenthesesMustBeThere(t *testing.T) {
	api := newDirectory()
	api.forgets = true
	result := exerciseAPI(t.Context(), t, directoryDefinition, api, Options{})
	assert.Equal(t, finding.Failed, checkOf(outcomeOf(t, result, "CreateAccount"), checkCreated).Verdict)
	for _, id := range []string{"GetAccount", "DeleteAccount", "AddContact"} {
		assert.NotEqual(t, finding.Failed, outcomeOf(t, result, id).Verdict, id)
	}
}
