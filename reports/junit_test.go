package reports

import (
	"encoding/xml"
	"slices"
	"strconv"
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
					case len(c.Failures) > 0:
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
	assert.Len(t, doc.Suites[0].Cases[0].Failures, 3)
}

func TestJUnitSkippedOperationSaysHowToRunIt(t *testing.T) {
	doc := parseJUnit(t, render(t, "junit", Options{}, badRun()))
	live := doc.Suites[len(doc.Suites)-1]
	require.Equal(t, 3, live.Skipped)
	require.NotNil(t, live.Cases[0].Skipped)
	assert.Equal(t, "DELETE is not allowed to run — allow: [DELETE]", live.Cases[0].Skipped.Message)
}
