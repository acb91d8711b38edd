package reports

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// heavyRun has connectors with thousands of findings of more rules than a summary names.
func heavyRun() *finding.Run {
	var list []*finding.Connector
	for i := range 3 {
		c := boards()
		c.Path = fmt.Sprintf("certified-connectors/TheConnectorWithTheLongName%d", i)
		for j := range 4000 {
			c.Findings = append(c.Findings, finding.Finding{Rule: fmt.Sprintf("RuleWithALongName%02d", j%20), Severity: finding.Severity(1 + j%3),
				File: "apiDefinition.swagger.json", Line: 1 + j, Column: 1, Message: "Wrong."})
		}
		list = append(list, c)
	}
	return concluded(newRun("check", list...), finding.Error)
}

func TestWalkFitsTheTerminalWhateverItCounts(t *testing.T) {
	for _, width := range []int{44, 80, 200} {
		_, walk, _ := strings.Cut(render(t, "terminal", Options{Width: width}, heavyRun()), "     Connector")
		for line := range strings.Lines(walk) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), width, "%q", line)
		}
	}
}

func TestWalkCountsTheRulesThatItDoesNotName(t *testing.T) {
	run := heavyRun()
	named := len(rulesOfRun(run)) - topRules
	assert.Contains(t, render(t, "terminal", Options{}, run), fmt.Sprintf("\n  … and %d more rules (--verbose lists them)\n", named))
	assert.Contains(t, render(t, "markdown", Options{}, run), fmt.Sprintf("\nand %d more rules\n", named))
}

func TestMarkdownWalkTellsOfOperationsOnlyWhereSomeWereCalled(t *testing.T) {
	run := manyRun()
	assert.NotContains(t, render(t, "markdown", Options{}, run), "Operations")
	run.Connectors[8].Operations = []finding.Operation{passed("ListCards", "GET", "/cards", 3)}
	text := render(t, "markdown", Options{}, concluded(run, finding.Error))
	assert.Contains(t, text, "| | Connector | Errors | Warnings | Operations |\n")
	assert.Contains(t, text, "| 1 | 0 | 1 of 1 |\n")

	for _, c := range run.Connectors {
		c.Findings = nil
	}
	text = render(t, "markdown", Options{}, concluded(run, finding.Error))
	assert.NotContains(t, text, "| Connector |", "no table without a row")
	assert.Contains(t, text, "\nand 60 connectors ready\n")
}

func TestCausesOfTheBaselineTakeNoRoomFromNewOnes(t *testing.T) {
	failing := func(causes int) *finding.Run {
		c := boards()
		for i := range causes {
			op := passed(fmt.Sprintf("Operation%02d", i), "GET", fmt.Sprintf("/things/%d", i), 3)
			op.Verdict = finding.Failed
			op.Checks = []finding.Check{{Check: "SuccessfulResponse", Verdict: finding.Failed, Message: fmt.Sprintf("answered %d", 400+i), Hint: "Look at it."}}
			c.Operations = append(c.Operations, op)
		}
		return concluded(newRun("test", c), finding.Error)
	}
	run := failing(38)
	run.Compare(failing(20), "earlier.json", nil)
	run.Conclude(finding.Error)
	text := render(t, "terminal", Options{}, run)
	_, checks, _ := strings.Cut(text, "Checks that failed or warned")
	checks, _, _ = strings.Cut(checks, "To be ready")
	assert.Equal(t, 18, strings.Count(checks, "→ Look at it."), "18 new causes are no long list")
	assert.NotContains(t, checks, "--verbose lists every cause")
	assert.Contains(t, checks, "20 causes unchanged since the baseline")
}
