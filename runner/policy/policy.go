// Package policy applies the policy templates of a connector: it rewrites
// requests and answers as the platform does between maker and API. It sends
// nothing itself.
package policy

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// Problem is a policy that cannot be applied, with its place.
type Problem = connector.Problem

// Set are the policies of one connector in the order they apply. A nil Set
// holds none. It is not changed after Load and may be used from several goroutines.
type Set struct {
	list []*instance
}

// instance is one policy of the file.
type instance struct {
	template, title string
	// operations are the ids that it applies to, nil for all.
	operations []string
	section    section
	action     action
}

// section says when a policy applies.
type section int

const (
	onRequest section = iota
	onResponse
	onFailure
)

// action is what one policy does.
type action interface {
	apply(*scene) error
	// templates are the values with expressions in them.
	templates() []template
}

// Env is what the expressions may ask for beside the message at hand.
type Env struct {
	// Connection holds the values of the connection parameters, secrets
	// included, and those of environment variables.
	Connection map[string]string
	// Optional names the connection parameters that may be left out: they are empty then.
	Optional map[string]bool
	// StandIn makes up a value that is missing, for requests that are only
	// written down; nil makes a missing value an error.
	StandIn func(name string) string
	// Rebase replaces an address that a policy sets by the one that is called
	// in its place; nil calls the address that the policy sets. Where it is
	// given, host names need no values.
	Rebase func(*url.URL) *url.URL
	// Own is the API's address by the definition; links to it are the connector's own.
	Own *url.URL
	// Fetch makes a request for setvaluefromurl; nil writes down what would be fetched.
	Fetch func(method string, u *url.URL, h http.Header) (status int, body []byte, err error)
	// Secret is told values that must not be shown; nil for nobody.
	Secret func(value string)
}

// Request is a request on its way to the API.
type Request struct {
	Method string
	// Base is scheme, host and base path; Path is what comes below, escaped.
	Base *url.URL
	Path string
	// Query is the query as it is written, without the question mark.
	Query  string
	Header http.Header
	// RawBody is the body; only JSON is rewritten.
	RawBody []byte
	// PathParams are the values of the path parameters as they stand in the path.
	PathParams map[string]string
	// TriggerPath says that the API has the /trigger/ at the beginning of Path.
	TriggerPath bool
	// HostChanged says that a policy has set another address.
	HostChanged bool

	original string
}

// Response is an answer on its way to the maker.
type Response struct {
	// Status is 0 where no answer arrived.
	Status  int
	Header  http.Header
	RawBody []byte
	// Unauthenticated says that the platform marks the connection as signed out.
	Unauthenticated bool
}

// URL joins the parts of the address.
func (r *Request) URL() (*url.URL, error) {
	u := *r.Base
	u.RawPath = strings.TrimRight(r.Base.EscapedPath(), "/") + "/" + strings.TrimLeft(r.Path, "/")
	var err error
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, fmt.Errorf("the path %s cannot be written: %w", u.RawPath, err)
	}
	u.RawQuery = r.Query
	return &u, nil
}

// scene is one policy at work.
type scene struct {
	env  Env
	req  *Request
	resp *Response
	// body is that of the request, or of the response where there is one.
	body *document
}

// Request rewrites a request in place as the platform does before it leaves.
// The error names the policy and what it lacks.
func (s *Set) Request(operationID string, req *Request, env Env) error {
	if s.Empty() {
		return nil
	}
	req.original = req.Method
	sc := &scene{env: env, req: req, body: &document{raw: req.RawBody, header: req.Header}}
	if err := s.run(operationID, onRequest, sc); err != nil {
		return err
	}
	raw, err := sc.body.encode()
	req.RawBody = raw
	return err
}

// Response rewrites an answer in place before the maker sees it. The policies
// for failures apply where no answer arrived.
func (s *Set) Response(operationID string, req *Request, resp *Response, env Env) error {
	if s.Empty() {
		return nil
	}
	when := onResponse
	if resp.Status == 0 {
		when = onFailure
	}
	sc := &scene{env: env, req: req, resp: resp, body: &document{raw: resp.RawBody, header: resp.Header}}
	if err := s.run(operationID, when, sc); err != nil {
		return err
	}
	raw, err := sc.body.encode()
	resp.RawBody = raw
	return err
}

func (s *Set) run(operationID string, when section, sc *scene) error {
	sc.body.ordered = slices.ContainsFunc(s.list, func(in *instance) bool {
		_, lists := in.action.(*objectToArray)
		return lists && in.section == when && in.covers(operationID)
	})
	for _, in := range s.list {
		if in.section != when || !in.covers(operationID) {
			continue
		}
		if err := in.action.apply(sc); err != nil {
			return fmt.Errorf("policy %s: %w", in, err)
		}
	}
	return nil
}

// Empty reports whether there is nothing to apply.
func (s *Set) Empty() bool { return s == nil || len(s.list) == 0 }

// Covers reports whether a policy applies to an operation, to its answers
// where answers is set and to its requests where it is not.
func (s *Set) Covers(operationID string, answers bool) bool {
	when := onRequest
	if answers {
		when = onResponse
	}
	return !s.Empty() && slices.ContainsFunc(s.list, func(in *instance) bool { return in.section == when && in.covers(operationID) })
}

// Names lists the policies of an operation in order, those of its answers included.
func (s *Set) Names(operationID string) []string {
	var out []string
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		if !in.covers(operationID) {
			continue
		}
		name := in.String()
		if in.section == onFailure {
			name += ", where no answer arrives"
		}
		out = append(out, name)
	}
	return out
}

// Base is the address that a policy sets for all operations by connection
// values alone, nil when none does or a value is missing.
func (s *Set) Base(env Env) *url.URL {
	var out *url.URL
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		host, ok := in.action.(*setHost)
		if !ok || in.operations != nil || slices.ContainsFunc(host.url, func(p part) bool { return p.kind != literal && p.kind != fromConnection }) {
			continue
		}
		if base, err := host.base(&scene{env: env}); err == nil {
			out = base
		}
	}
	return out
}

// HostInputs are the headers and query parameters that say which host the
// requests of an operation go to.
func (s *Set) HostInputs(operationID string) []string {
	var out []string
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		host, ok := in.action.(*setHost)
		if !ok || !in.covers(operationID) {
			continue
		}
		for _, p := range host.url {
			if p.kind == fromHeader || p.kind == fromQuery {
				out = append(out, p.name)
			}
		}
	}
	return out
}

// Method is the method that an operation is sent with.
func (s *Set) Method(operationID, method string) string {
	if s.Empty() {
		return method
	}
	for _, in := range s.list {
		if route, ok := in.action.(*routeRequest); ok && in.covers(operationID) && route.method != "" {
			method = route.method
		}
	}
	return method
}

// Missing lists the connection values that the policies of an operation need
// and env lacks, each once, by name of the policy that needs it first.
func (s *Set) Missing(operationID string, env Env) (values []string, policy string) {
	if s.Empty() {
		return nil, ""
	}
	env.StandIn = nil
	for _, in := range s.list {
		if !in.covers(operationID) {
			continue
		}
		lacking := missing(in.action, env)
		if len(lacking) > 0 && policy == "" {
			policy = in.String()
		}
		for _, name := range lacking {
			if !slices.Contains(values, name) {
				values = append(values, name)
			}
		}
	}
	return values, policy
}

func missing(a action, env Env) []string {
	host, isHost := a.(*setHost)
	if isHost && env.Rebase != nil && host.pathKnown(env) {
		return nil
	}
	var out []string
	for _, t := range a.templates() {
		for _, p := range t {
			if p.kind != fromConnection || p.hasDefault || env.Optional[p.name] && !isHost {
				continue
			}
			if _, given := env.connection(p.name); !given {
				out = append(out, p.name)
			}
		}
	}
	return out
}

// Secrets lists the connection parameters whose values are put where
// credentials go, whatever type they are declared with.
func (s *Set) Secrets() []string {
	var out []string
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		target := ""
		switch a := in.action.(type) {
		case *setHeader:
			target = a.name.literal()
		case *setQuery:
			target = a.name.literal()
		}
		if !looksSecret(target) {
			continue
		}
		for _, t := range in.action.templates() {
			for _, p := range t {
				if p.kind == fromConnection && !slices.Contains(out, p.name) {
					out = append(out, p.name)
				}
			}
		}
	}
	return out
}

// looksSecret reports whether a header or query parameter carries credentials by its name.
func looksSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "key", "token", "secret", "password", "pwd", "credential", "signature", "cookie"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

func (in *instance) covers(operationID string) bool {
	return in.operations == nil || slices.Contains(in.operations, operationID)
}

func (in *instance) String() string {
	if in.title == "" {
		return in.template
	}
	return in.template + " (" + in.title + ")"
}

// connection finds a connection value, by its exact name first.
func (e Env) connection(name string) (string, bool) {
	if v, ok := e.Connection[name]; ok {
		return v, true
	}
	for _, key := range slices.Sorted(maps.Keys(e.Connection)) {
		if strings.EqualFold(key, name) {
			return e.Connection[key], true
		}
	}
	return "", false
}

func (e Env) rebase(u *url.URL) *url.URL {
	if e.Rebase == nil {
		return u
	}
	return e.Rebase(u)
}
