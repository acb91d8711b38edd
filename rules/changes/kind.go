package changes

import (
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// Section is the heading under which kinds of changes are listed.
const Section = "Breaking changes"

// kind is one way in which an update differs from what is published.
type kind struct {
	// name is the change validator's where it has one, and is never reused.
	name string
	// severity is error for what breaks flows that exist, warning for what may
	// break them, info for what adds.
	severity finding.Severity
	// summary says what has happened; why which flows break; fix how to mend it.
	summary, why, fix string
	source            string
	// wrong shows the change, right the update that breaks nothing.
	wrong, right string
}

// Where the kinds come from.
const (
	// sourceObserved are kinds that the change validator was seen to report.
	sourceObserved = "change validator, as its remarks on public pull requests show"
	// sourceNamed are kinds that are named publicly, without a remark seen.
	sourceNamed = "change validator: named among the breaking changes of certified connectors"
	// sourceReasoned are kinds that follow from the pages on versioning.
	sourceReasoned = "https://learn.microsoft.com/connectors/custom-connectors/operational-versioning"
	// sourcePlatform are kinds that follow from how the platform reads a definition.
	sourcePlatform = "https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions"
)

// Ways to mend that several kinds share.
const (
	fixNewRevision = "Keep the operation as published and put the change into a new revision of it: same family, next revision, the old one deprecated."
	fixKeepField   = "Keep the field, and describe it as out of use if the API no longer fills it; or put the change into a new revision of the operation (same family, next revision, the old one deprecated)."
	fixConfirm     = "Nothing to mend; say so in the update's description if makers should know."
	fixOptional    = "Make it optional, with the default that the API used so far; or put it into a new revision of the operation (same family, next revision, the old one deprecated)."
	fixConnection  = "Keep the published way to connect and add the new one beside it, as a second set of connection parameters."
)

func (k *kind) doc() finding.Doc {
	return finding.Doc{
		Name: k.name, Section: Section, Severity: k.severity, Summary: k.summary, Why: k.why, Fix: k.fix,
		Wrong: k.wrong, Right: k.right, Source: k.source,
	}
}

// Catalogue returns the documentation of all kinds, sorted by name.
func Catalogue() []finding.Doc {
	kinds := slices.Concat(operationKinds(), parameterKinds(), inputKinds(), outputKinds(), connectionKinds())
	out := make([]finding.Doc, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, k.doc())
	}
	slices.SortFunc(out, func(a, b finding.Doc) int { return strings.Compare(a.Name, b.Name) })
	return out
}
