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
	record := func(seed int64, jobs int) []string {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		rec := &recorder{next: transport}
		certifyDesk(t, Options{Seed: seed, Jobs: jobs, Transport: rec}, helpdesk.WithDelay(0))
		// Where notifications are taken cannot be guessed, nor be the same twice.
		callback := regexp.MustCompile(`http://127\.0\.0\.1:\d+/[0-9a-f]{32}/`)
		for i, sent := range rec.sent {
			rec.sent[i] = callback.ReplaceAllString(sent, "callback/")
		}
		slices.Sort(rec.sent)
		return rec.sent
	}
	one := record(7, 1)
	require.NotEmpty(t, one)
	assert.Equal(t, one, record(7, 1), "one job")
	assert.Equal(t, one, record(7, 8), "eight jobs")
	assert.NotEqual(t, one, record(8, 1), "another seed")
}
