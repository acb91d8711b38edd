package runner

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/helpdesk"
)

// cutter ends a run after the answer to the nth request whose method and path
// begin and end as given.
type cutter struct {
	method, end string
	n           int
	cancel      context.CancelFunc
}

func (c *cutter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if r.Method == c.method && strings.HasSuffix(r.URL.Path, c.end) {
		if c.n--; c.n == 0 {
			c.cancel()
		}
	}
	return resp, err
}

// TestThingsBelowOthersAreMadeAgain interrupts a run where it holds things that
// went with what the interrupted run deletes: neither may be taken for there,
// and what is made in their place goes with the rest.
func TestThingsBelowOthersAreMadeAgain(t *testing.T) {
	for name, cut := range map[string]cutter{
		"after the last creation":      {method: http.MethodPost, end: "/attachments", n: 3},
		"at the creation's checks":     {method: http.MethodPost, end: "/attachments", n: 4},
		"at the first dependent one":   {method: http.MethodGet, end: "/content", n: 1},
		"between dependent operations": {method: http.MethodGet, end: "/comments", n: 2},
	} {
		t.Run(name, func(t *testing.T) {
			base, stop, err := helpdesk.New().Start()
			require.NoError(t, err)
			defer stop()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cut.cancel = cancel
			opts := Options{BaseURL: base, Jobs: 1, Calls: 3, Connection: map[string]string{"access_key": helpdesk.DemoKey},
				Allow: []string{"POST", "PUT", "PATCH", "DELETE"}, Journal: filepath.Join(t.TempDir(), "journal.jsonl"),
				Transport: &cut, wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
			first, err := Run(ctx, goodConnector(t), opts)
			require.NoError(t, err)
			require.Equal(t, "interrupted", first.Incomplete)

			opts.Resume, opts.Transport = true, nil
			resumed, err := Run(t.Context(), goodConnector(t), opts)
			require.NoError(t, err)
			assert.Empty(t, resumed.Incomplete)
			assert.Empty(t, resumed.Leftovers)
			assert.Empty(t, complaints(resumed))
			for _, op := range resumed.Operations {
				assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
			}
		})
	}
}
