package rules

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/precert/precert/finding"
)

// quoteWidth is how much of an offending value a message shows, in characters.
const quoteWidth = 60

// quote shows a value of the connector within a message: shortened, on one line, in quotes.
func quote(s string) string {
	return strconv.Quote(shorten(s, quoteWidth))
}

// shorten cuts s to width characters, the last one an ellipsis.
func shorten(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-1]) + "…"
}

// listed joins names for a message, the first few of them quoted.
func listed(names []string) string {
	const most = 4
	var b strings.Builder
	for i, name := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(name))
	}
	return b.String()
}

// plural returns "1 operation", "2 operations".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Nearest returns the candidate that name is most likely a misspelling of, ""
// when none is close: equal in another case, or within a third of its length in edits.
func Nearest(name string, candidates []string) string {
	best, least := "", len(name)/3+1
	for _, candidate := range candidates {
		if candidate == name {
			continue
		}
		if strings.EqualFold(candidate, name) {
			return candidate
		}
		if edits := distance(strings.ToLower(name), strings.ToLower(candidate), least); edits < least {
			best, least = candidate, edits
		}
	}
	return best
}

// distance counts the edits (insert, remove, replace, swap neighbours) from a
// to b. It gives up at limit and returns limit then.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		smallest := i
		for j := 1; j <= len(b); j++ {
			change := row[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			next[j] = min(change, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
			smallest = min(smallest, next[j])
		}
		if smallest >= limit {
			return limit
		}
		before, row = row, next
	}
	return min(row[len(b)], limit)
}

// didYouMean is the sentence for a name that is close to a known one, "" when none is.
func didYouMean(name string, candidates []string) string {
	if near := Nearest(name, candidates); near != "" {
		return fmt.Sprintf("Did you mean %s?", quote(near))
	}
	return ""
}

// meant hints at the name that a misspelt one was probably meant to be; the
// rule's general way to mend stays when no candidate is near.
func meant(name string, candidates []string) Option {
	if text := didYouMean(name, candidates); text != "" {
		return Hint("%s", text)
	}
	return func(*finding.Finding) {}
}
