package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"
)

// notRecorded is the reason for what a recording does not answer.
const notRecorded = "the recording does not hold this request"

// tapeKey tells one request of a run from another. The worker is part of it, for
// workers run side by side, and so is what the request is for.
type tapeKey struct {
	worker, operation, purpose string
	auth                       authMode
	method, url, body          string
}

// workerKey is the place of the worker's name in a context.
type workerKey struct{}

// asWorker says for whom the requests made under a context are.
func asWorker(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, workerKey{}, name)
}

// newTapeKey makes the key of a request. Secrets are masked in it, so that it is
// the same in a replay, which has none.
func newTapeKey(ctx context.Context, mask *redactor, e *exchange, m *message, auth authMode) tapeKey {
	worker, _ := ctx.Value(workerKey{}).(string)
	text, _ := harText(mask, m.body)
	return tapeKey{worker: worker, operation: e.op.name, purpose: e.purpose, auth: auth, method: m.method,
		url: plainMask(mask.address(m.url)), body: plainMask(text)}
}

// plainMask writes a masked place that was learnt from an answer, and then
// escaped, like one that was masked in the request.
func plainMask(text string) string { return strings.ReplaceAll(text, "%2A%2A%2A", masked) }

// tape answers requests from a recording, equal ones in the order in which they were recorded.
type tape struct {
	mu      sync.Mutex
	entries map[tapeKey][]*harEntry
	// order are all entries as they were recorded.
	order []*harEntry
}

func newTape(log *harLog) *tape {
	t := &tape{entries: map[tapeKey][]*harEntry{}}
	for i := range log.Entries {
		e := &log.Entries[i]
		key := tapeKey{worker: e.Precert.Worker, operation: e.Precert.Operation, purpose: e.Precert.Purpose, auth: e.Precert.Auth,
			method: e.Request.Method, url: plainMask(e.Request.URL)}
		if e.Request.PostData != nil {
			key.body = plainMask(e.Request.PostData.Text)
		}
		t.entries[key] = append(t.entries[key], e)
		t.order = append(t.order, e)
	}
	return t
}

// play fills in the answer of a request, or the failure to find one.
func (t *tape) play(key tapeKey, e *exchange) {
	t.mu.Lock()
	list := t.entries[key]
	if len(list) > 0 {
		t.entries[key] = list[1:]
	}
	t.mu.Unlock()
	if len(list) == 0 {
		e.fail = &failure{failAbsent, notRecorded}
		return
	}
	list[0].fill(e)
}

// fill puts a recorded answer into an exchange.
func (entry *harEntry) fill(e *exchange) {
	e.began, e.took = entry.Started, time.Duration(math.Round(entry.Time*1000))*time.Microsecond
	e.status, e.cut, e.unended = entry.Response.Status, entry.Precert.Cut, entry.Precert.Unended
	if entry.Precert.Kind > 0 {
		e.fail = &failure{entry.Precert.Kind - 1, entry.Precert.Message}
	}
	if e.status == 0 {
		return
	}
	e.header = http.Header{}
	for _, h := range entry.Response.Headers {
		e.header.Add(h.Name, h.Value)
	}
	body, err := harBytes(entry.Response.Content.Text, entry.Response.Content.Encoding)
	if err != nil {
		e.fail = &failure{failAbsent, fmt.Sprintf("the recording is damaged: the body of %s is not base64", e.op.name)}
		return
	}
	e.body, e.size = body, entry.Response.Content.Size
}

// replaying changes the options so that a run asks what the recorded one asked.
func (o Options) replaying(log *harLog) Options {
	s := log.Precert
	o.BaseURL, o.Seed, o.Calls, o.Allow, o.clock = s.BaseURL, s.Seed, cmp.Or(s.Calls, o.Calls), s.Allow, s.Clock
	o.Rate, o.Budget = 0, 0
	o.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return o
}

// settings are what a replay needs to know of this run.
func (r *run) settings() harSettings {
	s := harSettings{BaseURL: cmp.Or(r.opts.BaseURL, r.base.String()), Seed: r.opts.Seed, Calls: r.opts.Calls, Allow: r.opts.Allow, Clock: r.opts.clock}
	for _, name := range sortedKeys(r.auth.schemes) {
		if scheme := r.auth.schemes[name]; scheme.have && scheme.mint == nil {
			s.Schemes = append(s.Schemes, name)
			if scheme.token != nil {
				s.Renewing = append(s.Renewing, name)
			}
		}
	}
	return s
}

// replay puts place holders where the recorded run had credentials.
func (a *authenticator) replay(s harSettings, mask *redactor) {
	for _, scheme := range a.schemes {
		scheme.have, scheme.token = false, nil
	}
	for _, name := range s.Schemes {
		if scheme := a.schemes[name]; scheme != nil {
			scheme.have, scheme.value, scheme.user, scheme.password = true, placeholder, placeholder, placeholder
		}
	}
	for _, name := range s.Renewing {
		if scheme := a.schemes[name]; scheme != nil {
			scheme.token = &tokenSource{replayed: true}
		}
	}
	mask.add(placeholder, wrong(placeholder))
}

// placeholder stands for credentials in a replay.
const placeholder = "precert-replayed-credential"

// absent reports whether an exchange has no answer because it is not in the recording.
func (e *exchange) absent() bool { return e.fail != nil && e.fail.kind == failAbsent }

// tapes reads the recording to replay, nil when there is none.
func (o Options) tapes() (*harLog, Options, error) {
	if o.Replay == "" {
		return nil, o, nil
	}
	if o.Record != "" {
		return nil, o, errors.New("a replay sends nothing that could be recorded: give --record or --replay, not both")
	}
	log, err := readHAR(o.Replay)
	if err != nil {
		return nil, o, err
	}
	return log, o.replaying(log), nil
}

// record begins the recording, if one is asked for.
func (r *run) record() (err error) {
	if r.opts.Record != "" {
		r.session.har, err = newHARWriter(r.opts.Record, r.opts.Version, r.settings(), r.mask)
	}
	return err
}
