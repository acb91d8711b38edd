package runner

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
)

// Bounds on what is read, judged and kept of a response.
const (
	// maxBody is how much of a response body is read and judged.
	maxBody = 8 << 20
	// shownBody is how much of a body an exchange in the report holds.
	shownBody = 4 << 10
)

// Purposes of exchanges.
const (
	forCall        = "call"
	forTest        = "connection test"
	forFault       = "invalid input"
	forNoAuth      = "without credentials"
	forWrongAuth   = "with wrong credentials"
	forRead        = "read what was created"
	forReadGone    = "read what was deleted"
	forDeleteAgain = "delete once more"
	forSupply      = "create on demand"
	forCleanup     = "clean up"
	forEvent       = "make an event happen"
	forNotice      = "notification"
	forUnsubscribe = "end a subscription"
	forPage        = "next page"
	forPoll        = "poll"
	forChunks      = "upload in pieces"
	forDynamic     = "dynamic input"
)

// exchange is one request and what came back.
type exchange struct {
	op      *operation
	purpose string
	in      *input
	// sent is the request as it went out last, credentials included.
	sent *message
	// plain is the request without credentials.
	plain    *message
	started  time.Time
	duration time.Duration
	// began and took are of the last request of the exchange alone.
	began  time.Time
	took   time.Duration
	status int
	header http.Header
	body   []byte
	// meant is the status that a refusal in the body of a 2xx stands for, 0 for none.
	meant int
	// cut: the body was larger than is read. unended: it had not ended in time.
	cut, unended bool
	fail         *failure
	// hops are the redirects that were followed or refused.
	hops []hop
	// throttled counts the answers that asked to wait.
	throttled int
	// oddRetryAfter is a Retry-After that says nothing usable.
	oddRetryAfter string
	// throttled5xx: a 503 was among them. detail says what is special about the request.
	throttled5xx bool
	detail       string
	// intent is the number of a creation in the journal.
	intent int
	// foreign: a redirect to another host was not followed.
	foreign string
	// kept exchanges appear in the report, under number.
	kept   bool
	number int
	// size is the length of the body as read; body itself is cut once it is judged.
	size    int
	decoded bool
	// received is the answer as it arrived, nil where no policy rewrote it.
	received *received
	// signedOut says that a policy marks the connection as signed out at this answer.
	signedOut bool
	value     any
	badJSON   error
}

// ok reports whether the answer is a success.
func (e *exchange) ok() bool {
	return e.fail == nil && e.meant == 0 && e.status >= 200 && e.status < 300
}

// answered reports whether a response arrived.
func (e *exchange) answered() bool { return e.status != 0 }

// media is the media type of the response without its parameters, in lower case.
func (e *exchange) media() string {
	media, _, _ := strings.Cut(strings.ToLower(e.header.Get("Content-Type")), ";")
	return strings.TrimSpace(media)
}

// json decodes the body once, an XML one by the schema that is declared for it.
func (e *exchange) json() (any, error) {
	if !e.decoded {
		e.decoded = true
		if node := e.xmlSchema(); node != nil {
			e.value, e.badJSON = readXML(e.in.def, node, e.body)
			return e.value, e.badJSON
		}
		e.value, e.badJSON = schema.Decode(e.body)
	}
	return e.value, e.badJSON
}

// words are what a refusal says: the body as one line, not too long.
func (e *exchange) words() string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(e.body[:min(len(e.body), 600)]), "?")), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}

// settle lets go of what is needed for judging only.
func (e *exchange) settle() {
	e.decoded, e.value, e.badJSON = false, nil, nil
	if keep := 2 * shownBody; len(e.body) > keep {
		e.body = bytes.Clone(e.body[:keep])
	}
	if r := e.received; r != nil && len(r.body) > 2*shownBody {
		r.body = bytes.Clone(r.body[:2*shownBody])
	}
}

// answerText is the beginning of the body with the escapes of JSON undone.
func (e *exchange) answerText() string {
	text := string(e.body[:min(len(e.body), 4096)])
	return text + strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text)
}

// report turns the exchange into its form in the report, secrets masked.
func (e *exchange) report(mask *redactor) finding.Exchange {
	out := finding.Exchange{
		Number: e.number, OperationID: e.op.name, Purpose: e.purpose, StartedAt: e.started.UTC(), DurationMs: ms(e.duration),
		Request: finding.Request{Method: e.sent.method, URL: mask.address(e.sent.url), Headers: mask.headers(e.sent.header)},
		Curl:    mask.curl(e.sent),
	}
	out.Request.Body, out.Request.Truncated = mask.body(e.sent.body)
	if e.fail != nil {
		out.Error = mask.text(e.fail.message)
	}
	if e.answered() {
		// The evidence is what the API sent.
		header, body := e.header, e.body
		if e.received != nil {
			header, body = e.received.header, e.received.body
		}
		out.Response = &finding.Response{Status: e.status, Headers: mask.headers(header), Bytes: e.size}
		out.Response.Body, out.Response.Truncated = mask.body(body)
		out.Response.Truncated = out.Response.Truncated || e.cut || e.unended || e.size > len(body)
	}
	return out
}

// ms is a duration in milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
