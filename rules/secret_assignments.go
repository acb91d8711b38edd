package rules

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/precert/precert/connector"
)

// assigned is the value that follows a name and = or :, in quotes or without.
var assigned = regexp.MustCompile(`^["'\])]{0,2}[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}@?(["'` + "`" + `]?)([A-Za-z0-9+/_\-.~%!$&#*]{20,200}={0,2})(["'` + "`" + `\s,;]|$)`)

// secretAssignments finds values that are too random for anything else behind
// names such as CLIENT_SECRET, in text that is no JSON of the connector. In code
// only what stands in quotes is a value.
func secretAssignments(doc *connector.Document, code bool) []secret {
	var out []secret
	text := doc.Source()
	for at, attempts := 0, 0; attempts < maxAttempts; attempts++ {
		next := bytes.IndexAny(text[at:], "=:")
		if next < 0 {
			break
		}
		at += next + 1
		end := at - 1
		for end > 0 && strings.IndexByte("\"']) \t", text[end-1]) >= 0 && at-end < 8 {
			end--
		}
		start := end
		for start > 0 && end-start < 60 && (isWordByte(text[start-1]) || text[start-1] == '-') {
			start--
		}
		name := string(text[start:end])
		if len(name) < 3 || !secretName.MatchString(name) || namesOther(name) {
			continue
		}
		match := assigned.FindSubmatchIndex(text[end:min(len(text), end+240)])
		if match == nil || code && match[2] == match[3] {
			continue
		}
		value := string(text[end+match[4] : end+match[5]])
		if looksRandom(value) && !isPlaceholder(value) {
			out = append(out, secret{rule: suspected, what: "a value for " + name + " that looks like a credential", doc: doc, start: end + match[4], end: end + match[5]})
		}
	}
	return out
}
