package runner

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds on waiting for an API that asks for patience.
const (
	maxRetries    = 5
	defaultPause  = time.Second
	maxPause      = 60 * time.Second
	maxPausesLong = 3 * time.Minute
)

// wantsPatience reports whether an answer says "later": 429, or 503 with Retry-After.
func wantsPatience(status int, header http.Header) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && header.Get("Retry-After") != ""
}

// retryAfter reads the Retry-After header: seconds or a date. odd is the value
// when it is neither, negative or beyond an hour; the pause is then a bounded default.
func retryAfter(header http.Header, now time.Time, retries int) (pause time.Duration, odd string) {
	fallback := min(defaultPause<<min(retries, 4), maxPause)
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return fallback, ""
	}
	var asked time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		asked = time.Duration(min(seconds, 1e6) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		// The API's own clock counts where it shows it.
		if date, err := http.ParseTime(header.Get("Date")); err == nil {
			now = date
		}
		asked = max(at.Sub(now), 0)
	} else {
		return fallback, value
	}
	if asked < 0 || asked > time.Hour {
		return fallback, value
	}
	return min(asked, maxPause), ""
}

// gate holds all requests back while the API asks for patience.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// close keeps the gate shut for d from now.
func (g *gate) close(now time.Time, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := now.Add(d); at.After(g.until) {
		g.until = at
	}
}

// pass waits until the gate is open.
func (g *gate) pass(ctx context.Context, wait func(context.Context, time.Duration) error) error {
	g.mu.Lock()
	d := time.Until(g.until)
	g.mu.Unlock()
	if d <= 0 {
		return nil
	}
	return wait(ctx, d)
}
