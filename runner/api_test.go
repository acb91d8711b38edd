package runner

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// notesDefinition is a small API of notes with an id of the server's choice.
const notesDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Notes", "version": "1.0"}, "host": "notes.fabrikam.com", "basePath": "/api/", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Notes-Key"}}, "security": [{"api_key": []}],
  "paths": {
    "/notes": {
      "get": {"operationId": "ListNotes", "responses": {"200": {"description": "Notes", "schema": {"type": "array", "items": {"$ref": "#/definitions/Note"}}}}},
      "post": {"operationId": "CreateNote", "parameters": [{"name": "note", "in": "body", "required": true, "schema": {"$ref": "#/definitions/NoteInput"}}],
        "responses": {"201": {"description": "The note", "schema": {"$ref": "#/definitions/Note"}}}}
    },
    "/notes/{noteId}": {
      "parameters": [{"name": "noteId", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "GetNote", "responses": {"200": {"description": "The note", "schema": {"$ref": "#/definitions/Note"}}}},
      "delete": {"operationId": "DeleteNote", "responses": {"204": {"description": "Deleted"}}}
    }
  },
  "definitions": {
    "Note": {"type": "object", "required": ["id", "text"], "properties": {"id": {"type": "string"}, "text": {"type": "string"}, "state": {"type": "string"}}},
    "NoteInput": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "maxLength": 40}}}
  }
}`

const notesKey = "canary-key-81c2/+=x"

// notesAPI serves notesDefinition. Its fields change what it does.
type notesAPI struct {
	mu    sync.Mutex
	notes map[string]map[string]string
	next  int
	// before may answer in place of the API; it reports whether it did.
	before func(w http.ResponseWriter, r *http.Request) bool
	// soft keeps deleted notes and shows them with another state.
	soft bool
	// open takes every key.
	open bool
	seen []string
}

func (a *notesAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.seen = append(a.seen, r.Method+" "+r.URL.Path)
	a.mu.Unlock()
	if a.before != nil && a.before(w, r) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.open && r.Header.Get("X-Notes-Key") != notesKey {
		a.answer(w, http.StatusUnauthorized, map[string]string{"error": "the key is missing or wrong"})
		return
	}
	id := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/notes"), "/")
	note, found := a.notes[id]
	switch {
	case id == "" && r.Method == http.MethodGet:
		list := []map[string]string{}
		for _, id := range sortedKeys(a.notes) {
			list = append(list, a.notes[id])
		}
		a.answer(w, http.StatusOK, list)
	case id == "" && r.Method == http.MethodPost:
		var in struct{ Text *string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Text == nil || len(*in.Text) > 40 {
			a.answer(w, http.StatusBadRequest, map[string]string{"error": "text must be a string of at most 40 characters"})
			return
		}
		a.next++
		id := "n" + string(rune('a'+a.next/26)) + string(rune('a'+a.next%26))
		a.notes[id] = map[string]string{"id": id, "text": *in.Text, "state": "live"}
		a.answer(w, http.StatusCreated, a.notes[id])
	case !found:
		a.answer(w, http.StatusNotFound, map[string]string{"error": "no such note"})
	case r.Method == http.MethodDelete:
		if a.soft {
			note["state"] = "trashed"
		} else {
			delete(a.notes, id)
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		a.answer(w, http.StatusOK, note)
	}
}

func (a *notesAPI) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

func (a *notesAPI) left() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.notes)
}

// pkgOf loads a definition, and apiProperties.json when it is not empty.
func pkgOf(t testing.TB, definition, properties string) *connector.Package {
	t.Helper()
	files := fstest.MapFS{"apiDefinition.swagger.json": {Data: []byte(definition)}}
	if properties != "" {
		files["apiProperties.json"] = &fstest.MapFile{Data: []byte(properties)}
	}
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "fabrikam", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	require.Empty(t, pkg.AllProblems())
	return pkg
}

// exerciseAPI runs a definition against a handler. Everything is allowed unless opts say otherwise.
func exerciseAPI(ctx context.Context, t testing.TB, definition string, api http.Handler, opts Options) *Result {
	t.Helper()
	return exercisePackage(ctx, t, pkgOf(t, definition, ""), api, opts)
}

// exercisePackage is exerciseAPI for a connector with more than a definition.
func exercisePackage(ctx context.Context, t testing.TB, pkg *connector.Package, api http.Handler, opts Options) *Result {
	t.Helper()
	server := httptest.NewServer(api)
	defer server.Close()
	if opts.BaseURL == "" {
		opts.BaseURL = server.URL
	}
	if opts.Allow == nil {
		opts.Allow = []string{"POST", "PUT", "PATCH", "DELETE"}
	}
	if opts.wait == nil {
		opts.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	result, err := Run(ctx, pkg, opts)
	require.NoError(t, err)
	return result
}

func newNotes() *notesAPI {
	return &notesAPI{notes: map[string]map[string]string{"old": {"id": "old", "text": "was there before", "state": "live"}}}
}

func withKey() Options { return Options{Connection: map[string]string{"api_key": notesKey}} }

// outcomeOf finds an operation in a result.
func outcomeOf(t testing.TB, r *Result, id string) finding.Operation {
	t.Helper()
	for _, op := range r.Operations {
		if op.OperationID == id {
			return op
		}
	}
	require.Failf(t, "the result lacks an operation", "%s", id)
	return finding.Operation{}
}

// checkOf finds the outcome of a check; the zero value when there is none.
func checkOf(op finding.Operation, name string) finding.Check {
	for _, c := range op.Checks {
		if c.Check == name {
			return c
		}
	}
	return finding.Check{}
}
