package reports

import (
	"encoding/json"
	"os"
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

// TestSARIFKeepsToItsSchema asks the schema of the part that precert writes, and
// the official one, whose file $SARIF_SCHEMA names; CI fetches it.
func TestSARIFKeepsToItsSchema(t *testing.T) {
	schemas := []string{"testdata/sarif.schema.json"}
	if official := os.Getenv("SARIF_SCHEMA"); official != "" {
		schemas = append(schemas, official)
	} else {
		t.Log("SARIF_SCHEMA does not name sarif-schema-2.1.0.json, so the official schema is not asked")
	}
	runs := sampleRuns()
	runs["large"] = largeRun(10, maxResults+10)
	for _, file := range schemas {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat = true
		schema, err := compiler.Compile(file)
		require.NoError(t, err)
		for name, run := range runs {
			var doc any
			require.NoError(t, json.Unmarshal([]byte(render(t, "sarif", Options{}, run)), &doc))
			assert.NoError(t, schema.Validate(doc), "%s: %s", file, name)
		}
	}
}
