package rules

import "github.com/precert/precert/finding"

func structureRules() []*Rule {
	return []*Rule{
		jsonTypeIncorrect, jsonValueNotInEnum, extensionNameNotValid, additionalPropertyNotAllowed,
		oneOfPropertiesRequired, extensionNameMisspelt,
	}
}

// propertiesSource is the chapter of the official page about properties.
const propertiesSource = officialSource + "#properties"

var jsonTypeIncorrect = &Rule{
	Name: "JsonTypeIncorrect", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull request 4123 of microsoft/PowerPlatformConnectors",
	Summary: "Every value has the JSON type that Swagger 2.0, or the extension, gives it.",
	Why:     "The platform reads the definition into typed objects: a value of another type stops the import.",
	Fix:     "Write the value as the type that is expected here.",
	Wrong:   `{"name": "boardId", "in": "path", "required": "true"}`,
	Right:   `{"name": "boardId", "in": "path", "required": true}`,
	Check:   reportMisfits,
}

var jsonValueNotInEnum = &Rule{
	Name: "JsonValueNotInEnum", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A value that must be one of a few words is one of them.",
	Why:     "The platform does not know the word, and either refuses the definition or ignores what you meant.",
	Fix:     "Use one of the words that the message lists, in lower case as they stand there.",
	Wrong:   `{"x-ms-trigger": "multiple"}`,
	Right:   `{"x-ms-trigger": "batch"}`,
	Check:   reportMisfits,
}

var extensionNameNotValid = &Rule{
	Name: "ExtensionNameNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull request 3810 and issue 3930 of microsoft/PowerPlatformConnectors",
	Summary: "Every property is one of Swagger 2.0 at its place, or begins with x-.",
	Why:     "A name that the validator does not know is a misspelling, a property at the wrong place, or one of another format. All three are refused.",
	Fix:     "Correct the name, move the property to where it belongs, or remove it.",
	Wrong:   `{"swagger": "2.0", "basepath": "/v1"}`,
	Right:   `{"swagger": "2.0", "basePath": "/v1"}`,
	Check:   reportMisfits,
}

var additionalPropertyNotAllowed = &Rule{
	Name: "AdditionalPropertyNotAllowed", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions",
	Summary: "The objects of Microsoft's extensions hold only the properties that the extension defines.",
	Why:     "What the extension does not define has no effect, and certification refuses it. Mostly a name of another extension was used, such as value-path in x-ms-dynamic-list.",
	Fix:     "Correct the name, or remove the property.",
	Wrong:   `"x-ms-dynamic-list": {"operationId": "ListBoards", "value-path": "id"}`,
	Right:   `"x-ms-dynamic-list": {"operationId": "ListBoards", "itemValuePath": "id"}`,
	Check:   reportMisfits,
}

var oneOfPropertiesRequired = &Rule{
	Name: "OneOfPropertiesRequired", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions",
	Summary: "A dynamic extension says what it calls, and each of its arguments where the value comes from.",
	Why:     "Without one of these properties the designer cannot make the call, and the list or the fields stay empty.",
	Fix:     `Name the operation with "operationId", and give each argument a "value" or a "parameterReference".`,
	Wrong:   `"x-ms-dynamic-values": {"value-path": "id", "value-title": "name"}`,
	Right:   `"x-ms-dynamic-values": {"operationId": "ListBoards", "value-path": "id", "value-title": "name"}`,
	Check:   reportMisfits,
}

var extensionNameMisspelt = &Rule{
	Name: "ExtensionNameMisspelt", Section: SectionProperties, Severity: finding.Info,
	Source:  "precert; misspelt extensions passed certification in 12 connectors, without effect",
	Summary: "No extension is misspelt.",
	Why:     "The validator accepts every name that begins with x-. A misspelt extension passes, and does nothing: the title, the visibility or the list that you wrote never appears.",
	Fix:     "Correct the name.",
	Wrong:   `{"x-ms-visibilty": "internal"}`,
	Right:   `{"x-ms-visibility": "internal"}`,
	Check:   reportMisfits,
}
