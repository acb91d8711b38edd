package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/precert/precert/connector"
)

// maxDepth is the deepest nesting of a body that is read.
const maxDepth = 256

// maxDigits bounds the exponent and the digits of numbers that are computed with.
const maxDigits = 400

// Decode reads exactly one JSON document; numbers become json.Number. A byte
// order mark is skipped. The error names what is wrong and the byte offset.
func Decode(data []byte) (any, error) {
	mark := len(data)
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	mark -= len(data)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the body is empty, not JSON")
	}
	if at := invalidUTF8(data); at >= 0 {
		return nil, fmt.Errorf("the text is not UTF-8: byte 0x%02x at offset %d", data[at], at+mark)
	}
	if at := tooDeep(data); at >= 0 {
		return nil, fmt.Errorf("values are nested more than %d deep at offset %d", maxDepth, at+mark)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, syntaxError(err, data, mark)
	}
	end := int(decoder.InputOffset())
	if rest := bytes.TrimSpace(data[end:]); len(rest) > 0 {
		return nil, fmt.Errorf("the JSON value ends at offset %d, but %d more bytes follow: %s", end+mark, len(rest), strconv.Quote(shorten(string(rest))))
	}
	return value, nil
}

func syntaxError(err error, data []byte, mark int) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("the JSON is cut off: it ends at offset %d in the middle of a value", len(data)+mark)
	case !errors.As(err, &syntax):
		return fmt.Errorf("not JSON: %w", err)
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		return errors.New("not JSON but markup (HTML or XML): it begins with " + strconv.Quote(shorten(firstLine(data))))
	}
	return fmt.Errorf("not JSON at offset %d: %s", int(syntax.Offset)+mark, syntax.Error())
}

func firstLine(data []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(data[:min(len(data), 4*valueWidth)])), "\n")
	return strings.ToValidUTF8(line, "?")
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// tooDeep returns the offset at which the nesting passes maxDepth, -1 when it never does.
func tooDeep(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return i
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return -1
}

// unreadable finds numbers so large that no client can hold them; computing with
// them would take the memory of the machine.
func unreadable(body any, node *connector.Node) []Violation {
	return tidy(findHuge(body, nil, node, nil))
}

func findHuge(value any, path []string, node *connector.Node, out []Violation) []Violation {
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			out = findHuge(item, append(path, name), node, out)
		}
	case []any:
		for i, item := range v {
			switch item.(type) {
			case string, bool, nil:
			default:
				out = findHuge(item, append(path, strconv.Itoa(i)), node, out)
			}
		}
	case json.Number:
		if huge(v) {
			out = append(out, tooLarge(v, path, node))
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out = append(out, tooLarge(v, path, node))
		}
	}
	return out
}

func tooLarge(value any, path []string, node *connector.Node) Violation {
	return Violation{
		Pointer: joinPointer(path), SchemaPointer: node.Pointer(), Keyword: "type", Count: 1,
		Message: "expected a number that a client can hold, got " + Show(value),
	}
}

// decimal is a number as JSON writes it.
var decimal = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

// huge reports whether a number is beyond what double precision can hold by
// far, or is no number at all: a tolerant reader may have taken it for one.
func huge(n json.Number) bool {
	text := n.String()
	if len(text) > maxDigits || !decimal.MatchString(text) {
		return true
	}
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return false
	}
	exponent, err := strconv.Atoi(strings.TrimPrefix(text[at+1:], "+"))
	return err != nil || exponent > maxDigits || exponent < -maxDigits
}
