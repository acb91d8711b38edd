package runner

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWordsAndStems(t *testing.T) {
	assert.Equal(t, []string{"delete", "user", "by", "id"}, words("deleteUserById2"))
	assert.Equal(t, []string{"get", "http", "status"}, words("getHTTPStatus"))
	assert.Equal(t, []string{"ticket", "types"}, words("ticket-types"))
	for plural, one := range map[string]string{"silences": "silence", "categories": "category", "statuses": "status", "boxes": "box", "addresses": "address", "leases": "lease", "status": "status", "gas": "gas"} {
		assert.Equal(t, one, singular(plural), plural)
	}
	for name, want := range map[string][2]string{"ticketId": {"ticket", "id"}, "silenceID": {"silence", "id"}, "id": {"", "id"}, "user_name": {"user", "name"}, "grid": {"grid", ""}, "boardKey": {"board", "key"}, "role": {"role", ""}} {
		resource, suffix := stem(name)
		assert.Equal(t, want, [2]string{resource, suffix}, name)
	}
}

// callsDefinition names what it acts on in bodies, as remote-procedure APIs do.
const callsDefinition = `{
  "swagger": "2.0", "host": "store.fabrikam.com",
  "paths": {
    "/v3/role/add": {"post": {"operationId": "RoleAdd", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"name": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}},
    "/v3/role/get": {"post": {"operationId": "RoleGet", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"role": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}},
    "/v3/role/list": {"post": {"operationId": "RoleList", "responses": {"200": {"description": "OK"}}}},
    "/v3/role/grant": {"post": {"operationId": "RoleGrant", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"name": {"type": "string"}, "key": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}},
    "/v3/role/revoke": {"post": {"operationId": "RoleRevoke", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"role": {"type": "string"}, "key": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}},
    "/v3/role/delete": {"post": {"operationId": "RoleDelete", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"role": {"type": "string"}}}}], "responses": {"200": {"description": "OK"}}}}
  }
}`

func TestPlanOfRemoteProcedures(t *testing.T) {
	result, err := Run(t.Context(), pkgOf(t, callsDefinition, ""), Options{DryRun: true, Allow: []string{"POST"}})
	require.NoError(t, err)
	var order []string
	sources := map[string][]Source{}
	for _, p := range result.Plan {
		order = append(order, p.OperationID)
		sources[p.OperationID] = p.Sources
	}
	assert.Equal(t, []string{"RoleList", "RoleAdd", "RoleGet", "RoleGrant", "RoleRevoke", "RoleDelete"}, order)
	assert.Equal(t, []Source{{"role", "created by RoleAdd"}}, sources["RoleGet"])
	assert.Equal(t, []Source{{"role", "created by RoleGrant"}, {"key", "created by RoleGrant"}}, sources["RoleRevoke"])
}

func TestWhatIsMadeFromATemplateTakesAListedOne(t *testing.T) {
	result, err := Run(t.Context(), pkgOf(t, `{
  "swagger": "2.0", "host": "sign.fabrikam.com",
  "paths": {
    "/template/list": {"get": {"operationId": "TemplateList", "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"result": {"type": "array", "items": {"type": "object", "properties": {"documentId": {"type": "string"}}}}}}}}}},
    "/template/use": {"post": {"operationId": "StartFromTemplate", "parameters": [{"name": "templateId", "in": "query", "required": true, "type": "string", "x-ms-dynamic-values": {"operationId": "TemplateList", "value-collection": "result", "value-path": "documentId"}}], "responses": {"201": {"description": "OK"}}}},
    "/template/rename": {"post": {"operationId": "RenameTemplate", "parameters": [{"name": "templateId", "in": "query", "required": true, "type": "string"}], "responses": {"200": {"description": "OK"}}}}
  }
}`, ""), Options{DryRun: true, Allow: []string{"POST"}})
	require.NoError(t, err)
	sources := map[string][]Source{}
	for _, p := range result.Plan {
		sources[p.OperationID] = p.Sources
	}
	assert.Equal(t, []Source{{"templateId", "an answer of TemplateList"}}, sources["StartFromTemplate"])
	assert.NotContains(t, sources, "RenameTemplate", "no template of the run's own is there to be renamed")
}

func TestPlanPutsParentsFirstAndLast(t *testing.T) {
	result, err := Run(t.Context(), goodConnector(t), Options{DryRun: true, Allow: []string{"POST", "DELETE"}, BaseURL: "http://127.0.0.1:1/v1"})
	require.NoError(t, err)
	at := map[string]int{}
	for _, p := range result.Plan {
		at[p.OperationID] = p.Stage
	}
	for _, order := range [][2]string{
		{"ListTicketTypes", "CreateTicket"}, {"ListPriorities", "CreateTicket"}, {"CreateTicket", "GetTicket"}, {"CreateTicket", "AddComment"},
		{"UploadAttachment", "DownloadAttachment"}, {"DownloadAttachment", "DeleteTicket"}, {"ListComments", "DeleteTicket"}, {"GetAccount", "DeleteAccount"},
	} {
		assert.Less(t, at[order[0]], at[order[1]], "%s before %s", order[0], order[1])
	}
}

func TestUpsertMakesUpItsOwnName(t *testing.T) {
	definition := `{"swagger": "2.0", "host": "kv.fabrikam.com", "paths": {"/keys": {"get": {"operationId": "ListKeys", "responses": {"200": {"description": "OK", "schema": {"type": "array", "items": {"type": "string"}}}}}},
	  "/keys/{name}": {"parameters": [{"name": "name", "in": "path", "required": true, "type": "string"}],
	    "put": {"operationId": "PutKey", "responses": {"200": {"description": "OK"}}}, "get": {"operationId": "GetKey", "responses": {"200": {"description": "OK"}}},
	    "delete": {"operationId": "DeleteKey", "responses": {"200": {"description": "OK"}}}}}}`
	result, err := Run(t.Context(), pkgOf(t, definition, ""), Options{DryRun: true, Allow: []string{"PUT", "DELETE"}})
	require.NoError(t, err)
	require.Len(t, result.Plan, 4)
	assert.Equal(t, "PutKey", result.Plan[1].OperationID)
	assert.Equal(t, []Source{{"name", "generated"}}, result.Plan[1].Sources, "never the name of something that exists")
	assert.Equal(t, []Source{{"name", "created by PutKey"}}, result.Plan[3].Sources)
}

func TestBaseURL(t *testing.T) {
	def := pkgOf(t, `{"swagger": "2.0", "host": "api.fabrikam.com", "basePath": "/api/v2/", "paths": {}}`, "").Definition
	for given, want := range map[string]string{
		"":                                "https://api.fabrikam.com/api/v2",
		"http://127.0.0.1:9093":           "http://127.0.0.1:9093/api/v2",
		"http://127.0.0.1:9093/":          "http://127.0.0.1:9093/api/v2",
		"http://127.0.0.1:9093/api/v2":    "http://127.0.0.1:9093/api/v2",
		"https://sandbox.fabrikam.com/x/": "https://sandbox.fabrikam.com/x",
	} {
		base, err := baseURL(def, given)
		require.NoError(t, err)
		assert.Equal(t, want, base.String(), given)
	}
	_, err := baseURL(pkgOf(t, `{"swagger": "2.0", "paths": {}}`, "").Definition, "")
	assert.ErrorContains(t, err, "--base-url")
}

func TestKindOfAPost(t *testing.T) {
	for _, c := range []struct {
		path, id string
		want     kind
	}{
		{"/notes", "AddNote", kindCreate},
		{"/notes/search", "SearchNotes", kindList},
		{"/kv/range", "Range", kindRead},
		{"/maintenance/status", "Status", kindRead},
		{"/tickets/{id}/status", "UpdateTicketStatus", kindChange},
		{"/tickets/{id}/resolve", "ResolveTicket", kindAction},
		{"/kv/deleterange", "DeleteRange", kindDelete},
		{"/records", "CreateaRecord", kindCreate},
		{"/translate", "TranslateText", kindRead},
		{"/jobs/{id}/cancel", "CancelJob", kindDelete},
	} {
		pkg := pkgOf(t, oneOperation("post", c.path, c.id), "")
		assert.Equal(t, c.want, newOperations(pkg.Definition, Options{})[0].kind, "%s %s", c.path, c.id)
	}
}

func TestPostThatChangesWhatWasThereIsNotSent(t *testing.T) {
	for _, id := range []string{"UpdateSettings", "ClearCacheDelete"} {
		result, err := Run(t.Context(), pkgOf(t, oneOperation("post", "/settings", id), ""), Options{DryRun: true, Allow: []string{"POST"}})
		require.NoError(t, err)
		assert.Empty(t, result.Plan, id)
		assert.Equal(t, "it changes something that was there before this run", result.Operations[0].Reason)
	}
}

func TestFullNamesAreCutToWhatPathsTake(t *testing.T) {
	n := &need{below: "topics"}
	for name, want := range map[any]any{"projects/7/topics/old": "old", "topics/old": "old", "old": "old", "group/project": "group/project", "projects/7/topics/": "projects/7/topics/", 7: 7} {
		assert.Equal(t, want, n.short(name), "%v", name)
	}
	assert.Equal(t, "topics/old", (&need{}).short("topics/old"))
}
