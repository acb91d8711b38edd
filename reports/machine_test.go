package reports

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestJSONHasListsWhereTheContractSaysSo(t *testing.T) {
	run := newRun("check", &finding.Connector{Path: "x", Operations: []finding.Operation{{OperationID: "A"}}})
	got := render(t, "json", Options{}, concluded(run, finding.Error))
	for _, list := range []string{`"files": []`, `"findings": []`, `"checks": []`} {
		assert.Contains(t, got, list)
	}
	assert.Contains(t, render(t, "json", Options{}, concluded(newRun("check"), finding.Error)), `"connectors": []`)
	assert.NotContains(t, got, "null")
	assert.Nil(t, run.Connectors[0].Findings, "the run stays as it was")
}

func TestJSONReadsBackAsTheSameRun(t *testing.T) {
	var back finding.Run
	text := render(t, "json", Options{}, badRun())
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.Equal(t, text, render(t, "json", Options{}, &back))
	assert.Contains(t, render(t, "json", Options{}, hostileRun()), "<script>", "no HTML escaping in JSON")
}

func TestCSVCellsAreNoFormulas(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(render(t, "csv", Options{}, hostileRun()))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+6)
	for _, row := range rows {
		for _, cell := range row {
			assert.NotRegexp(t, `^[=+@\t\r-]`, cell)
		}
	}
}

func TestMarkdownStaysBelowTheLimitOfAComment(t *testing.T) {
	got := render(t, "markdown", Options{}, largeRun(1000, 5000))
	assert.Less(t, len([]rune(got)), 65_536)
	hostile := render(t, "markdown", Options{}, hostileRun())
	assert.Empty(t, regexp.MustCompile(`<[a-z/!][^>]*>`).FindAllString(
		regexp.MustCompile("(?s)`+[^`].*?`+|</?(details|summary|b|sub)>|<br>").ReplaceAllString(hostile, ""), -1), "no foreign HTML")
}
