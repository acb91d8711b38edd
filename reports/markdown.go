package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// A comment on a pull request holds 65,536 characters and a job page 1 MB: the
// lists of this report are short, the other formats hold everything.
const (
	markdownBlockers   = 20
	markdownPlaces     = 10
	markdownRules      = 40
	markdownOperations = 60
	markdownConnectors = 100
	// markdownTextLimit is how many characters of one text of a connector or an API are shown.
	markdownTextLimit = 500
)

// How many bytes the page may have before a part of it only counts what is left:
// none crowds those behind it out, and together they fit a comment.
const (
	roomOfMended     = 6_000
	roomOfBlockers   = 20_000
	roomOfFindings   = 40_000
	roomOfChanges    = 44_000
	roomOfConfirm    = 47_000
	roomOfOperations = 52_000
	roomOfAccepted   = 54_000
	roomOfPolicies   = 58_000
	roomOfLeftovers  = 59_000
)

// markdownReporter writes a summary in GitHub's dialect.
type markdownReporter struct{}

// Write implements Reporter.
func (markdownReporter) Write(w io.Writer, run *finding.Run) error {
	m := &markdownPage{out: bufio.NewWriter(w), clean: newCleaner(), run: run}
	m.printf("## %s precert: %s\n\n%s\n", markdownSign(run.Verdict), strings.ToLower(verdictWord(run.Verdict)), m.text(strings.Join(verdictFacts(run), " · ")))
	if why := whyIncomplete(run); why != "" {
		m.printf("\nNot finished: %s\n", m.text(why))
	}
	m.compared()
	if len(run.Connectors) == 1 {
		m.connector(run.Connectors[0])
	} else {
		m.walk()
	}
	m.printf("\n<sub>%s %s · %s</sub>\n", m.text(run.Tool.Name), m.text(run.Tool.Version), run.StartedAt.UTC().Format("2006-01-02 15:04 MST"))
	return m.out.Flush()
}

type markdownPage struct {
	out   *bufio.Writer
	clean cleaner
	run   *finding.Run
	size  int
}

// printf writes to the buffered page; Flush reports what went wrong.
// A page goes to job logs, too, where a build server must find no command in it.
func (m *markdownPage) printf(format string, args ...any) {
	n, _ := m.out.WriteString(m.clean.logLine(fmt.Sprintf(format, args...)))
	m.size += n
}

// line is foreign text on one line, so long as a row may be.
func (m *markdownPage) line(s string) string { return cutTo(m.clean.line(s), markdownTextLimit) }

func (m *markdownPage) text(s string) string { return markdownText(m.line(s)) }

// html is text within an HTML element of the page.
func (m *markdownPage) html(s string) string { return html.EscapeString(unreferring(m.line(s))) }

// code writes foreign text as code, with a fence longer than any in it.
func (m *markdownPage) code(s string) string {
	s = m.line(s)
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// cell is code within a table, where a bar would end the column even so.
func (m *markdownPage) cell(s string) string { return strings.ReplaceAll(m.code(s), "|", "\\|") }

func (m *markdownPage) connector(c *finding.Connector) {
	m.printf("\n**%s**%s\n", cmp.Or(m.text(name(c)), "connector"), prefixed(" · ", m.code(c.Path)))
	m.blockers(c)
	m.findings(c)
	m.changes(c)
	m.confirm(c)
	m.operations(c)
	m.accepted(c)
	m.policies(policiesOf(m.run, c))
	if len(c.Leftovers) > 0 {
		m.printf("\n### Left behind\n\n")
		for i, thing := range c.Leftovers {
			if i == markdownPlaces || m.size > roomOfLeftovers {
				m.printf("- and %d more\n", len(c.Leftovers)-i)
				break
			}
			m.printf("- %s\n", m.text(thing))
		}
	}
}

func (m *markdownPage) blockers(c *finding.Connector) {
	list := blockersOf(m.run, c)
	if len(list) == 0 {
		return
	}
	m.printf("\n### To be ready\n\n")
	for i, b := range list {
		if i == markdownBlockers || m.size > roomOfBlockers {
			m.printf("\nand %d more\n", len(list)-i)
			break
		}
		count := ""
		if b.Count > 1 {
			count = " (" + plural(b.Count, b.Unit) + ")"
		}
		m.printf("%d. **%s**%s%s: %s%s\n", i+1, m.text(b.Name), count, prefixed(" ", m.code(b.Where)), m.text(b.Message), prefixed("<br>→ ", m.text(b.Hint)))
	}
}

func (m *markdownPage) findings(c *finding.Connector) {
	groups := groupByRule(c.Findings)
	if len(groups) == 0 {
		return
	}
	m.printf("\n### Findings\n")
	for i, g := range groups {
		if i == markdownRules || m.size > roomOfFindings {
			m.printf("\nand %s more\n", plural(len(groups)-i, "rule"))
			break
		}
		policy := ""
		if g.Policy != "" {
			policy = " · policy " + m.html(g.Policy)
		}
		m.printf("\n<details><summary>%s <b>%s</b> · %s%s%s</summary>\n\n| Place | Message |\n|---|---|\n",
			markdownSeverity(g.Severity), m.html(g.Rule), plural(g.places(), "place"), policy, knownTag(g.Known))
		for j, f := range g.Findings {
			if j == markdownPlaces || m.size > roomOfFindings {
				m.printf("| | and %s more |\n", thousands(len(g.Findings)-j))
				break
			}
			place := f.File
			if f.Line > 0 {
				place = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
			}
			m.printf("| %s%s | %s%s |\n", m.cell(place), prefixed("<br>", m.cell(f.Pointer)), m.text(f.Message), prefixed("<br>→ ", m.text(f.Hint)))
		}
		m.printf("\n</details>\n")
	}
}

func (m *markdownPage) changes(c *finding.Connector) {
	if len(c.Changes) == 0 {
		return
	}
	m.printf("\n### Changes\n\n| | Change | Where | Message |\n|---|---|---|---|\n")
	for i, ch := range slices.Concat(groupChanges(c.Changes)...) {
		if i == markdownRules || m.size > roomOfChanges {
			m.printf("\nand %s more\n", thousands(len(c.Changes)-i))
			break
		}
		m.printf("| %s | %s | %s | %s%s |\n", markdownSeverity(ch.Severity), m.text(ch.Change), m.cell(ch.ValuePath),
			m.text(ch.Message), prefixed("<br>→ ", m.text(ch.Hint)))
	}
}

func (m *markdownPage) operations(c *finding.Connector) {
	if len(c.Operations) == 0 {
		return
	}
	m.printf("\n### Operations\n\n| | Operation | Request | Calls ok | p95 | Why |\n|---|---|---|---:|---:|---|\n")
	more, passed := 0, 0
	for i, op := range c.Operations {
		if len(c.Operations) > markdownOperations && op.Verdict == finding.Passed && !warned(op) {
			passed++
			continue
		}
		if i-more-passed == markdownOperations || m.size > roomOfOperations {
			more++
			continue
		}
		verdict := op.Verdict
		if verdict == finding.Passed && warned(op) {
			verdict = finding.Warned
		}
		m.printf("| %s | %s | %s | %d of %d | %s | %s%s |\n", markdownSign(verdict), m.text(op.OperationID), m.cell(op.Method+" "+op.Path),
			op.Successes, op.Calls, latency(op.Latency.P95), m.text(op.Reason), prefixed(" → ", m.cell(op.Mend)))
	}
	if more > 0 {
		m.printf("\nand %s more\n", thousands(more))
	}
	if passed > 0 {
		m.printf("\nand %s that passed\n", plural(passed, "operation"))
	}
}

func (m *markdownPage) walk() {
	live := m.run.Summary.Operations > 0
	header := "\n| | Connector | Errors | Warnings |\n|---|---|---:|---:|\n"
	if live {
		header = "\n| | Connector | Errors | Warnings | Operations |\n|---|---|---:|---:|---:|\n"
	}
	rows, clean := 0, 0
	for _, c := range m.run.Connectors {
		if c.Verdict == finding.Ready && len(m.run.Connectors) > manyRows {
			clean++
			continue
		}
		if rows++; rows > markdownConnectors {
			continue
		}
		if rows == 1 {
			m.printf("%s", header)
		}
		n, operations := countOf(c), ""
		if live {
			ops := countOperations(c)
			operations = fmt.Sprintf(" %d of %d |", ops.Passed, ops.Total)
		}
		m.printf("| %s | %s | %d | %d |%s\n", markdownSign(c.Verdict), m.text(filePath(c, "")), n.Errors, n.Warnings, operations)
	}
	if rows > markdownConnectors {
		m.printf("\nand %s more\n", thousands(rows-markdownConnectors))
	}
	if clean > 0 {
		m.printf("\nand %s ready\n", plural(clean, "connector"))
	}
	rules := rulesOfRun(m.run)
	if len(rules) == 0 {
		return
	}
	m.printf("\n### Rules that fire most\n\n| | Rule | Findings | Connectors |\n|---|---|---:|---:|\n")
	for _, r := range rules[:min(len(rules), topRules)] {
		m.printf("| %s | %s | %d | %d |\n", markdownSeverity(r.Severity), m.text(r.Rule), r.Findings, r.Connectors)
	}
	if rest := len(rules) - topRules; rest > 0 {
		m.printf("\nand %s\n", plural(rest, "more rule"))
	}
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func markdownSign(v finding.Verdict) string {
	switch v {
	case finding.Ready, finding.Passed:
		return "✅"
	case finding.NotReady, finding.Failed:
		return "❌"
	case finding.Skipped:
		return "⏭️"
	default:
		return "⚠️"
	}
}

func markdownSeverity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "❌"
	case finding.Warning:
		return "⚠️"
	default:
		return "ℹ️"
	}
}

// markdownText escapes what Markdown or HTML would act on.
func markdownText(s string) string {
	var out strings.Builder
	for i, r := range unreferring(s) {
		switch {
		case i == 0 && (r == '-' || r == '+'):
			// The item of a list would begin another, or be a rule.
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case strings.ContainsRune("\\`*_[]|~$#", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// unreferring splits mentions, and references to issues, with a blank of no
// width, so that a definition cannot call people to a pull request or link it
// elsewhere.
func unreferring(s string) string {
	if !strings.ContainsAny(s, "@#-") {
		return s
	}
	var out strings.Builder
	var before byte
	for i := range len(s) {
		out.WriteByte(s[i])
		numbered := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'
		switch {
		case s[i] == '@', s[i] == '#' && numbered, s[i] == '-' && numbered && (before == 'h' || before == 'H'):
			out.WriteString("\u200b")
		}
		before = s[i]
	}
	return out.String()
}

// fenced sets code apart with a fence longer than any in it.
func fenced(code string) string {
	fence := strings.Repeat("`", max(3, longestRun(code, '`')+1))
	return fence + "\n" + code + "\n" + fence
}

func longestRun(s string, of rune) int {
	longest, length := 0, 0
	for _, r := range s {
		if r == of {
			length++
			longest = max(longest, length)
			continue
		}
		length = 0
	}
	return longest
}
