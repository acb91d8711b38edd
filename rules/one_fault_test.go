package rules_test

import (
	"encoding/json"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/rules"
)

// edit sets the value at a pointer of a decoded document, and removes the member when value is "".
func edit(t *testing.T, root any, pointer, value string) {
	t.Helper()
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	at := root
	for i, token := range tokens {
		token = connector.UnescapeToken(token)
		last := i == len(tokens)-1
		switch holder := at.(type) {
		case map[string]any:
			switch {
			case !last:
				at = holder[token]
			case value == "":
				require.Contains(t, holder, token)
				delete(holder, token)
			default:
				var decoded any
				require.NoError(t, json.Unmarshal([]byte(value), &decoded))
				holder[token] = decoded
			}
		case []any:
			n, err := strconv.Atoi(token)
			require.NoError(t, err)
			require.Less(t, n, len(holder))
			if last {
				require.NoError(t, json.Unmarshal([]byte(value), &holder[n]))
			}
			at = holder[n]
		default:
			require.Fail(t, "the sample connector has nothing at "+pointer)
		}
	}
}

// One fault in a sound connector gives one finding, of the rule that knows
// most about it, whatever else the fault breaks.
func TestOneFaultGivesOneFinding(t *testing.T) {
	engine, err := rules.New(rules.Config{})
	require.NoError(t, err)
	original, err := fs.ReadFile(fixtures.Good(), "apiDefinition.swagger.json")
	require.NoError(t, err)
	for _, c := range []struct{ name, at, value, want string }{
		{"nothing", "/info/version", `"1.0.0"`, ""},
		{"no contact", "/info/contact", "", "RequiredPropertyMissing /info"},
		{"no metadata", "/x-ms-connector-metadata", "", "RequiredPropertyMissing "},
		{"title too long", "/info/title", `"Tidewell Desk for Support Teams"`, "FieldLengthExceeded /info/title"},
		{"empty description", "/info/description", `""`, "RequiredValueEmpty /info/description"},
		{"empty host", "/host", `""`, "RequiredValueEmpty /host"},
		{"host with a scheme", "/host", `"https://desk.tidewell-helpdesk.com"`, "HostNameNotValid /host"},
		{"unknown scheme", "/schemes", `["ftp"]`, "SchemeNotValid /schemes/0"},
		{"WebSocket", "/schemes", `["https", "wss"]`, "SchemeNotSupported /schemes/1"},
		{"no schemes", "/schemes", `[]`, "SchemesArrayEmpty /schemes"},
		{"MIME type that is none", "/produces", `["json"]`, "MimeTypeNotValid /produces/0"},
		{"keyword of apiProperties.json", "/scriptOperations", `["ListTickets"]`, "ExtensionNameNotValid /scriptOperations"},
		{"misspelt host", "/Host", `"x"`, "ExtensionNameNotValid /Host"},
		{"schema on default", "/paths/~1me/get/responses/default", `{"description": "Failed", "schema": {"type": "object", "properties": {"code": {"type": "string"}}}}`,
			"DefaultResponseHasSchema /paths/~1me/get/responses/default"},
		{"no description", "/paths/~1tickets/get/description", "", "RequiredPropertyMissing /paths/~1tickets/get"},
		{"unknown visibility", "/paths/~1tickets/get/x-ms-visibility", `"hidden"`, "JsonValueNotInEnum /paths/~1tickets/get/x-ms-visibility"},
		{"parameter without a title", "/paths/~1tickets/get/parameters/0/x-ms-summary", "", "RequiredPropertyMissing /paths/~1tickets/get/parameters/0"},
		{"parameter in nowhere", "/paths/~1tickets/get/parameters/0/in", `"querry"`, "JsonValueNotInEnum /paths/~1tickets/get/parameters/0/in"},
		{"schema of a query parameter", "/paths/~1tickets/get/parameters/0/schema", `{"type": "string"}`, "NonBodyParameterSchemaNotValid /paths/~1tickets/get/parameters/0/schema"},
		{"type of a body parameter", "/paths/~1tickets/post/parameters/0/type", `"object"`, "BodyParameterPropertyNotValid /paths/~1tickets/post/parameters/0/type"},
		{"body without a schema", "/paths/~1tickets/post/parameters/0/schema", "", "BodyParameterSchemaRequired /paths/~1tickets/post/parameters/0"},
		{"file in a query", "/paths/~1tickets/get/parameters/0", `{"name": "status", "in": "query", "type": "file", "x-ms-summary": "Status", "description": "The status."}`,
			"FileParameterMustBeInFormData /paths/~1tickets/get/parameters/0"},
		{"reference to nothing", "/paths/~1me/get/responses/200/schema", `{"$ref": "#/definitions/Usr"}`, "SchemaReferenceNotFound /paths/~1me/get/responses/200/schema/$ref"},
		{"reference into a definition", "/paths/~1me/get/responses/200/schema", `{"$ref": "#/definitions/Ticket/properties/id"}`,
			"SchemaReferenceNotValid /paths/~1me/get/responses/200/schema/$ref"},
		{"parameter reference to nothing", "/paths/~1accounts/get/parameters/0", `{"$ref": "#/parameters/PagSize"}`, "ParameterReferenceNotFound /paths/~1accounts/get/parameters/0/$ref"},
		{"definition that is a list", "/definitions/security", `[{"api_key": []}]`, "JsonTypeIncorrect /definitions/security"},
		{"list of types", "/definitions/User/properties/nick", `{"type": ["string", "null"], "title": "Nick", "description": "The short name."}`,
			"JsonTypeIncorrect /definitions/User/properties/nick/type"},
		{"nullable", "/definitions/User/properties/nick", `{"type": "string", "nullable": true, "title": "Nick", "description": "The short name."}`,
			"ExtensionNameNotValid /definitions/User/properties/nick/nullable"},
		{"array without items", "/definitions/User/properties/roles", `{"type": "array", "title": "Roles", "description": "What the user may do."}`,
			"ArrayHasNoItems /definitions/User/properties/roles"},
		{"bounds the wrong way round", "/definitions/User/properties/age", `{"type": "integer", "format": "int32", "minimum": 9, "maximum": 1, "title": "Age", "description": "The age."}`,
			"MinimumShouldBeLessThanOrEqualToMaximum /definitions/User/properties/age/minimum"},
		{"key without a place", "/securityDefinitions/extra", `{"type": "apiKey", "name": "key"}`, "SecuritySchemePropertyRequired /securityDefinitions/extra"},
		{"unknown type of security", "/securityDefinitions/extra", `{"type": "token"}`, "JsonValueNotInEnum /securityDefinitions/extra/type"},
		{"range of statuses", "/paths/~1me/get/responses/4XX", `{"description": "Wrong"}`, "ResponseMustBeDefaultOrHttpStatusCode /paths/~1me/get/responses/4XX"},
		{"misspelt member of an extension", "/paths/~1accounts/get/x-ms-pageable", `{"nextLinkname": "nextLink"}`,
			"AdditionalPropertyNotAllowed /paths/~1accounts/get/x-ms-pageable/nextLinkname"},
		{"http alone", "/schemes", `["http"]`, "SchemeNotSecure /schemes"},
		{"default outside of the enum", "/paths/~1tickets/get/parameters/0/default", `"overdue"`, "DefaultValueNotInEnum /paths/~1tickets/get/parameters/0/default"},
		{"no operations", "/paths", `{}`, "OperationsMissing /paths"},
		{"host of a tunnel", "/host", `"a1b2.ngrok-free.app"`, ""}, // the connection chooses another
		{"status with a text", "/paths/~1me/get/responses", `{"200 OK": {"description": "Me"}}`, "ResponseMustBeDefaultOrHttpStatusCode /paths/~1me/get/responses/200 OK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var root any
			require.NoError(t, json.Unmarshal(original, &root))
			edit(t, root, c.at, c.value)
			if c.at == "/Host" {
				edit(t, root, "/host", "")
			}
			text, err := json.Marshal(root)
			require.NoError(t, err)
			files := fstest.MapFS{}
			for _, name := range []string{"apiProperties.json", "icon.png", "intro.md", "readme.md", "script.csx"} {
				content, err := fs.ReadFile(fixtures.Good(), name)
				require.NoError(t, err)
				files[name] = &fstest.MapFile{Data: content}
			}
			files["apiDefinition.swagger.json"] = &fstest.MapFile{Data: text}
			pkg, err := connector.Load(t.Context(), connector.Source{Path: "desk", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
			require.NoError(t, err)
			var got []string
			for _, f := range engine.Check(t.Context(), pkg) {
				if f.Severity > finding.Info {
					got = append(got, f.Rule+" "+f.Pointer)
				}
			}
			if c.want == "" {
				assert.Empty(t, got)
				return
			}
			assert.Equal(t, []string{c.want}, got)
		})
	}
}
