package reports

import (
	"io"
	"reflect"
	"slices"

	"github.com/precert/precert/finding"
)

// jsonReporter writes the run itself, in the form that finding.Schema names.
type jsonReporter struct{}

// Write implements Reporter.
func (jsonReporter) Write(w io.Writer, run *finding.Run) error {
	return streamJSON(w, withLists(run), reflect.TypeFor[finding.Run](), reflect.TypeFor[finding.Connector]())
}

// withLists copies the run as far as needed to turn nil lists into empty ones,
// so that a reader of the report never meets null where it wants a list.
func withLists(run *finding.Run) *finding.Run {
	out := *run
	out.Connectors = make([]*finding.Connector, 0, len(run.Connectors))
	for _, c := range run.Connectors {
		if c == nil {
			continue
		}
		filled := *c
		filled.Files = orEmpty(c.Files)
		filled.Findings = orEmpty(c.Findings)
		filled.Operations = slices.Clone(orEmpty(c.Operations))
		for i := range filled.Operations {
			filled.Operations[i].Checks = orEmpty(filled.Operations[i].Checks)
		}
		filled.Causes = slices.Clone(c.Causes)
		for i := range filled.Causes {
			filled.Causes[i].Operations = orEmpty(filled.Causes[i].Operations)
		}
		out.Connectors = append(out.Connectors, &filled)
	}
	return &out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
