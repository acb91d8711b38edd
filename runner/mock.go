package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// A mock serves the definition and has nothing behind it. It takes any
// credentials, and its answers are the definition's own examples. What it cannot
// tell of an API is skipped with that reason. It is known by its own words only.

// forMock is the purpose of the one request that asks whether a mock answers.
const forMock = "is it a mock"

// mockErrors begins the type of every problem that Prism itself reports.
const mockErrors = "https://stoplight.io/prism/errors#"

// mockProblem is what a mock says about itself in an answer, "" when it says nothing.
func mockProblem(e *exchange) (kind, title, detail string) {
	if e.status < 400 || !bytes.Contains(e.body, []byte(mockErrors)) {
		return "", "", ""
	}
	var problem struct{ Type, Title, Detail string }
	if err := json.Unmarshal(e.body, &problem); err != nil || !strings.HasPrefix(problem.Type, mockErrors) {
		return "", "", ""
	}
	return strings.TrimPrefix(problem.Type, mockErrors), problem.Title, problem.Detail
}

// mockLimit says what keeps a mock from answering a valid request, "" when
// nothing does or no mock says so. A refusal of the request itself is no limit.
func mockLimit(e *exchange) string {
	kind, title, detail := mockProblem(e)
	if kind == "" || kind == "UNAUTHORIZED" || kind == "UNPROCESSABLE_ENTITY" {
		return ""
	}
	reason := "the mock cannot answer: " + strings.TrimSuffix(title, ".")
	if detail != "" && kind != "NO_COMPLEX_OBJECT_TEXT" {
		reason += " (" + strings.TrimSuffix(detail, ".") + ")"
	}
	return reason
}

// meetMock finds out after the first answer whether a mock may be at the other
// end, and asks it if so. A mock serves the definition as it stands: what the
// policies make of a request is unknown to it, and the ids in its answers are
// examples. It reports whether requests are written otherwise from now on. first
// is nil when there was none.
func (r *run) meetMock(ctx context.Context, first *exchange) bool {
	suspect := r.policies != nil && (first == nil && len(r.plan.stages) > 0 || first != nil && !first.answered() && first.fail.kind == failOther) || first != nil && likeMock(first)
	if r.opts.BaseURL == "" || !suspect || !r.isMock(ctx) {
		return false
	}
	r.composer.sound = func(node *connector.Node, v any) bool {
		found, err := r.validator.ValidateRequest(node, v)
		return err != nil || len(found) == 0
	}
	again := false
	if r.policies != nil {
		again = true
		r.policies, r.session.policies = nil, nil
		r.notes = append(r.notes, "the policies of apiProperties.json are not applied: a mock serves the definition as it stands")
	}
	if root := r.root(); root != nil {
		// Prism knows no basePath.
		again = true
		r.base = root
	}
	return again
}

// likeMock reports whether an answer looks like one of a mock: Prism opens
// everything to every page.
func likeMock(e *exchange) bool {
	kind, _, _ := mockProblem(e)
	return kind != "" || e.header.Get("Access-Control-Allow-Headers") == "*" && e.header.Get("Access-Control-Expose-Headers") == "*"
}

// isMock asks once, for a path that no API has, and reads who denies it.
func (r *run) isMock(ctx context.Context) bool {
	r.mock.asked.Do(func() {
		o := r.plan.ops[0]
		u := *r.base
		u.Path += "/precert/is-this-a-mock"
		u.RawPath, u.RawQuery = "", ""
		m := &message{method: http.MethodGet, url: &u, header: http.Header{"Accept": {"application/json"}}}
		bare := *o.Operation
		bare.Security = nil
		e := r.session.send(asWorker(ctx, ""), &operation{Operation: &bare, name: o.name}, nil, m, sending{purpose: forMock, impatient: true})
		if kind, _, _ := mockProblem(e); kind == "" {
			return
		}
		r.mu.Lock()
		r.mock.found = true
		r.notes = append(r.notes, "a mock answers (Prism), not the API: it tells whether requests and definition agree, not how the API behaves")
		r.mu.Unlock()
	})
	return r.mock.found
}

// mockFound reports whether the API is known to be a mock, without asking it.
func (r *run) mockFound() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mock.found
}

// mockRefuses says why a mock refuses a request that keeps to the definition,
// "" when it is no mock, or when the request may be at fault.
func (w *worker) mockRefuses(ctx context.Context, e *exchange) string {
	o := w.op
	takesBody := len(e.sent.body) > 0 && len(o.Consumes) == 0
	unread := slices.IndexFunc(e.in.params, func(p paramValue) bool {
		return p.in == "path" && bytes.Contains(e.body, []byte(strings.ToLower(strings.Trim(jsonString("required property '"+p.name+"'"), `"`))))
	})
	list := slices.ContainsFunc(e.in.params, func(p paramValue) bool { return p.in == "formData" && p.node.Get("type").String() == "array" })
	if !takesBody && unread < 0 && !list || !w.run.isMock(ctx) {
		return ""
	}
	switch {
	case unread >= 0:
		return fmt.Sprintf("the mock does not read the path parameter %q, because of its name", e.in.params[unread].name)
	case takesBody:
		return "the mock takes no body, because the definition declares no consumes for the operation"
	}
	return "the mock reads a list in a form as text"
}

// ownExample begins what is said of an answer that a mock took from the definition.
const ownExample = "the definition's own example does not match what it declares: "

// excuseMock takes back what was found wrong with a mock and says nothing of an API.
func (w *worker) excuseMock(ctx context.Context) {
	u := w.op.outcome
	excused := func(n note) (reason string) {
		switch n.check {
		case checkCredentials:
			return "a mock takes any credentials"
		case checkInput:
			return "a mock does not judge every input"
		case checkCreated, checkDeleted:
			return "a mock keeps nothing"
		case checkPolling:
			return "a mock makes its answers up, the same at every poll"
		case checkPaging:
			return "a mock answers with examples, whose links lead nowhere"
		case checkServerError:
			if n.proof != nil {
				return mockLimit(n.proof)
			}
		}
		return ""
	}
	example := func(n note) bool { return n.check == checkBody || n.check == checkPolling }
	about := func(n note) bool { return example(n) || excused(n) != "" }
	if !slices.ContainsFunc(u.notes, about) || !w.run.isMock(ctx) {
		return
	}
	for i := range u.notes {
		if n := &u.notes[i]; example(*n) && !strings.HasPrefix(n.message, ownExample) {
			n.verdict = finding.Warned
			n.message = ownExample + n.message
			n.hint = "Mend the example in the definition: the mock answers with it."
		}
	}
	u.notes = slices.DeleteFunc(u.notes, func(n note) bool {
		reason := excused(n)
		if reason == "" {
			return false
		}
		delete(u.held, n.check)
		u.probes = append(u.probes, probeSkip{n.check, fmt.Sprintf("%s: %s", reason, n.message)})
		return true
	})
}

// excuseHook leaves out what a mock cannot tell of a webhook: it keeps no
// subscription, so that there is none to notify and none to end.
func (w *worker) excuseHook(s *subscription) {
	if s.record != nil {
		s.record.gone.Store(true)
	}
	if w.hook == nil {
		w.hook = s
	}
	u := w.op.outcome
	if slices.ContainsFunc(u.probes, func(p probeSkip) bool { return p.check == checkEnds }) {
		return
	}
	for _, check := range []string{checkRegisters, checkDelivers, checkEnds} {
		u.probes = append(u.probes, probeSkip{check, "a mock keeps no subscription and sends no notification"})
	}
}
