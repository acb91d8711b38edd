package runner

import (
	"encoding/base64"
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

// mailDefinition is a mail store of the kind that lists at /messages and reads at
// /message/{ID}, puts counts and tags beside its list, makes a thing by a deed, and
// has parts that not every message has.
const mailDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Post", "version": "1.0"}, "host": "post.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/messages": {"get": {"operationId": "GetMessages", "summary": "List messages", "responses": {"200": {"description": "Messages", "schema": {"type": "object", "properties": {
      "total": {"type": "integer"}, "unread": {"type": "integer"}, "count": {"type": "integer"}, "start": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}, "labels": {"type": "array", "items": {"type": "string"}},
      "messages": {"type": "array", "items": {"type": "object", "properties": {"ID": {"type": "string"}, "Subject": {"type": "string"}}}}}}}}}},
    "/message/{ID}": {"get": {"operationId": "GetMessage", "summary": "Get a message", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Message", "schema": {"type": "object", "required": ["ID"], "properties": {
      "ID": {"type": "string"}, "Subject": {"type": "string"}, "Attachments": {"type": "array", "items": {"type": "object", "properties": {"PartID": {"type": "string"}, "FileName": {"type": "string"}}}}}}}}}},
    "/message/{ID}/part/{PartID}": {"get": {"operationId": "GetAttachment", "summary": "Get an attachment of a message", "produces": ["application/octet-stream"], "parameters": [{"$ref": "#/parameters/id"}, {"name": "PartID", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "File", "schema": {"type": "string", "format": "binary"}}}}},
    "/message/{ID}/check": {"get": {"operationId": "CheckHTML", "summary": "Check the HTML of a message", "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Warnings", "schema": {"type": "object", "properties": {"Warnings": {"type": "array", "items": {"type": "string"}}}}}}}},
    "/view/{ID}.html": {"get": {"operationId": "ViewMessageHTML", "summary": "Render the HTML of a message", "produces": ["text/html"], "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "HTML", "schema": {"type": "string"}}}}},
    "/view/{ID}.txt": {"get": {"operationId": "ViewMessageText", "summary": "Render the text of a message", "produces": ["text/plain"], "parameters": [{"$ref": "#/parameters/id"}], "responses": {"200": {"description": "Text", "schema": {"type": "string"}}}}},
    "/send": {"post": {"operationId": "SendMessage", "summary": "Send a message", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["Subject"], "properties": {"Subject": {"type": "string"}, "Text": {"type": "string"}}}}], "responses": {"200": {"description": "Sent", "schema": {"type": "object", "properties": {"ID": {"type": "string"}}}}}}}
  },
  "parameters": {"id": {"name": "ID", "in": "path", "required": true, "type": "string"}}
}`

type mail struct{ id, subject, html string }

// mailAPI serves mailDefinition. Its messages are the newest first.
type mailAPI struct {
	mu       sync.Mutex
	messages []mail
	// denies is an operation, by the end of its path, that answers 404 for whatever there is.
	denies string
}

func (a *mailAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	write := func(media, text string) {
		w.Header().Set("Content-Type", media)
		fmt.Fprint(w, text)
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch parts[0] {
	case "messages":
		list := []any{}
		for _, m := range a.messages {
			list = append(list, map[string]any{"ID": m.id, "Subject": m.subject})
		}
		answer(http.StatusOK, map[string]any{"total": len(list), "unread": 0, "count": len(list), "start": 0, "tags": []string{"one"}, "labels": []string{"red"}, "messages": list})
		return
	case "send":
		var body map[string]any
		if json.NewDecoder(r.Body).Decode(&body) != nil || !isString(body["Subject"]) || body["Text"] != nil && !isString(body["Text"]) {
			answer(http.StatusBadRequest, map[string]any{"message": "a subject is wanted"})
			return
		}
		id := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "message-%04d", len(a.messages)))
		a.messages = slices.Insert(a.messages, 0, mail{id: id, subject: body["Subject"].(string)})
		answer(http.StatusOK, map[string]any{"ID": id})
		return
	}
	id, ending, _ := strings.Cut(parts[1], ".")
	i := slices.IndexFunc(a.messages, func(m mail) bool { return m.id == id })
	if i < 0 || a.denies != "" && strings.HasSuffix(r.URL.Path, a.denies) {
		http.NotFound(w, r)
		return
	}
	m := a.messages[i]
	switch {
	case ending == "txt":
		write("text/plain; charset=utf-8", "")
	case len(parts) == 2 && ending == "":
		attachments := []any{}
		if m.html != "" {
			attachments = append(attachments, map[string]any{"PartID": "2", "FileName": "a.bin"})
		}
		answer(http.StatusOK, map[string]any{"ID": m.id, "Subject": m.subject, "Attachments": attachments})
	case m.html == "" && parts[len(parts)-1] == "check":
		answer(http.StatusBadRequest, map[string]any{"message": "the message holds no HTML"})
	case m.html == "", parts[len(parts)-2] == "part" && parts[len(parts)-1] != "2":
		http.NotFound(w, r)
	case ending == "html":
		write("text/html; charset=utf-8", m.html)
	case parts[2] == "part":
		write("application/octet-stream", "\x00\x01")
	default:
		answer(http.StatusOK, map[string]any{"Warnings": []string{}})
	}
}

func newMailAPI() *mailAPI {
	a := &mailAPI{}
	for i := range 4 {
		a.messages = append(a.messages, mail{fmt.Sprintf("old%d", i), "Hello", "<p>Hello</p>"})
	}
	return a
}

func TestPartsThatOnlyOlderThingsHaveAreReached(t *testing.T) {
	result := exerciseAPI(t.Context(), t, mailDefinition, newMailAPI(), Options{})
	for _, op := range result.Operations {
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
		assert.GreaterOrEqual(t, op.Successes, 10, op.OperationID)
	}
	require.Len(t, result.Leftovers, 1)
	assert.Contains(t, result.Leftovers[0], "and 7 more (no operation deletes it)")
}

func TestAPartThatNothingHasIsAFault(t *testing.T) {
	for _, denied := range []string{"/check", ".html", ".txt"} {
		api := newMailAPI()
		api.denies = denied
		for _, op := range exerciseAPI(t.Context(), t, mailDefinition, api, Options{}).Operations {
			want := finding.Passed
			if strings.HasSuffix(op.Path, denied) {
				want = finding.Failed
			}
			assert.Equal(t, want, op.Verdict, "%s while %s is denied: %s", op.OperationID, denied, op.Reason)
		}
	}
}
