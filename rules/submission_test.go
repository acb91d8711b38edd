package rules_test

import (
	"bytes"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/rules"
)

// told are the findings of one rule for a connector with one more file.
func told(t *testing.T, config rules.Config, rule, name string, content []byte) []string {
	t.Helper()
	files := fstest.MapFS{"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "info": {"title": "Fabrikam Boards"}, "paths": {}}`)}}
	if name != "" {
		files[name] = &fstest.MapFile{Data: content}
	}
	config.Only = []string{rule}
	var out []string
	for _, f := range checkUnder(t, files, config) {
		out = append(out, f.Severity.String()+" "+f.File+": "+f.Message)
	}
	return out
}

func TestIntroIsMissingInASubmissionOnly(t *testing.T) {
	submission := rules.Config{Submission: true}
	assert.Empty(t, told(t, rules.Config{}, "IntroMissing", "", nil))
	assert.Empty(t, told(t, submission, "IntroMissing", "intro.md", []byte("# Fabrikam Boards")))
	assert.Equal(t, []string{"error intro.md: The submission holds no intro.md."}, told(t, submission, "IntroMissing", "", nil))
	assert.Empty(t, told(t, submission, "ReadmeMissing", "", nil), "one finding for one fault")
}

func TestScriptTooLarge(t *testing.T) {
	line := []byte("// One more line.\n")
	assert.Equal(t, []string{"error script.csx: The script has 1.0 MB; it must have less than 1 MB."},
		told(t, rules.Config{}, "ScriptTooLarge", "script.csx", bytes.Repeat(line, 60_000)))
	assert.Empty(t, told(t, rules.Config{}, "ScriptTooLarge", "script.csx", bytes.Repeat(line, 58_000)))
}

// What is wrong with a definition does not keep the other files from being judged.
func TestOtherFilesAreJudgedWithoutADefinition(t *testing.T) {
	for _, definition := range []string{"{", `{"openapi": "3.0.0"}`, ""} {
		files := fstest.MapFS{
			"apiDefinition.swagger.json": {Data: []byte(definition)},
			"script.csx":                 {Data: []byte("public class Program { }")},
			"icon.png":                   {Data: []byte("GIF89a")},
			"readme.md":                  {Data: []byte("# Title\n")},
		}
		hit := map[string]bool{}
		for _, f := range check(t, files) {
			hit[f.Rule] = true
		}
		for _, rule := range []string{"ScriptClassNotValid", "IconFormatNotValid", "ReadmeTemplateTextLeft"} {
			assert.True(t, hit[rule], "%s with the definition %q", rule, definition)
		}
	}
}
