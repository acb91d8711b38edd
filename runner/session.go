package runner

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// session sends requests politely: one rate for all, patience when asked for
// it, bounded reading, redirects by hand.
type session struct {
	transport http.RoundTripper
	limiter   *rate.Limiter
	gate      gate
	opts      Options
	auth      *authenticator
	policies  *policies
	mask      *redactor
	// har records, tape answers in place of the network; nil for neither.
	har       *harWriter
	journal   *journal
	tape      *tape
	sent      atomic.Int64
	closeIdle func()
}

func newSession(opts Options, auth *authenticator, mask *redactor) (*session, error) {
	s := &session{opts: opts, auth: auth, mask: mask, closeIdle: func() {}}
	limit := rate.Inf
	if opts.Rate > 0 {
		limit = rate.Limit(opts.Rate)
	}
	s.limiter = rate.NewLimiter(limit, 1)
	s.transport = opts.Transport
	if s.transport == nil {
		t, err := newTransport(opts, mask)
		if err != nil {
			return nil, err
		}
		s.transport, s.closeIdle = t, t.CloseIdleConnections
	}
	return s, nil
}

func newTransport(opts Options, mask *redactor) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		proxy, err := http.ProxyFromEnvironment(r)
		if err != nil {
			// The error shows the address, and with it a password.
			return nil, errors.New("the address of the proxy in the environment (HTTPS_PROXY or HTTP_PROXY) cannot be read")
		}
		if proxy != nil && proxy.User != nil {
			password, _ := proxy.User.Password()
			mask.add(password, proxy.User.String())
		}
		return proxy, nil
	}
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.MaxIdleConnsPerHost = opts.Jobs + 2
	t.MaxConnsPerHost = 2 * (opts.Jobs + 2)
	t.MaxResponseHeaderBytes = 1 << 20
	if opts.CAFile != "" {
		pem, err := os.ReadFile(opts.CAFile)
		if err != nil {
			return nil, fmt.Errorf("the certificate file cannot be read: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form: give a file with -----BEGIN CERTIFICATE----- in it", opts.CAFile)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return t, nil
}

// sending says how one exchange is made.
type sending struct {
	purpose string
	auth    authMode
	// timeout bounds it when it is shorter than that of the options; 0 for that one.
	timeout time.Duration
	// detail says what is special about the request.
	detail string
	// impatient: 429 is an answer, not a reason to wait.
	impatient bool
}

// send makes an exchange. It always returns one; what went wrong is in fail.
func (s *session) send(ctx context.Context, o *operation, in *input, m *message, how sending) *exchange {
	e := &exchange{op: o, purpose: how.purpose, detail: how.detail, in: in, sent: m, plain: m, intent: s.journal.intend(o, in)}
	defer func() {
		// A success is settled when what it made is noted; without an answer nothing is known.
		if e.answered() && !e.ok() {
			s.journal.settle(e.intent)
		}
	}()
	for renewed := false; ; {
		dressed, err := s.auth.dress(ctx, s, o, m, how.auth)
		if err != nil {
			e.fail = &failure{failToken, s.mask.text(err.Error())}
			return e
		}
		dressed.header.Set("User-Agent", s.opts.UserAgent)
		dressed, req, err := s.rewrite(ctx, o, in, dressed, how.auth)
		if err != nil {
			e.fail = &failure{failOther, s.mask.text(err.Error())}
			return e
		}
		if !s.patient(ctx, e, dressed, how) {
			return e
		}
		if e.status == http.StatusUnauthorized && how.auth == authNormal && !renewed && s.auth.renew() {
			renewed = true
			continue
		}
		s.answer(e, req, how.auth)
		e.readDenial()
		if in != nil && in.target != nil {
			in.target.noteTag(e)
		}
		return e
	}
}

// patient sends until the API no longer asks to wait; it reports false when the run ended meanwhile.
func (s *session) patient(ctx context.Context, e *exchange, m *message, how sending) bool {
	var waited time.Duration
	for retries := 0; ; retries++ {
		if err := s.gate.pass(ctx, s.opts.wait); err != nil {
			e.fail = &failure{failStopped, "the run ended while the API asked to wait"}
			return false
		}
		s.follow(ctx, e, m, how)
		if e.fail != nil || how.impatient || !wantsPatience(e.status, e.header) {
			return true
		}
		e.throttled++
		e.throttled5xx = e.throttled5xx || e.status >= 500
		pause, odd := retryAfter(e.header, time.Now(), retries)
		if odd != "" {
			e.oddRetryAfter = odd
		}
		if retries == maxRetries || waited+pause > maxPausesLong {
			return true
		}
		waited += pause
		s.gate.close(time.Now(), pause)
		if err := s.opts.wait(ctx, pause); err != nil {
			e.fail = &failure{failStopped, "the run ended while the API asked to wait"}
			return false
		}
	}
}

// follow sends one request and follows its redirects. Credentials stay on the
// host: to another one the request goes without them, and only when it reads.
func (s *session) follow(ctx context.Context, e *exchange, m *message, how sending) {
	e.hops, e.foreign, e.duration = nil, "", 0
	for {
		s.once(ctx, e, m, how)
		if e.hops == nil {
			e.started = e.began
		}
		e.duration += e.took
		if e.fail != nil || !isRedirect(e.status) {
			break
		}
		next, h, ok := redirected(m, e.status, e.header.Get("Location"))
		if !ok {
			break
		}
		e.hops = append(e.hops, h)
		if len(e.hops) > maxHops {
			e.fail = &failure{failLoop, fmt.Sprintf("more than %d redirects, the last to %s", maxHops, s.mask.text(h.to.Path))}
			break
		}
		if h.foreign {
			e.foreign = h.to.Scheme + "://" + h.to.Host
			if !isSafeMethod(next.method) || how.auth != authNormal {
				break
			}
			next = s.withoutSecrets(s.auth.undress(next))
		}
		m = next
	}
}

// once makes one request: by the recording when one is replayed, else over the
// network. The time that it waits for its turn is not counted.
func (s *session) once(ctx context.Context, e *exchange, m *message, how sending) {
	e.sent, e.status, e.header, e.body, e.cut, e.unended, e.fail, e.decoded = m, 0, nil, nil, false, false, nil, false
	err := s.limiter.Wait(ctx)
	e.began, e.took = time.Now(), 0
	if err != nil {
		e.fail = &failure{failStopped, "the run ended before the request"}
		return
	}
	if s.tape != nil {
		s.tape.play(newTapeKey(ctx, s.mask, e, m, how.auth), e)
		return
	}
	s.exchange(ctx, e, m, how)
	e.took = time.Since(e.began)
	if s.har != nil && (e.fail == nil || e.fail.kind != failStopped) {
		s.har.add(newTapeKey(ctx, s.mask, e, m, how.auth), e, m)
	}
}

// exchange sends one request over the network and reads its answer.
func (s *session) exchange(ctx context.Context, e *exchange, m *message, how sending) {
	timeout := s.opts.Timeout
	if how.timeout > 0 && how.timeout < timeout {
		timeout = how.timeout
	}
	alive, release := ctx, func() {}
	if !isSafeMethod(m.method) {
		alive, release = lingering(ctx, grace)
	}
	defer release()
	bounded, cancel := context.WithTimeout(alive, timeout)
	defer cancel()
	var body io.Reader
	if m.body != nil {
		body = bytes.NewReader(m.body)
	}
	r, err := http.NewRequestWithContext(bounded, m.method, "http://localhost", body)
	if err != nil {
		e.fail = &failure{failOther, err.Error()}
		return
	}
	r.URL, r.Host, r.Header = m.url, m.url.Host, m.header.Clone()
	s.sent.Add(1)
	response, err := s.transport.RoundTrip(r)
	if err != nil {
		e.fail = newFailure(alive, err, false, timeout)
		return
	}
	defer func() { _ = response.Body.Close() }() // nothing is read after this
	e.status, e.header = response.StatusCode, response.Header
	e.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	e.size = len(e.body)
	if e.size > maxBody {
		// What is too large to be judged is not kept either.
		e.body, e.cut = bytes.Clone(e.body[:2*shownBody]), true
	}
	if err != nil && !errors.Is(err, io.EOF) {
		e.fail = newFailure(alive, err, true, timeout)
		e.unended = e.fail.kind == failTime
	}
}
