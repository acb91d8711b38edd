package finding

import (
	"fmt"
	"time"
)

// Verdict is the outcome of a run, a connector, an operation or a check.
type Verdict string

// Verdicts of a run or a connector.
const (
	Ready      Verdict = "ready"
	NotReady   Verdict = "not-ready"
	Incomplete Verdict = "incomplete"
)

// Verdicts of an operation or a check. Warned is for checks only.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Warned  Verdict = "warned"
	Skipped Verdict = "skipped"
)

// UnmarshalText reads a verdict. The error names what is none.
func (v *Verdict) UnmarshalText(text []byte) error {
	switch verdict := Verdict(text); verdict {
	case "", Ready, NotReady, Incomplete, Passed, Failed, Warned, Skipped:
		*v = verdict
		return nil
	default:
		return fmt.Errorf("unknown verdict %.40q", text)
	}
}

// Operation is the live outcome of one operation of the definition.
type Operation struct {
	OperationID string `json:"operationId"`
	// Method is in capitals; Path is the template as the definition writes it.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Kind is action, webhook or polling.
	Kind string `json:"kind"`
	// Script says that script.csx handles it, and that the run minded that.
	Script  bool    `json:"script,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Reason says why an operation was skipped, or what failed first.
	Reason string `json:"reason,omitempty"`
	// Mend is the line to add to precert.yaml, or what else to do, when there is one.
	Mend      string  `json:"mend,omitempty"`
	Calls     int     `json:"calls"`
	Successes int     `json:"successes"`
	Latency   Latency `json:"latencyMs"`
	// Latencies are the times of the counted calls in milliseconds, in call order.
	Latencies []float64 `json:"latencies,omitempty"`
	Checks    []Check   `json:"checks"`
	// Types are the properties of the answer whose types or formats differ from
	// those declared: information, as the platform's test page shows it.
	Types *Types `json:"types,omitempty"`
	// Known says that the operation failed in the baseline for the same reasons.
	Known bool `json:"known,omitempty"`
}

// Types lists properties of an answer that differ from their declaration.
type Types struct {
	// Total counts them; Properties holds the first of them.
	Total      int              `json:"total"`
	Properties []TypeDifference `json:"properties"`
}

// TypeDifference is one property with the type and format declared, "" for one
// that is not declared, and those that came.
type TypeDifference struct {
	// Pointer leads into the body; * stands for an index.
	Pointer  string `json:"pointer"`
	Declared string `json:"declared"`
	Actual   string `json:"actual"`
}

// Latency summarises response times in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// Check is the outcome of one conformance check on one operation.
type Check struct {
	// Check is the name of the check, as the contract lists it.
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	// Pointer leads into the response body when the check judged one.
	Pointer string `json:"pointer,omitempty"`
	Message string `json:"message,omitempty"`
	// Hint says how to mend a failed or warned check.
	Hint string `json:"hint,omitempty"`
	// Exchange is the number of the exchange that proves the outcome; 0 when none does.
	Exchange int `json:"exchange,omitempty"`
	// Curl is a command line that repeats the exchange, secrets masked.
	Curl string `json:"curl,omitempty"`
	// Known says that the baseline has this failure or warning already.
	Known bool `json:"known,omitempty"`
	// Accepted is the verdict, failed or warned, of a check that a suppression
	// made skipped; AcceptedBy the suppression's reason.
	Accepted   Verdict `json:"accepted,omitempty"`
	AcceptedBy string  `json:"acceptedBy,omitempty"`
}

// Exchange is one request and its answer, secrets masked.
type Exchange struct {
	// Number counts from 1 within a connector's run.
	Number      int       `json:"number"`
	OperationID string    `json:"operationId,omitempty"`
	Purpose     string    `json:"purpose,omitempty"`
	StartedAt   time.Time `json:"startedAt"`
	DurationMs  float64   `json:"durationMs"`
	Request     Request   `json:"request"`
	// Response is nil when none arrived; Error then says why.
	Response *Response `json:"response,omitempty"`
	Error    string    `json:"error,omitempty"`
	Curl     string    `json:"curl,omitempty"`
}

// Header is one header field.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Request is what was sent.
type Request struct {
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	// Truncated says that Body holds only the beginning.
	Truncated bool `json:"truncated,omitempty"`
}

// Response is what came back.
type Response struct {
	Status  int      `json:"status"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	// Bytes is the full size of the body as read.
	Bytes     int  `json:"bytes"`
	Truncated bool `json:"truncated,omitempty"`
}

// Cause is one reason behind failed or warned checks of several operations.
type Cause struct {
	Check      string   `json:"check"`
	Verdict    Verdict  `json:"verdict"`
	Message    string   `json:"message"`
	Hint       string   `json:"hint,omitempty"`
	Operations []string `json:"operations"`
	Exchange   int      `json:"exchange,omitempty"`
}
