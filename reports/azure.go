package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/precert/precert/finding"
)

// azureReporter writes the logging commands by which Azure Pipelines lists errors
// and warnings in the summary of a build. In the log its agent shows them as the
// certification pipeline does: file(line,column): error Rule: message. The
// shorter ##[error] would only colour a line.
type azureReporter struct{}

// Write implements Reporter.
func (azureReporter) Write(w io.Writer, run *finding.Run) error {
	out := bufio.NewWriter(w)
	a := newAzureLog()
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if !e.Suppressed && !e.Known {
				_, _ = out.WriteString(a.line(e) + "\n")
			}
		}
	}
	_, _ = out.WriteString(a.clean.logLine(a.clean.line(verdictLine(run))) + "\n")
	return out.Flush()
}

// azureLog escapes text the way the agent's commands want it: data is a message,
// property the value of a property.
type azureLog struct {
	clean          cleaner
	data, property *strings.Replacer
}

func newAzureLog() azureLog {
	return azureLog{clean: newCleaner(), data: strings.NewReplacer("%", "%AZP25"), property: strings.NewReplacer("%", "%AZP25", ";", "%3B", "]", "%5D")}
}

func (a azureLog) line(e entry) string {
	message := a.clean.line(e.sentence())
	if pointer := a.clean.line(e.Pointer); pointer != "" {
		message += " ValuePath: " + pointer
	}
	file, rule := a.clean.line(filePath(e.Connector, e.File)), a.clean.line(e.Name)
	if e.Severity == finding.Info {
		// There is no command for what is neither an error nor a warning.
		place := "(,)"
		if e.Line > 0 {
			place = fmt.Sprintf("(%d,%d)", e.Line, e.Column)
		}
		return a.clean.logLine(fmt.Sprintf("%s%s: %s %s: %s", file, place, e.Severity, rule, message))
	}
	place := ""
	if e.Line > 0 {
		place = fmt.Sprintf("linenumber=%d;columnnumber=%d;", e.Line, e.Column)
	}
	properties := fmt.Sprintf("sourcepath=%s;%scode=%s;", a.property.Replace(file), place, a.property.Replace(rule))
	return "##vso[task.logissue type=" + e.Severity.String() + ";" + a.clean.logLine(properties) + "]" + a.data.Replace(a.clean.logLine(message))
}
