package schema

import (
	"bytes"
	"encoding/json"
)

// Duplicate finds a name that stands twice in one object of a JSON text: readers
// differ in which of the two they take. It returns "" when there is none, or the
// text is no JSON.
func Duplicate(data []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	decoder.UseNumber()
	// level is an open object, nil for an array. key says that a name comes next.
	type level struct {
		names map[string]bool
		key   bool
	}
	var open []*level
	for {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		var at *level
		if len(open) > 0 {
			at = open[len(open)-1]
		}
		if name, ok := token.(string); ok && at != nil && at.key {
			if at.names[name] {
				return name
			}
			at.names[name], at.key = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &level{names: map[string]bool{}, key: true})
			continue
		case json.Delim('['):
			open = append(open, &level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			if open = open[:len(open)-1]; len(open) == 0 {
				return ""
			}
			at = open[len(open)-1]
		}
		if at != nil && at.names != nil {
			at.key = true
		}
	}
}
