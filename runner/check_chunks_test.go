package runner

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// vault takes files whole and in pieces. Its fields change what it does.
type vault struct {
	mu       sync.Mutex
	pieces   []byte
	whole    []byte
	size     string
	announce int
	location string
	patch    int
}

func (v *vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	body, _ := io.ReadAll(r.Body) // what is missing is refused
	switch {
	case r.Method == http.MethodPost && r.Header.Get("X-Ms-Transfer-Mode") == "chunked":
		v.size = r.Header.Get("X-Ms-Content-Length")
		w.Header().Set("X-Ms-Chunk-Size", "16")
		if v.location != "" {
			w.Header().Set("Location", v.location)
		}
		w.WriteHeader(v.announce)
	case r.Method == http.MethodPost && len(body) > 0:
		v.whole = body
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPatch && r.URL.Path == "/uploads/1":
		if !strings.HasPrefix(r.Header.Get("Content-Range"), "bytes="+strconv.Itoa(len(v.pieces))+"-") {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		v.pieces = append(v.pieces, body...)
		w.WriteHeader(v.patch)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func TestFilesInPieces(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "files.fabrikam.com", "consumes": ["application/octet-stream"], "paths": {"/files": {"post": {"operationId": "UploadFile", "x-ms-capabilities": {"chunkTransfer": true},
	  "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "string", "format": "binary"}}], "responses": {"201": {"description": "Kept"}}}}}}`
	for name, c := range map[string]struct {
		api  *vault
		want string
	}{
		"sound":            {&vault{announce: 200, location: "/uploads/1", patch: 200}, ""},
		"not taken":        {&vault{announce: 415}, "a request that announces a file in pieces is answered 415 Unsupported Media Type"},
		"no location":      {&vault{announce: 200}, "is answered without a usable Location: there is none"},
		"elsewhere":        {&vault{announce: 200, location: "https://files.example.net/1"}, "it leads to another host"},
		"a piece is lost":  {&vault{announce: 200, location: "/uploads/1", patch: 500}, "of a file in pieces are answered 500 Internal Server Error"},
		"nothing is there": {&vault{announce: 200, location: "/uploads/2"}, "of a file in pieces are answered 400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			result := exerciseAPI(t.Context(), t, definition, c.api, Options{Calls: 1, Skip: []string{checkInput}})
			check := checkOf(result.Operations[0], checkSuccessful)
			if c.want == "" {
				assert.Empty(t, complaints(result))
				assert.True(t, bytes.Equal(c.api.whole, c.api.pieces), "%q %q", c.api.whole, c.api.pieces)
				assert.Equal(t, strconv.Itoa(len(c.api.whole)), c.api.size)
				return
			}
			assert.Equal(t, finding.Failed, check.Verdict)
			assert.Contains(t, check.Message, c.want)
		})
	}
}
