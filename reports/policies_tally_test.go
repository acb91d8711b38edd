package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

func TestPagesOfSeveralConnectorsHoldTheChecklist(t *testing.T) {
	run := &finding.Run{Schema: finding.Schema, FailOn: finding.Error, Command: "check",
		Policies: []finding.Policy{
			{Number: "5000.2.2.1", Title: "The title has at most 30 characters", Rules: []string{"TitleTooLong"}},
			{Number: "5000.2.6.2", Title: "The definition is well-formed", Rules: []string{"OperationIdRequired"}},
			{Number: "5000.3.1.3", Title: "The website's address is valid", Rules: []string{"UrlNotValid"}, Attest: "Open the website."},
			{Number: "5000.1.1.7", Title: "A flow of the solution uses the connector", Package: true},
		},
		Connectors: []*finding.Connector{
			{Path: "boards", Title: "Boards", Verdict: finding.Ready},
			{Path: "cards", Title: "Cards", Verdict: finding.NotReady, Findings: []finding.Finding{
				{Rule: "TitleTooLong", Severity: finding.Error, Policy: "5000.2.2.1", File: "apiDefinition.swagger.json", Message: "The title has 39 characters."},
				{Rule: "OperationIdRequired", Severity: finding.Warning, Policy: "5000.2.6.2", File: "apiDefinition.swagger.json", Message: "An operation has no operationId."},
			}},
		}}
	view := newPageView(run)
	assert.Equal(t, []string{"Cards", "Boards"}, []string{view.Sections[0].Title, view.Sections[1].Title}, "what needs work comes first")
	type row struct{ fail, warn, pass, byHand, unseen int }
	var rows []row
	for _, tally := range view.Policies {
		rows = append(rows, row{tally.Fail, tally.Warn, tally.Pass, tally.ByHand, tally.Unseen})
	}
	assert.Equal(t, []row{{1, 0, 1, 0, 0}, {0, 1, 1, 0, 0}, {0, 0, 0, 2, 0}, {0, 0, 0, 0, 2}}, rows)
	page := render(t, "html", Options{}, run)
	for _, want := range []string{`<a href="#c2">Cards</a>`, "Open the website.", "<b>5000.2.2.1</b> The title has at most 30 characters <span class=\"quiet\">TitleTooLong</span>",
		"1 line to attest by hand, 1 line not checked"} {
		assert.Contains(t, page, want)
	}
}

func TestALongListOfBlockersShowsBothHalves(t *testing.T) {
	var list []blocker
	for i := range 30 {
		list = append(list, blocker{Kind: "rule", Count: i})
	}
	for i := range 10 {
		list = append(list, blocker{Kind: "check", Count: i})
	}
	kinds := func(list []blocker) string {
		var text strings.Builder
		for _, b := range list {
			text.WriteString(b.Kind[:1])
		}
		return text.String()
	}
	assert.Equal(t, "rrrrrrrrcccc", kinds(mixed(list, 12)))
	assert.Equal(t, "rrcccccccccc", kinds(mixed(list[28:], 12)))
	assert.Equal(t, "rrrrrrrrrrrc", kinds(mixed(list[10:31], 12)))
	assert.Equal(t, "rrc", kinds(mixed(list[28:31], 12)))
}
