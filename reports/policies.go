package reports

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// policyState is what a run says about one line of the certification policy.
type policyState string

const (
	policyPass   policyState = "pass"
	policyWarn   policyState = "pass with warnings"
	policyFail   policyState = "fail"
	policyAttest policyState = "attest by hand"
	policyUnseen policyState = "not checked"
)

// policyLine is one line of the checklist of one connector.
type policyLine struct {
	Number, Title string
	State         policyState
	// Note names what failed, or says what to confirm by hand.
	Note string
}

// policiesOf judges the checklist for one connector; it is empty when the run has none.
func policiesOf(run *finding.Run, c *finding.Connector) []policyLine {
	named := findingsByPolicy(c)
	list := make([]policyLine, 0, len(run.Policies))
	for _, p := range run.Policies {
		line := policyLine{Number: p.Number, Title: p.Title, State: policyPass}
		failed, warned := judgePolicy(run, c, p, named[p.Number])
		switch {
		case len(failed) > 0:
			line.State, line.Note = policyFail, some(failed, 3)
		case p.Package && (len(p.Rules) == 0 || !strings.EqualFold(path.Ext(c.Path), ".zip")):
			line.State, line.Note = policyUnseen, "Only the zip to submit shows it: check it with --submission."
		case lacks(c, p.Needs) != "":
			line.State, line.Note = policyUnseen, lacks(c, p.Needs)
		case len(p.Rules) == 0 && p.Attest == "":
			line.State, line.Note = policyUnseen, "No rule of this run looks at it."
		case p.Attest != "":
			line.State, line.Note = policyAttest, p.Attest
		case c.Incomplete != "":
			line.State, line.Note = policyUnseen, "The run did not finish."
		case len(warned) > 0:
			line.State, line.Note = policyWarn, some(warned, 3)
		}
		list = append(list, line)
	}
	return list
}

// lacks says why a connector's files or its live run show nothing of what a
// policy needs, "" when they do.
func lacks(c *finding.Connector, need string) string {
	called := slices.ContainsFunc(c.Operations, func(op finding.Operation) bool { return op.Successes > 0 })
	switch {
	case need == "":
	case need == finding.NeedsLive && !called:
		return "Only a live run shows it: precert certify."
	case need == finding.NeedsHTTPS && (!called || !strings.HasPrefix(c.BaseURL, "https:")):
		return "Only a live run over https shows it."
	case need == finding.NeedsLive, need == finding.NeedsHTTPS:
	case slices.ContainsFunc(c.Files, func(f finding.File) bool { return f.Role == need }):
	case need == "icon" && c.Publisher == "independent":
		return "Independent publishers hand in no icon."
	default:
		return "There is no " + need + " among the files that were read."
	}
	return ""
}

func findingsByPolicy(c *finding.Connector) map[string][]finding.Finding {
	named := map[string][]finding.Finding{}
	for _, f := range c.Findings {
		if f.Policy != "" && !f.Suppressed {
			named[f.Policy] = append(named[f.Policy], f)
		}
	}
	return named
}

// judgePolicy returns the rules and checks that failed or warned.
func judgePolicy(run *finding.Run, c *finding.Connector, p finding.Policy, found []finding.Finding) (failed, warned []string) {
	note := func(list *[]string, name string) {
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for _, f := range found {
		switch {
		case f.Severity == finding.Error || meets(run, f.Severity):
			note(&failed, f.Rule)
		case f.Severity == finding.Warning:
			note(&warned, f.Rule)
		}
	}
	for _, op := range c.Operations {
		for _, check := range op.Checks {
			switch {
			case !slices.Contains(p.Rules, check.Check):
			case check.Verdict == finding.Failed:
				note(&failed, check.Check)
			case check.Verdict == finding.Warned:
				note(&warned, check.Check)
			}
		}
	}
	return failed, warned
}

// policyFacts counts the states of a checklist.
func policyFacts(list []policyLine) string {
	var parts []string
	for _, state := range []policyState{policyFail, policyWarn, policyPass, policyAttest, policyUnseen} {
		n := 0
		for _, line := range list {
			if line.State == state {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(parts, ", ")
}

// policies is the checklist for a page, every text cleaned.
func (b *viewBuilder) policies(c *finding.Connector) []policyLine {
	list := policiesOf(b.run, c)
	for i, line := range list {
		list[i] = policyLine{b.clean.line(line.Number), b.clean.line(line.Title), line.State, b.clean.line(line.Note)}
	}
	return list
}

// Class names the colour of a state.
func (line policyLine) Class() string {
	return map[policyState]string{policyPass: "passed", policyWarn: "warned", policyFail: "failed"}[line.State]
}

// Sign names the drawing of a state.
func (line policyLine) Sign() string {
	if class := line.Class(); class != "" {
		return class
	}
	return "skipped"
}
