package runner

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

const bookDefinition = `{"swagger": "2.0", "host": "api.fabrikam.com", "consumes": ["application/xml"], "paths": {
  "/books": {"post": {"operationId": "AddBook", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Book"}}], "responses": {"201": {"description": "Made"}}}}},
  "definitions": {"Book": {"type": "object", "required": ["id", "title", "authors", "tags", "size"], "xml": {"prefix": "b", "namespace": "https://fabrikam.com/books"}, "properties": {
    "id": {"type": "integer", "xml": {"attribute": true}},
    "title": {"type": "string", "xml": {"name": "Title"}},
    "authors": {"type": "array", "xml": {"wrapped": true}, "items": {"type": "string", "xml": {"name": "author"}}},
    "tags": {"type": "array", "items": {"type": "string"}, "xml": {"name": "tag"}},
    "size": {"type": "object", "properties": {"pages": {"type": "integer"}}}}}}}`

func TestXMLBody(t *testing.T) {
	def := pkgOf(t, bookDefinition, "").Definition
	schema := def.Root.At("paths", "/books", "post", "parameters").Item(0).Get("schema")
	got := xmlBody(def, schema, "body", map[string]any{"id": 7, "title": "Ways & <means>", "authors": []any{"Dana", "Kim"}, "tags": []any{"a", "b"}, "size": map[string]any{"pages": 12, "extra": true}})
	assert.Equal(t, xml.Header+`<b:Book xmlns:b="https://fabrikam.com/books" id="7"><Title>Ways &amp; &lt;means&gt;</Title><authors><author>Dana</author><author>Kim</author></authors><tag>a</tag><tag>b</tag><size><pages>12</pages><extra>true</extra></size></b:Book>`, string(got))
}

func TestXMLIsSentWhereNothingElseIsTaken(t *testing.T) {
	var media []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		var book struct {
			ID    string `xml:"id,attr"`
			Title string
		}
		if xml.Unmarshal(body, &book) != nil || book.ID == "" || book.Title == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		media = append(media, r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
	}))
	defer server.Close()
	result := runWith(t, bookDefinition, "", Options{BaseURL: server.URL, Jobs: 1, Allow: []string{"POST"}, Skip: []string{checkInput}})
	op := outcomeOf(t, result, "AddBook")
	assert.Equal(t, finding.Passed, op.Verdict, op.Reason)
	require.NotEmpty(t, media)
	assert.Equal(t, "application/xml", media[0])
}
