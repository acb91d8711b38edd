package runner

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// vaultsDefinition makes groups and vaults under names of the caller's choice,
// in a region that only a refusal tells, and names them in full.
const vaultsDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Vaults", "version": "1.0"}, "host": "management.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/tenants": {"get": {"operationId": "Tenants_List", "parameters": [{"$ref": "#/parameters/version"}], "responses": {"200": {"description": "Tenants", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"type": "object", "properties": {"tenantId": {"type": "string"}}}}}}}}}},
    "/tenants/{tenantId}/checkNameAvailability": {"post": {"operationId": "Groups_CheckName", "parameters": [{"$ref": "#/parameters/tenantId"}, {"$ref": "#/parameters/version"}, {"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}], "responses": {"200": {"description": "Answer", "schema": {"type": "object", "properties": {"nameAvailable": {"type": "boolean"}}}}}}},
    "/tenants/{tenantId}/groups": {"get": {"operationId": "Groups_List", "parameters": [{"$ref": "#/parameters/tenantId"}, {"$ref": "#/parameters/version"}], "responses": {"200": {"description": "Groups", "schema": {"type": "object", "properties": {"value": {"type": "array", "items": {"$ref": "#/definitions/Group"}}}}}}}},
    "/tenants/{tenantId}/groups/{groupName}": {
      "get": {"operationId": "Groups_Get", "parameters": [{"$ref": "#/parameters/tenantId"}, {"$ref": "#/parameters/groupName"}, {"$ref": "#/parameters/version"}], "responses": {"200": {"description": "Group", "schema": {"$ref": "#/definitions/Group"}}}},
      "put": {"operationId": "Groups_CreateOrUpdate", "parameters": [{"$ref": "#/parameters/tenantId"}, {"$ref": "#/parameters/groupName"}, {"$ref": "#/parameters/version"}, {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Group"}}], "responses": {"200": {"description": "Group", "schema": {"$ref": "#/definitions/Group"}}, "201": {"description": "Group", "schema": {"$ref": "#/definitions/Group"}}}},
      "delete": {"operationId": "Groups_Delete", "parameters": [{"$ref": "#/parameters/tenantId"}, {"$ref": "#/parameters/groupName"}, {"$ref": "#/parameters/version"}], "responses": {"204": {"description": "Deleted"}}}
    }
  },
  "parameters": {
    "version": {"name": "api-version", "in": "query", "required": true, "type": "string", "default": "2026-01-01"},
    "tenantId": {"name": "tenantId", "in": "path", "required": true, "type": "string"}, "groupName": {"name": "groupName", "in": "path", "required": true, "type": "string"}
  },
  "definitions": {"Group": {"type": "object", "required": ["location"], "properties": {"name": {"type": "string", "readOnly": true}, "location": {"type": "string"}, "tags": {"type": "object", "additionalProperties": {"type": "string"}}}}}
}`

// vaultsAPI serves vaultsDefinition. tag is the value of a tag of each group that the caller made.
func vaultsAPI(tag any, groups map[string]map[string]any) http.Handler {
	var mu sync.Mutex
	path := regexp.MustCompile(`^/tenants(?:/t1/(groups|checkNameAvailability)(?:/([\w.-]+))?)?$`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		answer := answerJSON(w)
		fail := func(status int, text string) {
			answer(status, map[string]any{"error": map[string]any{"code": "Refused", "message": text}})
		}
		found := path.FindStringSubmatch(r.URL.Path)
		var body map[string]any
		switch {
		case found == nil:
			fail(http.StatusNotFound, "There is no such resource.")
		case r.URL.Query().Get("api-version") != "2026-01-01":
			fail(http.StatusBadRequest, "The api-version is missing or not supported.")
		case r.ContentLength > 0 && json.NewDecoder(r.Body).Decode(&body) != nil:
			fail(http.StatusBadRequest, "The body is no JSON object.")
		case found[1] == "":
			answer(http.StatusOK, map[string]any{"value": []any{map[string]any{"tenantId": "t1"}}})
		case found[1] == "checkNameAvailability" && !isString(body["name"]):
			fail(http.StatusBadRequest, "The name is required.")
		case found[1] == "checkNameAvailability":
			answer(http.StatusOK, map[string]any{"nameAvailable": true})
		case found[2] == "":
			list := []any{}
			for _, name := range sortedKeys(groups) {
				list = append(list, groups[name])
			}
			answer(http.StatusOK, map[string]any{"value": list})
		case r.Method == http.MethodPut && !isString(body["location"]):
			fail(http.StatusBadRequest, "The location is required.")
		case r.Method == http.MethodPut && !slices.Contains([]string{"west", "north"}, body["location"].(string)):
			fail(http.StatusBadRequest, "The provided location '"+body["location"].(string)+"' is not available. List of available regions is 'west,north'.")
		case r.Method == http.MethodPut:
			groups[found[2]] = map[string]any{"name": "tenants/t1/groups/" + found[2], "location": body["location"], "tags": map[string]any{"owner": tag}}
			answer(http.StatusCreated, map[string]any{"name": "tenants/t1/groups/" + found[2], "location": body["location"]})
		case groups[found[2]] == nil:
			fail(http.StatusNotFound, "There is no such group.")
		case r.Method == http.MethodDelete && groups[found[2]]["ready"] == nil:
			groups[found[2]]["ready"] = true
			w.Header().Set("Retry-After", "0")
			fail(http.StatusConflict, "The group is in state 'Creating'.")
		case r.Method == http.MethodDelete:
			delete(groups, found[2])
			answer(http.StatusNoContent, nil)
		default:
			answer(http.StatusOK, map[string]any{"name": "tenants/t1/groups/" + found[2], "location": groups[found[2]]["location"]})
		}
	})
}

func TestThingsUnderNamesOfTheCallersChoiceAreMadeAndListed(t *testing.T) {
	for _, tag := range []any{"somebody", 7} {
		groups := map[string]map[string]any{"old": {"name": "tenants/t1/groups/old", "location": "west", "tags": map[string]any{}}}
		result := exerciseAPI(t.Context(), t, vaultsDefinition, vaultsAPI(tag, groups), Options{})
		require.Len(t, result.Operations, 6)
		for _, op := range result.Operations {
			if tag == 7 && op.OperationID == "Groups_List" {
				// Only what the run made shows it.
				assert.Equal(t, finding.Failed, checkOf(op, checkBody).Verdict)
				continue
			}
			assert.Equal(t, finding.Passed, op.Verdict, "%s: %s %v", op.OperationID, op.Reason, op.Checks)
			assert.Equal(t, 10, op.Successes, op.OperationID)
		}
		assert.Equal(t, "old", strings.Join(sortedKeys(groups), " "))
	}
}
