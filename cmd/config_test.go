package cmd

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestConfigurationMistakesHaveAPlaceAndAWayOut(t *testing.T) {
	for text, want := range map[string]string{
		"publisher: verified\nruels: {}":                     `2:1: unknown key "ruels" (did you mean rules?): docs/configuration.md lists the keys`,
		"publisher: me":                                      `1:12: unknown publisher "me": use verified, independent or auto`,
		"severity: fatal":                                    `1:11: unknown severity "fatal": use error, warning or info`,
		"severity: off":                                      `1:11: the failing severity cannot be off: use error, warning or info`,
		"severity: [error]":                                  `1:11: severity wants a single value, such as severity: error`,
		"severity: error\nseverity: info":                    `2:1: the key "severity" stands here again, after line 1: keep one of the two`,
		"rules: off":                                         `1:8: rules wants keys with values, such as OperationIdSanitized: off`,
		"rules:\n  OperationIdSanitised: off":                `2:3: no rule and no check is called "OperationIdSanitised" (did you mean OperationIdSanitized?): precert rules lists them`,
		"rules:\n  OperationIdSanitized: of":                 `2:25: unknown severity "of": use off, info, warning or error`,
		"calls: many":                                        `1:8: calls wants a whole number such as 10, not "many"`,
		"calls: -3":                                          `1:8: calls wants a whole number such as 10, not "-3"`,
		"calls: 010":                                         `1:8: calls wants a whole number such as 10, not "010"`,
		"calls: \"10\"":                                      `1:8: calls wants a number without quotes: write calls: 10`,
		"rules:\n  OperationIdSanitized:":                    `2:24: unknown severity "": use off, info, warning or error`,
		"rules: {<<: {OperationIdSanitized: off}}":           `1:9: rules takes no <<: write the names here`,
		"ignore: [~]":                                        `1:10: a suppression wants keys: write - rule: NAME and, below it, reason: TEXT`,
		"allow: [~]":                                         `1:9: unknown method "~" in allow: use POST, PUT, PATCH or DELETE`,
		"rate: fast":                                         `1:7: the rate "fast" is not a number of requests: write 20/s or 300/m`,
		"timeout: 30":                                        `1:10: timeout wants a time such as 30s or 2m, not "30"`,
		"allow: POST":                                        `1:8: allow wants a list, such as [POST, DELETE]`,
		"allow: [GET]":                                       `1:9: GET always may run: allow wants POST, PUT, PATCH or DELETE`,
		"baseUrl: example.com":                               `1:10: baseUrl wants an http or https address such as https://sandbox.fabrikam.com/v1, not "example.com"`,
		"oauth: {grant: client_credential}":                  `1:16: unknown grant "client_credential" (did you mean client_credentials?): use client_credentials, refresh_token, password, device_code`,
		"script: never":                                      `1:9: script is skip or bypass, not "never"`,
		"values: {a: {b: 1, b: 2}}":                          `1:20: the key "b" stands here again, after line 1: keep one of the two`,
		"operations:\n  A: {allow: yess}":                    `2:14: allow wants true or false, not "yess"`,
		"operations: {A: {needs: B}}":                        `1:25: needs wants a list, such as [CreateCard]`,
		"ignore: [OperationIdSanitized]":                     `1:10: a suppression wants keys: write - rule: NAME and, below it, reason: TEXT`,
		"ignore: [{reason: x}]":                              `1:10: a suppression needs a rule and a reason: add rule: NAME`,
		"ignore:\n  - rule: OperationIdSanitized":            `2:5: a suppression needs a rule and a reason: say why, such as reason: approved in ticket 4711`,
		"ignore: [{rule: NoServerErorr, reason: x}]":         `1:17: no rule and no check is called "NoServerErorr" (did you mean NoServerError?): precert rules lists them`,
		"ignore: [{rule: A*, reason: x, until: 2026-13-01}]": `1:39: until wants a date such as 2026-12-31, not "2026-13-01"`,
		"ignore: [{rule: A*, reason: x, at: \"GET /cards/{id}\"}]": `1:36: at wants an operationId or a pointer: write /paths/~1cards~1{id}/get`,
		"ignore: [{rule: A*, reason: x, at: \"#/paths/~1cards\"}]": `1:36: at wants a pointer without the #: write /paths/~1cards`,
		"- a":                      `1:1: the file wants keys with values, such as severity: error`,
		"a: b: c":                  `1:1: this is not YAML (mapping values are not allowed in this context): put a value with a colon in quotes, or check the indentation`,
		"severity: error\n---\na:": `1:1: the file holds several YAML documents: keep what is above the second ---`,
	} {
		_, err := parseConfig([]byte(text), none)
		require.Error(t, err, text)
		assert.Equal(t, "precert.yaml:"+want, err.Error(), text)
	}
}

func TestAnAliasGivesASeverity(t *testing.T) {
	c, err := parseConfig([]byte("severity: &all warning\nrules: {OperationIdSanitized: *all, OperationIdRequired: off}"), none)
	require.NoError(t, err)
	assert.Equal(t, overrides{{Pattern: "OperationIdSanitized", Severity: finding.Warning}, {Pattern: "OperationIdRequired", Severity: finding.Off}}, c.Rules)
}

func FuzzConfiguration(f *testing.F) {
	for _, seed := range []string{"", "rules: {A*: off}", "ignore: [{rule: A*, reason: x}]", "a: &b [*b]", "operations: {A: {values: {b: [1, {c: ${D}}]}}}", "<<: {a: b}", "rules: {A*: ~}", "calls: '1'", "? [a]\n: b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig([]byte(text), none)
		if err != nil {
			assert.NotContains(t, err.Error(), "unmarshal")
			return
		}
		assert.NotNil(t, c)
	})
}
