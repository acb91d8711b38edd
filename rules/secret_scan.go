package rules

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/precert/precert/connector"
)

// secret is a credential that stands in a file of the connector.
type secret struct {
	// rule reports it; what names its kind, with article.
	rule, what string
	doc        *connector.Document
	start, end int
}

// value is the credential itself, as the file writes it. It must not leave the package.
func (s secret) value() string { return string(s.doc.Source()[s.start:s.end]) }

// secretForm is a kind of credential that is told by its form.
type secretForm struct {
	what string
	// needle begins the form, or stands back bytes after its beginning.
	needle string
	back   int
	// rare is where the rarest byte of needle stands in it.
	rare int
	// form is matched where it begins; its first group, else all of it, is the credential.
	form *regexp.Regexp
	// word says that no letter or digit may stand before.
	word bool
	// reach is how many bytes the form may have.
	reach int
	// rule is SecretNotAllowed when it is empty.
	rule string
}

// What hostile files may cost: attempts at one form in a file, and credentials that are kept of it.
const (
	maxAttempts = 20_000
	maxSecrets  = 1_000
)

const suspected = "SecretSuspected"

// secretForms are the known forms by the rarest byte of their needle, at which
// a text is looked at closer. They are compiled when first needed.
var secretForms = sync.OnceValue(func() *[256][]secretForm {
	var out [256][]secretForm
	for _, form := range knownForms() {
		for _, rare := range "~=JQKGz_B/-" {
			if at := strings.IndexRune(form.needle, rare); at >= 0 {
				form.rare = at
				break
			}
		}
		c := form.needle[form.rare]
		out[c] = append(out[c], form)
	}
	return &out
})

func knownForms() []secretForm {
	form := func(what, needle, pattern string) secretForm {
		return secretForm{what: what, needle: needle, form: regexp.MustCompile(`^(?:` + pattern + `)`), word: true, reach: 400}
	}
	within := func(what, needle, pattern string) secretForm {
		f := form(what, needle, pattern)
		f.word = false
		return f
	}
	maybe := func(f secretForm) secretForm { f.rule = suspected; return f }
	long := func(f secretForm, reach int) secretForm { f.reach = reach; return f }
	entra := within("a client secret of Microsoft Entra ID", "Q~", `[A-Za-z0-9_~.\-]{3}[78]Q~[A-Za-z0-9_~.\-]{31,34}`)
	entra.back = 4
	return []secretForm{
		long(within("a private key", "-----BEGIN ", `-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY-----(?:\s|\\[rn])*[A-Za-z0-9+/=]{40}[^-"]*`), 8<<10),
		form("an access key of AWS", "AKIA", `AKIA[0-9A-Z]{16}\b`),
		form("an access key of AWS", "ASIA", `ASIA[0-9A-Z]{16}\b`),
		within("a secret key of AWS", "ecret_access_key", `ecret_access_key["']?\s{0,4}[=:]\s{0,4}["']?([A-Za-z0-9+/]{40})\b`),
		form("a GitHub token", "ghs_", `ghs_[A-Za-z0-9]{30,}`),
		form("a GitHub token", "ghu_", `ghu_[A-Za-z0-9]{30,}`),
		form("a GitHub token", "ghr_", `ghr_[A-Za-z0-9]{30,}`),
		form("a GitHub token", "ghp_", `ghp_[A-Za-z0-9]{30,}`),
		form("a GitHub token", "gho_", `gho_[A-Za-z0-9]{30,}`),
		form("a GitHub token", "github_pat_", `github_pat_[A-Za-z0-9_]{40,}`),
		form("a GitLab token", "glpat-", `glpat-[A-Za-z0-9_\-]{20,}`),
		form("an npm token", "npm_", `npm_[A-Za-z0-9]{36}`),
		form("a Slack token", "xox", `xox[abeoprs]-[A-Za-z0-9\-]{16,}`),
		within("a Slack webhook", "hooks.slack.com/services/", `hooks\.slack\.com/services/(T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,})`),
		form("a Google API key", "AIza", `AIza[0-9A-Za-z_\-]{35}`),
		form("a Google client secret", "GOCSPX-", `GOCSPX-[0-9A-Za-z_\-]{20,}`),
		form("a Stripe key", "sk_live_", `sk_live_[0-9A-Za-z]{16,}`),
		form("a Stripe key", "rk_live_", `rk_live_[0-9A-Za-z]{16,}`),
		maybe(form("a Stripe key for tests", "sk_test_", `sk_test_[0-9A-Za-z]{16,}`)),
		form("a signing secret of Stripe", "whsec_", `whsec_[0-9A-Za-z+/]{24,}`),
		form("a SendGrid key", "SG.", `SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}`),
		form("an OpenAI key", "sk-", `sk-(?:proj-|svcacct-)?[A-Za-z0-9_]{32,}`),
		entra,
		within("a connection string of Azure", "AccountKey=", `AccountKey=([A-Za-z0-9+/]{40,}={0,2})`),
		within("a connection string of Azure", "SharedAccessKey=", `SharedAccessKey=([A-Za-z0-9+/]{30,}={0,2})`),
		within("a shared access signature of Azure", "sig=", `sig=([A-Za-z0-9%+/]{30,}=*)`),
		within("a user and password in an address", "://", `://[^\s/"'@:{}<>$\[\]\\]{1,80}:([^\s/"'@{}<>$\[\]\\]{4,80})@`),
		maybe(long(form("a JSON web token", "eyJ", `eyJ[A-Za-z0-9_\-]{10,400}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}`), 2<<10)),
		maybe(form("a user and password for basic authentication", "Basic ", `Basic ([A-Za-z0-9+/]{20,}={0,2})`)),
		maybe(within("a key of an Azure function", ".azurewebsites.net/", `\.azurewebsites\.net/[^\s"'<>]{0,200}[?&]code=([A-Za-z0-9_\-+/%]{30,}={0,2})`)),
		maybe(form("a Mailgun key", "key-", `key-[0-9a-z]{32}\b`)),
		maybe(form("a Twilio key", "SK", `SK[0-9a-f]{32}\b`)),
		form("an account and token of Twilio", "AC", `AC[0-9a-f]{32}:([0-9a-f]{32})\b`),
		maybe(within("an auth token", "uth_token", `uth_token["']?\s{0,4}[=:]\s{0,4}["']?([0-9a-f]{32})\b`)),
		maybe(within("an auth token", "uthToken", `uthToken["']?\s{0,4}[=:]\s{0,4}["']?([0-9a-f]{32})\b`)),
		maybe(within("an auth token", "UTH_TOKEN", `UTH_TOKEN["']?\s{0,4}[=:]\s{0,4}["']?([0-9a-f]{32})\b`)),
		maybe(within("a subscription key of API Management", "ubscription-", `ubscription-[Kk]ey["']?\s{0,4}[=:]\s{0,4}["']?([0-9a-f]{32})\b`)),
		maybe(form("a bearer token", "Bearer ", `Bearer ([A-Za-z0-9._~+/\-]{24,}=*)`)),
		maybe(within("a password in a connection string", "assword=", `assword=([^\s;"'&<>{}\[\]\\,]{8,})[;"']`)),
	}
}

// secrets finds the credentials in all files of a connector.
func secrets(pkg *connector.Package) []secret {
	var out, named []secret
	for _, doc := range pkg.Documents() {
		out = append(out, secretsIn(doc)...)
	}
	for _, file := range pkg.Files {
		switch file.Role {
		case connector.RoleDefinition, connector.RoleProperties, connector.RoleSettings, connector.RoleIcon:
		default:
			text := connector.NewText(file.Name, file.Content)
			out = append(out, secretsIn(text)...)
			named = append(named, secretAssignments(text, file.Role == connector.RoleScript)...)
		}
	}
	read := map[string]bool{}
	for _, doc := range pkg.Documents() {
		read[doc.Name] = true
	}
	for _, file := range pkg.Loose {
		if !read[file.Name] {
			text := connector.NewText(file.Name, file.Content)
			out = append(out, secretsIn(text)...)
			named = append(named, secretAssignments(text, false)...)
		}
	}
	out = append(out, secretValues(pkg)...)
	return distinct(append(out, withoutCopies(out, named)...))
}

// withoutCopies drops those that stand with the same value in a file of the
// same name: the copy in a second solution is exported again with the first.
func withoutCopies(known, found []secret) []secret {
	place := func(s secret) string { return path.Base(s.doc.Name) + "\x00" + s.value() }
	seen := map[string]*connector.Document{}
	for _, s := range known {
		seen[place(s)] = s.doc
	}
	return slices.DeleteFunc(found, func(s secret) bool {
		first := seen[place(s)]
		if first == nil {
			seen[place(s)] = s.doc
		}
		return first != nil && first != s.doc
	})
}

// secretsIn finds the credentials that are told by their form.
func secretsIn(doc *connector.Document) []secret {
	var out []secret
	text, forms := doc.Source(), secretForms()
	attempts := map[*secretForm]int{}
	for i, c := range text {
		for f := range forms[c] {
			form := &forms[c][f]
			at := i - form.rare
			if at < form.back || !bytes.HasPrefix(text[at:], []byte(form.needle)) || attempts[form] == maxAttempts {
				continue
			}
			attempts[form]++
			if s, ok := form.match(doc, at-form.back); ok {
				if out = append(out, s); len(out) == maxSecrets {
					return out
				}
			}
		}
	}
	return out
}

// match returns the credential that begins at start, if there is one.
func (f *secretForm) match(doc *connector.Document, start int) (secret, bool) {
	text := doc.Source()
	if f.word && start > 0 && isWordByte(text[start-1]) {
		return secret{}, false
	}
	match := f.form.FindSubmatchIndex(text[start:min(len(text), start+f.reach)])
	if match == nil {
		return secret{}, false
	}
	s := secret{rule: f.rule, what: f.what, doc: doc, start: start + match[0], end: start + match[1]}
	if len(match) > 2 && match[2] >= 0 {
		s.start, s.end = start+match[2], start+match[3]
	}
	if s.rule == "" {
		s.rule = "SecretNotAllowed"
	}
	return s, !isPlaceholder(s.value()) && (s.rule != suspected || looksRandom(s.value()))
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// distinct drops credentials within others: one place is reported once.
func distinct(found []secret) []secret {
	var out []secret
	for _, s := range found {
		if !slices.ContainsFunc(out, func(o secret) bool { return o.doc == s.doc && s.start < o.end && o.start < s.end }) {
			out = append(out, s)
		}
	}
	return out
}

// placeholderWords tell values that are to be replaced.
func placeholderWords() []string {
	return []string{
		"placeholder", "dummy", "example", "sample", "your", "enter", "replace", "insert", "changeme", "change-me", "todo", "redacted", "goes-here",
		"goeshere", "value-here", "client_id", "client-id", "clientid", "client_secret", "clientsecret", "client secret", "client id",
	}
}

// isPlaceholder reports whether a value plainly stands for another one.
func isPlaceholder(value string) bool {
	fold := strings.ToLower(strings.TrimSpace(value))
	if fold == "" || strings.ContainsAny(fold[:1], "<{[(@$%*") && strings.ContainsAny(fold[len(fold)-1:], ">}])$%*") {
		return true
	}
	if strings.Contains(fold, "<") && strings.Contains(fold, ">") {
		return true
	}
	for _, sign := range []string{"{{", "[[", "${", "***", "@@", "@connectionparameters(", "@headers(", "@queryparameters(", "…"} {
		if strings.Contains(fold, sign) {
			return true
		}
	}
	for _, word := range placeholderWords() {
		if strings.Contains(fold, word) {
			return true
		}
	}
	if 2*sequential(fold) >= len(fold) {
		return true
	}
	switch fold {
	case "null", "none", "empty", "secret", "password", "required", "test", "n/a", "na", "tbd":
		return true
	}
	return variety(fold) <= 3
}

// sequential counts the characters that stand in runs such as 12345, abcdef or
// xxxx: a key that somebody made up mostly consists of them, a real one may hold one by chance.
func sequential(text string) int {
	const shortest = 4
	n := 0
	for i := 0; i < len(text); {
		rise, same := i+1, i+1
		for rise < len(text) && follows(text[rise-1], text[rise]) {
			rise++
		}
		for same < len(text) && text[same] == text[i] {
			same++
		}
		end := max(rise, same)
		if end-i >= shortest {
			n += end - i
		}
		i = end
	}
	return n
}

// follows reports whether b comes after a in 0123456789abcdef… .
func follows(a, b byte) bool {
	return a >= '0' && b <= 'z' && b == a+1 || a == '9' && (b == '0' || b == 'a')
}

// variety counts the different letters and digits of a text.
func variety(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			seen[r] = true
		}
	}
	return len(seen)
}

// looksRandom reports whether a value is too long and too mixed to be a word or a name.
func looksRandom(value string) bool {
	if len(value) < 20 || strings.ContainsAny(value, " \t\r\n") || strings.Contains(value, "://") {
		return false
	}
	digits, letters := 0, 0
	for _, r := range value {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return digits >= 3 && letters >= 3 && variety(value) >= 10
}
