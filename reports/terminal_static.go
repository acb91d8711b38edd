package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

const (
	// samePlaces is how many findings of one rule in one file are shown before
	// the rest collapse; one is enough for a note.
	samePlaces = 5
	sameNotes  = 1
	// fewBlockers is from how many on a list at the end helps.
	fewBlockers = 2
	manyBlocked = 5
)

// static writes the findings, grouped by file and within it by rule.
func (t terminal) static(p *page, c *finding.Connector) {
	sections, folded := t.sections(c)
	for _, s := range sections {
		p.section(p.clean.line(filePath(c, s.file)))
		before := counted
		for i, g := range s.groups {
			if s.details[i] == counted {
				continue
			}
			if i > 0 && (s.details[i] == whole || before == whole) {
				p.line()
			}
			if before = s.details[i]; before == brief {
				t.brief(p, g)
				continue
			}
			t.rule(p, g, folded)
		}
		p.rest(s)
		if s.known > 0 {
			p.aside("  ", plural(s.known, "finding")+" unchanged since the baseline (--verbose lists them)")
		}
	}
	if folded {
		p.foldedNote("finding")
	}
	if hidden := suppressed(c.Findings); len(hidden) > 0 {
		t.suppressed(p, hidden)
	}
}

func (t terminal) rule(p *page, g ruleGroup, folded bool) {
	limit := samePlaces
	if folded {
		limit = foldPlaces
	}
	if g.Severity == finding.Info {
		limit = sameNotes
	}
	if t.opts.Verbose || len(g.Findings) <= limit+1 {
		limit = len(g.Findings)
	}
	hint := g.commonHint()
	for i, f := range g.Findings[:limit] {
		t.finding(p, f)
		if f.Hint != "" && (hint == "" || i == limit-1) {
			p.wrapped("    → ", f.Hint)
		}
	}
	if rest := len(g.Findings) - limit; rest > 0 {
		p.aside("    ", fmt.Sprintf("… and %s more %s (--verbose lists all)", thousands(rest), p.clean.line(g.Rule)))
	}
}

// finding writes one finding; its first line begins as editors want it to make
// the place a link: blanks, line, colon, column.
func (t terminal) finding(p *page, f finding.Finding) {
	colour := severityColour(f.Severity)
	first := "  " + placeOf(f) + "  " + p.paint(severitySign(f.Severity)+" "+f.Severity.String(), colour) + "  "
	var about []string
	if f.Policy != "" {
		about = append(about, "policy "+p.clean.line(f.Policy))
	}
	if f.OperationID != "" {
		about = append(about, "in "+p.clean.line(f.OperationID))
	}
	if f.Known {
		about = append(about, "unchanged")
	}
	p.head(first, p.clean.line(f.Rule), strings.Join(about, "  "))
	p.wrapped("    ", f.Message)
	if len(f.Operations) > 1 {
		p.wrapped("    ", fmt.Sprintf("reaches %s: %s", plural(len(f.Operations), "operation"), some(f.Operations, 5)), text.Faint)
	}
	shown := f.Excerpt != nil && strings.TrimSpace(f.Excerpt.Text) != ""
	if f.Pointer != "" && (!shown || t.opts.Verbose) {
		p.line("    ", p.paint("at "+p.clean.line(f.Pointer), text.Faint))
	}
	if shown {
		p.excerpt(f.Line, *f.Excerpt, colour)
	}
}

func placeOf(f finding.Finding) string {
	if f.Line == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%d", f.Line, f.Column)
}

// head writes a name and what there is to say about it on a line, or on more
// where they do not fit.
func (p *page) head(first, name, about string) {
	width := text.StringWidthWithoutEscSequences
	if width(first+name+prefixed("  ", about)) <= p.width {
		p.line(first, p.paint(name, text.Bold), p.paint(prefixed("  ", about), text.Faint))
		return
	}
	p.name(first, name)
	if about != "" {
		p.wrapped("    ", about, text.Faint)
	}
}

// name writes a name in bold, on a line of its own where there is no room.
func (p *page) name(first, name string) {
	if text.StringWidthWithoutEscSequences(first+name) > p.width {
		p.line(first)
		p.wrapped("    ", name, text.Bold)
		return
	}
	p.line(first, p.paint(name, text.Bold))
}

// excerpt writes the source line and a mark below the flagged text. A line
// wider than the page is cut around the mark.
func (p *page) excerpt(number int, e finding.Excerpt, colour text.Color) {
	label := strconv.Itoa(number)
	limit := max(p.width-len(label)-8, 20)
	source, caret, length := window([]rune(p.clean.cell(e.Text)), e.Caret, e.Length, limit)
	// Some characters take two columns.
	for len(source) > caret+2 && text.StringWidth(string(source)) > limit {
		source = append(source[:len(source)-2:len(source)-2], '…')
		length = min(length, len(source)-caret)
	}
	before := text.StringWidth(string(source[:caret]))
	marked := max(text.StringWidth(string(source[caret:caret+length])), 1)
	p.line("    ", p.paint(label+" │ ", text.Faint), strings.TrimRight(string(source), " "))
	p.line("    ", p.paint(strings.Repeat(" ", len(label))+" │ ", text.Faint), strings.Repeat(" ", before),
		p.paint(strings.Repeat("^", marked), colour))
}

// window cuts source to limit columns around the flagged text, drops the common
// indentation, and keeps caret and length within what is left.
func window(source []rune, caret, length, limit int) (cut []rune, newCaret, newLength int) {
	caret = min(max(caret, 0), len(source))
	length = min(max(length, 1), len(source)-caret)
	lead := 0
	for lead < caret && source[lead] == ' ' {
		lead++
	}
	source, caret = source[lead:], caret-lead
	if len(source) <= limit {
		return source, caret, length
	}
	start := max(caret-limit/3, 0)
	if start > 0 {
		source = append([]rune("…"), source[start+1:]...)
		caret -= start
	}
	if len(source) > limit {
		source = append(source[:limit-1:limit-1], '…')
	}
	return source, caret, min(length, len(source)-caret)
}

func (t terminal) suppressed(p *page, list []finding.Finding) {
	if !t.opts.Verbose {
		p.line()
		p.aside("  ", plural(len(list), "finding")+" suppressed (--verbose lists them)")
		return
	}
	p.section("Suppressed")
	for _, f := range list {
		reason := ""
		if f.SuppressedBy != "" {
			reason = ": " + f.SuppressedBy
		}
		p.wrapped("  ", fmt.Sprintf("%s %s:%d:%d%s", f.Rule, f.File, f.Line, f.Column, reason), text.Faint)
	}
}

func (t terminal) changes(p *page, c *finding.Connector) {
	groups := groupChanges(c.Changes)
	if len(groups) == 0 {
		return
	}
	p.section("Changes")
	for i, g := range groups {
		if i == fewGroups && !t.opts.Verbose {
			p.aside("  ", fmt.Sprintf("… and %s (--verbose lists them)", plural(len(groups)-i, "more kind")))
			break
		}
		limit := samePlaces
		if t.opts.Verbose || len(g) <= limit+1 {
			limit = len(g)
		}
		for _, ch := range g[:limit] {
			first := "  " + p.paint(severitySign(ch.Severity)+" "+ch.Severity.String(), severityColour(ch.Severity)) + "  "
			p.head(first, p.clean.line(ch.Change), p.clean.line(ch.ValuePath))
			p.wrapped("    ", ch.Message)
			if ch.Hint != "" {
				p.wrapped("    → ", ch.Hint)
			}
		}
		if rest := len(g) - limit; rest > 0 {
			p.aside("    ", fmt.Sprintf("… and %s more %s (--verbose lists all)", thousands(rest), p.clean.line(g[0].Change)))
		}
	}
}

// blockers writes what to mend, in order, where the page above is too long to see it.
func (t terminal) blockers(p *page, run *finding.Run, c *finding.Connector) {
	list := blockersOf(run, c)
	if len(list) < fewBlockers {
		p.line()
		return
	}
	shown := list
	if !t.opts.Verbose {
		shown = mixed(list, manyBlocked)
	}
	// The first of many things to do are to fit a screen; the page above has them in full.
	lines := math.MaxInt
	switch {
	case len(shown) == len(list):
	case p.width < narrowTable:
		lines = 2
	default:
		lines = 1
	}
	p.section("To be ready")
	for i, b := range shown {
		count := ""
		if b.Count > 1 && b.Unit != "" {
			count = " (" + plural(b.Count, b.Unit) + ")"
		}
		first := fmt.Sprintf("  %2d. ", i+1)
		head := p.clean.line(b.Name) + count
		if where := p.clean.line(b.Where); text.StringWidthWithoutEscSequences(first+head)+2+text.StringWidthWithoutEscSequences(where) <= p.width {
			p.line(first, p.paint(head, text.Bold), p.paint("  "+where, text.Faint))
		} else {
			p.name(first, head)
			p.wrapped("      ", where, text.Faint)
		}
		p.clipped(lines, "      ", b.Message)
		if b.Hint != "" {
			p.clipped(lines, "      → ", b.Hint)
		}
	}
	if rest := len(list) - len(shown); rest > 0 {
		p.aside("  ", fmt.Sprintf("… and %s (--verbose lists all)", plural(rest, "more cause")))
	}
	p.line()
}
