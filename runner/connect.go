package runner

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/precert/precert/finding"
)

// testConnection makes one call before all others: it finds out whether the API
// is there and takes the credentials, and judges the declared connection test.
// It reports whether the run goes on.
func (r *run) testConnection(ctx context.Context) bool {
	o := r.plan.test
	if o == nil {
		return true
	}
	in, err := r.composer.compose(o, 0, nil)
	if err != nil {
		return true
	}
	m, err := encode(r.base, in)
	if err != nil {
		return true
	}
	e := r.session.send(ctx, o, in, m, sending{purpose: forTest})
	if e.status == http.StatusNotFound {
		e = r.withoutBasePath(ctx, o, in, e)
	}
	declared := r.def.Root.At("x-ms-capabilities", "testConnection", "operationId").String() == o.name
	_, missing := r.auth.requirement(o)
	switch {
	case e.fail != nil && e.fail.kind == failStopped:
		return false
	case e.fail != nil && e.fail.kind == failDial:
		r.abort(fmt.Sprintf("the API at %s cannot be reached: %s", r.base.Host, e.fail.message))
		return false
	case e.status == http.StatusUnauthorized && len(missing) > 0:
		r.lackCredentials()
		return true
	case e.status == http.StatusUnauthorized && r.auth.secured(o) && r.refusedElsewhere(ctx, o):
		r.abort(fmt.Sprintf("the API refuses the credentials given: %s is answered 401%s", o.name, quoteWords(e)))
		return false
	}
	if declared && r.enabled(checkConnection) && !o.support {
		r.judgeConnection(o, e)
	}
	return true
}

// withoutBasePath tries the root of the host that the user gave: some
// deployments, and all mocks, serve the paths there.
func (r *run) withoutBasePath(ctx context.Context, o *operation, in *input, e *exchange) *exchange {
	given, err := url.Parse(r.opts.BaseURL)
	if err != nil || r.opts.BaseURL == "" || strings.Trim(given.Path, "/") != "" || r.base.Path == "" {
		return e
	}
	root := *r.base
	root.Path, root.RawPath = "", ""
	m, err := encode(&root, in)
	if err != nil {
		return e
	}
	again := r.session.send(ctx, o, in, m, sending{purpose: forTest})
	if again.fail != nil || again.status == http.StatusNotFound {
		return e
	}
	r.notes = append(r.notes, fmt.Sprintf("the API does not answer under basePath %s, but at the root of %s: the run goes on there", r.base.Path, r.base.Host))
	r.base = &root
	return again
}

func (r *run) judgeConnection(o *operation, e *exchange) {
	if e.ok() {
		o.outcome.keep(e)
		o.outcome.hold(checkConnection, e)
		return
	}
	message := "the connection test is answered " + statusText(e.status)
	if e.fail != nil {
		message = "the connection test failed: " + e.fail.message
	}
	o.outcome.add(note{check: checkConnection, verdict: finding.Failed, message: message, proof: e,
		hint: "Name an operation in x-ms-capabilities/testConnection that any valid connection may call."})
}

// refusedElsewhere asks a second operation before the credentials are called
// wrong. With no second one the first stands.
func (r *run) refusedElsewhere(ctx context.Context, first *operation) bool {
	for _, o := range r.plan.ops {
		if o == first || o.skip != "" || !isSafeMethod(o.Method) || !r.auth.secured(o) || !o.allOptional() {
			continue
		}
		in, err := r.composer.compose(o, 0, nil)
		if err != nil {
			continue
		}
		m, err := encode(r.base, in)
		if err != nil {
			continue
		}
		e := r.session.send(ctx, o, in, m, sending{purpose: forTest})
		return e.status == http.StatusUnauthorized
	}
	return true
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
