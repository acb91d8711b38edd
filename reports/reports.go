// Package reports renders a finished run for people and for machines: one file
// per format, all fed from the same finding.Run.
package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/precert/precert/finding"
)

// Reporter renders one run. It never changes the run, and writes the same bytes
// for the same run. The error is the writer's, or says what could not be rendered.
type Reporter interface {
	Write(w io.Writer, run *finding.Run) error
}

// Options are what the caller decides about a report; only the terminal format
// looks at them.
type Options struct {
	// Colour allows ANSI colour. The caller knows whether w is a terminal.
	Colour bool
	// Width is the number of columns, 0 for 100.
	Width int
	// Verbose lists everything; without it long lists collapse.
	Verbose bool
	// Quiet leaves only the verdict line.
	Quiet bool
}

// Format names one output format.
type Format struct {
	Name        string
	Description string
	// Extension is the usual file name extension, without the dot.
	Extension string
}

// Formats lists the formats, sorted by name.
func Formats() []Format {
	table := formats()
	list := make([]Format, len(table))
	for i, entry := range table {
		list[i] = entry.Format
	}
	return list
}

// New returns the reporter of a format by name. The error lists the names.
func New(format string, opts Options) (Reporter, error) {
	table := formats()
	names := make([]string, len(table))
	for i, entry := range table {
		if strings.EqualFold(format, entry.Name) {
			return entry.make(opts), nil
		}
		names[i] = entry.Name
	}
	return nil, fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(names, ", "))
}

type formatEntry struct {
	Format
	make func(Options) Reporter
}

// formats must stay sorted by name.
func formats() []formatEntry {
	return []formatEntry{
		{Format{"azure", "errors and warnings for Azure Pipelines, in the words of the certification pipeline", "log"},
			func(Options) Reporter { return azureReporter{} }},
		{Format{"csv", "one row per finding, failed or warned check, and change, for a spreadsheet", "csv"},
			func(Options) Reporter { return csvReporter{} }},
		{Format{"github", "annotations for GitHub Actions", "log"},
			func(Options) Reporter { return githubReporter{} }},
		{Format{"html", "one self-contained page for people: verdict, evidence, every finding", "html"},
			func(Options) Reporter { return htmlReporter{} }},
		{Format{"json", "the whole run, schema " + finding.Schema, "json"},
			func(Options) Reporter { return jsonReporter{} }},
		{Format{"junit", "test suites for Jenkins, GitLab, GitHub and Azure DevOps", "xml"},
			func(Options) Reporter { return junitReporter{} }},
		{Format{"markdown", "a summary for a pull request or a job page", "md"},
			func(Options) Reporter { return markdownReporter{} }},
		{Format{"sarif", "SARIF 2.1.0 for code scanning", "sarif"},
			func(Options) Reporter { return sarifReporter{} }},
		{Format{"terminal", "what a person reads first", "txt"},
			newTerminal},
	}
}
