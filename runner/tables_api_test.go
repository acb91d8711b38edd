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
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// tablesDefinition is a data base of the kind whose tables stand in the path
// without a word between, whose records have fields that the definition does not
// know, and that makes, changes and removes many at once.
const tablesDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Tables", "version": "1.0"}, "host": "tables.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"], "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}],
  "paths": {
    "/meta/bases": {"get": {"operationId": "ListBases", "responses": {"200": {"description": "Bases", "schema": {"type": "object", "properties": {"bases": {"type": "array", "items": {"$ref": "#/definitions/Named"}}}}}}}},
    "/meta/bases/{baseId}/tables": {"get": {"operationId": "ListTables", "parameters": [{"$ref": "#/parameters/base"}], "responses": {"200": {"description": "Tables", "schema": {"type": "object", "properties": {"tables": {"type": "array", "items": {"$ref": "#/definitions/Named"}}}}}}}},
    "/data/{baseId}/{tableId}": {
      "parameters": [{"$ref": "#/parameters/base"}, {"$ref": "#/parameters/table"}],
      "get": {"operationId": "ListRecords", "parameters": [{"name": "limit", "in": "query", "type": "integer", "minimum": 1, "maximum": 50}, {"name": "after", "in": "query", "type": "string"}],
        "responses": {"200": {"description": "Records", "schema": {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "items": {"$ref": "#/definitions/Record"}}, "paging": {"type": "object", "properties": {"next": {"type": "object", "properties": {"after": {"type": "string"}}}}}}}}}},
      "post": {"operationId": "CreateRecords", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["fields"], "properties": {"fields": {"type": "object"}}}}}}}], "responses": {"201": {"description": "Made", "schema": {"$ref": "#/definitions/Records"}}}},
      "patch": {"operationId": "UpdateRecords", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["id", "fields"], "properties": {"id": {"type": "string"}, "fields": {"type": "object"}}}}}}}], "responses": {"200": {"description": "Changed", "schema": {"$ref": "#/definitions/Records"}}}}
    },
    "/data/{baseId}/{tableId}/batch/read": {"post": {"operationId": "ReadRecords", "parameters": [{"$ref": "#/parameters/base"}, {"$ref": "#/parameters/table"}, {"$ref": "#/parameters/ids"}], "responses": {"200": {"description": "Records", "schema": {"$ref": "#/definitions/Records"}}}}},
    "/data/{baseId}/{tableId}/archiveRecords": {"post": {"operationId": "ArchiveRecords", "parameters": [{"$ref": "#/parameters/base"}, {"$ref": "#/parameters/table"}, {"$ref": "#/parameters/ids"}], "responses": {"204": {"description": "Archived"}}}},
    "/data/{baseId}/{tableId}/deleteRecords": {"post": {"operationId": "DeleteRecords", "parameters": [{"$ref": "#/parameters/base"}, {"$ref": "#/parameters/table"}, {"$ref": "#/parameters/ids"}], "responses": {"204": {"description": "Deleted"}}}},
    "/data/{baseId}/{tableId}/{recordId}": {
      "parameters": [{"$ref": "#/parameters/base"}, {"$ref": "#/parameters/table"}, {"name": "recordId", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "GetRecord", "responses": {"200": {"description": "Record", "schema": {"$ref": "#/definitions/Record"}}}},
      "delete": {"operationId": "DeleteRecord", "responses": {"204": {"description": "Deleted"}}}
    }
  },
  "parameters": {
    "base": {"name": "baseId", "in": "path", "required": true, "type": "string", "x-ms-dynamic-values": {"operationId": "ListBases", "value-collection": "bases", "value-path": "id", "value-title": "name"}},
    "table": {"name": "tableId", "in": "path", "required": true, "type": "string", "x-ms-dynamic-values": {"operationId": "ListTables", "value-collection": "tables", "value-path": "id", "value-title": "name", "parameters": {"baseId": {"parameter": "baseId"}}}},
    "ids": {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "minItems": 1, "items": {"type": "string"}}}}}
  },
  "definitions": {
    "Named": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
    "Record": {"type": "object", "required": ["id", "fields"], "properties": {"id": {"type": "string"}, "fields": {"type": "object"}}},
    "Records": {"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "items": {"$ref": "#/definitions/Record"}}}}
  }
}`

// tablesAPI serves tablesDefinition: the table "crew" wants a nick, "stock" a sku.
type tablesAPI struct {
	mu      sync.Mutex
	records map[string][]map[string]any
	next    int
	// bare leaves the ids out of every page but the first, circle never ends.
	bare, circle bool
	harmed       []string
}

func newTablesAPI() *tablesAPI {
	a := &tablesAPI{records: map[string][]map[string]any{}}
	for i := range 5 {
		for _, table := range []string{"crew", "stock"} {
			a.records[table] = append(a.records[table], map[string]any{"id": fmt.Sprintf("old-%s-%d", table, i), "fields": map[string]any{}})
		}
	}
	return a
}

func (a *tablesAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) {
		answer(status, map[string]any{"error": map[string]any{"message": text}})
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	homes := map[string]string{"crew": "west", "stock": "east"}
	switch {
	case r.Header.Get("X-Key") != notesKey:
		fail(http.StatusUnauthorized, "sign in first")
	case r.URL.Path == "/meta/bases":
		answer(http.StatusOK, map[string]any{"bases": []any{map[string]any{"id": "west", "name": "West"}, map[string]any{"id": "east", "name": "East"}}})
	case parts[0] == "meta" && (parts[2] == "west" || parts[2] == "east"):
		table := map[string]string{"west": "crew", "east": "stock"}[parts[2]]
		answer(http.StatusOK, map[string]any{"tables": []any{map[string]any{"id": table, "name": table}}})
	case parts[0] != "data" || homes[parts[2]] != parts[1]:
		fail(http.StatusNotFound, "no such table")
	case len(parts) == 3 && r.Method == http.MethodGet:
		a.list(r, parts[2], answer)
	case r.Method == http.MethodGet || r.Method == http.MethodDelete:
		i := slices.IndexFunc(a.records[parts[2]], func(record map[string]any) bool { return record["id"] == parts[3] })
		switch {
		case i < 0:
			fail(http.StatusNotFound, "no such record")
		case r.Method == http.MethodGet:
			answer(http.StatusOK, a.records[parts[2]][i])
		default:
			a.remove(parts[2], parts[3])
			answer(http.StatusNoContent, nil)
		}
	default:
		a.batch(r, parts, answer, fail)
	}
}

func (a *tablesAPI) list(r *http.Request, table string, answer func(int, any)) {
	limit, from, all := 3, 0, a.records[table]
	if text := r.URL.Query().Get("limit"); text != "" {
		if n, err := fmt.Sscan(text, &limit); n != 1 || err != nil || limit < 1 || limit > 50 {
			answer(http.StatusBadRequest, map[string]any{"error": map[string]any{"message": "limit must be between 1 and 50"}})
			return
		}
	}
	_, _ = fmt.Sscan(r.URL.Query().Get("after"), &from) // what is no number begins anew
	end := min(from+limit, len(all))
	page := slices.Clone(all[min(from, end):end])
	if a.bare && from > 0 {
		for i := range page {
			page[i] = map[string]any{"fields": map[string]any{}}
		}
	}
	out := map[string]any{"records": page}
	if end < len(all) {
		if a.circle && from > 0 {
			end = from
		}
		out["paging"] = map[string]any{"next": map[string]any{"after": strconv.Itoa(end)}}
	}
	answer(http.StatusOK, out)
}

// batch serves what is about many records at once.
func (a *tablesAPI) batch(r *http.Request, parts []string, answer func(int, any), fail func(int, string)) {
	table := parts[2]
	if len(parts) > 3 {
		var body struct{ Records []string }
		if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Records) == 0 {
			fail(http.StatusUnprocessableEntity, "records must be a list of ids")
			return
		}
		var found []any
		for _, id := range body.Records {
			i := slices.IndexFunc(a.records[table], func(record map[string]any) bool { return record["id"] == id })
			if i < 0 {
				fail(http.StatusUnprocessableEntity, "record "+id+" does not exist in this table")
				return
			}
			found = append(found, a.records[table][i])
		}
		if parts[3] == "batch" {
			answer(http.StatusOK, map[string]any{"records": found})
			return
		}
		for _, id := range body.Records {
			a.remove(table, id)
		}
		answer(http.StatusNoContent, nil)
		return
	}
	var body struct {
		Records []*struct {
			ID     *string
			Fields map[string]any
		}
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Records) == 0 || slices.Contains(body.Records, nil) {
		fail(http.StatusUnprocessableEntity, "records must be a list of records")
		return
	}
	wants := map[string]string{"crew": "nick", "stock": "sku"}[table]
	var out []any
	for _, in := range body.Records {
		for name := range in.Fields {
			if name != wants {
				fail(http.StatusUnprocessableEntity, "unknown field name: "+name)
				return
			}
		}
		switch text, ok := in.Fields[wants].(string); {
		case in.Fields == nil:
			fail(http.StatusUnprocessableEntity, "fields must be an object")
			return
		case r.Method == http.MethodPost && (!ok || text == ""):
			fail(http.StatusUnprocessableEntity, wants+" is required")
			return
		case r.Method == http.MethodPost:
			a.next++
			record := map[string]any{"id": fmt.Sprintf("new-%d", a.next), "fields": in.Fields}
			a.records[table] = append(a.records[table], record)
			out = append(out, record)
			continue
		}
		if in.ID == nil || !slices.ContainsFunc(a.records[table], func(record map[string]any) bool { return record["id"] == *in.ID }) {
			fail(http.StatusUnprocessableEntity, "no such record")
			return
		}
		if strings.HasPrefix(*in.ID, "old-") {
			a.harmed = append(a.harmed, *in.ID)
		}
		out = append(out, map[string]any{"id": *in.ID, "fields": in.Fields})
	}
	answer(map[string]int{http.MethodPost: http.StatusCreated, http.MethodPatch: http.StatusOK}[r.Method], map[string]any{"records": out})
}

func (a *tablesAPI) remove(table, id string) {
	if strings.HasPrefix(id, "old-") {
		a.harmed = append(a.harmed, id)
	}
	a.records[table] = slices.DeleteFunc(a.records[table], func(record map[string]any) bool { return record["id"] == id })
}

func TestRecordsOfChosenTablesAreHandledInBatches(t *testing.T) {
	api := newTablesAPI()
	result := exerciseAPI(t.Context(), t, tablesDefinition, api, Options{Connection: map[string]string{"key": notesKey}})
	assert.Empty(t, complaints(result))
	for _, op := range result.Operations {
		assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
	}
	assert.Empty(t, api.harmed)
	assert.Empty(t, result.Leftovers)
	assert.Len(t, api.records["crew"], 5)
	assert.Len(t, api.records["stock"], 5)
}

func TestPagesByCursorAreFollowed(t *testing.T) {
	for _, c := range []struct {
		api  func(*tablesAPI)
		says string
	}{
		{func(a *tablesAPI) { a.bare = true }, `page 2 does not match the schema: the required property "id" is missing`},
		{func(a *tablesAPI) { a.circle = true }, "page 3 holds the same items as page 2: after leads in a circle"},
	} {
		api := newTablesAPI()
		c.api(api)
		result := exerciseAPI(t.Context(), t, tablesDefinition, api, Options{Connection: map[string]string{"key": notesKey}})
		i := slices.IndexFunc(result.Operations, func(op finding.Operation) bool { return op.OperationID == "ListRecords" })
		require.GreaterOrEqual(t, i, 0)
		failed := checkOf(result.Operations[i], checkPaging)
		assert.Equal(t, finding.Failed, failed.Verdict)
		assert.Contains(t, failed.Message, c.says)
		assert.Len(t, complaints(result), 1)
	}
}
