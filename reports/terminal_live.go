package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

// manyOperations is from how many rows on passed operations are only counted, and
// how many of the others are rows.
const manyOperations = 40

// live writes the outcome of the conformance run.
func (t terminal) live(p *page, run *finding.Run, c *finding.Connector) {
	if len(c.Operations) == 0 {
		return
	}
	title := "Live run"
	if run.Seed != 0 {
		title += p.paint(" · seed "+strconv.FormatInt(run.Seed, 10), text.Faint)
	}
	p.section(title)
	if nothingCalled(c) && !t.opts.Verbose {
		p.wrapped("  ✖ ", c.Incomplete)
		p.aside("    ", fmt.Sprintf("none of %s was called (--verbose lists them)", plural(len(c.Operations), "operation")))
	} else {
		t.operations(p, c)
	}
	t.causes(p, c)
	t.types(p, c)
	t.skipped(p, c)
	t.accepted(p, c)
	if len(c.Leftovers) > 0 {
		p.section("Left behind: created by the run and not deleted")
		for _, thing := range c.Leftovers {
			p.wrapped("  - ", thing)
		}
	}
}

func (t terminal) operations(p *page, c *finding.Connector) {
	short := len(c.Operations) > manyOperations && !t.opts.Verbose
	var rows []table.Row
	passed, more := 0, 0
	for _, op := range c.Operations {
		switch {
		case short && op.Verdict == finding.Passed && !warned(op):
			passed++
		case short && len(rows) == manyOperations:
			more++
		default:
			rows = append(rows, t.operation(p, op))
		}
	}
	if len(rows) > 0 {
		// The other columns take up to 40; names and paths share the rest.
		room := max(p.width-40, 20)
		header, nameRoom := table.Row{"", "Operation", "Request", "Calls ok", "p50", "p95"}, room*2/5
		if p.width < narrowTable {
			header, nameRoom = table.Row{"", "Operation", "Calls ok"}, p.width-17
			for i, row := range rows {
				rows[i] = table.Row{row[0], row[1], row[3]}
			}
		}
		p.table(header, rows, []table.ColumnConfig{
			{Number: 2, WidthMax: nameRoom, WidthMaxEnforcer: text.WrapHard},
			{Number: 3, WidthMax: max(room*3/5, 10), WidthMaxEnforcer: text.WrapHard},
			{Number: 4, Align: text.AlignRight, AlignHeader: text.AlignRight},
			{Number: 5, Align: text.AlignRight, AlignHeader: text.AlignRight},
			{Number: 6, Align: text.AlignRight, AlignHeader: text.AlignRight},
		}, nil)
	}
	if more > 0 {
		p.aside("  ", fmt.Sprintf("… and %s that failed, warned or were skipped (--verbose lists them)", plural(more, "more operation")))
	}
	if passed > 0 {
		p.aside("  ", fmt.Sprintf("… and %s that passed (--verbose lists them)", plural(passed, "operation")))
	}
}

func warned(op finding.Operation) bool {
	for _, check := range op.Checks {
		if check.Verdict == finding.Warned {
			return true
		}
	}
	return false
}

func (t terminal) operation(p *page, op finding.Operation) table.Row {
	verdict := op.Verdict
	if verdict == finding.Passed && warned(op) {
		verdict = finding.Warned
	}
	colour := verdictColour(verdict)
	request := p.clean.line(op.Method) + " " + p.clean.line(op.Path)
	id := p.clean.line(op.OperationID)
	if op.Kind != "" && op.Kind != "action" {
		request += " (" + p.clean.line(op.Kind) + ")"
	}
	row := table.Row{p.paint(verdictSign(verdict), colour), id, request,
		fmt.Sprintf("%d of %d", op.Successes, op.Calls), latency(op.Latency.P50), latency(op.Latency.P95)}
	if op.Verdict == finding.Skipped && op.Calls == 0 {
		row[3] = "skipped"
	}
	return row
}

func (t terminal) causes(p *page, c *finding.Connector) {
	list := slices.DeleteFunc(causes(c), func(cause finding.Cause) bool {
		return nothingCalled(c) && !t.opts.Verbose && unreached(c, cause.Message)
	})
	if len(list) == 0 {
		return
	}
	p.section("Checks that failed or warned")
	known := 0
	if !t.opts.Verbose {
		all := len(list)
		list = slices.DeleteFunc(list, func(cause finding.Cause) bool { return len(cause.Operations) > 0 && len(fresh(c, cause)) == 0 })
		known = all - len(list)
	}
	rest := 0
	folded := !t.opts.Verbose && len(list) > fewGroups
	for i, cause := range list {
		switch {
		case !folded || detailAt(i) == whole:
			t.cause(p, c, cause)
		case detailAt(i) == brief:
			p.beginning("  ", verdictSign(cause.Verdict)+" "+string(cause.Verdict), verdictColour(cause.Verdict),
				p.clean.line(cause.Check)+" ("+plural(len(cause.Operations), "operation")+")", cause.Message)
		default:
			rest++
		}
	}
	if rest > 0 {
		p.aside("  ", "… and "+plural(rest, "more cause"))
	}
	if folded {
		p.foldedNote("cause with its request")
	}
	if known > 0 {
		p.aside("  ", plural(known, "cause")+" unchanged since the baseline (--verbose lists them)")
	}
}

func (t terminal) cause(p *page, c *finding.Connector, cause finding.Cause) {
	colour := verdictColour(cause.Verdict)
	head := "  " + p.paint(verdictSign(cause.Verdict)+" "+string(cause.Verdict), colour) + "  " +
		p.paint(p.clean.line(cause.Check), text.Bold)
	p.wrapped(head+"  ", t.touched(cause.Operations), text.Faint)
	p.wrapped("    ", cause.Message)
	if cause.Hint != "" {
		p.wrapped("    → ", cause.Hint)
	}
	if curl := curlOf(c, cause); curl != "" {
		p.verbatim(4, curl, text.Faint)
	}
}

// touched names the operations behind a cause.
func (t terminal) touched(operations []string) string {
	limit := 5
	if t.opts.Verbose {
		limit = len(operations)
	}
	return plural(len(operations), "operation") + ": " + some(operations, limit)
}

// toldByCheck reports whether a check says why the operation was not exercised: it is told once.
func toldByCheck(op finding.Operation) bool {
	return slices.ContainsFunc(op.Checks, func(c finding.Check) bool {
		return c.Verdict == finding.Warned && c.Message == op.Reason
	})
}

// skippedGroup is what was skipped for one reason, with the lines that let it run.
type skippedGroup struct {
	reason     string
	operations []string
	mends      []string
	needs      allowance
}

// skippedGroups groups the skipped operations by reason.
func (t terminal) skippedGroups(c *finding.Connector) []*skippedGroup {
	index := map[string]*skippedGroup{}
	var groups []*skippedGroup
	for _, op := range c.Operations {
		if op.Verdict != finding.Skipped || toldByCheck(op) || nothingCalled(c) && !t.opts.Verbose && unreached(c, op.Reason) {
			continue
		}
		key := op.Reason
		method, forMethod := allowanceOf(op.Reason, op.Mend)
		if forMethod {
			key = "\x00allow"
		}
		g := index[key]
		if g == nil {
			g = &skippedGroup{reason: cmp.Or(op.Reason, "no reason given")}
			index[key] = g
			groups = append(groups, g)
		}
		g.operations = append(g.operations, op.OperationID)
		if forMethod {
			g.needs.add(op.Reason, op.Mend, method)
			reason, line := g.needs.told()
			g.reason, g.mends = reason, []string{line}
		} else if op.Mend != "" && !slices.Contains(g.mends, op.Mend) {
			g.mends = append(g.mends, op.Mend)
		}
	}
	return groups
}

func (t terminal) skipped(p *page, c *finding.Connector) {
	groups := t.skippedGroups(c)
	if len(groups) == 0 {
		return
	}
	p.section("Skipped")
	for i, g := range groups {
		if i == wholeGroups && !t.opts.Verbose {
			p.aside("  ", fmt.Sprintf("… and %s (--verbose lists them)", plural(len(groups)-i, "more reason")))
			break
		}
		p.wrapped("  ○ ", g.reason)
		p.wrapped("    ", t.touched(g.operations), text.Faint)
		for i, mend := range g.mends {
			if i == samePlaces && !t.opts.Verbose {
				p.aside("    ", fmt.Sprintf("… and %s more (--verbose lists all)", thousands(len(g.mends)-i)))
				break
			}
			lines := strings.SplitN(mend, "\n", 2)
			p.line("    → ", p.clean.text(lines[0]))
			if len(lines) > 1 {
				p.verbatim(6, lines[1])
			}
		}
	}
}
