package reports

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/precert/precert/finding"
)

// githubReporter writes the workflow commands that GitHub Actions turns into
// annotations of files, and the verdict as a plain line.
type githubReporter struct{}

// Write implements Reporter.
func (githubReporter) Write(w io.Writer, run *finding.Run) error {
	out := bufio.NewWriter(w)
	clean := newCleaner()
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if !e.Suppressed && !e.Known {
				_, _ = out.WriteString(annotation(clean, e) + "\n")
			}
		}
	}
	_, _ = out.WriteString(clean.logLine(clean.line(verdictLine(run))) + "\n")
	return out.Flush()
}

func annotation(clean cleaner, e entry) string {
	command := map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning"}[e.Severity]
	if command == "" {
		command = "notice"
	}
	var properties []string
	add := func(key, value string) {
		if value = clean.line(value); value != "" {
			properties = append(properties, key+"="+githubProperty(value))
		}
	}
	add("file", filePath(e.Connector, e.File))
	if e.Line > 0 {
		add("line", strconv.Itoa(e.Line))
		add("col", strconv.Itoa(max(e.Column, 1)))
	}
	add("title", e.Name)
	message := clean.line(e.sentence())
	if e.Hint != "" {
		message += "\n→ " + clean.line(e.Hint)
	}
	// The older command form is looked for anywhere in a line.
	body := clean.logLine(" " + message)[1:]
	return "::" + command + " " + clean.logLine(" " + strings.Join(properties, ","))[1:] + "::" + githubData(body)
}

// githubData escapes the message of a workflow command.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty escapes a property of a workflow command.
func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
