package rules

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func operationParameterRules() []*Rule {
	return []*Rule{
		operationMissingPathParameter, pathParameterMustBeRequired, pathParameterNotDefinedInTemplate,
		operationParametersAreNotUnique, operationParametersContainDuplicateParameter, pathParametersContainDuplicateParameter,
		operationParametersContainMultipleBodyParameters, pathParametersContainMultipleBodyParameters,
		connectionIDParameterNotAllowed, invalidFormDataParameterName, bodyOrFormDataParameterInFetchOperationNotAllowed,
	}
}

var operationMissingPathParameter = &Rule{
	Name: "OperationMissingPathParameter", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "An operation declares a parameter for every variable of its path.",
	Why:     "The variable cannot be replaced: the request goes out with braces in its address.",
	Fix:     `Declare the parameter in the operation or at the path, with "in": "path" and "required": true.`,
	Wrong:   `"/boards/{boardId}": {"get": {"parameters": []}}`,
	Right:   `"/boards/{boardId}": {"get": {"parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}]}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			t := templateOf(p, op)
			if !t.valid || unresolved(op) {
				continue
			}
			declared := namesIn(op, "path")
			for i, name := range t.variables {
				if slices.Contains(declared, name) || slices.Contains(t.variables[:i], name) {
					continue
				}
				options := []Option{meant(name, declared)}
				if other := op.Parameter(name); other != nil {
					options = []Option{Hint(`The parameter %s is declared in %s; declare it with "in": "path" and "required": true.`, quote(name), quote(other.In))}
				}
				p.Report(op.Node, fmt.Sprintf("The operation %s does not define the parameter %s, which its path %s requires.", quote(op.ID), quote(name), quote(op.Path)), options...)
			}
		}
	},
}

// unresolved reports whether a parameter of the operation refers to nothing:
// then it cannot be told which parameters it has.
func unresolved(op *connector.Operation) bool {
	return slices.ContainsFunc(op.Parameters, func(param *connector.Parameter) bool { return param.Node == nil })
}

func namesIn(op *connector.Operation, in string) []string {
	var names []string
	for _, param := range op.Parameters {
		if param.In == in {
			names = append(names, param.Name)
		}
	}
	return names
}

var pathParameterMustBeRequired = &Rule{
	Name: "PathParameterMustBeRequired", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: `A path parameter is "required": true.`,
	Why:     "Without a value there is no address to call.",
	Fix:     `Add "required": true.`,
	Wrong:   `{"name": "boardId", "in": "path", "type": "string"}`,
	Right:   `{"name": "boardId", "in": "path", "required": true, "type": "string"}`,
	Check: func(p *Pass) {
		for _, param := range listedParameters(p) {
			if required := param.Node.Get("required"); param.In == "path" && !required.Bool() && (required == nil || required.Kind() == connector.Bool) {
				p.Report(param.Node, fmt.Sprintf("The path parameter %s is not marked as required.", quote(param.Name)))
			}
		}
	},
}

var pathParameterNotDefinedInTemplate = &Rule{
	Name: "PathParameterNotDefinedInTemplate", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "Every path parameter is a variable of the path, written alike.",
	Why:     "The value that the maker enters is sent nowhere.",
	Fix:     "Add the name in braces to the path, or remove the parameter.",
	Wrong:   `"/boards/{boardId}": {"parameters": [{"name": "boardID", "in": "path", "required": true, "type": "string"}]}`,
	Right:   `"/boards/{boardId}": {"parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}]}`,
	Check: func(p *Pass) {
		seen := map[*connector.Node]bool{}
		for _, op := range p.Definition.Operations {
			t := templateOf(p, op)
			for _, param := range op.Parameters {
				if !t.valid || param.In != "path" || param.Name == "" || seen[param.Use] || slices.Contains(t.variables, param.Name) {
					continue
				}
				seen[param.Use] = true
				p.Report(param.Use, fmt.Sprintf("The path parameter %s is not a variable of the path %s.", quote(param.Name), quote(op.Path)), meant(param.Name, t.variables))
			}
		}
	},
}

var operationParametersAreNotUnique = &Rule{
	Name: "OperationParametersAreNotUnique", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "The parameters of an operation have different names, also when they stand in different locations.",
	Why:     "A flow stores inputs by name: two parameters of one name share one value.",
	Fix:     "Rename one of the two where the API allows it, or declare the one that is always the same as a policy.",
	Wrong:   `[{"name": "id", "in": "path"}, {"name": "id", "in": "query"}]`,
	Right:   `[{"name": "id", "in": "path"}, {"name": "version", "in": "query"}]`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			first := map[string]*connector.Parameter{}
			for _, param := range op.Parameters {
				other := first[param.Name]
				if other == nil {
					first[param.Name] = param
					continue
				}
				if param.Name == "" || param.In == other.In { // a repeat has its own rules
					continue
				}
				at := param.Use
				if param.FromPath {
					at = op.Node
				}
				p.Report(at, fmt.Sprintf("The operation %s has two parameters named %s, in %s and in %s.", quote(op.ID), quote(param.Name), other.In, param.In))
			}
		}
	},
}

var operationParametersContainDuplicateParameter = &Rule{
	Name: "OperationParametersContainDuplicateParameter", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "An operation lists no parameter twice.",
	Why:     "Which of the two declarations counts is undefined.",
	Fix:     "Remove one of the two declarations.",
	Wrong:   `[{"name": "top", "in": "query", "type": "integer"}, {"name": "top", "in": "query", "type": "string"}]`,
	Right:   `[{"name": "top", "in": "query", "type": "integer"}]`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			for _, param := range repeated(op) {
				p.Report(param.Use, fmt.Sprintf("The operation %s lists the parameter %s in %s more than once.", quote(op.ID), quote(param.Name), quote(param.In)))
			}
		}
	},
}

var pathParametersContainDuplicateParameter = &Rule{
	Name: "PathParametersContainDuplicateParameter", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "A path lists no parameter twice.",
	Why:     "Which of the two declarations counts is undefined, for every operation of the path.",
	Fix:     "Remove one of the two declarations.",
	Wrong:   `"/boards/{boardId}": {"parameters": [{"name": "boardId", "in": "path"}, {"name": "boardId", "in": "path"}]}`,
	Right:   `"/boards/{boardId}": {"parameters": [{"name": "boardId", "in": "path"}]}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			seen := map[[2]string]bool{}
			for use := range item.node.Get("parameters").Items {
				param := p.Definition.Resolve(use)
				id := [2]string{param.Get("name").String(), param.Get("in").String()}
				if seen[id] && id[0] != "" && id[1] != "body" {
					p.Report(use, fmt.Sprintf("The path %s lists the parameter %s in %s more than once.", quote(item.path), quote(id[0]), quote(id[1])))
				}
				seen[id] = true
			}
		}
	},
}

// repeated returns the operation's own parameters that repeat name and location
// of an earlier one. A second body is told by OperationParametersContainMultipleBodyParameters.
func repeated(op *connector.Operation) []*connector.Parameter {
	var out []*connector.Parameter
	seen := map[[2]string]bool{}
	for _, param := range op.Parameters {
		if param.FromPath || param.Name == "" || param.In == "body" {
			continue
		}
		id := [2]string{param.Name, param.In}
		if seen[id] {
			out = append(out, param)
		}
		seen[id] = true
	}
	return out
}

var operationParametersContainMultipleBodyParameters = &Rule{
	Name: "OperationParametersContainMultipleBodyParameters", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "An operation has at most one body parameter.",
	Why:     "A request has one body; the platform refuses a definition with two.",
	Fix:     "Make the two bodies properties of one object, as the API expects it.",
	Wrong:   `[{"name": "card", "in": "body"}, {"name": "options", "in": "body"}]`,
	Right:   `[{"name": "body", "in": "body", "schema": {"properties": {"card": {}, "options": {}}}}]`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			first := ""
			for _, param := range op.Parameters {
				switch {
				case param.In != "body":
				case first == "":
					first = param.Name
					if first == "" {
						first = "body"
					}
				case !param.FromPath:
					p.Report(param.Use, fmt.Sprintf("The operation %s has a second body parameter, %s.", quote(op.ID), quote(param.Name)))
				}
			}
		}
	},
}

var pathParametersContainMultipleBodyParameters = &Rule{
	Name: "PathParametersContainMultipleBodyParameters", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "A path has at most one body parameter.",
	Why:     "A request has one body; no operation of the path can be called.",
	Fix:     "Keep one body parameter, and declare it in the operations that send one.",
	Wrong:   `"/cards": {"parameters": [{"name": "card", "in": "body"}, {"name": "options", "in": "body"}]}`,
	Right:   `"/cards": {"post": {"parameters": [{"name": "card", "in": "body"}]}}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			bodies := 0
			for use := range item.node.Get("parameters").Items {
				if param := p.Definition.Resolve(use); param.Get("in").String() == "body" {
					if bodies++; bodies > 1 {
						p.Report(use, fmt.Sprintf("The path %s has a second body parameter, %s.", quote(item.path), quote(param.Get("name").String())))
					}
				}
			}
		}
	},
}

var connectionIDParameterNotAllowed = &Rule{
	Name: "ConnectionIdParameterNotAllowed", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "No parameter is named connectionId, in any case.",
	Why:     "The platform uses this name for the connection itself and overwrites the value.",
	Fix:     "Rename the parameter; when the API insists on the name, set it with a policy from a parameter of another name.",
	Wrong:   `{"name": "connectionId", "in": "query", "type": "string"}`,
	Right:   `{"name": "linkId", "in": "query", "type": "string"}`,
	Check: func(p *Pass) {
		for _, param := range listedParameters(p) {
			if strings.EqualFold(param.Name, "connectionId") {
				p.Report(param.Node.Get("name"), fmt.Sprintf("A parameter must not be named %s.", quote(param.Name)))
			}
		}
	},
}

var invalidFormDataParameterName = &Rule{
	Name: "InvalidFormDataParameterName", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "The names of form data parameters are US-ASCII.",
	Why:     "The name becomes part of a header within the body, where other characters are lost.",
	Fix:     "Use the letters a to z in the name; x-ms-summary may hold every letter.",
	Wrong:   `{"name": "Größe", "in": "formData", "type": "string"}`,
	Right:   `{"name": "size", "in": "formData", "type": "string", "x-ms-summary": "Größe"}`,
	Check: func(p *Pass) {
		for _, param := range listedParameters(p) {
			if param.In == "formData" && strings.ContainsFunc(param.Name, func(r rune) bool { return r > 127 }) {
				p.Report(param.Node.Get("name"), fmt.Sprintf("The name %s of the form data parameter holds characters beyond US-ASCII.", quote(param.Name)))
			}
		}
	},
}

var bodyOrFormDataParameterInFetchOperationNotAllowed = &Rule{
	Name: "BodyOrFormDataParameterInFetchOperationNotAllowed", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "GET and HEAD operations have neither a body nor form data.",
	Why:     "Gateways drop the body of such requests, and the platform refuses to save the operation.",
	Fix:     "Send the values as query parameters, or use POST where the API offers it.",
	Wrong:   `{"get": {"parameters": [{"name": "filter", "in": "body", "schema": {"type": "object"}}]}}`,
	Right:   `{"get": {"parameters": [{"name": "filter", "in": "query", "type": "string"}]}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if op.Method != http.MethodGet && op.Method != http.MethodHead {
				continue
			}
			for _, param := range op.Parameters {
				if param.In == "body" || param.In == "formData" {
					p.Report(param.Use, fmt.Sprintf("The %s operation %s has the parameter %s in %s.", op.Method, quote(op.ID), quote(param.Name), quote(param.In)))
				}
			}
		}
	},
}
