package reports

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ansiSequence matches what a terminal would obey: CSI, OSC and the other
// string sequences up to their end, and two-byte escapes.
const ansiSequence = "(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]?" +
	"|(?:\x1b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\x07\x1b\u009c\n]*(?:\x07|\x1b\\\\|\u009c)?" +
	"|\x1b[ -/]*[0-~]?"

// logCommand matches what build servers obey anywhere in a line of a log.
const logCommand = `(?i)##((?:vso|teamcity)?\[)`

// cleaner removes from foreign text what could act on the reader's screen or
// break a document. It holds a compiled expression, so make one per report.
type cleaner struct{ ansi, command *regexp.Regexp }

func newCleaner() cleaner {
	return cleaner{ansi: regexp.MustCompile(ansiSequence), command: regexp.MustCompile(logCommand)}
}

// Printable returns foreign text on one line as reports show it: without escape
// sequences, control characters, marks that reorder text and what a build server
// would take for a command. Its blanks stay.
func Printable(s string) string {
	c := newCleaner()
	return c.logLine(strings.ReplaceAll(c.text(s), "\n", " "))
}

// line returns s on one line: escape sequences go, every other control
// character and run of white space becomes one blank.
func (c cleaner) line(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Join(strings.Fields(c.text(s)), " ")
}

// text returns s with its line breaks and without escape sequences, control
// characters and the marks that reorder text.
func (c cleaner) text(s string) string {
	if isPlain(s) {
		return s
	}
	if strings.ContainsAny(s, "\x1b\u009b\u009d\u0090\u0098\u009e\u009f") {
		s = c.ansi.ReplaceAllString(s, "")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\r', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), isReordering(r), isNonCharacter(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// logLine makes a finished line harmless to the build servers that read logs for
// commands: Azure DevOps anywhere in a line, GitHub and TeamCity also at its beginning.
func (c cleaner) logLine(s string) string {
	if strings.Contains(s, "##") {
		s = c.command.ReplaceAllString(s, "## $1")
	}
	if rest := strings.TrimLeftFunc(s, unicode.IsSpace); strings.HasPrefix(rest, "::") {
		s = s[:len(s)-len(rest)] + ": " + rest[1:]
	}
	return s
}

// cell is line for one column of an excerpt: runes keep their number, so that
// the caret still points at the flagged text.
func (c cleaner) cell(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), isReordering(r), isNonCharacter(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// cutTo shortens s to limit characters, the last of them an ellipsis.
func cutTo(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// isPlain reports that s is printable ASCII with single blanks only, which most
// text is; it spares the slow way.
func isPlain(s string) bool {
	blank := true
	for i := range len(s) {
		b := s[i]
		if b < ' ' || b > '~' || b == ' ' && blank {
			return false
		}
		blank = b == ' '
	}
	return s == "" || !blank
}

// isReordering finds the marks that make text read otherwise than it is written.
func isReordering(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}

// isNonCharacter finds code points that XML 1.0 forbids though UTF-8 can hold them.
func isNonCharacter(r rune) bool { return r == '\ufffe' || r == '\uffff' }
