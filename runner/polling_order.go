package runner

import "time"

// timeFields are the properties that hold a time in every item.
func timeFields(items []any) []string {
	if len(items) < 2 {
		return nil
	}
	first, ok := items[0].(map[string]any)
	if !ok {
		return nil
	}
	var out []string
	for _, name := range sortedKeys(first) {
		all := true
		for _, item := range items {
			object, _ := item.(map[string]any)
			_, isTime := timeOf(object[name])
			all = all && isTime
		}
		if all {
			out = append(out, name)
		}
	}
	return out
}

func timeOf(v any) (time.Time, bool) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// order is 1 when the times of the items rise, -1 when they fall, 0 when they do neither.
func order(items []any, name string) int {
	rises, falls := false, false
	var before time.Time
	for i, item := range items {
		object, _ := item.(map[string]any)
		t, _ := timeOf(object[name])
		if i > 0 {
			rises, falls = rises || t.After(before), falls || t.Before(before)
		}
		before = t
	}
	switch {
	case rises && !falls:
		return 1
	case falls && !rises:
		return -1
	}
	return 0
}
