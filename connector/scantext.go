package connector

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// text passes one string. Raw control characters and broken escapes are
// reported; characters that JSON allows but the reader does not become blanks.
func (s *scanner) text() bool {
	start := s.pos
	s.spans = append(s.spans, span{start: int32(start)})
	at := len(s.spans) - 1
	s.pos++
	for s.pos < len(s.in) {
		switch c := s.in[s.pos]; {
		case c == '"':
			s.pos++
			s.spans[at].end = int32(s.pos)
			return true
		case c == '\\':
			s.escape()
		case c < 0x20:
			s.fault("JsonNotStrict", s.pos, s.pos+1, fmt.Sprintf("The string holds the raw control character 0x%02X.", c),
				`Write it as an escape: \n for a line break, \t for a tab.`)
			s.blank(s.pos, s.pos+1)
			s.pos++
		case c == 0x7F:
			s.blank(s.pos, s.pos+1)
			s.pos++
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, size := utf8.DecodeRune(s.in[s.pos:])
			if r <= 0x9F || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r >= 0xFFFE && r <= 0xFFFF || r == utf8.RuneError && size == 1 {
				s.blank(s.pos, s.pos+size)
			}
			s.pos += size
		}
	}
	s.spans[at].end = int32(len(s.in))
	s.cutOff()
	s.tail = append(s.tail, '"')
	return false
}

func (s *scanner) escape() {
	rest := s.in[s.pos+1:]
	if len(rest) == 0 {
		s.blank(s.pos, s.pos+1)
		s.pos++
		return
	}
	if bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0 {
		s.pos += 2
		return
	}
	if unit, ok := hexUnit(rest); ok {
		low, paired := uint16(0), false
		if unit >= 0xD800 && unit < 0xDC00 && len(rest) >= 11 && rest[5] == '\\' {
			low, paired = hexUnit(rest[6:])
			paired = paired && low >= 0xDC00 && low < 0xE000
		}
		switch {
		case paired:
			s.pos += 12
			return
		case unit >= 0xD800 && unit < 0xE000:
			s.own()
			copy(s.out[s.pos:], `\ufffd`)
		}
		s.pos += 6
		return
	}
	s.fault("JsonSyntaxNotValid", s.pos, s.pos+2, "The string holds an escape that JSON does not know.", `Write a backslash itself as \\.`)
	s.blank(s.pos, s.pos+1)
	s.pos++
}

// hexUnit reads "uXXXX" at the beginning of b.
func hexUnit(b []byte) (uint16, bool) {
	if len(b) < 5 || b[0] != 'u' {
		return 0, false
	}
	var unit uint16
	for _, c := range b[1:5] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | uint16(c-'0')
		case c >= 'a' && c <= 'f':
			unit = unit<<4 | uint16(c-'a'+10)
		case c >= 'A' && c <= 'F':
			unit = unit<<4 | uint16(c-'A'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}

// scalar passes a number or a literal; what is neither is reported and read as null or 0.
func (s *scanner) scalar() bool {
	start := s.pos
	for s.pos < len(s.in) && !bytes.ContainsRune([]byte(",:{}[]\"/ \t\r\n"), rune(s.in[s.pos])) {
		s.pos++
	}
	word := s.in[start:s.pos]
	switch {
	case len(word) == 0:
		ok := s.broken(fmt.Sprintf("A value is expected, found %q.", rune(s.in[start])), "Write a value; the rest of the file was not read.")
		s.missing()
		return ok
	case string(word) == "true", string(word) == "false", string(word) == "null", isNumber(word):
		s.spans = append(s.spans, span{int32(start), int32(s.pos)})
		return true
	case s.pos == len(s.in):
		s.pos = start
		s.fault("FileTruncated", len(s.in), len(s.in), "The file ends in the middle of the document.",
			"Export or copy the file again: brackets or quotes are left open at its end.")
		s.stop(start)
		s.missing()
		return false
	}
	s.fault("JsonSyntaxNotValid", start, s.pos, fmt.Sprintf("%q is not a JSON value.", clip(string(word), 40)),
		"Write a string in double quotes, a number without leading zeros, or true, false or null in lower case.")
	s.blank(start, s.pos)
	if len(word) >= 4 {
		copy(s.out[start:], "null")
		s.spans = append(s.spans, span{int32(start), int32(start + 4)})
		return true
	}
	s.out[start] = '0'
	s.spans = append(s.spans, span{int32(start), int32(start + 1)})
	return true
}

func clip(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit]) + "…"
}

// isNumber reports whether b is a number by the JSON grammar.
func isNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) > 0 && b[0] == '0' {
		b = b[1:]
	} else if !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		b = b[1:]
		if !digits() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(b) == 0
}
