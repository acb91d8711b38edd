package runner

import (
	"errors"
	"slices"

	"github.com/precert/precert/finding"
)

// PlannedRequest is one request of a dry run: what would be sent, and from where its values come.
type PlannedRequest struct {
	// Stage counts from 1; requests of one stage may run side by side.
	Stage       int              `json:"stage"`
	OperationID string           `json:"operationId"`
	Method      string           `json:"method"`
	URL         string           `json:"url"`
	Headers     []finding.Header `json:"headers,omitempty"`
	Body        string           `json:"body,omitempty"`
	// Calls is how many times such a request is sent, its values varied.
	Calls   int      `json:"calls"`
	Sources []Source `json:"sources,omitempty"`
	// Missing says why the request cannot be written down yet.
	Missing string `json:"missing,omitempty"`
	// Support says that it is sent for others only.
	Support bool `json:"support,omitempty"`
	// Script says that script.csx changes the request before it leaves; that is not shown.
	Script bool   `json:"script,omitempty"`
	Curl   string `json:"curl,omitempty"`
	// Policies are the connector's policies for the operation, in the order they apply.
	Policies []string `json:"policies,omitempty"`
	// Before is the request as the definition has it, where the policies change it.
	Before *finding.Request `json:"before,omitempty"`
}

// dryRun writes down the first request of every operation. Identifiers that an
// earlier answer would yield stand as {name}.
func (r *run) dryRun() []PlannedRequest {
	var out []PlannedRequest
	for i, stage := range append(slices.Clone(r.plan.stages), r.planner.hooks()) {
		for _, o := range stage {
			if o.skip != "" {
				continue
			}
			p := PlannedRequest{Stage: i + 1, OperationID: o.name, Method: o.Method, Calls: r.opts.Calls, Support: o.support, Script: r.script.rewritesRequest(o)}
			r.planned(o, &p)
			out = append(out, p)
		}
	}
	return out
}

func (r *run) planned(o *operation, p *PlannedRequest) {
	view := r.stand(o)
	in, err := r.composer.compose(o, 0, view)
	var missing *missingError
	if errors.As(err, &missing) {
		p.Missing = missing.reason
		p.URL = r.base.String() + o.Path
		return
	}
	if err == nil {
		var m *message
		if m, err = encode(r.base, in); err == nil {
			r.write(o, in, m, p)
			return
		}
	}
	p.Missing, p.URL = r.mask.text(err.Error()), r.base.String()+o.Path
}

func (r *run) write(o *operation, in *input, m *message, p *PlannedRequest) {
	m = m.clone()
	schemes, _ := r.auth.requirement(o)
	for _, s := range schemes {
		s.show(m)
	}
	m = r.policed(o, in, m, p)
	form := r.form(m)
	p.Method, p.URL, p.Headers, p.Body, p.Sources = form.Method, form.URL, form.Headers, form.Body, in.sources
	p.Curl = r.mask.curl(m)
}

// show puts a masked credential on a request that is only written down.
func (s *scheme) show(m *message) {
	switch {
	case s.kind == "basic":
		m.header.Set("Authorization", "Basic "+masked)
	case s.kind == "oauth2":
		m.header.Set("Authorization", "Bearer "+masked)
	case s.in == "query":
		if m.url.RawQuery != "" {
			m.url.RawQuery += "&"
		}
		m.url.RawQuery += s.key + "=" + masked
	default:
		m.header.Set(s.key, masked)
	}
}

// stand makes one record per need that says which answer its value will come from.
func (r *run) stand(o *operation) []*record {
	var out []*record
	for _, n := range o.needs {
		for _, producer := range r.planner.producers(n) {
			if producer.skip != "" || o.ownOnly() && n.target && producer.kind != kindCreate {
				continue
			}
			out = append(out, &record{resources: n.resources, by: producer, own: producer.kind == kindCreate, listed: true, stand: true,
				fields: map[string]any{}, params: map[string]any{}, sent: map[string]bool{}})
		}
	}
	if o.undoes != nil && o.undoes.skip == "" {
		out = append(out, &record{resources: []string{o.resource}, by: o.undoes, own: true, stand: true, fields: map[string]any{}, params: map[string]any{}, sent: map[string]bool{}})
	}
	return out
}
