package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// verdictWord is the verdict as a headline.
func verdictWord(v finding.Verdict) string {
	switch v {
	case finding.Ready:
		return "READY"
	case finding.NotReady:
		return "NOT READY"
	case finding.Incomplete:
		return "INCOMPLETE"
	default:
		return strings.ToUpper(string(v))
	}
}

// verdictLine says the whole run in one line, such as
// "READY · 0 errors, 2 warnings · 12 of 12 operations passed · 1.3 s".
func verdictLine(run *finding.Run) string {
	parts := verdictFacts(run)
	word := verdictWord(run.Verdict)
	if run.Verdict == finding.Ready {
		return strings.Join(append([]string{word}, parts...), " · ")
	}
	if why := whyIncomplete(run); why != "" {
		parts = append([]string{why}, parts...)
	}
	return word + " — " + strings.Join(parts, " · ")
}

func verdictFacts(run *finding.Run) []string {
	s := run.Summary
	var parts []string
	if run.Shard != nil {
		parts = append(parts, fmt.Sprintf("shard %d of %d", run.Shard.Index, run.Shard.Count))
	}
	if s.Connectors != 1 {
		ready := 0
		for _, c := range run.Connectors {
			if c.Verdict == finding.Ready {
				ready++
			}
		}
		parts = append(parts, fmt.Sprintf("%s of %s ready", thousands(ready), plural(s.Connectors, "connector")))
	}
	parts = append(parts, findingFacts(run))
	if run.Baseline != nil {
		parts = append(parts, baselineFacts(run.Baseline))
	}
	if s.Operations > 0 {
		ops := fmt.Sprintf("%s of %s passed", thousands(s.Passed), plural(s.Operations, "operation"))
		if s.Failed > 0 {
			ops += fmt.Sprintf(", %s failed", thousands(s.Failed))
		}
		if s.Skipped > 0 {
			ops += fmt.Sprintf(", %s skipped", thousands(s.Skipped))
		}
		if s.Accepted > 0 {
			ops += fmt.Sprintf(" (%s accepted)", plural(s.Accepted, "check"))
		}
		parts = append(parts, ops)
	}
	return append(parts, duration(run.DurationMs))
}

func findingFacts(run *finding.Run) string {
	s := run.Summary
	facts := plural(s.Errors, "error") + ", " + plural(s.Warnings, "warning")
	if s.Infos > 0 {
		facts += ", " + plural(s.Infos, "info")
	}
	if live := warnedCauses(run); live > 0 {
		facts += ", " + plural(live, "live warning")
	}
	if s.Suppressed > 0 {
		facts += fmt.Sprintf(" (%s suppressed)", thousands(s.Suppressed))
	}
	return facts
}

// warnedCauses counts live warnings, which the summary of findings leaves out.
func warnedCauses(run *finding.Run) int {
	n := 0
	for _, c := range run.Connectors {
		for _, cause := range causes(c) {
			if cause.Verdict == finding.Warned {
				n++
			}
		}
	}
	return n
}

func whyIncomplete(run *finding.Run) string {
	first, more := "", 0
	for _, c := range run.Connectors {
		switch {
		case c.Incomplete == "":
		case first != "":
			more++
		case len(run.Connectors) > 1:
			first = name(c) + ": " + c.Incomplete
		default:
			first = c.Incomplete
		}
	}
	if more > 0 {
		first += fmt.Sprintf(" (and %s more)", plural(more, "connector"))
	}
	return first
}

// blocker is one thing that keeps a connector from being ready.
type blocker struct {
	// Kind is run, rule, change or check.
	Kind string
	Name string
	// Count says how often, Unit of what.
	Count    int
	Unit     string
	Severity finding.Severity
	Message  string
	Hint     string
	// Where names the first places or operations.
	Where string
	// Operation is the first operation that a check failed on.
	Operation string
}

// mixed cuts a list of blockers to limit, in its order. Neither half of the run
// crowds the other out: a third of the room is for what the live run found.
func mixed(list []blocker, limit int) []blocker {
	if len(list) <= limit {
		return list
	}
	live := 0
	for _, b := range list {
		if b.Kind == "check" {
			live++
		}
	}
	// Each half takes the room that the other leaves.
	live = min(live, max(limit/3, limit-(len(list)-live)))
	still := limit - live
	var short []blocker
	for _, b := range list {
		room := &still
		if b.Kind == "check" {
			room = &live
		}
		if *room > 0 {
			*room--
			short = append(short, b)
		}
	}
	return short
}

// blockersOf lists what to mend, in the order to mend it: what stopped the run,
// what breaks the definition, breaking changes, then what the live run found.
func blockersOf(run *finding.Run, c *finding.Connector) []blocker {
	var list []blocker
	if c.Incomplete != "" {
		list = append(list, blocker{Kind: "run", Name: "The run did not finish", Count: 1, Severity: finding.Error, Message: c.Incomplete})
	}
	for _, g := range groupByRule(c.Findings) {
		if meets(run, g.Severity) && !g.Known {
			list = append(list, blockerOfRule(g))
		}
	}
	list = append(list, blockersOfChanges(run, c)...)
	for _, cause := range causes(c) {
		if unreached(c, cause.Message) {
			continue
		}
		if run.Baseline != nil {
			if cause.Operations = fresh(c, cause); len(cause.Operations) == 0 {
				continue
			}
		}
		if cause.Verdict == finding.Failed || meets(run, finding.Warning) {
			list = append(list, blockerOfCause(cause))
		}
	}
	return append(list, unexplained(c)...)
}

func blockerOfRule(g ruleGroup) blocker {
	f := g.Findings[0]
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
	}
	return blocker{Kind: "rule", Name: g.Rule, Count: g.places(), Unit: "place", Severity: g.Severity,
		Message: f.Message, Hint: f.Hint, Where: where}
}

func blockersOfChanges(run *finding.Run, c *finding.Connector) []blocker {
	var list []blocker
	for _, g := range groupChanges(c.Changes) {
		if meets(run, g[0].Severity) {
			list = append(list, blocker{Kind: "change", Name: g[0].Change, Count: len(g), Unit: "place",
				Severity: g[0].Severity, Message: g[0].Message, Hint: g[0].Hint, Where: g[0].ValuePath})
		}
	}
	return list
}

func blockerOfCause(cause finding.Cause) blocker {
	b := blocker{Kind: "check", Name: cause.Check, Count: len(cause.Operations), Unit: "operation", Severity: finding.Error,
		Message: cause.Message, Hint: cause.Hint, Where: some(cause.Operations, 3)}
	if cause.Verdict == finding.Warned {
		b.Severity = finding.Warning
	}
	if len(cause.Operations) > 0 {
		b.Operation = cause.Operations[0]
	}
	return b
}

// unexplained lists the failed operations that no cause names, so that the list
// of blockers is never shorter than the truth.
func unexplained(c *finding.Connector) []blocker {
	named := map[string]bool{}
	for _, cause := range causes(c) {
		for _, id := range cause.Operations {
			named[id] = true
		}
	}
	var list []blocker
	for _, op := range c.Operations {
		if op.Verdict == finding.Failed && !op.Known && !named[op.OperationID] {
			list = append(list, blocker{Kind: "check", Name: op.OperationID, Count: 1, Unit: "operation", Severity: finding.Error,
				Message: cmp.Or(op.Reason, "the operation failed"), Hint: op.Mend, Where: op.OperationID, Operation: op.OperationID})
		}
	}
	return list
}

// groupChanges groups changes by kind and severity, the weightiest first.
func groupChanges(changes []finding.Change) [][]finding.Change {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b finding.Change) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Change, b.Change), cmp.Compare(a.ValuePath, b.ValuePath))
	})
	var groups [][]finding.Change
	for i, ch := range sorted {
		if i == 0 || ch.Change != sorted[i-1].Change || ch.Severity != sorted[i-1].Severity {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], ch)
	}
	return groups
}
