package runner

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Bounds on waiting for things that the API is still busy with.
const (
	maxBusy      = 8 // waits of one operation
	maxBusyPause = 5 * time.Second
)

// isBusy reports whether a refusal says that the thing is not ready yet: what
// began with its creation, or another change, is still going on.
func isBusy(e *exchange) bool {
	switch e.says() {
	case http.StatusConflict, http.StatusLocked, http.StatusTooEarly:
	case http.StatusBadRequest, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		// Other words of such answers are about the input.
		if e.header.Get("Retry-After") == "" {
			return false
		}
	default:
		return false
	}
	text := strings.ToLower(e.words())
	for _, phrase := range []string{"in progress", "still being", "being created", "being updated", "being provisioned", "not ready", "not yet ready", "try again later", "another operation", "is busy", "is pending"} {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	if said := words(text); hasAny(said, []string{"state", "status"}) && hasAny(said, []string{"creating", "updating", "provisioning", "pending"}) {
		return true
	}
	return e.header.Get("Retry-After") != ""
}

// awaitReady waits for a thing of the run's own that the API is busy with; it
// reports whether to try that thing again.
func (w *worker) awaitReady(ctx context.Context, e *exchange) bool {
	target := e.in.target
	if target == nil || !target.own || w.waits >= maxBusy || !isBusy(e) {
		return false
	}
	if w.run.opts.wait(ctx, busyPause(e, w.waits)) != nil {
		return false
	}
	w.waits++
	if w.op.kind == kindDelete {
		target.taken.Store(nil)
	}
	return true
}

// busyPause is how long to wait after so many waits before.
func busyPause(e *exchange, waits int) time.Duration {
	if e.header.Get("Retry-After") == "" {
		return 250 * time.Millisecond << min(waits, 3)
	}
	pause, _ := retryAfter(e.header, time.Now(), 0)
	return min(pause, maxBusyPause)
}
