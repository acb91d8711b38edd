package reports

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// comparedRun is the bad run a day later: one finding and one failing check are
// new, one finding is mended, the others are known.
func comparedRun() *finding.Run {
	base, run := badRun(), badRun()
	base.StartedAt = base.StartedAt.AddDate(0, 0, -1)
	c, old := run.Connectors[0], base.Connectors[0]
	old.Findings = old.Findings[1:]
	old.Findings = append(old.Findings, finding.Finding{Rule: "IconMissing", Severity: finding.Error, File: "icon.png", Message: "There is no icon."})
	for i, op := range old.Operations {
		if op.OperationID == "GetCard" {
			old.Operations[i].Verdict, old.Operations[i].Checks = finding.Passed, nil
		}
	}
	for i := range c.Findings {
		c.Findings[i].Line += 3
	}
	run.Policies = []finding.Policy{
		{Number: "5000.1.1.4", Title: "the package is clean of malware", Attest: "scan the package"},
		{Number: "5000.1.1.6", Title: "two solutions", Rules: []string{"SolutionMissing"}, Package: true},
		{Number: "5000.2.4", Title: "connection parameters", Rules: []string{"ConnectionParametersMissing"}},
		{Number: "5000.2.4.1", Title: "responses match their schemas", Rules: []string{"BodyMatchesSchema"}},
		{Number: "5000.2.6.3", Title: "Swagger 2.0", Rules: []string{"SwaggerVersionNotValid"}},
		{Number: "5000.9", Title: "something else"},
	}
	run.Compare(base, "yesterday.json", nil)
	return concluded(run, finding.Error)
}

func TestKnownFindingsStandInNobodysWay(t *testing.T) {
	run := comparedRun()
	require.Equal(t, finding.NotReady, run.Verdict)
	var names []string
	for _, b := range blockersOf(run, run.Connectors[0]) {
		names = append(names, b.Name+" "+b.Where)
	}
	assert.Equal(t, []string{"SchemaTypeMissing apiDefinition.swagger.json:313:9", "BodyMatchesSchema GetCard"}, names)

	again := badRun()
	again.Compare(badRun(), "same.json", nil)
	again.Conclude(finding.Error)
	assert.Equal(t, finding.Ready, again.Verdict)
	for _, format := range []string{"github", "azure"} {
		text := render(t, format, Options{}, again)
		assert.Len(t, strings.Split(strings.TrimSpace(text), "\n"), 1, "only the verdict")
	}
	var doc junitSuites
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", Options{}, again)), &doc))
	assert.Zero(t, doc.Failures, "a ready run must not fail a build")
	for _, suite := range doc.Suites {
		seen := map[string]bool{}
		for _, c := range suite.Cases {
			assert.False(t, seen[c.Name], c.Name)
			seen[c.Name] = true
		}
	}
	assert.Empty(t, blockersOf(again, again.Connectors[0]))
}

func TestTerminalShowsWhatIsNewAndCountsTheRest(t *testing.T) {
	text := render(t, "terminal", Options{Width: 120}, comparedRun())
	assert.Contains(t, text, "✖ error  SchemaTypeMissing")
	assert.Contains(t, text, "unchanged since the baseline")
	assert.Contains(t, text, "mended  IconMissing")
	assert.NotContains(t, text, "ConnectionParametersMissing")
	assert.Contains(t, render(t, "terminal", Options{Verbose: true}, comparedRun()), "ConnectionParametersMissing")
}

func TestPolicyChecklistSaysWhatTheRunSaw(t *testing.T) {
	run := comparedRun()
	states := map[string]policyState{}
	for _, line := range policiesOf(run, run.Connectors[0]) {
		states[line.Number] = line.State
	}
	assert.Equal(t, map[string]policyState{
		"5000.1.1.4": policyAttest, "5000.1.1.6": policyUnseen, "5000.2.4": policyFail, "5000.2.4.1": policyFail,
		"5000.2.6.3": policyPass, "5000.9": policyUnseen,
	}, states)
}

func TestPolicyPassesOnlyWhereSomethingShowsIt(t *testing.T) {
	policy := func(need string) *finding.Run {
		run := goodRun()
		run.Policies = []finding.Policy{{Number: "5000.1", Title: "it", Rules: []string{"SomeRule"}, Needs: need}}
		return run
	}
	cases := map[string]struct {
		need   string
		change func(c *finding.Connector)
		state  policyState
		note   string
	}{
		"no icon":           {need: "icon", state: policyUnseen, note: "There is no icon among the files that were read."},
		"no icon is wanted": {need: "icon", change: func(c *finding.Connector) { c.Publisher = "independent" }, state: policyUnseen, note: "Independent publishers hand in no icon."},
		"an icon":           {need: "icon", change: func(c *finding.Connector) { c.Files = append(c.Files, finding.File{Name: "icon.png", Role: "icon"}) }, state: policyPass},
		"a finding without an icon": {need: "icon", change: func(c *finding.Connector) {
			c.Findings = []finding.Finding{{Rule: "IconMissing", Severity: finding.Error, Policy: "5000.1"}}
		}, state: policyFail, note: "IconMissing"},
		"static only":       {need: finding.NeedsLive, change: func(c *finding.Connector) { c.Operations = nil }, state: policyUnseen, note: "Only a live run shows it: precert certify."},
		"called":            {need: finding.NeedsLive, state: policyPass},
		"called over http":  {need: finding.NeedsHTTPS, change: func(c *finding.Connector) { c.BaseURL = "http://127.0.0.1:8080" }, state: policyUnseen, note: "Only a live run over https shows it."},
		"called over https": {need: finding.NeedsHTTPS, change: func(c *finding.Connector) { c.BaseURL = "https://api.fabrikam.com" }, state: policyPass},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run := policy(c.need)
			if c.change != nil {
				c.change(run.Connectors[0])
			}
			lines := policiesOf(run, run.Connectors[0])
			require.Len(t, lines, 1)
			assert.Equal(t, c.state, lines[0].State)
			assert.Equal(t, c.note, lines[0].Note)
		})
	}
}
