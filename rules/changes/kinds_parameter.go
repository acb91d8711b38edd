package changes

import "github.com/precert/precert/finding"

func parameterKinds() []*kind {
	return []*kind{
		parameterDeleted, requiredParameterAdded, parameterAdded, parameterMadeRequired, inputMadeOptional,
		parameterLocationChanged, parameterEncodingChanged, collectionFormatChanged,
	}
}

var parameterDeleted = &kind{
	name: "ParameterDeleted", severity: finding.Error, source: sourceReasoned,
	summary: "A parameter of an operation is gone, or has another name.",
	why:     "A flow keeps its inputs under the names of the parameters, those of a body under the body parameter's. A flow that sets it cannot be saved any more, and its value has no effect.",
	fix:     "Keep the parameter and let the API ignore it; or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- {\"name\": \"board\", \"in\": \"query\", \"type\": \"string\"}",
	right:   "{\"name\": \"board\", \"in\": \"query\", \"type\": \"string\", \"description\": \"Out of use.\"}",
}

var requiredParameterAdded = &kind{
	name: "RequiredParameterAdded", severity: finding.Error, source: sourceObserved,
	summary: "A required parameter is new, even one that is internal and has a default.",
	why:     "Flows that exist do not send it: their requests are refused.",
	fix:     fixOptional,
	wrong:   "+ {\"name\": \"region\", \"in\": \"query\", \"type\": \"string\", \"required\": true}",
	right:   "+ {\"name\": \"region\", \"in\": \"query\", \"type\": \"string\", \"required\": false}",
}

var parameterAdded = &kind{
	name: "ParameterAdded", severity: finding.Info, source: sourceReasoned,
	summary: "An optional parameter is new.",
	why:     "Flows that exist leave it out; none breaks as long as the API takes that for what it did before.",
	fix:     fixConfirm,
}

var parameterMadeRequired = &kind{
	name: "ParameterMadeRequired", severity: finding.Error, source: sourceReasoned,
	summary: "An optional parameter became required.",
	why:     "Flows that left it out fail: their requests are refused.",
	fix:     fixOptional,
	wrong:   "- {\"name\": \"region\", \"in\": \"query\", \"required\": false}\n+ {\"name\": \"region\", \"in\": \"query\", \"required\": true}",
	right:   "{\"name\": \"region\", \"in\": \"query\", \"required\": false, \"default\": \"eu\"}",
}

var inputMadeOptional = &kind{
	name: "InputMadeOptional", severity: finding.Info, source: sourceReasoned,
	summary: "A required parameter or input field became optional.",
	why:     "Flows that exist go on sending it; none breaks.",
	fix:     fixConfirm,
}

var parameterLocationChanged = &kind{
	name: "ParameterLocationChanged", severity: finding.Error, source: sourceObserved,
	summary: "A parameter is sent in another part of the request.",
	why:     "Logic Apps and saved requests go on sending it where it was, and the API looks for it elsewhere.",
	fix:     "Let the API read both places, or put the change into a new revision of the operation (same family, next revision, the old one deprecated).",
	wrong:   "- {\"name\": \"query\", \"in\": \"query\"}\n+ {\"name\": \"query\", \"in\": \"header\"}",
	right:   "{\"name\": \"query\", \"in\": \"query\"}",
}

var parameterEncodingChanged = &kind{
	name: "ParameterEncodingChanged", severity: finding.Warning, source: sourcePlatform,
	summary: "A path parameter is URL-encoded once instead of twice, or the other way round.",
	why:     "Values with signs such as / or % reach the API in another form; flows that encode them on their own send too much or too little.",
	fix:     "Test flows of the published version with such values, or put the change into a new revision of the operation.",
	wrong:   "- \"x-ms-url-encoding\": \"double\"\n+ \"x-ms-url-encoding\": \"single\"",
}

var collectionFormatChanged = &kind{
	name: "CollectionFormatChanged", severity: finding.Warning, source: "Swagger 2.0, Parameter Object: collectionFormat",
	summary: "The values of an array parameter are joined in another way.",
	why:     "The API gets the values of flows that exist in another form.",
	fix:     "Let the API read both forms, or put the change into a new revision of the operation.",
	wrong:   "- \"collectionFormat\": \"csv\"\n+ \"collectionFormat\": \"multi\"",
}
