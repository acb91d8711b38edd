package runner

import (
	"slices"
	"strings"
	"unicode"
)

// words splits an identifier at capitals, digits and punctuation, in lower case:
// "deleteUserById2" gives delete, user, by, id.
func words(text string) []string {
	var out []string
	word := make([]rune, 0, len(text))
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			flush()
			continue
		case unicode.IsUpper(r):
			startsWord := i > 0 && unicode.IsLower(runes[i-1])
			endsAcronym := i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if startsWord || endsAcronym {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return out
}

// norm makes names comparable: letters and digits in lower case.
func norm(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// singular is the stem under which a plural and its singular meet.
func singular(word string) string {
	word = norm(word)
	switch {
	case len(word) < 4:
		return word
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y"
	case endsInAny(word, "sses", "xes", "ches", "shes", "tuses"):
		return strings.TrimSuffix(word, "es")
	case endsInAny(word, "ss", "us", "is"):
		return word
	default:
		return strings.TrimSuffix(word, "s")
	}
}

func endsInAny(word string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(word, s) })
}

// identitySuffixes end the names of parameters that identify something, longest first.
func identitySuffixes() []string {
	return []string{"identifier", "number", "index", "uuid", "guid", "slug", "code", "name", "key", "id", "no"}
}

// stem is what a parameter's name says it identifies: "ticketId" gives ticket,
// "id" gives "". The suffix is returned as well.
func stem(name string) (resource, suffix string) {
	plain := norm(name)
	for _, s := range identitySuffixes() {
		if rest, ok := strings.CutSuffix(plain, s); ok {
			if rest == "" || s == "no" && len(rest) < 3 {
				if rest == "" {
					return "", s
				}
				continue
			}
			// "grid" and "keyboard" are words of their own.
			if s == "id" && !idBoundary(name) {
				continue
			}
			return singular(rest), s
		}
	}
	return singular(plain), ""
}

// idBoundary reports whether a name's closing "id" is a word: ticketId, ticket_id, TICKETID.
func idBoundary(name string) bool {
	tail := name[len(name)-2:]
	if tail != "id" {
		return true
	}
	before := name[len(name)-3]
	return !unicode.IsLetter(rune(before))
}
