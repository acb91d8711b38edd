package runner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// causes joins failed and warned checks that have the same reason: one cause
// with all the operations that it touches.
func causes(ops []finding.Operation) []finding.Cause {
	var out []finding.Cause
	at := map[string]int{}
	for _, op := range ops {
		for _, c := range op.Checks {
			if c.Verdict != finding.Failed && c.Verdict != finding.Warned || c.Check == checkEnough && explained(op) {
				continue
			}
			key := c.Check + "\x00" + string(c.Verdict) + "\x00" + pattern(reasonFor(c)) + "\x00" + placeFor(c)
			i, there := at[key]
			if !there {
				at[key] = len(out)
				out = append(out, finding.Cause{Check: c.Check, Verdict: c.Verdict, Message: c.Message, Hint: c.Hint, Operations: []string{op.OperationID}, Exchange: c.Exchange})
				continue
			}
			if !slices.Contains(out[i].Operations, op.OperationID) {
				out[i].Operations = append(out[i].Operations, op.OperationID)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b finding.Cause) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), -cmp.Compare(len(a.Operations), len(b.Operations)))
	})
	return out
}

// reasonFor is what makes a check fail. With which success wrong input is taken
// does not matter, nor at how many places one answer is wrong, nor at which of them an API crashes,
// and what it says besides.
func reasonFor(c finding.Check) string {
	if c.Check == checkInput {
		reason, _, _ := strings.Cut(c.Message, " is answered ")
		return reason
	}
	if c.Check == checkServerError {
		sent, answer, _ := strings.Cut(c.Message, " answered ")
		sent, _, _ = strings.Cut(sent, " (")
		status, _, _ := strings.Cut(answer, ": ")
		return sent + " answered " + status
	}
	reason, _, _ := strings.Cut(c.Message, " (the same at ")
	if i := strings.LastIndex(reason, " ("); i > 0 && strings.HasSuffix(reason, " items)") {
		reason = reason[:i]
	}
	return reason
}

// placeFor is where to mend a mismatch: at a schema that several properties
// share, or else at the property.
func placeFor(c finding.Check) string {
	if _, schema, ok := strings.Cut(c.Hint, " at /definitions/"); ok {
		return schema
	}
	return lastProperty(c.Pointer)
}

// explained reports whether another failed check says why there were too few successes.
func explained(op finding.Operation) bool {
	return slices.ContainsFunc(op.Checks, func(c finding.Check) bool { return c.Verdict == finding.Failed && c.Check != checkEnough })
}

func rank(v finding.Verdict) int {
	if v == finding.Failed {
		return 0
	}
	return 1
}

// lastProperty is the last member name of a pointer: the same field may stand
// at different depths in different answers.
func lastProperty(pointer string) string {
	parts := strings.Split(pointer, "/")
	for _, part := range slices.Backward(parts) {
		if part != "" && (part[0] < '0' || part[0] > '9') {
			return part
		}
	}
	return ""
}
