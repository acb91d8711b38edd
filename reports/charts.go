package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/precert/precert/finding"
)

// The charts are numbers for small inline SVG drawings whose labels are plain
// text of the page, so that they scale with it and can be read aloud.

// donutView draws operations by verdict; the arcs are percentages.
type donutView struct {
	Total int
	Arcs  []arcView
	Label string
}

type arcView struct {
	Class, Name  string
	Count        int
	Length, Turn string
}

// rangeView draws an operation's p50 to p95 on a scale of 0 to 100.
type rangeView struct {
	Name, Href string
	From, Size string
	P50, P95   string
	Class      string
}

// barView draws one bar of findings, split by severity, on a scale of 0 to 100.
type barView struct {
	Name  string
	Total string
	Parts []barPart
	Label string
}

type barPart struct{ Class, From, Size string }

type sparkBar struct{ X, Y, Height string }

const (
	slowest = 10
	bars    = 10
)

// number writes a coordinate.
func number(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
}

func donut(n operationCounts) *donutView {
	if n.Total == 0 {
		return nil
	}
	v := &donutView{Total: n.Total, Label: fmt.Sprintf("%d passed, %d failed, %d skipped", n.Passed, n.Failed, n.Skipped)}
	turn := 0.0
	for _, part := range []struct {
		name  finding.Verdict
		count int
	}{{finding.Passed, n.Passed}, {finding.Failed, n.Failed}, {finding.Skipped, n.Skipped}} {
		length := 100 * float64(part.count) / float64(n.Total)
		if part.count > 0 {
			v.Arcs = append(v.Arcs, arcView{Class: string(part.name), Name: string(part.name), Count: part.count,
				Length: number(length), Turn: number(-turn)})
		}
		turn += length
	}
	if len(v.Arcs) == 1 {
		v.Arcs[0].Length = "101" // a little more than the round, so that it closes without a seam
	}
	return v
}

// latencies picks the slowest operations by p95; all share one scale from zero.
func (b *viewBuilder) latencies(views []operationView, c *finding.Connector) ([]rangeView, string) {
	order := make([]int, 0, len(c.Operations))
	for i, op := range c.Operations {
		if op.Latency.P95 > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(c.Operations[y].Latency.P95, c.Operations[x].Latency.P95)
	})
	if len(order) == 0 {
		return nil, ""
	}
	top := c.Operations[order[0]].Latency.P95
	list := make([]rangeView, 0, slowest)
	for _, i := range order[:min(slowest, len(order))] {
		l := c.Operations[i].Latency
		list = append(list, rangeView{Name: views[i].Name, Href: views[i].ID, Class: views[i].Class,
			From: number(100 * l.P50 / top), Size: number(max(100*(l.P95-l.P50)/top, 0.8)),
			P50: latency(l.P50), P95: latency(l.P95)})
	}
	return list, latency(top)
}

// sectionBars counts findings by the section of their rule.
func (b *viewBuilder) sectionBars(c *finding.Connector) []barView {
	tally := map[string]*counts{}
	for _, f := range c.Findings {
		if f.Suppressed {
			continue
		}
		section := cmp.Or(b.clean.line(b.docs[f.Rule].Section), "Other")
		if tally[section] == nil {
			tally[section] = &counts{}
		}
		tally[section].add(f.Severity)
	}
	if len(tally) < 2 {
		return nil // one bar compares nothing
	}
	return toBars(tally, func(n *counts) int { return n.Errors })
}

// ruleBars counts the rules over all connectors: which keep how many of them
// from being ready, and which have most findings.
func (b *viewBuilder) ruleBars() (stoppers, frequent []barView) {
	stopped, fired := map[string]*counts{}, map[string]*counts{}
	add := func(tally map[string]*counts, label string, s finding.Severity, n int) {
		if tally[label] == nil {
			tally[label] = &counts{}
		}
		for range n {
			tally[label].add(s)
		}
	}
	for _, r := range rulesOfRun(b.run) {
		label := b.clean.line(r.Rule)
		add(fired, label, r.Severity, r.Findings)
		if meets(b.run, r.Severity) {
			add(stopped, label, r.Severity, r.Connectors)
		}
	}
	return toBars(stopped, (*counts).total), toBars(fired, (*counts).total)
}

// toBars draws the first of a tally, those with most of what weighs in front.
func toBars(tally map[string]*counts, weight func(*counts) int) []barView {
	names := slices.Collect(maps.Keys(tally))
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(weight(tally[y]), weight(tally[x])), cmp.Compare(tally[y].total(), tally[x].total()), cmp.Compare(x, y))
	})
	names = names[:min(bars, len(names))]
	top := 0
	for _, label := range names {
		top = max(top, tally[label].total())
	}
	list := make([]barView, 0, len(names))
	for _, label := range names {
		n := tally[label]
		v := barView{Name: label, Total: thousands(n.total()),
			Label: fmt.Sprintf("%s, %s, %s", plural(n.Errors, "error"), plural(n.Warnings, "warning"), plural(n.Infos, "info"))}
		from := 0.0
		for _, part := range []struct {
			class string
			count int
		}{{"error", n.Errors}, {"warning", n.Warnings}, {"info", n.Infos}} {
			size := 100 * float64(part.count) / float64(top)
			if part.count > 0 {
				v.Parts = append(v.Parts, barPart{part.class, number(from), number(size)})
			}
			from += size
		}
		list = append(list, v)
	}
	return list
}

// spark draws the first calls' times as bars in a box of 40 by 16.
func spark(latencies []float64) []sparkBar {
	latencies = latencies[:min(len(latencies), 10)]
	if len(latencies) < 2 {
		return nil
	}
	top := slices.Max(latencies)
	if top <= 0 {
		return nil
	}
	list := make([]sparkBar, len(latencies))
	for i, l := range latencies {
		height := max(16*l/top, 1)
		list[i] = sparkBar{X: number(float64(i) * 4), Y: number(16 - height), Height: number(height)}
	}
	return list
}
