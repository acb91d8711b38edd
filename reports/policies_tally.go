package reports

import "strings"

// maxFailing is how many connectors one line of the common checklist names.
const maxFailing = 5

// policyTally is one line of the checklist over all connectors of a run.
type policyTally struct {
	Number, Title string
	// Attest says what to confirm by hand, "" when nothing is.
	Attest                           string
	Fail, Warn, Pass, ByHand, Unseen int
	// Failing are the first connectors that fail, More says how many others do.
	Failing []*connectorView
	More    int
}

// tallyPolicies counts the checklists of all connectors, line by line.
func tallyPolicies(sections []*connectorView) []policyTally {
	var list []policyTally
	for _, section := range sections {
		if list == nil {
			list = make([]policyTally, len(section.Policies))
		}
		for i, line := range section.Policies {
			list[i].add(section, line)
		}
	}
	return list
}

func (t *policyTally) add(section *connectorView, line policyLine) {
	t.Number, t.Title = line.Number, line.Title
	switch line.State {
	case policyFail:
		t.Fail++
		if len(t.Failing) < maxFailing {
			t.Failing = append(t.Failing, section)
		} else {
			t.More++
		}
	case policyWarn:
		t.Warn++
	case policyAttest:
		t.ByHand++
		t.Attest = line.Note
	case policyUnseen:
		t.Unseen++
	default:
		t.Pass++
	}
}

// policyGroup is the part of one connector's checklist that has the same state.
type policyGroup struct {
	State policyState
	Sign  string
	Count int
	// Lines tell all about what failed or warned; Numbers only name the others.
	Lines   []policyLine
	Numbers string
}

// policyStates groups a checklist by state, what failed first.
func policyStates(list []policyLine) []policyGroup {
	var groups []policyGroup
	for _, state := range []policyState{policyFail, policyWarn, policyPass, policyAttest, policyUnseen} {
		g := policyGroup{State: state}
		var numbers []string
		for _, line := range list {
			if line.State != state {
				continue
			}
			g.Sign = line.Sign()
			g.Count++
			numbers = append(numbers, line.Number)
			if state == policyFail || state == policyWarn {
				g.Lines = append(g.Lines, line)
			}
		}
		if g.Lines == nil {
			g.Numbers = strings.Join(numbers, ", ")
		}
		if g.Count > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// toConfirm says how much of the checklist is left to people, "" for nothing.
func toConfirm(list []policyLine) string {
	byHand, unseen := 0, 0
	for _, line := range list {
		switch line.State {
		case policyAttest:
			byHand++
		case policyUnseen:
			unseen++
		case policyPass, policyWarn, policyFail:
		}
	}
	var parts []string
	if byHand > 0 {
		parts = append(parts, plural(byHand, "line")+" to attest by hand")
	}
	if unseen > 0 {
		parts = append(parts, plural(unseen, "line")+" not checked")
	}
	if parts == nil {
		return ""
	}
	return "Certification policy: " + strings.Join(parts, ", ") + "; the checklist below says why."
}
