package cmd

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesStayAsTheyAreWritten(t *testing.T) {
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"BOARD": "b1"}[name]
		return value, ok
	}
	for text, want := range map[string]any{
		"plain words": "plain words", `"5"`: "5", "yes": "yes", "true": true, "~": nil, `""`: "",
		"7": json.Number("7"), "-3": json.Number("-3"), "3.10": json.Number("3.10"), "12345678901234567890": json.Number("12345678901234567890"),
		"0012": "0012", "0x1F": "0x1F", "1_000": "1_000", ".5": ".5", ".inf": ".inf",
		"2030-01-31": "2030-01-31", "2030-01-31T10:00:00Z": "2030-01-31T10:00:00Z", "2030-01-31 10:00:00": "2030-01-31 10:00:00",
		"[2030-01-31, 0012, 1.0]":              []any{"2030-01-31", "0012", json.Number("1.0")},
		"{due: 2030-01-31, deep: [{n: 1.50}]}": map[string]any{"due": "2030-01-31", "deep": []any{map[string]any{"n": json.Number("1.50")}}},
		"${BOARD}":                             "b1", "board-${BOARD}": "board-b1", "{id: ['${BOARD}']}": map[string]any{"id": []any{"b1"}},
	} {
		c, err := parseConfig([]byte("values: {x: "+text+"}\noperations: {GetCard: {values: {x: "+text+"}}}"), env)
		require.NoError(t, err, text)
		assert.Equal(t, want, c.Values["x"], text)
		assert.Equal(t, want, c.Operations["GetCard"].Values["x"], text)
	}
	c, err := parseConfig([]byte("values: {x: '${UNSET}', y: &same 010, z: *same}"), env)
	require.NoError(t, err)
	assert.Equal(t, givenValues{"y": "010", "z": "010"}, c.Values, "an unset variable is no value")

	for _, text := range []string{"values: {x: &a [*a]}", "values: [x]", "values: {x: 1, x: 2}"} {
		_, err := parseConfig([]byte(text), env)
		assert.ErrorContains(t, err, "precert.yaml:1:", text)
	}
}

func TestReferencesStandInOneLine(t *testing.T) {
	env := func(name string) (string, bool) { return "the " + strings.ToLower(name), true }
	for _, text := range []string{
		"oauth: {grant: client_credentials, clientId: ${ID}, clientSecret: ${SECRET}, scopes: [read]}",
		"oauth: {grant: client_credentials, clientId: '${ID}', clientSecret: \"${SECRET}\", scopes: [read]}",
		"oauth:\n  grant: client_credentials\n  clientId: ${ID}\n  clientSecret: ${SECRET}\n  scopes: [read]",
	} {
		c, err := parseConfig([]byte(text), env)
		require.NoError(t, err, text)
		assert.Equal(t, &oauthConfig{Grant: "client_credentials", ClientID: "the id", ClientSecret: "the secret", Scopes: []string{"read"}}, c.OAuth)
	}
	c, err := parseConfig([]byte("connection: {host: a-${ID}.example.com, key: ${KEY}}\nvalues: {list: [${ID}, ${KEY},b]}\nignore: [{rule: IconMissing, reason: 'costs: ${ID}, or more'}]"), env)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"host": "a-the id.example.com", "key": "the key"}, c.Connection)
	assert.Equal(t, []any{"the id", "the key", "b"}, c.Values["list"])

	_, err = parseConfig([]byte("oauth: {clientId: ${ID}}\nnonsense: 1"), env)
	assert.ErrorContains(t, err, `precert.yaml:2:1: unknown key "nonsense"`)
}

// FuzzConfig wants an answer to any configuration: a panic is none.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{"calls: 3\nvalues: {a: [2030-01-31, &x 0012, *x]}", "oauth: {clientId: ${ID}}", "ignore: [{rule: IconMissing, reason: b, until: 2030-01-31}]\nrules: {A: off}", "a: &a [*a]", "<<: {calls: 1}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig([]byte(text), none)
		if (c == nil) == (err == nil) {
			t.Fatal("neither a configuration nor an error, or both")
		}
		if err != nil && strings.Contains(err.Error(), "cmd.") && !strings.Contains(text, "cmd.") {
			t.Fatalf("a name of the program's own: %q", err)
		}
	})
}
