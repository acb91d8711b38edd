package values

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
)

// normal turns Go values into what a JSON body is made of here: numbers become
// json.Number and keys strings, all the way down, in a copy.
func normal(value any) any {
	switch v := value.(type) {
	case nil, bool, string, json.Number:
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = normal(item)
		}
		return out
	case map[any]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[fmt.Sprint(name)] = normal(item)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, normal(item))
		}
		return out
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	case int:
		return json.Number(strconv.Itoa(v))
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return string(text)
	}
	return normal(out)
}

// equal reports whether two JSON values are the same; 1 and 1.0 are.
func equal(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, isOther := b.(json.Number)
	if isNumber && isOther {
		p, ok := new(big.Rat).SetString(x.String())
		q, too := new(big.Rat).SetString(y.String())
		return ok && too && p.Cmp(q) == 0
	}
	switch v := a.(type) {
	case []any:
		w, ok := b.([]any)
		if !ok || len(v) != len(w) {
			return false
		}
		for i := range v {
			if !equal(v[i], w[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		w, ok := b.(map[string]any)
		if !ok || len(v) != len(w) {
			return false
		}
		for name := range v {
			other, there := w[name]
			if !there || !equal(v[name], other) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
