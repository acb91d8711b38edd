package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
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
		p.line(fmt.Sprintf("  %s: %s", op.OperationID, printable(op.Reason)))
		p.line(prefixed("    → ", printable(op.Mend)))
	}
	return p.err
}

func writePlanned(p *page, request runner.PlannedRequest) {
	support := ""
	if request.Support {
		support = " (for others only)"
	}
	p.line(fmt.Sprintf("  %s, %d calls%s\n    %s %s", printable(request.OperationID), request.Calls, support, request.Method, printable(request.URL)))
	for _, h := range request.Headers {
		p.line(fmt.Sprintf("    %s: %s", h.Name, printable(h.Value)))
	}
	p.line(prefixed("    ", printable(request.Body)))
	writeBefore(p, request)
	if request.Script {
		p.line("    script.csx changes it before it leaves")
	}
	p.line(prefixed("    not yet known: ", printable(request.Missing)))
	var from []string
	for _, s := range request.Sources {
		from = append(from, fmt.Sprintf("%s (%s)", s.Name, s.From))
	}
	p.line(prefixed("    values from: ", printable(strings.Join(from, ", "))))
}

// writeBefore prints what the policies of the connector changed: the request as
// it was, or the headers that they added where nothing else is different.
func writeBefore(p *page, request runner.PlannedRequest) {
	p.line(prefixed("    policies: ", printable(strings.Join(request.Policies, ", "))))
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
		p.line(prefixed("    before them: the same without ", printable(strings.Join(added, ", "))))
		return
	}
	p.line(fmt.Sprintf("    before them: %s %s", before.Method, printable(before.URL)))
	for _, line := range replaced {
		p.line("      " + printable(line))
	}
	if before.Body != request.Body {
		p.line(prefixed("      ", printable(before.Body)))
	}
}

// printable keeps texts of definitions and answers from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, text)
}
