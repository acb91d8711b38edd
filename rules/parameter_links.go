package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func parameterLinkRules() []*Rule {
	return []*Rule{sourcePropertyInternal, parametersWithSameNameMustHaveSameTypeAndVisibility}
}

var sourcePropertyInternal = &Rule{
	Name: "SourcePropertyInternal", Section: SectionParameters, Severity: finding.Warning,
	Source:  parametersSource + "; https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions#use-dynamic-values",
	Summary: "A dynamic call takes its values from fields that makers see.",
	Why:     "Nobody can fill in an internal field, and its default is not handed on: the call is made without the value.",
	Fix:     "Write the value itself in the call, or make the field visible.",
	Wrong:   `"parameters": {"boardId": {"parameter": "boardId"}}, where boardId is internal`,
	Right:   `"parameters": {"boardId": "main"}`,
	Check: func(p *Pass) {
		for _, call := range dynamicCalls(p) {
			for _, argument := range call.arguments {
				if argument.reference == nil || !call.isInput() {
					continue
				}
				for _, op := range call.sources {
					if name := hiddenSource(p, op, argument.reference.String()); name != "" && !op.Internal() {
						p.Report(argument.reference, fmt.Sprintf("The reference %s leads to %s of the operation %s, which is internal.",
							quote(argument.reference.String()), quote(name), quote(op.ID)))
						break
					}
				}
			}
		}
	},
}

// hiddenSource returns the name of the internal parameter or property that a
// reference leads to or through, "" when makers see all of it.
func hiddenSource(p *Pass, op *connector.Operation, reference string) string {
	in := findInput(p, op, reference)
	if in.param != nil {
		if in.param.Internal() {
			return in.param.Name
		}
		return ""
	}
	for n := in.property; n != nil; n = owner(n) {
		if isInternalNode(n) {
			return n.Key()
		}
	}
	if body := op.Body(); in.property != nil && body != nil && body.Internal() {
		return body.Name
	}
	return ""
}

var parametersWithSameNameMustHaveSameTypeAndVisibility = &Rule{
	Name: "ParamtersWithSameNameMustHaveSameTypeAndVisibility", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "A trigger and the operation that subscribes for it agree on the parameters they share.",
	Why:     "The maker fills in one form for both: a field cannot be text for one and a number for the other, or visible for one alone.",
	Fix:     "Give both parameters the same type and the same x-ms-visibility.",
	Wrong:   `{"name": "boardId", "in": "query", "type": "string"} in the trigger and {"name": "boardId", "in": "path", "type": "integer"} in the subscription`,
	Right:   `{"name": "boardId", "in": "query", "type": "string"} in the trigger and {"name": "boardId", "in": "path", "type": "string"} in the subscription`,
	Check: func(p *Pass) {
		eachNotification(p, func(fetch *connector.Operation, extension *connector.Node) {
			subscribe := p.Definition.Operation(extension.Get("operationId").String())
			if subscribe == nil || subscribe == fetch {
				return
			}
			for _, param := range fetch.Parameters {
				other := subscribe.Parameter(param.Name)
				if param.Node == nil || other == nil || other.Node == nil || other.Node == param.Node {
					continue
				}
				if kind, otherKind := p.Definition.Type(param.Schema()), p.Definition.Type(other.Schema()); kind != otherKind {
					p.Report(param.Use, fmt.Sprintf("The parameter %s is of type %s here and %s in %s.", quote(param.Name), quote(kind), quote(otherKind), quote(subscribe.ID)))
					continue
				}
				seen, otherSeen := param.Node.Get("x-ms-visibility").String(), other.Node.Get("x-ms-visibility").String()
				if seen != otherSeen {
					p.Report(param.Use, fmt.Sprintf("The parameter %s has the visibility %s here and %s in %s.", quote(param.Name), quote(seen), quote(otherSeen), quote(subscribe.ID)))
				}
			}
		})
	},
}
