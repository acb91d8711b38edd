package rules

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// responseSource is the chapter of the official page about responses.
const responseSource = officialSource + "#response"

func responseRules() []*Rule {
	return []*Rule{
		defaultResponseHasSchema, schemaDefinitionSetIncorrectly, responseMustBeDefaultOrHTTPStatusCode,
		responseHeadersAreNotUnique, responseExampleMustBeProducedByOperation,
	}
}

var defaultResponseHasSchema = &Rule{
	Name: "DefaultResponseHasSchema", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.4.2",
	Source:  responseSource + "; pull requests 1021, 3810, 3841 and 4181 of microsoft/PowerPlatformConnectors",
	Summary: "The default response has no schema.",
	Why:     "It stands for whatever is not expected, errors above all; makers would get the fields of an error as the output of the action.",
	Fix:     `Move the schema to the response that succeeds, such as "200", and remove it here.`,
	Wrong:   `{"default": {"description": "OK", "schema": {"$ref": "#/definitions/Card"}}}`,
	Right:   `{"200": {"description": "OK", "schema": {"$ref": "#/definitions/Card"}}, "default": {"description": "The request failed."}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			response := op.Response("default")
			if response == nil || !response.Schema().Exists() {
				continue
			}
			if schema := response.Schema(); schema.IsObject() && schema.Len() == 0 {
				p.Report(response.Use, "The default response has an empty schema.", As(finding.Warning), Hint(`Remove "schema".`))
				continue
			}
			p.Report(response.Use, "The default response has a schema.")
		}
	},
}

var schemaDefinitionSetIncorrectly = &Rule{
	Name: "SchemaDefinitionSetIncorrectly", Section: SectionResponse, Severity: finding.Warning, Policy: "5000.2.4.1",
	Source:  responseSource,
	Summary: "The response 200 or 201 of an operation that makers see has a schema; that of a webhook stands in its notification.",
	Why:     "Without it the action has no outputs: a later step cannot use what the API answered.",
	Fix:     "Add the schema of the body to the response 200 or 201. An operation that answers nothing should declare 204.",
	Wrong:   `{"200": {"description": "OK"}}`,
	Right:   `{"200": {"description": "OK", "schema": {"$ref": "#/definitions/Card"}}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if op.Internal() || len(op.Responses) == 0 || slices.Contains([]string{http.MethodDelete, http.MethodHead, http.MethodOptions}, op.Method) {
				continue
			}
			if op.Notification.Get("schema").Exists() || !answersWithoutSchema(op) {
				continue
			}
			at := op.Node.Get("responses")
			if op.Notification == nil && callbackCounts(p)[op] > 0 {
				continue // OperationMustHaveNotificationContentExtension tells
			}
			if op.Trigger == connector.Webhook {
				p.Report(at, fmt.Sprintf("The notification of the webhook %s has no schema.", quote(op.ID)),
					Hint("Describe what the API posts, in x-ms-notification-content of the path."))
				continue
			}
			p.Report(at, fmt.Sprintf("The operation %s has no schema on the response 200 or 201.", quote(op.ID)))
		}
	},
}

// answersWithoutSchema reports whether no success of an operation has a
// schema, though one should, and no other rule names the cause: a missing
// success, or a schema on the default response.
func answersWithoutSchema(op *connector.Operation) bool {
	success := false
	for _, response := range op.Responses {
		switch response.Code {
		case "200", "201":
			if response.Schema().Exists() || response.Node == nil {
				return false
			}
		case "202", "204":
			return false
		case "default":
			if response.Schema().Len() > 0 {
				return false
			}
		}
		success = success || response.IsSuccess() || response.Code == "default"
	}
	return success
}

var responseMustBeDefaultOrHTTPStatusCode = &Rule{
	Name: "ResponseMustBeDefaultOrHttpStatusCode", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "Every response is named by an HTTP status or default.",
	Why:     "The platform matches the status of an answer with these names; Swagger 2.0 knows no ranges such as 2XX.",
	Fix:     "Name each response by its three digits, or default.",
	Wrong:   `{"2XX": {"description": "OK"}}`,
	Right:   `{"200": {"description": "OK"}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			for _, response := range op.Responses {
				if response.Code != "default" && !isStatus(response.Code) {
					p.Report(response.Use, quote(response.Code)+" is neither an HTTP status nor default.")
				}
			}
		}
	},
}

// isStatus reports whether code is an HTTP status, 100 to 599.
func isStatus(code string) bool {
	return len(code) == 3 && code[0] >= '1' && code[0] <= '5' && code[1] >= '0' && code[1] <= '9' && code[2] >= '0' && code[2] <= '9'
}

// eachResponse visits every response object once, where it stands.
func eachResponse(p *Pass, visit func(response *connector.Node, op *connector.Operation)) {
	for _, op := range p.Definition.Operations {
		for response := range op.Node.Get("responses").Members {
			visit(response, op)
		}
	}
	for response := range p.Definition.Root.Get("responses").Members {
		visit(response, nil)
	}
}

var responseHeadersAreNotUnique = &Rule{
	Name: "ResponseHeadersAreNotUnique", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "No response declares a header twice, compared in any case.",
	Why:     "Names of headers are the same in any case: the two are one header with two descriptions.",
	Fix:     "Remove one of the two.",
	Wrong:   `"headers": {"Location": {"type": "string"}, "location": {"type": "string"}}`,
	Right:   `"headers": {"Location": {"type": "string"}}`,
	Check: func(p *Pass) {
		eachResponse(p, func(response *connector.Node, _ *connector.Operation) {
			seen := map[string]string{}
			for header := range response.Get("headers").Members {
				fold := strings.ToLower(header.Key())
				if first, there := seen[fold]; there {
					p.Report(header, fmt.Sprintf("The header %s is declared already, as %s.", quote(header.Key()), quote(first)))
					continue
				}
				seen[fold] = header.Key()
			}
		})
	},
}

var responseExampleMustBeProducedByOperation = &Rule{
	Name: "ResponseExampleMustBeProducedByOperation", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "An example of a response has a MIME type that the operation produces.",
	Why:     "An example of an answer that never comes misleads, and the name of an example must be a MIME type.",
	Fix:     `Name the example by a MIME type in "produces", or add that type there.`,
	Wrong:   `{"produces": ["application/json"], "responses": {"200": {"examples": {"text/xml": "<card/>"}}}}`,
	Right:   `{"produces": ["application/json"], "responses": {"200": {"examples": {"application/json": {"id": "c1"}}}}}`,
	Check: func(p *Pass) {
		eachResponse(p, func(response *connector.Node, op *connector.Operation) {
			if op == nil || len(op.Produces) == 0 {
				return
			}
			for example := range response.Get("examples").Members {
				if !slices.ContainsFunc(op.Produces, func(produced string) bool { return strings.EqualFold(produced, example.Key()) }) {
					p.Report(example, fmt.Sprintf("The operation %s does not produce %s.", quote(op.ID), quote(example.Key())))
				}
			}
		})
	},
}
