package values

import (
	"slices"
	"strconv"
)

// maxSampleItems is how many items of an example are taken over.
const maxSampleItems = 3

func (m *maker) array(at spot, s *shape) (any, error) {
	var sample []any
	origin := Generated
	if list, ok := at.hint.([]any); ok && at.hasHint {
		sample, origin = list, at.hintOrigin
	}
	for _, c := range m.samples(at, s) {
		if list, ok := c.value.([]any); ok && sample == nil {
			sample, origin = list, c.origin
		}
	}
	want := max(s.minItems, min(max(len(sample), 1), maxSampleItems))
	if s.maxItems >= 0 {
		want = min(want, s.maxItems)
	}
	if want < s.minItems {
		return nil, m.impossible(at, "minItems %d is more than maxItems %d", s.minItems, s.maxItems)
	}
	out := []any{}
	for i := 0; len(out) < want; i++ {
		item := spot{
			nodes: s.items, name: at.name, path: at.path, variant: at.variant + i,
			place: join(at.place, strconv.Itoa(len(out))), required: len(out) < s.minItems,
		}
		if i < len(sample) {
			item.hint, item.hasHint, item.hintOrigin = sample[i], true, origin
		}
		value, err := m.make(item)
		repeated := err == nil && s.unique && slices.ContainsFunc(out, func(o any) bool { return equal(o, value) })
		switch {
		case err == nil && !repeated:
			out = append(out, value)
		case len(out) >= s.minItems && (err != nil || i > want+20):
			m.forget(item.place)
			want = len(out)
		case err != nil:
			return nil, err
		case i > want+200:
			return nil, m.impossible(at, "minItems asks for %d items that differ, but only %d can be made", s.minItems, len(out))
		}
	}
	m.origins[at.place] = origin
	return out, nil
}
