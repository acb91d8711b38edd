package connector

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// maxDepth is the deepest nesting that is read.
const maxDepth = 500

// maxRepeats is how many problems of one kind a file reports.
const maxRepeats = 20

// span is where one key or value stands in the source, quotes included.
type span struct{ start, end int32 }

// fault is a problem by byte offset, before lines are known.
type fault struct {
	rule, message, hint string
	start, end          int32
}

// scanner reads JSON the way the platform does: what strict JSON forbids but
// can be told beyond doubt (comments, trailing commas, raw control characters,
// a missing comma, a cut-off end) is reported and blanked out, so that the
// cleaned text has every remaining byte at its old offset.
type scanner struct {
	in     []byte
	out    []byte // a copy of in once something was blanked
	tail   []byte // what closes a text that ends too early
	pos    int
	spans  []span // keys and values in document order
	faults []fault
	counts map[string]int
	cut    bool   // the rest was given up
	open   []byte // the closing brackets that are due
	comma  int    // offset of the comma just read in the open container, -1 when none
}

// scanned is the outcome of scanJSON.
type scanned struct {
	// text is strict JSON, nil when there is not even a beginning of a value.
	text []byte
	// spans are the places of all keys and values in document order.
	spans []span
	// faults are what was wrong; cut says that the rest was not read.
	faults []fault
	cut    bool
}

// scanJSON cleans a JSON text.
func scanJSON(in []byte) scanned {
	s := &scanner{in: in, counts: map[string]int{}, comma: -1, spans: make([]span, 0, len(in)/16)}
	s.skip(0, false)
	if s.pos >= len(in) {
		s.fault("JsonSyntaxNotValid", 0, 0, "The file is empty.", "Export the connector again, or restore the file from version control.")
		return scanned{faults: s.faults, cut: true}
	}
	if s.value(0) {
		s.skip(0, false)
		if s.pos < len(in) {
			s.fault("JsonSyntaxNotValid", s.pos, s.pos+1, "There is text after the end of the document.", "Remove what follows the closing bracket.")
			s.blank(s.pos, len(in))
		}
	}
	text := in
	if s.out != nil {
		s.out = append(s.out, s.tail...)
		text = s.out
	}
	return scanned{text: text, spans: s.spans, faults: s.faults, cut: s.cut}
}

func (s *scanner) fault(rule string, start, end int, message, hint string) {
	s.counts[rule+message]++
	if s.counts[rule+message] <= maxRepeats {
		s.faults = append(s.faults, fault{rule: rule, message: message, hint: hint, start: int32(start), end: int32(end)})
	}
}

func (s *scanner) blank(from, to int) {
	s.own()
	for i := from; i < to; i++ {
		s.out[i] = ' '
	}
}

// at returns a byte of the cleaned text.
func (s *scanner) at(i int) byte {
	if s.out != nil {
		return s.out[i]
	}
	return s.in[i]
}

func (s *scanner) own() {
	if s.out == nil {
		s.out = bytes.Clone(s.in)
	}
}

// stop gives up at offset at: everything from there on is dropped, and the
// callers close what is open.
func (s *scanner) stop(at int) bool {
	s.cut = true
	s.own()
	s.out = s.out[:at]
	if s.comma >= 0 {
		s.out[s.comma] = ' '
		s.comma = -1
	}
	s.pos = len(s.in)
	return false
}

func (s *scanner) cutOff() bool {
	s.fault("FileTruncated", len(s.in), len(s.in), "The file ends in the middle of the document.",
		"Export or copy the file again: brackets or quotes are left open at its end.")
	return s.stop(len(s.in))
}

func (s *scanner) broken(message, hint string) bool {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>"} {
		if bytes.HasPrefix(s.in[s.pos:], []byte(mark)) {
			message, hint = "A merge conflict was left in the file.", "Resolve the conflict between the marks <<<<<<< and >>>>>>>; the rest of the file was not read."
		}
	}
	s.fault("JsonSyntaxNotValid", s.pos, s.pos+1, message, hint)
	return s.stop(s.pos)
}

// skip passes white space and comments. Line breaks between a key and its
// colon are blanked, because the reader wants both on one line.
func (s *scanner) skip(depth int, blankBreaks bool) {
	for s.pos < len(s.in) {
		switch c := s.in[s.pos]; {
		case c == ' ':
			s.pos++
		case c == '\n' || c == '\r' || c == '\t':
			loneReturn := c == '\r' && (s.pos+1 >= len(s.in) || s.in[s.pos+1] != '\n')
			if blankBreaks || loneReturn || depth == 0 && c == '\t' {
				s.blank(s.pos, s.pos+1)
			}
			s.pos++
		case c == '/' && s.pos+1 < len(s.in) && (s.in[s.pos+1] == '/' || s.in[s.pos+1] == '*'):
			s.comment()
		case c < 0x20:
			s.fault("JsonNotStrict", s.pos, s.pos+1, fmt.Sprintf("The control character 0x%02X stands between values.", c), "Remove the character.")
			s.blank(s.pos, s.pos+1)
			s.pos++
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(s.in[s.pos:])
			if !isOddSpace(r) {
				return
			}
			s.fault("JsonNotStrict", s.pos, s.pos+size, fmt.Sprintf("The character %U stands between values.", r), "Replace it by an ordinary blank.")
			s.blank(s.pos, s.pos+size)
			s.pos += size
		default:
			return
		}
	}
}

func isOddSpace(r rune) bool {
	switch r {
	case 0x85, 0xA0, 0x200B, 0x2028, 0x2029, 0x3000, 0xFEFF:
		return true
	}
	return false
}

func (s *scanner) comment() {
	start := s.pos
	terminator := []byte("\n")
	if s.in[s.pos+1] == '*' {
		terminator = []byte("*/")
	}
	end := len(s.in)
	if i := bytes.Index(s.in[s.pos+2:], terminator); i >= 0 {
		end = s.pos + 2 + i
		if terminator[0] == '*' {
			end += 2
		}
	}
	s.fault("JsonNotStrict", start, end, "JSON has no comments.", "Remove the comment: importers that read strict JSON refuse the file.")
	for i := start; i < end; i++ {
		if s.in[i] != '\n' && s.in[i] != '\r' {
			s.blank(i, i+1)
		}
	}
	s.pos = end
}

func (s *scanner) value(depth int) bool {
	s.comma = -1
	if s.pos >= len(s.in) {
		return s.cutOff()
	}
	switch s.in[s.pos] {
	case '{', '[':
		if depth >= maxDepth {
			s.fault("NestingTooDeep", s.pos, s.pos+1, fmt.Sprintf("The document is nested deeper than %d levels.", maxDepth),
				"Flatten the structure; nothing below this place was read.")
			s.stop(s.pos)
			s.missing()
			return false
		}
		return s.container(depth + 1)
	case '"':
		return s.text()
	default:
		return s.scalar()
	}
}

// missing puts a null where a value was to come.
func (s *scanner) missing() {
	s.spans = append(s.spans, span{int32(len(s.out)), int32(len(s.out))})
	s.tail = append(s.tail, "null"...)
}

func (s *scanner) container(depth int) bool {
	open := s.in[s.pos]
	closer := open + 2 // both pairs of brackets are two apart
	at := len(s.spans)
	s.spans = append(s.spans, span{start: int32(s.pos)})
	s.pos++
	s.open = append(s.open, closer)
	ok := s.members(depth, open == '{', closer)
	s.open = s.open[:len(s.open)-1]
	if !ok {
		s.tail = append(s.tail, closer)
	}
	s.spans[at].end = int32(min(s.pos, len(s.in)))
	return ok
}

func (s *scanner) members(depth int, object bool, closer byte) bool {
	s.comma = -1
	for first := true; ; first = false {
		s.skip(depth, false)
		if s.pos >= len(s.in) {
			return s.cutOff()
		}
		if s.in[s.pos] == closer {
			if s.comma >= 0 {
				s.fault("JsonNotStrict", s.comma, s.comma+1, "A comma stands before the closing bracket.", "Remove the trailing comma.")
				s.blank(s.comma, s.comma+1)
				s.comma = -1
			}
			s.pos++
			return true
		}
		if s.closedEarly(closer) {
			return true
		}
		if !first && s.comma < 0 && !s.insertComma() {
			return false
		}
		if object && !s.key(depth) {
			return false
		}
		if !s.value(depth) {
			return false
		}
		s.comma = -1
		s.skip(depth, false)
		if s.pos < len(s.in) && s.in[s.pos] == ',' {
			s.comma = s.pos
			s.pos++
		}
	}
}

// closedEarly mends a container whose bracket is missing, told by the bracket
// of the container around it, when there is white space to hold it.
func (s *scanner) closedEarly(closer byte) bool {
	c := s.in[s.pos]
	outer := len(s.open) - 2
	if c != ']' && c != '}' || outer < 0 || s.open[outer] != c || s.at(s.pos-1) > ' ' {
		return false
	}
	s.fault("JsonSyntaxNotValid", s.pos, s.pos+1, fmt.Sprintf("The closing bracket %q is missing before this place.", closer), "Put the bracket in.")
	s.own()
	if s.comma >= 0 {
		s.out[s.comma] = ' '
		s.comma = -1
	}
	s.out[s.pos-1] = closer
	return true
}

// insertComma mends two values that follow each other without a comma, when
// there is white space to hold it.
func (s *scanner) insertComma() bool {
	c := s.in[s.pos]
	if c == ']' || c == '}' {
		return s.broken(fmt.Sprintf("The bracket %q does not match the one that is open.", c), "Check the brackets above this place; the rest of the file was not read.")
	}
	previous := s.pos - 1
	if previous < 0 || !bytes.ContainsRune([]byte(" \n\t"), rune(s.at(previous))) || s.counts["comma"] >= maxRepeats {
		return s.broken("A comma is missing.", "Put a comma between the two values; the rest of the file was not read.")
	}
	s.counts["comma"]++
	s.fault("JsonSyntaxNotValid", s.pos, s.pos+1, "A comma is missing before this place.", "Put a comma between the two values.")
	s.own()
	s.out[previous] = ','
	s.comma = previous
	return true
}

func (s *scanner) key(depth int) bool {
	if s.in[s.pos] != '"' {
		return s.broken(fmt.Sprintf("A member name in double quotes is expected, found %q.", rune(s.in[s.pos])),
			"Write the name in double quotes; the rest of the file was not read.")
	}
	s.comma = -1
	if !s.text() {
		s.tail = append(s.tail, ':')
		s.missing()
		return false
	}
	s.skip(depth, true)
	if s.pos >= len(s.in) {
		s.cutOff()
		s.tail = append(s.tail, ':')
		s.missing()
		return false
	}
	if s.in[s.pos] != ':' {
		s.broken("A colon is missing after the member name.", "Put a colon between name and value; the rest of the file was not read.")
		s.tail = append(s.tail, ':')
		s.missing()
		return false
	}
	s.pos++
	s.skip(depth, false)
	if s.pos >= len(s.in) {
		s.cutOff()
		s.missing()
		return false
	}
	return true
}
