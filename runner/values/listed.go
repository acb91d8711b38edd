package values

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// listed are values that a description lists where the schema does not: the API
// takes no others, or gives them as examples.
type listed struct {
	values []string
	closed bool
}

// quoted is one value in quotes, item one as descriptions write it: in quotes, or a bare word.
const (
	quoted = "\"[^\"\n]{1,60}\"|“[^”\n]{1,60}”|'[^'\n]{1,60}'|‘[^’\n]{1,60}’|`[^`\n]{1,60}`"
	item   = "(?:" + quoted + "|[\\pL\\pN][\\pL\\pN_./:+-]{0,59})"
)

// lists are the words that come before values, and whether they close the list.
var lists = []struct {
	before *regexp.Regexp
	closed bool
}{
	{regexp.MustCompile(`(?i)\b(?:one of|must be|either|(?:allowed|possible|valid|accepted|supported|permitted) (?:values?|options?)(?: are| is| include)?|values? (?:are|can be|may be)|set to)(?: the following)?\s*:?\s*(` + itemList + `)`), true},
	{regexp.MustCompile(`(?i)\b(?:supports?|supported are|can be|may be|takes|accepts?|options are)\s*:?\s*(` + quotedList + `)`), true},
	{regexp.MustCompile(`(?i)(?:\be\.g\.|\bfor example|\bsuch as|\bexamples?:)[,:]?\s*(` + itemList + `)`), false},
}

// quotedList has two values at least: one alone is more often a name than a choice.
const quotedList = `(?:` + quoted + `)(?:\s*(?:,\s*(?:or|and)\s+|,|\||/|\bor\b|\band\b)\s*(?:` + quoted + `)){1,12}`

const itemList = item + `(?:\s*(?:,\s*(?:or|and)\s+|,|\||/|\bor\b|\band\b)\s*` + item + `){0,12}`

// readListed finds the values that a description lists. Bare words count only
// when they look like values: CAPITALS, or something with digits or punctuation
// in it, or several after a colon; "must be unique" lists nothing.
func readListed(description string) listed {
	for _, l := range lists {
		for _, found := range l.before.FindAllStringSubmatchIndex(description, -1) {
			if before := strings.ToLower(description[:found[0]]); strings.HasSuffix(before, "can be ") || strings.HasSuffix(before, "may be ") {
				continue // it may be set to that, or left to anything else
			}
			afterColon := strings.HasSuffix(strings.TrimSpace(description[:found[2]]), ":")
			if values := readItems(description[found[2]:found[3]], afterColon && l.closed); len(values) > 0 {
				return listed{values, l.closed}
			}
		}
	}
	return listed{}
}

// readItems splits a list of values; it ends where prose begins. plain takes plain
// words as well when there are several.
func readItems(text string, plain bool) []string {
	items := regexp.MustCompile(item).FindAllString(text, -1)
	items = slices.DeleteFunc(items, func(s string) bool { return s == "or" || s == "and" })
	var out []string
	for _, one := range items {
		bare := strings.Trim(one, "\"“”'‘’`")
		if bare == one {
			bare = strings.TrimRight(bare, ".:/")
			if !looksLikeValue(bare) && (!plain || len(items) < 2) {
				break
			}
		}
		if bare != "" && !slices.Contains(out, bare) {
			out = append(out, bare)
		}
	}
	return out
}

// looksLikeValue reports whether a bare word of a description is a value rather than prose.
func looksLikeValue(word string) bool {
	letters, capitals := 0, 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return len(word) > 1 && (capitals == letters && letters > 0 || strings.ContainsAny(word, "_") || strings.ContainsAny(word, "0123456789") && letters > 0)
}

// listedText is a value that the description of a spot lists, another for each call.
func (m *maker) listedText(at spot) (textual, bool) {
	for _, n := range at.nodes {
		l := readListed(n.Get("description").String())
		if len(l.values) == 0 || !l.closed && (freeText(at.name) || identifier(at.name) || m.r.In == "path") {
			continue
		}
		value := l.values[(m.r.Attempt+at.variant)%len(l.values)]
		if l.closed {
			return textual{value, Enum, false}, true
		}
		return textual{value, Example, false}, true
	}
	return textual{}, false
}
