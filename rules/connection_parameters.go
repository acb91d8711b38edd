package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func connectionParameterRules() []*Rule {
	return []*Rule{
		connectionParameterTypeNotValid, connectionParameterNameNotValid, connectionParameterTextMissing, constraintMustBeString,
		tenantParameterNotValid, connectionParameterSetNotValid, connectionParameterSetNameNotUnique, secretParameterNotSecure,
	}
}

const connectionSource = "https://learn.microsoft.com/connectors/custom-connectors/multi-auth"

// connectionParameter is one parameter of a connection.
type connectionParameter struct {
	*connector.Node
	// Set is the parameter set that holds it, nil outside of sets.
	Set *connector.Node
}

// connectionParameters returns the parameters of the connection and of all sets, in document order.
func connectionParameters(p *Pass) []connectionParameter {
	return Shared(p, "connection parameters", func() []connectionParameter {
		properties := p.Package.Properties.Root.Get("properties")
		var out []connectionParameter
		for n := range properties.Get("connectionParameters").Members {
			out = append(out, connectionParameter{n, nil})
		}
		for set := range properties.At("connectionParameterSets", "values").Items {
			for n := range set.Get("parameters").Members {
				out = append(out, connectionParameter{n, set})
			}
		}
		return out
	})
}

// kind returns the parameter's type as written.
func (c connectionParameter) kind() string { return c.Get("type").String() }

var connectionParameterTypeNotValid = &Rule{
	Name: "ConnectionParameterTypeNotValid", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.1.1.17",
	Source:  paconnSource,
	Checker: []string{"connector-validate-connectionparameters"},
	Summary: "The type of a connection parameter is string, securestring, int, bool, oauthSetting or gatewaySetting.",
	Why:     "The platform cannot ask for a parameter of another type: no connection can be created.",
	Fix:     "Write string, or securestring for what nobody may read.",
	Wrong:   `{"api_key": {"type": "apiKey"}}`,
	Right:   `{"api_key": {"type": "securestring"}}`,
	Check:   refused,
}

var connectionParameterNameNotValid = &Rule{
	Name: "ConnectionParameterNameNotValid", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  paconnSource,
	Summary: "The name of a connection parameter has letters, digits and _, and at most one colon, as in token:region.",
	Why:     "Policies and the sign-in look parameters up by name, and do not find those with other characters everywhere.",
	Fix:     "Rename the parameter here and in the policies.",
	Wrong:   `{"connectionParameters": {"api-key": {"type": "securestring"}}}`,
	Right:   `{"connectionParameters": {"api_key": {"type": "securestring"}}}`,
	Check: func(p *Pass) {
		for _, v := range propertyViolations(p) {
			if v.rule == p.rule.Name {
				p.Report(v.at, fmt.Sprintf("The connection parameter %s has a name with other characters than letters, digits and _.", quote(v.at.Key())))
			}
		}
	},
}

var connectionParameterTextMissing = &Rule{
	Name: "ConnectionParameterTextMissing", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.2.6.10",
	Source:  policyErrorsSource + "; pull request 3097 of microsoft/PowerPlatformConnectors",
	Summary: "Every connection parameter that makers fill in has a uiDefinition with displayName and description.",
	Why:     "The dialog for a new connection shows them; without them makers do not know what to enter, and certification refuses the connector.",
	Fix:     "Say in the description what the value is and where makers find it.",
	Wrong:   `{"api_key": {"type": "securestring", "uiDefinition": {"displayName": "API Key", "description": ""}}}`,
	Right:   `{"api_key": {"type": "securestring", "uiDefinition": {"displayName": "API Key", "description": "The API key from the settings of your Fabrikam account."}}}`,
	Check: func(p *Pass) {
		for _, v := range propertyViolations(p) {
			if v.rule != p.rule.Name {
				continue
			}
			options := []Option{Member(v.member)}
			if v.member == "" {
				options = nil
			}
			if v.severity != finding.Off {
				options = append(options, As(v.severity))
			}
			if v.member == "uiDefinition" || v.at.Key() == "uiDefinition" && v.member == "" {
				options = append(options, policy("5000.2.6.9"))
			}
			p.Report(v.at, v.message, options...)
		}
	},
}

var constraintMustBeString = &Rule{
	Name: "ConstraintMustBeString", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "feedback of certification in August 2026; 99 % of the public connectors write strings",
	Summary: `The constraints required and hidden are the strings "true" and "false".`,
	Why:     "Certification reads them as texts and refuses JSON booleans, though the platform takes both.",
	Fix:     `Put the value in quotes: "true" or "false".`,
	Wrong:   `{"constraints": {"required": true}}`,
	Right:   `{"constraints": {"required": "true"}}`,
	Check: func(p *Pass) {
		for _, v := range propertyViolations(p) {
			if v.rule == p.rule.Name {
				p.Report(v.at, v.message, Hint(`Write "%s": "%t".`, v.at.Key(), v.at.Bool()))
			}
		}
	},
}

var tenantParameterNotValid = &Rule{
	Name: "TenantParameterNotValid", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "pull request 1421 of microsoft/PowerPlatformConnectors; 36 of 38 public connectors with it",
	Summary: "The sign-in fills in the parameter for its tenant: a hidden, optional string with the fixed texts, or without any.",
	Why:     "The platform fills it in. It must not be shown or asked for, and the validator compares its texts with fixed ones.",
	Fix:     `Write "metadata": {"sourceType": "AzureActiveDirectoryTenant"} and "uiDefinition": {"constraints": {"required": "false", "hidden": "true"}}, without texts.`,
	Wrong:   `{"token:TenantId": {"type": "string", "metadata": {"sourceType": "AzureActiveDirectoryTenant"}, "uiDefinition": {"constraints": {"required": "true", "hidden": "false"}}}}`,
	Right:   `{"token:TenantId": {"type": "string", "metadata": {"sourceType": "AzureActiveDirectoryTenant"}, "uiDefinition": {"constraints": {"required": "false", "hidden": "true"}}}}`,
	Check: func(p *Pass) {
		seen := map[*connector.Node]bool{}
		for _, v := range propertyViolations(p) {
			if v.rule != p.rule.Name {
				continue
			}
			// One finding for a parameter: all its members are mended at once.
			if owner, _ := ownerOf(v.at); !seen[owner] {
				seen[owner] = true
				p.Report(v.at, v.message)
			}
		}
		for _, c := range connectionParameters(p) {
			// The names of other claims are free.
			if c.Key() == "token:TenantId" && c.At("metadata", "sourceType").String() == "" {
				p.Report(c.Node, "The connection parameter \"token:TenantId\" does not say that the sign-in fills it in.",
					Hint(`Add "metadata": {"sourceType": "AzureActiveDirectoryTenant"}.`))
			}
		}
	},
}

var connectionParameterSetNotValid = &Rule{
	Name: "ConnectionParameterSetNotValid", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.1.1.17",
	Source:  connectionSource,
	Summary: "connectionParameterSets has texts for the choice, and sets with a name, texts and parameters.",
	Why:     "The dialog for a new connection first lets makers choose a way to sign in; it is built from these members.",
	Fix:     "Give connectionParameterSets a uiDefinition with the name of the choice, and each of its values a name, a uiDefinition with displayName and description, and its parameters.",
	Wrong:   `{"connectionParameterSets": {"values": [{"name": "basic", "parameters": {}}]}}`,
	Right:   `{"connectionParameterSets": {"uiDefinition": {"displayName": "Sign-in"}, "values": [{"name": "basic", "uiDefinition": {"displayName": "User and password"}, "parameters": {}}]}}`,
	Check:   refused,
}

var connectionParameterSetNameNotUnique = &Rule{
	Name: "ConnectionParameterSetNameNotUnique", Section: SectionAPIProperties, Severity: finding.Error,
	Source:  connectionSource,
	Summary: "The names of the connection parameter sets differ.",
	Why:     "A connection remembers its set by name; of two with one name only one can be used.",
	Fix:     "Give every set a name of its own.",
	Wrong:   `{"values": [{"name": "basic"}, {"name": "basic"}]}`,
	Right:   `{"values": [{"name": "basic"}, {"name": "oauth"}]}`,
	Check: func(p *Pass) {
		seen := map[string]bool{}
		for set := range p.Package.Properties.Root.At("properties", "connectionParameterSets", "values").Items {
			name := set.Get("name")
			if fold := strings.ToLower(name.String()); fold != "" {
				if seen[fold] {
					p.Report(name, fmt.Sprintf("Two connection parameter sets are called %s.", quote(name.String())))
				}
				seen[fold] = true
			}
		}
	},
}

// secretName tells the names of parameters that hold credentials.
var secretName = regexp.MustCompile(`(?i)(secret|password|passphrase|private[_\- ]?key|api[_\- ]?key|access[_\- ]?key|subscription[_\- ]?key|(access|auth|api|bearer|refresh)[_\- ]?token|^token$|^key$)`)

var secretParameterNotSecure = &Rule{
	Name: "SecretParameterNotSecure", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  connectionParametersSource,
	Summary: "Connection parameters for passwords, keys and tokens are of type securestring and not shown.",
	Why:     "A string is stored and shown in clear text: everybody who may see the connection reads the credential.",
	Fix:     `Write "type": "securestring", and "clearText": false in its constraints.`,
	Wrong:   `{"api_key": {"type": "string"}}`,
	Right:   `{"api_key": {"type": "securestring", "uiDefinition": {"constraints": {"clearText": false}}}}`,
	Check: func(p *Pass) {
		for _, c := range connectionParameters(p) {
			display := c.At("uiDefinition", "displayName").String()
			if !secretName.MatchString(c.Key()) && !secretName.MatchString(display) || namesOther(c.Key()) || namesOther(display) {
				continue
			}
			shown := c.At("uiDefinition", "constraints", "clearText")
			switch c.kind() {
			case "string":
				p.Report(c.Get("type"), fmt.Sprintf("The connection parameter %s holds a credential, but its type is string.", quote(c.Key())))
			case "securestring":
				if shown.Bool() {
					p.Report(shown, fmt.Sprintf("The connection parameter %s holds a credential that is shown while it is typed.", quote(c.Key())),
						Hint(`Write "clearText": false.`))
				}
			}
		}
	},
}

// namesOther reports whether a name with the word of a credential in it is that
// of something else: the address or number of a key, or a user.
func namesOther(name string) bool {
	fold := strings.ToLower(name)
	return strings.Contains(fold, "user") || strings.Contains(fold, "url") || strings.HasSuffix(fold, " id") || strings.HasSuffix(fold, "_id")
}
