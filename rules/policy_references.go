package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

var policyReferenceNotFound = &Rule{
	Name: "PolicyReferenceNotFound", Section: SectionPolicies, Severity: finding.Warning,
	Source:  templatesSource,
	Summary: "The headers, query parameters and path parameters that policies use are parameters of the operations they apply to.",
	Why:     "What the request does not have is empty: the path or header that the policy builds is wrong.",
	Fix:     "Correct the name, add the parameter to the operation, or limit the policy to the operations that have it.",
	Wrong:   `{"x-ms-apimTemplateParameter.newPath": "/boards/@queryParameters('board')"}, while the operation has boardId`,
	Right:   `{"x-ms-apimTemplateParameter.newPath": "/boards/@queryParameters('boardId')"}`,
	Check: func(p *Pass) {
		if len(p.Definition.Operations) == 0 {
			return
		}
		set := headersOfPolicies(p)
		for _, policy := range policies(p) {
			named := policy.named(p)
			if len(named) == 0 && !policy.appliesToAll() {
				continue
			}
			for value := range policy.values {
				if value.Key() == policyParameter+"parameterTemplate" {
					continue // it names what the policy sets
				}
				for call := range expressions(value.Text()) {
					in := map[string]string{"headers": "header", "queryparameters": "query"}[strings.ToLower(call.name)]
					if in == "" || len(call.args) != 1 || call.args[0] == "" || in == "header" && (policy.onResponse() || set[strings.ToLower(call.args[0])]) {
						continue
					}
					if !sent(p, named, in, call.args[0]) {
						p.Report(value, fmt.Sprintf("The policy %s uses the %s %s, which no operation that it applies to sends.",
							policyName(policy.Node), map[string]string{"header": "header", "query": "query parameter"}[in], quote(call.args[0])),
							meant(call.args[0], parameterNames(named, in)))
					}
				}
			}
			p.placeholders(policy, named)
		}
	},
}

// headersOfPolicies are the headers that policies set, in lower case: later ones may read them.
func headersOfPolicies(p *Pass) map[string]bool {
	out := map[string]bool{}
	for _, policy := range policies(p) {
		if policy.template == "setheader" {
			out[strings.ToLower(policy.parameter("name").String())] = true
		}
	}
	return out
}

// sent reports whether requests of one of the operations, of any operation
// when there are none, have a header or query parameter.
func sent(p *Pass, operations []*connector.Operation, in, name string) bool {
	if in == "header" {
		switch strings.ToLower(name) {
		case "authorization", "accept", "content-type", "user-agent", "host", "date", "content-length":
			return true
		}
	}
	for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
		if scheme.Get("in").String() == in && strings.EqualFold(scheme.Get("name").String(), name) {
			return true
		}
	}
	if operations == nil {
		return Shared(p, "parameters in lower case", func() map[[2]string]bool {
			out := map[[2]string]bool{}
			for _, op := range p.Definition.Operations {
				for _, parameter := range op.Parameters {
					out[[2]string{parameter.In, strings.ToLower(parameter.Name)}] = true
				}
			}
			return out
		})[[2]string{in, strings.ToLower(name)}]
	}
	return slices.ContainsFunc(operations, func(op *connector.Operation) bool {
		return slices.ContainsFunc(op.Parameters, func(parameter *connector.Parameter) bool {
			// A parameter whose reference leads nowhere may be the one.
			return parameter.Node == nil || parameter.In == in && strings.EqualFold(parameter.Name, name)
		})
	})
}

// parameterNames returns the names of the operations' parameters in one place.
func parameterNames(operations []*connector.Operation, in string) []string {
	var out []string
	for _, op := range operations {
		for _, parameter := range op.Parameters {
			if parameter.In == in {
				out = append(out, parameter.Name)
			}
		}
	}
	return out
}

// placeholder is a path parameter in the path that a policy builds; braces of expressions are none.
var placeholder = regexp.MustCompile(`(^|[^@])\{([A-Za-z_][A-Za-z0-9_\-]*)\}`)

// placeholders reports path parameters in newPath that an operation of the policy does not have.
func (p *Pass) placeholders(policy policyInstance, operations []*connector.Operation) {
	path := policy.parameter("newPath")
	for _, match := range placeholder.FindAllStringSubmatch(path.String(), -1) {
		var without []string
		for _, op := range operations {
			if parameter := op.Parameter(match[2]); parameter == nil && !strings.Contains(op.Path, "{"+match[2]+"}") {
				without = append(without, op.ID)
			}
		}
		if len(without) > 0 {
			p.Report(path, fmt.Sprintf("The policy %s builds a path with {%s}, which is no parameter of %s.", policyName(policy.Node), shorten(match[2], quoteWidth), listed(without)),
				meant(match[2], parameterNames(operations, "path")))
		}
	}
}
