package reports

import (
	"fmt"
	"strings"

	"github.com/precert/precert/finding"
)

// maxPlaces is how many findings a page shows before long lists are cut.
const maxPlaces = 10_000

type ruleView struct {
	ID, Name, Severity, Policy string
	Count                      string
	Message, Hint              string
	Doc                        *docView
	// DocHref leads to the one explanation that several connectors share.
	DocHref string
	Places  []placeView
	More    string
	Open    bool
	Known   bool
}

type docView struct {
	ID, Name, Section, Summary, Why, Fix, Wrong, Right string
	Severity, Policy                                   string
	// Link is the page that Source begins with, Others what follows it.
	Source, Link, Others, Checker string
}

type placeView struct {
	Rule, Place, Operation, Pointer string
	Message, Hint, Reach            string
	Line                            int
	Before, Marked, After           string
	HasExcerpt                      bool
	Reason                          string
}

// placesPerRule finds how many findings of one rule each connector may show so
// that the whole page stays below maxPlaces where it can.
func placesPerRule(run *finding.Run) int {
	var sizes []int
	total := 0
	for _, c := range run.Connectors {
		for _, g := range groupByRule(c.Findings) {
			sizes = append(sizes, len(g.Findings))
			total += len(g.Findings)
		}
	}
	if total <= maxPlaces {
		return total
	}
	for _, limit := range []int{100, 20, 5} {
		total = 0
		for _, size := range sizes {
			total += min(size, limit)
		}
		if total <= maxPlaces {
			return limit
		}
	}
	return 1
}

func (b *viewBuilder) rules(id string, c *finding.Connector) []ruleView {
	groups := groupByRule(c.Findings)
	list := make([]ruleView, 0, len(groups))
	for i, g := range groups {
		v := ruleView{ID: fmt.Sprintf("%s-r%d", id, i+1), Name: b.clean.line(g.Rule), Severity: g.Severity.String(),
			Policy: b.clean.line(g.Policy), Count: plural(g.places(), "place"),
			Open: meets(b.run, g.Severity) && !g.Known && i < maxBlockers && len(b.run.Connectors) == 1, Known: g.Known}
		if same(g.Findings, func(f finding.Finding) string { return f.Message }) {
			v.Message = b.clean.line(g.Findings[0].Message)
		}
		v.Hint = b.clean.line(g.commonHint())
		if _, known := b.docs[g.Rule]; known {
			v.Doc = b.doc(g.Rule)
			if len(b.run.Connectors) != 1 {
				v.DocHref = v.Doc.ID
			}
		}
		for j, f := range g.Findings {
			if j == b.places {
				v.More = thousands(len(g.Findings)-j) + " more in the JSON report"
				break
			}
			v.Places = append(v.Places, b.place(f, v.Message != "", v.Hint != ""))
		}
		list = append(list, v)
	}
	return list
}

// place shows one finding; what the group says once is not said again.
func (b *viewBuilder) place(f finding.Finding, messageSaid, hintSaid bool) placeView {
	v := placeView{Rule: b.clean.line(f.Rule), Place: b.clean.line(f.File), Line: f.Line, Operation: b.clean.line(f.OperationID),
		Pointer: b.clean.line(f.Pointer), Reason: b.clean.line(f.SuppressedBy)}
	if f.Line > 0 {
		v.Place += fmt.Sprintf(":%d:%d", f.Line, f.Column)
	}
	if !messageSaid {
		v.Message = b.clean.line(f.Message)
	}
	if !hintSaid {
		v.Hint = b.clean.line(f.Hint)
	}
	if len(f.Operations) > 1 {
		v.Reach = b.clean.line(fmt.Sprintf("reaches %s: %s", plural(len(f.Operations), "operation"), some(f.Operations, 5)))
	}
	if f.Excerpt != nil && strings.TrimSpace(f.Excerpt.Text) != "" {
		source, caret, length := window([]rune(b.clean.cell(f.Excerpt.Text)), f.Excerpt.Caret, f.Excerpt.Length, 160)
		v.HasExcerpt = true
		v.Before, v.Marked, v.After = string(source[:caret]), string(source[caret:caret+length]), string(source[caret+length:])
	}
	return v
}

func (b *viewBuilder) suppressed(c *finding.Connector) []placeView {
	var list []placeView
	for i, f := range suppressed(c.Findings) {
		if i == b.places && i >= maxBlockers {
			break
		}
		v := b.place(f, false, true)
		v.HasExcerpt = false
		list = append(list, v)
	}
	return list
}

func (b *viewBuilder) doc(rule string) *docView {
	d := b.docs[rule]
	v := &docView{ID: "doc-" + anchor(d.Name), Name: b.clean.line(d.Name), Section: b.clean.line(d.Section),
		Severity: d.Severity.String(), Policy: b.clean.line(d.Policy), Summary: b.clean.line(d.Summary),
		Why: b.clean.line(d.Why), Fix: b.clean.line(d.Fix), Wrong: b.clean.text(d.Wrong), Right: b.clean.text(d.Right),
		Source: b.clean.line(d.Source), Checker: b.clean.line(strings.Join(d.Checker, ", "))}
	v.Link = sourcePage(v.Source)
	v.Others = strings.TrimPrefix(v.Source, v.Link)
	return v
}

// sourcePage is the address that a rule's source begins with, "" when it
// begins with something else. Further sources follow it after a semicolon.
func sourcePage(source string) string {
	page, _, _ := strings.Cut(source, ";")
	if !strings.HasPrefix(page, "https://") || strings.ContainsAny(page, " \"'<>") {
		return ""
	}
	return page
}

// Says reports that there is more to read than the summary.
func (d docView) Says() bool { return d.Why+d.Fix+d.Wrong+d.Right+d.Source+d.Checker != "" }

// anchor makes a name fit for an element's id.
func anchor(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
}

func same(findings []finding.Finding, of func(finding.Finding) string) bool {
	for _, f := range findings[1:] {
		if of(f) != of(findings[0]) {
			return false
		}
	}
	return true
}
