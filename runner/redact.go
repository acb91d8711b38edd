package runner

import (
	"cmp"
	"encoding/base64"
	"html"
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
// address, as in JSON and HTML, in base64, in any case. Everything that leaves
// the package goes through it.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
	// places are header fields and query parameters that carry credentials of
	// whatever length, in lower case.
	places map[string]bool
}

// shortest is the length of the shortest secret that is masked in texts.
const shortest = 4

// add registers secrets. Very short values are not masked in texts: they would
// blank out half of every answer; the places that carry credentials always are.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if len(strings.TrimSpace(s)) < shortest {
			continue
		}
		for _, form := range formsOf(s) {
			if form = foldASCII(form); len(form) >= shortest && !slices.Contains(r.secrets, form) {
				r.secrets = append(r.secrets, form)
			}
		}
	}
	// Longer forms first, or a part of one would stay.
	slices.SortStableFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// formsOf are the ways in which a secret may be written.
func formsOf(s string) []string {
	quoted := strings.Trim(jsonString(s), `"`)
	plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(quoted)
	out := []string{s, strings.TrimSpace(s), quoted, plain, strings.ReplaceAll(plain, "/", `\/`), strings.Trim(jsonString(quoted), `"`),
		url.QueryEscape(s), url.PathEscape(s), url.QueryEscape(url.QueryEscape(s)), url.PathEscape(url.PathEscape(s)), (&url.URL{Path: "/" + s}).EscapedPath()[1:],
		html.EscapeString(s), strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(html.EscapeString(s))}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		encoded := e.EncodeToString([]byte(s))
		out = append(out, encoded, url.QueryEscape(encoded))
	}
	if len(s) < 2*shortest {
		return out
	}
	// Within a longer text in base64 a secret begins at any of three places of a group.
	for shift := range 3 {
		whole := append(make([]byte, shift), s...)
		from, to := (shift*8+5)/6, len(whole)*8/6
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			out = append(out, e.EncodeToString(whole)[from:to])
		}
	}
	return out
}

// place registers a header field or query parameter that carries credentials.
func (r *redactor) place(names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.places == nil {
		r.places = map[string]bool{}
	}
	for _, name := range names {
		if name != "" {
			r.places[strings.ToLower(name)] = true
		}
	}
}

// carries reports whether a header field or query parameter carries credentials.
func (r *redactor) carries(name string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.places[strings.ToLower(name)]
}

// foldASCII is a text in lower case, every byte at its place.
func foldASCII(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) < 0 {
		return s
	}
	out := []byte(s)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// text masks the secrets in a text.
func (r *redactor) text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.secrets) == 0 || len(s) < shortest {
		return s
	}
	folded := foldASCII(s)
	for _, secret := range r.secrets {
		if !strings.Contains(folded, secret) {
			continue
		}
		var out strings.Builder
		rest, at := folded, 0
		for {
			i := strings.Index(rest, secret)
			if i < 0 {
				break
			}
			out.WriteString(s[at : at+i])
			out.WriteString(masked)
			at += i + len(secret)
			rest = folded[at:]
		}
		out.WriteString(s[at:])
		s = out.String()
		folded = foldASCII(s)
	}
	return s
}

// address is an address for people, secrets masked.
func (r *redactor) address(u *url.URL) string {
	pairs := strings.Split(u.RawQuery, "&")
	changed := false
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && value != "" && r.carries(plain) {
			pairs[i], changed = name+"="+masked, true
		}
	}
	if changed {
		shown := *u
		shown.RawQuery = strings.Join(pairs, "&")
		u = &shown
	}
	return r.text(u.String())
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
			if value != "" && (slices.Contains(secretHeaders(), name) || r.carries(name)) {
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
