package reports

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestReadReturnsTheRunThatWasWritten(t *testing.T) {
	for name, run := range sampleRuns() {
		if name == "hostile" {
			continue // its bytes that are no UTF-8 are replaced when they are written
		}
		text := render(t, "json", Options{}, run)
		back, err := Read(strings.NewReader(text))
		require.NoError(t, err, name)
		assert.Equal(t, text, render(t, "json", Options{}, back), name)
	}
}

func TestReadSaysWhatTheInputIsInstead(t *testing.T) {
	whole := render(t, "json", Options{}, badRun())
	for name, c := range map[string]struct{ input, want string }{
		"empty":         {"", "is empty"},
		"text":          {"READY", "is not a JSON report of precert"},
		"other JSON":    {`{"version": "2.1.0", "runs": []}`, "is not a JSON report of precert: give one that precert wrote with --format json"},
		"list":          {`[1]`, "is not a JSON report"},
		"cut":           {whole[:len(whole)/2], "ends in the middle"},
		"newer":         {`{"schema": "precert.report/v2", "connectors": {}}`, `has the schema "precert.report/v2", which this version does not know`},
		"damaged":       {`{"schema": "precert.report/v1", "connectors": 4}`, "is a damaged JSON report"},
		"two documents": {whole + whole, "more than one JSON document"},
		"wrong verdict": {`{"schema": "precert.report/v1", "verdict": "\u001b[2Jready"}`, `unknown verdict "\x1b[2Jready"`},
		"wrong word":    {`{"schema": "precert.report/v1", "failOn": "fatal"}`, `unknown severity "fatal"`},
	} {
		_, err := Read(strings.NewReader(c.input))
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), c.want, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
	run, err := Read(strings.NewReader(`{"schema": "precert.report/v1", "connectors": [null]}`))
	require.NoError(t, err)
	assert.Empty(t, run.Connectors)
}

func TestReadTellsWhereAReportIsDamaged(t *testing.T) {
	whole := render(t, "json", Options{}, badRun())
	for damage, want := range map[[2]string]string{
		{`"line": 41`, `"line": "41"`}:    `^is a damaged JSON report \(a wrong value, string, for line, near byte [\d,]+\); write it again with --format json$`,
		{`"verdict": "failed"`, `"v": }`}: `^is a damaged JSON report \(invalid character '}' .*, near byte [\d,]+\); write it again with --format json$`,
	} {
		_, err := Read(strings.NewReader(strings.Replace(whole, damage[0], damage[1], 1)))
		require.Error(t, err)
		assert.Regexp(t, want, err.Error())
	}
}

func TestReadTellsACutReportWhereverItWasCut(t *testing.T) {
	whole := strings.TrimSpace(render(t, "json", Options{}, goodRun()))
	for length := 1; length < len(whole); length++ {
		_, err := Read(strings.NewReader(whole[:length]))
		require.EqualError(t, err, "ends in the middle: the JSON report was cut off; write it again with --format json", whole[:length])
	}
	_, err := Read(strings.NewReader(" \n"))
	require.ErrorContains(t, err, "is empty")
}

func TestReadTakesWhatTheStandardLibraryTakes(t *testing.T) {
	for _, text := range []string{
		`{"connectors": null, "docs": [], "unknown": {"a": [1, {"b": null}]}, "schema": "precert.report/v1", "shard": null}`,
		`{"schema": "precert.report/v1", "connectors": [{"path": "x", "more": [[]], "files": null, "findings": [{"rule": "R", "severity": "error", "excerpt": {"text": "t"}}]}], "policies": [{"number": "5000.1"}]}`,
	} {
		var want finding.Run
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		got, err := Read(strings.NewReader(text))
		require.NoError(t, err)
		assert.Equal(t, &want, got)
	}
}

// blanks is an endless input.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestReadStopsAtTheLimit(t *testing.T) {
	_, err := read(io.MultiReader(strings.NewReader(`{"schema": "precert.report/v1"`), blanks{}), 1_000_000)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "is larger than 1.0 MB")
}

func FuzzRead(f *testing.F) {
	f.Add(`{"schema": "precert.report/v1", "connectors": [null, {"findings": [{"severity": "error"}], "operations": [{"checks": [{}]}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		run, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		run.Conclude(run.FailOn)
		for _, format := range Formats() {
			render(t, format.Name, Options{Width: 60}, run)
		}
	})
}
