package cmd

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReportsOfRealRunsAreValid holds JUnit and SARIF of whole runs to their
// schemas: the demo, the broken demo, the worst connector and, where it is, the
// corpus. $SARIF_SCHEMA names the official SARIF schema; CI fetches it.
func TestReportsOfRealRunsAreValid(t *testing.T) {
	if testing.Short() {
		t.Skip("the broken demo takes seconds")
	}
	for name, args := range map[string][]string{
		"demo":        {"demo"},
		"broken demo": {"demo", "--broken"},
		"worst":       {"check", "../fixtures/worst"},
		"corpus":      {"check", corpus},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(corpus); err != nil && name == "corpus" {
				t.Skip("the corpus of public connectors is not here")
			}
			t.Parallel()
			dir := t.TempDir()
			code, _, stderr := runHere(t, append(args, "--format", "junit,sarif", "--output", dir)...)
			require.LessOrEqual(t, code, ExitNotReady, stderr)
			junit, err := os.ReadFile(filepath.Join(dir, "precert.xml"))
			require.NoError(t, err)
			junitIsValid(t, junit)
			sarif, err := os.ReadFile(filepath.Join(dir, "precert.sarif"))
			require.NoError(t, err)
			sarifIsValid(t, sarif)
			withinGitHubsLimits(t, sarif)
		})
	}
}

func junitIsValid(t *testing.T, text []byte) {
	t.Helper()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Log("xmllint (libxml2-utils) is not installed, so the JUnit schemas are not asked")
		return
	}
	ask := func(schema string, document []byte) {
		cmd := exec.CommandContext(t.Context(), xmllint, "--huge", "--noout", "--nonet", "--schema", filepath.Join("../reports/testdata", schema), "-")
		cmd.Stdin = bytes.NewReader(document)
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s: %.2000s", schema, out)
	}
	ask("jenkins.xsd", text)
	// Surefire's form is that of one suite; some stand for all.
	suites := regexp.MustCompile(`(?s)<testsuite .*?</testsuite>`).FindAll(text, -1)
	require.NotEmpty(t, suites)
	for _, suite := range suites[:min(len(suites), 20)] {
		ask("surefire.xsd", suite)
	}
}

func sarifIsValid(t *testing.T, text []byte) {
	t.Helper()
	files := []string{"../reports/testdata/sarif.schema.json"}
	if official := os.Getenv("SARIF_SCHEMA"); official != "" {
		files = append(files, official)
	}
	var log any
	require.NoError(t, json.Unmarshal(text, &log))
	for _, file := range files {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat = true
		schema, err := compiler.Compile(file)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(log), file)
	}
}

// withinGitHubsLimits holds a log to what code scanning refuses beyond.
func withinGitHubsLimits(t *testing.T, text []byte) {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct{ Locations []any }
			Tool    struct {
				Driver struct {
					Rules []struct {
						ID                                string
						ShortDescription, FullDescription struct{ Text string }
						Properties                        struct{ Tags []string }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &log))
	assert.LessOrEqual(t, len(log.Runs), 20, "runs of a file")
	for _, run := range log.Runs {
		assert.LessOrEqual(t, len(run.Results), 25_000, "results of a run")
		assert.LessOrEqual(t, len(run.Tool.Driver.Rules), 25_000, "rules of a run")
		for _, result := range run.Results {
			assert.LessOrEqual(t, len(result.Locations), 1000, "locations of a result")
		}
		for _, rule := range run.Tool.Driver.Rules {
			assert.LessOrEqual(t, len(rule.Properties.Tags), 10, "tags of a rule that are shown")
			assert.LessOrEqual(t, len(rule.ID), 255, rule.ID)
			assert.Less(t, len([]rune(rule.ShortDescription.Text)), 1024, rule.ID)
			assert.Less(t, len([]rune(rule.FullDescription.Text)), 1024, rule.ID)
		}
	}
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	_, err := pack.Write(text)
	require.NoError(t, err)
	require.NoError(t, pack.Close())
	assert.LessOrEqual(t, packed.Len(), 10_000_000, "bytes of the packed file")
}
