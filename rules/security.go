package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func securityRules() []*Rule {
	return []*Rule{securityRequirementMustBeDefined, securityRequirementMustHaveValue, securityRequirementMustHaveEmptyValue, oauthSecurityRequirementValueMustBeScopeName}
}

const securitySource = officialSource + "#security"

// eachRequirement calls visit for every scheme that a security requirement of
// the definition or of an operation names, with its definition, nil when there is none.
func eachRequirement(p *Pass, visit func(requirement, scheme *connector.Node)) {
	schemes := p.Definition.Root.Get("securityDefinitions")
	visitList := func(list *connector.Node) {
		for alternative := range list.Items {
			for requirement := range alternative.Members {
				visit(requirement, schemes.Get(requirement.Key()))
			}
		}
	}
	visitList(p.Definition.Root.Get("security"))
	for _, op := range p.Definition.Operations {
		visitList(op.Node.Get("security"))
	}
}

var securityRequirementMustBeDefined = &Rule{
	Name: "SecurityRequirementMustBeDefined", Section: SectionSecurity, Severity: finding.Warning, Policy: "5000.2.6.2",
	Source:  securitySource,
	Summary: "Every security requirement names a member of securityDefinitions.",
	Why:     "The requirement cannot be met by anything. The platform takes the sign-in from apiProperties.json, so flows still work.",
	Fix:     "Define the scheme in securityDefinitions, or remove the requirement.",
	Wrong:   `{"securityDefinitions": {}, "security": [{"apiKeyHeader": []}]}`,
	Right:   `{"securityDefinitions": {"apiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}, "security": [{"apiKeyHeader": []}]}`,
	Check: func(p *Pass) {
		var defined []string
		for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
			defined = append(defined, scheme.Key())
		}
		eachRequirement(p, func(requirement, scheme *connector.Node) {
			if scheme == nil {
				p.Report(requirement, fmt.Sprintf("The security requirement %s is not defined in securityDefinitions.", quote(requirement.Key())), meant(requirement.Key(), defined))
			}
		})
	},
}

var securityRequirementMustHaveValue = &Rule{
	Name: "SecurityRequirementMustHaveValue", Section: SectionSecurity, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  securitySource,
	Summary: "A security requirement has an array, empty when no scopes are needed.",
	Why:     "Readers of the definition expect the list of scopes there and stop at null.",
	Fix:     "Write an empty array.",
	Wrong:   `{"security": [{"apiKeyHeader": null}]}`,
	Right:   `{"security": [{"apiKeyHeader": []}]}`,
	Check: func(p *Pass) {
		eachRequirement(p, func(requirement, _ *connector.Node) {
			if requirement.Kind() == connector.Null {
				p.Report(requirement, fmt.Sprintf("The security requirement %s is null.", quote(requirement.Key())))
			}
		})
	},
}

var securityRequirementMustHaveEmptyValue = &Rule{
	Name: "SecurityRequirementMustHaveEmptyValue", Section: SectionSecurity, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  securitySource,
	Summary: "Only OAuth 2.0 requirements list scopes.",
	Why:     "Basic authentication and API keys know no scopes.",
	Fix:     "Write an empty array, or define the scheme as oauth2.",
	Wrong:   `{"securityDefinitions": {"key": {"type": "apiKey"}}, "security": [{"key": ["cards.read"]}]}`,
	Right:   `{"securityDefinitions": {"key": {"type": "apiKey"}}, "security": [{"key": []}]}`,
	Check: func(p *Pass) {
		eachRequirement(p, func(requirement, scheme *connector.Node) {
			kind := scheme.Get("type").String()
			if (kind == "basic" || kind == "apiKey") && requirement.IsArray() && requirement.Len() > 0 {
				p.Report(requirement, fmt.Sprintf("The security requirement %s lists scopes, but its scheme is of type %s.", quote(requirement.Key()), kind))
			}
		})
	},
}

var oauthSecurityRequirementValueMustBeScopeName = &Rule{
	Name: "OAuthSecurityRequirementValueMustBeScopeName", Section: SectionSecurity, Severity: finding.Warning, Policy: "5000.2.6.2",
	Source:  securitySource,
	Summary: "A requirement lists scopes that its scheme defines.",
	Why:     "The sign-in asks for scopes that nobody described to the user.",
	Fix:     "Define the scope in the scheme's scopes, or remove it from the requirement.",
	Wrong:   `{"securityDefinitions": {"oauth": {"type": "oauth2", "scopes": {"read": "Read cards"}}}, "security": [{"oauth": ["write"]}]}`,
	Right:   `{"securityDefinitions": {"oauth": {"type": "oauth2", "scopes": {"read": "Read cards"}}}, "security": [{"oauth": ["read"]}]}`,
	Check: func(p *Pass) {
		eachRequirement(p, func(requirement, scheme *connector.Node) {
			defined := scheme.Get("scopes")
			if scheme.Get("type").String() != "oauth2" || !defined.IsObject() {
				return
			}
			for scope := range requirement.Items {
				if scope.IsString() && defined.Get(scope.Text()) == nil {
					p.Report(scope, fmt.Sprintf("The OAuth requirement %s names the scope %s, which its scheme does not define.",
						quote(requirement.Key()), quote(scope.Text())), scopeHint(scope.Text(), defined))
				}
			}
		})
	},
}

func scopeHint(scope string, defined *connector.Node) Option {
	if len(strings.Fields(scope)) > 1 {
		return Hint("List every scope as an item of its own, without blanks.")
	}
	var names []string
	for name := range defined.Members {
		names = append(names, name.Key())
	}
	return meant(scope, names)
}
