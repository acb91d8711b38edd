package rules

import (
	"iter"
	"strings"

	"github.com/precert/precert/connector"
)

// expression is one call in a policy's value, such as @connectionParameters('region', 'eu').
type expression struct {
	// name is the function as written; args are its literal arguments without their quotes.
	name string
	args []string
	// closed is false when the parenthesis or a quote is not.
	closed bool
}

// expressionFunctions are the functions that take a name, by their name in lower case.
func expressionFunctions() []string {
	return []string{"connectionParameters", "headers", "queryParameters", "environmentVariables", "body", "item", "triggerBody"}
}

// expressions yields the calls in a text: @name(…), and those within @{…}.
func expressions(text string) iter.Seq[expression] {
	return func(yield func(expression) bool) {
		for {
			_, rest, found := strings.Cut(text, "@")
			if !found {
				return
			}
			text = strings.TrimPrefix(rest, "{")
			length := strings.IndexFunc(text, func(r rune) bool { return !isWordCharacter(r) })
			if length <= 0 || text[length] != '(' {
				continue
			}
			call := expression{name: text[:length]}
			call.args, call.closed = arguments(text[length+1:])
			if !yield(call) {
				return
			}
		}
	}
}

// arguments reads up to the parenthesis that closes a call.
func arguments(text string) (args []string, closed bool) {
	var arg strings.Builder
	depth, quoted := 0, false
	for _, r := range text {
		switch {
		case r == '\'':
			quoted = !quoted
		case quoted:
			arg.WriteRune(r)
		case r == '(':
			depth++
		case r == ')' && depth == 0:
			return append(args, strings.TrimSpace(arg.String())), true
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			args = append(args, strings.TrimSpace(arg.String()))
			arg.Reset()
		default:
			arg.WriteRune(r)
		}
	}
	return args, false
}

// policyInstance is one policy of apiProperties.json.
type policyInstance struct {
	*connector.Node
	// template is its id in lower case.
	template string
}

// The members of a policy's parameters that all templates share, and how the others begin.
const (
	policyParameter  = "x-ms-apimTemplateParameter."
	policyOperations = "x-ms-apimTemplate-operationName"
	policySection    = "x-ms-apimTemplate-policySection"
)

// policies returns the policies in the order in which they are applied.
func policies(p *Pass) []policyInstance {
	var out []policyInstance
	for n := range p.Package.Properties.Root.At("properties", "policyTemplateInstances").Items {
		out = append(out, policyInstance{n, strings.ToLower(strings.TrimSpace(n.Get("templateId").String()))})
	}
	return out
}

// parameter returns a parameter of the policy by its name without the prefix.
func (i policyInstance) parameter(name string) *connector.Node {
	return i.At("parameters", policyParameter+name)
}

// onResponse reports whether the policy works on answers.
func (i policyInstance) onResponse() bool {
	return strings.EqualFold(i.At("parameters", policySection).String(), "Response")
}

// named returns the operations that the policy names, nil when it applies to all.
func (i policyInstance) named(p *Pass) []*connector.Operation {
	var out []*connector.Operation
	for _, name := range i.At("parameters", policyOperations).Strings() {
		if op := operationFold(p, name); op != nil {
			out = append(out, op)
		}
	}
	return out
}

// appliesToAll reports whether the policy names no operations.
func (i policyInstance) appliesToAll() bool {
	return i.At("parameters", policyOperations).Len() == 0
}

// operationFold finds an operation by its id in any case.
func operationFold(p *Pass, id string) *connector.Operation {
	if op := p.Definition.Operation(id); op != nil {
		return op
	}
	return Shared(p, "operations in lower case", func() map[string]*connector.Operation {
		out := map[string]*connector.Operation{}
		for _, op := range p.Definition.Operations {
			out[strings.ToLower(op.ID)] = op
		}
		return out
	})[strings.ToLower(id)]
}

// values yields the texts of the policy's parameters in which expressions may stand.
func (i policyInstance) values(yield func(*connector.Node) bool) {
	for parameter := range i.Get("parameters").Members {
		if !strings.HasPrefix(parameter.Key(), policyParameter) {
			continue
		}
		more := true
		parameter.Walk(func(n *connector.Node) bool {
			if more && n.IsString() {
				more = yield(n)
			}
			return more
		})
		if !more {
			return
		}
	}
}
