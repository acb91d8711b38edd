package policy

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
)

// orders keeps the order in which the members of objects were written: a map forgets it.
type orders map[uintptr][]string

func identity(object map[string]any) uintptr { return reflect.ValueOf(object).Pointer() }

// names lists the members of an object as they were written, by name where that
// is not known any more.
func (o orders) names(object map[string]any) []string {
	written := o[identity(object)]
	sorted := sortedNames(object)
	if len(written) == len(sorted) && slices.Equal(slices.Sorted(slices.Values(written)), sorted) {
		return written
	}
	return sorted
}

// decodeOrdered reads JSON that decodeJSON has taken already.
func decodeOrdered(raw []byte) (any, orders) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	decoder.UseNumber()
	known := orders{}
	return known.read(decoder), known
}

func (o orders) read(decoder *json.Decoder) any {
	token, err := decoder.Token()
	if err != nil {
		return nil
	}
	switch token {
	case json.Delim('{'):
		object, written := map[string]any{}, []string(nil)
		for decoder.More() {
			name, _ := decoder.Token() // it was read before without a fault
			key, _ := name.(string)
			if _, again := object[key]; !again {
				written = append(written, key)
			}
			object[key] = o.read(decoder)
		}
		_, _ = decoder.Token() // the closing brace
		o[identity(object)] = written
		return object
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			list = append(list, o.read(decoder))
		}
		_, _ = decoder.Token() // the closing bracket
		return list
	}
	return token
}
