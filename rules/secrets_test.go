package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/rules"
)

// The samples are put together here, so that no scanner takes the source for a leak.
func TestSecretsAreFoundAndNeverShown(t *testing.T) {
	random := "q7Rz0pLw83KdNvB5xTfY2mJc6HsGa9Ue"
	tests := []struct{ name, text, secret, message string }{
		{"AWS", "AKI" + "A7QXR2ZPLW83KDNVB", "AKI" + "A7QXR2ZPLW83KDNVB", "an access key of AWS"},
		{"GitHub", "gh" + "p_" + random + "4711", "gh" + "p_" + random + "4711", "a GitHub token"},
		{"Slack", "xox" + "b-2048-" + random, "xox" + "b-2048-" + random, "a Slack token"},
		{"Google", "AIz" + "aSy" + random + "0", "AIz" + "aSy" + random + "0", "a Google API key"},
		{"Stripe", "sk_" + "live_" + random, "sk_" + "live_" + random, "a Stripe key"},
		{"Entra", "abc" + "8Q~" + random + "xY", "abc" + "8Q~" + random + "xY", "a client secret of Microsoft Entra ID"},
		{"storage", "DefaultEndpointsProtocol=https;Account" + "Key=" + random + random + "==;", random + random, "a connection string of Azure"},
		{"signature", "https://files.fabrikam.com/a?se=2026&si" + "g=" + random + "%3D", random, "a shared access signature of Azure"},
		{"address", "see https://porter:" + "open-Sesame" + "@fabrikam.com/", "open-Sesame", "a user and password in an address"},
		{"private key", "-----BEGIN EC " + "PRIVATE KEY-----\n" + random + random + "\n-----END EC PRIVATE KEY-----", random + random, "a private key"},
		{"AWS secret", "aws_secret_access_" + "key = " + random + "QwErTyUi", random + "QwErTyUi", "a secret key of AWS"},
		{"GitHub app", "gh" + "s_" + random + "4711", "gh" + "s_" + random + "4711", "a GitHub token"},
		{"basic", "Authorization: Bas" + "ic cG9ydGVyOm9wZW4tU2VzYW1lNDcxMQ==", "cG9ydGVyOm9wZW4tU2VzYW1lNDcxMQ", "basic authentication"},
		{"function", "https://boards.azurewebsites.net/api/cards?co" + "de=" + random + "==", random, "a key of an Azure function"},
		{"subscription", "Ocp-Apim-Subscription-" + "Key: 0f4a7c2be91d4d3fa85b6c7d8e9f0a1b", "0f4a7c2be91d4d3fa85b6c7d8e9f0a1b", "a subscription key"},
		{"Mailgun", "ke" + "y-3ax6xnjp29jd6fds4gc373sgvjxteol7", "ke" + "y-3ax6xnjp29jd6fds4gc373sgvjxteol7", "a Mailgun key"},
		{"Twilio key", "S" + "K0f4a7c2be91d4d3fa85b6c7d8e9f0a1b", "S" + "K0f4a7c2be91d4d3fa85b6c7d8e9f0a1b", "a Twilio key"},
		{"Twilio account", "https://api.twilio.com with A" + "C0f4a7c2be91d4d3fa85b6c7d8e9f0a1b:b1a0f9e8d7c6b58af3d4d19eb2c7a4f0", "b1a0f9e8d7c6b58af3d4d19eb2c7a4f0", "an account and token of Twilio"},
		{"auth token", "TWILIO_AUTH_" + "TOKEN=b1a0f9e8d7c6b58af3d4d19eb2c7a4f0", "b1a0f9e8d7c6b58af3d4d19eb2c7a4f0", "an auth token"},
		{"a row of letters by chance", "Endpoint=sb://boards.servicebus.windows.net/;SharedAccess" + "Key=" + random + "abcdefIj123456Q=", random + "abcdefIj123456Q", "a connection string of Azure"},
		{"bearer", "Authorization: Bea" + "rer " + random, random, "a bearer token"},
	}
	engine := rules.Config{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			quoted, err := json.Marshal(tt.text)
			require.NoError(t, err)
			// As a value that several rules quote, on the line of a syntax error, and in the other files.
			definition := fmt.Sprintf(`{"swagger": "2.0", "info": {"title": %[1]s, "description": "Boards.", "version": "1.0",}, "host": %[1]s, "x-odd": 1, "odd": %[1]s,
				"paths": {"/cards": {"get": {"operationId": %[1]s, "summary": %[1]s, "parameters": [{"name": "n", "in": "query", "type": "integer", "default": %[1]s, "enum": [%[1]s, %[1]s]}]}}}}`, quoted)
			files := fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(definition)},
				"apiProperties.json":         {Data: fmt.Appendf(nil, `{"properties": {"iconBrandColor": %[1]s, "publisher": %[1]s, "stackOwner": "Fabrikam", "capabilities": [%[1]s], "policyTemplateInstances": [{"templateId": %[1]s, "title": %[1]s}]}}`, quoted)},
				"readme.md":                  {Data: []byte("# Boards\n\n" + tt.text + "\n")},
				"script.csx":                 {Data: []byte("// " + tt.text + "\n")},
			}
			found := checkWith(t, files, engine)
			holders := map[string]bool{}
			for _, f := range found {
				if strings.Contains(f.Message, tt.message) {
					holders[f.File] = true
				}
				text := f.Message + "\n" + f.Hint
				if f.Excerpt != nil {
					text += "\n" + f.Excerpt.Text
				}
				for i := 0; i+10 <= len(tt.secret); i++ {
					require.NotContains(t, text, tt.secret[i:i+10], "%s at %s", f.Rule, f.Pointer)
				}
			}
			assert.Len(t, holders, 4, "found in every file: %v", holders)
		})
	}
}

func TestPlaceholdersAreNoSecrets(t *testing.T) {
	for _, text := range []string{
		"<<YOUR_CLIENT_SECRET>>", "[[DUMMY]]", "{{ client secret }}", "${SECRET}", "00000000-0000-0000-0000-000000000000", "xxxxxxxxxxxxxxxxxxxxxxxx",
		"PLACEHOLDER_CLIENTSECRET", "Enter your client secret", "****", "<your secret>", "null", "", "AKI" + "AIOSFODNN7EXAMPLE", "@connectionParameters('token:secret')",
		"https://user:<password>@fabrikam.com", "Bearer <<YOUR_TOKEN>>", "AccountKey=abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop==", "SharedAccessKey=1234567890123456789012345678901234567890",
		"auth_token=0123456789abcdef0123456789abcdef", "Account" + "Key=xxxxxxxxxxxxxxxxxxxxABCDEFGH1234567890xxxxxxxxxx==", "Basic Authentication", "The bearer token is in the header.", "a task-management-and-planning-of-everything-service",
	} {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		files := fstest.MapFS{
			"apiDefinition.swagger.json": {Data: fmt.Appendf(nil, `{"swagger": "2.0", "info": {"description": %s}, "paths": {}}`, quoted)},
			"apiProperties.json": {Data: fmt.Appendf(nil, `{"properties": {"connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"clientSecret": %[1]s, "clientId": %[1]s}},
				"api_key": {"type": "securestring", "defaultValue": %[1]s}}}}`, quoted)},
			"readme.md": {Data: []byte(text)},
		}
		assert.Empty(t, checkWith(t, files, rules.Config{Only: []string{"*Secret*Allowed", "SecretSuspected", "ClientId*"}}), text)
	}
}

func TestShortSecretsAreHiddenToo(t *testing.T) {
	files := fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "paths": {}}`)},
		"apiProperties.json":         {Data: []byte(`{"properties": {"publisher": "hw7!q", "connectionParameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"clientSecret": "hw7!q"}}}}}`)},
	}
	found := checkWith(t, files, rules.Config{})
	require.NotEmpty(t, found)
	for _, f := range found {
		assert.NotContains(t, f.Message, "hw7!q")
		if f.Excerpt != nil {
			assert.NotContains(t, f.Excerpt.Text, "hw7!q", f.Rule)
		}
	}
}

func TestTheSecretsOfTheWorstConnectorAreHidden(t *testing.T) {
	report, err := json.Marshal(checkWith(t, fixtures.Worst(), rules.Config{}))
	require.NoError(t, err)
	for _, secret := range []string{"not-a-real-secret-4711", "open-Sesame-4711", "q7Rz0pLw83KdNvB5xTfY2"} {
		assert.NotContains(t, string(report), secret)
	}
}

// BenchmarkHostileText scans text that begins like a credential at every turn:
// it must not cost much more than other text.
func BenchmarkHostileText(b *testing.B) {
	for _, turn := range []string{"-ey" + "J", "-xox" + "b", "://a:", "-----BEGIN ", "aaaaQ~", "Bea" + "rer ", "sk-", "SG."} {
		b.Run(turn, func(b *testing.B) {
			files := fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "paths": {}}`)},
				"readme.md":                  {Data: []byte(strings.Repeat(turn, 4<<20/len(turn)))},
			}
			b.SetBytes(4 << 20)
			for b.Loop() {
				checkWith(b, files, rules.Config{Only: []string{"SecretNotAllowed"}})
			}
		})
	}
}

func BenchmarkSecretsOfOneMegabyte(b *testing.B) {
	definition := []byte(`{"swagger": "2.0", "info": {"description": "` + strings.Repeat("Boards of https://www.fabrikam.com/x-ms-summary. ", 20_000) + `"}, "paths": {}}`)
	files := fstest.MapFS{"apiDefinition.swagger.json": {Data: definition}}
	b.SetBytes(int64(len(definition)))
	for b.Loop() {
		checkWith(b, files, rules.Config{Only: []string{"SecretNotAllowed"}})
	}
}
