package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestRunLeavesTheAPIAsItWas(t *testing.T) {
	api := newNotes()
	result := exerciseAPI(t.Context(), t, notesDefinition, api, withKey())
	assert.Empty(t, complaints(result))
	assert.Empty(t, result.Leftovers)
	assert.Equal(t, 1, api.left(), "the note that was there before, and no other")
	assert.NotContains(t, api.seen, "DELETE /api/notes/old")
	for _, op := range result.Operations {
		assert.Equal(t, finding.Passed, op.Verdict, op.OperationID)
		assert.Equal(t, DefaultCalls, op.Successes, op.OperationID)
	}
}

func TestUnsafeMethodsNeedPermission(t *testing.T) {
	api, opts := newNotes(), withKey()
	opts.Allow = []string{}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	create := outcomeOf(t, result, "CreateNote")
	assert.Equal(t, finding.Skipped, create.Verdict)
	assert.Equal(t, "POST is not allowed: it may change data", create.Reason)
	assert.Contains(t, create.Mend, "allow: [POST]")
	assert.Equal(t, finding.Skipped, outcomeOf(t, result, "DeleteNote").Verdict)
	assert.Equal(t, finding.Passed, outcomeOf(t, result, "GetNote").Verdict, "a listed note can be read")
	for _, request := range api.seen {
		assert.True(t, strings.HasPrefix(request, "GET "), request)
	}
}

func TestNothingForeignIsDeleted(t *testing.T) {
	api, opts := newNotes(), withKey()
	opts.Allow = []string{"DELETE"}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	op := outcomeOf(t, result, "DeleteNote")
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Contains(t, op.Reason, "acts only on what this run creates")
	assert.Equal(t, 1, api.left())
}

func TestStrictFailsWhatWasNeverExercised(t *testing.T) {
	opts := withKey()
	opts.Allow, opts.Strict = []string{}, true
	op := outcomeOf(t, exerciseAPI(t.Context(), t, notesDefinition, newNotes(), opts), "CreateNote")
	assert.Equal(t, finding.Failed, op.Verdict)
	assert.Contains(t, checkOf(op, checkEnough).Message, "0 of 10 successful calls: POST is not allowed")
}

func TestInterruptedRunCleansUp(t *testing.T) {
	api := newNotes()
	ctx, cancel := context.WithCancel(t.Context())
	posts := 0
	api.before = func(_ http.ResponseWriter, r *http.Request) bool {
		api.mu.Lock()
		defer api.mu.Unlock()
		if r.Method == http.MethodPost && r.Header.Get("X-Notes-Key") == notesKey {
			if posts++; posts == 4 {
				cancel()
			}
		}
		return false
	}
	result := exerciseAPI(ctx, t, notesDefinition, api, withKey())
	assert.Equal(t, "interrupted", result.Incomplete)
	assert.Equal(t, 1, api.left(), "what was created is deleted, the answer under way included")
	assert.Equal(t, "not reached: interrupted", outcomeOf(t, result, "DeleteNote").Reason)
	assert.Equal(t, 10, outcomeOf(t, result, "ListNotes").Successes, "what was reached is reported")
}

func TestBudgetEndsTheRun(t *testing.T) {
	api, opts := newNotes(), withKey()
	opts.Budget = 50 * time.Millisecond
	api.before = func(_ http.ResponseWriter, r *http.Request) bool {
		hang := r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/notes/")
		if hang {
			<-r.Context().Done()
		}
		return hang
	}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	assert.Equal(t, "the time budget of 50ms is spent", result.Incomplete)
	assert.Equal(t, 1, api.left())
}

func TestAPIThatIsDownIsOneLine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	opts := withKey()
	opts.BaseURL = "http://" + address
	result := exerciseAPI(t.Context(), t, notesDefinition, http.NotFoundHandler(), opts)
	assert.Equal(t, "the API at "+address+" cannot be reached: no connection: connection refused; start it, or name another address with --base-url", result.Incomplete)
	for _, op := range result.Operations {
		assert.Equal(t, finding.Skipped, op.Verdict)
		assert.Contains(t, op.Reason, "not reached")
	}
}

func TestWrongKeyEndsTheRunAtOnce(t *testing.T) {
	api := newNotes()
	result := exerciseAPI(t.Context(), t, notesDefinition, api, Options{Connection: map[string]string{"api_key": "not-the-key"}})
	assert.Equal(t, `the API refuses the credentials given: ListNotes is answered 401: {"error":"the key is missing or wrong"}; check PRECERT_API_KEY`, result.Incomplete)
	assert.Len(t, api.seen, 1)
}

func TestMissingKeySkipsWithTheVariable(t *testing.T) {
	result := exerciseAPI(t.Context(), t, notesDefinition, newNotes(), Options{})
	op := outcomeOf(t, result, "ListNotes")
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Equal(t, "set PRECERT_API_KEY in the environment", op.Mend)
	assert.Empty(t, result.Incomplete)
}

func TestOpenAPIRunsWithoutKeyAndIsWarned(t *testing.T) {
	api := newNotes()
	api.open = true
	result := exerciseAPI(t.Context(), t, notesDefinition, api, Options{})
	c := checkOf(outcomeOf(t, result, "ListNotes"), checkCredentials)
	assert.Equal(t, finding.Warned, c.Verdict)
	require.Len(t, result.Causes, 1, "one cause for all operations")
	assert.Len(t, result.Causes[0].Operations, 4)
}

func TestExpiredCredentialsAreNotBlamedOnAnOperation(t *testing.T) {
	api, calls := newNotes(), 0
	api.before = func(w http.ResponseWriter, r *http.Request) bool {
		api.mu.Lock()
		defer api.mu.Unlock()
		if calls++; calls > 30 {
			api.answer(w, http.StatusUnauthorized, map[string]string{"error": "expired"})
			return true
		}
		return false
	}
	opts := withKey()
	opts.Jobs = 1
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	assert.Contains(t, result.Incomplete, "no longer takes the credentials")
	for _, op := range result.Operations {
		assert.NotEqual(t, finding.Failed, op.Verdict, "%s %v", op.OperationID, op.Checks)
	}
}

func TestSoftDeletionIsADeletion(t *testing.T) {
	api := newNotes()
	api.soft = true
	result := exerciseAPI(t.Context(), t, notesDefinition, api, withKey())
	assert.Equal(t, finding.Passed, checkOf(outcomeOf(t, result, "DeleteNote"), checkDeleted).Verdict)
}

func TestRefusalThatNamesAFieldTeaches(t *testing.T) {
	api := newNotes()
	api.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || r.Header.Get("X-Notes-Key") != notesKey {
			return false
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		var in struct{ Text string }
		if json.Unmarshal(body, &in) == nil && in.Text != "" && !strings.HasSuffix(in.Text, ".") {
			api.answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "text must end with a dot"})
			return true
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		return false
	}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, withKey())
	op := outcomeOf(t, result, "CreateNote")
	assert.Equal(t, finding.Passed, op.Verdict, op.Reason)
	assert.Equal(t, 10, op.Successes)
	assert.Equal(t, 11, op.Calls, "one refusal is enough")
}

func TestRefusalThatTeachesNothingIsNotAFailure(t *testing.T) {
	api := newNotes()
	api.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.Header.Get("X-Notes-Key") == notesKey {
			api.answer(w, http.StatusBadRequest, map[string]string{"error": "computer says no"})
			return true
		}
		return false
	}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, withKey())
	op := outcomeOf(t, result, "CreateNote")
	assert.Equal(t, finding.Skipped, op.Verdict)
	assert.Contains(t, op.Reason, "computer says no")
	assert.Equal(t, "operations: {CreateNote: {values: {NAME: …}}}", op.Mend)
	assert.Equal(t, finding.Warned, checkOf(op, checkSuccessful).Verdict)
}

func TestNoSecretLeavesTheRun(t *testing.T) {
	api := newNotes()
	api.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/notes") && r.Method == http.MethodGet {
			// An API that tells the key in a header, a body and an error.
			w.Header().Set("X-Echo", r.Header.Get("X-Notes-Key"))
			api.answer(w, http.StatusInternalServerError, map[string]string{"error": "bad key " + r.Header.Get("X-Notes-Key")})
			return true
		}
		return false
	}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, withKey())
	all, err := json.Marshal(result)
	require.NoError(t, err)
	for _, form := range []string{notesKey, "canary-key", "canary-key-81c2%2F", "Y2FuYXJ5"} {
		assert.NotContains(t, string(all), form)
	}
	assert.Contains(t, string(all), "bad key ***")
}

func TestOnlyRunsWhatItNeeds(t *testing.T) {
	api, opts := newNotes(), withKey()
	opts.Only = []string{"DeleteNote"}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	require.Len(t, result.Operations, 1)
	assert.Equal(t, finding.Passed, result.Operations[0].Verdict)
	assert.Equal(t, 10, result.Operations[0].Successes)
	assert.Equal(t, 1, api.left())
}

func TestChecksCanBeSwitchedOffAndTonedDown(t *testing.T) {
	api := newNotes()
	api.open = true
	opts := withKey()
	opts.Checks = func(check string) finding.Severity {
		return map[string]finding.Severity{checkCredentials: finding.Warning, checkInput: finding.Off}[check]
	}
	result := exerciseAPI(t.Context(), t, notesDefinition, api, opts)
	op := outcomeOf(t, result, "ListNotes")
	assert.Equal(t, finding.Warned, checkOf(op, checkCredentials).Verdict)
	assert.Empty(t, checkOf(op, checkInput).Check)
}

func TestWrongUseIsAnError(t *testing.T) {
	pkg := pkgOf(t, notesDefinition, "")
	for name, opts := range map[string]Options{
		"the base URL":           {BaseURL: "notes.fabrikam.com"},
		"must be scheme, host":   {BaseURL: "https://me:secret@notes.fabrikam.com/"},
		"did you mean ListNotes": {Operations: map[string]OperationOptions{"listnotes": {}}},
		"needs \"Nothing\"":      {Operations: map[string]OperationOptions{"ListNotes": {Needs: []string{"Nothing"}}}},
		"unknown method":         {Allow: []string{"FETCH"}},
		"cannot be read":         {Only: []string{"[a"}},
	} {
		_, err := Run(t.Context(), pkg, opts)
		require.ErrorContains(t, err, name)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestProgressTellsEveryOperation(t *testing.T) {
	opts, events := withKey(), make(chan Event, 1000)
	opts.Progress = func(e Event) { events <- e }
	exerciseAPI(t.Context(), t, notesDefinition, newNotes(), opts)
	close(events)
	finished, last := 0, 0
	for e := range events {
		assert.Equal(t, 4, e.Total)
		if e.Kind == Finished {
			finished++
			last = max(last, e.Done)
			assert.Equal(t, finding.Passed, e.Verdict)
		}
	}
	assert.Equal(t, 4, finished)
	assert.Equal(t, 4, last)
}

func TestDryRunSendsNothing(t *testing.T) {
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	opts := withKey()
	opts.DryRun, opts.BaseURL, opts.Allow = true, server.URL, []string{"POST", "DELETE"}
	result, err := Run(t.Context(), pkgOf(t, notesDefinition, ""), opts)
	require.NoError(t, err)
	assert.False(t, called)
	require.Len(t, result.Plan, 4)
	var ids []string
	for _, p := range result.Plan {
		ids = append(ids, p.OperationID)
	}
	assert.Equal(t, []string{"ListNotes", "CreateNote", "GetNote", "DeleteNote"}, ids)
	get := result.Plan[2]
	assert.Equal(t, server.URL+"/api/notes/{noteId}", get.URL)
	assert.Equal(t, []Source{{"noteId", "created by CreateNote"}}, get.Sources)
	assert.Contains(t, get.Headers, finding.Header{Name: "X-Notes-Key", Value: "***"})
	assert.NotContains(t, get.Curl, notesKey)
}

func TestSilentAPIIsOneLine(t *testing.T) {
	drop := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.Close()
		}
	})
	result := exerciseAPI(t.Context(), t, notesDefinition, drop, withKey())
	assert.Contains(t, result.Incomplete, "does not answer: the connection was closed without an answer")
	for _, op := range result.Operations {
		assert.Equal(t, finding.Skipped, op.Verdict)
	}
}

func TestRootIsTriedWhereBasePathIsNotServed(t *testing.T) {
	api := newNotes()
	atRoot := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			http.NotFound(w, r)
			return
		}
		r.URL.Path = "/api" + r.URL.Path
		api.ServeHTTP(w, r)
	})
	result := exerciseAPI(t.Context(), t, notesDefinition, atRoot, withKey())
	assert.Empty(t, complaints(result))
	require.Len(t, result.Notes, 1)
	assert.Contains(t, result.Notes[0], "at the root")
}

func TestThingsThatExpireAreMadeAnew(t *testing.T) {
	// Leases cannot be read and end by themselves before they are revoked.
	definition := `{"swagger": "2.0", "host": "lease.fabrikam.com", "paths": {
	  "/lease/grant": {"post": {"operationId": "LeaseGrant", "responses": {"200": {"description": "OK", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}},
	  "/lease/revoke": {"post": {"operationId": "LeaseRevoke", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}],
	    "responses": {"200": {"description": "OK"}}}}}}`
	granted, revoked := 0, 0
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var in struct{ ID string }
		switch {
		case r.URL.Path == "/lease/grant":
			granted++
			assert.NoError(t, json.NewEncoder(w).Encode(map[string]string{"id": fmt.Sprintf("lease-%02d", granted)}))
		case json.NewDecoder(r.Body).Decode(&in) != nil || in.ID == "":
			w.WriteHeader(http.StatusBadRequest)
		case in.ID <= "lease-10":
			w.WriteHeader(http.StatusNotFound)
		default:
			revoked++
		}
	})
	result := exerciseAPI(t.Context(), t, definition, api, Options{Jobs: 1})
	assert.Empty(t, complaints(result))
	assert.Equal(t, 10, outcomeOf(t, result, "LeaseRevoke").Successes)
	assert.Empty(t, result.Leftovers)
}
