package reports

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestJUnitKeepsToBothSchemas asks xmllint: Jenkins reads the whole file,
// Surefire's form is that of one suite.
func TestJUnitKeepsToBothSchemas(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint (libxml2-utils) is not installed")
	}
	validate := func(schema, text string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", filepath.Join("testdata", schema), "-")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s: %s", schema, out)
	}
	for name, run := range sampleRuns() {
		t.Run(name, func(t *testing.T) {
			text := render(t, "junit", Options{}, run)
			validate("jenkins.xsd", text)
			for _, suite := range regexp.MustCompile(`(?s)<testsuite .*?</testsuite>`).FindAllString(text, -1) {
				validate("surefire.xsd", suite)
			}
		})
	}
}

func TestSARIFKeepsToItsSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	schema, err := compiler.Compile("testdata/sarif.schema.json")
	require.NoError(t, err)
	runs := sampleRuns()
	runs["large"] = largeRun(10, maxResults+10)
	for name, run := range runs {
		var doc any
		require.NoError(t, json.Unmarshal([]byte(render(t, "sarif", Options{}, run)), &doc))
		assert.NoError(t, schema.Validate(doc), name)
	}
}
