package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func securityDefinitionRules() []*Rule {
	return []*Rule{securitySchemePropertyNotValid, securitySchemePropertyRequired}
}

// schemeProperties returns what a security definition must have and what else
// it may have; ok is false when its type or flow is unknown or missing.
func schemeProperties(n *connector.Node) (must, may []string, ok bool) {
	switch n.Get("type").String() {
	case "basic":
		return nil, nil, true
	case "apiKey":
		return []string{"name", "in"}, nil, true
	case "oauth2":
		must = []string{"flow", "scopes"}
		switch n.Get("flow").String() {
		case "implicit":
			return append(must, "authorizationUrl"), nil, true
		case "password", "application":
			return append(must, "tokenUrl"), nil, true
		case "accessCode":
			return append(must, "authorizationUrl", "tokenUrl"), nil, true
		case "":
			return must, []string{"authorizationUrl", "tokenUrl"}, true
		}
	}
	return nil, nil, false
}

// kindOf names a security definition by type and flow.
func kindOf(n *connector.Node) string {
	if flow := n.Get("flow").String(); flow != "" && n.Get("type").String() == "oauth2" {
		return "oauth2 with the flow " + flow
	}
	return n.Get("type").String()
}

var securitySchemePropertyNotValid = &Rule{
	Name: "SecuritySchemePropertyNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A security definition has only the properties of its type.",
	Why:     "The platform builds the connection from it; what does not belong to the type shows that another type was meant.",
	Fix:     "Remove the property, or correct the type.",
	Wrong:   `{"type": "basic", "in": "header", "name": "Authorization"}`,
	Right:   `{"type": "basic"}`,
	Check: func(p *Pass) {
		for n := range p.Definition.Root.Get("securityDefinitions").Members {
			must, may, ok := schemeProperties(n)
			if !ok {
				continue
			}
			allowed := slices.Concat(must, may, []string{"type", "description"})
			for member := range n.Members {
				name := member.Key()
				if slices.Contains(allowed, name) || strings.HasPrefix(name, "x-") {
					continue
				}
				var options []Option
				if hint := didYouMean(name, allowed); hint != "" {
					options = append(options, Hint("%s", hint))
				}
				p.Report(member, fmt.Sprintf("A definition of type %s has no property %s.", kindOf(n), quote(name)), options...)
			}
		}
	},
}

var securitySchemePropertyRequired = &Rule{
	Name: "SecuritySchemePropertyRequired", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A security definition has all properties of its type.",
	Why:     "The platform cannot build the connection without them.",
	Fix:     "Add the property; an OAuth definition without scopes has \"scopes\": {}.",
	Wrong:   `{"type": "apiKey", "in": "header"}`,
	Right:   `{"type": "apiKey", "in": "header", "name": "X-Api-Key"}`,
	Check: func(p *Pass) {
		for n := range p.Definition.Root.Get("securityDefinitions").Members {
			must, _, _ := schemeProperties(n)
			for _, name := range must {
				if n.Get(name) != nil {
					continue
				}
				var options []Option
				if name == "scopes" {
					options = append(options, As(finding.Warning)) // Microsoft's own schema does without, and so does a connector certified in 2024
				}
				p.Report(n, fmt.Sprintf("The definition %s of type %s has no %s.", quote(n.Key()), kindOf(n), quote(name)), options...)
			}
		}
	},
}
