package runner

import (
	"slices"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
)

// How many properties of one operation are told to differ, and how many are counted.
const (
	maxTypes   = 20
	maxCounted = 500
)

// compare holds the types and formats of a successful answer against those
// declared. What differs is told as information.
func (j *judgement) compare(node *connector.Node, body any) {
	if j.e.status >= 300 || !j.valid() || j.run.script.rewritesAnswer(j.op) {
		return
	}
	u := j.op.outcome
	for _, d := range j.run.validator.Compare(node, body) {
		at := slices.IndexFunc(u.types, func(old schema.Difference) bool { return old.Pointer == d.Pointer })
		switch {
		case at < 0 && len(u.types) < maxCounted:
			u.types = append(u.types, d)
		case at >= 0 && u.types[at].Actual == "integer int32" && d.Actual == "integer int64":
			u.types[at].Actual = d.Actual
		}
	}
}

// differences are the properties that differ, in the form of the report; nil when none does.
func (u *outcome) differences(mask *redactor) *finding.Types {
	if len(u.types) == 0 {
		return nil
	}
	out := &finding.Types{Total: len(u.types)}
	for _, d := range u.types[:min(len(u.types), maxTypes)] {
		out.Properties = append(out.Properties, finding.TypeDifference{Pointer: mask.text(d.Pointer), Declared: d.Declared, Actual: d.Actual})
	}
	return out
}
