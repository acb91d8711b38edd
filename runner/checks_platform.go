package runner

import "github.com/precert/precert/finding"

// platformChecks are about what the platform does around single calls: triggers,
// choices, schemas and pages. They make their own requests.
func platformChecks() []check {
	const pages = "https://learn.microsoft.com/connectors/custom-connectors/"
	doc := func(name, page, summary, why, fix string) check {
		return check{finding.Doc{Name: name, Section: Section, Severity: finding.Error, Summary: summary, Why: why, Fix: fix, Source: pages + page}, nil}
	}
	return []check{
		doc(checkValues, "openapi-extensions", "The operation named by x-ms-dynamic-values, -list or -tree yields items with a value and a title at the declared paths.",
			"The designer shows an empty list, and makers have to know identifiers by heart.",
			"Correct the paths in the definition, or what the operation answers."),
		doc(checkSchema, "openapi-extensions", "The operation named by x-ms-dynamic-schema or -properties yields a schema at the declared path.",
			"Without the schema the designer shows none of the fields.",
			"Answer a JSON Schema of type object at the declared path, or correct the path."),
		doc(checkPaging, "openapi-extensions", "Next links lead through pages that match the schema, to an end, on the same host.",
			"Flows with paging switched on read every page: a circle never ends, and another host would be handed the credentials.",
			"Leave the next link out on the last page, and let it lead to the next page of the same API."),
		doc(checkRegisters, "create-webhook-trigger", "A subscription is answered 2xx with a Location header.",
			"The platform deletes the subscription at Location; without it every switched-off flow leaves one behind.", hintLocation),
		doc(checkDelivers, "create-webhook-trigger", "The event brings one notification in time, by POST, that matches x-ms-notification-content.",
			"A flow starts only when the notification comes, and reads its fields by that schema.",
			"POST the declared body to the address in the subscription, once for each event."),
		doc(checkEnds, "create-webhook-trigger", "DELETE on the Location of a subscription works, and no notification follows.",
			"Flows that were switched off would be started again and again, or the API send to nobody for ever.",
			"Answer DELETE on the Location 200 or 204, and send nothing more."),
		doc(checkPolling, "create-polling-trigger", "The trigger answers 200 with an array (batch) or object (single), or 202 with Location and Retry-After when nothing is new; an event shows once, the newest first.",
			"The platform keeps no other state than Location: without it a flow misses events, or runs again for old ones.",
			"Answer 202 with both headers when nothing is new, and let Location carry the state."),
	}
}
