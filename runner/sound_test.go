package runner

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/helpdesk"
)

// rewritten answers like next, with the answer changed before it is sent.
func rewritten(change func(*http.Request, *httptest.ResponseRecorder)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			change(r, rec)
			maps.Copy(w.Header(), rec.Header())
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes()) // a client that went away needs no answer
		})
	}
}

// rebodied changes the text of JSON answers.
func rebodied(change func([]byte) []byte) func(http.Handler) http.Handler {
	return rewritten(func(_ *http.Request, rec *httptest.ResponseRecorder) {
		if strings.Contains(rec.Header().Get("Content-Type"), "json") {
			body := change(rec.Body.Bytes())
			rec.Body = bytes.NewBuffer(body)
			rec.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
	})
}

func replaced(pattern, by string) func(http.Handler) http.Handler {
	re := regexp.MustCompile(pattern)
	return rebodied(func(b []byte) []byte { return re.ReplaceAll(b, []byte(by)) })
}

// soundWays are ways in which a sound API may differ from what a naive checker expects.
func soundWays() map[string]func(http.Handler) http.Handler {
	status := func(from, to int) func(http.Handler) http.Handler {
		return rewritten(func(_ *http.Request, rec *httptest.ResponseRecorder) {
			if rec.Code == from {
				rec.Code = to
			}
		})
	}
	mediaType := func(media string) func(http.Handler) http.Handler {
		return rewritten(func(_ *http.Request, rec *httptest.ResponseRecorder) {
			if strings.Contains(rec.Header().Get("Content-Type"), "json") {
				rec.Header().Set("Content-Type", media)
			}
		})
	}
	headers := func(pairs map[string]string) func(http.Handler) http.Handler {
		return rewritten(func(_ *http.Request, rec *httptest.ResponseRecorder) {
			for name, value := range pairs {
				rec.Header()[name] = []string{value}
			}
		})
	}
	return map[string]func(http.Handler) http.Handler{
		"charset in capitals":     mediaType(`application/json;charset="UTF-8"`),
		"parameters of the type":  mediaType("application/json; odata.metadata=minimal; charset=utf-8"),
		"capitals in the type":    mediaType("Application/JSON"),
		"vendor type":             mediaType("application/vnd.tidewell.v3+json"),
		"403 for 401":             status(http.StatusUnauthorized, http.StatusForbidden),
		"422 for 400":             status(http.StatusBadRequest, http.StatusUnprocessableEntity),
		"410 for 404":             status(http.StatusNotFound, http.StatusGone),
		"403 for what is unknown": status(http.StatusNotFound, http.StatusForbidden),
		"whole numbers as 3.0":    replaced(`("(?:openTicketCount|commentCount)":)(\d+)`, "${1}${2}.0"),
		"dates with an offset":    replaced(`("\w+At":"[0-9T:.-]+)Z"`, `${1}+00:00"`),
		"dates with fractions":    replaced(`("\w+At":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z"`, `${1}.1234567Z"`),
		"undeclared fields":       replaced(`^\{`, `{"@odata.context":"https://api.tidewell-helpdesk.com/$$metadata","_links":{"self":null},`),
		"a byte order mark":       replaced(`^`, "\ufeff"),
		"indented JSON": rebodied(func(b []byte) []byte {
			var out bytes.Buffer
			if json.Indent(&out, b, "", "\t") != nil {
				return b
			}
			return append(out.Bytes(), "\r\n"...)
		}),
		"escaped JSON": replaced(`"status"`, `"st\u0061tus"`),
		"header names in lower case": rewritten(func(_ *http.Request, rec *httptest.ResponseRecorder) {
			for name, values := range maps.Clone(map[string][]string(rec.Header())) {
				delete(rec.Header(), name)
				rec.Header()[strings.ToLower(name)] = values
			}
		}),
		"caching headers":             headers(map[string]string{"ETag": `W/"7"`, "Cache-Control": "private, max-age=60", "Vary": "Accept-Encoding", "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}),
		"a session cookie":            headers(map[string]string{"Set-Cookie": "session=abc; HttpOnly", "Www-Authenticate": `ApiKey realm="desk"`, "X-Ratelimit-Remaining": "0"}),
		"a connection for every call": headers(map[string]string{"Connection": "close"}),
		"gzip": rewritten(func(r *http.Request, rec *httptest.ResponseRecorder) {
			if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || rec.Body.Len() == 0 {
				return
			}
			var out bytes.Buffer
			zip := gzip.NewWriter(&out)
			_, _ = zip.Write(rec.Body.Bytes())
			_ = zip.Close()
			rec.Body = &out
			rec.Header().Set("Content-Encoding", "gzip")
			rec.Header().Del("Content-Length")
		}),
		"a redirect on the host": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("moved") {
					query := r.URL.Query()
					query.Del("moved")
					r.URL.RawQuery = query.Encode()
					next.ServeHTTP(w, r)
					return
				}
				query := r.URL.Query()
				query.Set("moved", "")
				http.Redirect(w, r, r.URL.EscapedPath()+"?"+query.Encode(), http.StatusTemporaryRedirect)
			})
		},
		"chunks": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				maps.Copy(w.Header(), rec.Header())
				w.Header().Del("Content-Length")
				w.WriteHeader(rec.Code)
				for half := range bytes.SplitSeq(rec.Body.Bytes(), []byte(",")) {
					if half = bytes.Clone(half); rec.Body.Len() > 0 && !bytes.HasSuffix(rec.Body.Bytes(), half) {
						half = append(half, ',')
					}
					_, _ = w.Write(half)
					_ = http.NewResponseController(w).Flush()
				}
			})
		},
		"early hints": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				next.ServeHTTP(w, r)
			})
		},
		"HTTP/1.0": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				connection, out, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				rec.Header().Del("Content-Length")
				fmt.Fprintf(out, "HTTP/1.0 %d Fine\r\n", rec.Code)
				_ = rec.Header().Write(out)
				fmt.Fprintf(out, "\r\n%s", rec.Body)
				_, _ = out.Flush(), connection.Close()
			})
		},
		// The first readings of what was created find nothing.
		"created things show a little later": func(next http.Handler) http.Handler {
			var mu sync.Mutex
			unseen := map[string]int{}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				mu.Lock()
				defer mu.Unlock()
				var made struct{ ID string }
				if r.Method == http.MethodPost && rec.Code == http.StatusCreated && json.Unmarshal(rec.Body.Bytes(), &made) == nil {
					unseen[made.ID] = 2
				}
				if id := path.Base(r.URL.Path); r.Method == http.MethodGet && unseen[id] > 0 {
					unseen[id]--
					rec = httptest.NewRecorder()
					rec.Header().Set("Content-Type", "application/json")
					rec.Code, rec.Body = http.StatusNotFound, bytes.NewBufferString(`{"error":{"code":"Not Found","message":"not yet"}}`)
				}
				maps.Copy(w.Header(), rec.Header())
				w.WriteHeader(rec.Code)
				_, _ = w.Write(rec.Body.Bytes()) // a client that went away needs no answer
			})
		},
	}
}

func TestSoundVariationsRaiseNoAlarm(t *testing.T) {
	for name, way := range soundWays() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(way(helpdesk.New()))
			defer server.Close()
			result, err := Run(t.Context(), goodConnector(t), Options{BaseURL: server.URL, Allow: []string{"POST", "PUT", "PATCH", "DELETE"},
				Connection: map[string]string{"access_key": helpdesk.DemoKey}, wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
			require.NoError(t, err)
			for _, op := range result.Operations {
				assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
			}
		})
	}
}
