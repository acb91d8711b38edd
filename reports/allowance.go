package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// allowance is what unsafe methods need to run: the same line of precert.yaml
// lets all of them. The zero value needs nothing.
type allowance struct {
	// reason and line are those of the first operation: why it did not run, and
	// the line that lets it.
	reason, line string
	methods      []string
}

// allowanceOf reads what the run says of an operation that was not sent for its
// method; ok is false for any other reason.
func allowanceOf(reason, mend string) (method string, ok bool) {
	rest, ok := strings.CutPrefix(mend, "allow: [")
	if !ok {
		return "", false
	}
	method, _, ok = strings.Cut(rest, "]")
	return method, ok && strings.Contains(reason, method+" is not allowed: it may")
}

// add takes another operation in.
func (a *allowance) add(reason, line, method string) {
	a.reason, a.line = cmp.Or(a.reason, reason), cmp.Or(a.line, line)
	if !slices.Contains(a.methods, method) {
		a.methods = append(a.methods, method)
	}
}

// told gives the reason and the line for all that were added.
func (a *allowance) told() (reason, line string) {
	if len(a.methods) < 2 {
		return a.reason, a.line
	}
	first, last := a.methods[0], len(a.methods)-1
	words := strings.Join(a.methods[:last], ", ") + " and " + a.methods[last]
	return strings.Replace(a.reason, first+" is not allowed: it may", words+" are not allowed: they may", 1),
		strings.Replace(a.line, "["+first+"]", "["+strings.Join(a.methods, ", ")+"]", 1)
}

// joinAllowances makes one cause of those that one line of precert.yaml mends.
func joinAllowances(list []finding.Cause) []finding.Cause {
	type key struct {
		check   string
		verdict finding.Verdict
	}
	at, needs := map[key]int{}, map[key]*allowance{}
	var out []finding.Cause
	for _, cause := range list {
		method, ok := allowanceOf(cause.Message, cause.Hint)
		if !ok {
			out = append(out, cause)
			continue
		}
		k := key{cause.Check, cause.Verdict}
		if needs[k] == nil {
			at[k], needs[k] = len(out), &allowance{}
			out = append(out, cause)
			out[at[k]].Operations = nil
		}
		joined := &out[at[k]]
		needs[k].add(cause.Message, cause.Hint, method)
		joined.Message, joined.Hint = needs[k].told()
		joined.Operations = append(joined.Operations, cause.Operations...)
	}
	return out
}

// unreached reports that a text says no more than why the run did not finish.
func unreached(c *finding.Connector, text string) bool {
	return c.Incomplete != "" && strings.HasSuffix(text, "not reached: "+c.Incomplete)
}

// nothingCalled reports that the run ended before it called any operation.
func nothingCalled(c *finding.Connector) bool {
	return slices.ContainsFunc(c.Operations, func(op finding.Operation) bool { return unreached(c, op.Reason) }) &&
		!slices.ContainsFunc(c.Operations, func(op finding.Operation) bool { return op.Calls > 0 })
}
