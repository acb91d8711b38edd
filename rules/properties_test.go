package rules_test

import (
	"encoding/json"
	"io/fs"
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

// checkWith judges the files of a connector as the configuration says.
func checkWith(t testing.TB, files fs.FS, config rules.Config) []finding.Finding {
	t.Helper()
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "sample", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	engine, err := rules.New(config)
	require.NoError(t, err)
	return engine.Check(t.Context(), pkg)
}

// propertyRules are the rules that need apiProperties.json alone, and those about credentials.
func propertyRules() []string {
	var out []string
	for _, r := range rules.Catalogue() {
		switch r.Section {
		case rules.SectionAPIProperties, rules.SectionPolicies, rules.SectionSecrets:
			out = append(out, r.Name)
		}
	}
	return out
}

func TestPropertiesAreJudgedWithoutADefinition(t *testing.T) {
	found := checkWith(t, fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"openapi": "3.0.1"}`)},
		"apiProperties.json":         {Data: []byte(`{"properties": {"iconBrandColor": "blue", "publisher": "Fabrikam", "stackOwner": "Fabrikam"}}`)},
		"readme.md":                  {Data: []byte("# Boards\n")},
	}, rules.Config{Skip: []string{"Readme*"}})
	var names []string
	for _, f := range found {
		names = append(names, f.Rule)
	}
	assert.ElementsMatch(t, []string{"DefinitionFormatNotSupported", "IconBrandColorNotValid"}, names)
}

// One fault in sound properties gives one finding at its place.
func TestOneFaultInPropertiesGivesOneFinding(t *testing.T) {
	original, err := fs.ReadFile(fixtures.Good(), "apiProperties.json")
	require.NoError(t, err)
	tests := []struct{ pointer, value, want string }{
		{"/properties/iconBrandColor", "", "IconBrandColorNotValid /properties/iconBrandColor"},
		{"/properties/iconBrandColor", "7", "IconBrandColorNotValid /properties/iconBrandColor"},
		{"/properties/publisher", `""`, "PublisherMissing /properties/publisher"},
		{"/properties/stackOwner", "null", "StackOwnerMissing /properties/stackOwner"},
		{"/properties/stackOwner", `"Fabrikam"`, "PublisherIsNotStackOwner /properties/stackOwner"},
		{"/properties/capabilities", `{}`, "ApiPropertiesNotValid /properties/capabilities"},
		{"/properties/capabilities/0", `"Actions"`, ""},
		{"/properties/connectionParameters", `[]`, "ApiPropertiesNotValid /properties/connectionParameters"},
		{"/properties/connectionParameters/access_key", `null`, "ApiPropertiesNotValid /properties/connectionParameters/access_key"},
		{"/properties/connectionParameters/access_key/type", "", "ConnectionParameterTypeNotValid /properties/connectionParameters/access_key/type"},
		{"/properties/connectionParameters/access_key/type", `"string"`, "SecretParameterNotSecure /properties/connectionParameters/access_key/type"},
		{"/properties/connectionParameters/access_key/uiDefinition", "", "ConnectionParameterTextMissing /properties/connectionParameters/access_key/uiDefinition"},
		{"/properties/connectionParameters/access_key/uiDefinition/description", "", "ConnectionParameterTextMissing /properties/connectionParameters/access_key/uiDefinition/description"},
		{"/properties/connectionParameters/access_key/uiDefinition/displayName", `" "`, "ConnectionParameterTextMissing /properties/connectionParameters/access_key/uiDefinition/displayName"},
		{"/properties/connectionParameters/access_key/uiDefinition/hint", `"x"`, "ApiPropertyNotKnown /properties/connectionParameters/access_key/uiDefinition/hint"},
		{"/properties/connectionParameters/access_key/uiDefinition/constraints/required", `true`, "ConstraintMustBeString /properties/connectionParameters/access_key/uiDefinition/constraints/required"},
		{"/properties/connectionParameters/access_key/uiDefinition/constraints/clearText", `true`, "SecretParameterNotSecure /properties/connectionParameters/access_key/uiDefinition/constraints/clearText"},
		{"/properties/connectionParameters/access_key/defaultValue", `"k-4711"`, "SecretSuspected /properties/connectionParameters/access_key/defaultValue"},
		{"/properties/connectionParameters/region", `{"type": "string", "uiDefinition": {"displayName": "Region", "description": "The region."}}`, "ConnectionParameterNotUsed /properties/connectionParameters/region"},
		{"/properties/connectionParameterSets", `{}`, "ConnectionParameterSetNotValid /properties/connectionParameterSets/uiDefinition, ConnectionParameterSetNotValid /properties/connectionParameterSets/values"},
		{"/properties/scriptOperations", `"AddComment"`, "ApiPropertiesNotValid /properties/scriptOperations"},
		{"/properties/policyTemplateInstances/0", `7`, "PolicyNotValid /properties/policyTemplateInstances/0"},
		{"/properties/policyTemplateInstances/0/templateId", `"setHeader"`, ""},
		{"/properties/policyTemplateInstances/0/templateId", `"setheaders"`, "PolicyTemplateNotKnown /properties/policyTemplateInstances/0/templateId"},
		{"/properties/policyTemplateInstances/0/templateId", "", "PolicyTemplateNotKnown /properties/policyTemplateInstances/0/templateId"},
		{"/properties/policyTemplateInstances/0/parameters", "", "PolicyParameterMissing /properties/policyTemplateInstances/0/parameters"},
		{"/properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.value", "", "PolicyParameterMissing /properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.value"},
		{"/properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.existsAction", `"delete"`, "PolicyNotValid /properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.existsAction"},
		{"/properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.value", `"@connectionParameters('region')"`, "PolicyConnectionParameterNotFound /properties/policyTemplateInstances/0/parameters/x-ms-apimTemplateParameter.value"},
		{"/properties/policyTemplateInstances/1/parameters/x-ms-apimTemplate-operationName/0", `"ListAcounts"`, "PolicyOperationNotFound /properties/policyTemplateInstances/1/parameters/x-ms-apimTemplate-operationName/0"},
		{"/properties/policyTemplateInstances/1/parameters/x-ms-apimTemplate-operationName/0", `"listaccounts"`, ""},
	}
	only := append(propertyRules(), "ConnectionParameterNotUsed", "SignInMismatch")
	for _, tt := range tests {
		t.Run(tt.want+" "+tt.value, func(t *testing.T) {
			var root any
			require.NoError(t, json.Unmarshal(original, &root))
			edit(t, root, tt.pointer, tt.value)
			text, err := json.MarshalIndent(root, "", "  ")
			require.NoError(t, err)
			files := fstest.MapFS{"apiProperties.json": {Data: text}}
			for _, name := range []string{"apiDefinition.swagger.json", "script.csx", "readme.md", "intro.md", "icon.png"} {
				content, err := fs.ReadFile(fixtures.Good(), name)
				require.NoError(t, err)
				files[name] = &fstest.MapFile{Data: content}
			}
			var got []string
			for _, f := range checkWith(t, files, rules.Config{Only: only}) {
				got = append(got, f.Rule+" "+f.Pointer)
				assert.Positive(t, f.Line)
			}
			assert.Equal(t, tt.want, strings.Join(got, ", "))
		})
	}
}

func TestPublisherDecidesSeverity(t *testing.T) {
	files := fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "paths": {}}`)},
		"apiProperties.json":         {Data: []byte(`{"properties": {"iconBrandColor": "#1f6f5c", "stackOwner": "Fabrikam"}}`)},
	}
	only := []string{"PublisherMissing", "IconBrandColorNotValid"}
	verified := checkWith(t, files, rules.Config{Only: only, Publisher: connector.Verified})
	require.Len(t, verified, 1)
	assert.Equal(t, finding.Warning, verified[0].Severity)
	independent := checkWith(t, files, rules.Config{Only: only, Publisher: connector.Independent})
	require.Len(t, independent, 2)
	for _, f := range independent {
		assert.Equal(t, finding.Error, f.Severity, f.Message)
	}
}

// FuzzProperties judges whatever stands where apiProperties.json should.
func FuzzProperties(f *testing.F) {
	worst, err := fs.ReadFile(fixtures.Worst(), "apiProperties.json")
	require.NoError(f, err)
	definition, err := fs.ReadFile(fixtures.Worst(), "apiDefinition.swagger.json")
	require.NoError(f, err)
	for i, replacement := range []string{`null`, `{}`, `[]`, `"x"`, `-1.5`, `true`, `{"type": "oauthSetting"}`, `[[null]]`, `""`, `"@connectionParameters('"`, `"@headers(a,(b)"`} {
		f.Add(uint16(i*7), []byte(replacement))
	}
	engine, err := rules.New(rules.Config{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, place uint16, replacement []byte) {
		pkg, err := connector.Load(t.Context(), connector.Source{Path: "fuzz", Dir: ".", Definition: "apiDefinition.swagger.json", FS: fstest.MapFS{
			"apiDefinition.swagger.json": {Data: definition},
			"apiProperties.json":         {Data: replaceValue(worst, int(place), replacement)},
			"readme.md":                  {Data: replacement},
		}})
		require.NoError(t, err)
		for _, found := range engine.Check(t.Context(), pkg) {
			require.NotEqual(t, "InternalError", found.Rule, found.Message)
		}
	})
}
