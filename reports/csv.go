package reports

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/precert/precert/finding"
)

// csvReporter writes one row per finding, failed or warned check, and change.
type csvReporter struct{}

// Write implements Reporter.
func (csvReporter) Write(w io.Writer, run *finding.Run) error {
	clean := newCleaner()
	out := csv.NewWriter(w)
	_ = out.Write([]string{"connector", "kind", "severity", "name", "policy", "file", "line", "column", "pointer", "operation", "message", "hint", "suppressed", "baseline", "checker"})
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if err := out.Write(append(csvRow(clean, e), csvBaseline(run, e), csvChecker(clean, e))); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(clean cleaner, e entry) []string {
	text := func(s string) string { return noFormula(clean.logLine(clean.line(s))) }
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	reason := ""
	if e.Suppressed {
		reason = text(e.SuppressedBy)
		if reason == "" {
			reason = "yes"
		}
	}
	return []string{text(filePath(e.Connector, "")), e.Kind, e.Severity.String(), text(e.Name), text(e.Policy), text(e.File),
		number(e.Line), number(e.Column), text(e.Pointer), text(e.Operation), text(e.Message), text(e.Hint), reason}
}

// csvChecker names the solution checker's rules of a finding. It is the last
// column, so that the others stay where they were.
func csvChecker(clean cleaner, e entry) string {
	if e.Finding == nil {
		return ""
	}
	return noFormula(clean.logLine(clean.line(strings.Join(e.Finding.Checker, ", "))))
}

// csvBaseline is empty in a run without comparison.
func csvBaseline(run *finding.Run, e entry) string {
	switch {
	case run.Baseline == nil || e.Suppressed:
		return ""
	case e.Known:
		return "unchanged"
	}
	return "new"
}

// noFormula keeps a spreadsheet from computing a cell: an apostrophe marks text.
// Some take the wide forms of the signs, too.
func noFormula(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
		return "'" + s
	}
	return s
}
