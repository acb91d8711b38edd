package reports

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// entry is anything worth a line of its own in a flat list: a finding, a failed
// or warned check of one operation, a change, or a run that did not finish.
type entry struct {
	Connector *finding.Connector
	// Kind is finding, check, change or run.
	Kind     string
	Severity finding.Severity
	Name     string
	Policy   string
	// File is relative to the connector; for checks and changes it is the definition.
	File         string
	Line, Column int
	// Pointer is the pointer of a finding or check, or the value path of a change.
	Pointer   string
	Operation string
	Message   string
	Hint      string
	// Suppressed findings and accepted checks say why.
	Suppressed   bool
	SuppressedBy string
	// Known says that the baseline has it already.
	Known   bool
	Finding *finding.Finding
}

// entriesOf lists the entries of a connector: the weightiest first, then in the
// order of the run.
func entriesOf(c *finding.Connector) []entry {
	var list []entry
	if c.Incomplete != "" {
		list = append(list, entry{Connector: c, Kind: "run", Severity: finding.Error, Name: "RunIncomplete", Message: "The run did not finish: " + c.Incomplete})
	}
	for i := range c.Findings {
		f := &c.Findings[i]
		list = append(list, entry{Connector: c, Kind: "finding", Severity: f.Severity, Name: f.Rule, Policy: f.Policy, File: f.File,
			Line: f.Line, Column: f.Column, Pointer: f.Pointer, Operation: f.OperationID, Message: f.Message, Hint: f.Hint,
			Suppressed: f.Suppressed, SuppressedBy: f.SuppressedBy, Known: f.Known, Finding: f})
	}
	definition := definitionOf(c)
	for _, ch := range c.Changes {
		list = append(list, entry{Connector: c, Kind: "change", Severity: ch.Severity, Name: ch.Change, File: definition,
			Pointer: ch.ValuePath, Message: ch.Message, Hint: ch.Hint})
	}
	for _, op := range c.Operations {
		list = append(list, entriesOfOperation(c, op, definition)...)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(b.Severity, a.Severity) })
	return list
}

func entriesOfOperation(c *finding.Connector, op finding.Operation, definition string) []entry {
	var list []entry
	failed := false
	for _, check := range op.Checks {
		e := entry{Connector: c, Kind: "check", Severity: finding.Error, Name: check.Check, File: definition, Pointer: check.Pointer,
			Operation: op.OperationID, Message: cmp.Or(check.Message, "the check "+string(check.Verdict)), Hint: check.Hint, Known: check.Known}
		switch verdict := cmp.Or(check.Accepted, check.Verdict); verdict {
		case finding.Failed:
			failed = failed || check.Accepted == ""
		case finding.Warned:
			e.Severity = finding.Warning
		default:
			continue
		}
		e.Suppressed, e.SuppressedBy = check.Accepted != "", check.AcceptedBy
		list = append(list, e)
	}
	if op.Verdict == finding.Failed && !failed {
		list = append(list, entry{Connector: c, Kind: "check", Severity: finding.Error, Name: "OperationFailed", File: definition,
			Operation: op.OperationID, Message: cmp.Or(op.Reason, "the operation failed"), Hint: op.Mend, Known: op.Known})
	}
	return list
}

// definitionOf names the artefact that defines the operations.
func definitionOf(c *finding.Connector) string {
	for _, f := range c.Files {
		if strings.HasSuffix(strings.ToLower(path.Base(f.Name)), "swagger.json") {
			return f.Name
		}
	}
	if len(c.Files) > 0 {
		return c.Files[0].Name
	}
	return ""
}

// sentence is the entry's message with the operation it is about.
func (e entry) sentence() string {
	if e.Kind == "check" && e.Operation != "" {
		return e.Operation + ": " + e.Message
	}
	return e.Message
}
