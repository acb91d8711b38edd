package runner

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestXMLIsReadByItsSchema(t *testing.T) {
	schema := pkgOf(t, bookDefinition, "").Definition.Root.At("definitions", "Book")
	def := pkgOf(t, bookDefinition, "").Definition
	for document, want := range map[string]string{
		`<b:Book xmlns:b="https://fabrikam.com/books" id="7"><Title>Ways &amp; means</Title><authors><author>Dana</author><author>Kim</author></authors><tag>a</tag><tag>b</tag><size><pages>012</pages></size></b:Book>`: `{"id": 7, "title": "Ways & means", "authors": ["Dana", "Kim"], "tags": ["a", "b"], "size": {"pages": 12}}`,
		`<Book id="x"><Title/><authors/><size><pages></pages><extra><deep>1</deep></extra></size></Book>`:                                                                                                                 `{"id": "x", "title": "", "authors": [], "size": {"extra": {"deep": "1"}}}`,
	} {
		got, err := readXML(def, schema, []byte(document))
		require.NoError(t, err)
		text, err := json.Marshal(got)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(text))
	}
	for document, want := range map[string]string{
		"": "0 root elements", "<a><b></a>": "not XML", "plain": "0 root elements", "<a/><b/>": "2 root elements", strings.Repeat("<a>", 300): "nested more than",
	} {
		_, err := readXML(def, schema, []byte(document))
		require.ErrorContains(t, err, want)
	}
	_, err := readXML(def, schema, []byte(`<?xml version="1.0" encoding="koi8-r"?><a/>`))
	assert.ErrorIs(t, err, errXMLUnread)
}

func FuzzReadXML(f *testing.F) {
	f.Add([]byte(`<Book id="7"><Title>x</Title><tag>a</tag></Book>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		def := pkgOf(t, bookDefinition, "").Definition
		got, err := readXML(def, def.Root.At("definitions", "Book"), data)
		if err != nil {
			assert.Nil(t, got)
			return
		}
		_, err = json.Marshal(got)
		assert.NoError(t, err)
	})
}

// shopDefinition answers XML, takes forms, and names products by their sku.
const shopDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Shop", "version": "1.0"}, "host": "shop.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/x-www-form-urlencoded"], "produces": ["application/xml"],
  "paths": {
    "/products": {
      "get": {"operationId": "ListProducts", "responses": {"200": {"description": "Products", "schema": {"type": "array", "xml": {"name": "products", "wrapped": true}, "items": {"$ref": "#/definitions/Product"}}}}},
      "post": {"operationId": "CreateProduct", "parameters": [{"name": "sku", "in": "formData", "required": true, "type": "string"}, {"name": "price", "in": "formData", "required": true, "type": "number", "minimum": 0}], "responses": {"201": {"description": "Product", "schema": {"$ref": "#/definitions/Product"}}}}
    },
    "/products/{sku}": {
      "get": {"operationId": "GetProduct", "parameters": [{"name": "sku", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Product", "schema": {"$ref": "#/definitions/Product"}}}},
      "post": {"operationId": "UpdateProduct", "parameters": [{"name": "sku", "in": "path", "required": true, "type": "string"}, {"name": "name", "in": "formData", "type": "string"}], "responses": {"200": {"description": "Product", "schema": {"$ref": "#/definitions/Product"}}}},
      "delete": {"operationId": "DeleteProduct", "parameters": [{"name": "sku", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/orders": {"post": {"operationId": "CreateOrder", "produces": ["application/json"], "parameters": [{"name": "sku", "in": "formData", "required": true, "type": "string"}], "responses": {"201": {"description": "Order", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}}}},
    "/orders/{id}": {"delete": {"operationId": "DeleteOrder", "parameters": [{"name": "id", "in": "path", "required": true, "type": "integer"}], "responses": {"204": {"description": "Deleted"}}}},
    "/orders/{id}/cancel": {"post": {"operationId": "CancelOrder", "parameters": [{"name": "id", "in": "path", "required": true, "type": "integer"}], "responses": {"204": {"description": "Cancelled"}}}}
  },
  "definitions": {"Product": {"type": "object", "required": ["sku", "price"], "xml": {"name": "product"}, "properties": {
    "sku": {"type": "string", "xml": {"attribute": true}}, "name": {"type": "string"}, "price": {"type": "number"}, "tags": {"type": "array", "xml": {"wrapped": true}, "items": {"type": "string", "xml": {"name": "tag"}}}}}}
}`

// shopAPI serves shopDefinition with products of the given price.
func shopAPI(price string, orders map[string]bool) http.Handler {
	var mu sync.Mutex
	products := map[string]string{"OLD": "was there before"}
	next := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		answer := func(status int, text string) {
			w.Header().Set("Content-Type", "application/xml; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)) // the client may be gone
		}
		one := func(sku string) string {
			return `<product sku="` + sku + `"><name>` + products[sku] + `</name><price>` + price + `</price><tags><tag>new</tag></tags></product>`
		}
		if r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/cancel") && r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			answer(http.StatusUnsupportedMediaType, "<error>Send a form.</error>")
			return
		}
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		sku := r.PostFormValue("sku")
		switch {
		case parts[0] == "orders" && len(parts) == 1:
			if products[sku] == "" {
				answer(http.StatusUnprocessableEntity, "<error>There is no such product.</error>")
				return
			}
			next++
			id, _ := json.Marshal(next) // numbers can be written
			orders[string(id)] = true
			answerJSON(w)(http.StatusCreated, map[string]any{"id": next})
		case parts[0] == "orders" && !orders[parts[1]]:
			answer(http.StatusNotFound, "<error>There is no such order.</error>")
		case parts[0] == "orders":
			if len(parts) == 2 {
				delete(orders, parts[1])
			}
			w.WriteHeader(http.StatusNoContent)
		case len(parts) == 1 && r.Method == http.MethodGet:
			var list strings.Builder
			for _, sku := range sortedKeys(products) {
				list.WriteString(one(sku))
			}
			answer(http.StatusOK, "<products>"+list.String()+"</products>")
		case len(parts) == 1 && (sku == "" || products[sku] != "" || !json.Valid([]byte(r.PostFormValue("price"))) || strings.HasPrefix(r.PostFormValue("price"), "-")):
			answer(http.StatusBadRequest, "<error>A new sku and a price are required.</error>")
		case len(parts) == 1:
			products[sku] = "new"
			answer(http.StatusCreated, one(sku))
		case products[parts[1]] == "":
			answer(http.StatusNotFound, "<error>There is no such product.</error>")
		case r.Method == http.MethodDelete:
			delete(products, parts[1])
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(http.StatusOK, one(parts[1]))
		}
	})
}

func TestAnAPIOfXMLAndFormsIsExercisedAndJudged(t *testing.T) {
	for price, want := range map[string]finding.Verdict{"9.5": finding.Passed, "cheap": finding.Failed} {
		orders := map[string]bool{}
		result := exerciseAPI(t.Context(), t, shopDefinition, shopAPI(price, orders), Options{})
		require.Len(t, result.Operations, 8)
		for _, op := range result.Operations {
			assert.Equal(t, 10, op.Successes, "%s: %s", op.OperationID, op.Reason)
			answersXML := strings.HasSuffix(op.OperationID, "Product") && op.Method != http.MethodDelete || op.OperationID == "ListProducts"
			if answersXML {
				assert.Equal(t, want, checkOf(op, checkBody).Verdict, "%s with price %s", op.OperationID, price)
			} else {
				assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
			}
		}
		assert.Empty(t, orders, "what was cancelled is deleted all the same")
		assert.Empty(t, result.Leftovers)
	}
}
