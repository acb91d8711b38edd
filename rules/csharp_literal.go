package rules

import "strings"

// csLiteral is how a string literal is written.
type csLiteral struct {
	// start is where its prefix begins, body where its text does.
	start, body int
	// verbatim is @"…"; holes is the number of $, 0 for none; quotes the number of quotes that end it.
	verbatim bool
	holes    int
	quotes   int
}

// maxDollars is how many $ may stand before a literal; nobody writes more than three.
const maxDollars = 16

// literal scans a string literal of any form and reports whether one begins here.
func (s *csScan) literal(depth int) bool {
	l := csLiteral{start: s.at, body: s.at}
prefix:
	for ; l.body < len(s.source); l.body++ {
		switch c := s.source[l.body]; {
		case c == '$' && l.holes < maxDollars:
			l.holes++
		case c == '@' && !l.verbatim:
			l.verbatim = true
		default:
			break prefix
		}
	}
	for l.body < len(s.source) && s.source[l.body] == '"' {
		l.quotes++
		l.body++
	}
	switch {
	case l.quotes == 0:
		return false
	case l.quotes == 2 || l.verbatim && l.quotes%2 == 0:
		// Nothing between the quotes; in a verbatim literal, escaped quotes alone.
		s.at = l.body
		s.emit(csText, strings.Repeat(`"`, (l.quotes-2)/2), l.start)
		return true
	case l.quotes > 2 && !l.verbatim:
	default:
		l.body -= l.quotes - 1
		l.quotes = 1
	}
	s.at = l.body
	if depth > maxHoles {
		l.holes = 0
	}
	s.body(l, depth)
	return true
}

// body scans the text of a literal, and the expressions in its holes.
func (s *csScan) body(l csLiteral, depth int) {
	var text strings.Builder
	closing := strings.Repeat(`"`, l.quotes)
	for s.at < len(s.source) {
		c := s.source[s.at]
		switch {
		case s.has(closing) && l.quotes > 1:
			s.at += l.quotes
			s.end(l, text.String())
			return
		case c == '"' && l.quotes == 1:
			if !l.verbatim || !s.has(`""`) {
				s.at++
				s.end(l, text.String())
				return
			}
			text.WriteByte('"')
			s.at += 2
		case c == '\\' && !l.verbatim && l.quotes == 1:
			s.escape(&text)
		case c == '\n' && !l.verbatim && l.quotes == 1:
			s.fault(l.start, s.at, "The string that begins here does not end on its line.")
			return
		case c == '{' && l.holes > 0:
			s.hole(l, &text, depth)
		default:
			text.WriteByte(c)
			s.at++
		}
	}
	s.fault(l.start, l.body, "The string that begins here does not end.")
}

func (s *csScan) end(l csLiteral, text string) {
	kind := csText
	if l.holes > 0 {
		kind = csPart
	}
	s.emit(kind, text, l.start)
}

func (s *csScan) escape(text *strings.Builder) {
	s.at++
	if s.at == len(s.source) {
		return
	}
	switch c := s.source[s.at]; c {
	case 'n':
		text.WriteByte('\n')
	case 't':
		text.WriteByte('\t')
	case 'r':
		text.WriteByte('\r')
	case '\n':
		return // the caller tells that the string does not end
	default:
		text.WriteByte(c)
	}
	s.at++
}

// hole scans one {expression:format}. In a raw literal, as many braces begin
// one as there are $; elsewhere a doubled brace stands for itself.
func (s *csScan) hole(l csLiteral, text *strings.Builder, depth int) {
	braces := 0
	for s.at+braces < len(s.source) && s.source[s.at+braces] == '{' {
		braces++
	}
	needed := 1
	if l.quotes > 1 {
		needed = l.holes
	} else if braces%2 == 0 {
		needed = braces + 1 // all of them are doubled
	}
	if braces < needed {
		text.WriteString(strings.Repeat("{", braces))
		s.at += braces
		return
	}
	start := s.at
	s.at += braces
	s.code(depth+1, true)
	if s.at < len(s.source) && s.source[s.at] == ':' {
		for s.at < len(s.source) && s.source[s.at] != '}' && s.source[s.at] != '"' {
			s.at++
		}
	}
	closing := strings.Repeat("}", needed)
	if !s.has(closing) {
		s.fault(start, start+braces, "The brace that begins here does not end within its string.")
		return
	}
	s.at += len(closing)
	text.WriteString("{}")
}
