package reports

import (
	"fmt"
	"slices"
	"time"

	"github.com/precert/precert/finding"
)

// The hand-built runs that every format's golden file is made from.
func sampleRuns() map[string]*finding.Run {
	return map[string]*finding.Run{
		"good":       goodRun(),
		"bad":        badRun(),
		"incomplete": incompleteRun(),
		"many":       manyRun(),
		"hostile":    hostileRun(),
		"diff":       diffRun(),
		"compared":   comparedRun(),
		"empty":      concluded(newRun("check"), finding.Error),
	}
}

func newRun(command string, connectors ...*finding.Connector) *finding.Run {
	return &finding.Run{
		Schema: finding.Schema, Tool: finding.Tool{Name: "precert", Version: "0.1.0"}, Command: command,
		StartedAt: time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC), DurationMs: 1320, Connectors: connectors,
	}
}

func concluded(run *finding.Run, failOn finding.Severity) *finding.Run {
	run.Conclude(failOn)
	return run
}

func boards() *finding.Connector {
	return &finding.Connector{
		Path: "connectors/fabrikam-boards", Title: "Fabrikam Boards", Publisher: "verified",
		Files: []finding.File{
			{Name: "apiDefinition.swagger.json", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Bytes: 13201},
			{Name: "apiProperties.json", SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Bytes: 874},
			{Name: "icon.png", SHA256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13", Bytes: 4120},
		},
	}
}

func passed(id, method, path string, ms ...float64) finding.Operation {
	sorted := slices.Sorted(slices.Values(ms))
	op := finding.Operation{OperationID: id, Method: method, Path: path, Kind: "action", Verdict: finding.Passed,
		Calls: len(ms) + 2, Successes: len(ms), Latencies: ms, Latency: finding.Latency{P50: sorted[len(ms)/2], P95: sorted[len(ms)-1], Max: sorted[len(ms)-1]}}
	for _, check := range []string{"SuccessfulResponse", "StatusDeclared", "ContentTypeDeclared", "BodyMatchesSchema", "NoServerError", "CredentialsRequired", "EnoughSuccessfulCalls"} {
		op.Checks = append(op.Checks, finding.Check{Check: check, Verdict: finding.Passed})
	}
	return op
}

// accept makes a check of the operation one that failed and that a suppression covers.
func accept(op *finding.Operation, check, reason string) {
	for i := range op.Checks {
		if own := &op.Checks[i]; own.Check == check {
			own.Verdict, own.Accepted, own.AcceptedBy = finding.Skipped, finding.Failed, reason
			own.Message = "accepted: " + reason + " (it failed: served without credentials)"
		}
	}
}

func goodRun() *finding.Run {
	c := boards()
	c.BaseURL = "https://sandbox.fabrikam.com/v1"
	c.Findings = []finding.Finding{
		{Rule: "OperationSummaryTooLong", Severity: finding.Warning, Policy: "5000.2.6.2", File: "apiDefinition.swagger.json",
			Pointer: "/paths/~1cards/get/summary", Line: 41, Column: 20, OperationID: "ListCards",
			Message:    "The summary of 'ListCards' has 93 characters; 80 are allowed.",
			Hint:       "Shorten the summary to a phrase such as \"List cards\" and move the rest to description.",
			Suppressed: true, SuppressedBy: "approved by the certification team, ticket 4711"},
		{Rule: "IconBackground", Severity: finding.Info, File: "icon.png", Message: "The icon's corners are transparent.",
			Hint: "Fill the background with the brand colour."},
	}
	c.Operations = []finding.Operation{
		passed("ListCards", "GET", "/cards", 3.4, 3.0, 2.9, 3.1, 3.0, 3.3, 2.8, 3.1, 3.6, 7.9),
		passed("CreateCard", "POST", "/cards", 11.2, 9.8, 10.4, 10.9, 9.7, 10.1, 12.4, 10.3, 10.8, 14.2),
		passed("GetCard", "GET", "/cards/{cardId}", 2.2, 2.4, 2.1, 2.2, 2.6, 2.3, 2.1, 2.2, 2.5, 2.9),
	}
	accept(&c.Operations[0], "CredentialsRequired", "the list is public by intent, ticket 4712")
	accept(&c.Operations[2], "CredentialsRequired", "the list is public by intent, ticket 4712")
	c.Exchanges = []finding.Exchange{{Number: 1, OperationID: "ListCards", Purpose: "valid request", DurationMs: 3.4,
		Request:  finding.Request{Method: "GET", URL: "https://sandbox.fabrikam.com/v1/cards?top=10", Headers: []finding.Header{{Name: "X-Api-Key", Value: "***"}}},
		Response: &finding.Response{Status: 200, Headers: []finding.Header{{Name: "Content-Type", Value: "application/json"}}, Body: `[{"id":"c1","points":3}]`, Bytes: 24},
		Curl:     "curl -X GET 'https://sandbox.fabrikam.com/v1/cards?top=10' -H 'X-Api-Key: ***'"}}
	run := newRun("certify", c)
	run.Seed, run.Docs = 42, sampleDocs()
	return concluded(run, finding.Error)
}

func badRun() *finding.Run {
	c := boards()
	c.BaseURL = "https://sandbox.fabrikam.com/v1"
	c.Findings = badFindings()
	c.Operations = badOperations()
	c.Causes = []finding.Cause{
		{Check: "BodyMatchesSchema", Verdict: finding.Failed, Operations: []string{"ListCards", "GetCard"}, Exchange: 7,
			Message: "points is a string, the schema says integer", Hint: "Answer a number, or declare points as a string in definitions/Card."},
		{Check: "ResponseTimeWithinLimit", Verdict: finding.Warned, Operations: []string{"CreateCard"}, Exchange: 9,
			Message: "the slowest of 10 calls took 2.41 s; callers notice from 2 s on", Hint: "Look at what the create path waits for."},
	}
	c.Exchanges = badExchanges()
	c.Leftovers = []string{"card c77 (DELETE /cards/c77 was answered 403)"}
	run := newRun("certify", c)
	run.Seed, run.Docs, run.DurationMs = 42, sampleDocs(), 65_200
	return concluded(run, finding.Error)
}

func badFindings() []finding.Finding {
	const file = "apiDefinition.swagger.json"
	list := []finding.Finding{
		{Rule: "ConnectionParametersMissing", Severity: finding.Error, Policy: "5000.2.4", Checker: []string{"connector-validate-connectionparameters"}, File: "apiProperties.json", Pointer: "/properties",
			Line: 2, Column: 3, Message: "The definition asks for an API key, but apiProperties.json declares no connection parameter.",
			Hint:    "Add properties.connectionParameters.api_key with type securestring.",
			Excerpt: &finding.Excerpt{Text: `  "properties": {`, Caret: 2, Length: 12}},
		{Rule: "OperationIdRequired", Severity: finding.Error, Policy: "5000.2.6.2", File: file, Pointer: "/paths/~1cards/get", Line: 41, Column: 7,
			Message: "The operation GET /cards has no operationId.", Hint: `Add "operationId": "ListCards".`,
			Excerpt: &finding.Excerpt{Text: `      "get": {`, Caret: 6, Length: 5}},
		{Rule: "SchemaTypeMissing", Severity: finding.Error, File: file, Pointer: "/definitions/Card/properties/labels", Line: 310, Column: 9,
			OperationID: "GetCard", Operations: []string{"CreateCard", "GetCard", "ListCards", "MoveCard", "UpdateCard", "WatchCards", "WhenCardCreated"},
			Message: "The schema of 'labels' has no type.", Hint: "Say \"type\": \"array\" and give items.",
			Excerpt: &finding.Excerpt{Text: `        "labels": { "description": "卡片标签, labels of the card" },`, Caret: 20, Length: 38}},
	}
	for i := range 9 {
		list = append(list, finding.Finding{Rule: "OperationIdSanitized", Severity: finding.Warning, File: file,
			Pointer: fmt.Sprintf("/paths/~1boards~1%d/get/operationId", i), Line: 60 + 10*i, Column: 24, OperationID: fmt.Sprintf("Get-Board-%d", i),
			Message: fmt.Sprintf("'Get-Board-%d' is shown as 'GetBoard%d'.", i, i), Hint: "Use letters and digits only.",
			Excerpt: &finding.Excerpt{Text: fmt.Sprintf(`        "operationId": "Get-Board-%d",`, i), Caret: 23, Length: 13}})
	}
	for i := range 3 {
		list = append(list, finding.Finding{Rule: "DescriptionEndsWithPeriod", Severity: finding.Info, File: file,
			Pointer: fmt.Sprintf("/paths/~1boards~1%d/get/description", i), Line: 62 + 10*i, Column: 24,
			Message: "The description does not end with a full stop.", Hint: "End it with a full stop."})
	}
	last := &list[len(list)-1]
	last.AlsoOn, last.Message = []int{92, 92, 97}, last.Message+" The same holds at 3 more places, on lines 92, 97."
	return finding.Sort(list)
}

func badOperations() []finding.Operation {
	const curl = "curl -X GET 'https://sandbox.fabrikam.com/v1/cards' \\\n  -H 'X-Api-Key: ***'"
	body := finding.Check{Check: "BodyMatchesSchema", Verdict: finding.Failed, Pointer: "/0/points",
		Message: "points is a string, the schema says integer", Hint: "Answer a number, or declare points as a string in definitions/Card.", Exchange: 7, Curl: curl}
	list := passed("ListCards", "GET", "/cards", 3.4, 3.0, 2.9, 3.1, 3.0, 3.3, 2.8, 3.1, 3.6, 7.9)
	list.Verdict, list.Reason = finding.Failed, "BodyMatchesSchema: points is a string, the schema says integer"
	list.Checks[3] = body
	get := passed("GetCard", "GET", "/cards/{cardId}", 2.2, 2.4, 2.1)
	get.Verdict, get.Reason = finding.Failed, list.Reason
	get.Checks[3] = body
	get.Checks[3].Exchange = 8
	get.Checks[6] = finding.Check{Check: "EnoughSuccessfulCalls", Verdict: finding.Failed, Message: "3 of 10 calls succeeded"}
	create := passed("CreateCard", "POST", "/cards", 1210, 1198, 1340, 1275, 1402, 1190, 1333, 1248, 1999, 2410)
	create.Checks = append(create.Checks, finding.Check{Check: "ResponseTimeWithinLimit", Verdict: finding.Warned, Exchange: 9,
		Message: "the slowest of 10 calls took 2.41 s; callers notice from 2 s on", Hint: "Look at what the create path waits for."})
	create.Script = true
	create.Types = &finding.Types{Total: 3, Properties: []finding.TypeDifference{{Pointer: "/points", Declared: "integer", Actual: "integer int32"}, {Pointer: "/labels/*/<b>", Actual: "string"}}}
	archive := finding.Operation{OperationID: "ArchiveAccount", Method: "DELETE", Path: "/accounts/{accountId}", Kind: "action", Verdict: finding.Skipped,
		Reason: "DELETE is not allowed to run", Mend: "allow: [DELETE]"}
	remove := finding.Operation{OperationID: "DeleteCard", Method: "DELETE", Path: "/cards/{cardId}", Kind: "action", Verdict: finding.Skipped,
		Reason: "DELETE is not allowed to run", Mend: "allow: [DELETE]"}
	hook := finding.Operation{OperationID: "WhenCardCreated", Method: "POST", Path: "/boards/{boardId}/hooks", Kind: "webhook", Verdict: finding.Skipped,
		Reason: "no value for boardId", Mend: "operations:\n  WhenCardCreated: {values: {boardId: …}}",
		Checks: []finding.Check{{Check: "WebhookRegisters", Verdict: finding.Skipped, Message: "not reached"}}}
	return []finding.Operation{archive, create, remove, get, list, hook}
}

func badExchanges() []finding.Exchange {
	head := []finding.Header{{Name: "Accept", Value: "application/json"}, {Name: "X-Api-Key", Value: "***"}}
	answer := []finding.Header{{Name: "Content-Type", Value: "application/json; charset=utf-8"}, {Name: "Date", Value: "Sat, 31 Jan 2026 10:00:00 GMT"}}
	return []finding.Exchange{
		{Number: 7, OperationID: "ListCards", Purpose: "valid request", DurationMs: 3.4,
			Request:  finding.Request{Method: "GET", URL: "https://sandbox.fabrikam.com/v1/cards", Headers: head},
			Response: &finding.Response{Status: 200, Headers: answer, Body: `[{"id":"c1","points":"3","labels":["red","late"]}]`, Bytes: 51},
			Curl:     "curl -X GET 'https://sandbox.fabrikam.com/v1/cards' \\\n  -H 'X-Api-Key: ***'"},
		{Number: 8, OperationID: "GetCard", Purpose: "valid request", DurationMs: 2.4,
			Request:  finding.Request{Method: "GET", URL: "https://sandbox.fabrikam.com/v1/cards/c1", Headers: head},
			Response: &finding.Response{Status: 200, Headers: answer, Body: `{"id":"c1","points":"3"}`, Bytes: 24}},
		{Number: 9, OperationID: "CreateCard", Purpose: "valid request", DurationMs: 2410,
			Request:  finding.Request{Method: "POST", URL: "https://sandbox.fabrikam.com/v1/cards", Headers: head, Body: `{"title":"Write the report","points":5}`},
			Response: &finding.Response{Status: 201, Headers: answer, Body: `{"id":"c77","title":"Write the rep`, Bytes: 70_000, Truncated: true},
			Curl:     `curl -X POST 'https://sandbox.fabrikam.com/v1/cards' --data-raw '{"title":"Write the report","points":5}'`},
	}
}

func sampleDocs() []finding.Doc {
	return []finding.Doc{
		{Name: "BodyMatchesSchema", Section: "Live checks", Severity: finding.Error, Summary: "the body matches the declared schema"},
		{Name: "ConnectionParametersMissing", Section: "Connection", Severity: finding.Error, Policy: "5000.2.4", Checker: []string{"connector-validate-connectionparameters"}, Summary: "Declare what the user must enter.",
			Why: "Without a connection parameter nobody can sign in.", Fix: "Declare one connection parameter per credential.", Source: "https://learn.microsoft.com/connectors/custom-connectors/connection-parameters"},
		{Name: "OperationIdRequired", Section: "Operations", Severity: finding.Error, Policy: "5000.2.6.2", Summary: "Every operation has an operationId.",
			Why: "Flows store the operationId; without one the designer cannot name the step.", Fix: "Give every operation an identifier in Pascal case.",
			Wrong: "\"get\": {\n  \"summary\": \"List cards\"\n}", Right: "\"get\": {\n  \"operationId\": \"ListCards\",\n  \"summary\": \"List cards\"\n}",
			Source: "https://learn.microsoft.com/connectors/custom-connectors/certification-submission"},
		{Name: "OperationIdSanitized", Section: "Operations", Severity: finding.Warning, Summary: "An operationId needs no cleaning.", Why: "The designer strips what it cannot show.", Source: "observed in the designer"},
		{Name: "SchemaTypeMissing", Section: "Schemas", Severity: finding.Error, Summary: "Every schema says its type."},
	}
}

func incompleteRun() *finding.Run {
	c := boards()
	c.BaseURL, c.Incomplete = "https://sandbox.fabrikam.com/v1", "the API did not answer: connection refused after 3 tries"
	c.Operations = []finding.Operation{
		passed("ListCards", "GET", "/cards", 3.4, 3.0, 2.9),
		{OperationID: "CreateCard", Method: "POST", Path: "/cards", Kind: "action", Verdict: finding.Skipped, Reason: "the run ended before its turn"},
	}
	return concluded(newRun("test", c), finding.Warning)
}

func manyRun() *finding.Run {
	var list []*finding.Connector
	for i := range 60 {
		c := boards()
		c.Path, c.Title = fmt.Sprintf("certified-connectors/Connector %02d", i), fmt.Sprintf("Connector %02d", i)
		c.Files = c.Files[:1]
		for j := range i % 4 {
			c.Findings = append(c.Findings, finding.Finding{Rule: "OperationIdSanitized", Severity: finding.Warning, File: "apiDefinition.swagger.json",
				Pointer: fmt.Sprintf("/paths/~1a%d/get", j), Line: 10 + j, Column: 5, Message: "The operationId is shown differently.", Hint: "Use letters and digits only."})
		}
		if i%9 == 8 {
			c.Findings = append(c.Findings, finding.Finding{Rule: "OperationIdRequired", Severity: finding.Error, File: "apiDefinition.swagger.json",
				Pointer: "/paths/~1b/get", Line: 90, Column: 5, Message: "The operation has no operationId."})
		}
		list = append(list, c)
	}
	run := newRun("check", list...)
	run.Docs = sampleDocs()[2:4]
	return concluded(run, finding.Error)
}

func diffRun() *finding.Run {
	c := boards()
	c.Changes = []finding.Change{
		{Change: "OperationDeleted", Severity: finding.Error, ValuePath: "operation/ListCards", Message: "The operation 'ListCards' is gone.", Hint: "Keep it and mark it deprecated."},
		{Change: "ParameterAdded", Severity: finding.Info, ValuePath: "operation/GetCard/parameters/expand", Message: "An optional parameter 'expand' is new."},
	}
	return concluded(newRun("diff", c), finding.Error)
}

// hostileRun holds text that tries to break out of every format.
func hostileRun() *finding.Run {
	const evil = "<script>alert('x')</script> & \"q\" ]]> \x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 nul\x00 bell\a \u202egnp.exe | pipe `tick` \n## [x](javascript:alert(1)) 100% ::error::\r\n::set-env name=A::b\n##vso[task.complete]##[x]\ntail \xff\ufffe"
	c := boards()
	c.Path, c.Title, c.Publisher, c.BaseURL = "=cmd|' /C calc'!A0/"+evil, evil, evil, "javascript:alert(1)"
	c.Files = []finding.File{{Name: evil, SHA256: evil, Bytes: 1}}
	c.Findings = []finding.Finding{
		{Rule: "Rule" + evil, Severity: finding.Error, Policy: evil, File: "=1+1" + evil, Pointer: "/" + evil, Line: 1, Column: 2,
			OperationID: evil, Operations: []string{evil, "+b"}, Message: "@" + evil, Hint: "-" + evil,
			Excerpt: &finding.Excerpt{Text: "\t" + evil, Caret: 900, Length: -4}},
		{Rule: "Second", Severity: finding.Warning, File: "f", Message: "m", Excerpt: &finding.Excerpt{}},
		{Rule: "Rule" + evil, Severity: finding.Error, Suppressed: true, SuppressedBy: evil, File: evil, Message: evil},
	}
	c.Operations = []finding.Operation{{OperationID: evil, Method: evil, Path: evil, Kind: evil, Verdict: finding.Failed, Reason: evil, Mend: evil,
		Checks: []finding.Check{{Check: evil, Verdict: finding.Failed, Pointer: evil, Message: evil, Hint: evil, Exchange: 1, Curl: evil}}},
		{OperationID: "s" + evil, Verdict: finding.Skipped, Reason: evil, Mend: evil}}
	c.Exchanges = []finding.Exchange{{Number: 1, Purpose: evil, Error: evil, Curl: evil,
		Request:  finding.Request{Method: evil, URL: evil, Headers: []finding.Header{{Name: evil, Value: evil}}, Body: evil, Truncated: true},
		Response: &finding.Response{Status: 599, Body: `{"a":"</script>` + "\x00" + `"}`}}}
	c.Changes = []finding.Change{{Change: evil, Severity: finding.Error, ValuePath: evil, Message: evil, Hint: evil}}
	c.Leftovers, c.Incomplete = []string{evil}, evil
	run := newRun("certify"+evil, c)
	run.Tool = finding.Tool{Name: evil, Version: evil}
	run.Docs = []finding.Doc{{Name: "Rule" + evil, Section: evil, Summary: evil, Why: evil, Fix: evil, Wrong: evil, Right: evil, Source: "javascript:alert(1)"}}
	return concluded(run, finding.Error)
}
