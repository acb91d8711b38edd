package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// starterOf writes a connector with one list and what a case adds, and returns what init makes of it.
func starterOf(t *testing.T, security, paths, properties, script string) string {
	t.Helper()
	dir := t.TempDir()
	definition := `{"swagger": "2.0", "info": {"title": "Fabrikam Boards", "version": "1.0"}, "host": "api.fabrikam.com", "basePath": "/v1", "schemes": ["https"],
	  "consumes": ["application/json"], "produces": ["application/json"], ` + security + ` "paths": {` + paths + `
	  "/boards": {"get": {"operationId": "ListBoards", "responses": {"200": {"description": "Boards", "schema": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}}}}}}}`
	for name, text := range map[string]string{"apiDefinition.swagger.json": definition, "apiProperties.json": properties, "script.csx": script} {
		if text != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
	}
	code, out, stderr := runHere(t, "init", dir, "--output", "-")
	require.Equal(t, ExitReady, code, stderr)
	return out
}

// proposals removes the # from what is proposed.
func proposals(text string) string {
	return regexp.MustCompile(`(?m)^# ((?:baseUrl|rate|oauth|connectionSet|allow|values|operations|triggers|script|rules|ignore):|  )`).ReplaceAllString(text, "$1")
}

const (
	keyInHeader = `"securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}],`
	keyInQuery  = `"securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "apikey"}}, "security": [{"key": []}],`
	basicLogin  = `"securityDefinitions": {"login": {"type": "basic"}}, "security": [{"login": []}],`
	oauthCode   = `"securityDefinitions": {"sso": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://login.fabrikam.com/authorize", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {"read": "Read"}}}, "security": [{"sso": ["read"]}],`
	oauthApp    = `"securityDefinitions": {"app": {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.fabrikam.com/token", "scopes": {"read": "Read"}}}, "security": [{"app": ["read"]}],`
	keyAsked    = `{"properties": {"connectionParameters": {"api_key": {"type": "securestring"}}}}`
)

func TestInitAsksForWhatTheConnectionAsksFor(t *testing.T) {
	for name, c := range map[string]struct {
		security, properties, script string
		want, not                    []string
	}{
		"nothing": {"", "", "", nil, []string{"connection:", "oauth:", "connectionSet"}},
		"a key in a header": {keyInHeader, keyAsked, "",
			[]string{"  api_key: ${PRECERT_API_KEY}   # header X-Key", "# baseUrl: https://sandbox.example.com/v1"}, []string{"oauth:"}},
		"a key in the query":         {keyInQuery, keyAsked, "", []string{"  api_key: ${PRECERT_API_KEY}   # query parameter apikey"}, nil},
		"a key without properties":   {keyInHeader, "", "", []string{"  key: ${PRECERT_KEY}           # header X-Key"}, nil},
		"a name that a flag has too": {keyInHeader, `{"properties": {"connectionParameters": {"base_url": {"type": "securestring"}}}}`, "", []string{"  base_url: ${PRECERT_CONNECTION_BASE_URL}"}, nil},
		"a name that YAML reads otherwise": {keyInHeader, `{"properties": {"connectionParameters": {"yes: #1": {"type": "securestring"}}}}`, "",
			[]string{`  "yes: #1": ${PRECERT_YES___1}`}, nil},
		"user and password beside a site": {basicLogin, `{"properties": {"connectionParameters": {"site": {"type": "string"}, "username": {"type": "securestring"}, "password": {"type": "securestring"}}}}`, "",
			[]string{"  site: ${PRECERT_SITE}         # nothing in the connector uses it", "  username: ${PRECERT_USERNAME}  # basic sign-in", "  password: ${PRECERT_PASSWORD}  # basic sign-in"}, nil},
		"a token": {oauthCode, `{"properties": {"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "oauth2", "clientId": "abc"}}}}}`, "",
			[]string{"PRECERT_ACCESS_TOKEN", "#   grant: refresh_token", "#   tokenUrl: https://login.fabrikam.com/token", "#   clientId: ${CLIENT_ID}", "#   refreshToken: ${REFRESH_TOKEN}"}, []string{"connection:", "PRECERT_TOKEN}"}},
		"a token of the maker's own application": {oauthCode, `{"properties": {"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "oauth2generic",
		  "customParameters": {"tokenUrlTemplate": {"value": "https://{Region}.fabrikam.com/token"}}}}, "token:Region": {"type": "string"}, "token:ClientId": {"type": "string"}, "token:ClientSecret": {"type": "securestring"}}}}`, "",
			[]string{"#   tokenUrl: https://${PRECERT_TOKEN_REGION}.fabrikam.com/token", "#   clientId: ${PRECERT_TOKEN_CLIENTID}", "#   clientSecret: ${PRECERT_TOKEN_CLIENTSECRET}"}, []string{"connection:"}},
		"a token of Entra ID, not declared": {"", `{"properties": {"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "aad", "customParameters": {"resourceUri": {"value": "https://api.fabrikam.com"}}}},
		  "token:TenantId": {"type": "string"}}}}`, "",
			[]string{"#   grant: device_code", "#   tenant: ${PRECERT_TOKEN_TENANTID}", "#   clientId: ${CLIENT_ID}"}, []string{"tokenUrl"}},
		"a token of an application": {oauthApp, "", "", []string{"#   grant: client_credentials", "#   clientSecret: ${CLIENT_SECRET}"}, []string{"refreshToken"}},
		"several ways": {keyInHeader, `{"properties": {"connectionParameterSets": {"values": [
		  {"name": "by-key", "parameters": {"api_key": {"type": "securestring"}, "site": {"type": "string", "uiDefinition": {"constraints": {"required": "false", "allowedValues": [{"text": "Europe", "value": "eu"}, {"text": "USA", "value": "us"}]}}}}},
		  {"name": "by-app", "parameters": {"token": {"type": "oauthSetting", "oauthSettings": {"identityProvider": "aad", "customParameters": {"grantType": {"value": "client_credentials"}}}}, "token:TenantId": {"type": "string"}, "token:clientId": {"type": "string"}, "token:clientSecret": {"type": "securestring"}, "site": {"type": "string"}}}]}}}`, "",
			[]string{"# connectionSet: by-key         # by-key | by-app", "  api_key: ${PRECERT_API_KEY}   # header X-Key; for by-key", "one of eu, us; optional", "# for by-app:", "#   grant: client_credentials"}, nil},
		"a key that a policy sends": {"", `{"properties": {"connectionParameters": {"api_key": {"type": "securestring"}}, "policyTemplateInstances": [{"templateId": "setheader", "title": "Key",
		  "parameters": {"x-ms-apimTemplateParameter.name": "X-Own", "x-ms-apimTemplateParameter.value": "@connectionParameters('api_key')", "x-ms-apimTemplateParameter.existsAction": "override", "x-ms-apimTemplate-policySection": "Request"}}]}}`, "",
			[]string{"  api_key: ${PRECERT_API_KEY}   # header X-Own"}, nil},
		"the host": {keyInHeader, `{"properties": {"connectionParameters": {"api_key": {"type": "securestring"}, "host": {"type": "string"}}, "policyTemplateInstances": [{"templateId": "dynamichosturl", "title": "Host",
		  "parameters": {"x-ms-apimTemplateParameter.urlTemplate": "https://@connectionParameters('host')/v1"}}]}}`, "",
			[]string{"# The policy dynamichosturl makes the address from host below", "  host: ${PRECERT_HOST}         # the host"}, nil},
		"a script": {keyInHeader, keyAsked, "public class Script : ScriptBase { }", []string{"# script: bypass"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text := starterOf(t, c.security, "", c.properties, c.script)
			for _, want := range c.want {
				assert.Contains(t, text, want)
			}
			for _, not := range c.not {
				assert.NotContains(t, text, not)
			}
			for _, sample := range []string{text, proposals(text)} {
				_, err := parseConfig([]byte(sample), none)
				require.NoError(t, err, sample)
				require.NoError(t, configSchema(t).Validate(plainYAML(t, sample)), sample)
			}
		})
	}
}

const boardPaths = `
  "/cards/{cardId}": {"get": {"operationId": "GetCard", "parameters": [{"name": "cardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Card"}}},
    "delete": {"operationId": "DeleteCard", "parameters": [{"name": "cardId", "in": "path", "required": true, "type": "string"}], "responses": {"204": {"description": "Gone"}}}},
  "/boards/{boardId}": {"get": {"operationId": "GetBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Board"}}}},
  "/notes": {"post": {"operationId": "CreateNote", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"text": {"type": "string"}}}}],
    "responses": {"201": {"description": "Note", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}},
  "/notes/search": {"post": {"operationId": "SearchNotes", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"text": {"type": "string"}}}}],
    "responses": {"200": {"description": "Notes", "schema": {"type": "array", "items": {"type": "object"}}}}}},
  "/mail": {"post": {"operationId": "SendEmail", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"to": {"type": "string"}}}}], "responses": {"200": {"description": "Sent"}}}},
  "/hooks": {"x-ms-notification-content": {"schema": {"type": "object"}}, "post": {"operationId": "WhenNoteCreated", "x-ms-trigger": "single", "parameters": [{"name": "body", "in": "body", "required": true,
    "schema": {"type": "object", "properties": {"url": {"type": "string", "x-ms-notification-url": true}}}}], "responses": {"201": {"description": "Hook"}}}},
  "/report": {"get": {"operationId": "GetReport", "parameters": [{"name": "api_key", "in": "query", "required": true, "type": "string"}], "responses": {"200": {"description": "Report"}}}},`

func TestInitSaysWhatARunWouldDoAndLack(t *testing.T) {
	text := starterOf(t, "", boardPaths, keyAsked, "")
	for _, want := range []string{
		"# POST creates: CreateNote", "# POST only reads: SearchNotes", "# POST registers webhooks: WhenNoteCreated", "# allow: [POST]",
		"#   cardId: …                   # for GetCard",
		"#   api_key: ${PRECERT_API_KEY}  # for GetReport",
		"#   DeleteCard: {allow: true}   # no operation makes what cardId names",
		"#   SendEmail: {allow: true}    # may send messages to people",
		"#   WhenNoteCreated: {fire: CreateNote, wait: 30s}  # found by itself: CreateNote",
		"--callback-url",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "boardId", "ListBoards yields it")
	_, err := parseConfig([]byte(proposals(text)), none)
	require.NoError(t, err, proposals(text))
	for line := range strings.SplitSeq(text, "\n") {
		assert.LessOrEqual(t, len([]rune(line)), 140, line)
	}
}

func TestInitOfHostileNamesIsStillYAML(t *testing.T) {
	for _, name := range []string{"a\\nseverity: off", "a: b", "#", "- x", "{}", "*x", "&y", "!z", "'", "\\\"", "\\\\", "%", "\\t", "…", "\\u202e", "\\u2028", "null", "12", "", " ", "a:b:", "${HOME}"} {
		paths := `"/cards/{` + `id}": {"delete": {"operationId": "` + name + `", "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}, {"name": "` + name + `Token", "in": "query", "required": true, "type": "string"}],
		  "responses": {"204": {"description": "Gone"}}}, "get": {"operationId": "Get` + name + `", "x-ms-trigger": "batch", "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "Card"}}}},`
		security := `"securityDefinitions": {"` + name + `": {"type": "apiKey", "in": "header", "name": "` + name + `"}, "sso": {"type": "oauth2", "flow": "application", "tokenUrl": "https://` + name + `"}}, "security": [{"` + name + `": []}],`
		text := starterOf(t, security, paths, "", "")
		for _, sample := range []string{text, proposals(text)} {
			_, err := parseConfig([]byte(sample), none)
			require.NoError(t, err, "%q\n%s", name, sample)
		}
	}
}
