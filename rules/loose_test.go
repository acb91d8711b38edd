package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/rules"
)

// What is handed in beside the artefacts becomes public as well.
func TestSecretsInFilesWithoutARole(t *testing.T) {
	token := "gh" + "p_" + "q7Rz0pLw83KdNvB5xTfY2mJc6HsGa9Ue" + "4711"
	for _, name := range []string{"notes.txt", ".env", "samples/flow/definition.json", "CHANGELOG.md", "deploy.ps1", "LICENSE"} {
		t.Run(name, func(t *testing.T) {
			found := checkWith(t, fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
				name:                         {Data: []byte("first line\ntoken: " + token + "\n")},
			}, rules.Config{Only: []string{"SecretNotAllowed"}})
			if assert.Len(t, found, 1) {
				assert.Equal(t, name, found[0].File)
				assert.Equal(t, 2, found[0].Line)
			}
		})
	}
	quiet := map[string]string{
		"of a picture":                "logo.png",
		"of version control":          ".git/config",
		"of a dependency":             "node_modules/pack/index.js",
		"of something without an end": "a/b/c/d/e/f/notes.txt",
	}
	for why, name := range quiet {
		t.Run(why, func(t *testing.T) {
			assert.Empty(t, checkWith(t, fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
				name:                         {Data: []byte(token)},
			}, rules.Config{Only: []string{"SecretNotAllowed"}}))
		})
	}
	assert.Empty(t, checkWith(t, fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
		"dump.bin":                   {Data: []byte("\x00\x01" + token)},
		"huge.log":                   {Data: []byte(strings.Repeat("x", 2<<20) + "\n" + token)},
	}, rules.Config{Only: []string{"SecretNotAllowed"}}))
}

func TestDefinitionTooLargeForSolution(t *testing.T) {
	for size, wanted := range map[int]int{499_900: 0, 500_100: 1} {
		found := checkWith(t, fstest.MapFS{
			"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}` + strings.Repeat(" ", size-18))},
		}, rules.Config{Only: []string{"DefinitionTooLargeForSolution"}})
		assert.Len(t, found, wanted, size)
	}
}
