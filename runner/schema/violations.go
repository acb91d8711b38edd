package schema

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/precert/precert/connector"
)

// maxViolations is how many mismatches of one body are told.
const maxViolations = 20

// violations judges a body and turns the library's tree of errors into a list of causes.
func (c *compiled) violations(body any) ([]Violation, error) {
	err := c.schema.Validate(body)
	if err == nil {
		return nil, nil
	}
	var tree *jsonschema.ValidationError
	if !errors.As(err, &tree) {
		return nil, fmt.Errorf("the body cannot be judged: %w", err)
	}
	var found []Violation
	for _, leaf := range leaves(tree, nil) {
		found = append(found, c.read(leaf, body)...)
	}
	return tidy(found), nil
}

// leaves collects the errors that have no further cause.
func leaves(e *jsonschema.ValidationError, into []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	causes := e.Causes
	if len(causes) == 0 {
		return append(into, e)
	}
	if len(causes) > 1 && strings.HasSuffix(e.AbsoluteKeywordLocation, "/anyOf") {
		// The only anyOf is "null, or this": that it is not null explains nothing.
		causes = causes[1:]
	}
	for _, cause := range causes {
		into = leaves(cause, into)
	}
	return into
}

// read turns one library error into violations: one for each missing or forbidden property.
func (c *compiled) read(leaf *jsonschema.ValidationError, body any) []Violation {
	place, keyword := c.place(leaf.AbsoluteKeywordLocation)
	tokens := pointerTokens(leaf.InstanceLocation)
	value := lookup(body, tokens)
	base := Violation{Pointer: joinPointer(tokens), Keyword: keyword, Count: 1, SchemaPointer: place.Pointer() + "/" + keyword}
	object, _ := value.(map[string]any)
	var out []Violation
	switch keyword {
	case "required":
		for i, name := range place.Get("required").Strings() {
			if _, there := object[name]; !there && strings.Contains(leaf.Message, libraryQuote(name)) {
				one := base
				one.SchemaPointer = base.SchemaPointer + "/" + strconv.Itoa(i)
				one.Message = fmt.Sprintf("the required property %q is missing", shorten(name))
				out = append(out, one)
			}
		}
	case "additionalProperties":
		for _, name := range sortedKeys(object) {
			if place.Get("properties").Get(name) == nil {
				one := base
				one.Pointer += "/" + connector.EscapeToken(name)
				one.Message = fmt.Sprintf("the property %q is not declared, and additionalProperties is false", shorten(name))
				out = append(out, one)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	base.Message, base.Lenient = describe(keyword, place, value, leaf.Message)
	return []Violation{base}
}

// libraryQuote quotes a name as the library does in its messages.
func libraryQuote(name string) string {
	text := strings.ReplaceAll(strconv.Quote(name), `\"`, `"`)
	text = strings.ReplaceAll(text, `'`, `\'`)
	return "'" + text[1:len(text)-1] + "'"
}

// place finds the definition's node for a location in the translated document.
func (c *compiled) place(location string) (*connector.Node, string) {
	_, fragment, _ := strings.Cut(location, "#")
	tokens := pointerTokens(fragment)
	if len(tokens) == 0 {
		return c.places["/definitions/s0"], ""
	}
	keyword := tokens[len(tokens)-1]
	return c.places[joinPointer(tokens[:len(tokens)-1])], keyword
}

// pointerTokens splits a pointer as the library writes them, percent-encoded.
func pointerTokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		if plain, err := url.PathUnescape(token); err == nil {
			token = plain
		}
		tokens[i] = connector.UnescapeToken(token)
	}
	return tokens
}

func joinPointer(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(connector.EscapeToken(token))
	}
	return b.String()
}

func lookup(body any, tokens []string) any {
	for _, token := range tokens {
		switch at := body.(type) {
		case map[string]any:
			body = at[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			body = at[i]
		default:
			return nil
		}
	}
	return body
}

// tidy sorts violations into body order, joins those that say the same of many
// items, and keeps the first few.
func tidy(found []Violation) []Violation {
	slices.SortStableFunc(found, func(a, b Violation) int {
		return cmp.Or(comparePointers(a.Pointer, b.Pointer), cmp.Compare(a.SchemaPointer, b.SchemaPointer), cmp.Compare(a.Message, b.Message))
	})
	var out []Violation
	first := map[[3]string]int{}
	exact := map[[3]string]bool{}
	for _, v := range found {
		same := [3]string{v.Pointer, v.Keyword, v.Message}
		if exact[same] {
			continue
		}
		exact[same] = true
		about := ""
		if v.Keyword == "required" {
			about = v.Message
		}
		key := [3]string{withoutIndexes(v.Pointer), v.SchemaPointer, about}
		if at, seen := first[key]; seen {
			out[at].Count++
			out[at].Lenient = out[at].Lenient && v.Lenient
			continue
		}
		first[key] = len(out)
		out = append(out, v)
	}
	for i := range out {
		if out[i].Count > 1 {
			out[i].Message += fmt.Sprintf(" (the same at %d places)", out[i].Count)
		}
	}
	if more := len(out) - maxViolations; more > 0 {
		out = out[:maxViolations]
		out[maxViolations-1].Message += fmt.Sprintf("; %d further mismatches are not shown", more)
	}
	return out
}

func withoutIndexes(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if isIndex(token) {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

func isIndex(token string) bool {
	if token == "" || len(token) > 9 {
		return false
	}
	for _, c := range token {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// comparePointers orders by token, array indexes by number.
func comparePointers(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a = nextToken(a)
		y, b = nextToken(b)
		if x == y {
			continue
		}
		if isIndex(x) && isIndex(y) {
			i, _ := strconv.Atoi(x)
			j, _ := strconv.Atoi(y)
			return cmp.Compare(i, j)
		}
		return cmp.Compare(x, y)
	}
	return cmp.Compare(len(a), len(b))
}

func nextToken(pointer string) (token, rest string) {
	token, rest, found := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	if found {
		rest = "/" + rest
	}
	return token, rest
}
