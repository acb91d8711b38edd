package runner

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// victimBase names the API to a process that is a run to be killed.
const (
	victimBase    = "PRECERT_TEST_VICTIM_BASE"
	victimJournal = "PRECERT_TEST_VICTIM_JOURNAL"
)

// TestVictim is the run that TestKilledRunIsFinished kills; by itself it does nothing.
func TestVictim(t *testing.T) {
	base := os.Getenv(victimBase)
	if base == "" {
		t.Skip("it is run by another test only")
	}
	opts := victimOptions(base, os.Getenv(victimJournal))
	_, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), opts)
	require.NoError(t, err)
}

func victimOptions(base, journal string) Options {
	opts := withKey()
	opts.BaseURL, opts.Journal, opts.Jobs, opts.Allow = base, journal, 1, []string{"POST", "DELETE"}
	return opts
}

// runVictim starts a run in a process of its own and kills it when the API has
// seen so many calls whose method and path begin as given.
func runVictim(t *testing.T, calls int, of string) (api *notesAPI, server *httptest.Server, journal string) {
	t.Helper()
	api = newNotes()
	reached, seen := make(chan struct{}), 0
	hold := make(chan struct{})
	api.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.Method+" "+r.URL.Path, of) {
			return false
		}
		api.mu.Lock()
		seen++
		now := seen
		api.mu.Unlock()
		if now == calls {
			close(reached)
			<-hold // no answer any more: the process dies in the middle of a request
			return true
		}
		return false
	}
	server = httptest.NewServer(api)
	t.Cleanup(server.Close)
	journal = filepath.Join(t.TempDir(), "journal.jsonl")
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimBase+"="+server.URL, victimJournal+"="+journal)
	require.NoError(t, victim.Start())
	ended := make(chan error, 1)
	go func() { ended <- victim.Wait() }()
	select {
	case <-reached:
	case err := <-ended:
		require.FailNow(t, "the run ended before it could be killed", "%v", err)
	}
	require.NoError(t, victim.Process.Kill())
	require.Error(t, <-ended, "it was killed")
	close(hold)
	api.before = nil
	return api, server, journal
}

func TestKilledRunIsFinished(t *testing.T) {
	for name, c := range map[string]struct {
		calls int
		of    string
		// done was finished before the end, and must not be repeated.
		done []string
	}{
		"in the middle of creations": {calls: 5, of: "POST", done: []string{"GET /api/notes"}},
		"in the middle of readings":  {calls: 8, of: "GET /api/notes/", done: []string{"GET /api/notes", "POST /api/notes"}},
		"in the middle of deletions": {calls: 5, of: "DELETE", done: []string{"GET /api/notes"}},
	} {
		t.Run(name, func(t *testing.T) {
			api, server, journal := runVictim(t, c.calls, c.of)
			before := len(api.seen)
			content, err := os.ReadFile(journal)
			require.NoError(t, err)
			assert.NotContains(t, string(content), notesKey)
			require.Greater(t, api.left(), 1, "the killed run left something")

			opts := victimOptions(server.URL, journal)
			opts.Resume = true
			resumed, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), opts)
			require.NoError(t, err)
			underWay := strings.Contains(strings.Join(resumed.Notes, "\n"), "ended while CreateNote with ")
			assert.Equal(t, c.of == "POST", underWay, "a creation without an answer is told: %v", resumed.Notes)
			assert.Empty(t, complaints(resumed))
			assert.Empty(t, resumed.Incomplete)
			assert.Empty(t, resumed.Leftovers)
			assert.Equal(t, 1, api.left(), "all but what was there before is deleted")
			for _, op := range resumed.Operations {
				assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
				assert.Equal(t, DefaultCalls, op.Successes, op.OperationID)
			}
			for i, e := range resumed.Exchanges {
				assert.Equal(t, i+1, e.Number)
			}
			for _, done := range c.done {
				again := 0
				for _, call := range api.seen[before:] {
					if call == done {
						again++
					}
				}
				assert.LessOrEqual(t, again, 1, "%s is asked once more at most, as the connection test", done)
			}
			assert.NoFileExists(t, journal, "nothing is left to be resumed")
		})
	}
}

func TestInterruptedRunIsResumed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api, calls := newNotes(), 0
	api.before = func(http.ResponseWriter, *http.Request) bool {
		api.mu.Lock()
		defer api.mu.Unlock()
		if calls++; calls == 45 {
			cancel()
		}
		return false
	}
	server := httptest.NewServer(api)
	defer server.Close()
	opts := victimOptions(server.URL, filepath.Join(t.TempDir(), "deep", "journal.jsonl"))
	pkg := pkgOf(t, notesDefinition, "")
	first, err := Run(ctx, pkg, opts)
	require.NoError(t, err)
	assert.Equal(t, "interrupted", first.Incomplete)
	assert.Equal(t, 1, api.left(), "what was created is deleted at once")

	other := opts
	other.Resume, other.Seed = true, 12
	_, err = Run(t.Context(), pkg, other)
	require.ErrorContains(t, err, "give the same to resume it")

	opts.Resume = true
	resumed, err := Run(t.Context(), pkg, opts)
	require.NoError(t, err)
	assert.Empty(t, complaints(resumed))
	for _, op := range resumed.Operations {
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
	}
	assert.Equal(t, 1, api.left())

	_, err = Run(t.Context(), pkg, opts)
	require.ErrorContains(t, err, "nothing is to be resumed")
}

func TestNewRunTellsOfTheInterruptedOne(t *testing.T) {
	api, server, journal := runVictim(t, 5, "POST")
	result, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), victimOptions(server.URL, journal))
	require.NoError(t, err)
	require.NotEmpty(t, result.Notes)
	assert.Contains(t, result.Notes[0], "an earlier run was interrupted and left note n")
	assert.Greater(t, api.left(), 1)
}

func TestDamagedJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	require.NoError(t, os.WriteFile(file, []byte("{\"run\":{\"plan\":\"x\"}}\nnonsense\n"), 0o600))
	opts := victimOptions("http://127.0.0.1:1", file)
	opts.Resume = true
	_, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), opts)
	require.ErrorContains(t, err, "is damaged at line 2: remove it to start anew")
}

func TestMaskValue(t *testing.T) {
	mask := &redactor{}
	mask.add("12345")
	v, err := decodeNumbers([]byte(`{"id": 9123456, "12345": ["x12345", 7, null, true]}`))
	require.NoError(t, err)
	out, err := json.Marshal(maskValue(mask, v))
	require.NoError(t, err)
	assert.JSONEq(t, `{"id": "9***6", "***": ["x***", 7, null, true]}`, string(out))
	assert.NotContains(t, strings.ReplaceAll(string(out), "***", ""), "12345")
}
