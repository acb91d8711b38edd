package runner

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/precert/precert/finding"
)

// masked stands for every secret.
const masked = "***"

// redactor replaces secrets wherever they may appear: as they are, as in an
// address, as in JSON, and in base64. Everything that leaves the package goes through it.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// add registers secrets. Very short values are not masked in texts: they would
// blank out half of every answer; headers that carry credentials always are.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if len(strings.TrimSpace(s)) < 4 {
			continue
		}
		quoted := strings.Trim(jsonString(s), `"`)
		for _, form := range []string{s, strings.TrimSpace(s), url.QueryEscape(s), url.PathEscape(s), quoted, base64.StdEncoding.EncodeToString([]byte(s)),
			base64.RawStdEncoding.EncodeToString([]byte(s)), base64.URLEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s))} {
			if !slices.Contains(r.secrets, form) {
				r.secrets = append(r.secrets, form)
			}
		}
	}
	// Longer forms first, or a part of one would stay.
	slices.SortStableFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// text masks the secrets in a text.
func (r *redactor) text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, secret := range r.secrets {
		if strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, masked)
		}
	}
	return s
}

// secretHeaders carry credentials or sessions by their very name.
func secretHeaders() []string {
	return []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}
}

// headers lists header fields by name, secrets masked.
func (r *redactor) headers(h http.Header) []finding.Header {
	var out []finding.Header
	for _, name := range sortedKeys(h) {
		for _, value := range h[name] {
			if slices.Contains(secretHeaders(), name) {
				value = maskedHeader(value)
			}
			out = append(out, finding.Header{Name: name, Value: r.text(value)})
		}
	}
	return out
}

// maskedHeader keeps the scheme of a credential, which is no secret.
func maskedHeader(value string) string {
	scheme, _, found := strings.Cut(value, " ")
	if found && (strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "Basic")) {
		return scheme + " " + masked
	}
	return masked
}

// body shows the beginning of a body, secrets masked. The cut is made after the
// masking, so that no part of a secret stands at the end.
func (r *redactor) body(b []byte) (shown string, truncated bool) {
	if len(b) == 0 {
		return "", false
	}
	head := b[:min(len(b), 2*shownBody)]
	if !isText(head) {
		return "(" + binarySize(len(b)) + ")", false
	}
	shown = r.text(strings.ToValidUTF8(string(head), "?"))
	truncated = len(b) > len(head)
	if truncated {
		// What was cut off may have begun as a secret.
		shown = shown[:min(len(shown), shownBody)]
	}
	if len(shown) > shownBody {
		shown, truncated = shown[:shownBody], true
	}
	for !utf8.ValidString(shown) {
		shown = shown[:len(shown)-1]
	}
	return shown, truncated
}

func isText(b []byte) bool {
	odd := 0
	for _, c := range string(b[:min(len(b), 512)]) {
		if c == utf8.RuneError || unicode.IsControl(c) && !unicode.IsSpace(c) {
			odd++
		}
	}
	return odd*20 <= len(b[:min(len(b), 512)])
}
