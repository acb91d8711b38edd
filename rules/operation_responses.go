package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func operationResponseRules() []*Rule {
	return []*Rule{
		operationsMissing, operationMustHaveResponse, operationShouldHaveSuccessfulResponse, operationHasManyResponsesWithSchema, invalidNextLinkNameValue,
	}
}

var operationsMissing = &Rule{
	Name: "OperationsMissing", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.4.5",
	Source:  certificationSource + "; no connector of 1,027 is without",
	Summary: "The definition has operations.",
	Why:     "A connector without actions and triggers has nothing that makers could use or reviewers could try.",
	Fix:     "Add the operations of the API to paths.",
	Wrong:   `{"swagger": "2.0", "paths": {}}`,
	Right:   `{"swagger": "2.0", "paths": {"/cards": {"get": {"operationId": "ListCards", …}}}}`,
	Check: func(p *Pass) {
		if paths := p.Definition.Root.Get("paths"); paths.IsObject() && paths.Len() == 0 && !p.Definition.Cut && connector.FormatOf(p.Definition.Root) == connector.FormatSwagger2 {
			p.Report(paths, "The definition has no operations.")
		}
	},
}

// subscribes reports whether the operation registers a webhook: it is a trigger
// whose path describes the notification.
func subscribes(op *connector.Operation) bool {
	return op.Node.Get("x-ms-trigger").Exists() && op.Notification.Exists()
}

var operationMustHaveResponse = &Rule{
	Name: "OperationMustHaveResponse", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.4.5",
	Source:  operationsSource + "; a warning for webhook triggers, which are published without responses",
	Summary: "Every operation declares at least one response.",
	Why:     "Without one the designer has nothing to offer to the next step, and reviewers refuse the operation as empty.",
	Fix:     `Declare what the API answers, for example "200" with its schema, or "204" with a description.`,
	Wrong:   `{"operationId": "ListCards", "responses": {}}`,
	Right:   `{"operationId": "ListCards", "responses": {"200": {"description": "The cards.", "schema": {"$ref": "#/definitions/Cards"}}}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			responses := op.Node.Get("responses")
			if len(op.Responses) > 0 || responses != nil && !responses.IsObject() {
				continue
			}
			at, severity := responses, finding.Error
			if responses == nil {
				at = op.Node
			}
			if subscribes(op) {
				severity = finding.Warning
			}
			p.Report(at, fmt.Sprintf("The operation %s declares no response.", quote(op.ID)), As(severity))
		}
	},
}

var operationShouldHaveSuccessfulResponse = &Rule{
	Name: "OperationShouldHaveSuccessfulResponse", Section: SectionOperations, Severity: finding.Warning, Policy: "5000.2.4.5",
	Source:  operationsSource + "; a default response counts as successful",
	Summary: "Every operation declares a successful response (2xx).",
	Why:     "The designer takes the outputs of an action from its successful response.",
	Fix:     `Declare the success that the API answers with: "200", "201", "202" or "204".`,
	Wrong:   `{"responses": {"400": {"description": "Bad request."}}}`,
	Right:   `{"responses": {"200": {"description": "The card."}, "400": {"description": "Bad request."}}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			// ResponseMustBeDefaultOrHttpStatusCode tells of a name such as "200 OK".
			if len(op.Responses) == 0 || succeeds(op) || slices.ContainsFunc(op.Responses, func(r *connector.Response) bool { return len(r.Code) > 3 && r.Code[0] == '2' }) {
				continue
			}
			responses := op.Node.Get("responses")
			switch {
			case op.Response("default") == nil:
				p.Report(responses, fmt.Sprintf("The operation %s declares no successful response.", quote(op.ID)))
			case len(op.Responses) == 1:
				p.Report(responses, fmt.Sprintf("The default response of the operation %s is its only one. Certification accepts it as the successful one.", quote(op.ID)), As(finding.Info))
			}
		}
	},
}

func succeeds(op *connector.Operation) bool {
	for _, response := range op.Responses {
		if response.IsSuccess() || strings.EqualFold(response.Code, "2XX") {
			return true
		}
	}
	return false
}

var operationHasManyResponsesWithSchema = &Rule{
	Name: "OperationHasManyResponsesWithSchema", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "One response of an operation has a schema.",
	Why:     "The designer uses one schema only: fields of the others cannot be chosen in a flow.",
	Fix:     "Keep the schema of the response that the API normally answers with, and remove the others.",
	Wrong:   `{"200": {"schema": {"$ref": "#/definitions/Card"}}, "202": {"schema": {"$ref": "#/definitions/Job"}}}`,
	Right:   `{"200": {"schema": {"$ref": "#/definitions/Card"}}, "202": {"description": "The job was accepted."}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			var successes, failures []string
			for _, response := range op.Responses {
				switch {
				case !response.Schema().Exists() || response.Code == "default": // DefaultResponseHasSchema judges that one
				case response.IsSuccess():
					successes = append(successes, response.Code)
				default:
					failures = append(failures, response.Code)
				}
			}
			responses := op.Node.Get("responses")
			switch {
			case len(successes) > 1:
				p.Report(responses, fmt.Sprintf("The successful responses %s of the operation %s all have a schema; the designer uses one.",
					strings.Join(successes, ", "), quote(op.ID)))
			case len(successes)+len(failures) > 1:
				p.Report(responses, fmt.Sprintf("The designer uses one schema of the operation %s; those of %s have no effect.",
					quote(op.ID), strings.Join(failures[min(1-len(successes), len(failures)):], ", ")), As(finding.Info))
			}
		}
	},
}

var invalidNextLinkNameValue = &Rule{
	Name: "InvalidNextLinkNameValue", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: `x-ms-pageable names "nextLink" or "@odata.nextLink".`,
	Why:     "The platform looks for the address of the next page under these two names only, spelt exactly so: other pages are never fetched.",
	Fix:     `Set nextLinkName to "nextLink" or "@odata.nextLink", and have the response carry the address under it (script or policy).`,
	Wrong:   `{"x-ms-pageable": {"nextLinkName": "next"}}`,
	Right:   `{"x-ms-pageable": {"nextLinkName": "nextLink"}}`,
	Check: func(p *Pass) {
		known := []string{"nextLink", "@odata.nextLink"}
		for _, op := range p.Definition.Operations {
			name := op.Node.At("x-ms-pageable", "nextLinkName")
			if name.IsString() && name.Text() != known[0] && name.Text() != known[1] {
				p.Report(name, fmt.Sprintf("The nextLinkName %s of the operation %s is not one of %s.", quote(name.Text()), quote(op.ID), listed(known)), meant(name.Text(), known))
			}
		}
	},
}
