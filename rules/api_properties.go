package rules

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func apiPropertyRules() []*Rule {
	return []*Rule{
		apiPropertiesMissing, apiPropertiesNotValid, apiPropertyNotKnown, iconBrandColorNotValid, publisherMissing,
		stackOwnerMissing, publisherIsNotStackOwner, capabilityNotKnown, scriptOperationRepeated, listedOperationNotFound,
	}
}

const (
	certificationSource = "https://learn.microsoft.com/connectors/custom-connectors/certification-submission"
	policyErrorsSource  = "https://learn.microsoft.com/connectors/custom-connectors/certification-policy-errors"
	paconnSource        = "https://learn.microsoft.com/connectors/custom-connectors/paconn-cli"
)

var apiPropertiesMissing = &Rule{
	Name: "ApiPropertiesMissing", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.1.1.17",
	Source:  policyErrorsSource,
	Summary: "A connector has an apiProperties.json.",
	Why:     "It holds the sign-in, the policies, the brand colour and the publisher: without it a connector can be neither created nor submitted.",
	Fix:     "Download the connector with its properties (paconn download or pac connector download), or write apiProperties.json beside the definition.",
	Wrong:   "a folder with apiDefinition.swagger.json and readme.md alone",
	Right:   "a folder with apiDefinition.swagger.json, apiProperties.json and readme.md",
	Check: func(p *Pass) {
		properties := p.Package.Properties
		if p.Package.File(connector.RoleProperties) != nil || len(properties.Problems) > 0 || p.Package.File(connector.RoleDefinition) == nil {
			return
		}
		for _, problem := range p.Package.Problems {
			if problem.File == properties.Name {
				return
			}
		}
		if len(p.Package.Files) == 1 {
			// The definition alone may have been given on purpose.
			p.ReportFile(properties.Name, "The definition stands alone: there is no apiProperties.json.", As(finding.Info))
			return
		}
		p.ReportFile(properties.Name, "The connector has no apiProperties.json.")
	},
}

var apiPropertiesNotValid = &Rule{
	Name: "ApiPropertiesNotValid", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.1.1.17",
	Source:  paconnSource,
	Checker: []string{"connector-validate-connectionparameters"},
	Summary: "The members of apiProperties.json hold values of the right kind.",
	Why:     "The platform reads the file into fixed types; a value of another kind stops the import, or is dropped without a word.",
	Fix:     "Write a value of the kind that is asked for.",
	Wrong:   `{"oAuthSettings": {"identityProvider": "oauth2", "scopes": "read write"}}`,
	Right:   `{"oAuthSettings": {"identityProvider": "oauth2", "scopes": ["read", "write"]}}`,
	Check:   refused,
}

var apiPropertyNotKnown = &Rule{
	Name: "ApiPropertyNotKnown", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  paconnSource,
	Summary: "apiProperties.json holds only members that the platform knows.",
	Why:     "What the platform does not know has no effect: most often a name is misspelt, or stands one level too high or too low.",
	Fix:     "Correct the name, move the member to where it belongs, or remove it.",
	Wrong:   `{"uiDefinition": {"displayname": "API Key"}}`,
	Right:   `{"uiDefinition": {"displayName": "API Key"}}`,
	Check:   refused,
}

var iconBrandColorNotValid = &Rule{
	Name: "IconBrandColorNotValid", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.2.1.1",
	Source:  policyErrorsSource,
	Checker: []string{"connector-validate-brandcolor", "connector-validate-hexadecimalbrandcolor"},
	Summary: "iconBrandColor is a hexadecimal colour, not white and not the default blue; for independent publishers it is #da3b01.",
	Why:     "The catalogue shows the icon on this colour; white and the default make connectors look alike or unfinished.",
	Fix:     "Write the background colour of the icon as six hexadecimal digits after #.",
	Wrong:   `{"iconBrandColor": "#007ee5"}`,
	Right:   `{"iconBrandColor": "#1f6f5c"}`,
	Check: func(p *Pass) {
		refused(p)
		n := p.Package.Properties.Root.At("properties", "iconBrandColor")
		colour := strings.ToLower(strings.TrimSpace(n.String()))
		switch {
		case colour == "":
		case colour == "#ffffff":
			p.Report(n, "iconBrandColor is #ffffff, white; certification refuses it.")
		case colour == "#007ee5":
			p.Report(n, "iconBrandColor is #007ee5, the default; certification refuses it.")
		case p.Publisher == connector.Independent && colour != connector.IndependentColor:
			p.Report(n, fmt.Sprintf("iconBrandColor is %s; connectors of independent publishers have %s.", quote(n.String()), connector.IndependentColor),
				Hint("Write %q.", connector.IndependentColor))
		}
	},
}

var publisherMissing = &Rule{
	Name: "PublisherMissing", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  certificationSource + "; 2 % of the connectors certified since October 2023 do without it, no independent publisher's",
	Summary: "apiProperties.json names the publisher.",
	Why:     "The catalogue shows who publishes a connector. Partner Center asks verified publishers for it; a submission of an independent publisher without it is refused.",
	Fix:     "Name the company or person that publishes the connector.",
	Wrong:   `{"properties": {"iconBrandColor": "#1f6f5c"}}`,
	Right:   `{"properties": {"iconBrandColor": "#1f6f5c", "publisher": "Fabrikam", "stackOwner": "Fabrikam"}}`,
	Check: func(p *Pass) {
		var options []Option
		if p.Publisher == connector.Independent {
			options = append(options, As(finding.Error))
		}
		refusedWith(p, options...)
		p.nameLeft("publisher", options...)
	},
}

// nameLeft reports that publisher or stackOwner still holds what a template says.
func (p *Pass) nameLeft(member string, options ...Option) {
	if n := p.Package.Properties.Root.At("properties", member); nameToFillIn(n.String()) {
		p.Report(n, fmt.Sprintf("%s is still the text of a template, %s.", quote(member), quote(n.String())), options...)
	}
}

var stackOwnerMissing = &Rule{
	Name: "StackOwnerMissing", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  certificationSource + "; 15 % of the connectors certified since October 2023 do without it, of independent publishers 5 %",
	Summary: "apiProperties.json names the owner of the service.",
	Why:     "Reviewers compare publisher and stackOwner to tell whether a connector speaks for its service.",
	Fix:     "Name the company that owns the service. Leave it out of the copy that paconn updates an environment from.",
	Wrong:   `{"properties": {"publisher": "Ada Lindqvist"}}`,
	Right:   `{"properties": {"publisher": "Ada Lindqvist", "stackOwner": "Fabrikam"}}`,
	Check: func(p *Pass) {
		refused(p)
		p.nameLeft("stackOwner")
	},
}

var publisherIsNotStackOwner = &Rule{
	Name: "PublisherIsNotStackOwner", Section: SectionAPIProperties, Severity: finding.Info,
	Source:  certificationSource + "; 92 % of the certified connectors name the same for both",
	Summary: "A verified publisher owns the service that it publishes.",
	Why:     "Verified publishers submit connectors for their own service; for the service of somebody else there is the independent publisher programme.",
	Fix:     "Name the same company for both, or be ready to show the owner's consent. Independent publishers: --publisher independent.",
	Wrong:   `{"publisher": "Ada Lindqvist", "stackOwner": "Fabrikam"}`,
	Right:   `{"publisher": "Fabrikam", "stackOwner": "Fabrikam"}`,
	Check: func(p *Pass) {
		properties := p.Package.Properties.Root.Get("properties")
		publisher, owner := properties.Get("publisher"), properties.Get("stackOwner")
		if p.Publisher == connector.Independent || fold(publisher.String()) == "" || fold(owner.String()) == "" ||
			nameToFillIn(publisher.String()) || nameToFillIn(owner.String()) {
			return // PublisherMissing and StackOwnerMissing tell
		}
		if !strings.EqualFold(strings.Join(strings.Fields(publisher.String()), " "), strings.Join(strings.Fields(owner.String()), " ")) {
			p.Report(owner, fmt.Sprintf("The publisher is %s, the stackOwner %s.", quote(publisher.String()), quote(owner.String())))
		}
	},
}

var capabilityNotKnown = &Rule{
	Name: "CapabilityNotKnown", Section: SectionAPIProperties, Severity: finding.Info,
	Source:  paconnSource,
	Summary: "capabilities lists actions and triggers.",
	Why:     "The platform looks for these words; any other has no effect.",
	Fix:     `Write "actions", "triggers" or both, or leave the list empty.`,
	Wrong:   `{"capabilities": ["telepathy"]}`,
	Right:   `{"capabilities": ["actions", "triggers"]}`,
	Check:   refused,
}

var scriptOperationRepeated = &Rule{
	Name: "ScriptOperationRepeated", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/write-code",
	Summary: "scriptOperations names every operation once.",
	Why:     "A repeated name is most often a copy whose new name was forgotten: an operation then runs without its script.",
	Fix:     "Remove the repeated name, or put the one in that was meant.",
	Wrong:   `{"scriptOperations": ["AddComment", "AddComment"]}`,
	Right:   `{"scriptOperations": ["AddComment", "EditComment"]}`,
	Check: func(p *Pass) {
		seen := map[string]bool{}
		for item := range p.Package.Properties.Root.At("properties", "scriptOperations").Items {
			if name := item.String(); name != "" && seen[name] {
				p.Report(item, fmt.Sprintf("scriptOperations names %s twice.", quote(name)))
			}
			seen[item.String()] = true
		}
	},
}

var listedOperationNotFound = &Rule{
	Name: "ListedOperationNotFound", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/write-code; 2 of 1,027 public connectors list one that is missing",
	Summary: "scriptOperations lists operations of the definition.",
	Why:     "The script never runs for the name that is listed, and the operation that was meant goes out unchanged.",
	Fix:     "Write the operationId as the definition does, or remove the name.",
	Wrong:   `{"scriptOperations": ["AddComments"]}`,
	Right:   `{"scriptOperations": ["AddComment"]}`,
	Check: func(p *Pass) {
		if len(p.Definition.Operations) == 0 {
			return
		}
		for item := range p.Package.Properties.Root.At("properties", "scriptOperations").Items {
			id := item.String()
			op := operationFold(p, id)
			switch {
			case strings.TrimSpace(id) == "":
			case op == nil:
				hint := meant(id, operationIDs(p))
				if plain, err := base64.StdEncoding.DecodeString(id); err == nil && p.Definition.Operation(string(plain)) != nil {
					hint = Hint("It is %s in base64: write the operationId as it is.", quote(string(plain)))
				}
				p.Report(item, fmt.Sprintf("scriptOperations lists %s, which the definition does not have.", quote(id)), hint)
			case op.ID != id:
				p.Report(item, fmt.Sprintf("scriptOperations lists %s, which the definition writes %s.", quote(id), quote(op.ID)), As(finding.Info))
			}
		}
	},
}
