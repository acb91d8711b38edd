package values

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The ways in which APIs state their rules.
var (
	missing       = regexp.MustCompile(`(?i)\b(required|missing|not (present|specified|given|provided|supplied|set)|must be (provided|supplied|present|set|specified|given)|not be (blank|empty|null)|can(no|')?t be (blank|empty|null)|can not be (blank|empty|null)|is (blank|empty|null|mandatory)|mandatory|non-?empty|specify|provide)\b`)
	unwanted      = regexp.MustCompile(`(?i)\b(unknown|unexpected|unrecogni[sz]ed|unsupported|undeclared|extraneous|additional propert|extra (field|inputs?|propert)|must not be (set|present|provided)|read-?only)\w*`)
	taken         = regexp.MustCompile(`(?i)\b(already|exists|duplicate|duplicated|unique|taken|in use|conflict)\b`)
	oneOf         = regexp.MustCompile(`(?i)(?:one of|allowed values(?: are)?|valid values(?: are)?|valid options(?: are)?|possible values(?: are)?|permitted values(?: are)?|expected values?(?: are)?|accepted values(?: are)?|(?:available|supported|allowed|valid|permitted|accepted|known) \pL+ (?:are|is):?|list of (?:available|supported|allowed|valid) \pL+(?: is| are)?:?|either|in \[|enum)[:\s]*(?:the following)?[:\s]*(?:values?)?[:\s]*(.+)$`)
	listSeparator = regexp.MustCompile(`\s*(?:,|\||;|\s+or\s+|\s+and\s+|"\s+"|'\s+')\s*`)
	endsWith      = regexp.MustCompile(`(?i)\bend(?:s|ing)?\s+(?:with|in)\s+(?:an?\s+|the\s+)?(.+)$`)
	startsWith    = regexp.MustCompile(`(?i)\b(?:start|begin)(?:s|ning)?\s+with\s+(?:an?\s+|the\s+)?(.+)$`)
	trailing      = regexp.MustCompile(`(?i)\btrailing (dot|slash|period)\b`)
	example       = regexp.MustCompile("(?i)(?:e\\.g\\.?|for example|such as|for instance|example|like|format|pattern)[:,]?\\s+[\"'`“]([^\"'`”]{1,80})[\"'`”]")
	between       = regexp.MustCompile(`(?i)\b(?:between|from)\s+(-?\d+(?:\.\d+)?)\s*(?:and|to|-)\s*(-?\d+(?:\.\d+)?)`)
	atLeast       = regexp.MustCompile(`(?i)(?:at least|minimum(?: \w+)?(?: is| of)?|no less than|not be less than|greater than or equal(?: to)?|>=|not be (?:shorter|smaller|lower) than|min(?:imum)?(?:[ _]?(?:length|value|size))?(?: is| of|:|=)?)\s*(-?\d+(?:\.\d+)?)`)
	atMost        = regexp.MustCompile(`(?i)(?:at most|maximum(?: \w+)?(?: is| of)?|no more than|not be more than|less than or equal(?: to)?|<=|not be (?:longer|larger|greater|higher) than|not exceed|exceeds?(?: the)?(?: maximum)?(?: length)?(?: of)?|up to|max(?:imum)?(?:[ _]?(?:length|value|size))?(?: is| of|:|=)?)\s*(-?\d+(?:\.\d+)?)`)
	moreThan      = regexp.MustCompile(`(?i)(?:greater than|more than|larger than|higher than|above|>)\s*(-?\d+(?:\.\d+)?)`)
	lessThan      = regexp.MustCompile(`(?i)(?:less than|fewer than|smaller than|lower than|below|shorter than|<)\s*(-?\d+(?:\.\d+)?)`)
	positive      = regexp.MustCompile(`(?i)\b(?:positive|greater than zero)\b`)
	lengthUnit    = regexp.MustCompile(`(?i)\b(char|character|characters|long|length|letters|digits|bytes|short|shorter|longer)\b`)
)

// affix answers "must end with a dot" and "must start with /".
func (a *amendment) affix() (any, string) {
	text, ok := a.old.(string)
	if !ok {
		return nil, ""
	}
	if match := trailing.FindStringSubmatch(a.sentence); match != nil && !strings.Contains(a.text, "not") {
		return appendOnce(text, symbol(match[1])), "changed: the answer asks for this ending"
	}
	if match := endsWith.FindStringSubmatch(a.sentence); match != nil {
		if end := symbol(match[1]); end != "" && !strings.Contains(a.text, "not end") {
			return appendOnce(text, end), "changed: the answer asks for this ending"
		}
	}
	if match := startsWith.FindStringSubmatch(a.sentence); match != nil {
		if start := symbol(match[1]); start != "" && !strings.Contains(a.text, "not start") && !strings.HasPrefix(text, start) {
			return start + text, "changed: the answer asks for this beginning"
		}
	}
	return nil, ""
}

func appendOnce(text, end string) string {
	if end == "" || strings.HasSuffix(text, end) {
		return text
	}
	return text + end
}

// symbol reads the characters that "a dot", "'/'" or "https://" stand for.
func symbol(words string) string {
	words = strings.TrimSpace(words)
	for _, quote := range []string{`"`, "'", "`"} {
		if rest, ok := strings.CutPrefix(words, quote); ok {
			inner, _, _ := strings.Cut(rest, quote)
			return inner
		}
	}
	first, _, _ := strings.Cut(words, " ")
	names := map[string]string{"dot": ".", "period": ".", "full": ".", "slash": "/", "letter": "a", "digit": "1", "number": "1", "colon": ":", "hash": "#", "plus": "+", "underscore": "_"}
	if name := names[strings.ToLower(strings.Trim(first, ".,"))]; name != "" {
		return name
	}
	if first != "" && len(first) <= 12 && strings.ContainsAny(first, "/.:#+_-@") {
		return first
	}
	return ""
}

// bounded answers "at least 8 characters", "between 1 and 5", "less than 100".
func (a *amendment) bounded() (any, string) {
	low, high := a.stated()
	if low == nil && high == nil {
		return nil, ""
	}
	switch old := a.old.(type) {
	case string:
		if isTime(old) {
			return nil, "" // the numbers are about time
		}
		if lengthUnit.MatchString(a.text) || rat(old) == nil {
			return resize(old, low, high), "changed: the answer states its length"
		}
		return string(clamp(rat(old), low, high)), "changed: the answer states its bounds"
	case json.Number:
		if value := rat(old.String()); value != nil {
			return clamp(value, low, high), "changed: the answer states its bounds"
		}
	case []any:
		return resizeList(old, low, high), "changed: the answer states how many items"
	}
	return nil, ""
}

// stated reads the bounds of a sentence.
func (a *amendment) stated() (low, high *big.Rat) {
	one := big.NewRat(1, 1)
	read := func(re *regexp.Regexp, shift *big.Rat) *big.Rat {
		match := re.FindStringSubmatch(a.text)
		if match == nil || rat(match[1]) == nil {
			return nil
		}
		return new(big.Rat).Add(rat(match[1]), shift)
	}
	if match := between.FindStringSubmatch(a.text); match != nil {
		return rat(match[1]), rat(match[2])
	}
	zero := new(big.Rat)
	if low = read(atLeast, zero); low == nil && !strings.Contains(a.text, "not be greater") && !strings.Contains(a.text, "no more") && !strings.Contains(a.text, "not be more") {
		low = read(moreThan, one)
	}
	if high = read(atMost, zero); high == nil && !strings.Contains(a.text, "not be less") && !strings.Contains(a.text, "no less") {
		high = read(lessThan, new(big.Rat).Neg(one))
	}
	if low == nil && high == nil && positive.MatchString(a.text) {
		low = one
	}
	return low, high
}

func clamp(value, low, high *big.Rat) json.Number {
	if low != nil && value.Cmp(low) < 0 {
		value = low
	}
	if high != nil && value.Cmp(high) > 0 {
		value = high
	}
	return number(value)
}

func resize(text string, low, high *big.Rat) string {
	size := utf8.RuneCountInString(text)
	if n := small(low); low != nil && size < n {
		text += strings.Repeat("x", n-size)
	}
	if n := small(high); high != nil && size > n {
		text = strings.TrimSpace(string([]rune(text)[:n]))
	}
	return text
}

func resizeList(list []any, low, high *big.Rat) []any {
	out := append([]any{}, list...)
	for n := small(low); low != nil && len(out) < n && len(out) > 0; {
		out = append(out, out[0])
	}
	if n := small(high); high != nil && len(out) > n {
		out = out[:n]
	}
	return out
}

// small is a bound as a count, kept to what is sensible to send.
func small(value *big.Rat) int {
	if value == nil {
		return 0
	}
	f, _ := value.Float64()
	return int(min(max(f, 0), 1<<16))
}

// inTime answers "must be in the future", "must be after startsAt".
func (a *amendment) inTime() (any, string) {
	text, ok := a.old.(string)
	if !ok {
		return nil, ""
	}
	layout := ""
	for _, l := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if _, err := time.Parse(l, text); err == nil {
			layout = l
			break
		}
	}
	if layout == "" {
		return nil, ""
	}
	was, _ := time.Parse(layout, text)
	if most := a.ahead(); most > 0 {
		return a.g.Clock.Add(most / 2).UTC().Truncate(time.Second).Format(layout), "moved to the near future that the answer allows"
	}
	switch {
	case strings.Contains(a.text, "future") || strings.Contains(a.text, " after ") || strings.Contains(a.text, "later than") || strings.Contains(a.text, "not be in the past"):
		next := a.g.Now.AddDate(0, 0, 2)
		if !was.Before(next) {
			next = was.AddDate(0, 0, 2)
		}
		return next.Format(layout), "moved to a later time"
	case strings.Contains(a.text, "past") || strings.Contains(a.text, " before ") || strings.Contains(a.text, "earlier than"):
		next := a.g.Now.AddDate(0, 0, -2)
		if was.Before(next) {
			next = was.AddDate(0, 0, -2)
		}
		return next.Format(layout), "moved to an earlier time"
	}
	return nil, ""
}

var withinTime = regexp.MustCompile(`(?i)(?:between now and|at most|no more than|no later than|within|maximum(?: of)?|not exceed|up to|less than|more than|longer than|exceeds?)\s+(?:the next\s+)?(\d+)\s*(second|minute|hour|day|week|month|year)s?\b`)

// ahead is how far in the future a time may lie by what the answer says, 0 when it says nothing.
func (a *amendment) ahead() time.Duration {
	match := withinTime.FindStringSubmatch(a.text)
	if match == nil || !strings.Contains(a.text, "now") && !strings.Contains(a.text, "future") && !strings.Contains(a.text, "ahead") && !strings.Contains(a.text, "expir") {
		return 0
	}
	n, err := strconv.Atoi(match[1])
	if err != nil || n > 1<<16 {
		return 0
	}
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour, "year": 365 * 24 * time.Hour}
	return time.Duration(n) * units[strings.ToLower(match[2])]
}

// isTime reports whether a text is a date or a time.
func isTime(text string) bool {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// shown answers a rule that gives an example.
func (a *amendment) shown() (any, string) {
	match := example.FindStringSubmatch(a.sentence)
	if match == nil || strings.ContainsAny(match[1], `\^$*`) || match[1] == a.m.name {
		return nil, ""
	}
	if layout := dateLayout(match[1]); layout != "" {
		return a.g.Now.Format(layout), "written in the form that the answer shows"
	}
	return a.maker().coerce(match[1], a.spot()), "set to the example in the answer"
}

// dateLayout turns YYYY-MM-DD and the like into a layout; "" for anything else.
func dateLayout(shown string) string {
	lower := strings.ToLower(shown)
	if !strings.Contains(lower, "yy") {
		return ""
	}
	at := strings.IndexAny(lower, "t h")
	date, clock := lower, ""
	if i := strings.Index(lower, "hh"); i >= 0 && at >= 0 && at <= i {
		date, clock = lower[:at], shown[at:]
	}
	date = strings.NewReplacer("yyyy", "2006", "yy", "06", "mm", "01", "dd", "02").Replace(date)
	clock = strings.NewReplacer("HH", "15", "hh", "15", "mm", "04", "MM", "04", "ss", "05", "SS", "05").Replace(clock)
	return date + clock
}

// formed answers a sentence that names a form: an email, a URL, a date …
func (a *amendment) formed() (any, string) {
	if _, ok := a.old.(string); !ok {
		return nil, ""
	}
	maker, at := a.maker(), a.spot()
	mark := maker.suffix(at)
	rest := strings.Replace(a.text, strings.ToLower(a.m.name), " ", 1)
	if named := strings.Join(nameWords(a.m.name), " "); named == "content type" || named == "media type" {
		// Some take the full name, some the short one.
		if a.old == "application/json" {
			return "json", "written as the short name of a content type"
		}
		return "application/json", "written as the commonest content type"
	}
	if publicKey.MatchString(a.text) {
		return sshKey(mark), "written as an ssh key, which the answer names"
	}
	for _, f := range [...]struct{ words, value string }{
		{"iso 4217|currency", "USD"}, {"iso 3166|country code", "US"}, {"iana|time zone|timezone", "Europe/Berlin"},
		{"language tag|bcp 47|locale", "en-US"}, {"e.164|phone", "+12025550143"}, {"email", "precert." + mark + "@example.com"},
		{"url|uri", "https://example.com/precert/" + mark}, {"uuid|guid", maker.uuid(at)},
		{"rfc 3339|rfc3339|date-time|datetime|iso 8601|iso8601|timestamp", maker.moment(at).Format(time.RFC3339)},
		{"yyyy-mm-dd|date", maker.day(at).Format(time.DateOnly)}, {"ipv6", "2001:db8::10"}, {"ip address|ipv4", "192.0.2.10"},
		{"hostname|host name|domain|fqdn", "precert.example.com"}, {"hex color|hex colour|colour|color", "#336699"},
		{"base64", "cHJlY2VydA=="}, {"integer|numeric|a number|digits", strconv.Itoa(1000 + a.r.Attempt)}, {"boolean", "true"},
	} {
		for word := range strings.SplitSeq(f.words, "|") {
			if wordAt(rest, word) >= 0 {
				return f.value, fmt.Sprintf("written as %s, which the answer names", word)
			}
		}
	}
	text := a.old.(string)
	switch {
	case strings.Contains(a.text, "lowercase") || strings.Contains(a.text, "lower case"):
		return strings.ToLower(text), "written in lower case"
	case strings.Contains(a.text, "uppercase") || strings.Contains(a.text, "upper case"):
		return strings.ToUpper(text), "written in capitals"
	case dashed.MatchString(a.text):
		return withDashes(text), "written in letters, digits and dashes"
	case strings.Contains(a.text, "alphanumeric") || strings.Contains(a.text, "whitespace") || strings.Contains(a.text, "spaces") || strings.Contains(a.text, "special characters"):
		return notAlphanumeric.ReplaceAllString(text, ""), "written in letters and digits"
	}
	return nil, ""
}

var publicKey = regexp.MustCompile(`\bssh\b|\bpublic key\b|\bkey (?:content|format)\b`)

// sshKey is a public key that nobody has the private half of.
func sshKey(mark string) string {
	half := sha256.Sum256([]byte("precert " + mark))
	var wire []byte
	for _, part := range [][]byte{[]byte("ssh-ed25519"), half[:]} {
		wire = binary.BigEndian.AppendUint32(wire, uint32(len(part)))
		wire = append(wire, part...)
	}
	return "ssh-ed25519 " + base64.StdEncoding.EncodeToString(wire) + " precert-" + mark
}

// dashed are the ways to ask for letters, digits and dashes: "AlphaDash", "a slug", "alphanumeric characters or hyphens".
var dashed = regexp.MustCompile(`alpha[ _-]?dash|\bslug\b|alphanumeric.*\b(?:hyphen|dash|underscore)`)

func withDashes(text string) string {
	return strings.Trim(notAlphanumeric.ReplaceAllString(text, "-"), "-")
}

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)

// typed answers a sentence that asks for another type than the definition declares.
func (a *amendment) typed() (any, string) {
	wants := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(a.text, "be an "+w) || strings.Contains(a.text, "be a "+w) || strings.Contains(a.text, "be of type "+w) || strings.Contains(a.text, "expected "+w) || strings.Contains(a.text, "type "+w) {
				return true
			}
		}
		return false
	}
	switch {
	case wants("array", "list"):
		if _, is := a.old.([]any); !is {
			return []any{a.old}, "written as an array, which the answer asks for"
		}
	case wants("string"):
		if _, is := a.old.(string); !is {
			return Text(a.old, ""), "written as text, which the answer asks for"
		}
	case wants("integer", "number", "int", "valid integer", "valid number"):
		if _, is := a.old.(json.Number); !is {
			return json.Number("1"), "written as a number, which the answer asks for"
		}
	case wants("boolean", "bool"):
		if _, is := a.old.(bool); !is {
			return true, "written as a boolean, which the answer asks for"
		}
	}
	return nil, ""
}
