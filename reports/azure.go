package reports

import (
	"bufio"
	"fmt"
	"io"

	"github.com/precert/precert/finding"
)

// azureReporter writes the lines that the certification pipeline itself writes,
// which Azure DevOps colours and counts; the rule's name is added.
type azureReporter struct{}

// Write implements Reporter.
func (azureReporter) Write(w io.Writer, run *finding.Run) error {
	out := bufio.NewWriter(w)
	clean := newCleaner()
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if !e.Suppressed && !e.Known {
				_, _ = out.WriteString(azureLine(clean, e) + "\n")
			}
		}
	}
	_, _ = out.WriteString(clean.logLine(clean.line(verdictLine(run))) + "\n")
	return out.Flush()
}

func azureLine(clean cleaner, e entry) string {
	message := clean.line(e.sentence())
	if pointer := clean.line(e.Pointer); pointer != "" {
		message += " ValuePath: " + pointer
	}
	rule := clean.line(e.Name)
	if e.Severity == finding.Error {
		return "##[error]" + clean.logLine(message+" Rule: "+rule)
	}
	place := clean.line(filePath(e.Connector, e.File))
	if e.Line > 0 {
		place += fmt.Sprintf("(%d,%d)", e.Line, e.Column)
	} else {
		place += "(,)"
	}
	line := clean.logLine(fmt.Sprintf("%s: %s %s: %s", place, e.Severity, rule, message))
	if e.Severity == finding.Warning {
		return "##[warning]" + line
	}
	return line
}
