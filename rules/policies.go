package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func policyRules() []*Rule {
	return []*Rule{
		policyNotValid, policyTemplateNotKnown, policyParameterMissing, policyOperationNotFound, policyExpressionNotValid,
		policyConnectionParameterNotFound, policyReferenceNotFound, policyURLNotSecure, policyOperationNotTrigger, policyRepeatsCredential,
	}
}

const templatesSource = "https://learn.microsoft.com/connectors/custom-connectors/policy-templates"

var policyNotValid = &Rule{
	Name: "PolicyNotValid", Section: SectionPolicies, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  templatesSource,
	Summary: "The parameters of a policy hold values that its template takes.",
	Why:     "The platform makes a policy of API Management from the template; a value that it does not take stops the import.",
	Fix:     "Write one of the values that the template takes.",
	Wrong:   `{"templateId": "setheader", "parameters": {"x-ms-apimTemplateParameter.existsAction": "replace"}}`,
	Right:   `{"templateId": "setheader", "parameters": {"x-ms-apimTemplateParameter.existsAction": "override"}}`,
	Check:   refused,
}

var policyTemplateNotKnown = &Rule{
	Name: "PolicyTemplateNotKnown", Section: SectionPolicies, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  templatesSource,
	Summary: "templateId names one of the policy templates of the platform.",
	Why:     "A policy of another template cannot be made: the connector is not imported.",
	Fix:     "Write the id of a template; the documentation lists them.",
	Wrong:   `{"templateId": "setheaders"}`,
	Right:   `{"templateId": "setheader"}`,
	Check:   refused,
}

var policyParameterMissing = &Rule{
	Name: "PolicyParameterMissing", Section: SectionPolicies, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  templatesSource,
	Summary: "A policy has the parameters that its template needs.",
	Why:     "The policy cannot be made without them: the connector is not imported.",
	Fix:     "Add the parameter, with x-ms-apimTemplateParameter. before its name.",
	Wrong:   `{"templateId": "setheader", "parameters": {"x-ms-apimTemplateParameter.name": "X-Region"}}`,
	Right:   `{"templateId": "setheader", "parameters": {"x-ms-apimTemplateParameter.name": "X-Region", "x-ms-apimTemplateParameter.value": "eu"}}`,
	Check:   refused,
}

var policyOperationNotFound = &Rule{
	Name: "PolicyOperationNotFound", Section: SectionPolicies, Severity: finding.Warning,
	Source:  templatesSource + "; 6 of 1,027 public connectors name one that is missing",
	Summary: "Policies name operations of the definition.",
	Why:     "The policy does not run: the operation that was meant is called without it.",
	Fix:     "Write the operationId as the definition does, or remove the name.",
	Wrong:   `{"x-ms-apimTemplate-operationName": ["ListCard"]}`,
	Right:   `{"x-ms-apimTemplate-operationName": ["ListCards"]}`,
	Check: func(p *Pass) {
		if len(p.Definition.Operations) == 0 {
			return
		}
		for _, policy := range policies(p) {
			for name := range policy.At("parameters", policyOperations).Items {
				if id := name.String(); strings.TrimSpace(id) != "" && operationFold(p, id) == nil {
					p.Report(name, fmt.Sprintf("The policy %s names the operation %s, which the definition does not have.", policyName(policy.Node), quote(id)),
						meant(id, operationIDs(p)))
				}
			}
		}
	},
}

// mostCandidates is how many names a hint is looked for in: far more than a connector may have.
const mostCandidates = 1_000

// operationIDs returns the ids of all operations, as candidates for a hint.
func operationIDs(p *Pass) []string {
	if len(p.Definition.Operations) > mostCandidates {
		return nil
	}
	out := make([]string, 0, len(p.Definition.Operations))
	for _, op := range p.Definition.Operations {
		out = append(out, op.ID)
	}
	return out
}

var policyExpressionNotValid = &Rule{
	Name: "PolicyExpressionNotValid", Section: SectionPolicies, Severity: finding.Warning,
	Source:  templatesSource,
	Summary: "The expressions in policies call known functions and are closed.",
	Why:     "What is no expression is sent as it stands: the service receives @queryParamters('id') instead of the id.",
	Fix:     "Write the name of the function as the documentation does, and close its quotes and parentheses.",
	Wrong:   `{"x-ms-apimTemplateParameter.newPath": "/boards/@queryParamters('boardId')"}`,
	Right:   `{"x-ms-apimTemplateParameter.newPath": "/boards/@queryParameters('boardId')"}`,
	Check: func(p *Pass) {
		for _, policy := range policies(p) {
			for value := range policy.values {
				for call := range expressions(value.Text()) {
					known := slices.ContainsFunc(expressionFunctions(), func(f string) bool { return strings.EqualFold(f, call.name) })
					near := didYouMean(call.name, expressionFunctions())
					switch {
					case known && !call.closed:
						p.Report(value, fmt.Sprintf("The expression @%s( is not closed in %s.", call.name, quote(value.Text())), Hint("Add the closing quote or parenthesis."))
					case !known && near != "":
						p.Report(value, fmt.Sprintf("There is no function @%s.", shorten(call.name, quoteWidth)), Hint("%s", near))
					}
				}
			}
		}
	},
}

var policyConnectionParameterNotFound = &Rule{
	Name: "PolicyConnectionParameterNotFound", Section: SectionPolicies, Severity: finding.Warning,
	Source:  templatesSource + "; 8 of 1,027 public connectors name one that is missing",
	Summary: "The connection parameters that policies use are declared, in every parameter set or with a default.",
	Why:     "A parameter that nobody can fill in stays empty: the header, path or host is wrong on every call.",
	Fix:     "Declare the connection parameter, correct its name, or give a default as second argument.",
	Wrong:   `{"connectionParameters": {"region": {"type": "string"}}, … "https://@connectionParameters('regoin').fabrikam.com"}`,
	Right:   `{"connectionParameters": {"region": {"type": "string"}}, … "https://@connectionParameters('region').fabrikam.com"}`,
	Check: func(p *Pass) {
		declared, everywhere := declaredParameters(p)
		for _, policy := range policies(p) {
			for value := range policy.values {
				for call := range expressions(value.Text()) {
					if !strings.EqualFold(call.name, "connectionParameters") || len(call.args) == 0 || call.args[0] == "" {
						continue
					}
					name := strings.ToLower(call.args[0])
					switch {
					case declared[name] == "" && len(call.args) > 1:
						p.Report(value, fmt.Sprintf("The policy %s uses the connection parameter %s, which is not declared; its default is always taken.",
							policyName(policy.Node), quote(call.args[0])), As(finding.Info))
					case declared[name] == "" && strings.ContainsAny(name, "‘’“”\""):
						p.Report(value, fmt.Sprintf("The policy %s names a connection parameter in other quotes than ': %s.", policyName(policy.Node), quote(call.args[0])),
							Hint("Write @connectionParameters('%s').", strings.Trim(call.args[0], "‘’“”\"")))
					case declared[name] == "":
						p.Report(value, fmt.Sprintf("The policy %s uses the connection parameter %s, which is not declared.",
							policyName(policy.Node), quote(call.args[0])), meant(call.args[0], mapValues(declared)))
					case !everywhere[name] && len(call.args) < 2:
						p.Report(value, fmt.Sprintf("The policy %s uses the connection parameter %s, which not every parameter set has, without a default.",
							policyName(policy.Node), quote(call.args[0])), As(finding.Info), Hint("Write @connectionParameters('%s', '').", call.args[0]))
					}
				}
			}
		}
	},
}

// declaredParameters returns the names of all connection parameters by their
// lower case, and which of them every connection has.
func declaredParameters(p *Pass) (declared map[string]string, everywhere map[string]bool) {
	sets := p.Package.Properties.Root.At("properties", "connectionParameterSets", "values").Len()
	declared, everywhere = map[string]string{}, map[string]bool{}
	count := map[string]int{}
	for _, c := range connectionParameters(p) {
		name := strings.ToLower(c.Key())
		declared[name] = c.Key()
		if count[name]++; c.Set == nil || count[name] >= sets {
			everywhere[name] = true
		}
	}
	return declared, everywhere
}

// mapValues returns the values sorted, as candidates for a hint.
func mapValues(m map[string]string) []string {
	if len(m) > mostCandidates {
		return nil
	}
	out := make([]string, 0, len(m))
	for _, value := range m {
		out = append(out, value)
	}
	slices.Sort(out)
	return out
}

var policyURLNotSecure = &Rule{
	Name: "PolicyUrlNotSecure", Section: SectionPolicies, Severity: finding.Warning, Policy: "5000.3.1.6",
	Source:  policyErrorsSource,
	Summary: "Policies send requests to https addresses, and say so.",
	Why:     "Credentials and data would travel unencrypted, and certification asks for HTTPS with TLS 1.2 or higher.",
	Fix:     "Write https.",
	Wrong:   `{"x-ms-apimTemplateParameter.urlTemplate": "http://@connectionParameters('host')/v1"}`,
	Right:   `{"x-ms-apimTemplateParameter.urlTemplate": "https://@connectionParameters('host')/v1"}`,
	Check: func(p *Pass) {
		for _, policy := range policies(p) {
			for _, name := range []string{"urlTemplate", "parameterValueUrl"} {
				if n := policy.parameter(name); strings.HasPrefix(strings.ToLower(strings.TrimSpace(n.String())), "http://") {
					p.Report(n, fmt.Sprintf("The policy %s sends requests to %s, without encryption.", policyName(policy.Node), quote(n.String())))
				}
			}
			n := policy.parameter("urlTemplate")
			if text := strings.TrimSpace(n.String()); policy.template == "dynamichosturl" && text != "" && !strings.HasPrefix(text, "@") && !strings.Contains(text, "://") {
				p.Report(n, fmt.Sprintf("The policy %s sends requests to %s, which has no scheme.", policyName(policy.Node), quote(n.String())), Hint("Begin it with https://."))
			}
		}
	},
}

var policyOperationNotTrigger = &Rule{
	Name: "PolicyOperationNotTrigger", Section: SectionPolicies, Severity: finding.Warning,
	Source:  templatesSource + "/pollingtrigger/pollingtrigger",
	Summary: "The pollingtrigger template is applied to operations with x-ms-trigger.",
	Why:     "The operation is offered as an action, and the state that the template keeps is never used.",
	Fix:     `Add "x-ms-trigger": "batch" to the operation, or remove it from the policy.`,
	Wrong:   `{"templateId": "pollingtrigger", "parameters": {"x-ms-apimTemplate-operationName": ["ListCards"]}}`,
	Right:   `{"templateId": "pollingtrigger", "parameters": {"x-ms-apimTemplate-operationName": ["WhenCardIsCreated"]}}`,
	Check: func(p *Pass) {
		for _, policy := range policies(p) {
			if policy.template != "pollingtrigger" {
				continue
			}
			for name := range policy.At("parameters", policyOperations).Items {
				op := operationFold(p, name.String())
				if op != nil && op.Trigger == connector.Action {
					p.Report(name, fmt.Sprintf("The operation %s has no x-ms-trigger, but the policy %s makes a polling trigger of it.", quote(op.ID), policyName(policy.Node)))
				}
			}
		}
	},
}

var policyRepeatsCredential = &Rule{
	Name: "PolicyRepeatsCredential", Section: SectionPolicies, Severity: finding.Info,
	Source:  "a submission of 2026 was refused (5000.2.6.2) with a redundant policy among the causes",
	Summary: "A policy does not set the header or query parameter that securityDefinitions already sends.",
	Why:     "The platform sends the key of an apiKey scheme itself; a policy that does the same again is one more thing that can go out of step.",
	Fix:     "Remove the policy, or the scheme when the value needs a prefix.",
	Wrong:   `{"securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}} and a policy setheader X-Api-Key = @connectionParameters('api_key')`,
	Right:   `{"securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}} alone`,
	Check: func(p *Pass) {
		where := map[string]string{"setheader": "header", "setqueryparameter": "query"}
		for _, policy := range policies(p) {
			value := strings.TrimSpace(policy.parameter("value").String())
			if where[policy.template] == "" || policy.onResponse() || !strings.HasPrefix(value, "@connectionParameters(") || !strings.HasSuffix(value, ")") || strings.Count(value, "@") > 1 {
				continue
			}
			for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
				name := policy.parameter("name")
				if scheme.Get("type").String() == "apiKey" && scheme.Get("in").String() == where[policy.template] && strings.EqualFold(scheme.Get("name").String(), name.String()) {
					p.Report(name, fmt.Sprintf("The policy %s sets %s, which the scheme %s already sends.", policyName(policy.Node), quote(name.String()), quote(scheme.Key())))
				}
			}
		}
	},
}
