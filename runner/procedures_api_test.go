package runner

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// proceduresDefinition is a chat of the kind that names procedures, not places,
// and says in the body of an answer 200 what became of a request.
const proceduresDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Chat", "version": "1.0"}, "host": "chat.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"], "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}],
  "paths": {
    "/rooms.list": {"get": {"operationId": "ListRooms", "parameters": [{"name": "limit", "in": "query", "type": "integer"}, {"name": "cursor", "in": "query", "type": "string"}],
      "responses": {"200": {"description": "Rooms", "schema": {"type": "object", "properties": {"ok": {"type": "boolean"}, "channels": {"type": "array", "items": {"$ref": "#/definitions/Channel"}}, "paging": {"type": "object", "properties": {"next_cursor": {"type": "string"}}}}}}}}},
    "/rooms.create": {"post": {"operationId": "CreateRoom", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}], "responses": {"200": {"description": "Room", "schema": {"$ref": "#/definitions/ChannelAnswer"}}}}},
    "/rooms.info": {"get": {"operationId": "GetRoom", "parameters": [{"name": "channel", "in": "query", "required": true, "type": "string"}], "responses": {"200": {"description": "Room", "schema": {"$ref": "#/definitions/ChannelAnswer"}}}}},
    "/rooms.members": {"get": {"operationId": "ListRoomMembers", "parameters": [{"name": "channel", "in": "query", "required": true, "type": "string"}],
      "responses": {"200": {"description": "Members", "schema": {"type": "object", "properties": {"ok": {"type": "boolean"}, "members": {"type": "array", "items": {"type": "string"}}}}}}}},
    "/rooms.rename": {"post": {"operationId": "RenameRoom", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["channel", "name"], "properties": {"channel": {"type": "string"}, "name": {"type": "string"}}}}], "responses": {"200": {"description": "Room", "schema": {"$ref": "#/definitions/ChannelAnswer"}}}}},
    "/rooms.delete": {"post": {"operationId": "DeleteRoom", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["channel"], "properties": {"channel": {"type": "string"}}}}], "responses": {"200": {"description": "Gone", "schema": {"$ref": "#/definitions/Ok"}}}}},
    "/chat.postMessage": {"post": {"operationId": "PostMessage", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["channel", "text"], "properties": {"text": {"type": "string"},
      "channel": {"type": "string", "x-ms-dynamic-values": {"operationId": "ListRooms", "value-collection": "channels", "value-path": "id", "value-title": "name"}}}}}], "responses": {"200": {"description": "Message", "schema": {"$ref": "#/definitions/Message"}}}}},
    "/chat.update": {"post": {"operationId": "UpdateMessage", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["channel", "ts", "text"], "properties": {"channel": {"type": "string"}, "ts": {"type": "string"}, "text": {"type": "string"}}}}], "responses": {"200": {"description": "Message", "schema": {"$ref": "#/definitions/Message"}}}}},
    "/chat.delete": {"post": {"operationId": "DeleteMessage", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["channel", "ts"], "properties": {"channel": {"type": "string"}, "ts": {"type": "string"}}}}], "responses": {"200": {"description": "Gone", "schema": {"$ref": "#/definitions/Ok"}}}}}
  },
  "definitions": {
    "Ok": {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}, "error": {"type": "string"}}},
    "Channel": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "members": {"type": "integer"}}},
    "ChannelAnswer": {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}, "error": {"type": "string"}, "channel": {"$ref": "#/definitions/Channel"}}},
    "Message": {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}, "error": {"type": "string"}, "channel": {"type": "string"}, "ts": {"type": "string"}}}
  }
}`

// proceduresAPI serves proceduresDefinition.
type proceduresAPI struct {
	mu sync.Mutex
	// rooms are names by id, messages ids of rooms by ts.
	rooms, messages map[string]string
	next            int
	harmed          []string
	fault           string
}

func (a *proceduresAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	answer := func(members map[string]any) {
		if members["error"] == nil {
			members["ok"] = true
		} else {
			members["ok"] = false
		}
		_ = json.NewEncoder(w).Encode(members) // the client may be gone
	}
	no := func(word string) { answer(map[string]any{"error": word}) }
	in := map[string]any{}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil && err != io.EOF {
			no("invalid_json")
			return
		}
	} else {
		for name := range r.URL.Query() {
			in[name] = r.URL.Query().Get(name)
		}
	}
	text := func(name string) string { s, _ := in[name].(string); return s }
	channel, name := text("channel"), text("name")
	deed := strings.TrimPrefix(r.URL.Path, "/")
	_, there := a.rooms[channel]
	needsRoom := deed != "rooms.list" && deed != "rooms.create"
	told := map[string]any{"channel": map[string]any{"id": channel, "name": a.rooms[channel], "members": 1}}
	if a.fault == "type" {
		told = map[string]any{"channel": map[string]any{"id": channel, "members": "one"}}
	}
	switch {
	case r.Header.Get("X-Key") == "":
		no("not_authed")
	case r.Header.Get("X-Key") != notesKey:
		no("invalid_auth")
	case needsRoom && !there:
		no("channel_not_found")
	case deed == "rooms.list":
		a.list(text("limit"), text("cursor"), answer, no)
	case deed == "rooms.members":
		answer(map[string]any{"members": []string{"U1", "U2"}})
	case deed == "rooms.info":
		answer(told)
	case deed == "rooms.delete":
		if strings.HasPrefix(channel, "OLD") {
			a.harmed = append(a.harmed, r.URL.Path+channel)
		}
		if a.fault != "delete" {
			delete(a.rooms, channel)
			maps.DeleteFunc(a.messages, func(_, room string) bool { return room == channel })
		}
		answer(map[string]any{})
	case deed == "rooms.create" || deed == "rooms.rename":
		a.nameRoom(deed, channel, name, answer, no)
	default:
		a.chat(deed, channel, text("ts"), text("text"), answer, no)
	}
}

func (a *proceduresAPI) list(limit, cursor string, answer func(map[string]any), no func(string)) {
	size, from := 100, 0
	for into, value := range map[*int]string{&size: limit, &from: cursor} {
		if n, err := strconv.Atoi(value); err == nil && n > 0 {
			*into = n
		} else if value != "" {
			no("invalid_arguments")
			return
		}
	}
	if a.fault == "page" {
		from = 0
	}
	ids := sortedKeys(a.rooms)
	list, next := []any{}, ""
	for i, id := range ids {
		if i >= from && i < from+size {
			list = append(list, map[string]any{"id": id, "name": a.rooms[id], "members": 1})
		}
	}
	if from+size < len(ids) {
		next = strconv.Itoa(from + size)
	}
	answer(map[string]any{"channels": list, "paging": map[string]any{"next_cursor": next}})
}

func (a *proceduresAPI) nameRoom(deed, channel, name string, answer func(map[string]any), no func(string)) {
	if !regexp.MustCompile(`^[a-z0-9_-]{1,80}$`).MatchString(name) {
		no("invalid_name_specials")
		return
	}
	for _, other := range a.rooms {
		if other == name {
			no("name_taken")
			return
		}
	}
	if deed == "rooms.create" {
		a.next++
		channel = fmt.Sprintf("C%03d", a.next)
	} else if strings.HasPrefix(channel, "OLD") {
		a.harmed = append(a.harmed, deed+channel)
	}
	a.rooms[channel] = name
	answer(map[string]any{"channel": map[string]any{"id": channel, "name": name}})
}

func (a *proceduresAPI) chat(deed, channel, ts, text string, answer func(map[string]any), no func(string)) {
	switch {
	case deed != "chat.delete" && text == "":
		no("no_text")
		return
	case deed == "chat.postMessage":
		a.next++
		ts = fmt.Sprintf("1700000000.%06d", a.next)
		a.messages[ts] = channel
	case a.messages[ts] != channel:
		no("message_not_found")
		return
	case strings.HasPrefix(ts, "1600"):
		a.harmed = append(a.harmed, deed+ts)
	}
	if deed == "chat.delete" {
		delete(a.messages, ts)
	}
	answer(map[string]any{"channel": channel, "ts": ts})
}

func newProceduresAPI(fault string) *proceduresAPI {
	return &proceduresAPI{rooms: map[string]string{"OLD1": "general", "OLD2": "random", "OLD3": "ops"}, messages: map[string]string{"1600000000.000001": "OLD1"}, fault: fault}
}

func TestProceduresThatRefuseInTheBodyAreUnderstood(t *testing.T) {
	for seed := range int64(2) {
		api := newProceduresAPI("")
		result := exerciseAPI(t.Context(), t, proceduresDefinition, api, Options{Seed: seed, Connection: map[string]string{"key": notesKey}})
		for _, op := range result.Operations {
			failed := slices.DeleteFunc(slices.Clone(op.Checks), func(c finding.Check) bool { return c.Verdict != finding.Failed })
			assert.Empty(t, failed, op.OperationID)
			assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
			assert.Equal(t, finding.Warned, checkOf(op, checkCredentials).Verdict, "makers are not asked to sign in again by 200")
		}
		assert.Empty(t, api.harmed)
		assert.Empty(t, result.Leftovers)
		assert.Len(t, api.rooms, 3)
		assert.Len(t, api.messages, 1)
	}
}

func TestFaultsOfProceduresAreFound(t *testing.T) {
	for fault, at := range map[string][2]string{"page": {"ListRooms", checkPaging}, "delete": {"DeleteRoom", checkDeleted}, "type": {"GetRoom", checkBody}} {
		result := exerciseAPI(t.Context(), t, proceduresDefinition, newProceduresAPI(fault), Options{Connection: map[string]string{"key": notesKey}})
		assert.Equal(t, finding.Failed, checkOf(outcomeOf(t, result, at[0]), at[1]).Verdict, fault)
		for _, op := range result.Operations {
			if op.OperationID != at[0] {
				assert.NotEqual(t, finding.Failed, op.Verdict, "%s: %s: %s", fault, op.OperationID, op.Reason)
			}
		}
	}
}
