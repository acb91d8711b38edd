package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func operationPathRules() []*Rule {
	return []*Rule{
		operationPathMustStartWithSlash, operationPathContainsUnsupportedCharacters,
		operationPathMayNotContainQueryOrFragment, operationPathTemplateNotValid,
		operationPathVariablesContainDefaults, pathRedefined, duplicateOperationPath, partialDuplicateOperationPath,
	}
}

// pathItem is one member of paths.
type pathItem struct {
	node     *connector.Node
	path     string
	template template
}

// pathItems returns the members of paths that are not extensions.
func pathItems(p *Pass) []pathItem {
	return Shared(p, "path items", func() []pathItem {
		var out []pathItem
		for item := range p.Definition.Root.Get("paths").Members {
			if !strings.HasPrefix(item.Key(), "x-") {
				out = append(out, pathItem{item, item.Key(), parseTemplate(item.Key())})
			}
		}
		return out
	})
}

// templateOf returns the parsed template of an operation's path.
func templateOf(p *Pass, op *connector.Operation) template {
	byItem := Shared(p, "templates", func() map[*connector.Node]template {
		out := map[*connector.Node]template{}
		for _, item := range pathItems(p) {
			out[item.node] = item.template
		}
		return out
	})
	return byItem[op.PathItem]
}

var operationPathMustStartWithSlash = &Rule{
	Name: "OperationPathMustStartWithSlash", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "Every path begins with a slash.",
	Why:     "The path is appended to host and base path; without the slash the address is another one.",
	Fix:     "Begin the path with a slash.",
	Wrong:   `"paths": {"cards": {}}`,
	Right:   `"paths": {"/cards": {}}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			if !strings.HasPrefix(item.path, "/") {
				p.Report(item.node, fmt.Sprintf("The path %s does not begin with a slash.", quote(item.path)), Hint("Write it as %s.", quote("/"+item.path)))
			}
		}
	},
}

var operationPathContainsUnsupportedCharacters = &Rule{
	Name: "OperationPathContainsUnsupportedCharacters", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "No path holds the wildcard *.",
	Why:     "The gateway routes by fixed templates; a wildcard would catch the requests of other operations.",
	Fix:     "Name the varying part as a path parameter in braces.",
	Wrong:   `"/files/*": {}`,
	Right:   `"/files/{fileId}": {}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			if strings.Contains(item.path, "*") {
				p.Report(item.node, fmt.Sprintf("The path %s holds the wildcard character *.", quote(item.path)))
			}
		}
	},
}

var operationPathMayNotContainQueryOrFragment = &Rule{
	Name: "OperationPathMayNotContainQueryOrFragment", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "No path holds a query (?) or a fragment (#).",
	Why:     "A path template ends before the query; what stands behind ? or # is not matched and not sent.",
	Fix:     "Declare what follows the ? as query parameters; encode a ? or # that belongs to the path as %3F or %23.",
	Wrong:   `"/cards?archived=true": {}`,
	Right:   `"/cards": {"get": {"parameters": [{"name": "archived", "in": "query", "type": "boolean"}]}}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			if i := strings.IndexAny(item.path, "?#"); i >= 0 {
				part := "a query"
				if item.path[i] == '#' {
					part = "a fragment"
				}
				p.Report(item.node, fmt.Sprintf("The path %s holds %s: %s.", quote(item.path), part, quote(item.path[i:])))
			}
		}
	},
}

var operationPathTemplateNotValid = &Rule{
	Name: "OperationPathTemplateNotValid", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "The braces of a path enclose variables, each within one segment.",
	Why:     "The platform cannot tell which part of the path to replace.",
	Fix:     "Close every brace before the next slash and name the variable; encode a brace that belongs to the path as %7B or %7D.",
	Wrong:   `"/boards/{boardId/cards": {}`,
	Right:   `"/boards/{boardId}/cards": {}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			if !item.template.valid {
				p.Report(item.node, fmt.Sprintf("The braces of the path %s do not enclose a variable within one segment.", quote(item.path)))
			}
		}
	},
}

var operationPathVariablesContainDefaults = &Rule{
	Name: "OperationPathVariablesContainDefaults", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "The variables of a path set no default with =.",
	Why:     "Path templates have no defaults: the text would be taken for the variable's name.",
	Fix:     "Write the name alone in braces, and put the default on the parameter.",
	Wrong:   `"/boards/{boardId=main}": {}`,
	Right:   `"/boards/{boardId}": {"parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string", "default": "main"}]}`,
	Check: func(p *Pass) {
		for _, item := range pathItems(p) {
			if item.template.defaults {
				p.Report(item.node, fmt.Sprintf("The path %s sets a default for a variable.", quote(item.path)))
			}
		}
	},
}

var pathRedefined = &Rule{
	Name: "PathRedefined", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource + "; issues 222 and 909 of microsoft/powerapps-tools",
	Summary: "No two paths are equal when case is ignored.",
	Why:     "The platform compares paths without regard to case and refuses to save the connector.",
	Fix:     "Put the operations of both under one path, or change one of the paths by more than its capitals.",
	Wrong:   `"paths": {"/cards": {}, "/Cards": {}}`,
	Right:   `"paths": {"/cards": {}}`,
	Check: func(p *Pass) {
		first := map[string]string{}
		for _, item := range pathItems(p) {
			fold := strings.ToLower(item.path)
			if other, ok := first[fold]; ok && other != item.path {
				p.Report(item.node, fmt.Sprintf("The path %s is already defined as %s.", quote(item.path), quote(other)))
				continue
			}
			first[fold] = item.path
		}
	},
}

var duplicateOperationPath = &Rule{
	Name: "DuplicateOperationPath", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "No two operations of a method have paths that differ only in the names of their variables.",
	Why:     "A request fits both paths, so it is chance which operation answers.",
	Fix:     "Merge the two operations, or make a fixed segment of their paths differ.",
	Wrong:   `"/boards/{boardId}": {"get": {}}, "/boards/{name}": {"get": {}}`,
	Right:   `"/boards/{boardId}": {"get": {}}, "/boards/by-name/{name}": {"get": {}}`,
	Check: func(p *Pass) {
		first := map[string]*connector.Operation{}
		for _, op := range p.Definition.Operations {
			shape := op.Method + " " + templateOf(p, op).shape()
			other := first[shape]
			switch {
			case other == nil:
				first[shape] = op
			case strings.EqualFold(other.Path, op.Path): // PathRedefined says so
			case strings.HasSuffix(other.Path, "/") != strings.HasSuffix(op.Path, "/"):
				p.Report(op.Node, fmt.Sprintf("The operations %s and %s have the paths %s and %s, which differ by a trailing slash only.",
					quote(other.ID), quote(op.ID), quote(other.Path), quote(op.Path)), As(finding.Warning))
			default:
				p.Report(op.Node, fmt.Sprintf("The operations %s and %s have the paths %s and %s, which no request can tell apart.",
					quote(other.ID), quote(op.ID), quote(other.Path), quote(op.Path)))
			}
		}
	},
}

var partialDuplicateOperationPath = &Rule{
	Name: "PartialDuplicateOperationPath", Section: SectionOperations, Severity: finding.Warning, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "A variable of a path does not stand where another path of the method has fixed text.",
	Why:     "When a maker's value happens to equal the fixed text, the request reaches the other operation.",
	Fix:     "Make the fixed segments of the two paths differ, unless the API never uses the fixed text as a value.",
	Wrong:   `"/cards/{cardId}": {"get": {}}, "/cards/archived": {"get": {}}`,
	Right:   `"/cards/{cardId}": {"get": {}}, "/archive/cards": {"get": {}}`,
	Check: func(p *Pass) {
		byMethod := map[string]*routes{}
		for _, op := range p.Definition.Operations {
			if byMethod[op.Method] == nil {
				byMethod[op.Method] = &routes{}
			}
			byMethod[op.Method].add(templateOf(p, op), op.Path)
		}
		for _, op := range p.Definition.Operations {
			t := templateOf(p, op)
			if !slices.ContainsFunc(t.segments, func(s segment) bool { return s.variable }) {
				continue
			}
			if similar := byMethod[op.Method].similar(t); len(similar) > 0 {
				p.Report(op.Node, fmt.Sprintf("A request for %s can reach %s instead when a value equals its fixed text.", quote(op.Path), listed(similar)))
			}
		}
	},
}
