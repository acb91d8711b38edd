package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// jsonStream writes a JSON document as json.Encoder does, with two blanks of
// indent and without HTML escaping, but holds no more of it than one item of a
// list: a report of a corpus has many megabytes. Characters that act on a
// screen are escaped, which leaves the value as it is.
type jsonStream struct {
	out *bufio.Writer
	// apart are the types that are written field by field, and the lists in
	// those fields item by item; everything else is written whole.
	apart  []reflect.Type
	buffer bytes.Buffer
	whole  *json.Encoder
	err    error
}

// streamJSON writes document and a line break. apart names the struct types
// whose lists are long; a field of them may be an iter.Seq, too.
func streamJSON(w io.Writer, document any, apart ...reflect.Type) error {
	s := &jsonStream{out: bufio.NewWriterSize(w, 1<<15), apart: apart}
	s.whole = json.NewEncoder(&s.buffer)
	s.whole.SetEscapeHTML(false)
	s.value(reflect.ValueOf(document), "")
	s.text("\n")
	if s.err != nil {
		return s.err
	}
	return s.out.Flush()
}

// text writes what needs no escaping.
func (s *jsonStream) text(parts ...string) {
	for _, part := range parts {
		if _, err := s.out.WriteString(part); err != nil && s.err == nil {
			s.err = err
		}
	}
}

// value writes v, whose first line is indented already.
func (s *jsonStream) value(v reflect.Value, indent string) {
	inner := v
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		inner = v.Elem()
	}
	if slices.Contains(s.apart, inner.Type()) {
		s.object(inner, indent)
		return
	}
	s.leaf(v, indent)
}

func (s *jsonStream) leaf(v reflect.Value, indent string) {
	s.buffer.Reset()
	s.whole.SetIndent(indent, "  ")
	if err := s.whole.Encode(v.Interface()); err != nil && s.err == nil {
		s.err = fmt.Errorf("write %s as JSON: %w", v.Type(), err)
	}
	s.disarmed(bytes.TrimSuffix(s.buffer.Bytes(), []byte("\n")))
}

// object writes the fields of a struct as encoding/json would.
func (s *jsonStream) object(v reflect.Value, indent string) {
	s.text("{")
	inner, between := indent+"  ", "\n"
	for i := range v.NumField() {
		key, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		field := v.Field(i)
		if strings.Contains(options, "omitempty") && isEmpty(field) {
			continue
		}
		s.text(between, inner, `"`, key, `": `)
		switch field.Kind() {
		case reflect.Slice, reflect.Func:
			s.list(field, inner)
		default:
			s.value(field, inner)
		}
		between = ",\n"
	}
	s.text("\n", indent, "}")
}

// list writes the items of a slice or of a sequence one by one.
func (s *jsonStream) list(v reflect.Value, indent string) {
	if v.IsNil() {
		s.text("null")
		return
	}
	inner, between := indent+"  ", "\n"
	s.text("[")
	for item := range itemsOf(v) {
		s.text(between, inner)
		s.value(item, inner)
		between = ",\n"
		if s.err != nil {
			return
		}
	}
	if between == "\n" {
		s.text("]")
		return
	}
	s.text("\n", indent, "]")
}

// itemsOf yields the items of a slice or of a sequence.
func itemsOf(v reflect.Value) iter.Seq[reflect.Value] {
	if v.Kind() == reflect.Func {
		return v.Seq()
	}
	return func(yield func(reflect.Value) bool) {
		for i := range v.Len() {
			if !yield(v.Index(i)) {
				return
			}
		}
	}
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

// disarmed writes JSON with an escape for each character that a terminal obeys,
// that makes text read otherwise than it is written, that no text may hold, or
// that begins a command to the build server whose log this may be. Outside of
// strings JSON has no such character.
func (s *jsonStream) disarmed(text []byte) {
	for from := 0; s.err == nil && from < len(text); {
		at, r, size := nextActing(text, from)
		_, s.err = s.out.Write(text[from:at])
		if size > 0 {
			s.text(fmt.Sprintf(`\u%04x`, r))
		}
		from = at + size
	}
}

// nextActing finds the next character to escape; without one, at is the end of
// the text and size is 0.
func nextActing(text []byte, from int) (at int, r rune, size int) {
	for at = from; at < len(text); at += size {
		size = 1
		switch {
		case text[at] == '#' && at > 0 && text[at-1] == '#' && isCommand(text[at+1:]):
			return at, '#', size
		case text[at] < 0x7f:
			continue
		}
		if r, size = utf8.DecodeRune(text[at:]); unicode.IsControl(r) || isReordering(r) || isNonCharacter(r) {
			return at, r, size
		}
	}
	return at, 0, 0
}

// isCommand reports whether what follows two number signs makes them the
// beginning of a logging command.
func isCommand(rest []byte) bool {
	for _, name := range []string{"[", "vso[", "teamcity["} {
		if len(rest) >= len(name) && strings.EqualFold(string(rest[:len(name)]), name) {
			return true
		}
	}
	return false
}
