package schema

import (
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// matchLimit bounds one match: patterns come from strangers and may backtrack without end.
const matchLimit = 100 * time.Millisecond

// Pattern is a compiled regular expression of ECMAScript, as schemas hold them.
// It is safe for concurrent use.
type Pattern struct{ re *regexp2.Regexp }

// CompilePattern compiles a pattern. The error is one line.
func CompilePattern(text string) (*Pattern, error) {
	re, err := regexp2.Compile(text, regexp2.ECMAScript)
	if err != nil {
		// \u{…} and \p{…} need the unicode flag, which nothing in a schema can set.
		re, err = regexp2.Compile(text, regexp2.ECMAScript|regexp2.Unicode)
	}
	if err != nil {
		return nil, &patternError{strings.ReplaceAll(err.Error(), "\n", " ")}
	}
	re.MatchTimeout = matchLimit
	return &Pattern{re}, nil
}

// Match reports whether the pattern occurs in text. A match that takes too
// long counts as one: what cannot be decided is no fault of the API.
func (p *Pattern) Match(text string) bool {
	matched, err := p.re.MatchString(text)
	return err != nil || matched
}

type patternError struct{ text string }

func (e *patternError) Error() string { return e.text }
