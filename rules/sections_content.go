package rules

// The sections of what certification reads beside the definition's grammar.
const (
	SectionContent = "Content"
	SectionSchemas = "Schemas"
	SectionAgents  = "Agents"
	SectionScript  = "Script"
	SectionIcon    = "Icon"
	SectionReadme  = "Readme"
)

// Where facts of these sections come from.
const (
	policySource     = "https://learn.microsoft.com/connectors/custom-connectors/certification-policy-errors"
	submissionSource = "https://learn.microsoft.com/connectors/custom-connectors/certification-submission"
	stringsSource    = "https://learn.microsoft.com/connectors/custom-connectors/connector-string-guidance"
	checkerSource    = "https://learn.microsoft.com/power-apps/maker/data-platform/use-powerapps-checker"
	scriptSource     = "https://learn.microsoft.com/connectors/custom-connectors/write-code"
	readmeSource     = "https://github.com/microsoft/PowerPlatformConnectors/tree/dev/templates"
	extensionsSource = "https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions"
)
