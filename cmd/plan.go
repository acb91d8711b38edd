package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
	"github.com/precert/precert/runner"
)

// writePlan prints what a dry run would send, in order, and where each value comes from.
func writePlan(w io.Writer, result *runner.Result) error {
	p := &page{w: w}
	p.line(fmt.Sprintf("Dry run against %s: nothing was sent.", result.BaseURL))
	stage := 0
	for _, request := range result.Plan {
		if request.Stage != stage {
			stage = request.Stage
			p.line(fmt.Sprintf("\nStage %d", stage))
		}
		writePlanned(p, request)
	}
	first := true
	for _, op := range result.Operations {
		if op.Verdict != finding.Skipped {
			continue
		}
		if first {
			p.line("\nSkipped")
			first = false
		}
		p.line(fmt.Sprintf("  %s: %s", reports.Printable(op.OperationID), reports.Printable(op.Reason)))
		p.line(prefixed("    → ", reports.Printable(op.Mend)))
	}
	return p.err
}

func writePlanned(p *page, request runner.PlannedRequest) {
	support := ""
	if request.Support {
		support = " (for others only)"
	}
	p.line(fmt.Sprintf("  %s, %d calls%s\n    %s %s", reports.Printable(request.OperationID), request.Calls, support, reports.Printable(request.Method), reports.Printable(request.URL)))
	for _, h := range request.Headers {
		p.line(fmt.Sprintf("    %s: %s", reports.Printable(h.Name), reports.Printable(h.Value)))
	}
	p.line(prefixed("    ", reports.Printable(request.Body)))
	writeBefore(p, request)
	if request.Script {
		p.line("    script.csx changes it before it leaves")
	}
	p.line(prefixed("    not yet known: ", reports.Printable(request.Missing)))
	var from []string
	for _, s := range request.Sources {
		from = append(from, fmt.Sprintf("%s (%s)", s.Name, s.From))
	}
	p.line(prefixed("    values from: ", reports.Printable(strings.Join(from, ", "))))
}

// writeBefore prints what the policies of the connector changed: the request as
// it was, or the headers that they added where nothing else is different.
func writeBefore(p *page, request runner.PlannedRequest) {
	p.line(prefixed("    policies: ", reports.Printable(strings.Join(request.Policies, ", "))))
	before := request.Before
	if before == nil {
		return
	}
	var replaced, added []string
	for _, h := range before.Headers {
		if !slices.Contains(request.Headers, h) {
			replaced = append(replaced, h.Name+": "+h.Value)
		}
	}
	for _, h := range request.Headers {
		if !slices.ContainsFunc(before.Headers, func(b finding.Header) bool { return b.Name == h.Name }) {
			added = append(added, h.Name)
		}
	}
	if before.Method == request.Method && before.URL == request.URL && before.Body == request.Body && len(replaced) == 0 {
		p.line(prefixed("    before them: the same without ", reports.Printable(strings.Join(added, ", "))))
		return
	}
	p.line(fmt.Sprintf("    before them: %s %s", before.Method, reports.Printable(before.URL)))
	for _, line := range replaced {
		p.line("      " + reports.Printable(line))
	}
	if before.Body != request.Body {
		p.line(prefixed("      ", reports.Printable(before.Body)))
	}
}
