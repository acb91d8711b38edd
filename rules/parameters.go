package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// parametersSource is the chapter of the official page about parameters.
const parametersSource = officialSource + "#parameters"

func parameterRules() []*Rule {
	return []*Rule{
		fileParameterMustBeInFormData, parameterListContainsFormDataAndBody, pathParameterMissingEncoding,
		queryParameterEncodingNotSupported, reservedParameterIsUsed, bodyParameterPropertyNotValid,
		bodyParameterSchemaRequired, nonBodyParameterSchemaNotValid, allowEmptyValueOnlyValidForQueryFormData,
		internalPropertyWithDefaultOptional,
	}
}

// everyParameter returns the parameters of all operations and the shared ones that nobody uses, each object once.
func everyParameter(p *Pass) []*connector.Parameter {
	return Shared(p, "every parameter", func() []*connector.Parameter {
		var out []*connector.Parameter
		seen := map[*connector.Node]bool{}
		for _, param := range listedParameters(p) {
			seen[param.Node] = true
			out = append(out, param.Parameter)
		}
		for node := range p.Definition.Root.Get("parameters").Members {
			if !seen[node] && node.IsObject() && !node.Get("$ref").Exists() {
				out = append(out, &connector.Parameter{
					Use: node, Node: node, Name: node.Get("name").String(), In: node.Get("in").String(), Required: node.Get("required").Bool(),
				})
			}
		}
		return out
	})
}

var fileParameterMustBeInFormData = &Rule{
	Name: "FileParameterMustBeInFormData", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "A parameter of type file is sent as form data.",
	Why:     "A file fits neither into a path, a query nor a header.",
	Fix:     `Write "in": "formData" and let the operation consume multipart/form-data; for a raw file use a body of type string and format binary.`,
	Wrong:   `{"name": "attachment", "in": "query", "type": "file"}`,
	Right:   `{"name": "attachment", "in": "formData", "type": "file"}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.Node.Get("type").String() == "file" && param.In != "formData" {
				p.Report(param.Node, fmt.Sprintf("The file parameter %s is in %s.", quote(param.Name), quote(param.In)))
			}
		}
	},
}

var parameterListContainsFormDataAndBody = &Rule{
	Name: "ParameterListContainsFormDataAndBody", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "No operation has both a body and form data.",
	Why:     "A request has one body: it is either JSON or a form.",
	Fix:     "Move the form fields into the body's schema, or the body's properties into form fields.",
	Wrong:   `[{"name": "body", "in": "body"}, {"name": "file", "in": "formData", "type": "file"}]`,
	Right:   `[{"name": "title", "in": "formData", "type": "string"}, {"name": "file", "in": "formData", "type": "file"}]`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			body, form := op.Body(), (*connector.Parameter)(nil)
			for _, param := range op.Parameters {
				if param.In == "formData" {
					form = param
				}
			}
			if body == nil || form == nil {
				continue
			}
			at := op.Node.Get("parameters")
			if !at.IsArray() {
				at = op.Node
			}
			p.Report(at, fmt.Sprintf("The operation %s has the body %s and the form field %s.", quote(op.ID), quote(body.Name), quote(form.Name)))
		}
	},
}

var pathParameterMissingEncoding = &Rule{
	Name: "PathParameterMissingEncoding", Section: SectionParameters, Severity: finding.Warning,
	Source:  parametersSource + "; pull request 1095 of microsoft/PowerPlatformConnectors",
	Summary: "Every path parameter says how its value is encoded.",
	Why:     "A slash, a blank or a question mark in the value changes the address, and the request goes elsewhere.",
	Fix:     `Add "x-ms-url-encoding": "single".`,
	Wrong:   `{"name": "boardId", "in": "path", "required": true, "type": "string"}`,
	Right:   `{"name": "boardId", "in": "path", "required": true, "type": "string", "x-ms-url-encoding": "single"}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.In == "path" && param.Node.Get("x-ms-url-encoding") == nil {
				p.Report(param.Node, fmt.Sprintf("The path parameter %s does not say how it is encoded.", quote(param.Name)), Member("x-ms-url-encoding"))
			}
		}
	},
}

var queryParameterEncodingNotSupported = &Rule{
	Name: "QueryParameterEncodingNotSupported", Section: SectionParameters, Severity: finding.Warning,
	Source:  parametersSource,
	Summary: "No query parameter sets an encoding.",
	Why:     "The platform encodes the values of a query once, whatever the extension says.",
	Fix:     `Remove "x-ms-url-encoding"; it is for path parameters.`,
	Wrong:   `{"name": "label", "in": "query", "type": "string", "x-ms-url-encoding": "single"}`,
	Right:   `{"name": "label", "in": "query", "type": "string"}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if encoding := param.Node.Get("x-ms-url-encoding"); param.In == "query" && encoding.Exists() {
				p.Report(encoding, fmt.Sprintf("The query parameter %s sets an encoding, which has no effect.", quote(param.Name)))
			}
		}
	},
}

var reservedParameterIsUsed = &Rule{
	Name: "ReservedParameterIsUsed", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource + "; the portal refuses to save a connector that has one",
	Summary: "No parameter is the header Authorization.",
	Why:     "The platform sets this header from the connection. A parameter of the same name would show the credentials in every flow.",
	Fix:     "Remove the parameter, and describe the credentials in securityDefinitions and apiProperties.json.",
	Wrong:   `{"name": "Authorization", "in": "header", "type": "string"}`,
	Right:   `{"securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "Authorization"}}}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.In == "header" && strings.EqualFold(strings.TrimSpace(param.Name), "authorization") {
				p.Report(param.Node, fmt.Sprintf("The header %s is reserved for the connection.", quote(param.Name)))
			}
		}
	},
}

// simpleKeywords describe the value of a parameter outside of the body.
func simpleKeywords() []string {
	return []string{
		"type", "format", "items", "collectionFormat", "default", "enum", "pattern", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum",
		"maxLength", "minLength", "maxItems", "minItems", "uniqueItems", "multipleOf",
	}
}

var bodyParameterPropertyNotValid = &Rule{
	Name: "BodyParameterPropertyNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A body is described by its schema alone.",
	Why:     "Beside in: body, a type, a default or an enum has no meaning in Swagger 2.0.",
	Fix:     "Move the property into the body's schema.",
	Wrong:   `{"name": "body", "in": "body", "type": "object", "schema": {"type": "object"}}`,
	Right:   `{"name": "body", "in": "body", "schema": {"type": "object"}}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.In != "body" {
				continue
			}
			for member := range param.Node.Members {
				if slices.Contains(simpleKeywords(), member.Key()) {
					p.Report(member, fmt.Sprintf("The body parameter %s has %s beside its schema.", quote(param.Name), quote(member.Key())))
				}
			}
		}
	},
}

var bodyParameterSchemaRequired = &Rule{
	Name: "BodyParameterSchemaRequired", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "A body parameter has a schema.",
	Why:     "Without a schema the designer has no fields to show, and no request can be built.",
	Fix:     `Add "schema" with the properties of the body.`,
	Wrong:   `{"name": "body", "in": "body", "required": true}`,
	Right:   `{"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Card"}}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.In == "body" && param.Node.Get("schema") == nil {
				p.Report(param.Node, fmt.Sprintf("The body parameter %s has no schema.", quote(param.Name)))
			}
		}
	},
}

var nonBodyParameterSchemaNotValid = &Rule{
	Name: "NonBodyParameterSchemaNotValid", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "Only a body parameter has a schema.",
	Why:     "A value in a path, a query, a header or a form is described beside its name; a schema there is OpenAPI 3.",
	Fix:     "Replace the schema by its type, format and enum.",
	Wrong:   `{"name": "label", "in": "query", "schema": {"type": "string"}}`,
	Right:   `{"name": "label", "in": "query", "type": "string"}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if schema := param.Node.Get("schema"); schema.Exists() && param.In != "body" && param.In != "" {
				p.Report(schema, fmt.Sprintf("The parameter %s is in %s and has a schema.", quote(param.Name), quote(param.In)))
			}
		}
	},
}

var allowEmptyValueOnlyValidForQueryFormData = &Rule{
	Name: "AllowEmptyValueOnlyValidForQueryFormData", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "Only query and form parameters set allowEmptyValue.",
	Why:     "A path, a header or a body cannot be sent by name alone.",
	Fix:     `Remove "allowEmptyValue".`,
	Wrong:   `{"name": "boardId", "in": "path", "required": true, "type": "string", "allowEmptyValue": true}`,
	Right:   `{"name": "archived", "in": "query", "type": "boolean", "allowEmptyValue": true}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if keyword := param.Node.Get("allowEmptyValue"); keyword.Exists() && param.In != "query" && param.In != "formData" {
				p.Report(keyword, fmt.Sprintf("The parameter %s is in %s and sets allowEmptyValue.", quote(param.Name), quote(param.In)))
			}
		}
	},
}

var internalPropertyWithDefaultOptional = &Rule{
	Name: "InternalPropertyWithDefaultOptional", Section: SectionProperties, Severity: finding.Warning,
	Source:  propertiesSource,
	Summary: "An internal parameter with a default is required.",
	Why:     "Makers never see it, and the platform sends the default of required parameters only: the API does not get the value.",
	Fix:     `Add "required": true, or remove the parameter when the API does not need it.`,
	Wrong:   `{"name": "format", "in": "query", "type": "string", "default": "json", "x-ms-visibility": "internal"}`,
	Right:   `{"name": "format", "in": "query", "type": "string", "default": "json", "x-ms-visibility": "internal", "required": true}`,
	Check: func(p *Pass) {
		for _, param := range everyParameter(p) {
			if param.In != "body" && param.Internal() && !param.Required && param.Node.Get("default").Exists() {
				p.Report(param.Node, fmt.Sprintf("The parameter %s is internal and has a default, but is not required.", quote(param.Name)))
			}
		}
	},
}
