package reports

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// junitSuites is the whole file as a reader sees it.
type junitSuites struct {
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

func parseJUnit(t *testing.T, text string) junitSuites {
	t.Helper()
	var doc junitSuites
	require.NoError(t, xml.Unmarshal([]byte(text), &doc))
	return doc
}

func TestJUnitCountsAgreeWithCases(t *testing.T) {
	for name, run := range sampleRuns() {
		t.Run(name, func(t *testing.T) {
			doc := parseJUnit(t, render(t, "junit", Options{}, run))
			tests, failures, errors := 0, 0, 0
			for _, s := range doc.Suites {
				suite := map[string]int{}
				for _, c := range s.Cases {
					assert.NotEmpty(t, c.Name)
					assert.NotEmpty(t, c.Class)
					_, err := strconv.ParseFloat(c.Time, 64)
					require.NoError(t, err)
					switch {
					case c.Error != nil:
						suite["errors"]++
					case c.Failure != nil:
						suite["failures"]++
					case c.Skipped != nil:
						suite["skipped"]++
					}
				}
				assert.NotEmpty(t, s.Cases, "an empty suite fails a build on some servers")
				assert.Len(t, s.Cases, s.Tests)
				assert.Equal(t, suite["errors"], s.Errors)
				assert.Equal(t, suite["failures"], s.Failures)
				assert.Equal(t, suite["skipped"], s.Skipped)
				tests, failures, errors = tests+s.Tests, failures+s.Failures, errors+s.Errors
			}
			assert.Equal(t, []int{tests, failures, errors}, []int{doc.Tests, doc.Failures, doc.Errors})
			if run.Verdict == finding.Ready {
				assert.Zero(t, doc.Failures+doc.Errors, "a ready run must not fail a build")
			} else {
				assert.NotZero(t, doc.Failures+doc.Errors)
			}
		})
	}
}

func TestJUnitWarningsFailOnlyWhenTheRunSaysSo(t *testing.T) {
	run := badRun()
	warnings := slices.DeleteFunc(run.Connectors[0].Findings, func(f finding.Finding) bool { return f.Severity != finding.Warning })
	run.Connectors[0].Findings = warnings[:3]
	run.Connectors[0].Operations, run.Connectors[0].Causes = nil, nil

	run.Conclude(finding.Error)
	doc := parseJUnit(t, render(t, "junit", Options{}, run))
	assert.Zero(t, doc.Failures)
	require.NotNil(t, doc.Suites[0].Cases[0].SystemOut)
	assert.Contains(t, doc.Suites[0].Cases[0].SystemOut.Text, "apiDefinition.swagger.json:")

	run.Conclude(finding.Warning)
	doc = parseJUnit(t, render(t, "junit", Options{}, run))
	assert.Equal(t, 1, doc.Failures, "three findings of one rule are one failed case")
	require.NotNil(t, doc.Suites[0].Cases[0].Failure)
	assert.Equal(t, "'Get-Board-0' is shown as 'GetBoard0'. (and 2 more)", doc.Suites[0].Cases[0].Failure.Message)
	assert.Equal(t, 3, strings.Count(doc.Suites[0].Cases[0].Failure.Text, "warning OperationIdSanitized: "), "all of them stand in the one that servers show")
}

// GitLab keeps the last of several cases with one name, and Jenkins mixes their histories.
func TestJUnitCasesHaveNamesOfTheirOwn(t *testing.T) {
	c := boards()
	c.Findings = []finding.Finding{{Rule: "ReadmeSectionMissing", Severity: finding.Warning, File: "readme.md", Message: "No publisher."},
		{Rule: "ReadmeSectionMissing", Severity: finding.Info, File: "readme.md", Message: "No limits."},
		{Rule: "IconNotOpaque", Severity: finding.Warning, File: "icon.png", Message: "See-through.", Suppressed: true},
		{Rule: "IconNotOpaque", Severity: finding.Warning, File: "logo.png", Message: "See-through.", Suppressed: true}}
	c.Changes = []finding.Change{{Change: "OutputFieldDeleted", Severity: finding.Error, Message: "Gone."},
		{Change: "OutputFieldDeleted", Severity: finding.Info, Message: "Gone from an internal operation."}}
	doc := parseJUnit(t, render(t, "junit", Options{}, concluded(newRun("check", c), finding.Warning)))
	var names []string
	for _, suite := range doc.Suites {
		for _, tc := range suite.Cases {
			names = append(names, tc.Name)
		}
	}
	assert.Equal(t, []string{"ReadmeSectionMissing", "IconNotOpaque icon.png", "IconNotOpaque logo.png", "OutputFieldDeleted"}, names)
	for _, tc := range []junitCase{doc.Suites[0].Cases[0], doc.Suites[1].Cases[0]} {
		require.NotNil(t, tc.Failure)
		require.NotNil(t, tc.SystemOut, "what does not fail the case is told")
		assert.Contains(t, tc.SystemOut.Text, "info "+tc.Name)
	}
}

func TestJUnitSkippedOperationSaysHowToRunIt(t *testing.T) {
	doc := parseJUnit(t, render(t, "junit", Options{}, badRun()))
	live := doc.Suites[len(doc.Suites)-1]
	require.Equal(t, 3, live.Skipped)
	require.NotNil(t, live.Cases[0].Skipped)
	assert.Equal(t, "DELETE is not allowed to run — allow: [DELETE]", live.Cases[0].Skipped.Message)
}
