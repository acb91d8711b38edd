package rules

import (
	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func fileRules() []*Rule {
	return []*Rule{
		jsonSyntaxNotValid, jsonNotStrict, fileTruncated, duplicateKeyNotAllowed, byteOrderMarkNotAllowed, encodingNotUTF8,
		fileTooLarge, fileNotExpected, nestingTooDeep, fileNotReadable, definitionMissing, definitionFormatNotSupported,
		internalError, suppressionUnused,
	}
}

// problems reports what the reader noticed under the rule's name.
func problems(p *Pass) {
	for _, problem := range p.Package.AllProblems() {
		if problem.Rule != p.rule.Name {
			continue
		}
		checker := p.rule.Checker
		if problem.File != p.Definition.Name {
			// The solution checker's rules about JSON are one for each file.
			checker = nil
		}
		p.found = append(p.found, finding.Finding{
			Rule: p.rule.Name, Severity: p.rule.Severity, Policy: p.rule.Policy, Checker: checker, File: problem.File, Pointer: problem.Pointer,
			Line: problem.Line, Column: problem.Column, Message: problem.Message, Hint: problem.Hint, Excerpt: problem.Excerpt,
		})
	}
}

var jsonSyntaxNotValid = &Rule{
	Name: "JsonSyntaxNotValid", Section: SectionFiles, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  "RFC 8259",
	Checker: []string{"connector-validate-swagger-isproperjson"},
	Summary: "The JSON files of a connector can be read as JSON.",
	Why:     "Neither the portal nor the package checks can read the file, or they read something else than what was meant.",
	Fix:     "Mend the syntax at this place, then format the file with an editor that knows JSON.",
	Wrong:   `{"basePath": "/v1" "schemes": ["https"]}`,
	Right:   `{"basePath": "/v1", "schemes": ["https"]}`,
	Check:   problems,
}

var jsonNotStrict = &Rule{
	Name: "JsonNotStrict", Section: SectionFiles, Severity: finding.Warning, Policy: "5000.2.6.2",
	Source:  "RFC 8259; certified connectors with trailing commas exist",
	Checker: []string{"connector-validate-swagger-isproperjson"},
	Summary: "The JSON files of a connector are strict JSON, without comments, trailing commas and raw control characters.",
	Why:     "The platform's own reader accepts these, so such connectors were certified; the solution checker, strict readers and other tools do not.",
	Fix:     "Remove what strict JSON does not allow, then format the file with an editor that knows JSON.",
	Wrong:   `{"schemes": ["https",]}`,
	Right:   `{"schemes": ["https"]}`,
	Check:   problems,
}

var fileTruncated = &Rule{
	Name: "FileTruncated", Section: SectionFiles, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  "RFC 8259",
	Summary: "The JSON files of a connector are complete.",
	Why:     "A file that ends in the middle was cut off by a failed download or a bad merge; what is missing cannot be certified.",
	Fix:     "Export or copy the file again.",
	Wrong:   `{"swagger": "2.0", "info": {"title": "Fabri`,
	Right:   `{"swagger": "2.0", "info": {"title": "Fabrikam Boards"}}`,
	Check:   problems,
}

var duplicateKeyNotAllowed = &Rule{
	Name: "DuplicateKeyNotAllowed", Section: SectionFiles, Severity: finding.Warning,
	Source:  "RFC 8259 section 4: names within an object should be unique",
	Summary: "No object has two members of the same name.",
	Why:     "Readers keep one of the two, silently and not all the same one: a path, a parameter or a response disappears.",
	Fix:     "Remove one of the two members, or give it its own name.",
	Wrong:   `{"type": "string", "type": "integer"}`,
	Right:   `{"type": "integer"}`,
	Check:   problems,
}

var byteOrderMarkNotAllowed = &Rule{
	Name: "ByteOrderMarkNotAllowed", Section: SectionFiles, Severity: finding.Info,
	Source:  "RFC 8259 section 8.1",
	Summary: "The files are UTF-8 without a byte order mark.",
	Why:     "The platform skips the mark, but command line tools and strict readers stop at it.",
	Fix:     "Save the file as UTF-8 without a byte order mark.",
	Wrong:   "EF BB BF 7B …",
	Right:   "7B …",
	Check:   problems,
}

var encodingNotUTF8 = &Rule{
	Name: "EncodingNotUtf8", Section: SectionFiles, Severity: finding.Warning,
	Source:  "RFC 8259 section 8.1",
	Summary: "The files are encoded as UTF-8.",
	Why:     "Letters beyond ASCII arrive as question marks in the titles and descriptions that makers see.",
	Fix:     "Save the file as UTF-8 without a byte order mark.",
	Wrong:   "a description saved as Windows-1252 or UTF-16",
	Right:   "the same description saved as UTF-8",
	Check:   problems,
}

var fileTooLarge = &Rule{
	Name: "FileTooLarge", Section: SectionFiles, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/faq",
	Summary: "No file is larger than precert reads (32 MB).",
	Why:     "Certification refuses definitions of 1 MB and more; a file of this size is not a connector's.",
	Fix:     "Check whether this is the right file; split the API into several connectors if it is.",
	Wrong:   "apiDefinition.swagger.json of 40 MB",
	Right:   "apiDefinition.swagger.json of 40 KB",
	Check:   problems,
}

var nestingTooDeep = &Rule{
	Name: "NestingTooDeep", Section: SectionFiles, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  "precert's own limit; the deepest certified definition nests under 60 levels",
	Summary: "No document is nested deeper than 500 levels.",
	Why:     "The platform's reader gives up on such documents, and no designer can show them.",
	Fix:     "Move nested schemas to definitions and refer to them.",
	Wrong:   `{"a": {"a": {"a": …}}}`,
	Right:   `{"$ref": "#/definitions/A"}`,
	Check:   problems,
}

var fileNotReadable = &Rule{
	Name: "FileNotReadable", Section: SectionFiles, Severity: finding.Error,
	Source:  "precert",
	Summary: "Every artefact of the connector can be read.",
	Why:     "What cannot be read cannot be checked.",
	Fix:     "Check that it is a file and that you may read it.",
	Wrong:   "apiProperties.json without read permission",
	Right:   "apiProperties.json that its owner can read",
	Check:   problems,
}

var definitionMissing = &Rule{
	Name: "DefinitionMissing", Section: SectionFiles, Severity: finding.Error, Policy: "5000.1.1.3",
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/certification-policy-errors",
	Summary: "A connector has a definition.",
	Why:     "Without a definition there is nothing to import, and the submission is refused.",
	Fix:     "Put apiDefinition.swagger.json beside apiProperties.json, or name it in settings.json.",
	Wrong:   "a folder with apiProperties.json alone",
	Right:   "a folder with apiDefinition.swagger.json and apiProperties.json",
	Check: func(p *Pass) {
		// A package without a solution that holds a connector lacks more than a definition: that is told.
		if export := p.Package.Export; export != nil && !export.Solution.Has("Connector") ||
			export == nil && p.Package.Submission != nil && len(p.Package.Zips) == 0 {
			return
		}
		if p.Package.File(connector.RoleDefinition) == nil && len(p.Package.Problems) == 0 {
			p.ReportFile(p.Definition.Name, "The connector has no definition.")
		}
	},
}

var definitionFormatNotSupported = &Rule{
	Name: "DefinitionFormatNotSupported", Section: SectionFiles, Severity: finding.Error, Policy: "5000.2.6.3",
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/define-openapi-definition",
	Summary: "The definition is Swagger 2.0 (OpenAPI 2.0).",
	Why:     "Custom connectors are imported from Swagger 2.0; certification refuses every other format.",
	Fix:     "Convert the description to Swagger 2.0, then check the result again.",
	Wrong:   `{"openapi": "3.0.1"}`,
	Right:   `{"swagger": "2.0"}`,
	Check: func(p *Pass) {
		root := p.Definition.Root
		switch format := connector.FormatOf(root); format {
		case connector.FormatOpenAPI3:
			p.Report(root.Get("openapi"), "The definition is OpenAPI "+root.Get("openapi").Text()+"; only Swagger 2.0 can be certified.",
				Hint("Convert it to Swagger 2.0 (npx api-spec-converter --from openapi_3 --to swagger_2), then check the result."))
		case connector.FormatPostman:
			p.Report(root.Get("info"), "The definition is a Postman collection; only Swagger 2.0 can be certified.",
				Hint("Import the collection in the custom connector wizard (Postman collection v1), download the connector, and check that."))
		case connector.FormatAsyncAPI, connector.FormatSwagger1:
			p.Report(root, "The definition is "+string(format)+"; only Swagger 2.0 can be certified.")
		case connector.FormatSwagger2, connector.FormatUnknown:
		}
	},
}

var internalError = &Rule{
	Name: "InternalError", Section: SectionTool, Severity: finding.Warning,
	Source:  "precert",
	Summary: "Every rule finishes.",
	Why:     "A rule that fails on a connector did not judge it: the report is not whole.",
	Fix:     "Report this with the connector's definition; switch the rule off to go on (--rule NAME=off).",
	Wrong:   "a rule that stops half-way",
	Right:   "a rule that judges every connector",
	Check:   func(*Pass) {},
}

var suppressionUnused = &Rule{
	Name: "SuppressionUnused", Section: SectionTool, Severity: finding.Warning,
	Source:  "precert",
	Summary: "Every suppression in precert.yaml still matches a finding and has not ended.",
	Why:     "A suppression that outlives its reason hides the next defect at that place.",
	Fix:     "Remove the suppression, or correct its rule or place.",
	Wrong:   "ignore: [{rule: OperationIdSanitized, at: NoSuchOperation, reason: old}]",
	Right:   "ignore: [{rule: OperationIdSanitized, at: get-ticket, reason: published under this id}]",
	Check:   func(*Pass) {},
}
