package runner

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/precert/precert/connector"
)

// Limits on response times.
const (
	slowAfter     = 2 * time.Second
	platformLimit = 120 * time.Second
)

// unavailable is what is said of an API that is down for a moment.
const unavailable = "a valid request was answered 5xx at first; a repetition succeeded"

// judgeSuccess judges what is no success by any reading: no answer, a circle of
// redirects, an odd status. Refusals (4xx) are weighed where the whole series is known.
func judgeSuccess(j *judgement) {
	if !j.valid() {
		return
	}
	switch e := j.e; {
	case e.signedOut && e.status != http.StatusUnauthorized:
		j.warn("", fmt.Sprintf("a valid request is answered %s, and the policy setconnectionstatustounauthenticated marks the connection as signed out at that", statusText(e.status)),
			"Name the status of refused credentials in the policy, usually 401, or answer this request otherwise.")
	case e.ok():
		j.held()
	case e.fail != nil && (e.fail.kind == failClosed || e.fail.kind == failLoop || e.fail.kind == failOther):
		j.fail("", e.fail.message, "")
	case e.fail == nil && e.status < 200:
		j.fail("", fmt.Sprintf("answered %s, which is no final answer", statusText(e.status)), "")
	case e.fail == nil && e.status >= 300 && e.status < 400 && e.foreign == "":
		j.fail("", fmt.Sprintf("answered %s, a redirect that cannot be followed", statusText(e.status)), "Send a Location header with the address, or answer directly.")
	}
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// judgeStatus compares a success with the declared ones. Where only default is
// declared, every success will do.
func judgeStatus(j *judgement) {
	e := j.e
	if e.status < 200 || e.status >= 600 || j.e.foreign != "" {
		return
	}
	declared := codes(j.op, func(code string) bool { return code[0] == '2' })
	if e.status < 300 {
		j.held()
		if !j.valid() || slices.Contains(declared, strconv.Itoa(e.status)) || len(declared) == 0 && j.op.Response("default") != nil {
			return
		}
		if j.op.Trigger == connector.Polling && e.status == http.StatusAccepted {
			return // how the platform is told that nothing is new, declared or not
		}
		message := fmt.Sprintf("%s is not declared; the definition declares %s", statusText(e.status), orNone(declared))
		j.fail("", message, fmt.Sprintf("Declare %d under responses, or answer %s.", e.status, orNone(declared)))
		return
	}
	// Refusals of input are worth a remark where the definition declares others.
	if e.purpose != forFault || e.status != http.StatusUnprocessableEntity && e.status != http.StatusBadRequest || j.op.Response("default") != nil {
		return
	}
	refusals := codes(j.op, func(code string) bool { return code == "400" || code == "422" })
	if len(refusals) > 0 && !slices.Contains(refusals, strconv.Itoa(e.status)) {
		j.warn("", fmt.Sprintf("invalid input is answered %s, which is not declared; the definition declares %s%s", statusText(e.status), orNone(refusals), j.otherShape(refusals[0])),
			fmt.Sprintf("Declare %d under responses with the schema of its body.", e.status))
	}
}

// otherShape says how an undeclared refusal differs from the schema of the declared one.
func (j *judgement) otherShape(code string) string {
	body, err := j.e.json()
	response := j.op.Response(code)
	if err != nil || response == nil || response.Schema() == nil {
		return ""
	}
	declared := j.run.def.Type(response.Schema())
	if got := typeName(body); declared != "" && got != declared {
		return fmt.Sprintf(" with a %s, and the body is an %s", declared, got)
	}
	return ""
}

func typeName(v any) string {
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case nil:
		return "null"
	}
	return "number"
}

func codes(o *operation, want func(string) bool) []string {
	var out []string
	for _, r := range o.Responses {
		if len(r.Code) == 3 && want(r.Code) {
			out = append(out, r.Code)
		}
	}
	return out
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// judgeContentType compares the media type of a body with produces. An error
// page of HTML where JSON is promised is a warning.
func judgeContentType(j *judgement) {
	e := j.e
	if len(e.body) == 0 || len(j.op.Produces) == 0 || e.foreign != "" || e.status == http.StatusNoContent {
		return
	}
	hint := "Send the Content-Type that produces names, or add this one to produces."
	media := e.media()
	switch {
	case e.status >= 400:
		if e.status < 500 && e.purpose == forFault && media == "text/html" && !producesAllows(j.op.Produces, media) {
			j.warn("", fmt.Sprintf("a refusal (%s) is a page of HTML where the definition promises %s", statusText(e.status), strings.Join(j.op.Produces, ", ")), hint)
		}
	case !e.ok() && e.fail == nil || !j.valid():
	case media == "":
		j.fail("", "the response has a body but no Content-Type", hint)
	case !producesAllows(j.op.Produces, media):
		j.fail("", fmt.Sprintf("the Content-Type is %s, but produces allows %s", media, strings.Join(j.op.Produces, ", ")), hint)
	default:
		j.held()
		if charset := e.wrongCharset(); charset != "" {
			j.warn("", fmt.Sprintf("the Content-Type says charset=%s, but the body is UTF-8", charset), "Say charset=utf-8, or nothing: JSON is UTF-8.")
		}
	}
}

// wrongCharset is the charset of the Content-Type where JSON in UTF-8 would be
// misread by it, "" where all is well.
func (e *exchange) wrongCharset() string {
	_, parameters, err := mime.ParseMediaType(e.header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	if err != nil || !isJSON(e.media()) || slices.Contains([]string{"", "utf-8", "utf8", "us-ascii", "ascii"}, charset) || !utf8.Valid(e.body) || bytes.IndexByte(e.body, 0) >= 0 {
		return ""
	}
	ascii := bytes.IndexFunc(e.body, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	if ascii && !strings.HasPrefix(charset, "utf-") {
		return ""
	}
	return charset
}

// producesAllows compares media types; all JSON is one, and so is all XML.
func producesAllows(produces []string, media string) bool {
	family := func(m string) string {
		m, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(m)), ";")
		m = strings.TrimSpace(m)
		switch {
		case isJSON(m):
			return "json"
		case strings.HasSuffix(m, "/xml") || strings.HasSuffix(m, "+xml"):
			return "xml"
		}
		return m
	}
	return slices.ContainsFunc(produces, func(p string) bool {
		allowed, got := family(p), family(media)
		main, _, _ := strings.Cut(got, "/")
		return allowed == got || allowed == "*/*" || allowed == "*" || allowed == main+"/*" || allowed == "application/octet-stream" && got != "text/html"
	})
}

// judgeHeaders looks at the headers that the response of this status declares.
func judgeHeaders(j *judgement) {
	e := j.e
	if e.oddRetryAfter != "" {
		j.warn("", fmt.Sprintf("Retry-After is %q, which is neither seconds nor a date", e.oddRetryAfter), "Send whole seconds, or a date such as Wed, 21 Oct 2026 07:28:00 GMT.")
	}
	response := j.op.Response(strconv.Itoa(e.status))
	if !e.ok() || !j.valid() || response == nil || e.foreign != "" {
		return
	}
	for h := range response.Node.Get("headers").Members {
		j.held()
		name, value := h.Key(), e.header.Get(h.Key())
		if value == "" {
			j.warn("", fmt.Sprintf("the declared header %s is missing", name), "Send the header, or take it out of the response in the definition.")
			continue
		}
		if !headerFits(j.run, h, value) {
			j.fail("", fmt.Sprintf("the header %s is %q, not of the declared type %s", name, value, h.Get("type").String()), "Correct the header, or its type in the definition.")
		}
	}
}

func headerFits(r *run, h *connector.Node, value string) bool {
	switch h.Get("type").String() {
	case "integer":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case "number":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case "boolean":
		return value == "true" || value == "false"
	case "string":
		found, err := r.validator.Validate(h, value)
		return err != nil || len(found) == 0 || found[0].Lenient
	}
	return true
}

// judgeServerError judges every answer, to valid and to invalid requests.
func judgeServerError(j *judgement) {
	e := j.e
	switch {
	case e.status >= 500 && !isSwitchedOff(e):
		j.fail("", fmt.Sprintf("%s answered %s%s", j.what(), statusText(e.status), quoteWords(e)), "")
	case e.purpose == forFault && e.fail != nil && e.fail.kind == failClosed:
		j.fail("", j.what()+": the connection was dropped without an answer", "")
	case e.answered():
		j.held()
		if e.throttled5xx {
			j.warn("", unavailable, "")
		}
	}
}

// what names the request that was answered, for messages.
func (j *judgement) what() string {
	if d := j.e.detail; d != "" {
		return j.e.purpose + " (" + d + ")"
	}
	if j.e.purpose == forCall || j.e.purpose == forSupply {
		return "a valid request"
	}
	if j.e.purpose == forDeleteAgain {
		return "the same deletion, made once more,"
	}
	return "a request " + j.e.purpose
}

func quoteWords(e *exchange) string {
	if words := e.words(); words != "" {
		return ": " + words
	}
	return ""
}

// judgeTime judges every answer to a valid request.
func judgeTime(j *judgement) {
	e := j.e
	hint := "Answer within 2 seconds; page long lists, or answer 202 and let the flow poll."
	switch {
	case !j.valid() || j.op.stream:
	case e.fail != nil && e.fail.kind == failTime:
		j.fail("", e.fail.message, hint)
	case !e.answered():
	case e.duration > platformLimit:
		j.fail("", fmt.Sprintf("an answer took %.0f s; the platform ends a call after 120 s", e.duration.Seconds()), hint)
	case e.duration > slowAfter:
		// One slow answer among many says more about the network than about the API.
		if j.op.outcome.slow++; j.op.outcome.slow > 1 || j.run.opts.Calls == 1 {
			j.warn("", fmt.Sprintf("an answer took %.1f s", e.duration.Seconds()), hint)
		}
	default:
		j.held()
	}
}

// judgeHost reports redirects to other hosts, and credentials that anyone on the way can read.
func judgeHost(j *judgement) {
	if !j.valid() {
		return
	}
	if u := j.e.sent.url; u.Scheme == "http" && !isLoopback(u.Hostname()) && j.run.auth.secured(j.op) {
		j.warn("", "the credentials go over http://, without encryption: they can be read on the way", "Offer the API over https://, and leave http out of schemes.")
	}
	for _, h := range j.e.hops {
		if !h.foreign {
			continue
		}
		message := fmt.Sprintf("redirected (%d) to another host, %s://%s; the credentials were not sent there", h.status, h.to.Scheme, h.to.Host)
		if j.e.ok() {
			j.warn("", message, "")
		} else {
			j.fail("", message+", and it gives no successful answer without them", "")
		}
		return
	}
	if len(j.e.hops) > 0 || j.e.ok() {
		j.held()
	}
}
