package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// acceptance is what the suppressions with one reason cover of one live check.
type acceptance struct {
	Check, Reason string
	// Count is how many failed or warned checks, Operations where.
	Count      int
	Operations []string
}

// acceptances groups the accepted checks of a connector by check and reason, in
// the order of the operations.
func acceptances(c *finding.Connector) []acceptance {
	var list []acceptance
	for _, op := range c.Operations {
		for _, check := range op.Checks {
			if check.Accepted == "" {
				continue
			}
			i := slices.IndexFunc(list, func(a acceptance) bool { return a.Check == check.Check && a.Reason == check.AcceptedBy })
			if i < 0 {
				i = len(list)
				list = append(list, acceptance{Check: check.Check, Reason: check.AcceptedBy})
			}
			list[i].Count++
			if !slices.Contains(list[i].Operations, op.OperationID) {
				list[i].Operations = append(list[i].Operations, op.OperationID)
			}
		}
	}
	return list
}

// acceptedChecks counts them, such as "2 failed or warned checks".
func acceptedChecks(list []acceptance) string {
	n := 0
	for _, a := range list {
		n += a.Count
	}
	return plural(n, "failed or warned check")
}

// manyAccepted is how many acceptances a summary names.
const manyAccepted = 5

// acceptedReasons names checks, operations and reasons in one sentence.
func acceptedReasons(list []acceptance) string {
	var parts []string
	for i, a := range list {
		if i == manyAccepted {
			parts = append(parts, fmt.Sprintf("and %s more", thousands(len(list)-i)))
			break
		}
		parts = append(parts, fmt.Sprintf("%s of %s (%s)", a.Check, some(a.Operations, 3), a.Reason))
	}
	return strings.Join(parts, "; ")
}

// accepted tells of the live checks that failed or warned and that the
// configuration accepts.
func (t terminal) accepted(p *page, c *finding.Connector) {
	list := acceptances(c)
	if len(list) == 0 {
		return
	}
	if !t.opts.Verbose {
		p.line()
		p.aside("  ", acceptedChecks(list)+" accepted in the configuration (--verbose lists them)")
		return
	}
	p.section("Accepted in the configuration")
	for _, a := range list {
		p.wrapped("  ○ ", fmt.Sprintf("%s: %s", a.Check, a.Reason))
		p.wrapped("    ", t.touched(a.Operations))
	}
}
