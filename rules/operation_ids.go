package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// operationsSource is the chapter of the official page about operations.
const operationsSource = officialSource + "#operations"

func operationIDRules() []*Rule {
	return []*Rule{
		operationIDRequired, operationIDNotUnique, operationIDSanitized, operationIDTooLong,
		operationSummaryTooLong, restrictedCharactersInSummary,
		totalOperationsCountExceedsMaxAllowed, operationSchemaCountExceedsMaxAllowed,
	}
}

var operationIDRequired = &Rule{
	Name: "OperationIdRequired", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "Every operation has an operationId.",
	Why:     "Flows store the operationId of the action they call. Without one the platform cannot offer the operation at all.",
	Fix:     "Give the operation an operationId in PascalCase that never changes again, such as ListCards.",
	Wrong:   `{"get": {"summary": "List cards"}}`,
	Right:   `{"get": {"operationId": "ListCards", "summary": "List cards"}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if id := op.Node.Get("operationId"); strings.TrimSpace(id.String()) == "" && (id == nil || id.IsString() || id.Kind() == connector.Null) {
				p.Report(op.Node, fmt.Sprintf("The operation %s %s has no operationId.", op.Method, op.Path))
			}
		}
	},
}

var operationIDNotUnique = &Rule{
	Name: "OperationIdNotUnique", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "No two operations have the same operationId, compared in any case.",
	Why:     "An operationId is the key of the operation in every flow: of two equal ones, one disappears from the designer.",
	Fix:     "Rename the operation that is newer or less used; flows keep the id they were built with.",
	Wrong:   `"/cards": {"get": {"operationId": "GetCards"}}, "/boards": {"get": {"operationId": "getCards"}}`,
	Right:   `"/cards": {"get": {"operationId": "GetCards"}}, "/boards": {"get": {"operationId": "GetBoards"}}`,
	Check: func(p *Pass) {
		first := map[string]*connector.Operation{}
		for _, op := range p.Definition.Operations {
			if op.ID == "" {
				continue
			}
			fold := strings.ToLower(op.ID)
			if other := first[fold]; other != nil {
				p.Report(op.Node.Get("operationId"), fmt.Sprintf("The operationId %s is already used by %s %s%s.",
					quote(op.ID), other.Method, other.Path, sameLetters(op.ID, other.ID)))
				continue
			}
			first[fold] = op
		}
	},
}

// sameLetters tells how the other name is written when it differs in case only.
func sameLetters(name, other string) string {
	if name == other {
		return ""
	}
	return " as " + quote(other)
}

var operationIDSanitized = &Rule{
	Name: "OperationIdSanitized", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "An operationId consists of letters, digits and underscores.",
	Why:     "The platform replaces every other character, so makers and formulas see another name than the one you published.",
	Fix:     "Use letters and digits only, in PascalCase, before the connector is published; renaming it later breaks flows.",
	Wrong:   `{"operationId": "list-cards"}`,
	Right:   `{"operationId": "ListCards"}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if clean := sanitized(op.ID); clean != op.ID {
				p.Report(op.Node.Get("operationId"), fmt.Sprintf("The operationId %s differs from its sanitized value %s.", quote(op.ID), quote(clean)),
					Hint("Use letters and digits only, for example %s, before the connector is published.", quote(pascalCase(op.ID))))
			}
		}
	},
}

func isWordCharacter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

// sanitized puts an underscore in the place of what an operationId should not hold.
func sanitized(id string) string {
	return strings.Map(func(r rune) rune {
		if isWordCharacter(r) {
			return r
		}
		return '_'
	}, id)
}

// pascalCase joins the words of an identifier, each with a capital.
func pascalCase(id string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(id, func(r rune) bool { return !isWordCharacter(r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// maxOperationID is the length at which an operationId is reported. The
// validator's own constant is unknown; the longest published one has 77 characters.
const maxOperationID = 80

var operationIDTooLong = &Rule{
	Name: "OperationIdTooLong", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "An operationId is shorter than 80 characters.",
	Why:     "Names of actions in flows are derived from it, and those are limited in length.",
	Fix:     "Shorten the operationId before the connector is published: a verb and a noun are enough.",
	Wrong:   `{"operationId": "RetrieveTheListOfAllCardsOfABoardThatTheUserMaySeeFilteredByLabelAndSortedByDateOfChange"}`,
	Right:   `{"operationId": "ListCards"}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if n := len([]rune(op.ID)); n >= maxOperationID {
				p.Report(op.Node.Get("operationId"), fmt.Sprintf("The operationId %s has %d characters; it should have fewer than %d.", quote(op.ID), n, maxOperationID))
			}
		}
	},
}

// maxReadableSummary is the length at which the validator calls a summary hard
// to read. What exceeds 80 is an error of FieldLengthExceeded before that.
const maxReadableSummary = 120

var operationSummaryTooLong = &Rule{
	Name: "OperationSummaryTooLong", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "An operation's summary is shorter than 120 characters.",
	Why:     "The summary is the name of the action in the designer, which cuts long ones. Anything over 80 characters is refused besides.",
	Fix:     "Shorten the summary to a few words, at most 80 characters, and move the rest to the description.",
	Wrong:   `{"summary": "Retrieve the list of all cards of a board that the signed-in user may see, filtered by label and sorted by the date of change"}`,
	Right:   `{"summary": "List cards"}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			summary := op.Node.Get("summary")
			if n := len([]rune(summary.String())); n >= maxReadableSummary {
				p.Report(summary, fmt.Sprintf("The summary has %d characters; it should have fewer than %d to be readable.", n, maxReadableSummary))
			}
		}
	},
}

// notInSummary are the characters that a summary must not hold, in the order the validator prints them.
const notInSummary = `/\<>*%&?`

var restrictedCharactersInSummary = &Rule{
	Name: "RestrictedCharactersInSummary", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource + "; pull request 1095 of microsoft/PowerPlatformConnectors",
	Summary: `An operation's summary holds none of / \ < > * % & ?.`,
	Why:     "Certification refuses such summaries, those of internal operations included: they become names of actions, where these characters are not allowed.",
	Fix:     `Write the word instead: "and" for &, "or" for /, "percent" for %.`,
	Wrong:   `{"summary": "Create / update card"}`,
	Right:   `{"summary": "Create or update card"}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			summary := op.Node.Get("summary")
			if found := restricted(summary.String()); found != "" {
				p.Report(summary, fmt.Sprintf("The summary %s holds %s, which is not allowed there.", quote(summary.String()), found))
			}
		}
		for _, param := range listedParameters(p) {
			summary := param.Node.Get("x-ms-summary")
			if found := restricted(summary.String()); found != "" {
				p.Report(summary, fmt.Sprintf("The x-ms-summary %s holds %s. Certification accepts it here, but not in the summary of an operation.",
					quote(summary.String()), found), As(finding.Info))
			}
		}
	},
}

// restricted lists the characters of a summary that are not allowed, "" when there are none.
func restricted(summary string) string {
	var found []string
	for _, r := range notInSummary {
		if strings.ContainsRune(summary, r) {
			found = append(found, string(r))
		}
	}
	return strings.Join(found, " and ")
}

// The platform's limits for one definition.
const (
	maxOperations       = 256
	maxOperationSchemas = 16_384
)

var totalOperationsCountExceedsMaxAllowed = &Rule{
	Name: "TotalOperationsCountExceedsMaxAllowed", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource + "; https://learn.microsoft.com/connectors/custom-connectors/faq",
	Summary: "A definition has at most 256 operations.",
	Why:     "The platform refuses to import larger ones, and nobody finds an action among more.",
	Fix:     "Remove operations that no flow needs, or split the API into several connectors.",
	Wrong:   "a definition with 300 operations",
	Right:   "two definitions with 150 operations each",
	Check: func(p *Pass) {
		if n := len(p.Definition.Operations); n > maxOperations {
			p.Report(p.Definition.Root.Get("paths"), fmt.Sprintf("The definition has %d operations; at most %d are allowed.", n, maxOperations))
		}
	},
}

var operationSchemaCountExceedsMaxAllowed = &Rule{
	Name: "OperationSchemaCountExceedsMaxAllowed", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource + "; https://learn.microsoft.com/connectors/custom-connectors/faq",
	Summary: "An operation has at most 16,384 schemas, references followed.",
	Why:     "The platform copies every referenced definition into the operation; it gives up beyond this number.",
	Fix:     "Remove properties that makers do not need, and answer with ids instead of whole nested objects.",
	Wrong:   "a response whose definitions refer to each other many levels deep",
	Right:   "a response of the fields that a flow uses",
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			total := 0
			for _, param := range op.Parameters {
				if param.In == "body" {
					total += expandedSchemas(p, param.Schema())
				}
			}
			for _, response := range op.Responses {
				total += expandedSchemas(p, response.Schema())
			}
			total += expandedSchemas(p, op.Notification.Get("schema"))
			if total > maxOperationSchemas {
				p.Report(op.Node, fmt.Sprintf("The operation %s has %s schemas when references are followed; at most %d are allowed.",
					quote(op.ID), atMost(total), maxOperationSchemas))
			}
		}
	},
}
