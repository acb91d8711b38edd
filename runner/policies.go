package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/policy"
)

// policies are the connector's policies with what their expressions ask for.
type policies struct {
	set *policy.Set
	// connection holds the values as given; none and wrong stand for a
	// connection without credentials and for one with wrong ones.
	connection, none, wrong map[string]string
	optional                map[string]bool
	secret                  func(name string) bool
	// own is the API's address by the policies, else by the definition; nil when
	// neither gives one.
	own  *url.URL
	opts Options
	// basePath is that of the definition.
	basePath string
	mask     *redactor
}

// received is an answer as it arrived, before the policies for answers.
type received struct {
	header http.Header
	body   []byte
}

// newPolicies reads the policies of a connector; nil when it has none. notes
// say which of them cannot be applied.
func newPolicies(pkg *connector.Package, opts Options, mask *redactor) (p *policies, notes []string) {
	set, problems := policy.Load(pkg)
	for _, one := range problems {
		notes = append(notes, fmt.Sprintf("%s:%d: %s %s", one.File, one.Line, one.Message, one.Hint))
	}
	if set.Empty() {
		return nil, notes
	}
	declared := connectionParameters(pkg, nil)
	credentials := map[string]bool{}
	for _, name := range set.Secrets() {
		credentials[name] = true
	}
	p = &policies{set: set, opts: opts, mask: mask, optional: optionalParameters(pkg, opts), connection: maps.Clone(opts.Connection),
		basePath: strings.Trim(pkg.Definition.Root.Get("basePath").String(), "/"),
		secret:   func(name string) bool { return credentials[name] || secretName(name, declared) }}
	if p.connection == nil {
		p.connection = map[string]string{}
	}
	p.complete(declared)
	p.none, p.wrong = maps.Clone(p.connection), maps.Clone(p.connection)
	for name, value := range p.connection {
		if p.secret(name) {
			mask.add(value)
			p.none[name], p.wrong[name] = "", wrong(value)
		}
	}
	if own, err := baseURL(pkg.Definition, ""); err == nil {
		p.own = own
	}
	if site := set.Base(policy.Env{Connection: p.connection, Optional: p.optional}); site != nil {
		p.own = site
	}
	return p, notes
}

// complete finds the values of the declared parameters under the names that users write.
func (p *policies) complete(declared map[string]string) {
	for name, kind := range declared {
		if _, given := p.connection[name]; given {
			continue
		}
		if value, ok := lookupFold(p.opts.Connection, name); ok {
			p.connection[name] = value
		} else if kind == "oauthsetting" && p.opts.AccessToken != "" {
			p.connection[name] = p.opts.AccessToken
		}
	}
}

// optionalParameters are the connection parameters that a maker may leave
// empty, and those of the sets that this run does not use.
func optionalParameters(pkg *connector.Package, opts Options) map[string]bool {
	out := map[string]bool{}
	properties := pkg.Properties.Root.Get("properties")
	add := func(list *connector.Node, unused bool) {
		for n := range list.Members {
			required := n.At("uiDefinition", "constraints", "required")
			if unused || required.Exists() && strings.EqualFold(required.Text(), "false") {
				out[n.Key()] = true
			}
		}
	}
	add(properties.Get("connectionParameters"), false)
	sets, inUse := properties.At("connectionParameterSets", "values"), false
	used := func(set *connector.Node) bool {
		for n := range set.Get("parameters").Members {
			if _, given := lookupFold(opts.Connection, n.Key()); given {
				return true
			}
		}
		return false
	}
	for set := range sets.Items {
		inUse = inUse || used(set)
	}
	for set := range sets.Items {
		add(set.Get("parameters"), inUse && !used(set))
	}
	return out
}

// env is what the expressions of one request may ask for.
func (p *policies) env(base *url.URL, mode authMode) policy.Env {
	e := policy.Env{Own: p.own, Secret: func(v string) { p.mask.add(v) }, Optional: p.optional,
		Connection: map[authMode]map[string]string{authNormal: p.connection, authNone: p.none, authWrong: p.wrong}[mode]}
	if p.opts.BaseURL != "" {
		e.Rebase = func(u *url.URL) *url.URL { return p.rebase(base, u) }
	}
	return e
}

// rebase puts the base URL of the user in place of an address that a policy
// sets. Its path replaces that of the policy, when it has one or when the API
// turned out to be served at the root.
func (p *policies) rebase(base, u *url.URL) *url.URL {
	given, err := url.Parse(p.opts.BaseURL)
	if err != nil || base == nil || strings.Trim(given.Path, "/") != "" || base.Path == "" && p.basePath != "" {
		return base
	}
	out := *u
	out.Scheme, out.Host = base.Scheme, base.Host
	return &out
}

// host is the address that a policy sets for all operations, nil when none does.
func (p *policies) host() *url.URL {
	if p == nil || p.opts.BaseURL != "" {
		return nil
	}
	env := p.env(nil, authNormal)
	if p.opts.DryRun {
		p.stand(&env)
	}
	return p.set.Base(env)
}

// stand puts stand-ins for what is missing or secret, for requests that are only written down.
func (p *policies) stand(env *policy.Env) {
	env.StandIn = func(name string) string {
		if p.secret(name) {
			return masked
		}
		return "{" + name + "}"
	}
	env.Connection = maps.Clone(env.Connection)
	for name := range env.Connection {
		if p.secret(name) {
			env.Connection[name] = masked
		}
	}
}

// unfit says why an operation is not run by its policies.
func (p *policies) unfit(o *operation) (skip, mend string) {
	if p == nil {
		return "", ""
	}
	if method := p.set.Method(o.ID, o.Method); method != o.Method && !isSafeMethod(method) && !o.conf.Allow {
		return fmt.Sprintf("a policy sends it as %s: it may change what was there before this run", method), fmt.Sprintf("operations: {%s: {allow: true}}", yamlKey(o.name))
	}
	if p.opts.DryRun {
		return "", ""
	}
	for _, name := range p.hostInputs(o) {
		if param := parameterFold(o, name); param != nil && !p.hostKnown(o, param) {
			return fmt.Sprintf("a policy takes the host from the parameter %s, and no value is given: requests do not go to a made-up host", param.Name), mendValue(o, param.Name)
		}
	}
	missing, by := p.set.Missing(o.ID, p.env(&url.URL{}, authNormal))
	if len(missing) == 0 {
		return "", ""
	}
	return fmt.Sprintf("its policy %s needs the connection value %s, and none is given", by, strings.Join(missing, " and ")), howToGive(p.opts, missing)
}

// otherPath has a polling trigger called under the path of the definition, where
// the API does not have the one that the policy makes of it. It reports whether
// there is something new to try.
func (p *policies) otherPath(o *operation) bool {
	return p != nil && strings.HasPrefix(o.Path, "/trigger/") && p.set.Polling(o.ID) != nil && o.outcome.successes == 0 && o.triggerPath.CompareAndSwap(false, true)
}

// hostInputs are the parameters that say which host is called, none where the base URL does.
func (p *policies) hostInputs(o *operation) []string {
	if p.opts.BaseURL != "" {
		return nil
	}
	return p.set.HostInputs(o.ID)
}

// hostMadeUp reports whether a policy takes the host from a value that the run made up.
func (p *policies) hostMadeUp(o *operation) bool {
	return slices.ContainsFunc(p.set.HostInputs(o.ID), func(name string) bool {
		param := parameterFold(o, name)
		return param != nil && !p.hostKnown(o, param)
	})
}

func parameterFold(o *operation, name string) *connector.Parameter {
	for _, param := range o.Parameters {
		if (param.In == "header" || param.In == "query") && strings.EqualFold(param.Name, name) {
			return param
		}
	}
	return nil
}

// hostKnown reports whether the user, the definition or an earlier answer gives a parameter its value.
func (p *policies) hostKnown(o *operation, param *connector.Parameter) bool {
	for _, from := range []map[string]any{o.conf.Values, p.opts.Values} {
		if _, given := from[param.Name]; given {
			return true
		}
	}
	n := o.need(param.In, param.Name)
	return param.Node.Get("default").Exists() || param.Node.Get("enum").Len() > 0 || param.Node.Get("x-example").Exists() || n != nil && n.dynamic != nil
}

// request rewrites a message. It returns the request for the policies of the
// answer, nil where there is none.
func (p *policies) request(o *operation, in *input, m *message, env policy.Env) (*message, *policy.Request, error) {
	if p == nil || !p.set.Covers(o.ID, false) && !p.set.Covers(o.ID, true) {
		return m, nil, nil
	}
	if in.fault && len(p.hostInputs(o)) > 0 {
		return nil, nil, errors.New("invalid input is not sent where a parameter says which host is called")
	}
	base := m.below()
	req := &policy.Request{Method: m.method, Base: base, Path: strings.TrimPrefix(m.url.EscapedPath(), base.EscapedPath()), Query: m.url.RawQuery,
		Header: m.header, RawBody: m.body, PathParams: map[string]string{}, TriggerPath: o.triggerPath.Load()}
	for _, param := range in.params {
		if param.in == "path" {
			req.PathParams[param.name] = pathText(param)
		}
	}
	if err := p.set.Request(o.ID, req, env); err != nil {
		return nil, nil, err
	}
	if p.opts.BaseURL != "" && req.HostChanged && p.hostMadeUp(o) {
		// The path of a made-up address means nothing: the base URL stands for all of it.
		req.Base = base
	}
	u, err := req.URL()
	if err != nil {
		return nil, nil, err
	}
	return &message{method: req.Method, url: u, base: req.Base, header: req.Header, body: req.RawBody}, req, nil
}

// rewrite applies the policies of a message before it is sent.
func (s *session) rewrite(ctx context.Context, o *operation, in *input, m *message, mode authMode) (*message, *policy.Request, error) {
	// A request of our own, for no operation's input, is none of the platform's.
	if s.policies == nil || in == nil {
		return m, nil, nil
	}
	env := s.policies.env(m.below(), mode)
	env.Fetch = func(method string, u *url.URL, h http.Header) (int, []byte, error) {
		asked := &exchange{op: o, purpose: forCall}
		s.once(ctx, asked, &message{method: method, url: u, header: h}, sending{})
		if asked.fail != nil {
			return 0, nil, errors.New(asked.fail.message)
		}
		return asked.status, asked.body, nil
	}
	return s.policies.request(o, in, m, env)
}

// answer applies the policies of an answer. What arrived stays in received.
func (s *session) answer(e *exchange, req *policy.Request, mode authMode) {
	if req == nil || e.fail != nil || !s.policies.set.Covers(e.op.ID, true) {
		return
	}
	resp := &policy.Response{Status: e.status, Header: e.header.Clone(), RawBody: e.body}
	if err := s.policies.set.Response(e.op.ID, req, resp, s.policies.env(req.Base, mode)); err != nil {
		e.fail = &failure{failOther, s.mask.text(err.Error())}
		return
	}
	e.received, e.signedOut = &received{header: e.header, body: e.body}, resp.Unauthenticated
	e.header, e.body, e.decoded = resp.Header, resp.RawBody, false
}

// policed writes down what the policies make of a planned request.
func (r *run) policed(o *operation, in *input, m *message, p *PlannedRequest) *message {
	if r.policies == nil {
		return m
	}
	before := r.form(m)
	env := r.policies.env(m.base, authNormal)
	r.policies.stand(&env)
	after, req, err := r.policies.request(o, in, m.clone(), env)
	if err != nil {
		p.Missing = r.mask.text(err.Error())
		return m
	}
	if req != nil {
		p.Policies = r.policies.set.Names(o.ID)
	}
	if form := r.form(after); !sameForm(before, form) {
		p.Before = &before
	}
	return after
}

// form writes a request for people, secrets masked.
func (r *run) form(m *message) finding.Request {
	out := finding.Request{Method: m.method, URL: readable(r.mask.address(m.url)), Headers: r.mask.headers(m.header)}
	out.Body, out.Truncated = r.mask.body(m.body)
	return out
}

// readable undoes the escapes of {name} and of masked values.
func readable(address string) string {
	return strings.NewReplacer("%7B", "{", "%7D", "}", "%2A%2A%2A", masked).Replace(address)
}

func sameForm(a, b finding.Request) bool {
	if a.Method != b.Method || a.URL != b.URL || a.Body != b.Body || len(a.Headers) != len(b.Headers) {
		return false
	}
	for i := range a.Headers {
		if a.Headers[i] != b.Headers[i] {
			return false
		}
	}
	return true
}

// withoutSecrets takes off what policies put on a request that goes to another host.
func (s *session) withoutSecrets(m *message) *message {
	for name, values := range m.header {
		for _, value := range values {
			if s.mask.text(value) != value {
				m.header.Del(name)
				break
			}
		}
	}
	return m
}
