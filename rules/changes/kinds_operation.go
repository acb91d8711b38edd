package changes

import "github.com/precert/precert/finding"

func operationKinds() []*kind {
	return []*kind{
		operationDeleted, operationHidden, operationShown, operationAdded, operationDeprecated, operationPathChanged,
		operationMethodChanged, triggerKindChanged, consumesChanged, producesChanged, pagingRemoved,
	}
}

var operationDeleted = &kind{
	name: "OperationDeleted", severity: finding.Error, source: sourceObserved,
	summary: "An operation is gone, or has another operationId.",
	why:     "Flows and apps know an operation by its operationId. Those that use it fail at their next run, and the designer cannot open the step.",
	fix:     "Keep the operation under its id and mark it deprecated; put what is new into an operation of the same family with the next revision.",
	wrong:   "- \"operationId\": \"ListCards\"\n+ \"operationId\": \"GetCards\"",
	right:   "\"operationId\": \"ListCards\", \"deprecated\": true, \"x-ms-api-annotation\": {\"family\": \"ListCards\", \"revision\": 1}",
}

var operationHidden = &kind{
	name: "OperationHidden", severity: finding.Error, source: sourceObserved,
	summary: "An operation became internal.",
	why:     "Flows that use it run on, but the designer cannot show the step any more, so that their makers cannot edit them.",
	fix:     "Mark the operation deprecated instead: makers of new flows are led away from it, and flows that exist stay editable.",
	wrong:   "+ \"x-ms-visibility\": \"internal\"",
	right:   "+ \"deprecated\": true",
}

var operationShown = &kind{
	name: "OperationShown", severity: finding.Info, source: sourceReasoned,
	summary: "An internal operation became visible.",
	why:     "It adds something that makers can use; no flow that exists breaks.",
	fix:     fixConfirm,
}

var operationAdded = &kind{
	name: "OperationAdded", severity: finding.Info, source: sourceReasoned,
	summary: "An operation is new.",
	why:     "It adds something that makers can use; no flow that exists breaks. A reviewer wants to see it in a flow that ran.",
	fix:     fixConfirm,
}

var operationDeprecated = &kind{
	name: "OperationDeprecated", severity: finding.Info,
	source:  "https://learn.microsoft.com/connectors/custom-connectors/deprecate-operation",
	summary: "An operation was marked deprecated.",
	why:     "Flows that use it go on. Makers need at least 30 days' notice before it may stop to work.",
	fix:     "Say \"(deprecated)\" in summary and description, name what to use instead, and tell customers 30 days ahead.",
}

var operationPathChanged = &kind{
	name: "OperationPathChanged", severity: finding.Error, source: sourceObserved,
	summary: "The path of an operation is another one.",
	why:     "Logic Apps keep the path in the workflow: they go on calling the old one. Flows call the new one without a test of theirs having seen it.",
	fix:     "Keep the path and send requests to the new address by a route request policy; or add the new path as a new revision of the operation.",
	wrong:   "- \"/cards\"\n+ \"/boards/cards\"",
	right:   "\"/cards\" as published, with the policy template \"Route request\"",
}

var operationMethodChanged = &kind{
	name: "OperationMethodChanged", severity: finding.Error, source: sourceReasoned,
	summary: "The HTTP method of an operation is another one.",
	why:     "Logic Apps keep the method in the workflow: they go on sending the old one, which the API may refuse.",
	fix:     fixNewRevision,
	wrong:   "- \"get\": {\"operationId\": \"SearchCards\"}\n+ \"post\": {\"operationId\": \"SearchCards\"}",
	right:   "\"get\": {\"operationId\": \"SearchCards\"}, \"post\": {\"operationId\": \"SearchCardsV2\"}",
}

var triggerKindChanged = &kind{
	name: "TriggerKindChanged", severity: finding.Error, source: sourcePlatform,
	summary: "An operation starts flows in another way: action, webhook or polling, one by one or in batches.",
	why:     "A flow is built around the way it starts: a trigger that became an action has no step to stand at, one that delivers batches has other output.",
	fix:     fixNewRevision,
	wrong:   "- \"x-ms-trigger\": \"single\"\n+ \"x-ms-trigger\": \"batch\"",
	right:   "\"x-ms-trigger\": \"single\" as published, and a new operation with \"x-ms-trigger\": \"batch\"",
}

var consumesChanged = &kind{
	name: "ConsumesChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "A media type that requests were sent in is gone.",
	why:     "The platform writes the bodies of flows that exist in what is left; an input that was valid may be written in a way the API does not read.",
	fix:     "Keep the media type in the list, or test flows of the published version against the update before it goes out.",
	wrong:   "- \"consumes\": [\"application/json\"]\n+ \"consumes\": [\"application/x-www-form-urlencoded\"]",
}

var producesChanged = &kind{
	name: "ProducesChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "A media type that answers came in is gone.",
	why:     "The platform asks for what is left; flows that parse the answer themselves may not understand it.",
	fix:     "Keep the media type in the list, or test flows of the published version against the update before it goes out.",
	wrong:   "- \"produces\": [\"application/json\"]\n+ \"produces\": [\"text/csv\"]",
}

var pagingRemoved = &kind{
	name: "PagingRemoved", severity: finding.Warning, source: sourcePlatform,
	summary: "An operation does not say any more how to get the next page.",
	why:     "Flows with paging switched on get the first page only, and miss the rest without an error.",
	fix:     "Keep x-ms-pageable, or put the change into a new revision of the operation.",
	wrong:   "- \"x-ms-pageable\": {\"nextLinkName\": \"nextLink\"}",
}
