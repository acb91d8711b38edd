package rules

import (
	"fmt"
	"unicode/utf8"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func definitionSizeRules() []*Rule { return []*Rule{definitionTooLargeForSolution} }

// maxSolutionText is how many characters of a definition a solution was seen to take.
const maxSolutionText = 500_000

var definitionTooLargeForSolution = &Rule{
	Name: "DefinitionTooLargeForSolution", Section: SectionFiles, Severity: finding.Warning,
	Source:  "issue 3567 of microsoft/PowerPlatformConnectors (error 0x80044331), one report",
	Summary: "The definition has at most 500,000 characters.",
	Why:     "A connector is handed in as a solution, and Dataverse refused to add one with a longer definition.",
	Fix:     "Remove operations that nobody needs, share schemas by $ref, or export the definition without indentation.",
	Wrong:   "apiDefinition.swagger.json of 620,000 characters",
	Right:   "apiDefinition.swagger.json of 340,000 characters",
	Check: func(p *Pass) {
		file := p.Package.File(connector.RoleDefinition)
		if file == nil || len(file.Content) <= maxSolutionText {
			return
		}
		if n := utf8.RuneCount(file.Content); n > maxSolutionText {
			p.ReportFile(file.Name, fmt.Sprintf("The definition has %d characters; a solution may take no more than 500,000.", n))
		}
	},
}
