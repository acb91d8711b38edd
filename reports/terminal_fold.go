package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

// A page that shows everything of a bad connector is thousands of lines long.
// One with more than fewGroups rules or causes shows the weightiest wholeGroups
// with a few of their places, the next briefGroups with a line each, and counts
// the rest.
const (
	fewGroups   = 20
	wholeGroups = 12
	briefGroups = 30
	foldPlaces  = 2
)

// detail is how much of a rule or a cause the page shows.
type detail int

const (
	whole detail = iota
	brief
	counted
)

// section is what one artefact has, rule by rule.
type section struct {
	file   string
	groups []ruleGroup
	// details says for each group how much of it is shown.
	details []detail
	known   int
}

// sections groups findings by file and rule, and deals the room of the page out:
// errors before warnings, and no file crowds the others out.
func (t terminal) sections(c *finding.Connector) (list []section, folded bool) {
	type place struct{ section, group, rank int }
	var order []place
	for _, file := range groupByFile(c.Findings) {
		s := section{file: file.File, groups: groupByRule(file.Findings)}
		if !t.opts.Verbose {
			s.groups, s.known = withoutKnown(s.groups)
		}
		if len(s.groups) == 0 && s.known == 0 {
			continue
		}
		rank := 0
		for i, g := range s.groups {
			if rank++; i > 0 && g.Severity != s.groups[i-1].Severity {
				rank = 0
			}
			order = append(order, place{len(list), i, rank})
		}
		s.details = make([]detail, len(s.groups))
		list = append(list, s)
	}
	if t.opts.Verbose || len(order) <= fewGroups {
		return list, false
	}
	slices.SortStableFunc(order, func(a, b place) int {
		first, second := list[a.section].groups[a.group], list[b.section].groups[b.group]
		return cmp.Or(cmp.Compare(second.Severity, first.Severity), cmp.Compare(a.rank, b.rank))
	})
	for i, at := range order {
		list[at.section].details[at.group] = detailAt(i)
	}
	for _, s := range list {
		s.atLeastOne()
	}
	return list, true
}

// atLeastOne shows a line of what would only be counted, where nothing else is
// shown or where the count takes a line as well.
func (s section) atLeastOne() {
	first := slices.Index(s.details, counted)
	if first == 0 || first == len(s.details)-1 && first > 0 {
		s.details[first] = brief
	}
}

// detailAt is how much is shown of number i, from 0, of a long list.
func detailAt(i int) detail {
	switch {
	case i < wholeGroups:
		return whole
	case i < wholeGroups+briefGroups:
		return brief
	}
	return counted
}

// brief writes one rule on one line: the first place, how many there are, and
// the beginning of the message.
func (t terminal) brief(p *page, g ruleGroup) {
	f := g.Findings[0]
	count := ""
	if g.places() > 1 {
		count = " (" + plural(g.places(), "place") + ")"
	}
	p.beginning("  "+placeOf(f)+"  ", severitySign(f.Severity)+" "+f.Severity.String(), severityColour(f.Severity), p.clean.line(g.Rule)+count, f.Message)
}

// beginning writes a line that ends with as much of a message as there is room for.
func (p *page) beginning(first, sign string, colour text.Color, name, message string) {
	const little = 20
	room := p.width - text.StringWidthWithoutEscSequences(first+sign+"  "+name+"  ")
	message = p.clean.line(message)
	switch {
	case room < little:
		p.name(first+p.paint(sign, colour)+"  ", name)
		return
	case text.StringWidthWithoutEscSequences(message) > room:
		message = "  " + strings.TrimRight(text.Trim(message, room-1), " ") + "…"
	default:
		message = "  " + message
	}
	p.line(first, p.paint(sign, colour), "  ", p.paint(name, text.Bold), p.paint(message, text.Faint))
}

// foldedNote says once where the rest is.
func (p *page) foldedNote(what string) {
	p.line()
	p.wrapped("  ", "--verbose lists every "+what+"; --format html=FILE makes a page to search and filter them", text.Faint)
}

// rest says what of a section is counted only.
func (p *page) rest(s section) {
	var n counts
	rules := 0
	for i, g := range s.groups {
		if s.details[i] != counted {
			continue
		}
		rules++
		for range g.Findings {
			n.add(g.Severity)
		}
	}
	if rules == 0 {
		return
	}
	facts := []string{}
	for _, fact := range []struct {
		count int
		noun  string
	}{{n.Errors, "error"}, {n.Warnings, "warning"}, {n.Infos, "info"}} {
		if fact.count > 0 {
			facts = append(facts, plural(fact.count, fact.noun))
		}
	}
	p.wrapped("  ", fmt.Sprintf("… and %s: %s", plural(rules, "more rule"), strings.Join(facts, ", ")), text.Faint)
}
