package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func operationFamilyRules() []*Rule {
	return []*Rule{
		replacementForNonDeprecatedOperation, replacementMissingAPI, replacementMissingOperationID,
		operationFamilyHasDuplicateRevisions, operationFamilyHasManyActiveOperations, operationFamilyHasManyActiveProductionOperations,
		operationFamilyHasManyEmptyRevisions, operationRevisionEmpty, operationIDShouldEndWithRevision, operationStatusAheadOfConnector,
	}
}

// annotation is the name of the extension that says how an operation evolves.
const annotation = "x-ms-api-annotation"

// versioningSource is the page about revisions of operations.
const versioningSource = operationsSource + "; https://learn.microsoft.com/connectors/custom-connectors/operational-versioning"

// eachReplacement calls visit for every operation that names its replacement.
func eachReplacement(p *Pass, visit func(op *connector.Operation, replacement *connector.Node)) {
	for _, op := range p.Definition.Operations {
		if replacement := op.Node.At(annotation, "replacement"); replacement.IsObject() {
			visit(op, replacement)
		}
	}
}

var replacementForNonDeprecatedOperation = &Rule{
	Name: "ApiAnnotationExtensionReplacementInfoForNonDeprecatedOperations", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "Only a deprecated operation names its replacement.",
	Why:     "The designer tells makers to move to the replacement, which is wrong while the operation is current.",
	Fix:     `Mark the operation as "deprecated": true, or remove the replacement.`,
	Wrong:   `{"operationId": "ListCards", "x-ms-api-annotation": {"replacement": {"api": "FabrikamBoards", "operationId": "ListCards_V2"}}}`,
	Right:   `{"operationId": "ListCards", "deprecated": true, "x-ms-api-annotation": {"replacement": {"api": "FabrikamBoards", "operationId": "ListCards_V2"}}}`,
	Check: func(p *Pass) {
		eachReplacement(p, func(op *connector.Operation, replacement *connector.Node) {
			if !op.Deprecated() {
				p.Report(replacement, fmt.Sprintf("The operation %s names a replacement, but is not marked as deprecated.", quote(op.ID)))
			}
		})
	},
}

var replacementMissingAPI = &Rule{
	Name: "ApiAnnotationExtensionReplacementInfoMissingApiProperty", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "A replacement names the connector (api) that offers it.",
	Why:     "The designer looks the replacement up by connector and operation; half of the address leads nowhere.",
	Fix:     "Add the api property with the name of the connector.",
	Wrong:   `{"replacement": {"operationId": "ListCards_V2"}}`,
	Right:   `{"replacement": {"api": "FabrikamBoards", "operationId": "ListCards_V2"}}`,
	Check: func(p *Pass) {
		eachReplacement(p, func(op *connector.Operation, replacement *connector.Node) {
			if replacement.Get("api") == nil {
				p.Report(replacement, fmt.Sprintf("The replacement of the operation %s does not name its api.", quote(op.ID)))
			}
		})
	},
}

var replacementMissingOperationID = &Rule{
	Name: "ApiAnnotationExtensionReplacementInfoMissingOperationIdProperty", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "A replacement names the operation that takes over.",
	Why:     "The designer looks the replacement up by connector and operation; half of the address leads nowhere.",
	Fix:     "Add the operationId property with the id of the new operation.",
	Wrong:   `{"replacement": {"api": "FabrikamBoards"}}`,
	Right:   `{"replacement": {"api": "FabrikamBoards", "operationId": "ListCards_V2"}}`,
	Check: func(p *Pass) {
		eachReplacement(p, func(op *connector.Operation, replacement *connector.Node) {
			if replacement.Get("operationId") == nil {
				p.Report(replacement, fmt.Sprintf("The replacement of the operation %s does not name its operationId.", quote(op.ID)))
			}
		})
	},
}

// family is what shares one x-ms-api-annotation.family, in document order.
type family struct {
	name       string
	operations []*connector.Operation
}

// families returns the families that operations name.
func families(p *Pass) []*family {
	return Shared(p, "families", func() []*family {
		var out []*family
		byName := map[string]*family{}
		for _, op := range p.Definition.Operations {
			name := op.Node.At(annotation, "family").String()
			if name == "" {
				continue
			}
			if byName[name] == nil {
				byName[name] = &family{name: name}
				out = append(out, byName[name])
			}
			byName[name].operations = append(byName[name].operations, op)
		}
		return out
	})
}

// revisionOf returns the revision of an operation as written, "" when it has none.
func revisionOf(op *connector.Operation) string {
	return op.Node.At(annotation, "revision").Text()
}

var operationFamilyHasDuplicateRevisions = &Rule{
	Name: "OperationFamilyHasDuplicateRevisions", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "The operations of a family have different revisions.",
	Why:     "The designer offers the highest revision; of two equal ones it cannot tell which is newer.",
	Fix:     "Give the newer operation the next revision.",
	Wrong:   `"ListCards": {"family": "ListCards", "revision": 1}, "ListCards_V2": {"family": "ListCards", "revision": 1}`,
	Right:   `"ListCards": {"family": "ListCards", "revision": 1}, "ListCards_V2": {"family": "ListCards", "revision": 2}`,
	Check: func(p *Pass) {
		for _, family := range families(p) {
			first := map[string]*connector.Operation{}
			for _, op := range family.operations {
				revision := revisionOf(op)
				if other := first[revision]; other != nil && revision != "" {
					p.Report(op.Node.At(annotation, "revision"), fmt.Sprintf("The operations %s and %s of the family %s both have revision %s.",
						quote(other.ID), quote(op.ID), quote(family.name), revision))
					continue
				}
				first[revision] = op
			}
		}
	},
}

// maxActive is how many revisions of an operation may be current.
const maxActive = 2

var operationFamilyHasManyActiveOperations = &Rule{
	Name: "OperationFamilyHasManyActiveOperations", Section: SectionOperations, Severity: finding.Warning,
	Source:  versioningSource,
	Summary: "At most two operations of a family are not deprecated.",
	Why:     "Makers see every active revision side by side and cannot tell which one to use.",
	Fix:     `Mark the oldest revisions as "deprecated": true.`,
	Wrong:   "ListCards, ListCards_V2 and ListCards_V3, none of them deprecated",
	Right:   `ListCards with "deprecated": true, ListCards_V2 and ListCards_V3`,
	Check: func(p *Pass) {
		for _, family := range families(p) {
			var active []string
			for _, op := range family.operations {
				if op.Deprecated() {
					continue
				}
				if active = append(active, op.ID); len(active) > maxActive {
					p.Report(op.Node.Get(annotation), fmt.Sprintf("The family %s has more than two active operations: %s.", quote(family.name), listed(active)))
				}
			}
		}
	},
}

var operationFamilyHasManyActiveProductionOperations = &Rule{
	Name: "OperationFamilyHasManyActiveProductionOperations", Section: SectionOperations, Severity: finding.Warning,
	Source:  versioningSource,
	Summary: "One operation of a family that is not deprecated has the status Production.",
	Why:     "The second revision in Production says that the first is superseded, yet makers still find both.",
	Fix:     `Mark the previous revision as "deprecated": true.`,
	Wrong:   `ListCards and ListCards_V2, both with "status": "Production" and neither deprecated`,
	Right:   `ListCards with "deprecated": true, ListCards_V2 with "status": "Production"`,
	Check: func(p *Pass) {
		for _, family := range families(p) {
			var productive []string
			for _, op := range family.operations {
				if op.Deprecated() || op.Node.At(annotation, "status").String() != "Production" {
					continue
				}
				if productive = append(productive, op.ID); len(productive) > 1 {
					p.Report(op.Node.Get(annotation), fmt.Sprintf("The family %s has several active operations in Production: %s.", quote(family.name), listed(productive)))
				}
			}
		}
	},
}

// withoutRevision returns the operations of a family that have no revision.
func (f *family) withoutRevision() []*connector.Operation {
	var out []*connector.Operation
	for _, op := range f.operations {
		if revisionOf(op) == "" {
			out = append(out, op)
		}
	}
	return out
}

var operationFamilyHasManyEmptyRevisions = &Rule{
	Name: "OperationFamilyHasManyEmptyRevisions", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "At most one operation of a family has no revision.",
	Why:     "An empty revision counts as the first; there is one first only.",
	Fix:     "Number the operations of the family: 1, 2, 3.",
	Wrong:   `"ListCards": {"family": "ListCards"}, "ListCards_V2": {"family": "ListCards"}`,
	Right:   `"ListCards": {"family": "ListCards", "revision": 1}, "ListCards_V2": {"family": "ListCards", "revision": 2}`,
	Check: func(p *Pass) {
		for _, family := range families(p) {
			for i, op := range family.withoutRevision() {
				if i > 0 {
					p.Report(op.Node.Get(annotation), fmt.Sprintf("The operation %s is not the only one of the family %s without a revision.", quote(op.ID), quote(family.name)))
				}
			}
		}
	},
}

var operationRevisionEmpty = &Rule{
	Name: "OperationRevisionEmpty", Section: SectionOperations, Severity: finding.Warning,
	Source:  versioningSource,
	Summary: "An operation that names its family has a revision.",
	Why:     "The revision orders the operations of a family; without one the operation counts as the first.",
	Fix:     "Add the revision, counted from 1.",
	Wrong:   `{"x-ms-api-annotation": {"family": "ListCards"}}`,
	Right:   `{"x-ms-api-annotation": {"family": "ListCards", "revision": 1}}`,
	Check: func(p *Pass) {
		for _, family := range families(p) {
			// OperationFamilyHasManyEmptyRevisions reports the others.
			if empty := family.withoutRevision(); len(empty) > 0 {
				p.Report(empty[0].Node.Get(annotation), fmt.Sprintf("The operation %s does not say which revision of the family %s it is.", quote(empty[0].ID), quote(family.name)))
			}
		}
	},
}

var operationIDShouldEndWithRevision = &Rule{
	Name: "OperationIdShouldEndWithRevision", Section: SectionOperations, Severity: finding.Warning,
	Source:  versioningSource,
	Summary: "The operationId of revision 2 and later ends with _V2 and so on.",
	Why:     "Makers and formulas tell the revisions apart by this suffix.",
	Fix:     "Append _V and the revision to the operationId before it is published.",
	Wrong:   `{"operationId": "ListCardsNew", "x-ms-api-annotation": {"family": "ListCards", "revision": 2}}`,
	Right:   `{"operationId": "ListCards_V2", "x-ms-api-annotation": {"family": "ListCards", "revision": 2}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			n, err := strconv.Atoi(revisionOf(op))
			if suffix := "V" + strconv.Itoa(n); err == nil && n >= 2 && op.ID != "" && !strings.HasSuffix(op.ID, suffix) {
				p.Report(op.Node.Get("operationId"), fmt.Sprintf("The operationId %s of revision %d does not end with %s.", quote(op.ID), n, quote("_"+suffix)))
			}
		}
	},
}

var operationStatusAheadOfConnector = &Rule{
	Name: "OperationStatusAheadOfConnector", Section: SectionOperations, Severity: finding.Error,
	Source:  versioningSource,
	Summary: "No operation is in Production while the connector is in Preview.",
	Why:     "An operation cannot be more finished than the connector that offers it.",
	Fix:     "Remove the status of the operation, or set that of the connector to Production when it has left preview.",
	Wrong:   `{"info": {"x-ms-api-annotation": {"status": "Preview"}}} with an operation {"x-ms-api-annotation": {"status": "Production"}}`,
	Right:   `{"info": {"x-ms-api-annotation": {"status": "Preview"}}} with an operation {"x-ms-api-annotation": {"status": "Preview"}}`,
	Check: func(p *Pass) {
		if p.Definition.Info().At(annotation, "status").String() != "Preview" {
			return
		}
		for _, op := range p.Definition.Operations {
			if status := op.Node.At(annotation, "status"); status.String() == "Production" {
				p.Report(status, fmt.Sprintf("The operation %s is in Production, but the connector is in Preview.", quote(op.ID)))
			}
		}
	},
}
