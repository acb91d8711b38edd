package runner

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func listening(t *testing.T) *callbacks {
	t.Helper()
	c, err := listenForCallbacks(t.Context(), Options{}, &redactor{})
	require.NoError(t, err)
	t.Cleanup(c.close)
	return c
}

// knock sends a request to the listener; header holds pairs.
func knock(t *testing.T, method, address, body string, header ...string) (status int, answer string, answered http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }() // nothing is read after this
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(raw), response.Header
}

func TestCallbackListenerTakesOnlyWhatItHandedOut(t *testing.T) {
	c := listening(t)
	box := c.open()
	at, err := url.Parse(box.address)
	require.NoError(t, err)
	host, _, err := net.SplitHostPort(at.Host)
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1", host, "nobody outside this machine reaches it unless it is told so")
	assert.Regexp(t, `^/[0-9a-f]{32}/1$`, at.Path)
	root := "http://" + at.Host
	other := listening(t).open()
	assert.NotContains(t, other.address, strings.Split(at.Path, "/")[1], "each run has its own part that cannot be guessed")

	for _, address := range []string{root + "/", root + "/1", root + strings.TrimSuffix(at.Path, "1"), root + strings.TrimSuffix(at.Path, "1") + "2", root + strings.TrimSuffix(at.Path, "1") + "0"} {
		status, answer, _ := knock(t, http.MethodPost, address, "{}")
		assert.Equal(t, http.StatusNotFound, status, address)
		assert.Empty(t, answer)
	}
	assert.Empty(t, box.all())
	status, _, _ := knock(t, http.MethodPost, box.address, `{"id": 1}`)
	assert.Equal(t, http.StatusOK, status)
	status, _, header := knock(t, http.MethodPut, box.address, `{}`)
	assert.Equal(t, http.StatusMethodNotAllowed, status)
	assert.Equal(t, http.MethodPost, header.Get("Allow"))
	status, _, _ = knock(t, http.MethodPost, box.address, strings.Repeat("x", maxNotice+1))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	all := box.all()
	require.Len(t, all, 3)
	assert.True(t, all[2].large)
	assert.LessOrEqual(t, len(all[2].body), maxNotice)
}

func TestCallbackListenerIsBounded(t *testing.T) {
	c := listening(t)
	box := c.open()
	statuses := map[int]int{}
	for range 4 * noticesPerTime {
		status, _, _ := knock(t, http.MethodPost, box.address, "{}")
		statuses[status]++
	}
	assert.Len(t, box.all(), maxNotices)
	assert.Positive(t, statuses[http.StatusTooManyRequests], statuses)
}

func TestCallbackListenerClosesWithTheRun(t *testing.T) {
	c := listening(t)
	address := c.open().address
	c.close()
	at, err := url.Parse(address)
	require.NoError(t, err)
	_, err = (&net.Dialer{}).DialContext(context.Background(), "tcp", at.Host)
	assert.Error(t, err)
}

func TestCallbackListenerConfirmsSubscriptions(t *testing.T) {
	c := listening(t)
	for name, one := range map[string]struct {
		method, query, body, header string
		want                        string
	}{
		"a token by POST":          {http.MethodPost, "?validationToken=a%20b%3C", "", "", "a b<"},
		"a challenge of a hub":     {http.MethodGet, "?hub.mode=subscribe&hub.challenge=17", "", "", "17"},
		"a challenge in a body":    {http.MethodPost, "", `{"type": "url_verification", "token": "t", "challenge": "c\"1"}`, "", `{"challenge":"c\"1"}`},
		"a question for consent":   {http.MethodOptions, "", "", "hooks.fabrikam.com", ""},
		"a token that is too long": {http.MethodPost, "?validationToken=" + strings.Repeat("x", maxChallenge+1), "", "", "notice"},
		"an event":                 {http.MethodPost, "", `{"type": "order.created", "challenge": "none"}`, "", "notice"},
	} {
		t.Run(name, func(t *testing.T) {
			box := c.open()
			status, answer, header := knock(t, one.method, box.address+one.query, one.body, "WebHook-Request-Origin", one.header)
			assert.Equal(t, http.StatusOK, status)
			if one.want == "notice" {
				assert.Empty(t, answer)
				assert.Len(t, box.all(), 1)
				assert.Zero(t, box.challenges.Load())
				return
			}
			assert.Equal(t, one.want, answer)
			assert.Empty(t, box.all(), "it is no event")
			assert.EqualValues(t, 1, box.challenges.Load())
			if one.method == http.MethodOptions {
				assert.Equal(t, one.header, header.Get("WebHook-Allowed-Origin"))
				return
			}
			assert.NotContains(t, header.Get("Content-Type"), "html", "what is sent back must not run in a browser")
		})
	}
}
