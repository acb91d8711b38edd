package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// ticketsDefinition is a tracker whose tickets take a type of their project, move
// by transitions that depend on their state, and are assigned to people that the
// API names nowhere but in /me.
const ticketsDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Tracker", "version": "1.0"}, "host": "tracker.fabrikam.com", "schemes": ["https"], "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/me": {"get": {"operationId": "GetMe", "responses": {"200": {"description": "Me", "schema": {"type": "object", "properties": {"accountId": {"type": "string"}}}}}}},
    "/projects": {"get": {"operationId": "ListProjects", "responses": {"200": {"description": "Projects", "schema": {"type": "array", "items": {"$ref": "#/definitions/Named"}}}}}},
    "/projects/{project}/types": {"get": {"operationId": "ListTypes", "parameters": [{"name": "project", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Types", "schema": {"type": "object", "properties": {"types": {"type": "array", "items": {"$ref": "#/definitions/Named"}}}}}}}},
    "/tickets": {
      "get": {"operationId": "ListTickets", "responses": {"200": {"description": "Tickets", "schema": {"type": "array", "items": {"$ref": "#/definitions/Ticket"}}}}},
      "post": {"operationId": "CreateTicket", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["project", "type", "title"], "properties": {
        "project": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "x-ms-dynamic-values": {"operationId": "ListProjects", "value-path": "id", "value-title": "name"}}}},
        "type": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "x-ms-dynamic-list": {"operationId": "ListTypes", "itemsPath": "types", "itemValuePath": "id", "itemTitlePath": "name", "parameters": {"project": {"parameterReference": "body/project/id"}}}}}},
        "title": {"type": "string"}}}}], "responses": {"201": {"description": "Ticket", "schema": {"$ref": "#/definitions/Ticket"}}}}
    },
    "/tickets/{key}": {
      "get": {"operationId": "GetTicket", "parameters": [{"$ref": "#/parameters/key"}], "responses": {"200": {"description": "Ticket", "schema": {"$ref": "#/definitions/Ticket"}}}},
      "delete": {"operationId": "DeleteTicket", "parameters": [{"$ref": "#/parameters/key"}], "responses": {"204": {"description": "Deleted"}}}
    },
    "/tickets/{key}/moves": {
      "get": {"operationId": "ListMoves", "parameters": [{"$ref": "#/parameters/key"}], "responses": {"200": {"description": "Moves", "schema": {"type": "object", "properties": {"moves": {"type": "array", "items": {"$ref": "#/definitions/Named"}}}}}}},
      "post": {"operationId": "DoMove", "parameters": [{"$ref": "#/parameters/key"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["move"], "properties": {"move": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "x-ms-dynamic-values": {"operationId": "ListMoves", "value-collection": "moves", "value-path": "id", "value-title": "name", "parameters": {"key": {"parameter": "key"}}}}}}}}}], "responses": {"204": {"description": "Moved"}}}
    },
    "/tickets/{key}/assignee": {"put": {"operationId": "AssignTicket", "parameters": [{"$ref": "#/parameters/key"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["accountId"], "properties": {"accountId": {"type": "string"}}}}], "responses": {"204": {"description": "Assigned"}}}},
    "/tickets/search": {"post": {"operationId": "SearchTicketsByPost", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"text": {"type": "string"}}}}], "responses": {"200": {"description": "Tickets", "schema": {"type": "array", "items": {"$ref": "#/definitions/Ticket"}}}}}}
  },
  "parameters": {"key": {"name": "key", "in": "path", "required": true, "type": "string"}},
  "definitions": {
    "Named": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
    "Ticket": {"type": "object", "required": ["key", "title", "state"], "properties": {"key": {"type": "string"}, "title": {"type": "string"}, "state": {"type": "string"}}}
  }
}`

// ticketsAPI serves ticketsDefinition.
type ticketsAPI struct {
	mu      sync.Mutex
	tickets map[string]map[string]any
	next    int
	harmed  []string
}

// moves are the states that each state leads to, by the id of the move.
func (a *ticketsAPI) moves(state any) map[string]string {
	return map[string]map[string]string{"open": {"11": "busy"}, "busy": {"21": "open", "31": "done"}, "done": {"41": "open"}}[state.(string)]
}

func (a *ticketsAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) { answer(status, map[string]any{"message": text}) }
	types := map[string]string{"ops": "101", "dev": "201"}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var body struct {
		Project, Type, Move struct{ ID string }
		Title, AccountID    *string
		Text                string
	}
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			fail(http.StatusBadRequest, "not the JSON that was expected")
			return
		}
	}
	switch {
	case r.URL.Path == "/me":
		answer(http.StatusOK, map[string]any{"accountId": "5b10a284"})
		return
	case r.URL.Path == "/projects":
		answer(http.StatusOK, []any{map[string]any{"id": "ops", "name": "Operations"}, map[string]any{"id": "dev", "name": "Development"}})
		return
	case parts[0] == "projects" && types[parts[1]] != "":
		answer(http.StatusOK, map[string]any{"types": []any{map[string]any{"id": types[parts[1]], "name": "Task"}}})
		return
	case r.URL.Path == "/tickets" && r.Method == http.MethodPost:
		if body.Title == nil || *body.Title == "" || types[body.Project.ID] == "" || types[body.Project.ID] != body.Type.ID {
			fail(http.StatusBadRequest, "The type selected is invalid.")
			return
		}
		a.next++
		key := fmt.Sprintf("%s-%d", strings.ToUpper(body.Project.ID), a.next)
		a.tickets[key] = map[string]any{"key": key, "title": *body.Title, "state": "open"}
		answer(http.StatusCreated, a.tickets[key])
		return
	case r.URL.Path == "/tickets" || r.URL.Path == "/tickets/search":
		list := []any{}
		for _, key := range sortedKeys(a.tickets) {
			list = append(list, a.tickets[key])
		}
		answer(http.StatusOK, list)
		return
	}
	ticket := map[string]any(nil)
	if parts[0] == "tickets" {
		ticket = a.tickets[parts[1]]
	}
	if ticket == nil {
		fail(http.StatusNotFound, "no such thing")
		return
	}
	if r.Method != http.MethodGet && strings.HasPrefix(parts[1], "OLD") {
		a.harmed = append(a.harmed, r.Method+" "+r.URL.Path)
	}
	switch {
	case r.Method == http.MethodGet && len(parts) == 2:
		answer(http.StatusOK, ticket)
	case r.Method == http.MethodDelete:
		delete(a.tickets, parts[1])
		answer(http.StatusNoContent, nil)
	case r.Method == http.MethodGet:
		list := []any{}
		for _, id := range sortedKeys(a.moves(ticket["state"])) {
			list = append(list, map[string]any{"id": id, "name": "to " + a.moves(ticket["state"])[id]})
		}
		answer(http.StatusOK, map[string]any{"moves": list})
	case parts[2] == "assignee" && (body.AccountID == nil || *body.AccountID != "5b10a284"):
		name := ""
		if body.AccountID != nil {
			name = *body.AccountID
		}
		fail(http.StatusBadRequest, "User '"+name+"' does not exist.")
	case parts[2] == "assignee":
		answer(http.StatusNoContent, nil)
	case a.moves(ticket["state"])[body.Move.ID] == "":
		fail(http.StatusBadRequest, "The move '"+body.Move.ID+"' is not valid for this ticket.")
	default:
		ticket["state"] = a.moves(ticket["state"])[body.Move.ID]
		answer(http.StatusNoContent, nil)
	}
}

func TestTicketsMoveByWhatTheirStateAllows(t *testing.T) {
	for seed := range int64(3) {
		api := &ticketsAPI{tickets: map[string]map[string]any{"OLD-1": {"key": "OLD-1", "title": "Was there", "state": "open"}, "OLD-2": {"key": "OLD-2", "title": "Was there", "state": "done"}}}
		result := exerciseAPI(t.Context(), t, ticketsDefinition, api, Options{Seed: seed})
		assert.Empty(t, complaints(result))
		for _, op := range result.Operations {
			assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
		}
		assert.Empty(t, api.harmed)
		assert.Empty(t, result.Leftovers)
		assert.Len(t, api.tickets, 2)
	}
}
