package values

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// maxValues bounds the size of one input; schemas that fan out without end are cut there.
const maxValues = 3000

// maxNesting is the depth below which optional objects and arrays are left out.
const maxNesting = 6

// maker makes one value.
type maker struct {
	g       *Generator
	r       Request
	origins map[string]Origin
	notes   []string
	// open are the schemas that are being made right now: meeting one again is a cycle.
	open   []*connector.Node
	budget int
	// full says that the budget was spent once: no optional property is added any more.
	full bool
	// asked keeps what Lookup answered: it may take values from pools, so each place is asked once.
	asked map[question]answered
}

type question struct {
	path string
	node *connector.Node
}

type answered struct {
	value any
	ok    bool
}

// lookup asks the caller for a value, once for each place.
func (m *maker) lookup(path string, node *connector.Node) (any, bool) {
	if m.r.Lookup == nil {
		return nil, false
	}
	key := question{path, node}
	if a, known := m.asked[key]; known {
		return a.value, a.ok
	}
	value, ok := m.r.Lookup(path, node)
	if m.asked == nil {
		m.asked = map[question]answered{}
	}
	m.asked[key] = answered{value, ok}
	return value, ok
}

// spot is one place of the value.
type spot struct {
	nodes []*connector.Node
	// name is the property, or the parameter; items have that of their array.
	name string
	// path joins property names; place also has the indexes of items.
	path, place string
	root        bool
	required    bool
	// variant is the index of an item, to make items differ.
	variant int
	// hint is what an example of an outer value holds here.
	hint       any
	hasHint    bool
	hintOrigin Origin
}

// impossible says why nothing can satisfy the schema at a place.
type impossible struct{ place, reason string }

func (e *impossible) Error() string {
	return fmt.Sprintf("no value can be made for %s: %s", e.place, e.reason)
}

func (m *maker) impossible(at spot, format string, args ...any) error {
	place := at.place
	if at.root || m.r.In != "body" {
		place = display(m.r.Name, at.place)
	}
	if place == "" {
		place = "the body"
	}
	return &impossible{place: place, reason: fmt.Sprintf(format, args...)}
}

// make makes the value of one spot.
func (m *maker) make(at spot) (any, error) {
	if m.budget--; m.budget < 0 {
		if !m.full {
			m.full, m.budget = true, maxValues
		}
		return nil, m.impossible(at, "the schema asks for more than %d values", maxValues)
	}
	if value, ok := m.given(at); ok {
		return value, nil
	}
	s := m.g.shape(at.nodes)
	if len(at.nodes) > 0 && len(s.parts) == 0 {
		return nil, m.impossible(at, "its $ref leads nowhere")
	}
	if s.types != nil && len(s.types) == 0 {
		return nil, m.impossible(at, "the parts of allOf ask for types that exclude each other")
	}
	switch s.typ() {
	case "object":
		return m.object(at, s)
	case "array":
		return m.array(at, s)
	case "":
		if len(s.parts) > 0 && !s.hasEnum && s.format == "" && len(s.patterns) == 0 {
			return m.anything(at, s)
		}
	}
	return m.scalar(at, s)
}

// anything serves a schema that says no type.
func (m *maker) anything(at spot, s *shape) (any, error) {
	if at.hasHint {
		return m.keep(at, at.hintOrigin, at.hint), nil
	}
	for _, c := range m.samples(at, s) {
		return m.keep(at, c.origin, c.value), nil
	}
	if at.root && m.r.In == "body" {
		return m.object(at, s)
	}
	return m.scalar(at, s)
}

// keep notes where the value of a spot comes from.
func (m *maker) keep(at spot, origin Origin, value any) any {
	m.origins[at.place] = origin
	return value
}

// given asks Lookup. A learnt value must fit the schema; one of the user is
// taken at his word, with a note.
func (m *maker) given(at spot) (any, bool) {
	if m.r.Lookup == nil || len(at.nodes) == 0 {
		return nil, false
	}
	path := at.path
	if at.root || m.r.In != "body" {
		path = m.r.Name
	}
	value, ok := m.lookup(path, at.nodes[0])
	if !ok {
		return nil, false
	}
	origin := Given
	if sourced, is := value.(Sourced); is {
		value, origin = sourced.Value, sourced.Origin
	}
	value = m.coerce(value, at)
	if m.fits(at.nodes, value) {
		return m.keep(at, origin, value), true
	}
	if origin != Given {
		return nil, false
	}
	return m.keep(at, origin, value), true
}

// coerce writes a value from a configuration or an answer in the type that the schema asks for.
func (m *maker) coerce(value any, at spot) any {
	value = normal(value)
	typ := m.g.shape(at.nodes).typ()
	switch v := value.(type) {
	case string:
		switch {
		case (typ == "integer" || typ == "number") && rat(v) != nil:
			return number(rat(v))
		case typ == "boolean" && (v == "true" || v == "false"):
			return v == "true"
		case typ == "array":
			return []any{v}
		}
	case []any, map[string]any, nil:
	default:
		if typ == "string" {
			return Text(v, "")
		}
	}
	return value
}

// fits reports whether a value satisfies all schemas of a spot.
func (m *maker) fits(nodes []*connector.Node, value any) bool {
	for _, n := range nodes {
		found, err := m.g.validator.ValidateRequest(n, value)
		if err != nil || slices.ContainsFunc(found, func(v schema.Violation) bool { return !v.Lenient }) {
			return false
		}
	}
	return true
}

// why says what the schema has against a value.
func (m *maker) why(at spot, value any) string {
	for _, n := range at.nodes {
		found, err := m.g.validator.ValidateRequest(n, value)
		if err != nil {
			return err.Error()
		}
		if len(found) > 0 {
			return found[0].Message
		}
	}
	return "nothing"
}

// candidate is a value of the definition itself.
type candidate struct {
	value  any
	origin Origin
}

// samples returns the examples and defaults of a spot, in order of trust,
// whether or not they fit.
func (m *maker) samples(at spot, s *shape) []candidate {
	var out []candidate
	add := func(n *connector.Node, name string, origin Origin) {
		if value := n.Get(name); value.Exists() && value.Kind() != connector.Null {
			out = append(out, candidate{schema.Value(value), origin})
		}
	}
	sources := slices.Concat(at.nodes, s.parts)
	if at.root && m.r.In == "body" && len(at.nodes) > 0 {
		if holder := at.nodes[0].Parent(); holder.Get("in").String() == "body" {
			sources = slices.Concat([]*connector.Node{holder}, sources)
		}
	}
	for _, name := range []string{"x-ms-test-value", "example", "x-example"} {
		for _, n := range sources {
			add(n, name, Example)
		}
	}
	for _, n := range sources {
		add(n, "default", Default)
	}
	return out
}

// scalar makes strings, numbers, booleans and null.
func (m *maker) scalar(at spot, s *shape) (any, error) {
	if at.hasHint {
		if value := m.coerce(at.hint, at); m.fits(at.nodes, value) {
			return m.keep(at, at.hintOrigin, m.vary(at, s, value)), nil
		}
	}
	fixed := m.g.flag(at.nodes, internal)
	var usable []candidate
	for _, c := range m.samples(at, s) {
		c.value = m.coerce(c.value, at)
		if m.fits(at.nodes, c.value) {
			usable = append(usable, c)
		}
	}
	for _, c := range usable {
		if fixed && c.origin == Default {
			return m.keep(at, Default, c.value), nil
		}
	}
	// An example of a place in a path names something that exists: another value would not.
	turn := m.r.Attempt + at.variant
	if s.hasEnum && (len(usable) == 0 || turn > 0 && m.r.In != "path") {
		if value, ok := m.enumValue(at, s, usable, turn); ok {
			return m.keep(at, Enum, value), nil
		}
	}
	if len(usable) > 0 {
		return m.keep(at, usable[0].origin, m.vary(at, s, usable[0].value)), nil
	}
	if s.hasEnum && len(s.enum) == 0 {
		return nil, m.impossible(at, "the parts of allOf list enum values that exclude each other")
	}
	if s.hasEnum {
		return nil, m.impossible(at, "the schema contradicts itself, for none of the enum values satisfies the rest of it: %s", m.why(at, s.enum[0]))
	}
	return m.invent(at, s)
}

// enumValue rotates through the enum, beginning with the default.
func (m *maker) enumValue(at spot, s *shape, usable []candidate, turn int) (any, bool) {
	start := 0
	if len(usable) > 0 {
		start = max(0, slices.IndexFunc(s.enum, func(v any) bool { return equal(v, usable[0].value) }))
	}
	var last any
	found := false
	for i := range s.enum {
		value := m.coerce(s.enum[(start+turn+i)%len(s.enum)], at)
		if !m.fits(at.nodes, value) {
			continue
		}
		if Text(value, "") != "" {
			return value, true
		}
		last, found = value, true
	}
	return last, found
}

// vary lets a sample differ from call to call where it is plainly free text.
func (m *maker) vary(at spot, s *shape, value any) any {
	text, ok := value.(string)
	turn := m.r.Attempt + at.variant
	if !ok || turn == 0 || m.r.In != "body" || s.format != "" || s.hasEnum || !freeText(at.name) {
		return value
	}
	other := text + " " + strconv.Itoa(turn+1)
	if m.fits(at.nodes, other) {
		return other
	}
	return value
}

// invent makes a scalar from type, format, bounds and name.
func (m *maker) invent(at spot, s *shape) (any, error) {
	switch typ := s.typ(); typ {
	case "integer", "number":
		return m.number(at, s, typ == "integer")
	case "boolean":
		return m.keep(at, Generated, (m.r.Attempt+at.variant)%2 == 1), nil
	case "null":
		return m.keep(at, Generated, nil), nil
	case "string", "":
		return m.text(at, s)
	case "file":
		return m.keep(at, Generated, "precert test file\n"), nil
	default:
		return nil, m.impossible(at, "%q is not a type", typ)
	}
}

// child is the spot of a property.
func (at spot) child(p property) spot {
	return spot{nodes: p.nodes, name: p.name, path: join(at.path, p.name), place: join(at.place, p.name), required: p.required, variant: at.variant}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}
