package runner

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// waitFor pauses for d, or until ctx ends.
func waitFor(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// grace is how long a request that may create something goes on after the run was stopped.
const grace = 3 * time.Second

// lingering is ctx with its end put off: what is under way may still create
// something, and the run has to know of it to delete it.
func lingering(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = waitFor(out, grace) // ends with the request, if that is sooner
		cancel()
	})
	return out, func() {
		stop()
		cancel()
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
