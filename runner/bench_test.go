package runner

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkRun exercises 100 operations with 10 calls each, and what their checks send.
func BenchmarkRun(b *testing.B) {
	var paths []string
	for i := range 50 {
		paths = append(paths, fmt.Sprintf(`"/things%d": {
		  "get": {"operationId": "ListThings%d", "responses": {"200": {"description": "OK", "schema": {"type": "array", "items": {"$ref": "#/definitions/Thing"}}}}},
		  "post": {"operationId": "CreateThing%d", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Thing"}}],
		    "responses": {"201": {"description": "Made", "schema": {"$ref": "#/definitions/Thing"}}}}}`, i, i, i))
	}
	pkg := pkgOf(b, `{"swagger": "2.0", "produces": ["application/json"], "consumes": ["application/json"], "host": "api.fabrikam.com", "paths": {`+strings.Join(paths, ",")+`},
	  "definitions": {"Thing": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "size": {"type": "integer"}}}}}`, "")
	const thing = `{"id": "t1", "name": "lamp", "size": 3}`
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Type", "application/json")
		body := thing
		if r.Method == http.MethodGet {
			body = "[" + strings.Repeat(thing+",", 19) + thing + "]"
		} else {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = w.Write([]byte(body)) // a failed write shows as a failed run
	}))
	defer server.Close()
	for name, opts := range map[string]Options{
		"plain":    {},
		"recorded": {Record: filepath.Join(b.TempDir(), "run.har"), Journal: filepath.Join(b.TempDir(), "journal.jsonl")},
	} {
		b.Run(name, func(b *testing.B) {
			opts.BaseURL, opts.Allow = server.URL, []string{"POST"}
			requests.Store(0)
			b.ReportAllocs()
			for b.Loop() {
				result, err := Run(b.Context(), pkg, opts)
				require.NoError(b, err)
				require.Len(b, result.Operations, 100)
				require.Equal(b, 10, result.Operations[99].Successes)
			}
			b.ReportMetric(float64(requests.Load())/b.Elapsed().Seconds(), "requests/s")
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MB-from-system")
		})
	}
}
