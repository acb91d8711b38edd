package runner

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// DefaultCallbackListen is where notifications are taken when --callback-url
// names the outer end of a tunnel and nothing says where its inner end is.
const DefaultCallbackListen = "127.0.0.1:8475"

// Bounds on what the callback listener takes.
const (
	maxNotice      = 1 << 20
	maxNotices     = 32 // of one subscription
	noticesPerTime = 100
	noticeTimeout  = 10 * time.Second
)

// callbacks is the listener for the notifications of webhook triggers. It knows
// no address but those that were handed out, and keeps little of what comes.
type callbacks struct {
	// base is what the API is told, with a part that cannot be guessed.
	base, prefix string
	server       *http.Server
	served       chan struct{}
	limiter      *rate.Limiter

	mu    sync.Mutex
	boxes []*mailbox
}

// mailbox takes the notifications of one subscription.
type mailbox struct {
	address string

	// challenges counts the tokens that were sent back.
	challenges atomic.Int32

	mu      sync.Mutex
	notices []*notice
	// changed is closed and replaced when a notice comes.
	changed chan struct{}
}

// notice is one request that came to a callback address.
type notice struct {
	at     time.Time
	method string
	header http.Header
	body   []byte
	// large: the body exceeded what is taken.
	large bool
}

// hookable reports whether the API can be told an address at which it reaches
// this machine: one that the user gave, or the loopback when the API is there too.
func (o Options) hookable(base *url.URL) bool {
	if o.CallbackURL != "" || isLoopback(base.Hostname()) {
		return true
	}
	host, _, err := net.SplitHostPort(o.CallbackListen)
	return err == nil && !isWildcard(host) && !isLoopback(host)
}

func isWildcard(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// checkCallback refuses a callback address that cannot be meant.
func (o Options) checkCallback() error {
	if o.CallbackListen != "" {
		if _, port, err := net.SplitHostPort(o.CallbackListen); err != nil || !isNumber(port) {
			return fmt.Errorf("the callback address %q is not HOST:PORT such as %s", o.CallbackListen, DefaultCallbackListen)
		}
	}
	if o.CallbackURL == "" {
		return nil
	}
	u, err := url.Parse(o.CallbackURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("the callback URL is not an absolute http or https address such as https://my-tunnel.example.com")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("the callback URL %q must be scheme, host and path only", redactUserinfo(u))
	}
	return nil
}

// listenForCallbacks opens the listener. It ends with close, or with ctx.
func listenForCallbacks(ctx context.Context, opts Options, mask *redactor) (*callbacks, error) {
	address := opts.CallbackListen
	switch {
	case address != "":
	case opts.CallbackURL != "":
		address = DefaultCallbackListen
	default:
		address = "127.0.0.1:0"
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("notifications cannot be taken at %s: %s: give another address with --callback-listen", address, reason(errors.Unwrap(err)))
	}
	secret := make([]byte, 16)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	token := hex.EncodeToString(secret)
	mask.add(token)
	c := &callbacks{prefix: "/" + token + "/", limiter: rate.NewLimiter(noticesPerTime, 2*noticesPerTime), served: make(chan struct{})}
	c.base = strings.TrimRight(opts.CallbackURL, "/")
	if c.base == "" {
		c.base = "http://" + reachable(listener.Addr())
	}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: noticeTimeout, ReadTimeout: noticeTimeout, WriteTimeout: noticeTimeout, IdleTimeout: noticeTimeout, MaxHeaderBytes: 32 << 10}
	go func() {
		defer close(c.served)
		_ = c.server.Serve(listener) // always an error after close, and no other is of use
	}()
	return c, nil
}

// reachable is an address on this machine at which a listener answers.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil || !isWildcard(host) {
		return a.String()
	}
	return net.JoinHostPort("127.0.0.1", port)
}

func (c *callbacks) close() {
	if c == nil {
		return
	}
	_ = c.server.Close() // the run is over, whatever still comes
	<-c.served
}

// open hands out a new address.
func (c *callbacks) open() *mailbox {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &mailbox{address: c.base + c.prefix + strconv.Itoa(len(c.boxes)+1), changed: make(chan struct{})}
	c.boxes = append(c.boxes, b)
	return b
}

// box finds the mailbox of a request; nil when the path was never handed out.
// A tunnel may put a path of its own before it.
func (c *callbacks) box(path string) *mailbox {
	_, number, ok := strings.Cut(path, c.prefix)
	n, err := strconv.Atoi(number)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok || err != nil || n < 1 || n > len(c.boxes) {
		return nil
	}
	return c.boxes[n-1]
}

// ServeHTTP answers as the platform does: a POST to an address that was handed
// out is 200, everything else is refused without a word.
func (c *callbacks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b := c.box(r.URL.Path)
	switch {
	case b == nil:
		w.WriteHeader(http.StatusNotFound)
		return
	case !c.limiter.Allow():
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotice))
	var large *http.MaxBytesError
	status := http.StatusOK
	switch {
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
	case err != nil:
		return // the sender went away
	case challenged(w, r, body):
		b.challenges.Add(1)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		status = http.StatusMethodNotAllowed
	}
	b.put(&notice{at: time.Now(), method: r.Method, header: r.Header, body: body, large: large != nil})
	w.WriteHeader(status)
}

func (b *mailbox) put(n *notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.notices) < maxNotices {
		b.notices = append(b.notices, n)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// all returns what has come so far.
func (b *mailbox) all() []*notice {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.notices[:len(b.notices):len(b.notices)]
}

// awaitNew returns the first notice after n that is none of the earlier ones
// sent once more; nil when there is none within d.
func (b *mailbox) awaitNew(ctx context.Context, n int, d time.Duration) *notice {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for ; b.await(ctx, n, d); n++ {
		all := b.all()
		if !slices.ContainsFunc(all[:n], func(old *notice) bool { return bytes.Equal(old.body, all[n].body) }) {
			return all[n]
		}
	}
	return nil
}

// await returns as soon as more than n notices have come; false when that did
// not happen within d.
func (b *mailbox) await(ctx context.Context, n int, d time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for {
		b.mu.Lock()
		enough, changed := len(b.notices) > n, b.changed
		b.mu.Unlock()
		if enough {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}
