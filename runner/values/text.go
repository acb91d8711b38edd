package values

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text makes a string: for its format, for the form its name asks for, for its
// pattern, and else plain test data of the right length.
func (m *maker) text(at spot, s *shape) (any, error) {
	for _, candidate := range m.textCandidates(at, s) {
		if text := sized(candidate, s); m.fits(at.nodes, text.value) {
			return m.keep(at, text.origin, text.value), nil
		}
	}
	if len(s.patterns) > 0 {
		for _, pattern := range s.patterns {
			value, ok := m.g.fromPattern(pattern, s, m.chance(at), func(text string) bool { return m.fits(at.nodes, text) })
			if ok {
				return m.keep(at, Generated, value), nil
			}
		}
		return nil, m.impossible(at, "no text was found that matches the pattern %s; give an example", strings.Join(s.patterns, " and "))
	}
	if s.maxLen >= 0 && s.minLen > s.maxLen {
		return nil, m.impossible(at, "minLength %d is more than maxLength %d", s.minLen, s.maxLen)
	}
	return nil, m.impossible(at, "no text fits format %q within its length", s.format)
}

// textual is a candidate with the say whether it may be cut or padded to length.
type textual struct {
	value   string
	origin  Origin
	elastic bool
}

func (m *maker) textCandidates(at spot, s *shape) []textual {
	var out []textual
	mark := m.suffix(at)
	if value, ok := m.formatted(at, s, mark); ok {
		out = append(out, textual{value, Format, false})
		switch s.format {
		case "date-time", "date-no-tz":
			// Patterns and lengths beside the format may ask for another way to write it.
			for _, layout := range []string{"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
				out = append(out, textual{m.moment(at).Format(layout), Format, false})
			}
		case "email", "uri", "url", "password", "byte":
			out = append(out, textual{map[string]string{"email": "a@b.co", "uri": "urn:precert", "url": "urn:precert", "password": "Precert9!", "byte": "cHJl"}[s.format], Format, false})
		}
		return out
	}
	if value, ok := m.form(at, s, mark); ok {
		out = append(out, textual{value, Format, false})
	}
	if value, ok := m.listedText(at); ok {
		out = append([]textual{value}, out...)
	}
	words := strings.Join(nameWords(at.name), " ")
	if words == "" {
		words = "value"
	}
	if m.r.In == "path" || m.r.In == "query" || m.r.In == "header" || identifier(at.name) {
		out = append(out, textual{"precert-" + mark, Generated, true})
	} else {
		out = append(out, textual{"precert " + words + " " + mark, Generated, true})
	}
	slug := strings.ReplaceAll(words, " ", "")
	return append(out,
		textual{"precert-" + mark, Generated, true}, textual{"precert_" + mark, Generated, true},
		textual{"precert" + slug + mark, Generated, true}, textual{"precert", Generated, true},
		textual{strconv.Itoa(1000 + m.r.Attempt + at.variant), Generated, true})
}

// sized cuts or pads plain text to its bounds; the part that differs from call to call is kept.
func sized(t textual, s *shape) textual {
	size := utf8.RuneCountInString(t.value)
	if !t.elastic {
		return t
	}
	if s.maxLen >= 0 && size > s.maxLen {
		t.value = t.value[len(t.value)-min(s.maxLen, len(t.value)):]
		t.value = strings.TrimLeft(t.value, " -_") + strings.Repeat("x", len(t.value)-len(strings.TrimLeft(t.value, " -_")))
	}
	if pad := s.minLen - size; pad > 0 && s.minLen <= 1<<20 {
		t.value += strings.Repeat("x", pad)
	}
	return t
}

// suffix differs by place and attempt, and is the same for the same seed.
func (m *maker) suffix(at spot) string {
	n := m.chance(at).Uint64() % (36 * 36 * 36 * 36)
	return fmt.Sprintf("%04s", strconv.FormatUint(n, 36))
}

// formatted makes a string for a format that has a form of its own.
func (m *maker) formatted(at spot, s *shape, mark string) (string, bool) {
	switch s.format {
	case "date-time":
		return m.moment(at).Format("2006-01-02T15:04:05Z07:00"), true
	case "date-no-tz":
		return m.moment(at).Format("2006-01-02T15:04:05"), true
	case "date":
		return m.day(at).Format("2006-01-02"), true
	case "time":
		return m.moment(at).Format("15:04:05"), true
	case "duration":
		return "PT1H", true
	case "email":
		return "precert." + mark + "@example.com", true
	case "uri", "url":
		return "https://example.com/precert/" + mark, true
	case "uuid", "guid":
		return m.uuid(at), true
	case "byte":
		return base64.StdEncoding.EncodeToString([]byte("precert " + mark)), true
	case "binary":
		return "precert test file " + mark, true
	case "html":
		return "<p>precert " + mark + "</p>", true
	case "password":
		return "Precert-" + mark + "-9!", true
	case "hostname":
		return "precert.example.com", true
	case "ipv4":
		return "192.0.2.10", true
	case "ipv6":
		return "2001:db8::10", true
	case "int32", "int64", "integer":
		return strconv.Itoa(1 + m.r.Attempt + at.variant), true
	case "float", "double", "decimal":
		return "12.5", true
	}
	return "", false
}

func (m *maker) uuid(at spot) string {
	r := m.chance(at)
	high, low := r.Uint64(), r.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffffffffffff)
}

func jsonText(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
