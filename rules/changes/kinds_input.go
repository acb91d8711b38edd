package changes

import "github.com/precert/precert/finding"

func inputKinds() []*kind {
	return []*kind{
		inputFieldDeleted, requiredInputFieldAdded, inputFieldAdded, inputFieldMadeRequired, inputFieldVisibilityChangedToInternal,
		fieldShown, inputFieldTypeChanged, inputFieldFormatChanged, inputEnumListAdded, inputEnumListRemoved,
		inputEnumValueRemoved, inputEnumValueAdded, inputConstraintTightened, inputDefaultChanged,
		dynamicSchemaRemoved, dynamicSchemaChanged, dynamicValuesRemoved,
	}
}

var inputFieldDeleted = &kind{
	name: "InputFieldDeleted", severity: finding.Error, source: sourceNamed,
	summary: "A field of a request body is gone, or has another name.",
	why:     "Flows that fill the field cannot be saved any more, and what they send has no effect. Names are compared with their case.",
	fix:     fixKeepField,
	wrong:   "- \"points\": {\"type\": \"integer\"}",
	right:   "\"points\": {\"type\": \"integer\", \"description\": \"Out of use: the board counts by itself.\"}",
}

var requiredInputFieldAdded = &kind{
	name: "RequiredInputFieldAdded", severity: finding.Error, source: sourceObserved,
	summary: "A required field of a request body is new, or has another name.",
	why:     "Flows that exist do not send it: their requests are refused. Names are compared with their case.",
	fix:     fixOptional,
	wrong:   "- \"required\": [\"title\"]\n+ \"required\": [\"title\", \"board\"]",
	right:   "\"required\": [\"title\"], \"properties\": {\"title\": {…}, \"board\": {\"type\": \"string\", \"default\": \"inbox\"}}",
}

var inputFieldAdded = &kind{
	name: "InputFieldAdded", severity: finding.Info, source: sourceReasoned,
	summary: "An optional field of a request body is new.",
	why:     "Flows that exist leave it out; none breaks as long as the API takes that for what it did before.",
	fix:     fixConfirm,
}

var inputFieldMadeRequired = &kind{
	name: "InputFieldMadeRequired", severity: finding.Error, source: sourceReasoned,
	summary: "An optional field of a request body became required.",
	why:     "Flows that leave it out fail: their requests are refused.",
	fix:     fixOptional,
	wrong:   "- \"required\": [\"title\"]\n+ \"required\": [\"title\", \"points\"]",
	right:   "\"required\": [\"title\"]",
}

var inputFieldVisibilityChangedToInternal = &kind{
	name: "InputFieldVisibilityChangedToInternal", severity: finding.Error, source: sourceNamed,
	summary: "A parameter or input field became internal.",
	why:     "Makers do not see it any more, and a default takes the place of what their flows have set.",
	fix:     "Use \"advanced\" to move it out of sight, or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "+ \"x-ms-visibility\": \"internal\"",
	right:   "+ \"x-ms-visibility\": \"advanced\"",
}

var fieldShown = &kind{
	name: "FieldShown", severity: finding.Info, source: sourceReasoned,
	summary: "An internal parameter or field became visible.",
	why:     "It adds something that makers can use; no flow that exists breaks.",
	fix:     fixConfirm,
}

var inputFieldTypeChanged = &kind{
	name: "InputFieldTypeChanged", severity: finding.Error, source: sourceReasoned,
	summary: "The type of a parameter or input field is another one.",
	why:     "Flows that exist send a value of the old type: the API or the designer refuses it. A type that takes more, such as number for integer, is information only.",
	fix:     "Let the API take both types and keep the declared one; or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- \"points\": {\"type\": \"string\"}\n+ \"points\": {\"type\": \"integer\"}",
	right:   "\"points\": {\"type\": \"string\"}",
}

var inputFieldFormatChanged = &kind{
	name: "InputFieldFormatChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "The format of a parameter or input field is another one.",
	why:     "Flows that exist send values in the old format. With byte and binary it is an error: the platform converts such values on the way. A number that is said to be as large or larger is information.",
	fix:     "Let the API read both formats and keep the declared one, or put the change into a new revision of the operation.",
	wrong:   "- \"due\": {\"type\": \"string\", \"format\": \"date\"}\n+ \"due\": {\"type\": \"string\", \"format\": \"date-time\"}",
	right:   "\"due\": {\"type\": \"string\", \"format\": \"date\"}",
}

var inputEnumListAdded = &kind{
	name: "InputEnumListAdded", severity: finding.Error, source: sourceObserved,
	summary: "A parameter or input field takes values of a list only.",
	why:     "Flows that exist may send a value outside of the list.",
	fix:     "Offer the values without closing the list (x-ms-dynamic-values, or name them in the description); or put the list into a new revision of the operation.",
	wrong:   "- \"state\": {\"type\": \"string\"}\n+ \"state\": {\"type\": \"string\", \"enum\": [\"open\", \"done\"]}",
	right:   "\"state\": {\"type\": \"string\", \"description\": \"open or done\"}",
}

var inputEnumListRemoved = &kind{
	name: "InputEnumListRemoved", severity: finding.Info, source: sourceReasoned,
	summary: "A parameter or input field takes any value now.",
	why:     "What flows have chosen stays valid; none breaks.",
	fix:     fixConfirm,
}

var inputEnumValueRemoved = &kind{
	name: "InputEnumValueRemoved", severity: finding.Error, source: sourceObserved,
	summary: "A value of an input cannot be chosen any more, even the empty one.",
	why:     "Flows that have chosen it go on sending it, and the API may refuse it.",
	fix:     "Keep the value in the list for as long as the API takes it; or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- \"enum\": [\"open\", \"done\", \"later\"]\n+ \"enum\": [\"open\", \"done\"]",
	right:   "\"enum\": [\"open\", \"done\", \"later\"]",
}

var inputEnumValueAdded = &kind{
	name: "InputEnumValueAdded", severity: finding.Info, source: sourceReasoned,
	summary: "An input can take one more value.",
	why:     "What flows have chosen stays valid; none breaks.",
	fix:     fixConfirm,
}

var inputConstraintTightened = &kind{
	name: "InputConstraintTightened", severity: finding.Warning, source: sourceReasoned,
	summary: "A parameter or input field refuses values that it took before.",
	why:     "Flows that exist may send a value that is too long, too large or does not match the pattern.",
	fix:     "Keep the old limit, or make sure that the API never took more than the new one.",
	wrong:   "- \"maxLength\": 200\n+ \"maxLength\": 50",
	right:   "\"maxLength\": 200",
}

var inputDefaultChanged = &kind{
	name: "InputDefaultChanged", severity: finding.Info, source: sourcePlatform,
	summary: "The default of a parameter or input field is another one.",
	why:     "New flows start with another value. For an internal input it is a warning: the platform sends the default by itself, so that flows may send another value from then on.",
	fix:     "Make sure that the API does the same for both values, or put the change into a new revision of the operation.",
	wrong:   "- \"x-ms-visibility\": \"internal\", \"default\": \"v1\"\n+ \"x-ms-visibility\": \"internal\", \"default\": \"v2\"",
}

var dynamicSchemaRemoved = &kind{
	name: "DynamicSchemaRemoved", severity: finding.Error, source: sourcePlatform,
	summary: "Fields that were looked up at run time are not any more.",
	why:     "Flows that fill or read such fields lose them: the designer does not know their names.",
	fix:     "Keep the dynamic schema, or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- \"x-ms-dynamic-schema\": {\"operationId\": \"GetBoardSchema\", …}",
	right:   "\"x-ms-dynamic-schema\": {\"operationId\": \"GetBoardSchema\", …}",
}

var dynamicSchemaChanged = &kind{
	name: "DynamicSchemaChanged", severity: finding.Warning, source: sourcePlatform,
	summary: "Fields that are looked up at run time come from another operation.",
	why:     "If that operation names fields differently, flows that exist lose the ones they use.",
	fix:     "Make sure that the other operation yields the same fields under the same names.",
	wrong:   "- \"x-ms-dynamic-schema\": {\"operationId\": \"GetBoardSchema\"}\n+ \"x-ms-dynamic-schema\": {\"operationId\": \"DescribeBoard\"}",
}

var dynamicValuesRemoved = &kind{
	name: "DynamicValuesRemoved", severity: finding.Info, source: sourcePlatform,
	summary: "A list of values to pick from is gone.",
	why:     "Makers type the value instead of picking it; what flows have set stays.",
	fix:     fixConfirm,
}
