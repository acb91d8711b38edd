package runner

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/helpdesk"
)

// essence is what a replay must tell like the run that was recorded: all but
// the masked places.
func essence(t *testing.T, r *Result) string {
	t.Helper()
	out, err := json.MarshalIndent(r.Operations, "", " ")
	require.NoError(t, err)
	return string(out)
}

func replayDesk(t *testing.T, file string, opts Options) *Result {
	t.Helper()
	opts.Replay, opts.Seed = file, 99
	result, err := Run(t.Context(), goodConnector(t), opts)
	require.NoError(t, err)
	return result
}

func TestReplayJudgesLikeTheRecordedRun(t *testing.T) {
	// Nobody notifies a replay.
	noHooks := []string{"WhenTicketCreated", "DeleteWebhook"}
	for _, faults := range [][]string{nil, {"key-echoed"}, {"truncated-body"}, {"undead"}, {"key-expires"}, {"redirect-other-host"}, {"status-200-for-201", "crash-on-missing", "no-credentials-accepted", "number-as-string", "enum-outside", "header-wrong-type", "refusal-html"}} {
		t.Run(strings.Join(faults, "+"), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "run.har")
			recorded := certifyDesk(t, Options{Seed: 3, Record: file, Timeout: 500 * time.Millisecond, Skip: noHooks}, helpdesk.WithFault(faults...), helpdesk.WithDelay(20*time.Millisecond))
			replayed := replayDesk(t, file, Options{Skip: noHooks})
			assert.Equal(t, essence(t, recorded), essence(t, replayed))
			assert.Equal(t, recorded.Leftovers, replayed.Leftovers)
			assert.Equal(t, recorded.BaseURL, replayed.BaseURL)
			assert.Len(t, replayed.Exchanges, len(recorded.Exchanges))
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.NotContains(t, string(content), helpdesk.DemoKey)
		})
	}
}

func TestReplayOfABrokenServiceJudgesTheSame(t *testing.T) {
	for seed := range int64(4) {
		file := filepath.Join(t.TempDir(), "run.har")
		recorded := certifyDesk(t, Options{Seed: seed, Jobs: 1 + int(seed)%4, Record: file}, helpdesk.WithFault(helpdesk.BrokenDemo()...), helpdesk.WithDelay(20*time.Millisecond))
		replayed := replayDesk(t, file, Options{Jobs: 4 - int(seed)%4})
		aside := func(op finding.Operation) bool {
			return op.OperationID == "WhenTicketCreated" || op.OperationID == "DeleteWebhook"
		}
		recorded.Operations, replayed.Operations = slices.DeleteFunc(recorded.Operations, aside), slices.DeleteFunc(replayed.Operations, aside)
		assert.NotEmpty(t, complaints(recorded))
		for i := range recorded.Operations {
			for j := range recorded.Operations[i].Checks {
				// Exchanges are numbered through the whole report, those of the webhook included.
				recorded.Operations[i].Checks[j].Exchange = 0
			}
			for j := range replayed.Operations[i].Checks {
				replayed.Operations[i].Checks[j].Exchange = 0
			}
		}
		assert.Equal(t, essence(t, recorded), essence(t, replayed), "seed %d", seed)
	}
}

func TestReplayWithLessRecordedSkips(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.har")
	certifyDesk(t, Options{Seed: 3, Record: file, Only: []string{"ListTickets"}, Skip: []string{"CredentialsRequired"}})
	replayed := replayDesk(t, file, Options{})
	assert.Empty(t, complaints(replayed))
	assert.Empty(t, replayed.Incomplete)
	op := outcomeOf(t, replayed, "ListTickets")
	assert.Equal(t, DefaultCalls, op.Successes)
	assert.Equal(t, notRecorded, checkOf(op, checkCredentials).Message)
	op = outcomeOf(t, replayed, "ListPriorities")
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Equal(t, notRecorded, op.Reason)
}

func TestInterruptedRecordingIsWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.har")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api, calls := newNotes(), 0
	api.before = func(http.ResponseWriter, *http.Request) bool {
		api.mu.Lock()
		defer api.mu.Unlock()
		if calls++; calls == 20 {
			cancel()
		}
		// What a killed process would leave behind is whole at any moment.
		_, err := readHAR(file)
		assert.NoError(t, err)
		return false
	}
	opts := withKey()
	opts.Record, opts.Jobs = file, 1
	recorded := exerciseAPI(ctx, t, notesDefinition, api, opts)
	assert.Equal(t, "interrupted", recorded.Incomplete)
	replayed, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), Options{Replay: file})
	require.NoError(t, err)
	assert.Empty(t, complaints(replayed))
	assert.Equal(t, outcomeOf(t, recorded, "ListNotes").Successes, outcomeOf(t, replayed, "ListNotes").Successes)
	assert.Equal(t, notRecorded, outcomeOf(t, replayed, "GetNote").Reason)
}

func TestReplayNeedsARecording(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "browser.har")
	require.NoError(t, os.WriteFile(foreign, []byte(`{"log": {"version": "1.2", "creator": {"name": "browser", "version": "1"}, "entries": []}}`), 0o600))
	broken := filepath.Join(dir, "broken.har")
	require.NoError(t, os.WriteFile(broken, []byte(`{"log": `), 0o600))
	for message, opts := range map[string]Options{
		"cannot be read":                      {Replay: filepath.Join(dir, "none.har")},
		"was not recorded by precert test":    {Replay: foreign},
		"is not a recording in HAR form":      {Replay: broken},
		"give --record or --replay, not both": {Replay: foreign, Record: broken},
		"cannot be written":                   {BaseURL: "http://127.0.0.1:1", Record: filepath.Join(dir, "no", "run.har")},
	} {
		_, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), opts)
		require.ErrorContains(t, err, message)
	}
}
