package runner

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

const desksDefinition = `{"swagger": "2.0", "host": "api.fabrikam.com", "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}], "paths": {
  "/desks": {"get": {"operationId": "ListDesks", "responses": {"200": {"description": "OK"}}}},
  "/rooms": {"get": {"operationId": "ListRooms", "responses": {"200": {"description": "OK"}}}},
  "/floors": {"get": {"operationId": "ListFloors", "responses": {"200": {"description": "OK"}}}},
  "/sites": {"get": {"operationId": "ListSites", "responses": {"200": {"description": "OK"}}}}}}`

// desks answers whoever has the key.
func desks(seen func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen(r)
		if r.Header.Get("X-Key") != "desk-key-1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
}

func deskOptions(base string) Options {
	return Options{BaseURL: base, Connection: map[string]string{"key": "desk-key-1"}}
}

func TestOwnCertificatesAndHTTP2(t *testing.T) {
	var old atomic.Int64
	server := httptest.NewUnstartedServer(desks(func(r *http.Request) {
		if r.ProtoMajor != 2 {
			old.Add(1)
		}
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	opts := deskOptions(server.URL)
	result := runWith(t, desksDefinition, "", opts)
	assert.Contains(t, result.Incomplete, "certificate")
	opts.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(opts.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	result = runWith(t, desksDefinition, "", opts)
	assert.Empty(t, result.Incomplete)
	assert.Equal(t, finding.Passed, outcomeOf(t, result, "ListDesks").Verdict)
	assert.Zero(t, old.Load(), "requests by an older HTTP")
}

func TestOldTLSIsRefused(t *testing.T) {
	server := httptest.NewUnstartedServer(desks(func(*http.Request) {}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	opts := deskOptions(server.URL)
	opts.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(opts.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	assert.Contains(t, runWith(t, desksDefinition, "", opts).Incomplete, "protocol version")
}

func TestLoadIsBounded(t *testing.T) {
	var mu sync.Mutex
	var connections, at, most int
	var first, last time.Time
	requests := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if requests++; requests == 1 {
			first = time.Now()
		}
		last, at = time.Now(), at+1
		most = max(most, at)
		mu.Unlock()
		desks(func(*http.Request) {}).ServeHTTP(w, r)
		mu.Lock()
		at--
		mu.Unlock()
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			connections++
			mu.Unlock()
		}
	}
	server.Start()
	defer server.Close()
	opts := deskOptions(server.URL)
	opts.Jobs, opts.Rate = 2, 200
	result := runWith(t, desksDefinition, "", opts)
	assert.Empty(t, complaints(result))
	mu.Lock()
	defer mu.Unlock()
	assert.LessOrEqual(t, most, opts.Jobs, "at once")
	assert.LessOrEqual(t, connections, opts.Jobs+2, "connections are used again")
	assert.Greater(t, requests, 40)
	// A request may arrive late and the next in time.
	assert.GreaterOrEqual(t, last.Sub(first).Seconds(), float64(requests-2)/opts.Rate*0.9, "%d requests", requests)
}

// inMemory answers without a network.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	m.ServeHTTP(rec, r)
	return rec.Result(), nil
}

func TestCredentialsInTheOpenAreTold(t *testing.T) {
	opts := deskOptions("http://api.fabrikam.com")
	opts.Transport = inMemory{desks(func(*http.Request) {})}
	result := runWith(t, desksDefinition, "", opts)
	require.Len(t, result.Causes, 1, "one cause for all operations")
	assert.Equal(t, finding.Warned, result.Causes[0].Verdict)
	assert.Contains(t, result.Causes[0].Message, "without encryption")
	assert.Len(t, result.Causes[0].Operations, 4)
	opts.BaseURL = "http://localhost:8080"
	assert.Empty(t, runWith(t, desksDefinition, "", opts).Causes, "nobody is on the way to this machine")
}
