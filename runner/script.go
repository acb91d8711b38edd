package runner

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// script is what script.csx does to the operations of a connector. A nil script handles none.
type script struct {
	// operations are the ids that it handles, nil for all.
	operations []string
	// passesRequests and passesAnswers say that it hands requests, or answers, on
	// as they come, keepsAddress that it leaves method and URL alone.
	passesRequests, passesAnswers, keepsAddress bool
}

const (
	scriptReason = "script.csx handles this operation, and precert does not run it: what is on the wire need not be what the definition says"
	scriptMend   = "script: bypass"
)

// newScript reads the script of a connector; nil where there is none or it is bypassed.
func newScript(pkg *connector.Package, opts Options) *script {
	names := pkg.Properties.Root.At("properties", "scriptOperations")
	file := pkg.File(connector.RoleScript)
	if opts.ScriptBypass || file == nil && names.Len() == 0 {
		return nil
	}
	s := &script{}
	if names.IsArray() && names.Len() > 0 {
		s.operations = names.Strings()
	}
	if file != nil {
		s.read(string(file.Content))
	}
	return s
}

// read finds out what a script leaves alone: the request, when it names it only
// to send it; the answer, when it returns what comes back at once; the address,
// when it never names it. Where that is not plain, it changes them.
func (s *script) read(code string) {
	code = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`).ReplaceAllString(code, "")
	sends := strings.Count(code, "SendAsync")
	if sends == 0 || regexp.MustCompile(`\bHttp(Client|RequestMessage|WebRequest)\b`).MatchString(code) {
		return
	}
	sent := regexp.MustCompile(`(this\.)?Context\.SendAsync\(\s*(this\.)?Context\.Request\s*,`)
	rest := sent.ReplaceAllString(code, "")
	s.passesRequests = len(sent.FindAllString(code, -1)) == sends && !regexp.MustCompile(`\bRequest\b`).MatchString(rest)
	s.keepsAddress = !regexp.MustCompile(`Uri|\bHttpMethod\b|\.Method\b`).MatchString(code)
	returned := regexp.MustCompile(`return\s+(await\s+)?(this\.)?Context\.SendAsync\(`).FindAllString(code, -1)
	s.passesAnswers = len(returned) == sends && !regexp.MustCompile(`new\s+HttpResponseMessage`).MatchString(code)
}

// handles reports whether the script stands between the platform and the API
// for an operation, so that what the platform sees is not what is on the wire.
func (s *script) handles(o *operation) bool {
	return s != nil && (s.operations == nil || slices.Contains(s.operations, o.ID))
}

// rewritesRequest and rewritesAnswer report whether the definition's request, or
// its answer, may differ from that on the wire.
func (s *script) rewritesRequest(o *operation) bool { return s.handles(o) && !s.passesRequests }
func (s *script) rewritesAnswer(o *operation) bool  { return s.handles(o) && !s.passesAnswers }

// excuses reports whether a check cannot be held against an operation, because
// the script would have made another request, or another answer of the API's.
func (s *script) excuses(o *operation, check string) bool {
	switch check {
	case checkTime, checkHost:
		return false
	case checkStatus, checkContentType, checkBody, checkHeaders, checkPaging, checkPolling, checkValues, checkSchema:
		// Where the API takes the definition's request, it answers the script just so.
		return s.rewritesAnswer(o) || s.rewritesRequest(o) && (o.good == nil || !s.keepsAddress)
	}
	return s.rewritesRequest(o)
}

// excuse turns what is held against an operation into skipped checks where its
// script would have made the difference. Each check is told once.
func (s *script) excuse(o *operation, checks []finding.Check) []finding.Check {
	if !s.handles(o) {
		return checks
	}
	told := map[string]bool{}
	out := checks[:0]
	for _, c := range checks {
		if c.Verdict != finding.Failed && c.Verdict != finding.Warned || !s.excuses(o, c.Check) {
			out = append(out, c)
			continue
		}
		if !told[c.Check] {
			told[c.Check] = true
			out = append(out, finding.Check{Check: c.Check, Verdict: finding.Skipped, Exchange: c.Exchange, Curl: c.Curl,
				Message: scriptReason + " (without it: " + c.Message + ")", Hint: scriptMend})
		}
	}
	return out
}

// unjudged words why an operation that a script handles has too few successes.
func (s *script) unjudged(o *operation, reason, mend string) (why, do string) {
	if !s.rewritesRequest(o) {
		return reason, mend
	}
	why = scriptReason
	if reason != "" {
		why += " (without it: " + reason + ")"
	}
	return why, cmp.Or(scriptMend, mend)
}
