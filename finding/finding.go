package finding

import (
	"cmp"
	"slices"
)

// Finding is one violation of one rule at one place.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	// Policy is the number in Microsoft's certification policy, "" when none is known.
	Policy string `json:"policy,omitempty"`
	// Checker names the rules of the solution checker that report the same.
	Checker []string `json:"checker,omitempty"`
	// File is the artefact's name relative to the connector; Pointer a JSON
	// Pointer (RFC 6901) into it, the same place that the official validator
	// prints as ValuePath. Line and Column count from 1; 0 means the whole file.
	File    string `json:"file"`
	Pointer string `json:"pointer"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	// AlsoOn are the lines in File of further places where the same holds.
	AlsoOn []int `json:"alsoOn,omitempty"`
	// OperationID names the operation that holds the place, if one does.
	OperationID string `json:"operationId,omitempty"`
	// Operations names every operation that a fault in a shared definition reaches.
	Operations []string `json:"operations,omitempty"`
	Message    string   `json:"message"`
	// Hint says how to mend it.
	Hint       string `json:"hint,omitempty"`
	Suppressed bool   `json:"suppressed"`
	// SuppressedBy gives the reason of the suppression that matched.
	SuppressedBy string `json:"suppressedBy,omitempty"`
	// Known says that the baseline has it already.
	Known bool `json:"known,omitempty"`
	// Excerpt shows the source line; nil when there is none.
	Excerpt *Excerpt `json:"excerpt,omitempty"`
}

// Excerpt is one line of source around a finding.
type Excerpt struct {
	// Text is the line, or a window of a very long one, without tabs or controls.
	Text string `json:"text"`
	// Caret is the offset in runes of the flagged text within Text; Length its
	// length in runes, at least 1.
	Caret  int `json:"caret"`
	Length int `json:"length"`
}

// Places counts the places that the finding is about.
func (f Finding) Places() int { return 1 + len(f.AlsoOn) }

// Sort orders findings by file, pointer, rule, then message, and drops exact repeats.
func Sort(findings []Finding) []Finding {
	slices.SortStableFunc(findings, compare)
	return slices.CompactFunc(findings, func(a, b Finding) bool { return compare(a, b) == 0 })
}

func compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Pointer, b.Pointer),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Message, b.Message),
	)
}
