package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/finding"
)

// pageView is what the page template shows. Every text in it is cleaned; the
// template escapes it.
type pageView struct {
	Policy string
	CSS    template.CSS
	JS     template.JS

	Title    string
	Verdict  verdictView
	Facts    string
	Tool     string
	Facets   []facetView
	Tiles    []tileView
	Single   bool
	Sections []*connectorView
	// Stoppers, Rules, Policies and Docs are for pages of several connectors.
	Stoppers []barView
	Rules    []barView
	Policies []policyTally
	Docs     []docView
	// Compared is nil in a run without a baseline.
	Compared *comparedView
}

type verdictView struct{ Word, Class string }

// facetView is one line of the evidence: what and how much.
type facetView struct{ Label, Value string }

type tileView struct{ Label, Value, Of, Class string }

type connectorView struct {
	ID                     string
	Title, Path, Publisher string
	BaseURL                string
	Verdict                verdictView
	Counts                 counts
	Errors, Warnings       string
	PassedOf               string
	Total                  int
	Blockers               []blockerView
	MoreBlockers           int
	Advice                 []string
	Donut                  *donutView
	Latencies              []rangeView
	LatencyScale           string
	Bars                   []barView
	Operations             []operationView
	Rules                  []ruleView
	Suppressed             []placeView
	Changes                []changeView
	Leftovers              []string
	Files                  []fileView
	Policies               []policyLine
	PolicyFacts            string
	// PolicyStates is the checklist in short, for pages of several connectors.
	PolicyStates []policyGroup
}

type blockerView struct {
	Name, Count, Message, Hint, Where, Href, Class string
}

// comparedView says what became of the baseline.
type comparedView struct {
	Name, Facts string
	Mended      []mendedView
	More        string
}

type mendedView struct{ Name, Where, Message string }

type changeView struct{ Name, Severity, Where, Message, Hint string }

type fileView struct{ Name, SHA256, Size string }

// maxBlockers keeps the list of what to mend short enough to be read.
const maxBlockers = 12

// maxMended is how many mended findings a page lists.
const maxMended = 500

// viewBuilder holds what all connectors of a page share.
type viewBuilder struct {
	run   *finding.Run
	clean cleaner
	docs  map[string]finding.Doc
	// places is how many findings of one rule a connector shows.
	places int
	// evidence is how many bytes of requests and answers the page may still take.
	evidence int
}

func newPageView(run *finding.Run) *pageView {
	b := &viewBuilder{run: run, clean: newCleaner(), docs: map[string]finding.Doc{},
		places: placesPerRule(run), evidence: maxEvidence}
	for _, d := range run.Docs {
		b.docs[d.Name] = d
	}
	view := &pageView{
		Title:   plural(len(run.Connectors), "connector"),
		Verdict: b.verdict(run.Verdict),
		Facts:   b.clean.line(strings.Join(verdictFacts(run), " · ")),
		Tool:    b.clean.line(run.Tool.Name + " " + run.Tool.Version),
		Single:  len(run.Connectors) == 1,
		Facets:  b.facets(),
		Tiles:   b.tiles(),

		Compared: b.compared(),
	}
	for i, c := range run.Connectors {
		view.Sections = append(view.Sections, b.connector(fmt.Sprintf("c%d", i+1), c))
	}
	if view.Single {
		view.Title = view.Sections[0].Title
		return view
	}
	// What needs work comes first; the order is the run's otherwise.
	slices.SortStableFunc(view.Sections, func(x, y *connectorView) int {
		return cmp.Compare(urgency(x.Verdict.Class), urgency(y.Verdict.Class))
	})
	view.Stoppers, view.Rules = b.ruleBars()
	view.Policies = tallyPolicies(view.Sections)
	for _, d := range run.Docs {
		view.Docs = append(view.Docs, *b.doc(d.Name))
	}
	return view
}

func (b *viewBuilder) compared() *comparedView {
	if b.run.Baseline == nil {
		return nil
	}
	v := &comparedView{Name: b.clean.line(baselineName(b.run.Baseline)), Facts: baselineFacts(b.run.Baseline)}
	mended := mendedOf(b.run)
	for i, m := range mended {
		if i == maxMended {
			v.More = thousands(len(mended)-i) + " more in the JSON report"
			break
		}
		v.Mended = append(v.Mended, mendedView{b.clean.line(m.Name), b.clean.line(mendedPlace(m)), b.clean.line(m.Message)})
	}
	return v
}

func (b *viewBuilder) verdict(v finding.Verdict) verdictView {
	word := strings.ReplaceAll(string(v), "-", " ")
	if word != "" {
		word = strings.ToUpper(word[:1]) + word[1:]
	}
	return verdictView{Word: word, Class: string(v)}
}

// urgency orders the verdicts of connectors.
func urgency(verdict string) int {
	return slices.Index([]finding.Verdict{finding.NotReady, finding.Incomplete, finding.Ready}, finding.Verdict(verdict))
}

func (b *viewBuilder) facets() []facetView {
	list := []facetView{
		{"Command", b.clean.line(b.run.Command)},
		{"Started", b.run.StartedAt.UTC().Format("2 January 2006, 15:04:05 MST")},
		{"Took", duration(b.run.DurationMs)},
		{"Fails on", b.run.FailOn.String() + " and above"},
	}
	if b.run.Seed != 0 {
		list = append(list, facetView{"Seed", strconv.FormatInt(b.run.Seed, 10)})
	}
	return append(list, facetView{"Report", b.clean.line(b.run.Schema)})
}

func (b *viewBuilder) tiles() []tileView {
	s := b.run.Summary
	tiles := []tileView{
		tile("Errors", s.Errors, "error"), tile("Warnings", s.Warnings, "warning"), tile("Infos", s.Infos, "info"),
	}
	if s.Operations > 0 {
		class := "passed"
		if s.Failed > 0 {
			class = "failed"
		}
		tiles = append(tiles, tileView{Label: "Operations passed", Value: thousands(s.Passed), Of: thousands(s.Operations), Class: class})
	}
	return tiles
}

func tile(label string, n int, class string) tileView {
	if n == 0 {
		class = "none"
	}
	return tileView{Label: label, Value: thousands(n), Class: class}
}

func (b *viewBuilder) connector(id string, c *finding.Connector) *connectorView {
	ops := countOperations(c)
	v := &connectorView{
		ID: id, Title: b.clean.line(name(c)), Path: b.clean.line(c.Path), Publisher: b.clean.line(c.Publisher),
		BaseURL: b.clean.line(c.BaseURL), Verdict: b.verdict(c.Verdict),
		Counts: countOf(c), PassedOf: thousands(ops.Passed) + " of " + thousands(ops.Total) + " passed", Total: ops.Total,
	}
	v.Errors, v.Warnings = plural(v.Counts.Errors, "error"), plural(v.Counts.Warnings, "warning")
	v.Operations = b.operations(id, c)
	v.Rules = b.rules(id, c)
	v.Suppressed = b.suppressed(c)
	b.blockers(v, c)
	v.Advice = b.advice(c, v.Counts, ops)
	v.Donut = donut(ops)
	v.Latencies, v.LatencyScale = b.latencies(v.Operations, c)
	slices.SortStableFunc(v.Operations, func(x, y operationView) int {
		return cmp.Compare(rank(finding.Verdict(x.Class)), rank(finding.Verdict(y.Class)))
	})
	v.Bars = b.sectionBars(c)
	for _, g := range groupChanges(c.Changes) {
		for _, ch := range g {
			v.Changes = append(v.Changes, changeView{b.clean.line(ch.Change), ch.Severity.String(),
				b.clean.line(ch.ValuePath), b.clean.line(ch.Message), b.clean.line(ch.Hint)})
		}
	}
	for _, thing := range c.Leftovers {
		v.Leftovers = append(v.Leftovers, b.clean.line(thing))
	}
	v.Policies = b.policies(c)
	v.PolicyFacts = policyFacts(v.Policies)
	if len(b.run.Connectors) != 1 {
		v.PolicyStates = policyStates(v.Policies)
	}
	if confirm := toConfirm(v.Policies); confirm != "" {
		v.Advice = append(v.Advice, confirm)
	}
	for _, f := range c.Files {
		v.Files = append(v.Files, fileView{b.clean.line(f.Name), b.clean.line(f.SHA256), byteSize(f.Bytes)})
	}
	return v
}

func (b *viewBuilder) blockers(v *connectorView, c *finding.Connector) {
	anchors := map[string]string{}
	for _, r := range v.Rules {
		anchors["rule "+r.Name] = cmp.Or(anchors["rule "+r.Name], r.ID)
	}
	for _, op := range v.Operations {
		anchors["check "+op.Name] = cmp.Or(anchors["check "+op.Name], op.ID)
	}
	all := blockersOf(b.run, c)
	shown := mixed(all, maxBlockers)
	v.MoreBlockers = len(all) - len(shown)
	for _, blocked := range shown {
		view := blockerView{Name: b.clean.line(blocked.Name), Message: b.clean.line(blocked.Message),
			Hint: b.clean.line(blocked.Hint), Where: b.clean.line(blocked.Where), Class: blocked.Severity.String()}
		if blocked.Unit != "" && (blocked.Count > 1 || blocked.Kind == "check") {
			view.Count = plural(blocked.Count, blocked.Unit)
		}
		switch blocked.Kind {
		case "rule":
			view.Href = anchors["rule "+view.Name]
		case "check":
			view.Href = anchors["check "+b.clean.line(blocked.Operation)]
		case "change":
			view.Href = v.ID + "-changes"
		}
		v.Blockers = append(v.Blockers, view)
	}
}

// advice says what the verdict does not cover.
func (b *viewBuilder) advice(c *finding.Connector, n counts, ops operationCounts) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if n.Warnings > 0 && b.run.FailOn > finding.Warning {
		add("%s: reviewers may ask about them.", plural(n.Warnings, "warning"))
	}
	live := 0
	for _, cause := range causes(c) {
		if cause.Verdict == finding.Warned {
			live++
		}
	}
	if live > 0 && b.run.FailOn > finding.Warning {
		add("%s from the live run.", plural(live, "warning"))
	}
	switch {
	case ops.Skipped == ops.Total && ops.Total > 0:
		add("No operation was exercised live.")
	case ops.Skipped > 0:
		add("%s skipped: certification wants ten successful calls of each.", plural(ops.Skipped, "operation"))
	case b.run.Command == "check":
		add("Static rules only: precert certify also exercises every operation.")
	}
	if b.run.Command == "test" {
		add("Live run only: precert certify also checks the definition.")
	}
	if n.Suppressed > 0 {
		add("%s suppressed by configuration, listed below with the reasons.", plural(n.Suppressed, "finding"))
	}
	if list := acceptances(c); len(list) > 0 {
		add("%s accepted by configuration: %s.", acceptedChecks(list), b.clean.line(acceptedReasons(list)))
	}
	if len(c.Leftovers) > 0 {
		add("%s left behind in the API under test.", plural(len(c.Leftovers), "thing"))
	}
	return list
}
