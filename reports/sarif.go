package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/precert/precert/finding"
)

// maxResults is how many results GitHub's code scanning takes in one run; it
// refuses a file with more. Of those it keeps shownResults, so that the
// weightiest stand first in a longer list. maxDescription is how long, in
// characters, the descriptions of a rule may be; maxMessage keeps a result short
// of which a connector or an API wrote the most.
const (
	maxResults     = 25_000
	shownResults   = 5_000
	maxDescription = 1024
	maxMessage     = 4096
)

// sarifReporter writes a SARIF 2.1.0 log with one run.
type sarifReporter struct{}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	// Results are yielded one by one: a walk over many connectors has thousands.
	Results iter.Seq[sarifResult] `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	URI     string      `json:"informationUri"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID       string         `json:"id"`
	Short    sarifText      `json:"shortDescription"`
	Full     sarifText      `json:"fullDescription"`
	Help     sarifText      `json:"help"`
	HelpURI  string         `json:"helpUri,omitempty"`
	Defaults sarifDefaults  `json:"defaultConfiguration"`
	Props    map[string]any `json:"properties,omitempty"`
}

type sarifDefaults struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifInvocation struct {
	Successful    bool           `json:"executionSuccessful"`
	Start         string         `json:"startTimeUtc"`
	End           string         `json:"endTimeUtc"`
	Notifications []sarifMessage `json:"toolExecutionNotifications,omitempty"`
}

type sarifMessage struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Baseline     string             `json:"baselineState,omitempty"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
	// Base says what a relative URI is relative to.
	Base string `json:"uriBaseId,omitempty"`
}

// sarifRegion has no optional part: code scanning wants all four.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifLogical struct {
	Name      string `json:"name,omitempty"`
	Qualified string `json:"fullyQualifiedName,omitempty"`
	Kind      string `json:"kind"`
}

// Write implements Reporter.
func (sarifReporter) Write(w io.Writer, run *finding.Run) error {
	b := newSARIFBuilder(run)
	out := sarifRun{ColumnKind: "unicodeCodePoints"}
	inv := sarifInvocation{Successful: true, Start: run.StartedAt.UTC().Format(time.RFC3339),
		End: run.StartedAt.Add(time.Duration(run.DurationMs) * time.Millisecond).UTC().Format(time.RFC3339)}
	var entries []entry
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if e.Kind == "run" {
				inv.Successful = false
				inv.Notifications = append(inv.Notifications, sarifMessage{"error", sarifText{Text: b.clean.line(name(c) + ": " + e.Message)}})
				continue
			}
			entries = append(entries, e)
		}
	}
	if len(entries) > shownResults {
		slices.SortStableFunc(entries, func(a, b entry) int {
			return cmp.Or(falseFirst(a.Suppressed, b.Suppressed), cmp.Compare(b.Severity, a.Severity))
		})
	}
	if more := len(entries) - maxResults; more > 0 {
		entries = entries[:maxResults]
		inv.Notifications = append(inv.Notifications, sarifMessage{"warning", sarifText{
			Text: fmt.Sprintf("%s are left out, suppressed ones and those of least severity first: code scanning takes %s", plural(more, "result"), thousands(maxResults))}})
	}
	for _, e := range entries {
		b.rule(e)
	}
	out.Results = func(yield func(sarifResult) bool) {
		for _, e := range entries {
			if !yield(b.result(run, e)) {
				return
			}
		}
	}
	out.Invocations = []sarifInvocation{inv}
	out.Tool.Driver = sarifDriver{Name: b.clean.line(cmp.Or(run.Tool.Name, "precert")), Version: b.clean.line(run.Tool.Version),
		URI: "https://github.com/precert/precert", Rules: orEmpty(b.rules)}
	return streamJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{out}},
		reflect.TypeFor[sarifLog](), reflect.TypeFor[sarifRun]())
}

// LeftOut counts the findings, checks and changes that a report in the format
// has no room for, 0 for all formats but SARIF.
func LeftOut(format string, run *finding.Run) int {
	if !strings.EqualFold(format, "sarif") {
		return 0
	}
	n := 0
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if e.Kind != "run" {
				n++
			}
		}
	}
	return max(n-maxResults, 0)
}

// sarifBuilder collects the rules that results name.
type sarifBuilder struct {
	clean cleaner
	docs  map[string]finding.Doc
	index map[string]int
	rules []sarifRule
	// identity is what a fingerprint calls a connector.
	identity map[*finding.Connector]string
	// seen counts the results of each fingerprint, lines those of a rule on a line.
	seen, lines map[string]int
}

func newSARIFBuilder(run *finding.Run) *sarifBuilder {
	b := &sarifBuilder{clean: newCleaner(), docs: map[string]finding.Doc{}, index: map[string]int{},
		identity: map[*finding.Connector]string{}, seen: map[string]int{}, lines: map[string]int{}}
	for _, d := range run.Docs {
		b.docs[d.Name] = d
	}
	named := map[string]int{}
	for _, c := range run.Connectors {
		named[path.Base(slashed(c.Path))]++
	}
	// A machine that builds checks out elsewhere, so a folder's own name must do.
	for _, c := range run.Connectors {
		b.identity[c] = path.Base(slashed(c.Path))
		if b.identity[c] == "." || named[b.identity[c]] > 1 {
			b.identity[c] = cmp.Or(c.Path, c.Title)
		}
	}
	return b
}

func (b *sarifBuilder) result(run *finding.Run, e entry) sarifResult {
	message := b.plain(e.sentence(), maxMessage)
	if e.Hint != "" {
		message += "\n" + b.plain(e.Hint, maxMessage)
	}
	r := sarifResult{RuleID: b.clean.line(e.Name), RuleIndex: b.rule(e), Level: sarifLevel(e.Severity), Message: sarifText{Text: message},
		Locations: []sarifLocation{b.location(e)}, Fingerprints: b.fingerprints(e)}
	switch {
	case run.Baseline == nil || e.Suppressed:
	case e.Known:
		r.Baseline = "unchanged"
	default:
		r.Baseline = "new"
	}
	if e.Finding != nil && len(e.Finding.AlsoOn) > 0 {
		r.Related = b.related(e)
	}
	if e.Suppressed {
		r.Suppressions = []sarifSuppression{{Kind: "external", Justification: b.clean.line(e.SuppressedBy)}}
	}
	return r
}

func (b *sarifBuilder) rule(e entry) int {
	if i, known := b.index[e.Name]; known {
		return i
	}
	d := b.docs[e.Name]
	// Code scanning refuses a rule without descriptions and help.
	summary := b.plain(cmp.Or(d.Summary, e.Name), maxDescription)
	rule := sarifRule{ID: b.clean.line(e.Name), Defaults: sarifDefaults{sarifLevel(cmp.Or(d.Severity, e.Severity))},
		Short: sarifText{Text: summary}, Full: sarifText{Text: cmp.Or(b.plain(d.Why, maxDescription), summary)},
		Help: b.help(d, cmp.Or(b.clean.line(e.Hint), summary))}
	if page := sourcePage(d.Source); page != "" {
		rule.HelpURI = b.clean.line(page)
	}
	for key, value := range map[string]string{"section": d.Section, "policy": cmp.Or(d.Policy, e.Policy), "solutionChecker": strings.Join(d.Checker, ", ")} {
		if value != "" {
			if rule.Props == nil {
				rule.Props = map[string]any{}
			}
			rule.Props[key] = b.clean.line(value)
		}
	}
	if d.Section != "" {
		rule.Props["tags"] = []string{b.clean.line(d.Section)}
	}
	b.index[e.Name] = len(b.rules)
	b.rules = append(b.rules, rule)
	return len(b.rules) - 1
}

// help gives viewers the explanation both plain and laid out, or else fallback.
func (b *sarifBuilder) help(d finding.Doc, fallback string) sarifText {
	var plain, laid []string
	for _, part := range []string{d.Why, d.Fix} {
		if part = b.clean.line(part); part != "" {
			plain, laid = append(plain, part), append(laid, markdownText(part))
		}
	}
	for _, example := range []struct{ label, code string }{{"Wrong", d.Wrong}, {"Right", d.Right}} {
		if code := b.clean.text(example.code); code != "" {
			plain = append(plain, example.label+":\n"+code)
			laid = append(laid, "**"+example.label+"**\n\n"+fenced(code))
		}
	}
	if len(plain) == 0 {
		plain, laid = []string{fallback}, []string{markdownText(fallback)}
	}
	return sarifText{Text: strings.Join(plain, "\n\n"), Markdown: strings.Join(laid, "\n\n")}
}

func (b *sarifBuilder) location(e entry) sarifLocation {
	region := sarifRegion{StartLine: max(e.Line, 1), StartColumn: max(e.Column, 1), EndLine: max(e.Line, 1), EndColumn: max(e.Column, 1)}
	if e.Finding != nil && e.Finding.Excerpt != nil && e.Column > 0 {
		region.EndColumn = e.Column + max(e.Finding.Excerpt.Length, 1)
	}
	loc := sarifLocation{Physical: sarifPhysical{Artifact: fileReference(b.clean.line(filePath(e.Connector, e.File))), Region: &region}}
	if e.Pointer != "" || e.Operation != "" {
		loc.Logical = []sarifLogical{{Name: b.clean.line(e.Operation), Qualified: b.clean.line(e.Pointer), Kind: "member"}}
	}
	return loc
}

// maxRelated is how many further places a result names.
const maxRelated = 100

// related are the further places of a finding, of which the lines are known.
func (b *sarifBuilder) related(e entry) []sarifLocation {
	var list []sarifLocation
	lines := slices.Compact(slices.Sorted(slices.Values(e.Finding.AlsoOn)))
	e.Column, e.Pointer, e.Operation, e.Finding = 1, "", "", nil
	for _, line := range lines[:min(len(lines), maxRelated)] {
		e.Line = line
		list = append(list, b.location(e))
	}
	return list
}

// plain is foreign text as a message: on one line, without what viewers take for
// a link, and cut to limit characters.
func (b *sarifBuilder) plain(s string, limit int) string {
	return cutTo(strings.ReplaceAll(b.clean.line(s), "](", "] ("), limit)
}

// fileReference makes a relative reference of a path, or a file address of an absolute one.
func fileReference(name string) sarifArtifact {
	name = slashed(name)
	switch {
	case len(name) > 2 && name[1:3] == ":/":
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: "/" + name}).String()}
	case strings.HasPrefix(name, "//"):
		host, share, _ := strings.Cut(name[2:], "/")
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Host: host, Path: "/" + share}).String()}
	case strings.HasPrefix(name, "/"):
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: name}).String()}
	}
	out := sarifArtifact{URI: (&url.URL{Path: name}).String()}
	if !strings.HasPrefix(name, "../") {
		out.Base = "%SRCROOT%"
	}
	return out
}

// fingerprints stay the same when lines move, members change their order or a
// message counts otherwise, so that viewers know a finding again. GitHub's upload
// action computes primaryLocationLineHash itself, from the text of the line, and
// warns of every other value. Code scanning takes results of one rule with the
// same value for one, so that a second one on a line brings its own.
func (b *sarifBuilder) fingerprints(e entry) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join([]string{b.identity[e.Connector], e.Kind, e.Name, e.File, e.Pointer, e.Operation}, "\x00")))
	hash := hex.EncodeToString(sum[:8])
	b.seen[hash]++
	out := map[string]string{"precert/v1": hash + ":" + strconv.Itoa(b.seen[hash])}
	line := strings.Join([]string{e.Connector.Path, e.File, e.Name, strconv.Itoa(e.Line)}, "\x00")
	if b.lines[line]++; b.lines[line] > 1 {
		out["primaryLocationLineHash"] = out["precert/v1"]
	}
	return out
}

func sarifLevel(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "error"
	case finding.Warning:
		return "warning"
	default:
		return "note"
	}
}
