package runner

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// documentsDefinition has verbs after a colon, a mask of what is changed, fields
// that only the descriptions call output, and content that is uploaded by PUT.
const documentsDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Documents", "version": "1.0"}, "host": "documents.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/documents": {
      "get": {"operationId": "ListDocuments", "responses": {"200": {"description": "Documents", "schema": {"type": "object", "properties": {"documents": {"type": "array", "items": {"$ref": "#/definitions/Document"}}}}}}},
      "post": {"operationId": "CreateDocument", "parameters": [{"$ref": "#/parameters/document"}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}}
    },
    "/documents:batchGet": {"get": {"operationId": "BatchGetDocuments", "parameters": [{"name": "ids", "in": "query", "required": true, "type": "array", "items": {"type": "string"}}], "responses": {"200": {"description": "Documents", "schema": {"type": "object", "properties": {"documents": {"type": "array", "items": {"$ref": "#/definitions/Document"}}}}}}}},
    "/documents/{documentId}": {
      "get": {"operationId": "GetDocument", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}},
      "patch": {"operationId": "UpdateDocument", "parameters": [{"$ref": "#/parameters/id"}, {"name": "updateMask", "in": "query", "required": true, "type": "string"}, {"$ref": "#/parameters/document"}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}},
      "delete": {"operationId": "DeleteDocument", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Deleted", "schema": {"type": "object"}}}}
    },
    "/documents/{documentId}:copy": {"post": {"operationId": "CopyDocument", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}}},
    "/documents/{documentId}:undelete": {"post": {"operationId": "UndeleteDocument", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}}},
    "/upload/documents/{documentId}/content": {"put": {"operationId": "UploadDocument", "consumes": ["application/octet-stream"], "parameters": [{"$ref": "#/parameters/id"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "string", "format": "binary"}}], "responses": {"200": {"description": "Document", "schema": {"$ref": "#/definitions/Document"}}}}}
  },
  "parameters": {
    "id": {"name": "documentId", "in": "path", "required": true, "type": "string"},
    "document": {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Document"}}
  },
  "definitions": {"Document": {"type": "object", "properties": {
    "documentId": {"type": "string", "description": "Output only. The id of the document."},
    "title": {"type": "string"}, "kind": {"type": "string", "enum": ["note", "report"]},
    "state": {"type": "string", "description": "[Output Only] Whether it is deleted.", "enum": ["ACTIVE", "DELETED"]}}}}
}`

// documentsAPI serves documentsDefinition.
type documentsAPI struct {
	mu        sync.Mutex
	documents map[string]map[string]any
	next      int
	// harmed are documents of others that were written to.
	harmed []string
}

func (a *documentsAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) {
		answer(status, map[string]any{"error": map[string]any{"code": status, "message": text}})
	}
	raw, _ := io.ReadAll(r.Body) // what is cut is refused below
	path, isUpload := strings.CutPrefix(r.URL.Path, "/upload")
	path = strings.TrimSuffix(path, "/content")
	path, verb, _ := strings.Cut(path, ":")
	id := strings.Trim(strings.TrimPrefix(path, "/documents"), "/")
	var body map[string]any
	if !isUpload && len(raw) > 0 && json.Unmarshal(raw, &body) != nil {
		fail(http.StatusBadRequest, "The body is not a JSON object.")
		return
	}
	for _, name := range []string{"documentId", "state"} {
		if body[name] != nil {
			fail(http.StatusBadRequest, "The fields of the service may not be set.")
			return
		}
	}
	if id == "" {
		a.collection(r, verb, body, answer, fail)
		return
	}
	document := a.documents[id]
	if document == nil || document["state"] == "DELETED" && verb != "undelete" {
		fail(http.StatusNotFound, "Requested entity was not found.")
		return
	}
	if r.Method != http.MethodGet && verb != "copy" && id == "old" {
		a.harmed = append(a.harmed, r.Method+" "+r.URL.Path)
	}
	switch {
	case verb == "copy":
		answer(http.StatusOK, a.add(document["title"]))
	case verb == "undelete" && document["state"] != "DELETED":
		fail(http.StatusBadRequest, "The document is not deleted.")
	case verb == "undelete":
		document["state"] = "ACTIVE"
		answer(http.StatusOK, document)
	case r.Method == http.MethodDelete:
		document["state"] = "DELETED"
		answer(http.StatusOK, map[string]any{})
	case r.Method == http.MethodPatch:
		for field := range strings.SplitSeq(r.URL.Query().Get("updateMask"), ",") {
			if field != "title" {
				fail(http.StatusBadRequest, "Invalid value at 'updateMask': '"+field+"' is not a field that can be updated.")
				return
			}
		}
		document["title"] = body["title"]
		answer(http.StatusOK, document)
	default:
		answer(http.StatusOK, document)
	}
}

func (a *documentsAPI) collection(r *http.Request, verb string, body map[string]any, answer func(int, any), fail func(int, string)) {
	list := []any{}
	switch {
	case verb == "batchGet":
		for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
			if a.documents[id] == nil {
				fail(http.StatusNotFound, "Requested entity was not found.")
				return
			}
			list = append(list, a.documents[id])
		}
	case r.Method == http.MethodPost && !isString(body["title"]):
		fail(http.StatusBadRequest, "'title' must not be empty.")
		return
	case r.Method == http.MethodPost:
		answer(http.StatusOK, a.add(body["title"]))
		return
	default:
		for _, id := range sortedKeys(a.documents) {
			if a.documents[id]["state"] == "ACTIVE" {
				list = append(list, a.documents[id])
			}
		}
	}
	answer(http.StatusOK, map[string]any{"documents": list})
}

func (a *documentsAPI) add(title any) map[string]any {
	a.next++
	id := "d" + strconv.Itoa(a.next)
	a.documents[id] = map[string]any{"documentId": id, "title": title, "kind": "note", "state": "ACTIVE"}
	return a.documents[id]
}

func TestVerbsAfterAColonAndMasksAreExercised(t *testing.T) {
	api := &documentsAPI{documents: map[string]map[string]any{"old": {"documentId": "old", "title": "was there before", "kind": "note", "state": "ACTIVE"}}}
	result := exerciseAPI(t.Context(), t, documentsDefinition, api, Options{})
	require.Len(t, result.Operations, 9)
	for _, op := range result.Operations {
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
		assert.Equal(t, 10, op.Successes, op.OperationID)
	}
	assert.Empty(t, api.harmed)
	assert.Empty(t, result.Leftovers)
	left := slices.DeleteFunc(sortedKeys(api.documents), func(id string) bool { return api.documents[id]["state"] == "DELETED" })
	assert.Equal(t, []string{"old"}, left, "copies are deleted as well")
}

func TestWhatPathsSay(t *testing.T) {
	assert.Equal(t, []string{"documents", "{id}", "copy"}, segmentsOf("/documents/{id}:copy"))
	assert.Equal(t, []string{"documents", "search"}, segmentsOf("/documents:search/"))
	assert.Equal(t, []string{"a", "10:20"}, segmentsOf("/a/10:20"))
	assert.Equal(t, "/accounts/{id}/contacts", plainPath("/accounts({id})/contacts/"))
	assert.Equal(t, "/accounts/{key}", plainPath("/accounts(code='{key}')"))
	assert.Equal(t, map[string]string{"key": "code"}, keyNames("/accounts(code='{key}')/notes({id})"))
	assert.True(t, namesOne("/accounts('{id}')"))
	assert.False(t, namesOne("/accounts({id})/contacts"))
	found, ok := matchTemplate([]string{"accounts({id})"}, []string{"accounts(7)"})
	assert.True(t, ok)
	assert.Equal(t, map[string]string{"id": "7"}, found)
	_, ok = matchTemplate([]string{"accounts({id})"}, []string{"subscriptions"})
	assert.False(t, ok)
}
