package cmd

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// TestReportsOfRealRunsAreValid holds JUnit and SARIF of whole runs to their
// schemas: the demo, the broken demo, the worst connector, its changes and, where
// it is, the corpus. $SARIF_SCHEMA names the official SARIF schema; CI fetches it.
func TestReportsOfRealRunsAreValid(t *testing.T) {
	overRealRuns(t, corpus, func(t *testing.T, args []string) {
		dir := t.TempDir()
		code, _, stderr := runHere(t, append(args, "--format", "json,junit,sarif", "--output", dir)...)
		require.LessOrEqual(t, code, ExitNotReady, stderr)
		junit, err := os.ReadFile(filepath.Join(dir, "precert.xml"))
		require.NoError(t, err)
		junitIsValid(t, junit)
		run, err := readReport(filepath.Join(dir, "precert.json"))
		require.NoError(t, err)
		junitAgrees(t, junit, run)
		sarif, err := os.ReadFile(filepath.Join(dir, "precert.sarif"))
		require.NoError(t, err)
		sarifIsValid(t, sarif)
		withinGitHubsLimits(t, sarif)
	})
}

// overRealRuns runs a test with the command line of each of several real runs, the
// last over a folder of public connectors.
func overRealRuns(t *testing.T, connectors string, test func(t *testing.T, args []string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("the broken demo takes seconds")
	}
	for name, args := range map[string][]string{
		"demo":        {"demo"},
		"broken demo": {"demo", "--broken"},
		"worst":       {"check", "../fixtures/worst"},
		"changes":     {"diff", "../fixtures/good", "../fixtures/worst"},
		"corpus":      {"check", connectors},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(corpus); err != nil && name == "corpus" {
				t.Skip("the corpus of public connectors is not here")
			}
			t.Parallel()
			test(t, args)
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
	dir := t.TempDir()
	// Jenkins reads the whole file, Surefire's form is that of one suite.
	ask := func(schema string, documents ...[]byte) {
		args := []string{"--huge", "--noout", "--nonet", "--schema", filepath.Join("../reports/testdata", schema)}
		for i, document := range documents {
			file := filepath.Join(dir, fmt.Sprintf("%s-%d.xml", schema, i))
			require.NoError(t, os.WriteFile(file, document, 0o600))
			args = append(args, file)
		}
		out, err := exec.CommandContext(t.Context(), xmllint, args...).CombinedOutput()
		require.NoError(t, err, "%s: %.2000s", schema, out)
		assert.Equal(t, len(documents), strings.Count(string(out), " validates\n"))
	}
	ask("jenkins.xsd", text)
	suites := regexp.MustCompile(`(?s)<testsuite .*?</testsuite>`).FindAll(text, -1)
	require.NotEmpty(t, suites)
	ask("surefire.xsd", suites...)
}

// junitAgrees holds the counts of a JUnit report to those of the JSON report.
func junitAgrees(t *testing.T, text []byte, run *finding.Run) {
	t.Helper()
	type suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Failures []string `xml:"failure"`
			Out      string   `xml:"system-out"`
		} `xml:"testcase"`
	}
	var doc struct {
		Tests    int     `xml:"tests,attr"`
		Failures int     `xml:"failures,attr"`
		Errors   int     `xml:"errors,attr"`
		Suites   []suite `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(text, &doc))
	var told finding.Summary
	tests, failures, errs := 0, 0, 0
	connectors := map[string]bool{}
	for _, s := range doc.Suites {
		tests, failures, errs = tests+s.Tests, failures+s.Failures, errs+s.Errors
		assert.Len(t, s.Cases, s.Tests, s.Name)
		connector, half, _ := strings.Cut(s.Name, " / ")
		connectors[connector] = true
		if half == "live" {
			told.Operations += s.Tests
			told.Failed += s.Failures
			told.Skipped += s.Skipped
			continue
		}
		told.Suppressed += s.Skipped
		for _, c := range s.Cases {
			assert.LessOrEqual(t, len(c.Failures), 1, "servers show the first failure of a case only")
			for line := range strings.Lines(strings.Join(c.Failures, "") + "\n" + c.Out) {
				switch {
				case strings.HasPrefix(line, "error "):
					told.Errors++
				case strings.HasPrefix(line, "warning "):
					told.Warnings++
				case strings.HasPrefix(line, "info "):
					told.Infos++
				}
			}
		}
	}
	assert.Equal(t, []int{doc.Tests, doc.Failures, doc.Errors}, []int{tests, failures, errs})
	told.Connectors, told.Passed = len(connectors), told.Operations-told.Failed-told.Skipped
	assert.Equal(t, run.Summary, told)
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
