package reports

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// wordyRun says much in every part of the page.
func wordyRun(words int) *finding.Run {
	text := strings.Repeat("a <long> & winding message ", words)
	c := boards()
	for i := range 100 {
		name := fmt.Sprintf("%s%03d", "Name", i)
		c.Findings = append(c.Findings, finding.Finding{Rule: name, Severity: finding.Error, File: "apiDefinition.swagger.json", Line: 1, Column: 1,
			Pointer: "/paths/" + strings.ReplaceAll(text, " ", "~1"), Message: text, Hint: text},
			finding.Finding{Rule: name, Severity: finding.Error, Suppressed: true, SuppressedBy: text})
		c.Changes = append(c.Changes, finding.Change{Change: name, Severity: finding.Error, ValuePath: "operation/" + text, Message: text, Hint: text})
		c.Mended = append(c.Mended, finding.Mended{Name: name, OperationID: name, Message: text})
		c.Leftovers = append(c.Leftovers, text)
		op := passed(name, "GET", "/things/"+text, 3)
		op.Verdict, op.Reason, op.Mend = finding.Failed, text, text
		op.Checks = []finding.Check{{Check: "SuccessfulResponse", Verdict: finding.Failed, Message: text + name, Hint: text},
			{Check: "NoServerError", Verdict: finding.Skipped, Accepted: finding.Failed, AcceptedBy: text + name}}
		c.Operations = append(c.Operations, op)
	}
	c.Incomplete = text
	run := newRun("certify", c)
	run.Baseline = &finding.Baseline{File: "earlier.json"}
	for i := range 40 {
		run.Policies = append(run.Policies, finding.Policy{Number: fmt.Sprintf("5000.%d", i), Title: text, Attest: text})
	}
	return concluded(run, finding.Error)
}

func TestMarkdownStaysBelowTheLimitHoweverMuchIsSaid(t *testing.T) {
	for _, words := range []int{1, 5, 20, 200} {
		page := render(t, "markdown", Options{}, wordyRun(words))
		assert.Less(t, utf8.RuneCountInString(page), 65_536, "%d words", words)
		for _, head := range []string{"### To be ready", "### Findings", "### Changes", "### Operations", "### Left behind", "Certification policy"} {
			assert.Contains(t, page, head, "%d words: what has no room is counted", words)
		}
	}
}
