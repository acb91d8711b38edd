package values

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// nameWords splits a name into words in lower case: "dueDate_utc" is due, date, utc.
func nameWords(name string) []string {
	var words []string
	word := make([]rune, 0, len(name))
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return words
}

func has(words []string, wanted ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(wanted, w) })
}

func last(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// freeText reports whether a name asks for words of a person, which may differ from call to call.
func freeText(name string) bool {
	return has([]string{last(nameWords(name))}, "name", "title", "subject", "description", "text", "message", "comment",
		"note", "notes", "summary", "content", "body", "caption", "remark", "remarks", "reason")
}

// identifier reports whether a name asks for a key rather than for words.
func identifier(name string) bool {
	return has([]string{last(nameWords(name))}, "id", "ids", "key", "code", "slug", "token", "tag", "sku", "uid", "ref", "number",
		"username", "login", "alias", "handle")
}

// forms are the forms that the last word of a name asks for.
var forms = map[string]string{
	"currency": "USD", "country": "US", "language": "en", "locale": "en-US", "lang": "en", "culture": "en-US",
	"timezone": "Europe/Berlin", "tz": "Europe/Berlin",
	"phone": "+12025550143", "mobile": "+12025550143", "telephone": "+12025550143", "fax": "+12025550143", "msisdn": "+12025550143",
	"ip": "192.0.2.10", "ipv4": "192.0.2.10", "ipv6": "2001:db8::10", "cidr": "192.0.2.0/24", "mac": "02:00:5e:10:00:01",
	"color": "#336699", "colour": "#336699",
	"latitude": "47.6", "lat": "47.6", "longitude": "8.5", "lng": "8.5", "lon": "8.5",
	"city": "Zurich", "street": "1 Test Street", "zip": "98052", "zipcode": "98052", "postcode": "98052", "iban": "DE89370400440532013000",
	"algorithm": "hmac-sha256",
	"html":      "<p>precert</p>", "json": "{}", "csv": "name,count\nprecert,1\n", "xml": "<precert/>",
	"mimetype": "text/plain", "cron": "0 9 * * *", "version": "1.0.0", "duration": "PT1H",
	"amount": "10.00", "price": "10.00", "quantity": "1", "percent": "10", "percentage": "10", "year": "2030", "month": "1",
	"page": "1", "skip": "0", "offset": "0", "limit": "10", "top": "10", "count": "10", "size": "10",
}

// pairs are forms that two words at the end of a name ask for.
var pairs = map[string]string{
	"currency code": "USD", "country code": "US", "language code": "en", "time zone": "Europe/Berlin", "phone number": "+12025550143",
	"mobile number": "+12025550143", "ip address": "192.0.2.10", "mac address": "02:00:5e:10:00:01", "postal code": "98052",
	"zip code": "98052", "file name": "precert.txt",
	"mime type": "text/plain", "content type": "text/plain", "media type": "text/plain", "page size": "10", "per page": "10",
	"page number": "1", "max results": "10", "first name": "Pre", "last name": "Cert", "given name": "Pre", "family name": "Cert",
	"page limit": "10", "max items": "10", "country name": "Switzerland",
}

// formOf is the form that a name asks for, "" when it asks for none.
func formOf(words []string) string {
	if n := len(words); n > 1 {
		if form := pairs[words[n-2]+" "+words[n-1]]; form != "" {
			return form
		}
	}
	if last(words) == "filename" {
		return "precert.txt"
	}
	if last(words) == "pagesize" {
		return "10"
	}
	return forms[last(words)]
}

// form makes a string for the form that a name asks for.
func (m *maker) form(at spot, s *shape, mark string) (string, bool) {
	words := nameWords(at.name)
	switch end := last(words); {
	case end == "email" || end == "mail" || has(words, "email") && end == "address" || end == "upn":
		return "precert." + mark + "@example.com", true
	case has([]string{end}, "url", "uri", "website", "link", "href", "callback", "webhook", "homepage", "endpoint") && !has(words, "id"):
		return "https://example.com/precert/" + mark, true
	case host(words):
		if mentions(at, s, "trailing dot", "trailing period") {
			return "precert-" + mark + ".example.com.", true
		}
		return "precert-" + mark + ".example.com", true
	case has([]string{end}, "uuid", "guid"):
		return m.uuid(at), true
	case end == "date" || end == "birthday" || end == "dob" || end == "day" && m.r.In == "query":
		if mentions(at, s, "date-time", "datetime", "timestamp", "rfc3339", "rfc 3339") {
			return m.moment(at).Format(time.RFC3339), true
		}
		return m.day(at).Format(time.DateOnly), true
	case has([]string{end}, "datetime", "timestamp", "time") || timed(words):
		return m.moment(at).Format(time.RFC3339), true
	}
	if form := formOf(words); form != "" {
		return form, true
	}
	return m.described(at, s, mark)
}

// host reports whether a name asks for the name of a machine or domain.
func host(words []string) bool {
	n := len(words)
	return has([]string{last(words)}, "host", "hostname", "domain", "fqdn") ||
		n > 1 && words[n-1] == "name" && has(words[n-2:n-1], "host", "domain")
}

// described makes a string for a form that the description asks for, where the name does not.
func (m *maker) described(at spot, s *shape, mark string) (string, bool) {
	for _, d := range [...]struct{ words, value string }{
		{"trailing dot|trailing period", "precert-" + mark + ".example.com."},
		{"iso 4217|iso-4217", "USD"}, {"iso 3166|iso-3166", "US"}, {"iana time zone|olson|tz database", "Europe/Berlin"}, {"e.164", "+12025550143"},
		{"date-time|rfc 3339|rfc3339|iso 8601 date and time|yyyy-mm-ddthh", m.moment(at).Format(time.RFC3339)},
		{"yyyy-mm-dd", m.day(at).Format(time.DateOnly)}, {"base64|base 64", "cHJlY2VydA=="}, {"json string|stringified json|serialized json", "{}"},
	} {
		if mentions(at, s, strings.Split(d.words, "|")...) {
			return d.value, true
		}
	}
	return "", false
}

// timed reports whether a name such as startsAt, createdOn or validUntil asks for a moment.
func timed(words []string) bool {
	n := len(words)
	return n > 1 && has(words[n-1:], "at", "on", "until", "since") &&
		has(words[n-2:n-1], "starts", "start", "ends", "end", "created", "updated", "modified", "due", "expires", "valid", "scheduled", "begins", "closed", "sent", "published")
}

// mentions reports whether the description of a spot holds one of the words.
func mentions(at spot, s *shape, words ...string) bool {
	for _, n := range slices.Concat(at.nodes, s.parts) {
		text := strings.ToLower(n.Get("description").String() + " " + n.Get("x-ms-summary").String())
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			return true
		}
	}
	return false
}

// wish is the number that a name asks for, before bounds.
func (m *maker) wish(at spot, s *shape, whole bool) (*big.Rat, Origin) {
	words := nameWords(at.name)
	if form := rat(formOf(words)); form != nil && !has(words, "phone", "zip", "postal") {
		if !has(words, "year") {
			return form, Format
		}
		return big.NewRat(int64(m.g.Now.Year()), 1), Format
	}
	if whole && s.high == nil && s.format != "int32" && (has([]string{last(words)}, "timestamp", "time", "date", "datetime") || timed(words)) {
		at := m.moment(at).Unix()
		if mentions(spot{}, s, "millisecond") {
			at *= 1000
		}
		return big.NewRat(at, 1), Format
	}
	return big.NewRat(int64(1+m.r.Attempt+at.variant), 1), Generated
}

// moment is a point in time for a spot: now where something starts, an hour
// later where it ends, later with each attempt.
func (m *maker) moment(at spot) time.Time {
	now := m.g.Now.Truncate(time.Second).Add(time.Duration(m.r.Attempt+at.variant) * time.Minute)
	if ends(nameWords(at.name)) {
		return now.Add(time.Hour)
	}
	return now
}

// day is the date of a spot: today, tomorrow where something ends, long ago for a birth.
func (m *maker) day(at spot) time.Time {
	words := nameWords(at.name)
	switch {
	case has(words, "birth", "birthday", "dob", "birthdate"):
		return time.Date(1990, 1, 15, 0, 0, 0, 0, time.UTC)
	case ends(words):
		return m.g.Now.AddDate(0, 0, 1)
	}
	return m.g.Now
}

func ends(words []string) bool {
	return has(words, "end", "ends", "ending", "due", "until", "to", "expires", "expire", "expiry", "expiration", "finish", "stop", "close", "closes", "before", "deadline", "till", "max", "return")
}

// chance is the source of chance for a spot.
func (m *maker) chance(at spot) *rand.Rand {
	where := ""
	if len(at.nodes) > 0 {
		where = at.nodes[0].Pointer()
	}
	return m.g.random(where, m.r.In, m.r.Name, at.place, strconv.Itoa(m.r.Attempt), strconv.Itoa(at.variant))
}
