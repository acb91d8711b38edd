package runner

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
)

// mendAddress says what to do about an API that is not there.
const mendAddress = "start it, or name another address with --base-url"

// testConnection makes one call before all others: it finds out whether the API
// is there and takes the credentials, and judges the declared connection test.
// It reports whether the run goes on.
func (r *run) testConnection(ctx context.Context) bool {
	o := r.plan.test
	if o == nil {
		r.meetMock(ctx, nil)
		return true
	}
	e := r.ask(ctx, o)
	if e == nil {
		r.meetMock(ctx, nil)
		return true
	}
	if r.meetMock(ctx, e) {
		e = r.ask(ctx, o)
	}
	if e.status == http.StatusNotFound {
		e = r.withoutBasePath(ctx, o, e.in, e)
	}
	r.remember(e)
	_, missing := r.auth.requirement(o)
	refused := e.says() == http.StatusUnauthorized || e.says() == http.StatusForbidden
	switch {
	case e.fail != nil && e.fail.kind == failStopped:
		return false
	case e.absent():
		return true
	case e.fail != nil && e.fail.kind == failDial:
		r.abort(fmt.Sprintf("the API at %s cannot be reached: %s; %s", r.base.Host, e.fail.message, mendAddress))
		return false
	case e.fail != nil && e.fail.kind == failToken:
		if r.answersElsewhere(ctx, o) {
			return true
		}
		r.abort(e.fail.message + ": " + mendSignIn)
		return false
	case e.fail != nil && !e.answered() && !r.answersElsewhere(ctx, o):
		r.abort(fmt.Sprintf("the API at %s does not answer: %s; %s", r.base.Host, e.fail.message, mendAddress))
		return false
	case refused && len(missing) > 0:
		r.lackCredentials()
		return true
	case e.says() == http.StatusUnauthorized && r.auth.signed(o) && !r.script.rewritesRequest(o) && r.refusedElsewhere(ctx, o):
		r.abort(fmt.Sprintf("the API refuses the credentials given: %s is answered 401%s; check %s", o.name, quoteWords(e), r.auth.given(o)))
		return false
	}
	declared := r.def.Root.At("x-ms-capabilities", "testConnection", "operationId").String() == o.name
	if declared && r.enabled(checkConnection) && !o.support {
		r.judgeConnection(ctx, o, e)
	}
	return true
}

// ask makes the simplest call of an operation; nil when none can be written.
func (r *run) ask(ctx context.Context, o *operation) *exchange {
	in, err := r.composer.compose(o, 0, nil)
	if err != nil {
		return nil
	}
	if test := r.def.Root.At("x-ms-capabilities", "testConnection"); test.Get("operationId").String() == o.name {
		for p := range test.Get("parameters").Members {
			in.put(p.Key(), schema.Value(p))
		}
	}
	m, err := encode(r.base, in)
	if err != nil {
		return nil
	}
	return r.session.send(ctx, o, in, m, sending{purpose: forTest})
}

// others are operations that need no input, to be asked after the first.
func (r *run) others(first *operation) []*operation {
	var out []*operation
	for _, o := range r.plan.ops {
		if o != first && o.skip == "" && isSafeMethod(o.Method) && !o.stream && o.allOptional() && len(out) < 2 {
			out = append(out, o)
		}
	}
	return out
}

// answersElsewhere asks others before an API is called silent.
func (r *run) answersElsewhere(ctx context.Context, first *operation) bool {
	for _, o := range r.others(first) {
		if e := r.ask(ctx, o); e != nil && e.answered() {
			return true
		}
	}
	return false
}

// refusedElsewhere asks another before the credentials are called wrong. With
// no other one the first stands.
func (r *run) refusedElsewhere(ctx context.Context, first *operation) bool {
	for _, o := range r.others(first) {
		if e := r.ask(ctx, o); e != nil && r.auth.signed(o) {
			return e.says() == http.StatusUnauthorized
		}
	}
	return true
}

// withoutBasePath tries the root of the host that the user gave: some
// deployments, and all mocks, serve the paths there.
func (r *run) withoutBasePath(ctx context.Context, o *operation, in *input, e *exchange) *exchange {
	root := r.root()
	if root == nil {
		return e
	}
	m, err := encode(root, in)
	if err != nil {
		return e
	}
	again := r.session.send(ctx, o, in, m, sending{purpose: forTest})
	if again.fail != nil || again.status == http.StatusNotFound {
		return e
	}
	r.notes = append(r.notes, fmt.Sprintf("the API does not answer under basePath %s, but at the root of %s: the run goes on there", r.base.Path, r.base.Host))
	r.base = root
	return again
}

// root is the root of the host that the user gave; nil when the run is there
// already, or the user gave a path.
func (r *run) root() *url.URL {
	given, err := url.Parse(r.opts.BaseURL)
	if err != nil || r.opts.BaseURL == "" || strings.Trim(given.Path, "/") != "" || r.base.Path == "" {
		return nil
	}
	root := *r.base
	root.Path, root.RawPath = "", ""
	return &root
}

func (r *run) judgeConnection(ctx context.Context, o *operation, e *exchange) {
	if e.ok() {
		o.outcome.keep(e)
		o.outcome.hold(checkConnection, e)
		r.judgeWrongConnection(ctx, o, e)
		return
	}
	message := "the connection test is answered " + e.saysText()
	if e.fail != nil {
		message = "the connection test failed: " + e.fail.message
	}
	o.outcome.add(note{check: checkConnection, verdict: finding.Failed, message: message, proof: e,
		hint: "Name an operation in x-ms-capabilities/testConnection that any valid connection may call."})
}

// judgeWrongConnection makes the test with wrong credentials: a test that
// succeeds all the same tells makers nothing.
func (r *run) judgeWrongConnection(ctx context.Context, o *operation, e *exchange) {
	if _, missing := r.auth.requirement(o); !r.auth.secured(o) || len(missing) > 0 {
		return
	}
	wrong := r.session.send(ctx, o, e.in, e.plain, sending{purpose: forWrongAuth, auth: authWrong})
	if wrong.ok() && !looksLikeRefusal(wrong) && !r.isMock(ctx) {
		o.outcome.add(note{check: checkConnection, verdict: finding.Failed, proof: wrong,
			message: "the connection test succeeds with wrong credentials: every connection would look sound",
			hint:    "Name an operation in x-ms-capabilities/testConnection that checks credentials."})
	}
}

// lackCredentials skips every operation that asks for credentials that were not given.
func (r *run) lackCredentials() {
	for _, o := range r.plan.ops {
		if _, lacking := r.auth.requirement(o); o.skip == "" && len(lacking) > 0 {
			o.skip, o.mend = "it needs credentials, and none are given", r.auth.mend(lacking)
		}
	}
	r.plan.stages = r.planner.stages()
}
