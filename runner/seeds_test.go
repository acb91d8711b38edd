package runner

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures/helpdesk"
)

// recorder notes every request that goes through it.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.mu.Lock()
	r.sent = append(r.sent, req.Method+" "+req.URL.RequestURI()+" "+string(body))
	r.mu.Unlock()
	return r.next.RoundTrip(req)
}

func TestSoundAPIPassesWithAnySeed(t *testing.T) {
	for seed := range int64(20) {
		result := certifyDesk(t, Options{Seed: seed})
		assert.Empty(t, complaints(result), "seed %d", seed)
		assert.Empty(t, result.Leftovers, "seed %d", seed)
	}
}

func TestSameSeedSendsTheSameRequests(t *testing.T) {
	record := func(seed int64, jobs int, faults ...string) []string {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		rec := &recorder{next: transport}
		certifyDesk(t, Options{Seed: seed, Jobs: jobs, Transport: rec}, helpdesk.WithDelay(0), helpdesk.WithFault(faults...))
		// Where notifications are taken cannot be guessed, nor be the same twice.
		callback := regexp.MustCompile(`http://127\.0\.0\.1:\d+/[0-9a-f]{32}/`)
		for i, sent := range rec.sent {
			rec.sent[i] = callback.ReplaceAllString(sent, "callback/")
		}
		slices.Sort(rec.sent)
		return rec.sent
	}
	for _, faults := range [][]string{nil, {"flaky-500", "undead", "crash-on-missing", "lost-ticket", "key-expires"}} {
		for seed := range int64(2) {
			one := record(seed, 1, faults...)
			require.NotEmpty(t, one)
			for _, jobs := range []int{1, 2, 8} {
				assert.Equal(t, one, record(seed, jobs, faults...), "seed %d, %d jobs, faults %v", seed, jobs, faults)
			}
		}
	}
	assert.NotEqual(t, record(7, 1), record(8, 1), "another seed")
}
