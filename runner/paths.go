package runner

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// isItemOf reports whether path is collection with one parameter more.
func isItemOf(path, collection string) bool {
	rest, ok := strings.CutPrefix(strings.Trim(plainPath(path), "/"), strings.Trim(plainPath(collection), "/")+"/")
	return ok && strings.HasPrefix(rest, "{") && !strings.Contains(rest, "/")
}

// keyInParentheses is a key as OData writes it: accounts({id}), accounts(code='{code}').
var keyInParentheses = regexp.MustCompile(`\((?:([\pL_][\pL\pN_]*)=)?'?(\{[^{}]+\})'?\)`)

// plainPath is a path without a slash at its end, its keys written as segments:
// /accounts({id})/contacts is /accounts/{id}/contacts.
func plainPath(path string) string {
	path = strings.TrimRight(path, "/")
	if !strings.Contains(path, "(") {
		return path
	}
	return keyInParentheses.ReplaceAllString(path, "/$2")
}

// keyNames are the names under which a path asks for its keys, by parameter.
func keyNames(path string) map[string]string {
	out := map[string]string{}
	for _, found := range keyInParentheses.FindAllStringSubmatch(path, -1) {
		if found[1] != "" {
			out[paramNameIn(found[2])] = found[1]
		}
	}
	return out
}

// namesOne reports whether a path ends with what identifies one thing.
func namesOne(path string) bool { return strings.HasSuffix(plainPath(path), "}") }

// segmentsOf cuts a path, and a verb after a colon off what it is about:
// /documents/{id}:copy is documents, {id}, copy. So is what a procedure is about: /chat.update.
func segmentsOf(path string) []string {
	segments := strings.Split(strings.Trim(plainPath(path), "/"), "/")
	last := segments[len(segments)-1]
	if about, verb, ok := strings.Cut(last, ":"); ok && about != "" && verb != "" && !strings.ContainsFunc(verb, func(r rune) bool { return !unicode.IsLetter(r) }) {
		segments = append(segments[:len(segments)-1], about, verb)
	} else if about, deed, ok := procedureOf(last); ok {
		segments = append(append(segments[:len(segments)-1], strings.Split(about, ".")...), deed)
	}
	return segments
}

// literals are the path segments that are no parameters.
func literals(path string) []string {
	var out []string
	for _, segment := range segmentsOf(path) {
		if segment != "" && !strings.Contains(segment, "{") {
			out = append(out, segment)
		}
	}
	return out
}

// saysHow reports whether the end of a path says how things are shown rather
// than what they are: /containers/json, /tickets/search.
func saysHow(segment string) bool {
	return slices.Contains(strings.Fields("json xml csv list all index search find query filter browse lookup"), norm(segment))
}

// paramNameIn is the name between the braces of a path segment.
func paramNameIn(segment string) string {
	open := strings.Index(segment, "{")
	end := strings.Index(segment, "}")
	if open < 0 || end < open {
		return ""
	}
	return segment[open+1 : end]
}
