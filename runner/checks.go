package runner

import (
	"github.com/precert/precert/finding"
)

// Names of the checks, as the contract lists them.
const (
	checkSuccessful  = "SuccessfulResponse"
	checkStatus      = "StatusDeclared"
	checkContentType = "ContentTypeDeclared"
	checkBody        = "BodyMatchesSchema"
	checkHeaders     = "HeadersMatchDefinition"
	checkServerError = "NoServerError"
	checkCredentials = "CredentialsRequired"
	checkInput       = "InvalidInputRejected"
	checkEnough      = "EnoughSuccessfulCalls"
	checkTime        = "ResponseTimeWithinLimit"
	checkHost        = "CredentialsStayOnHost"
	checkConnection  = "ConnectionTestSucceeds"
	checkCreated     = "CreatedResourceAvailable"
	checkDeleted     = "DeletedResourceGone"
	checkValues      = "DynamicValuesResolve"
	checkSchema      = "DynamicSchemaResolves"
	checkPaging      = "PagingTerminates"
	checkRegisters   = "WebhookRegisters"
	checkDelivers    = "WebhookDelivers"
	checkEnds        = "WebhookUnregisters"
	checkPolling     = "PollingTriggerAnswers"
)

// Section is the section of the live checks in the catalogue.
const Section = "Live checks"

// check is one conformance check: how it is explained, and how it judges an
// answer. A check with requests of its own, or about totals, has no judge.
type check struct {
	finding.Doc
	judge func(*judgement)
}

// judgement is one answer under judgement.
type judgement struct {
	run *run
	op  *operation
	e   *exchange
	// check is the name of the check that is judging.
	check string
}

// held says that the check had something to judge.
func (j *judgement) held() { j.op.outcome.hold(j.check, j.e) }

func (j *judgement) fail(pointer, message, hint string) {
	j.note(finding.Failed, pointer, message, hint)
}

func (j *judgement) warn(pointer, message, hint string) {
	j.note(finding.Warned, pointer, message, hint)
}

func (j *judgement) note(verdict finding.Verdict, pointer, message, hint string) {
	j.op.outcome.add(note{check: j.check, verdict: verdict, pointer: pointer, message: message, hint: hint, proof: j.e})
}

// valid reports whether the request kept to the definition and carried good credentials.
func (j *judgement) valid() bool {
	return j.e.purpose == forCall || j.e.purpose == forTest || j.e.purpose == forSupply || j.e.purpose == forPoll
}

// table lists every check, in the order of reports.
func table() []check {
	doc := func(name, summary, why, fix string, judge func(*judgement)) check {
		return check{finding.Doc{Name: name, Section: Section, Severity: finding.Error, Summary: summary, Why: why, Fix: fix,
			Source: "https://learn.microsoft.com/connectors/custom-connectors/certification-submission"}, judge}
	}
	return append([]check{
		doc(checkConnection, "The operation named by testConnection works with the credentials given.",
			"Makers see a connection as broken when its test fails, whatever the other operations do.",
			"Name an operation in x-ms-capabilities/testConnection that any valid connection may call.", nil),
		doc(checkSuccessful, "A valid request is answered 2xx.",
			"Certification calls every operation and asks for successful answers.",
			"Make the API accept what the definition describes, or describe what it accepts.", judgeSuccess),
		doc(checkStatus, "A 2xx status is one that the operation declares; a default response does not declare success.",
			"Flows read the outputs of the declared status; for another one they see no outputs.",
			"Declare the status under responses, or answer with the declared one.", judgeStatus),
		doc(checkContentType, "A response with a body has a Content-Type that produces allows.",
			"The platform decides by Content-Type whether a body is JSON, text or a file.",
			"Send the declared Content-Type, or add the real one to produces.", judgeContentType),
		doc(checkBody, "The body matches the declared schema: type, format, required, enum and bounds.",
			"Makers build on the declared fields; a field that is missing or of another type breaks their flows at run time.",
			"Correct the schema in the definition, or what the API sends. Undeclared fields are no fault.", judgeBody),
		doc(checkHeaders, "Declared response headers are there and have their type.",
			"A declared header becomes an output that flows may use.",
			"Send the header, or take it out of the definition.", judgeHeaders),
		doc(checkServerError, "Nothing that is sent, valid or not, is answered 5xx.",
			"The platform retries 5xx answers, and makers cannot tell their own mistake from an outage.",
			"Answer invalid input 400 or 422, unknown things 404, and mend the crash.", judgeServerError),
		doc(checkCredentials, "The same request without, and with wrong, credentials is answered 401 or 403.",
			"An operation that answers without credentials exposes data; one that answers otherwise hides from makers that their connection is broken.",
			"Check credentials before everything else, or declare the operation with an empty security list.", nil),
		doc(checkInput, "A missing required or wrongly typed input is answered 4xx.",
			"An API that takes wrong input stores or returns something the maker did not mean.",
			"Validate the input against the definition, or loosen the definition.", nil),
		doc(checkCreated, "What was created can be read afterwards.",
			"Flows read what an earlier step created.",
			"Answer a creation only when the thing can be read, or answer 202.", nil),
		doc(checkDeleted, "What was deleted can no longer be read.",
			"Flows rely on a deletion that was confirmed.",
			"Answer 404 or 410 for what was deleted, or show its state as deleted.", nil),
		doc(checkTime, "Every answer arrives in time: a warning from 2 seconds, a failure at the platform's 120 seconds or the time-out.",
			"The platform ends a call after 120 seconds, and slow lists make the designer unusable.",
			"Answer faster, page long lists, or answer 202 and let the flow poll.", judgeTime),
		doc(checkHost, "A redirect to another host never carries credentials, and is reported.",
			"A client that follows it hands the maker's credentials to another host.",
			"Answer on the declared host, or let the definition name the other one.", judgeHost),
		doc(checkEnough, "The operation reached the wanted number of successful calls.",
			"Certification asks for at least ten successful calls of every operation.",
			"Give the values or permissions that the reason names, or mend what made calls fail.", nil),
	}, platformChecks()...)
}

// Catalogue explains every live check that is implemented, in the order of reports.
func Catalogue() []finding.Doc {
	all, verdicts := table(), conditions()
	out := make([]finding.Doc, 0, len(all))
	for _, c := range all {
		is := verdicts[c.Name]
		c.Fails, c.Warns, c.Skips = is.fails, is.warns, is.skips
		out = append(out, c.Doc)
	}
	return out
}

func checkNames() []string {
	all := table()
	out := make([]string, 0, len(all))
	for _, c := range all {
		out = append(out, c.Name)
	}
	return out
}

// severity is the configured severity of a check.
func (r *run) severity(name string) finding.Severity {
	if r.opts.Checks == nil {
		return finding.Error
	}
	return r.opts.Checks(name)
}

// enabled reports whether a check is made.
func (r *run) enabled(name string) bool {
	return r.selection.check(name) && r.severity(name) != finding.Off
}

// judge lets every check look at an answer.
func (r *run) judge(o *operation, e *exchange) {
	if e.fail != nil && (e.fail.kind == failStopped || e.fail.kind == failDial || e.fail.kind == failAbsent || e.fail.kind == failToken) {
		return
	}
	for _, c := range r.checks {
		if c.judge != nil {
			c.judge(&judgement{run: r, op: o, e: e, check: c.Name})
		}
	}
}
