package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func titleRules() []*Rule {
	return []*Rule{titleProductNameNotAllowed, titleSuffixNotAllowed, descriptionProductNameNotAllowed, descriptionNamesAPI, versionIsDraft}
}

// productNames are the products that a connector may not be taken for.
func productNames() []string {
	return []string{
		"power apps", "powerapps", "power automate", "power bi", "powerbi", "power pages", "power platform", "power virtual agents",
		"copilot studio", "dataverse", "logic apps", "ai builder",
	}
}

var titleProductNameNotAllowed = &Rule{
	Name: "TitleProductNameNotAllowed", Section: SectionContent, Severity: finding.Error, Policy: "5000.2.2.2",
	Source:  submissionSource + "; Microsoft's own connectors may name its products",
	Checker: []string{"connector-validate-swagger-extended"},
	Summary: "The title names no product of the Power Platform.",
	Why:     "Makers would take the connector for a part of the platform; certification refuses the title.",
	Fix:     "Name the service that the connector connects to, and nothing else.",
	Wrong:   `{"info": {"title": "Fabrikam for Power Automate"}}`,
	Right:   `{"info": {"title": "Fabrikam Boards"}}`,
	Check: func(p *Pass) {
		if strings.EqualFold(p.Package.Properties.Root.At("properties", "publisher").String(), "Microsoft") {
			return
		}
		for _, h := range p.read().hits {
			if h.use == usageProduct && h.kind == infoTitle {
				p.Report(h.at, fmt.Sprintf("The title %s names the product %s.", quote(h.value), quote(h.what)))
			}
		}
	},
}

const independentSuffix = "(independent publisher)"

var titleSuffixNotAllowed = &Rule{
	Name: "TitleIndependentPublisherSuffixNotAllowed", Section: SectionContent, Severity: finding.Warning,
	Source:  "microsoft/PowerPlatformConnectors: the suffix stands in the title of the pull request, in none of its 385 independent definitions",
	Summary: "The title in the definition does not end with (Independent Publisher).",
	Why:     "The catalogue adds the suffix itself; in the title it stands twice and uses 24 of the 30 characters.",
	Fix:     "Remove the suffix from info.title; put it in the title of the pull request.",
	Wrong:   `{"info": {"title": "Woods (Independent Publisher)"}}`,
	Right:   `{"info": {"title": "Woods"}}`,
	Check: func(p *Pass) {
		title := p.Definition.Info().Get("title")
		if strings.HasSuffix(strings.ToLower(strings.TrimSpace(title.String())), independentSuffix) {
			p.Report(title, fmt.Sprintf("The title %s ends with (Independent Publisher).", quote(title.String())))
		}
	},
}

var descriptionProductNameNotAllowed = &Rule{
	Name: "DescriptionProductNameNotAllowed", Section: SectionContent, Severity: finding.Warning, Policy: "5000.2.3.5",
	Source:  submissionSource + "; " + stringsSource,
	Summary: "The summaries and descriptions of the connector, its operations and their parameters name no product of the Power Platform.",
	Why:     "The same connector serves flows, apps, agents and Logic Apps; text that names one of them is wrong in the others.",
	Fix:     "Describe what the service does, without the product that calls it.",
	Wrong:   `{"description": "Lets a Power Apps app list the boards."}`,
	Right:   `{"description": "Retrieves the boards that you can see."}`,
	Check: func(p *Pass) {
		for _, h := range p.read().hits {
			if h.use != usageProduct || h.kind == infoTitle || h.kind >= schemaTitle || h.kind == infoDescription && slices.Contains(restrictedInDescription(), strings.ToLower(h.what)) {
				continue
			}
			p.Report(h.at, fmt.Sprintf("The %s names the product %s.", h.kind.describes(), quote(h.what)))
		}
	},
}

var descriptionNamesAPI = &Rule{
	Name: "DescriptionNamesApi", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The description of the connector speaks of the service, not of its API.",
	Why:     "Makers choose a connector for what it does; that there is an API behind it goes without saying.",
	Fix:     "Say what one can do with the service.",
	Wrong:   `{"info": {"description": "The Fabrikam API allows access to boards and cards."}}`,
	Right:   `{"info": {"description": "Fabrikam Boards keeps the tasks of a team on boards. Create, find and move cards."}}`,
	Check: func(p *Pass) {
		description := p.Definition.Info().Get("description")
		if holdsWord(description.String(), "api") || holdsWord(description.String(), "apis") {
			p.Report(description, "The description of the connector contains the word API.")
		}
	},
}

var versionIsDraft = &Rule{
	Name: "VersionIsDraft", Section: SectionContent, Severity: finding.Warning,
	Source:  "pull request 4150 of microsoft/PowerPlatformConnectors",
	Summary: "info.version is that of a released version.",
	Why:     "A connector is certified for production; reviewers ask why a draft is submitted.",
	Fix:     "Give the version under which it is to be released, such as 1.0.",
	Wrong:   `{"info": {"version": "0.1-draft"}}`,
	Right:   `{"info": {"version": "1.0"}}`,
	Check: func(p *Pass) {
		version := p.Definition.Info().Get("version")
		lower := strings.ToLower(version.Text())
		for _, word := range []string{"draft", "snapshot", "todo"} {
			if version.Kind() == connector.String && strings.Contains(lower, word) {
				p.Report(version, fmt.Sprintf("The version %s is marked as %s.", quote(version.Text()), word))
				return
			}
		}
	},
}
