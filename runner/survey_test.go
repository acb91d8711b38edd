package runner

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const surveyed = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Boards", "version": "1.0"}, "consumes": ["application/json"], "produces": ["application/json"],
  "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "login": {"type": "basic"}}, "security": [{"key": []}],
  "paths": {
    "/boards": {
      "get": {"operationId": "ListBoards", "responses": {"200": {"description": "Boards", "schema": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}}}},
      "post": {"operationId": "CreateBoard", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"title": {"type": "string"}}}}],
        "responses": {"201": {"description": "Board", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}},
    "/boards/{boardId}": {
      "get": {"operationId": "GetBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Board"}}},
      "delete": {"operationId": "DeleteBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Gone"}}}},
    "/people/{personId}": {
      "get": {"operationId": "GetPerson", "parameters": [{"name": "personId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Person"}}},
      "delete": {"operationId": "DeletePerson", "parameters": [{"name": "personId", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Gone"}}}}
  }
}`

func TestSurveySaysWhatARunAsksForAndDoes(t *testing.T) {
	s, err := NewSurvey(pkgOf(t, surveyed, `{"properties": {"connectionParameters": {"site": {"type": "string"}, "api_key": {"type": "securestring"}},
	  "policyTemplateInstances": [{"templateId": "dynamichosturl", "title": "Host", "parameters": {"x-ms-apimTemplateParameter.urlTemplate": "https://@connectionParameters('site').fabrikam.com"}}]}}`))
	require.NoError(t, err)
	assert.Equal(t, []Use{{Connection: "site", Policy: "dynamichosturl", Target: "the host"}}, s.Uses)
	require.NotEmpty(t, s.Credentials)
	assert.Equal(t, Credential{Scheme: "key", Kind: "apikey", In: "header", Key: "X-Key", Names: []string{"api_key"}}, s.Credentials[0])
	assert.Equal(t, []Deed{{"CreateBoard", "POST", "creates"}, {"DeleteBoard", "DELETE", "deletes"}}, s.Deeds)
	assert.Equal(t, []Guarded{{"DeletePerson", "no operation makes what personId names", "personId"}}, s.Guarded)
	require.Len(t, s.Unknown, 1)
	assert.Equal(t, "personId of GetPerson", s.Unknown[0].Name+" of "+s.Unknown[0].Operation)
}
