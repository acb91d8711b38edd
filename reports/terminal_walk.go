package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

const (
	// manyRows is from how many connectors on the ready ones are only counted, and
	// how many of the others are rows.
	manyRows = 40
	topRules = 15
)

// walk writes one row per connector, the totals, and the rules that fire most.
func (t terminal) walk(p *page, run *finding.Run) {
	short := len(run.Connectors) > manyRows && !t.opts.Verbose
	var rows []table.Row
	clean, warned, more := 0, 0, 0
	for _, c := range run.Connectors {
		n := countOf(c)
		switch {
		case !short:
			rows = append(rows, t.walkRow(p, run, c, n))
		case c.Verdict == finding.Ready && n.Warnings == 0:
			clean++
		case c.Verdict == finding.Ready:
			warned++
		case len(rows) == manyRows:
			more++
		default:
			rows = append(rows, t.walkRow(p, run, c, n))
		}
	}
	header := table.Row{"", "Connector", "Errors", "Warnings", "Infos"}
	sum := run.Summary
	footer := table.Row{"", plural(sum.Connectors, "connector"), thousands(sum.Errors), thousands(sum.Warnings), thousands(sum.Infos)}
	if p.width < narrowTable {
		header, footer = table.Row{"", "Connector", "Err", "Warn"}, footer[:4]
		for i, row := range rows {
			rows[i] = row[:4]
		}
	} else if sum.Operations > 0 {
		header = append(header, "Operations")
		footer = append(footer, fmt.Sprintf("%d of %d", sum.Passed, sum.Operations))
	}
	// The indent, the sign and the blanks around both take 7 columns; no figure is wider than the sum.
	room := p.width - 7
	for i := 2; i < len(header); i++ {
		room -= max(text.StringWidth(fmt.Sprint(header[i])), text.StringWidth(fmt.Sprint(footer[i]))) + 2
	}
	columns := []table.ColumnConfig{{Number: 2, WidthMax: max(room, 20), WidthMaxEnforcer: wrapCell}}
	for number := 3; number <= len(header); number++ {
		columns = append(columns, table.ColumnConfig{Number: number,
			Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	p.table(header, rows, columns, footer)
	if more > 0 {
		p.aside("  ", fmt.Sprintf("… and %s not ready (--verbose lists them)", plural(more, "more connector")))
	}
	if warned > 0 {
		p.aside("  ", plural(warned, "connector")+" ready with warnings (--verbose lists them)")
	}
	if clean > 0 {
		p.aside("  ", plural(clean, "connector")+" ready without a warning (--verbose lists them)")
	}
	t.frequent(p, run)
	if len(run.Connectors) > fewConnectors && !t.opts.Verbose && (sum.Errors > 0 || sum.Warnings > 0 || sum.Failed > 0) {
		p.line()
		p.aside("  ", "Every finding with its place: name one connector, or add --verbose or --format html=report.html")
	}
	p.line()
}

func (t terminal) walkRow(p *page, run *finding.Run, c *finding.Connector, n counts) table.Row {
	label := p.clean.line(cmp.Or(c.Path, c.Title))
	if c.Incomplete != "" {
		label += ": " + p.clean.line(c.Incomplete)
	}
	row := table.Row{p.paint(verdictSign(c.Verdict), verdictColour(c.Verdict)), label,
		p.figure(n.Errors, text.FgRed), p.figure(n.Warnings, text.FgYellow), p.figure(n.Infos, text.FgCyan)}
	if run.Summary.Operations > 0 {
		ops := countOperations(c)
		row = append(row, fmt.Sprintf("%d of %d", ops.Passed, ops.Total))
	}
	return row
}

func (p *page) figure(n int, colour text.Color) string {
	if n == 0 {
		return p.paint("·", text.Faint)
	}
	return p.paint(strconv.Itoa(n), colour)
}

// frequent lists the rules that fire most, with how many connectors they touch.
func (t terminal) frequent(p *page, run *finding.Run) {
	rules := rulesOfRun(run)
	if len(rules) == 0 {
		return
	}
	p.section("Rules that fire most")
	var rows []table.Row
	for i, r := range rules {
		if i == topRules && !t.opts.Verbose {
			break
		}
		sign := severitySign(r.Severity)
		if p.width >= narrowTable {
			sign += " " + r.Severity.String()
		}
		rows = append(rows, table.Row{p.paint(sign, severityColour(r.Severity)), p.clean.line(r.Rule), thousands(r.Findings), thousands(r.Connectors)})
	}
	header, room := table.Row{"", "Rule", "Findings", "Connectors"}, max(p.width-40, 24)
	if p.width < narrowTable {
		header, room = table.Row{"", "Rule", "Found", "In"}, max(p.width-21, 16)
	}
	p.table(header, rows, []table.ColumnConfig{
		{Number: 2, WidthMax: room, WidthMaxEnforcer: text.WrapHard},
		{Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight},
		{Number: 4, Align: text.AlignRight, AlignHeader: text.AlignRight},
	}, nil)
	if rest := len(rules) - len(rows); rest > 0 {
		p.aside("  ", fmt.Sprintf("… and %s (--verbose lists them)", plural(rest, "more rule")))
	}
}

// ruleTally counts one rule over all connectors.
type ruleTally struct {
	Rule                 string
	Severity             finding.Severity
	Findings, Connectors int
}

// rulesOfRun tallies rules over the run: weightiest, then most findings, first.
func rulesOfRun(run *finding.Run) []ruleTally {
	type key struct {
		rule     string
		severity finding.Severity
	}
	index := map[key]int{}
	var list []ruleTally
	for _, c := range run.Connectors {
		for _, g := range groupByRule(c.Findings) {
			k := key{g.Rule, g.Severity}
			i, known := index[k]
			if !known {
				i = len(list)
				index[k] = i
				list = append(list, ruleTally{Rule: g.Rule, Severity: g.Severity})
			}
			list[i].Findings += len(g.Findings)
			list[i].Connectors++
		}
	}
	slices.SortStableFunc(list, func(a, b ruleTally) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}
