package runner

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// found is a value for a need and where it came from.
type found struct {
	value any
	from  string
}

// fillNeeds finds values in the pool. What the operation acts on is chosen
// first; the other identifiers in the path must belong to the same thing.
func (c *composer) fillNeeds(o *operation, attempt int, view []*record, in *input) (map[*need]found, error) {
	filled := map[*need]found{}
	if o.undoes != nil {
		return filled, c.fillUndo(o, view, in, filled)
	}
	var anchor *record
	for _, n := range slices.Backward(o.needs) {
		if _, ok := c.given(o, n.path, n.name); ok || o.upsert && n.target && !o.form.existing {
			continue
		}
		if anchor != nil {
			if f, ok := c.fromAnchor(anchor, n); ok {
				f.value = typed(c.def.Resolve(n.node), f.value)
				filled[n] = f
				continue
			}
		}
		f, r, ok := c.fillNeed(o, n, attempt, view)
		if !ok {
			if err := c.unfilled(o, n, in); err != nil {
				return nil, err
			}
			continue
		}
		f.value = typed(c.def.Resolve(n.node), n.short(f.value))
		filled[n] = f
		if n.in == "path" || n.target {
			anchor = r
			if in.anchor == nil {
				in.anchor = r
			}
		}
		if n.target {
			in.target = r
		}
	}
	return filled, nil
}

// unfilled decides what a need without a value means: an error where making
// one up would change something unknown, nil where a guess does no harm.
func (c *composer) unfilled(o *operation, n *need, in *input) error {
	if o.upsert && n.target && !o.form.existing || !n.required && !n.target {
		return nil
	}
	if n.target && o.ownOnly() {
		return &missingError{fmt.Sprintf("nothing that this run created is left for %s to act on", o.name), mendOwn(o, n)}
	}
	if o.reads() || hasSample(n.node) {
		return nil
	}
	if o.kind == kindCreate && c.def.Resolve(n.node).Get("type").String() == "string" {
		// A made-up text names nothing that is there: the worst is a refusal.
		in.guessed = true
		return nil
	}
	return &missingError{fmt.Sprintf("no value is known for %s: no operation that ran yields one", n.name), mendValue(o, n.name)}
}

func mendOwn(o *operation, n *need) string {
	return fmt.Sprintf("operations: {%s: {allow: true, values: {%s: …}}}", yamlKey(o.name), n.name)
}

func hasSample(n *connector.Node) bool {
	return n.Get("default").Exists() || n.Get("x-example").Exists() || n.Get("example").Exists() || n.Get("enum").Len() > 0
}

// fillNeed picks a record for a need, a different one for each call.
func (c *composer) fillNeed(o *operation, n *need, attempt int, view []*record) (found, *record, bool) {
	var candidates []*record
	var valuesOf []any
	valueIn := c.valueIn
	consider := func(own bool) {
		for _, r := range view {
			if r.own != own || !r.usable() || n.target && o.form.existing && r.by == o || n.target && (o.kind == kindDelete && (r.takenBy(o) || r.keeps || slices.Contains(o.form.detached, r)) || o.form.fresh && !slices.Contains(o.learnt, r)) {
				continue
			}
			if v, ok := valueIn(r, n); ok {
				candidates, valuesOf = append(candidates, r), append(valuesOf, v)
			}
		}
	}
	consider(true)
	if !n.target || !o.ownOnly() && !o.form.existing {
		consider(false)
	}
	if len(candidates) == 0 && (o.reads() || !n.target) {
		valueIn = c.mentionIn
		consider(true)
		consider(false)
	}
	if len(candidates) == 0 {
		return found{}, nil, false
	}
	if o.safe() {
		candidates, valuesOf = mixed(candidates, valuesOf)
	}
	if n.target && n.in == "path" {
		candidates, valuesOf = c.nearest(o, candidates, valuesOf)
		if len(candidates) == 0 {
			return found{}, nil, false
		}
	}
	i := attempt % len(candidates)
	if f := slices.Index(candidates, o.form.favourite); f >= 0 && (n.target || o.reads()) {
		i = f
	}
	if f := slices.Index(candidates, o.form.pinned); f >= 0 && n.dynamic != nil {
		i = f
	}
	if o.kind == kindDelete && n.target {
		i = 0
	}
	r := candidates[i]
	if o.kind == kindDelete && n.target && o.ownOnly() {
		r.taken.Store(o)
	}
	return found{valuesOf[i], describeRecord(r)}, r, true
}

func describeRecord(r *record) string {
	if r.own {
		return "created by " + r.by.name
	}
	return "an answer of " + r.by.name
}

// valueIn returns the value of a need that a record holds.
func (c *composer) valueIn(r *record, n *need) (any, bool) {
	accept := func(v any) bool { return c.fits(n, v) }
	if r.stand {
		return "{" + n.name + "}", slices.ContainsFunc(n.resources, r.is)
	}
	if n.dynamic != nil && (n.target || n.within) && r.own && r.by.kind == kindCreate && slices.ContainsFunc(n.resources, r.is) {
		// What the run has made would be in the list if it were asked again.
		value := n.dynamic.value[strings.LastIndexAny(n.dynamic.value, "./")+1:]
		return r.field(append([]string{norm(value)}, n.fields...), accept)
	}
	if n.dynamic != nil {
		if r.by.name != n.dynamic.operationID || !r.listed {
			return nil, false
		}
		v := dig(r.item, n.dynamic.value)
		if isScalar(v) && accept(v) {
			return v, true
		}
		return nil, false
	}
	for _, resource := range n.resources {
		if resource != "" && r.is(resource) {
			return r.field(c.fieldsOf(n), accept)
		}
	}
	return nil, false
}

// mentionIn returns the value of a need that a thing of another kind mentions
// under the very name that the need has: an attachment's partId is that of a part.
func (c *composer) mentionIn(r *record, n *need) (any, bool) {
	if r.stand || !n.named() {
		return nil, false
	}
	return r.field([]string{norm(n.name)}, func(v any) bool { return c.fits(n, v) })
}

// fromAnchor takes a value from the thing that was already chosen: the way
// that leads to it, or what it says about itself.
func (c *composer) fromAnchor(anchor *record, n *need) (found, bool) {
	accept := func(v any) bool { return c.fits(n, v) }
	if anchor.stand {
		return found{"{" + n.name + "}", describeRecord(anchor)}, n.in == "path" || slices.ContainsFunc(n.resources, anchor.is)
	}
	names := append(make([]string, 0, 1+5*len(n.resources)), norm(n.name))
	for _, r := range n.resources {
		names = append(names, r+"id", r, r+"login", r+"name", r+"key")
	}
	if key := c.keys[n.key()]; key != "" && n.in == "path" && (slices.ContainsFunc(n.resources, anchor.is) || strings.HasPrefix(key, n.resources[0])) {
		if v, ok := anchor.field([]string{key}, accept); ok {
			return found{v, describeRecord(anchor)}, true
		}
	}
	for _, name := range names {
		if v, ok := anchor.params[name]; ok && accept(v) {
			return found{v, describeRecord(anchor)}, true
		}
	}
	if n.in != "path" && !n.beside {
		return found{}, false
	}
	if !slices.ContainsFunc(n.resources, anchor.is) {
		// The id of a user is none of a team.
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(commonIDs(), name) })
	}
	if v, ok := anchor.field(names, accept); ok {
		return found{v, describeRecord(anchor)}, true
	}
	return found{}, false
}

// fillUndo takes everything from one grant that this run made.
func (c *composer) fillUndo(o *operation, view []*record, in *input, filled map[*need]found) error {
	for _, r := range view {
		if !r.own || !r.usable() || r.by != o.undoes || r.takenBy(o) {
			continue
		}
		r.taken.Store(o)
		in.target, in.anchor = r, r
		for _, n := range o.needs {
			names := append(slices.Clone(n.fields), o.resource)
			if t := o.undoes.target(); n.target && t != nil && !isReference(o.Operation) {
				names = append([]string{norm(t.name)}, names...)
			}
			if v, ok := r.field(names, func(any) bool { return true }); ok {
				filled[n] = found{typed(c.def.Resolve(n.node), v), describeRecord(r)}
				continue
			}
			for _, name := range names {
				if v, ok := r.params[name]; ok && isReference(o.Operation) {
					filled[n] = found{v, describeRecord(r)}
					break
				}
			}
		}
		return nil
	}
	return &missingError{fmt.Sprintf("nothing that %s did is left to be undone", o.undoes.name), mendValue(o, "id")}
}

// fits reports whether a learnt value can stand for what a need asks for.
func (c *composer) fits(n *need, v any) bool {
	node := c.def.Resolve(n.node)
	v = n.short(v)
	return fits(node, v) && (c.sound == nil || c.sound(n.node, typed(node, v)))
}

// short is what a path takes of the full name that some APIs give to things: old of
// projects/7/topics/old, where the path has /topics/{topicId}.
func (n *need) short(v any) any {
	name, ok := v.(string)
	if !ok || n.below == "" {
		return v
	}
	parts := strings.Split(name, "/")
	if last := len(parts) - 1; last > 0 && parts[last] != "" && parts[last-1] == n.below {
		return parts[last]
	}
	return v
}

// fits reports whether a learnt value can stand for a parameter.
func fits(node *connector.Node, v any) bool {
	if !isScalar(v) {
		return false
	}
	text := fmt.Sprint(v)
	switch node.Get("type").String() {
	case "integer":
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return false
		}
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return false
		}
	case "boolean":
		return text == "true" || text == "false"
	case "string":
		if _, isBool := v.(bool); isBool {
			return false
		}
	}
	if node.Get("format").String() == "uuid" && !isUUID(text) {
		return false
	}
	if enum := node.Get("enum"); enum.Len() > 0 {
		ok := false
		for item := range enum.Items {
			ok = ok || item.Text() == text
		}
		return ok
	}
	if most, ok := node.Get("maxLength").Float(); ok && float64(len(text)) > most {
		return false
	}
	return text != ""
}

func isUUID(text string) bool {
	return regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`).MatchString(text)
}

// typed gives a learnt value the JSON type that a body property asks for.
func typed(node *connector.Node, v any) any {
	switch node.Get("type").String() {
	case "string":
		if _, ok := v.(string); !ok {
			return fmt.Sprint(v)
		}
	case "array":
		if _, ok := v.([]any); !ok {
			return []any{v}
		}
	case "integer", "number":
		if text, ok := v.(string); ok && !strings.HasPrefix(text, "{") {
			return json.Number(text)
		}
	}
	return v
}

// dig follows a path such as "properties/id" or "id" into a value.
func dig(v any, path string) any {
	for step := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if step == "" {
			continue
		}
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}
