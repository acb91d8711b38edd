package runner

import (
	"net/http"
	"net/url"
	"strings"
)

// maxHops bounds how many redirects are followed.
const maxHops = 5

// hop is one redirect.
type hop struct {
	from, to *url.URL
	status   int
	// foreign: it leads to another host, or from https to http.
	foreign bool
}

// isRedirect reports whether a status asks to go elsewhere.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirected is the request that a redirect asks for; ok is false when it asks
// for nothing that can be sent.
func redirected(m *message, status int, location string) (next *message, h hop, ok bool) {
	to, err := m.url.Parse(location)
	if location == "" || err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, hop{}, false
	}
	h = hop{from: m.url, to: to, status: status, foreign: !sameHost(m.url, to)}
	next = m.clone()
	next.url = to
	toGet := status == http.StatusSeeOther && m.method != http.MethodHead ||
		(status == http.StatusMovedPermanently || status == http.StatusFound) && m.method == http.MethodPost
	if toGet {
		next.method, next.body = http.MethodGet, nil
		next.header.Del("Content-Type")
	}
	return next, h, true
}

// sameHost reports whether credentials sent to a may be sent to b.
func sameHost(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) || a.Scheme == "https" && b.Scheme != "https" {
		return false
	}
	return port(a) == port(b) || a.Scheme == "http" && b.Scheme == "https" && a.Port() == "" && b.Port() == ""
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
