// Package runner exercises every operation of a connector against its live
// API: it plans an order, makes up requests, sends them politely, judges the
// answers and deletes what it created.
package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Defaults of Options, used for a zero value.
const (
	DefaultCalls   = 10
	DefaultTimeout = 30 * time.Second
	DefaultJobs    = 4
)

// Options says how to run. The zero value of every field has a meaning.
type Options struct {
	// BaseURL replaces scheme and host of the definition and, when it has a
	// path, basePath too; "" takes all three from the definition.
	BaseURL string
	// Calls is how many successes each operation needs, 0 for DefaultCalls.
	Calls int
	// Rate limits requests per second over the whole run, 0 for no limit.
	Rate float64
	// Jobs is how many operations run at once, 0 for DefaultJobs.
	Jobs int
	// Timeout bounds one request with its answer, 0 for DefaultTimeout.
	Timeout time.Duration
	// Budget bounds the whole run without the deletion of what it created, 0 for none.
	Budget time.Duration
	// Allow lists the unsafe methods that may be sent; GET, HEAD and OPTIONS always may.
	Allow []string
	Seed  int64
	// Connection holds credentials and other values by the name of the
	// connection parameter or security scheme; "username" and "password" serve basic.
	Connection map[string]string
	// Variable names the environment variable of a connection value for messages;
	// nil for PRECERT_ and the name in capitals.
	Variable func(name string) string
	// AccessToken is a bearer token the user got elsewhere.
	AccessToken string
	OAuth       *OAuth
	// ConnectionSet names the set of connection parameters of a connector with
	// several ways to sign in; "" takes what there are values for.
	ConnectionSet string
	// Prompt tells a person what to do now, such as where to sign in; nil for nobody.
	Prompt func(text string)
	// Values are for every operation, by the name of a parameter or body property.
	Values     map[string]any
	Operations map[string]OperationOptions
	// Triggers says how to make events happen, by the operationId of the trigger.
	Triggers map[string]TriggerOptions
	// CallbackListen is the HOST:PORT at which notifications of webhooks are taken,
	// CallbackURL the address under which the API reaches it. "" for both takes a
	// loopback port, of use for an API on this machine only.
	CallbackListen, CallbackURL string
	// Only and Skip are globs over operation ids or check names.
	Only, Skip []string
	// Checks returns the configured severity of a check; nil means Error for all.
	Checks func(check string) finding.Severity
	// ScriptBypass judges the operations that script.csx handles as if there were
	// none; else what the script would have changed is not held against them.
	ScriptBypass bool
	// Strict fails an operation that was never exercised.
	Strict bool
	// Shared says that other runs take the operations that this one leaves out:
	// what several depend on is told by the run that has the first of them.
	Shared bool
	// DryRun plans and sends nothing.
	DryRun bool
	// Transport replaces the HTTP transport; for tests.
	Transport http.RoundTripper
	// CAFile is a PEM file of further root certificates.
	CAFile string
	// Record is a file for the HAR recording of every exchange, "" for none.
	Record string
	// Replay is a recording that answers in place of the network. The seed, the
	// number of calls, the base URL and the methods allowed are those of the recording.
	Replay string
	// Journal is a file that keeps what the run has done until it is finished, ""
	// for none. With Resume the run goes on where the journal ends.
	Journal string
	Resume  bool
	// Progress is told what happens, from several goroutines; nil for nobody.
	Progress func(Event)
	// UserAgent and Version tell the API who asks.
	UserAgent, Version string

	// wait pauses for a duration or until ctx ends; tests replace it.
	wait func(context.Context, time.Duration) error
	// hooked says that webhooks can be registered: the API can reach a callback address.
	// clock is the moment of the run, or of the one that is replayed.
	clock  time.Time
	hooked bool
}

// OperationOptions are what the configuration says about one operation.
type OperationOptions struct {
	// Values are by the name of a parameter or body property.
	Values map[string]any
	// Skip is the reason for which the operation is left out, "" to run it.
	Skip string
	// Allow runs it although its method is unsafe, it looks dangerous, or it
	// changes what the run did not create.
	Allow bool
	// Needs are operations that must have run before.
	Needs []string
}

// Result is everything that a run found out.
type Result struct {
	// BaseURL is the address that was called.
	BaseURL string
	// Operations are in the order of the definition.
	Operations []finding.Operation
	Exchanges  []finding.Exchange
	Causes     []finding.Cause
	// Incomplete says why the run did not finish, "" when it did.
	Incomplete string
	// Leftovers are things that the run created and could not delete.
	Leftovers []string
	// Notes are remarks about the run as a whole, such as an API without TLS.
	Notes []string
	// Plan lists the requests of a dry run.
	Plan []PlannedRequest
}

// normalize fills in defaults and refuses what cannot be meant.
func (o Options) normalize(def *connector.Definition) (Options, error) {
	if o.Calls <= 0 {
		o.Calls = DefaultCalls
	}
	if o.Jobs <= 0 {
		o.Jobs = DefaultJobs
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.UserAgent == "" {
		o.UserAgent = strings.TrimSuffix("precert/"+o.Version, "/")
	}
	if o.wait == nil {
		o.wait = waitFor
	}
	for i, method := range o.Allow {
		o.Allow[i] = strings.ToUpper(strings.TrimSpace(method))
		if !slices.Contains(connector.Methods(), strings.ToLower(o.Allow[i])) {
			return o, fmt.Errorf("unknown method %q in allow: use POST, PUT, PATCH or DELETE", method)
		}
	}
	for _, pattern := range slices.Concat(o.Only, o.Skip) {
		if _, err := path.Match(pattern, ""); err != nil {
			return o, fmt.Errorf("the pattern %q cannot be read: %w", pattern, err)
		}
	}
	if err := errors.Join(o.checkCallback(), o.checkTriggers(def)); err != nil {
		return o, err
	}
	for _, id := range sortedKeys(o.Operations) {
		if findOperation(def, id) == nil {
			return o, fmt.Errorf("the configuration names the operation %q, which the definition does not have%s", id, didYouMean(def, id))
		}
		for _, need := range o.Operations[id].Needs {
			if findOperation(def, need) == nil {
				return o, fmt.Errorf("operation %s needs %q, which the definition does not have%s", id, need, didYouMean(def, need))
			}
		}
	}
	return o, nil
}

// operationName is the operationId, or method and path when it has none.
func operationName(op *connector.Operation) string {
	if op.ID != "" {
		return op.ID
	}
	return op.Method + " " + op.Path
}

func findOperation(def *connector.Definition, name string) *connector.Operation {
	for _, op := range def.Operations {
		if operationName(op) == name {
			return op
		}
	}
	return nil
}

func didYouMean(def *connector.Definition, name string) string {
	for _, op := range def.Operations {
		if id := operationName(op); strings.EqualFold(id, name) || strings.Contains(strings.ToLower(id), strings.ToLower(name)) {
			return fmt.Sprintf("; did you mean %s?", id)
		}
	}
	return ""
}

// ErrNoHost says that neither the definition nor the user names the API's address.
var ErrNoHost = errors.New("the definition has no host: give the address of the API with --base-url")

// baseURL joins what the definition says with what the user gave. It never ends with a slash.
func baseURL(def *connector.Definition, given string) (*url.URL, error) {
	scheme, host := "https", def.Root.Get("host").String()
	schemes := def.Root.Get("schemes").Strings()
	if len(schemes) > 0 && !slices.Contains(schemes, "https") {
		scheme = schemes[0]
	}
	base := &url.URL{Scheme: scheme, Host: host}
	if given != "" {
		u, err := url.Parse(given)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("the base URL %q is not an absolute http or https address such as https://api.fabrikam.com/v1", given[strings.LastIndexByte(given, '@')+1:])
		}
		if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return nil, fmt.Errorf("the base URL %q must be scheme, host and path only; give credentials as connection values", redactUserinfo(u))
		}
		base = u
	}
	if base.Host == "" {
		return nil, ErrNoHost
	}
	if strings.Trim(base.Path, "/") == "" {
		base.Path, base.RawPath = def.Root.Get("basePath").String(), ""
	}
	base.Path = strings.TrimRight("/"+strings.TrimLeft(base.Path, "/"), "/")
	base.RawPath = ""
	return base, nil
}

func redactUserinfo(u *url.URL) string {
	plain := *u
	plain.User, plain.RawQuery, plain.Fragment = nil, "", ""
	return plain.String()
}
