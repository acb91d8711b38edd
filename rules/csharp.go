package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// csKind is the kind of a C# token.
type csKind uint8

const (
	csIdentifier csKind = iota
	csNumber
	// csText is a literal with its value decoded; an interpolated one yields a csPart for each piece, then the tokens of its holes.
	csText
	csPart
	csChar
	csDirective
	csPunctuation
)

// csToken is one token: text is the identifier, the decoded value of a literal, or the sign.
type csToken struct {
	kind       csKind
	text       string
	start, end int
}

// csFault is what keeps a script from being compiled.
type csFault struct {
	start, end int
	message    string
}

// csScan is a script cut into tokens; comments are left out.
type csScan struct {
	source string
	at     int
	tokens []csToken
	faults []csFault
}

// maxHoles is how deep literals with holes may be nested in one another.
const maxHoles = 32

// scanCSharp cuts a script into tokens in one pass. What is not C# becomes a fault, never a panic.
func scanCSharp(source string) *csScan {
	s := &csScan{source: source}
	s.code(0, false)
	return s
}

func (s *csScan) fault(start, end int, message string) {
	s.faults = append(s.faults, csFault{start, end, message})
}

func (s *csScan) emit(kind csKind, text string, start int) {
	s.tokens = append(s.tokens, csToken{kind, text, start, s.at})
}

func (s *csScan) rest() string { return s.source[s.at:] }

func (s *csScan) has(prefix string) bool { return strings.HasPrefix(s.source[s.at:], prefix) }

// code scans up to the end, or, in the hole of a literal, up to the brace or colon that ends its expression.
func (s *csScan) code(depth int, hole bool) {
	nested := 0
	for s.at < len(s.source) {
		c := s.source[s.at]
		start := s.at
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v':
			s.at++
		case s.has("//"):
			s.skipTo("\n")
		case s.has("/*"):
			s.at += 2
			if !s.skipPast("*/") {
				s.fault(start, start+2, "The comment that begins here does not end.")
			}
		case c == '#' && s.lineStart():
			s.skipTo("\n")
			s.emit(csDirective, strings.TrimSpace(s.source[start:s.at]), start)
		case c == '\'':
			s.char()
		case s.stray():
		case s.literal(depth):
		case c == '@' || c == '_' || isLetter(c) || c >= utf8.RuneSelf:
			s.identifier()
		case c >= '0' && c <= '9':
			for s.at < len(s.source) && (isWordChar(s.source[s.at]) || s.source[s.at] == '_' || s.source[s.at] == '.' && s.digitFollows()) {
				s.at++
			}
			s.emit(csNumber, s.source[start:s.at], start)
		default:
			if hole && nested <= 0 && (c == '}' || c == ':' && !s.has("::")) {
				return
			}
			switch c {
			case '(', '[', '{':
				nested++
			case ')', ']', '}':
				nested--
			}
			s.sign()
		}
	}
}

// stray skips a character that no C# may hold outside of texts and comments:
// the code fence of a Markdown file, or the quotes of a word processor.
func (s *csScan) stray() bool {
	r, size := utf8.DecodeRuneInString(s.rest())
	switch {
	case r == '`':
	case r < utf8.RuneSelf, r == utf8.RuneError, unicode.In(r, unicode.L, unicode.Nd, unicode.Nl, unicode.Zs, unicode.Zl, unicode.Zp):
		return false
	case r == 0xFEFF && s.at == 0:
		s.at += size
		return true
	}
	start := s.at
	s.at += size
	message := fmt.Sprintf("The character %c (U+%04X) is no C#.", r, r)
	if !unicode.IsGraphic(r) {
		message = fmt.Sprintf("The character U+%04X, which cannot be seen, is no C#.", r)
	}
	s.fault(start, s.at, message)
	return true
}

func (s *csScan) digitFollows() bool {
	return s.at+1 < len(s.source) && s.source[s.at+1] >= '0' && s.source[s.at+1] <= '9'
}

// sign emits one punctuation token; the few of two characters that rules look at stay whole.
func (s *csScan) sign() {
	start := s.at
	for _, two := range []string{"=>", "==", "!=", "::"} {
		if s.has(two) {
			s.at += 2
			s.emit(csPunctuation, two, start)
			return
		}
	}
	_, size := utf8.DecodeRuneInString(s.rest())
	s.at += size
	s.emit(csPunctuation, s.source[start:s.at], start)
}

// lineStart reports whether no token stands before this place on its line.
func (s *csScan) lineStart() bool {
	if len(s.tokens) == 0 {
		return true
	}
	return strings.Contains(s.source[s.tokens[len(s.tokens)-1].end:s.at], "\n")
}

func (s *csScan) skipTo(mark string) {
	if i := strings.Index(s.rest(), mark); i >= 0 {
		s.at += i
		return
	}
	s.at = len(s.source)
}

func (s *csScan) skipPast(mark string) bool {
	if i := strings.Index(s.rest(), mark); i >= 0 {
		s.at += i + len(mark)
		return true
	}
	s.at = len(s.source)
	return false
}

func (s *csScan) identifier() {
	start := s.at
	if s.source[s.at] == '@' {
		s.at++
	}
	for s.at < len(s.source) {
		r, size := utf8.DecodeRuneInString(s.rest())
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		s.at += size
	}
	if s.at == start || s.source[start:s.at] == "@" {
		s.at = max(s.at, start+1)
		for s.at < len(s.source) && !utf8.RuneStart(s.source[s.at]) {
			s.at++
		}
		s.emit(csPunctuation, s.source[start:s.at], start)
		return
	}
	s.emit(csIdentifier, strings.TrimPrefix(s.source[start:s.at], "@"), start)
}

func (s *csScan) char() {
	start := s.at
	for s.at++; s.at < len(s.source) && s.source[s.at] != '\n'; s.at++ {
		switch s.source[s.at] {
		case '\\':
			s.at++
		case '\'':
			s.at++
			s.emit(csChar, s.source[start+1:s.at-1], start)
			return
		}
	}
	s.at = min(s.at, len(s.source))
	s.fault(start, start+1, "The character literal that begins here does not end.")
}

// unbalanced returns the first bracket without its partner, nil when all have one.
func (s *csScan) unbalanced() *csFault {
	partner := map[string]string{")": "(", "]": "[", "}": "{"}
	var open []csToken
	for _, t := range s.tokens {
		if t.kind == csDirective && strings.HasPrefix(t.text, "#if") {
			return nil // the branches need not balance
		}
		if t.kind != csPunctuation {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			open = append(open, t)
		case ")", "]", "}":
			if len(open) == 0 || open[len(open)-1].text != partner[t.text] {
				return &csFault{t.start, t.end, fmt.Sprintf("The bracket %s closes nothing that is open here.", t.text)}
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return nil
	}
	last := open[len(open)-1]
	return &csFault{last.start, last.end, fmt.Sprintf("The bracket %s is never closed.", last.text)}
}
