package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures/helpdesk"
)

// recast passes requests to an API and lets change see each answer before it leaves.
func recast(api http.Handler, change func(r *http.Request, a *httptest.ResponseRecorder)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := httptest.NewRecorder()
		api.ServeHTTP(a, r)
		change(r, a)
		for name, values := range a.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(a.Code)
		_, _ = w.Write(a.Body.Bytes()) // the client may be gone
	})
}

// inBody changes the JSON object of an answer to a path.
func inBody(path string, change func(object map[string]any)) func(*http.Request, *httptest.ResponseRecorder) {
	return func(r *http.Request, a *httptest.ResponseRecorder) {
		var object map[string]any
		if r.URL.Path != path || json.Unmarshal(a.Body.Bytes(), &object) != nil {
			return
		}
		change(object)
		raw, _ := json.Marshal(object) // it was read from JSON
		a.Body = bytes.NewBuffer(raw)
	}
}

func toRelative(r *http.Request, a *httptest.ResponseRecorder) {
	if at, err := url.Parse(a.Header().Get("Location")); err == nil && at.Host != "" {
		a.Header().Set("Location", at.RequestURI())
	}
}

// confirming asks the callback address for a token before it takes a subscription.
func confirming(api http.Handler, ask func(callback string) (*http.Request, error), want string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1/webhooks" {
			raw, _ := io.ReadAll(r.Body) // what is missing is refused below
			r.Body = io.NopCloser(bytes.NewReader(raw))
			var body struct{ CallbackURL string }
			if json.Unmarshal(raw, &body) == nil && strings.HasPrefix(body.CallbackURL, "http://127.0.0.1:") {
				request, err := ask(body.CallbackURL)
				if err == nil {
					var response *http.Response
					transport := &http.Transport{DisableKeepAlives: true}
					if response, err = transport.RoundTrip(request); err == nil {
						answer, _ := io.ReadAll(response.Body) // what is missing is refused
						_ = response.Body.Close()              // it was read
						if response.StatusCode != http.StatusOK || strings.TrimSpace(string(answer)) != want {
							w.WriteHeader(http.StatusBadRequest)
							return
						}
					}
				}
			}
		}
		api.ServeHTTP(w, r)
	})
}

func ask(ctx context.Context, method, query, body string) func(string) (*http.Request, error) {
	return func(callback string) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, method, callback+query, strings.NewReader(body))
	}
}

// TestSoundVariationsAreNotFlagged runs the sample connector against APIs that do
// in another way what its sample API does.
func TestSoundVariationsAreNotFlagged(t *testing.T) {
	same := func(*http.Request, *httptest.ResponseRecorder) {}
	for name, c := range map[string]struct {
		wrap func(http.Handler) http.Handler
		// edit is what the definition says instead: pairs of old and new.
		edit []string
	}{
		"relative locations": {wrap: func(h http.Handler) http.Handler { return recast(h, toRelative) }},
		"a location below the subscriptions": {wrap: func(h http.Handler) http.Handler {
			return recast(h, func(r *http.Request, a *httptest.ResponseRecorder) {
				if at := a.Header().Get("Location"); r.URL.Path == "/v1/webhooks" && at != "" {
					a.Header().Set("Location", "webhooks/"+at[strings.LastIndexByte(at, '/')+1:])
				}
			})
		}},
		"a token by GET": {wrap: func(h http.Handler) http.Handler {
			return confirming(h, ask(t.Context(), http.MethodGet, "?validationToken=a%20b%2F7", ""), "a b/7")
		}},
		"a token by POST": {wrap: func(h http.Handler) http.Handler {
			return confirming(h, ask(t.Context(), http.MethodPost, "?validationToken=t-1", ""), "t-1")
		}},
		"a challenge of a hub": {wrap: func(h http.Handler) http.Handler {
			return confirming(h, ask(t.Context(), http.MethodGet, "?hub.mode=subscribe&hub.challenge=42", ""), "42")
		}},
		"a challenge in the body": {wrap: func(h http.Handler) http.Handler {
			return confirming(h, ask(t.Context(), http.MethodPost, "", `{"type": "url_verification", "challenge": "c-9"}`), `{"challenge":"c-9"}`)
		}},
		"the last page says null": {wrap: func(h http.Handler) http.Handler {
			return recast(h, inBody("/v1/accounts", func(o map[string]any) {
				if _, there := o["nextLink"]; !there {
					o["nextLink"] = nil
				}
			}))
		}, edit: []string{`"description": "The address of the next page, absent on the last one."`, `"description": "The address of the next page.", "x-nullable": true`}},
		"the last page has an empty link": {wrap: func(h http.Handler) http.Handler {
			return recast(h, inBody("/v1/accounts", func(o map[string]any) {
				if _, there := o["nextLink"]; !there {
					o["nextLink"] = ""
				}
			}))
		}},
		"relative next links": {wrap: func(h http.Handler) http.Handler {
			return recast(h, inBody("/v1/tickets", func(o map[string]any) {
				if link, ok := o["nextLink"].(string); ok {
					o["nextLink"] = link[strings.IndexByte(link, '?'):]
				}
			}))
		}},
		"the page size is not heeded": {wrap: func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				query := r.URL.Query()
				if n := query.Get("limit"); n != "0" && (len(n) == 1 || len(n) == 2) {
					query.Del("limit")
					r.URL.RawQuery = query.Encode()
				}
				h.ServeHTTP(w, r)
			})
		}},
		"nothing new, undeclared": {wrap: func(h http.Handler) http.Handler { return recast(h, same) }, edit: []string{`"202": {`, `"403": {`}},
		"nothing new is 204, which is declared": {wrap: func(h http.Handler) http.Handler {
			return recast(h, func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code == http.StatusAccepted {
					a.Code = http.StatusNoContent
				}
			})
		}, edit: []string{`"202": {`, `"204": {`}},
		"no choices": {wrap: func(h http.Handler) http.Handler {
			return recast(h, inBody("/v1/priorities", func(o map[string]any) { o["value"] = []any{} }))
		}},
		"answers without a charset": {wrap: func(h http.Handler) http.Handler {
			return recast(h, func(_ *http.Request, a *httptest.ResponseRecorder) {
				if strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") {
					a.Header().Set("Content-Type", "application/json")
				}
			})
		}},
		"as it is": {wrap: func(h http.Handler) http.Handler { return recast(h, same) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.wrap(helpdesk.New()))
			defer server.Close()
			opts := Options{BaseURL: server.URL, Seed: 1, Connection: map[string]string{"access_key": helpdesk.DemoKey}, Allow: []string{"POST", "PUT", "PATCH", "DELETE"},
				Triggers: map[string]TriggerOptions{"WhenTicketCreated": {Wait: 2 * time.Second}}}
			result, err := Run(t.Context(), goodButFor(t, c.edit), opts)
			require.NoError(t, err)
			assert.Empty(t, complaints(result))
			for _, left := range result.Leftovers {
				assert.NotContains(t, left, "webhook")
			}
		})
	}
}

// goodButFor is the sample connector with other words in its definition.
func goodButFor(t *testing.T, edit []string) *connector.Package {
	t.Helper()
	if len(edit) == 0 {
		return goodConnector(t)
	}
	const name = "apiDefinition.swagger.json"
	raw, err := os.ReadFile("../fixtures/good/" + name)
	require.NoError(t, err)
	require.Contains(t, string(raw), edit[0])
	properties, err := os.ReadFile("../fixtures/good/apiProperties.json")
	require.NoError(t, err)
	files := fstest.MapFS{name: {Data: []byte(strings.ReplaceAll(string(raw), edit[0], edit[1]))}, "apiProperties.json": {Data: properties}}
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "good", FS: files, Dir: ".", Definition: name})
	require.NoError(t, err)
	return pkg
}
