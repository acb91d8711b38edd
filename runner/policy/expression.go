package policy

import (
	"encoding/json"
	"fmt"
	"strings"
)

// kind says where a part of a template comes from.
type kind int

const (
	literal kind = iota
	fromConnection
	fromHeader
	fromQuery
	fromBody
	fromItem
)

// part is a piece of a template: plain text or an expression.
type part struct {
	kind kind
	// text is that of a literal, or the default of an expression.
	text string
	// name is the argument of connectionParameters, headers, queryParameters.
	name       string
	hasDefault bool
	// steps lead from the body or item to the value.
	steps steps
}

// template is a value with expressions in it.
type template []part

// literal is the text of a template without expressions, "" for any other.
func (t template) literal() string {
	if len(t) == 1 && t[0].kind == literal {
		return t[0].text
	}
	return ""
}

// MissingError says that an expression has no value.
type MissingError struct {
	// Kind is "connection value", "header" or "query parameter"; Name is its name.
	Kind, Name string
}

// Error says what to give.
func (e *MissingError) Error() string {
	return fmt.Sprintf("it needs the %s %q, and none is given", e.Kind, e.Name)
}

// functions are the expressions by name in lower case. The singular forms are
// those of the public examples.
func functionKind(name string) (k kind, args int, ok bool) {
	switch strings.ToLower(name) {
	case "connectionparameters", "connectionparameter", "environmentvariables":
		return fromConnection, 1, true
	case "headers", "header":
		return fromHeader, 1, true
	case "queryparameters", "queryparameter":
		return fromQuery, 1, true
	case "body", "triggerbody":
		return fromBody, 0, true
	case "item":
		return fromItem, 0, true
	}
	return 0, 0, false
}

// parseTemplate reads a text with expressions: @name('x'), @name('x', 'default')
// and the same in braces, @{name('x')} or {@name('x')}. Where braced is set only the
// forms in braces are expressions. An @ that begins none is text.
func parseTemplate(s string, braced bool) (template, error) {
	var out template
	start := 0
	text := func(end int) {
		if end > start {
			out = append(out, part{text: s[start:end]})
		}
	}
	for i := 0; i < len(s); {
		open, closed := 0, false
		switch {
		case strings.HasPrefix(s[i:], "@{"), strings.HasPrefix(s[i:], "{@"):
			open, closed = 2, true
		case s[i] == '@' && !braced:
			open = 1
		}
		at := i + open
		// @{@body()} is written too.
		if closed && at < len(s) && s[at] == '@' {
			at++
		}
		name := identifier(s[at:])
		if open == 0 || name == "" || !strings.HasPrefix(s[at+len(name):], "(") {
			i++
			continue
		}
		p, end, err := parseCall(s, at, name, closed)
		if err != nil {
			return nil, err
		}
		if closed {
			if end >= len(s) || s[end] != '}' {
				return nil, fmt.Errorf("the expression %q lacks its closing brace", shorten(s[i:]))
			}
			end++
		}
		text(i)
		out = append(out, p)
		i, start = end, end
	}
	text(len(s))
	return out, nil
}

// parseCall reads name(arguments) and the path behind it; end is the offset after it.
func parseCall(s string, at int, name string, closed bool) (p part, end int, err error) {
	k, want, ok := functionKind(name)
	if !ok {
		return part{}, 0, fmt.Errorf("unknown expression @%s()", name)
	}
	p = part{kind: k}
	args, end, err := parseArguments(s, at+len(name))
	switch {
	case err != nil:
		return part{}, 0, fmt.Errorf("the expression @%s: %w", name, err)
	case want == 0 && len(args) > 0:
		return part{}, 0, fmt.Errorf("the expression @%s() takes no argument", name)
	case want == 1 && (len(args) == 0 || len(args) > 2 || args[0] == ""):
		return part{}, 0, fmt.Errorf("the expression @%s() takes a name and perhaps a default", name)
	}
	if want == 1 {
		p.name = args[0]
		if len(args) == 2 {
			p.text, p.hasDefault = args[1], true
		}
		return p, end, nil
	}
	p.steps, end, err = parseSteps(s, end, !closed)
	return p, end, err
}

// parseArguments reads (…) with quoted texts in it, from the bracket on.
func parseArguments(s string, at int) (args []string, end int, err error) {
	i := skipSpace(s, at+1)
	for i < len(s) && s[i] != ')' {
		if len(args) > 0 {
			if s[i] != ',' {
				return nil, 0, fmt.Errorf("expected a comma at %q", shorten(s[i:]))
			}
			i = skipSpace(s, i+1)
		}
		if i >= len(s) || s[i] != '\'' && s[i] != '"' {
			return nil, 0, fmt.Errorf("expected a name in quotes at %q", shorten(s[min(i, len(s)):]))
		}
		length := strings.IndexByte(s[i+1:], s[i])
		if length < 0 {
			return nil, 0, fmt.Errorf("a quote is not closed at %q", shorten(s[i:]))
		}
		args = append(args, s[i+1:i+1+length])
		i = skipSpace(s, i+length+2)
	}
	if i >= len(s) {
		return nil, 0, fmt.Errorf("the bracket is not closed at %q", shorten(s[at:]))
	}
	return args, i + 1, nil
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// identifier is the word at the beginning of s.
func identifier(s string) string {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return s[:n]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func shorten(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// value evaluates one expression; ok is false where there is nothing.
func (p part) value(sc *scene, item any) (v any, ok bool) {
	switch p.kind {
	case fromConnection:
		v, ok = sc.env.connection(p.name)
	case fromHeader:
		if values := sc.req.Header.Values(p.name); len(values) > 0 {
			v, ok = strings.Join(values, ","), true
		}
	case fromQuery:
		v, ok = queryValue(sc.req.Query, p.name)
	case fromBody:
		root, isJSON := sc.body.value()
		if !isJSON {
			return nil, false
		}
		v, ok = p.steps.get(root)
	case fromItem:
		v, ok = p.steps.get(item)
	default:
		return p.text, true
	}
	if !ok && p.hasDefault {
		return p.text, true
	}
	return v, ok
}

// render evaluates a template to a text. escape is applied to what expressions
// yield, nil for nothing. A missing connection value is an error; another
// missing value is one where strict is set, and the empty text elsewhere.
func (t template) render(sc *scene, item any, escape func(string) string, strict bool) (string, error) {
	var b strings.Builder
	for _, p := range t {
		if p.kind == literal {
			b.WriteString(p.text)
			continue
		}
		text, err := p.render(sc, item, strict)
		if err != nil {
			return "", err
		}
		if escape != nil {
			text = escape(text)
		}
		b.WriteString(text)
		if b.Len() > maxText {
			return "", fmt.Errorf("the value is longer than %d bytes", maxText)
		}
	}
	return b.String(), nil
}

func (p part) render(sc *scene, item any, strict bool) (string, error) {
	v, ok := p.value(sc, item)
	if ok {
		return asText(v), nil
	}
	if p.kind == fromBody || p.kind == fromItem || p.kind != fromConnection && !strict {
		return "", nil
	}
	if sc.env.StandIn != nil {
		return sc.env.StandIn(p.name), nil
	}
	if p.kind == fromConnection && !strict && sc.env.Optional[p.name] {
		return "", nil
	}
	return "", &MissingError{Kind: map[kind]string{fromConnection: "connection value", fromHeader: "header", fromQuery: "query parameter"}[p.kind], Name: p.name}
}

// asText writes a JSON value into a text: a string as it is, anything else as JSON.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	raw, err := encodeJSON(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
