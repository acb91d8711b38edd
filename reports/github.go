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
	a := newAnnotator()
	for _, c := range run.Connectors {
		for _, e := range entriesOf(c) {
			if !e.Suppressed && !e.Known {
				_, _ = out.WriteString(a.annotation(e) + "\n")
			}
		}
	}
	_, _ = out.WriteString(a.clean.logLine(a.clean.line(verdictLine(run))) + "\n")
	return out.Flush()
}

// annotator escapes text the way workflow commands want it: data is a message,
// property the value of a property.
type annotator struct {
	clean          cleaner
	data, property *strings.Replacer
}

func newAnnotator() annotator {
	data := []string{"%", "%25", "\r", "%0D", "\n", "%0A"}
	return annotator{clean: newCleaner(), data: strings.NewReplacer(data...), property: strings.NewReplacer(append(data, ":", "%3A", ",", "%2C")...)}
}

func (a annotator) annotation(e entry) string {
	command := map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning"}[e.Severity]
	if command == "" {
		command = "notice"
	}
	var properties []string
	add := func(key, value string) {
		if value = a.clean.line(value); value != "" {
			properties = append(properties, key+"="+a.property.Replace(value))
		}
	}
	add("file", filePath(e.Connector, e.File))
	if e.Line > 0 {
		add("line", strconv.Itoa(e.Line))
		add("col", strconv.Itoa(max(e.Column, 1)))
	}
	add("title", e.Name)
	message := a.clean.line(e.sentence())
	if e.Hint != "" {
		message += "\n→ " + a.clean.line(e.Hint)
	}
	// The older command form is looked for anywhere in a line.
	body := a.clean.logLine(" " + message)[1:]
	return "::" + command + " " + a.clean.logLine(" " + strings.Join(properties, ","))[1:] + "::" + a.data.Replace(body)
}
