package changes

import "github.com/precert/precert/finding"

func outputKinds() []*kind {
	return []*kind{
		outputFieldDeleted, outputFieldAdded, outputFieldTypeChanged, outputFieldFormatChanged, outputEnumListRemoved,
		outputEnumListAdded, outputEnumValueRemoved, outputEnumValueAdded, outputFieldVisibilityChangedToInternal,
		responseDeleted, responseCodeChanged, responseAdded,
	}
}

var outputFieldDeleted = &kind{
	name: "OutputFieldDeleted", severity: finding.Error, source: sourceObserved,
	summary: "A field of a response or notification is gone, or has another name.",
	why:     "Flows that use the field find nothing there: the next step gets an empty value, or fails.",
	fix:     fixKeepField,
	wrong:   "- \"dueDate\": {\"type\": \"string\", \"format\": \"date\"}",
	right:   "\"dueDate\": {\"type\": \"string\", \"format\": \"date\", \"description\": \"Out of use: always empty.\"}",
}

var outputFieldAdded = &kind{
	name: "OutputFieldAdded", severity: finding.Info, source: sourceReasoned,
	summary: "A field of a response or notification is new.",
	why:     "It adds something that makers can use; no flow that exists breaks.",
	fix:     fixConfirm,
}

var outputFieldTypeChanged = &kind{
	name: "OutputFieldTypeChanged", severity: finding.Error, source: sourceObserved,
	summary: "The type of a response or notification field is another one, or not declared any more.",
	why:     "If the API answers accordingly, expressions and steps of flows that use the field get a value they cannot use. A type declared for the first time is a warning.",
	fix:     "If only the definition was wrong and the API answers as ever, confirm that to the reviewer; else keep the field and add another one, or put the change into a new revision of the operation.",
	wrong:   "- \"total\": {\"type\": \"string\"}\n+ \"total\": {\"type\": \"number\"}",
	right:   "\"total\": {\"type\": \"string\"}, \"totalAmount\": {\"type\": \"number\"}",
}

var outputFieldFormatChanged = &kind{
	name: "OutputFieldFormatChanged", severity: finding.Error, source: sourceObserved,
	summary: "The format of a response or notification field is another one, or not declared any more.",
	why:     "If the API answers accordingly, flows that read the value in the old format cannot use it. A format declared for the first time is a warning, for numbers information.",
	fix:     "If only the definition was wrong and the API answers as ever, confirm that to the reviewer; else keep the field and add another one, or put the change into a new revision of the operation.",
	wrong:   "- \"total\": {\"type\": \"integer\", \"format\": \"int32\"}\n+ \"total\": {\"type\": \"integer\"}",
	right:   "\"total\": {\"type\": \"integer\", \"format\": \"int32\"}",
}

var outputEnumListRemoved = &kind{
	name: "OutputEnumListRemoved", severity: finding.Error, source: sourceObserved,
	summary: "A response field does not list its possible values any more, booleans included.",
	why:     "Flows that branch on the known values may get others, which no branch expects.",
	fix:     "Keep the list as long as the API answers with these values only; else put the change into a new revision of the operation.",
	wrong:   "- \"state\": {\"type\": \"string\", \"enum\": [\"open\", \"done\"]}\n+ \"state\": {\"type\": \"string\"}",
	right:   "\"state\": {\"type\": \"string\", \"enum\": [\"open\", \"done\"]}",
}

var outputEnumListAdded = &kind{
	name: "OutputEnumListAdded", severity: finding.Info, source: sourceReasoned,
	summary: "A response field lists its possible values.",
	why:     "It says more about the same values; no flow that exists breaks.",
	fix:     fixConfirm,
}

var outputEnumValueRemoved = &kind{
	name: "OutputEnumValueRemoved", severity: finding.Info, source: sourceReasoned,
	summary: "A response field does not name one of its values any more.",
	why:     "A branch of a flow may never be taken again; none fails.",
	fix:     fixConfirm,
}

var outputEnumValueAdded = &kind{
	name: "OutputEnumValueAdded", severity: finding.Info, source: sourceReasoned,
	summary: "A response field may hold one more value.",
	why:     "Flows that branch on the known values need a default branch for it.",
	fix:     "Name the new value in the update's description.",
}

var outputFieldVisibilityChangedToInternal = &kind{
	name: "OutputFieldVisibilityChangedToInternal", severity: finding.Warning, source: sourceReasoned,
	summary: "A response or notification field became internal.",
	why:     "Flows that use it go on, but makers cannot pick it any more when they edit them.",
	fix:     "Use \"advanced\" to move it out of sight.",
	wrong:   "+ \"x-ms-visibility\": \"internal\"",
	right:   "+ \"x-ms-visibility\": \"advanced\"",
}

var responseDeleted = &kind{
	name: "ResponseDeleted", severity: finding.Error, source: sourceReasoned,
	summary: "A success response with an output is gone.",
	why:     "Flows that use its fields find nothing there. Where another success response has an output it is a warning.",
	fix:     "Keep the response and its schema, or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- \"200\": {\"description\": \"The card\", \"schema\": {…}}\n+ \"204\": {\"description\": \"Done\"}",
	right:   "\"200\": {\"description\": \"The card\", \"schema\": {…}}",
}

var responseCodeChanged = &kind{
	name: "ResponseCodeChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "The output of an operation stands at another status code.",
	why:     "The designer takes the output from the code it knows; flows that look at the status code, or apps that read the old one, may break. Between default and a success code it is information. What differs within the output is told apart.",
	fix:     "Declare both codes with the same schema.",
	wrong:   "- \"200\": {\"schema\": {…}}\n+ \"201\": {\"schema\": {…}}",
	right:   "\"200\": {\"schema\": {…}}, \"201\": {\"schema\": {…}}",
}

var responseAdded = &kind{
	name: "ResponseAdded", severity: finding.Info, source: sourceReasoned,
	summary: "A success response with an output is new.",
	why:     "It adds something that makers can use; no flow that exists breaks.",
	fix:     fixConfirm,
}
