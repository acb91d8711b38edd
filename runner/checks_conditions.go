package runner

// condition says what comes of a check: what makes it fail, what only warns,
// and when it is skipped although it is about such an operation. Empty parts do not happen.
type condition struct{ fails, warns, skips string }

// conditions explains the verdicts of every check, by name. What holds for all,
// such as scripts, mocks and recordings, is said once, on the page of the checks.
func conditions() map[string]condition {
	return map[string]condition{
		checkConnection: {
			fails: "The operation is not answered 2xx with the credentials given, or it is answered 2xx with wrong ones.",
			skips: "Not made when the definition has no x-ms-capabilities/testConnection. Not asked with wrong credentials when none were given.",
		},
		checkSuccessful: {
			fails: "A valid request is answered 405 without a reason, 1xx or a redirect that cannot be followed, or the connection is dropped. 404 or 410 for something that the API itself listed there or created, or for the whole operation. 401 to credentials that other operations take. A file announced in pieces is not taken, although chunkTransfer promises it.",
			warns: "Every request is refused (400, 402, 403, 409, 422 …): the API may be right, and the operation counts as not exercised. A policy marks the connection as signed out at the status of a valid request.",
			skips: "When no value is known for an input, or the API says that the feature is switched off (501, \"not enabled\"), the operation is skipped with that reason and the key of precert.yaml that helps. So is the reading of a part, such as a photo, that nothing which is known has, a question that is answered no by a declared 404, and what a 404 or 405 gives a reason for.",
		},
		checkStatus: {
			fails: "A success has a status that the operation does not declare. Where only default is declared, any success will do, and so will 202 of a polling trigger.",
			warns: "Invalid input is answered 400 where 422 is declared, or the other way round.",
		},
		checkContentType: {
			fails: "A success with a body has no Content-Type, or one that produces does not name. All kinds of JSON count as one, and so do all kinds of XML; parameters such as charset do not count. application/octet-stream in produces allows everything but HTML.",
			warns: "Invalid input is answered by a page of HTML. The charset is wrong for JSON in UTF-8.",
			skips: "Not made for answers without a body, or where no produces applies.",
		},
		checkBody: {
			fails: "The body of a success is not JSON, is empty where a schema is declared, breaks off or never ends, or breaks the schema: type, required, enum, format, bounds, pattern, null without x-nullable. A dynamic schema counts like a declared one. XML is judged where the schema has xml objects, and must be well-formed in any case. Fields that are not declared are no fault, unless additionalProperties is false.",
			warns: "A value has another form than its format, and most clients take it all the same, such as a date without its offset. The body of a refusal breaks the schema declared for it. A name stands twice in one object. A file is empty, or is not what was uploaded. A mock answers with an example that breaks its own schema.",
			skips: "Not made for HEAD, for streams, and for responses without a schema.",
		},
		checkHeaders: {
			fails: "A declared header of a success is not of its type.",
			warns: "A declared header is missing. Retry-After is neither seconds nor a date.",
			skips: "Not made where the response declares no headers.",
		},
		checkServerError: {
			fails: "Any request is answered 5xx: a valid one, one without credentials, one with invalid input, one for something that does not exist, a second deletion. Invalid input makes the API drop the connection.",
			warns: "A valid request is answered 5xx at first, and 2xx when it is repeated.",
			skips: "501, and 5xx that says that the feature is switched off, make the operation not applicable.",
		},
		checkCredentials: {
			fails: "A valid request succeeds without credentials, or with wrong ones, also when its 2xx body is an error.",
			warns: "It is answered with another refusal than 401 or 403, or redirected. The policy setconnectionstatustounauthenticated waits for another status than the API sends. The API answered although no credentials were given for the run.",
			skips: "When the definition declares no security for the operation.",
		},
		checkInput: {
			fails: "A request that breaks the definition in a required input (left out, of another type, null in a list of objects, beyond an enum or a bound), or in the type of a query parameter, succeeds. Up to 12 such requests are sent, each with one fault in an otherwise good one.",
			warns: "The fault is in an optional input, or one that many APIs read leniently.",
			skips: "When the definition forbids no input beyond doubt, such as an operation without parameters. A change or deletion is never sent without the identifier of a thing that the run created, or with another one.",
		},
		checkCreated: {
			fails: "Something that was created is answered 404 or 410 by the operation that reads it, for more than 1.5 seconds. The first two creations are read.",
			skips: "When the answer does not say how to read what was created. Not made where no operation reads it.",
		},
		checkDeleted: {
			fails: "Something that was deleted is read as before, for more than 1.5 seconds. An answer with another state (\"deleted\", \"expired\") counts as gone. The first two deletions are followed.",
			skips: "When the reading succeeds for things that never existed, too. Not made where no operation reads what is deleted.",
		},
		checkTime: {
			fails: "No answer comes within --timeout (30 seconds), or one takes longer than the platform's 120 seconds.",
			warns: "More than one answer takes longer than 2 seconds.",
			skips: "Not made for streams.",
		},
		checkHost: {
			fails: "A valid request is redirected to another host, or from https to http, and there is no success without the credentials there. precert does not send them.",
			warns: "It is redirected to another host and succeeds without credentials. Credentials go over http:// to a host other than this machine.",
		},
		checkEnough: {
			fails: "Fewer calls than --calls succeeded, and no more would, or the API went on answering 429. In certify, and with --strict, also when the operation was not exercised at all, for whatever reason; webhooks that nobody can notify, and what only a script could call, do not count.",
			skips: "In test, when the operation was not exercised, with the reason.",
		},
		checkValues: {
			fails: "The operation that is asked for the choices does not succeed, answers no array at value-collection, or an item without a value at value-path or a title at value-title.",
			warns: "A value is of a type that the input does not take.",
			skips: "When there are no items to judge, or no value for a parameter of the question.",
		},
		checkSchema: {
			fails: "The operation that is asked for the schema does not succeed, or has no schema at value-path.",
			warns: "The schema is no object, so that the designer shows no fields.",
			skips: "When no value is known for a parameter of the question.",
		},
		checkPaging: {
			fails: "A next link is no address, leads to another host, is not answered 2xx, leads back to a page that was there, or brings the same items again. A later page breaks the schema of the first. More than eight pages in a row are empty. A list without x-ms-pageable that takes a cursor and answers with one breaks its schema on a later page, or has a cursor that stops moving; one that takes a place or a page breaks it on the second.",
			skips: "The rest after 40 pages, after 5 by a cursor. Not made without a next link or a cursor.",
		},
		checkRegisters: {
			fails: "The subscription succeeds without a Location that can be called on the same host, or the request fails as under SuccessfulResponse.",
			warns: "Every subscription is refused.",
			skips: "When the API cannot reach this machine: see webhooks.md.",
		},
		checkDelivers: {
			fails: "No notification comes within the wait (10 seconds) after an event that is certain, or one comes by another method than POST, is larger than 1 MB, is not JSON, or breaks x-ms-notification-content.",
			warns: "It comes more than 2 seconds after the event, or more than once although it was answered 200.",
			skips: "When nothing makes the event happen, or it is not certain that what was done is the event. triggers: in precert.yaml names what does.",
		},
		checkEnds: {
			fails: "DELETE on the Location does not succeed, or notifications go on after it.",
			skips: "When nothing was registered.",
		},
		checkPolling: {
			fails: "A poll is answered otherwise than 200 or 202 (204 where it is declared). 200 holds no array (batch) or no object (single), or has no Location while others have one. 202 lacks Location or Retry-After. Nothing new shows after an event that is certain, or what was told already is told again. With the policy pollingtrigger: nothing stands at triggerDataPath, the items come with the oldest first, or its state brings all items again.",
			warns: "Each poll tells the same items and no Location carries a state. The items come with the oldest first. With the policy, its state brings some items again.",
		},
	}
}
