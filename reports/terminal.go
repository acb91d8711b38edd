package reports

import (
	"bufio"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

const (
	defaultWidth = 100
	// narrowTable is below which width a table has its most telling columns only.
	narrowTable = 72
	// fewConnectors is how many connectors are still shown one after the other;
	// more become rows of a table.
	fewConnectors = 5
)

// terminal writes what a person reads first.
type terminal struct {
	opts Options
	// narrow says that the width is a terminal's own.
	narrow bool
	clean  cleaner
}

func newTerminal(opts Options) Reporter {
	narrow := opts.Width > 0 && !opts.Quiet
	if opts.Width <= 0 {
		opts.Width = defaultWidth
	}
	opts.Width = max(opts.Width, 40)
	return terminal{opts: opts, narrow: narrow, clean: newCleaner()}
}

// Write implements Reporter.
func (t terminal) Write(w io.Writer, run *finding.Run) error {
	buffer := bufio.NewWriter(w)
	p := &page{out: buffer, width: t.opts.Width, colour: t.opts.Colour, narrow: t.narrow, clean: t.clean}
	if !t.opts.Quiet {
		t.body(p, run)
	}
	p.verdict(run)
	return buffer.Flush()
}

func (t terminal) body(p *page, run *finding.Run) {
	if len(run.Connectors) <= fewConnectors || t.opts.Verbose {
		for _, c := range run.Connectors {
			t.connector(p, run, c)
		}
	}
	if len(run.Connectors) > 1 {
		t.walk(p, run)
	}
	t.compared(p, run)
}

func (t terminal) connector(p *page, run *finding.Run, c *finding.Connector) {
	p.heading(c, t.opts.Verbose)
	t.static(p, c)
	t.changes(p, c)
	t.live(p, run, c)
	t.blockers(p, run, c)
}

// page is the growing output: it paints, wraps and indents. Write errors stay
// in the buffered writer until Flush reports them.
type page struct {
	out    *bufio.Writer
	width  int
	colour bool
	// narrow says that a person's terminal is so wide; what goes elsewhere keeps
	// its verdict on one line, for programs that look for it.
	narrow bool
	clean  cleaner
}

// paint colours s when colour is allowed. It goes around go-pretty's own switch,
// which is global and reads the environment.
func (p *page) paint(s string, colours ...text.Color) string {
	if !p.colour || s == "" {
		return s
	}
	return text.Escape(s, text.Colors(colours).EscapeSeq())
}

func (p *page) line(parts ...string) {
	line := strings.TrimRight(strings.Join(parts, ""), " ")
	_, _ = p.out.WriteString(p.clean.logLine(line))
	_ = p.out.WriteByte('\n')
}

// wrapped writes foreign text as a paragraph: first begins the first line, and
// the next ones stand below where its text began.
func (p *page) wrapped(first, s string, colours ...text.Color) {
	indent := text.StringWidthWithoutEscSequences(first)
	if indent > p.width/2 {
		p.line(first)
		first, indent = "    ", 4
	}
	body := text.WrapSoft(p.clean.line(s), max(p.width-indent, 20))
	for i, line := range strings.Split(body, "\n") {
		line = strings.TrimRight(line, " ")
		if i == 0 {
			p.line(first, p.paint(line, colours...))
			continue
		}
		p.line(strings.Repeat(" ", indent), p.paint(line, colours...))
	}
}

// clipped is wrapped with no more than so many lines.
func (p *page) clipped(lines int, first, s string) {
	room := max(p.width-text.StringWidthWithoutEscSequences(first), 20)
	all := strings.Split(text.WrapSoft(p.clean.line(s), room), "\n")
	if len(all) > lines {
		all = all[:lines]
		last := strings.TrimRight(text.Trim(all[lines-1], room-1), " ")
		all[lines-1] = strings.TrimRight(last, ".,;:") + "…"
	}
	p.wrapped(first, strings.Join(all, " "))
}

// aside writes what is said about the page itself.
func (p *page) aside(indent, s string) { p.wrapped(indent, s, text.Faint) }

// verbatim writes lines that a person may copy, unwrapped.
func (p *page) verbatim(indent int, s string, colours ...text.Color) {
	for _, line := range strings.Split(p.clean.text(s), "\n") {
		p.line(strings.Repeat(" ", indent), p.paint(strings.TrimRight(line, " "), colours...))
	}
}

func (p *page) section(title string) {
	p.line()
	p.wrapped("", title, text.Bold)
}

// heading names the connector; why tells how its publisher was guessed, too.
func (p *page) heading(c *finding.Connector, why bool) {
	p.wrapped("", name(c), text.Bold)
	var facts []string
	if c.Path != "" && c.Path != c.Title {
		facts = append(facts, p.clean.line(c.Path))
	}
	if c.Publisher != "" {
		fact := p.clean.line(c.Publisher) + " publisher"
		if why && c.PublisherReason != "" {
			fact += " (" + p.clean.line(c.PublisherReason) + ")"
		}
		facts = append(facts, fact)
	}
	if c.BaseURL != "" {
		facts = append(facts, p.clean.line(c.BaseURL))
	}
	if len(facts) > 0 {
		p.wrapped("", strings.Join(facts, " · "), text.Faint)
	}
}

func (p *page) verdict(run *finding.Run) {
	line := p.clean.line(verdictLine(run))
	word := verdictWord(run.Verdict)
	if p.narrow && text.StringWidthWithoutEscSequences(line) > p.width {
		lines := wrapFacts(line, p.width)
		p.line(p.paint(word, text.Bold, verdictColour(run.Verdict)), strings.TrimPrefix(lines[0], word))
		for _, line := range lines[1:] {
			p.line(line)
		}
		return
	}
	p.line(p.paint(word, text.Bold, verdictColour(run.Verdict)), strings.TrimPrefix(line, word))
}

// wrapFacts breaks a line between its facts, and only where there is no other
// way within one.
func wrapFacts(line string, width int) (lines []string) {
	const dot = " · "
	for i, fact := range strings.Split(line, dot) {
		last := len(lines) - 1
		if i > 0 && text.StringWidthWithoutEscSequences(lines[last]+dot+fact) <= width {
			lines[last] += dot + fact
			continue
		}
		lines = append(lines, strings.Split(text.WrapSoft(fact, width), "\n")...)
	}
	return lines
}

// table renders a table without a frame, indented by two.
func (p *page) table(header table.Row, rows []table.Row, columns []table.ColumnConfig, footer table.Row) {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true, SeparateFooter: true}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format = table.FormatOptions{Footer: text.FormatDefault, Header: text.FormatDefault, Row: text.FormatDefault}
	w.SetStyle(style)
	w.SuppressTrailingSpaces()
	if len(header) > 0 {
		for i, cell := range header {
			if s, ok := cell.(string); ok {
				header[i] = p.paint(s, text.Faint)
			}
		}
		w.AppendHeader(header)
	}
	w.AppendRows(rows)
	if len(footer) > 0 {
		w.AppendFooter(footer)
	}
	w.SetColumnConfigs(columns)
	for _, line := range strings.Split(w.Render(), "\n") {
		p.line("  ", line)
	}
}

// wrapCell breaks a cell's text between words.
func wrapCell(s string, width int) string { return text.WrapSoft(s, width) }

func severityColour(s finding.Severity) text.Color {
	switch s {
	case finding.Error:
		return text.FgRed
	case finding.Warning:
		return text.FgYellow
	default:
		return text.FgCyan
	}
}

func severitySign(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "✖"
	case finding.Warning:
		return "▲"
	default:
		return "●"
	}
}

func verdictColour(v finding.Verdict) text.Color {
	switch v {
	case finding.Ready, finding.Passed:
		return text.FgGreen
	case finding.NotReady, finding.Failed:
		return text.FgRed
	case finding.Skipped:
		return text.Faint
	default:
		return text.FgYellow
	}
}

func verdictSign(v finding.Verdict) string {
	switch v {
	case finding.Ready, finding.Passed:
		return "✔"
	case finding.NotReady, finding.Failed:
		return "✖"
	case finding.Skipped:
		return "○"
	default:
		return "▲"
	}
}
