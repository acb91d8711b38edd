package runner

import (
	"maps"
	"slices"
)

// nested makes records of arrays of objects inside an item.
func nested(op *operation, parent *record, item any, depth int) []*record {
	object, ok := item.(map[string]any)
	if !ok || depth > maxDeep {
		return nil
	}
	var out []*record
	for _, name := range sortedKeys(object) {
		list, ok := object[name].([]any)
		if !ok {
			continue
		}
		for i, sub := range list {
			if _, isObject := sub.(map[string]any); !isObject || i == maxItems {
				break
			}
			r := &record{resources: []string{singular(name)}, by: op, fields: map[string]any{}, sent: map[string]bool{}, params: maps.Clone(parent.params), item: sub}
			r.flatten(sub, "", 0)
			for field, v := range parent.fields {
				if field == "id" {
					r.params[parent.resources[0]+"id"] = v
				}
			}
			out = append(out, r)
			out = append(out, nested(op, r, sub, depth+1)...)
		}
	}
	return out
}

// listItems finds the items of a list answer about a resource and the name of the
// array that holds them; nil when the answer is no list.
func listItems(body any, resource string) (items []any, name string) {
	switch v := body.(type) {
	case []any:
		return nonNil(v), ""
	case map[string]any:
		for _, member := range sortedKeys(v) {
			if list, ok := v[member].([]any); ok && namesList(member, resource) && !hasID(v) {
				return nonNil(list), member
			}
		}
		for _, common := range listNames() {
			for _, member := range sortedKeys(v) {
				if list, ok := v[member].([]any); ok && norm(member) == common {
					return nonNil(list), common
				}
			}
		}
		for _, common := range []string{"data", "result", "response", "embedded", "d"} {
			for _, member := range sortedKeys(v) {
				if inner, ok := v[member].(map[string]any); ok && norm(member) == common {
					if items, name := listItems(inner, resource); items != nil {
						return items, name
					}
				}
			}
		}
		var only string
		for _, member := range sortedKeys(v) {
			if list, ok := v[member].([]any); ok && len(list) > 0 {
				if only != "" {
					return nil, ""
				}
				only = member
			}
		}
		// A thing with an id of its own is an item that has a list, not a list.
		if only != "" && !hasID(v) {
			return v[only].([]any), only
		}
	}
	return nil, ""
}

// hasID reports whether an object has an id of its own, however it is spelt.
func hasID(object map[string]any) bool {
	for name := range object {
		if norm(name) == "id" {
			return true
		}
	}
	return false
}

func nonNil(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}

// unwrap takes the one thing out of an envelope such as {"ticket": {…}} or {"data": {…}}.
func unwrap(body any, resource string) any {
	object, ok := body.(map[string]any)
	if !ok {
		return body
	}
	if hasID(object) {
		return body
	}
	for _, member := range sortedKeys(object) {
		inner, ok := object[member].(map[string]any)
		if !ok || len(inner) == 0 {
			continue
		}
		name := norm(member)
		if singular(name) == resource && resource != "" || slices.Contains([]string{"data", "result", "item", "response", "d"}, name) || len(object) == 1 {
			return inner
		}
	}
	return body
}
