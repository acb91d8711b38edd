package policy

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// property is what the templates that reshape bodies have in common: a value
// at sub below each parent, and the place where the result goes.
type property struct {
	parent place
	sub    steps
	target place
}

// each calls change with the value of every parent and puts the result in the
// target. A parent that is an array stands for its items, unless the value is
// the parent itself. Where there is no value, or change refuses it, nothing happens.
func (p property) each(sc *scene, change func(v any) (any, bool)) error {
	root, ok := sc.body.value()
	if !ok {
		return nil
	}
	parent, ok := p.parent.steps.get(root)
	if !ok {
		return nil
	}
	parents := []any{parent}
	if list, isList := parent.([]any); isList && len(p.sub) > 0 {
		parents = list
	}
	for _, item := range parents {
		old, ok := p.sub.get(item)
		if !ok {
			continue
		}
		copied, err := sc.body.clone(old)
		if err != nil {
			return err
		}
		if result, changed := change(copied); changed {
			sc.body.put(p.target, p.parent, item, result)
		}
	}
	return nil
}

// put writes a value at a place. Without steps an @item() is the parent itself.
func (d *document) put(to, parent place, item, value any) {
	d.changed = true
	switch {
	case !to.item:
		d.root = to.steps.set(d.root, value)
	case len(to.steps) > 0:
		to.steps.set(item, value)
	default:
		d.root = parent.steps.set(d.root, value)
	}
}

// setProperty is the template setproperty.
type setProperty struct {
	parent place
	sub    steps
	value  template
}

func (a *setProperty) templates() []template { return []template{a.value} }

func (a *setProperty) apply(sc *scene) error {
	root, ok := sc.body.value()
	if !ok {
		return nil
	}
	parent, ok := a.parent.steps.get(root)
	if !ok {
		return nil
	}
	parents := []any{parent}
	if list, isList := parent.([]any); isList {
		parents = list
	}
	for _, item := range parents {
		if _, isObject := item.(map[string]any); !isObject {
			continue
		}
		value, ok, err := a.evaluate(sc, item)
		if err != nil {
			return err
		}
		if ok {
			a.sub.set(item, value)
			sc.body.changed = true
		}
	}
	return nil
}

// evaluate makes the value: that of a lone expression as it is, an array or
// object where the text is one, else the text.
func (a *setProperty) evaluate(sc *scene, item any) (v any, ok bool, err error) {
	if len(a.value) == 1 && a.value[0].kind != literal {
		if v, ok = a.value[0].value(sc, item); !ok {
			return nil, false, nil
		}
		v, err = sc.body.clone(v)
		return v, err == nil, err
	}
	text, err := a.value.render(sc, item, nil, false)
	if err != nil {
		return nil, false, err
	}
	if sc.body.copied += len(text) / textValue; sc.body.copied > maxValues {
		return nil, false, errTooLarge
	}
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{") {
		if decoded, isJSON := decodeJSON([]byte(trimmed)); isJSON {
			return decoded, true, nil
		}
	}
	return text, true, nil
}

// moveProperties is the template moveproperties.
type moveProperties struct {
	from, to       place
	fromSub, toSub steps
	// children moves what is in the property, not the property itself.
	children bool
}

func (a *moveProperties) templates() []template { return nil }

func (a *moveProperties) apply(sc *scene) error {
	root, ok := sc.body.value()
	if !ok {
		return nil
	}
	parent, ok := a.from.steps.get(root)
	if !ok {
		return nil
	}
	parents := []any{parent}
	if list, isList := parent.([]any); isList {
		parents = list
	}
	for _, item := range parents {
		moved, ok := a.fromSub.get(item)
		if !ok {
			continue
		}
		to := a.to
		to.steps = slices.Concat(a.to.steps, a.toSub)
		if !a.children {
			if len(a.toSub) == 0 && len(a.fromSub) > 0 {
				to.steps = append(to.steps, a.fromSub[len(a.fromSub)-1])
			}
			a.fromSub.remove(item)
			sc.body.put(to, a.from, item, moved)
			continue
		}
		object, isObject := moved.(map[string]any)
		if !isObject {
			continue
		}
		// All are taken out before the first is put back: the destination may lie within.
		children := maps.Clone(object)
		a.fromSub.remove(item)
		clear(object)
		for _, name := range sortedNames(children) {
			below := to
			below.steps = append(slices.Clone(to.steps), step{name: name})
			sc.body.put(below, a.from, item, children[name])
		}
	}
	return nil
}

// objectToArray is the template convertobjecttoarray.
type objectToArray struct {
	property
	key, value string
}

func (a *objectToArray) templates() []template { return nil }

func (a *objectToArray) apply(sc *scene) error {
	return a.each(sc, func(v any) (any, bool) {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		out := make([]any, 0, len(object))
		for _, name := range sc.body.written.names(object) {
			out = append(out, map[string]any{a.key: name, a.value: object[name]})
		}
		return out, true
	})
}

// arrayToObject is the template convertarraytoobject.
type arrayToObject struct {
	property
	key    steps
	retain bool
}

func (a *arrayToObject) templates() []template { return nil }

// apply leaves out items without a key: an object has no place for them.
func (a *arrayToObject) apply(sc *scene) error {
	return a.each(sc, func(v any) (any, bool) {
		list, ok := v.([]any)
		if !ok {
			return nil, false
		}
		out := map[string]any{}
		for _, item := range list {
			key, ok := a.key.get(item)
			if !ok || key == nil {
				continue
			}
			if !a.retain {
				a.key.remove(item)
			}
			out[asText(key)] = item
		}
		return out, true
	})
}

// stringToArray is the template stringtoarray.
type stringToArray struct {
	property
	delimiters, child string
}

func (a *stringToArray) templates() []template { return nil }

// apply splits at each of the delimiters; nothing comes of two in a row.
func (a *stringToArray) apply(sc *scene) error {
	return a.each(sc, func(v any) (any, bool) {
		text, ok := v.(string)
		if !ok {
			return nil, false
		}
		out := []any{}
		for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(a.delimiters, r) }) {
			out = append(out, map[string]any{a.child: one})
		}
		return out, true
	})
}

// rewriteText are the templates stringreplace and encodepropertyvalue.
type rewriteText struct {
	property
	// rewrite makes the new text; it reports false where that would be too long.
	rewrite func(string) (string, bool)
}

func (a *rewriteText) templates() []template { return nil }

func (a *rewriteText) apply(sc *scene) error {
	return a.each(sc, func(v any) (any, bool) {
		text, ok := v.(string)
		if !ok {
			return nil, false
		}
		out, ok := a.rewrite(text)
		return out, ok
	})
}

// replacer puts replacement for every source in a text.
func replacer(source, replacement string) func(string) (string, bool) {
	return func(s string) (string, bool) {
		if len(s)+strings.Count(s, source)*len(replacement) > maxBody {
			return "", false
		}
		return strings.ReplaceAll(s, source, replacement), true
	}
}

// escapeAll encodes all but letters, digits and - _ . ~ as %XX.
func escapeAll(s string) (string, bool) {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), len(s) <= maxBody/3
}

func sortedNames(object map[string]any) []string {
	out := make([]string, 0, len(object))
	for name := range object {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
