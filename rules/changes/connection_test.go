package changes

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/connector"
)

const oneWay = `{"properties": {"iconBrandColor": "#007ee5", "capabilities": ["actions", "blob"], "connectionParameters": {
  "api_key": {"type": "securestring", "uiDefinition": {"constraints": {"required": "true"}}},
  "subdomain": {"type": "string", "uiDefinition": {"constraints": {"required": "false"}}}}}}`

const twoWays = `{"properties": {"capabilities": ["blob", "actions"], "connectionParameterSets": {"values": [
  {"name": "key", "parameters": {"api_key": {"type": "securestring"}, "subdomain": {"type": "string"}}},
  {"name": "signin", "parameters": {"token": {"type": "oauthSetting", "oAuthSettings": {"identityProvider": "aad", "scopes": ["read"]}}}}]}}}`

func TestCompareConnections(t *testing.T) {
	pkg := func(properties string) *connector.Package {
		p := read(t, boards)
		if properties != "" {
			p.Properties = connector.ReadDocument("apiProperties.json", []byte(properties))
		}
		return p
	}
	edit := func(text string, pairs ...string) string { return edited(t, text, pairs...) }
	for name, c := range map[string]struct {
		old, updated string
		want         []string
	}{
		"the file is missing on one side":       {oneWay, "", []string{}},
		"one way to sign in becomes one of two": {oneWay, twoWays, []string{}},
		"another brand colour":                  {oneWay, edit(oneWay, "#007ee5", "#da3b01"), []string{}},
		"a parameter is gone":                   {oneWay, edit(oneWay, `"subdomain"`, `"tenant"`), []string{"error ConnectionParametersRemoved connectionParameters/subdomain", "info ConnectionParameterAdded connectionParameters/tenant"}},
		"a parameter becomes required":          {oneWay, strings.ReplaceAll(oneWay, `"false"`, `"true"`), []string{"warning ConnectionParameterMadeRequired connectionParameters/subdomain"}},
		"a parameter becomes secret":            {oneWay, edit(oneWay, `"string"`, `"securestring"`), []string{"warning ConnectionParameterTypeChanged connectionParameters/subdomain/type"}},
		"a key becomes a sign-in":               {oneWay, edit(oneWay, `"securestring"`, `"oauthSetting"`), []string{"error AuthenticationMethodRemoved connectionParameters/api_key/type"}},
		"a set is gone":                         {twoWays, edit(twoWays, `"name": "signin"`, `"name": "other"`), []string{"error AuthenticationMethodRemoved connectionParameterSets/signin", "info AuthenticationMethodAdded connectionParameterSets/other"}},
		"another provider and one more scope":   {twoWays, edit(twoWays, `"aad"`, `"oauth2"`, `["read"]`, `["read", "write"]`), []string{"warning AuthenticationMethodChanged connectionParameterSets/signin/parameters/token/oAuthSettings/identityProvider", "warning AuthenticationMethodChanged connectionParameterSets/signin/parameters/token/oAuthSettings/scopes"}},
		"a capability is gone":                  {oneWay, edit(oneWay, `, "blob"`, ``), []string{"warning CapabilityRemoved capabilities/blob"}},
		"the tier rises":                        {edit(oneWay, `"properties": {`, `"properties": {"tier": "Standard", `), edit(oneWay, `"properties": {`, `"properties": {"tier": "Premium", `), []string{"error TierChangedToPremium tier"}},
		"a parameter of a set is gone":          {twoWays, edit(twoWays, `, "subdomain": {"type": "string"}`, ``), []string{"error ConnectionParametersRemoved connectionParameterSets/key/parameters/subdomain"}},
		"a required parameter is new":           {edit(oneWay, `"api_key": {"type": "securestring", "uiDefinition": {"constraints": {"required": "true"}}},`, ``), oneWay, []string{"error RequiredConnectionParameterAdded connectionParameters/api_key"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, lines(Compare(pkg(c.old), pkg(c.updated))))
		})
	}
}

// What the definition repeats of apiProperties.json weighs less than what decides.
func TestSecuritySchemeBesideConnectionParameters(t *testing.T) {
	old, updated := read(t, boards), read(t, edited(t, boards, `"api_key": {"type": "apiKey", "in": "header", "name": "X-Key"}`, ``))
	assert.Equal(t, []string{"error AuthenticationMethodRemoved securityDefinitions/api_key"}, lines(Compare(old, updated)))
	old.Properties = connector.ReadDocument("apiProperties.json", []byte(oneWay))
	updated.Properties = old.Properties
	assert.Equal(t, []string{"warning AuthenticationMethodRemoved securityDefinitions/api_key"}, lines(Compare(old, updated)))
}
