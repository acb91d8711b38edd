package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Bounds that no honest policy reaches.
const (
	maxText   = 8 << 20
	maxBody   = 16 << 20
	maxValues = 500_000
	maxSteps  = 64
	// textValue is how many bytes of copied text count as one value.
	textValue = 64
)

// errTooLarge ends policies that copy a body into itself again and again.
var errTooLarge = errors.New("the body grows beyond all bounds")

// step is a member name or an index.
type step struct {
	name  string
	index int
	// isIndex says which of the two it is.
	isIndex bool
}

// steps lead from a value to one below it.
type steps []step

// parseSteps reads .name, ['name'] and [0], repeated, from at on. Within text
// a name ends at the first character that a plain name cannot hold, and a dot
// that no name follows is text.
func parseSteps(s string, at int, inText bool) (out steps, end int, err error) {
	for at < len(s) {
		i := at
		if s[i] == '?' && i+1 < len(s) && (s[i+1] == '.' || s[i+1] == '[') {
			i++
		}
		var next step
		switch s[i] {
		case '.':
			n := nameLength(s[i+1:], inText)
			if n == 0 {
				if inText {
					return out, at, nil
				}
				return nil, 0, fmt.Errorf("a name is missing after the dot in %q", shorten(s))
			}
			next, i = step{name: s[i+1 : i+1+n]}, i+1+n
		case '[':
			if next, i, err = parseBracket(s, i); err != nil {
				return nil, 0, err
			}
		default:
			return out, at, nil
		}
		if out = append(out, next); len(out) > maxSteps {
			return nil, 0, fmt.Errorf("the path has more than %d steps", maxSteps)
		}
		at = i
	}
	return out, at, nil
}

// nameLength is how much of s is a member name.
func nameLength(s string, inText bool) int {
	n := 0
	for n < len(s) {
		c := s[n]
		plain := isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
		if inText && !plain && (c != '-' || n == 0) || strings.IndexByte(".[]{}?", c) >= 0 {
			break
		}
		n++
	}
	return n
}

func parseBracket(s string, at int) (step, int, error) {
	i := at + 1
	if i < len(s) && (s[i] == '\'' || s[i] == '"') {
		length := strings.Index(s[i+1:], string(s[i])+"]")
		if length <= 0 {
			return step{}, 0, fmt.Errorf("the bracket is not closed, or empty, in %q", shorten(s[at:]))
		}
		return step{name: s[i+1 : i+1+length]}, i + length + 3, nil
	}
	length := strings.IndexByte(s[i:], ']')
	if length < 0 {
		return step{}, 0, fmt.Errorf("the bracket is not closed in %q", shorten(s[at:]))
	}
	index, err := strconv.Atoi(s[i : i+length])
	if err != nil || index < 0 {
		return step{}, 0, fmt.Errorf("expected an index or a name in quotes in %q", shorten(s[at:]))
	}
	return step{index: index, isIndex: true}, i + length + 1, nil
}

// place is a path of a parameter: from the body, or from the item at hand.
type place struct {
	item  bool
	steps steps
}

// parsePlace reads @body()…, @item()…; the @ and the brackets may be missing.
func parsePlace(s string) (place, error) {
	text := strings.TrimPrefix(strings.TrimSpace(s), "@")
	name := identifier(text)
	k, args, ok := functionKind(name)
	if !ok || args != 0 {
		return place{}, fmt.Errorf("%q is no path: it begins with @body() or @item()", shorten(s))
	}
	at := len(name)
	if strings.HasPrefix(text[at:], "(") {
		arguments, end, err := parseArguments(text, at)
		if err != nil {
			return place{}, err
		}
		if len(arguments) > 0 {
			return place{}, fmt.Errorf("@%s() takes no argument", name)
		}
		at = end
	}
	out, end, err := parseSteps(text, at, false)
	if err == nil && end < len(text) {
		err = fmt.Errorf("%q is no path: nothing is expected at %q", shorten(s), shorten(text[end:]))
	}
	return place{item: k == fromItem, steps: out}, err
}

// parseSub reads a path below a parent: name.name, ['name']. "" and "null" lead nowhere.
func parseSub(s string) (steps, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "null" {
		return nil, nil
	}
	text := s
	if s[0] != '[' {
		text = "." + s
	}
	out, end, err := parseSteps(text, 0, false)
	if err == nil && end < len(text) {
		err = fmt.Errorf("%q is no path: nothing is expected at %q", shorten(s), shorten(text[end:]))
	}
	return out, err
}

// get follows the steps.
func (s steps) get(v any) (any, bool) {
	for _, one := range s {
		switch parent := v.(type) {
		case map[string]any:
			below, ok := parent[one.name]
			if !ok || one.isIndex {
				return nil, false
			}
			v = below
		case []any:
			if !one.isIndex || one.index >= len(parent) {
				return nil, false
			}
			v = parent[one.index]
		default:
			return nil, false
		}
	}
	return v, true
}

// set puts a value at the end of the steps and returns the root, which is the
// value itself where there are no steps. Objects on the way are made; an array
// is not, and what cannot hold the value stays as it is.
func (s steps) set(root, value any) any {
	if len(s) == 0 {
		return value
	}
	one, rest := s[0], s[1:]
	switch parent := root.(type) {
	case map[string]any:
		if !one.isIndex {
			parent[one.name] = rest.set(parent[one.name], value)
		}
	case []any:
		if one.isIndex && one.index < len(parent) {
			parent[one.index] = rest.set(parent[one.index], value)
		}
	case nil:
		if !one.isIndex {
			return map[string]any{one.name: rest.set(nil, value)}
		}
	}
	return root
}

// remove takes out the member that the steps lead to.
func (s steps) remove(root any) {
	if len(s) == 0 {
		return
	}
	parent, ok := s[:len(s)-1].get(root)
	if object, isObject := parent.(map[string]any); ok && isObject && !s[len(s)-1].isIndex {
		delete(object, s[len(s)-1].name)
	}
}

// document is a JSON body, decoded when a policy asks for it.
type document struct {
	raw     []byte
	header  http.Header
	read    bool
	isJSON  bool
	root    any
	changed bool
	// ordered says that the order of members is kept, in written.
	ordered bool
	written orders
	// copied counts the values that were copied within the body.
	copied int
}

// clone copies a value, so that a later policy changes one of the two only.
func (d *document) clone(v any) (any, error) {
	if d.copied++; d.copied > maxValues {
		return nil, errTooLarge
	}
	var err error
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		if d.ordered {
			d.written[identity(out)] = d.written.names(v)
		}
		for name, item := range v {
			if out[name], err = d.clone(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			if out[i], err = d.clone(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

// value is the decoded body; ok is false where it is not JSON.
func (d *document) value() (v any, ok bool) {
	if !d.read {
		d.read, d.written = true, orders{}
		media, _, _ := strings.Cut(strings.ToLower(d.header.Get("Content-Type")), ";")
		media = strings.TrimSpace(media)
		if media == "" || strings.HasSuffix(media, "json") || strings.HasPrefix(media, "text/plain") {
			d.root, d.isJSON = decodeJSON(d.raw)
			if d.ordered && d.isJSON {
				d.root, d.written = decodeOrdered(d.raw)
			}
		}
	}
	return d.root, d.isJSON
}

// encode is the body as bytes: those that arrived where nothing has changed.
func (d *document) encode() ([]byte, error) {
	if !d.changed {
		return d.raw, nil
	}
	return encodeJSON(d.root)
}

func decodeJSON(raw []byte) (any, bool) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	return v, true
}

func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("the body cannot be written: %w", err)
	}
	if buf.Len() > maxBody {
		return nil, fmt.Errorf("the body is longer than %d bytes", maxBody)
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
