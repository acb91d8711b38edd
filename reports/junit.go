package reports

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/precert/precert/finding"
)

// junitReporter writes test suites: per connector one for the static rules, one
// for the live run and one for changes. The elements and attributes are the ones
// that both the Jenkins and the Surefire schema know.
type junitReporter struct{}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`

	milliseconds float64
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// junitCase's fields stand in the order that the Surefire schema wants.
type junitCase struct {
	Name      string        `xml:"name,attr"`
	Class     string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitFailure `xml:"failure"`
	Skipped   *junitSkipped `xml:"skipped"`
	Error     *junitFailure `xml:"error"`
	SystemOut *junitText    `xml:"system-out"`
}

// junitText is text that is escaped already: encoding/xml would also escape
// line breaks, which makes the file hard to read.
type junitText struct {
	Text string `xml:",innerxml"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",innerxml"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// Write implements Reporter. Suites are made twice, to be counted and to be
// written, so that never more than those of one connector are held.
func (junitReporter) Write(w io.Writer, run *finding.Run) error {
	b := newJUnitBuilder(run)
	var tests, failures, errors int
	for _, c := range run.Connectors {
		for _, s := range b.suites(c) {
			tests, failures, errors = tests+s.Tests, failures+s.Failures, errors+s.Errors
		}
	}
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(xml.Header)
	enc := xml.NewEncoder(out)
	enc.Indent("", "  ")
	root := xml.StartElement{Name: xml.Name{Local: "testsuites"}}
	for _, attr := range [][2]string{
		{"name", b.line(cmp.Or(run.Tool.Name, "precert"))}, {"tests", strconv.Itoa(tests)},
		{"failures", strconv.Itoa(failures)}, {"errors", strconv.Itoa(errors)}, {"time", seconds(float64(run.DurationMs))},
	} {
		root.Attr = append(root.Attr, xml.Attr{Name: xml.Name{Local: attr[0]}, Value: attr[1]})
	}
	if err := enc.EncodeToken(root); err != nil {
		return err
	}
	for _, c := range run.Connectors {
		for _, s := range b.suites(c) {
			if err := enc.EncodeElement(s, xml.StartElement{Name: xml.Name{Local: "testsuite"}}); err != nil {
				return err
			}
		}
	}
	if err := enc.EncodeToken(root.End()); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	_, _ = out.WriteString("\n")
	return out.Flush()
}

// seconds writes milliseconds as seconds with three decimals.
func seconds(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }

type junitBuilder struct {
	run   *finding.Run
	clean cleaner
	// between makes cleaned text fit to stand between tags; dotted makes a class
	// name of a path.
	between, dotted *strings.Replacer
}

func newJUnitBuilder(run *finding.Run) junitBuilder {
	return junitBuilder{run: run, clean: newCleaner(),
		between: strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;"), dotted: strings.NewReplacer(".", "_", "/", ".", "\\", ".")}
}

// line and text clean foreign text; a report is shown in logs of builds, too.
func (b junitBuilder) line(s string) string { return b.clean.logLine(b.clean.line(s)) }

func (b junitBuilder) text(s string) string {
	lines := strings.Split(b.clean.text(s), "\n")
	for i, line := range lines {
		lines[i] = b.clean.logLine(line)
	}
	return strings.Join(lines, "\n")
}

func (b junitBuilder) escaped(s string) string { return b.between.Replace(s) }

func (b junitBuilder) suites(c *finding.Connector) []*junitSuite {
	var list []*junitSuite
	if b.run.Command != "test" && b.run.Command != "diff" || len(c.Findings) > 0 {
		list = append(list, b.static(c))
	}
	if len(c.Changes) > 0 || b.run.Command == "diff" {
		list = append(list, b.changes(c))
	}
	if len(c.Operations) > 0 || c.Incomplete != "" {
		list = append(list, b.live(c))
	}
	return list
}

// suite starts a suite; class begins every case's class name, which CI servers
// show as a tree of dotted names.
func (b junitBuilder) suite(c *finding.Connector, half string) (s *junitSuite, class string) {
	title := b.line(cmp.Or(c.Path, name(c)))
	if title == "." {
		title = b.line(name(c))
	}
	s = &junitSuite{Name: title + " / " + half}
	s.property("connector", b.line(c.Title))
	s.property("publisher", b.line(c.Publisher))
	s.property("verdict", string(c.Verdict))
	s.property("tool", b.line(b.run.Tool.Name+" "+b.run.Tool.Version))
	s.property("startedAt", b.run.StartedAt.UTC().Format(time.RFC3339))
	s.property("failOn", b.run.FailOn.String())
	return s, "precert." + half + "." + b.dotted.Replace(strings.Trim(title, "./\\"))
}

func (s *junitSuite) property(key, value string) {
	if value != "" {
		s.Properties = append(s.Properties, junitProperty{key, value})
	}
}

// add appends a case and keeps the suite's counts true.
func (s *junitSuite) add(c junitCase, ms float64) {
	c.Time = seconds(ms)
	s.Cases = append(s.Cases, c)
	s.milliseconds += ms
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Time = seconds(s.milliseconds)
}

func (b junitBuilder) static(c *finding.Connector) *junitSuite {
	s, class := b.suite(c, "static")
	for _, f := range c.Files {
		s.property("sha256 "+b.line(f.Name), b.line(f.SHA256))
	}
	var outcomes junitOutcomes
	for _, g := range groupByRule(c.Findings) {
		name := b.line(g.Rule)
		if g.Known {
			name += " (in the baseline already)"
		}
		for _, f := range g.Findings {
			outcomes.of(name).add(meets(b.run, g.Severity) && !g.Known, b.line(f.Message), g.Severity.String(), b.findingText(c, f))
		}
	}
	b.addOutcomes(s, class, outcomes)
	for _, f := range suppressed(c.Findings) {
		s.add(junitCase{Name: b.line(f.Rule + " " + cmp.Or(f.Pointer, f.File)), Class: class,
			Skipped: &junitSkipped{Message: "suppressed: " + b.line(cmp.Or(f.SuppressedBy, "no reason given"))}}, 0)
	}
	if s.Tests == 0 {
		// A suite without a case counts as a failed build on some servers.
		s.add(junitCase{Name: "all rules", Class: class}, 0)
	}
	return s
}

func (b junitBuilder) findingText(c *finding.Connector, f finding.Finding) string {
	place := filePath(c, f.File)
	if f.Line > 0 {
		place += fmt.Sprintf(":%d:%d", f.Line, f.Column)
	}
	lines := []string{b.line(place), f.Severity.String() + " " + b.line(f.Rule) + ": " + b.line(f.Message)}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, label+": "+b.line(value))
		}
	}
	add("pointer", f.Pointer)
	add("operation", f.OperationID)
	add("policy", f.Policy)
	add("solution checker", strings.Join(f.Checker, ", "))
	add("mend", f.Hint)
	return strings.Join(lines, "\n")
}

func (b junitBuilder) changes(c *finding.Connector) *junitSuite {
	s, class := b.suite(c, "changes")
	var outcomes junitOutcomes
	for _, g := range groupChanges(c.Changes) {
		for _, ch := range g {
			text := b.line(ch.ValuePath) + "\n" + ch.Severity.String() + " " + b.line(ch.Change) + ": " + b.line(ch.Message)
			if ch.Hint != "" {
				text += "\nmend: " + b.line(ch.Hint)
			}
			outcomes.of(b.line(ch.Change)).add(meets(b.run, ch.Severity), b.line(ch.Message), ch.Severity.String(), text)
		}
	}
	b.addOutcomes(s, class, outcomes)
	if s.Tests == 0 {
		s.add(junitCase{Name: "no changes", Class: class}, 0)
	}
	return s
}

func (b junitBuilder) live(c *finding.Connector) *junitSuite {
	s, class := b.suite(c, "live")
	s.property("baseUrl", b.line(c.BaseURL))
	if b.run.Seed != 0 {
		s.property("seed", strconv.FormatInt(b.run.Seed, 10))
	}
	for _, op := range c.Operations {
		ms := 0.0
		for _, l := range op.Latencies {
			ms += l
		}
		s.add(b.operation(op, class), ms)
	}
	if c.Incomplete != "" {
		s.add(junitCase{Name: "run finished", Class: class, Error: &junitFailure{
			Message: b.line(c.Incomplete), Type: "incomplete", Text: b.escaped(b.line(c.Incomplete))}}, 0)
	}
	return s
}

func (b junitBuilder) operation(op finding.Operation, class string) junitCase {
	tc := junitCase{Name: b.line(op.OperationID + " " + op.Method + " " + op.Path), Class: class}
	var outcome junitOutcome
	outcome.tell(fmt.Sprintf("%d of %d calls succeeded, p50 %s, p95 %s", op.Successes, op.Calls, latency(op.Latency.P50), latency(op.Latency.P95)))
	for _, check := range op.Checks {
		switch {
		case check.Known:
			outcome.tell("in the baseline already: " + b.checkText(check))
		case check.Verdict == finding.Failed, check.Verdict == finding.Warned && meets(b.run, finding.Warning):
			outcome.fail(b.line(check.Check+": "+check.Message), b.line(check.Check), b.checkText(check))
		case check.Verdict == finding.Warned:
			outcome.tell("warning " + b.checkText(check))
		case check.Accepted != "":
			outcome.tell(b.checkText(check))
		}
	}
	if op.Verdict == finding.Failed && len(outcome.failed) == 0 && !op.Known {
		outcome.fail(b.line(cmp.Or(op.Reason, "failed")), "operation", b.line(op.Reason))
	}
	b.conclude(&tc, outcome)
	if op.Verdict == finding.Skipped && tc.Failure == nil {
		reason := b.line(cmp.Or(op.Reason, "no reason given"))
		if op.Mend != "" {
			reason += " — " + b.line(op.Mend)
		}
		tc.Skipped = &junitSkipped{Message: reason}
	}
	return tc
}

func (b junitBuilder) checkText(check finding.Check) string {
	lines := []string{b.line(check.Check) + ": " + b.line(check.Message)}
	if check.Pointer != "" {
		lines = append(lines, "response body at "+b.line(check.Pointer))
	}
	if check.Hint != "" {
		lines = append(lines, "mend: "+b.line(check.Hint))
	}
	if check.Curl != "" {
		lines = append(lines, b.text(check.Curl))
	}
	return strings.Join(lines, "\n")
}
