package values

import (
	"fmt"
	"slices"

	"github.com/precert/precert/connector"
)

// rotation is in how many turns the optional properties come round.
const rotation = 4

func (m *maker) object(at spot, s *shape) (any, error) {
	if variant := m.subtype(at, s); variant != nil {
		at.nodes = append(slices.Clone(at.nodes), variant)
		s = m.g.shape(at.nodes)
	}
	leave, err := m.enter(at, s)
	if err != nil {
		return nil, err
	}
	defer leave()
	b := &objectBuilder{m: m, at: at, s: s, out: map[string]any{}}
	b.sample, b.sampleOrigin = m.sampleObject(at, s)
	for i, p := range s.props {
		if err := b.add(i, p); err != nil {
			return nil, err
		}
	}
	if err := b.fill(); err != nil {
		return nil, err
	}
	if _, noted := m.origins[at.place]; !noted {
		m.origins[at.place] = Generated
		if b.sample != nil {
			m.origins[at.place] = b.sampleOrigin
		}
	}
	return b.out, nil
}

// enter guards against cycles: the schemas of an object may not be inside themselves.
func (m *maker) enter(at spot, s *shape) (leave func(), err error) {
	size := len(m.open)
	for _, n := range s.parts {
		if slices.Contains(m.open[:size], n) {
			m.open = m.open[:size]
			return nil, m.impossible(at, "the schema requires itself without end")
		}
		m.open = append(m.open, n)
	}
	return func() { m.open = m.open[:size] }, nil
}

// sampleObject finds an example of the whole object; its members serve as hints.
func (m *maker) sampleObject(at spot, s *shape) (map[string]any, Origin) {
	if object, ok := at.hint.(map[string]any); ok && at.hasHint {
		return object, at.hintOrigin
	}
	for _, c := range m.samples(at, s) {
		if object, ok := c.value.(map[string]any); ok {
			return object, c.origin
		}
	}
	return nil, Generated
}

type objectBuilder struct {
	m            *maker
	at           spot
	s            *shape
	out          map[string]any
	sample       map[string]any
	sampleOrigin Origin
}

// add makes one property where it belongs into this call.
func (b *objectBuilder) add(i int, p property) error {
	spot := b.spot(p)
	if !p.required && !b.wanted(i, p, spot) {
		return nil
	}
	if b.discriminates(p, spot) {
		return nil
	}
	value, err := b.m.make(spot)
	switch {
	case err == nil:
		b.out[p.name] = value
	case p.required:
		return err
	default:
		b.m.forget(spot.place)
	}
	return nil
}

func (b *objectBuilder) spot(p property) spot {
	spot := b.at.child(p)
	if value, ok := b.sample[p.name]; ok && value != nil {
		spot.hint, spot.hasHint, spot.hintOrigin = value, true, b.sampleOrigin
	}
	return spot
}

// wanted decides on an optional property.
func (b *objectBuilder) wanted(i int, p property, at spot) bool {
	m := b.m
	if len(p.nodes) == 0 || m.g.readOnly(p.nodes) || b.s.maxProps >= 0 && len(b.out) >= b.s.maxProps-b.missing() {
		return false
	}
	if m.isGiven(at) {
		return true
	}
	if m.r.OnlyRequired || m.full || m.g.flag(p.nodes, deprecated) {
		return false
	}
	s := m.g.shape(p.nodes)
	sampled := at.hasHint || slices.ContainsFunc(m.samples(at, s), func(c candidate) bool { return true })
	if m.g.flag(p.nodes, internal) && !sampled {
		return false
	}
	if slices.ContainsFunc(s.parts, func(n *connector.Node) bool { return slices.Contains(m.open, n) }) {
		return false
	}
	if len(m.open) > maxNesting*2 && (s.typ() == "object" || s.typ() == "array") {
		return false
	}
	turn := m.r.Attempt % (rotation + 1)
	return sampled || turn > 0 && i%rotation == turn-1
}

// missing counts the required properties that are still to come.
func (b *objectBuilder) missing() int {
	n := 0
	for _, p := range b.s.props {
		if _, there := b.out[p.name]; p.required && !there {
			n++
		}
	}
	return n
}

// isGiven reports whether the user gave a value for a spot.
func (m *maker) isGiven(at spot) bool {
	if m.r.Lookup == nil || len(at.nodes) == 0 {
		return false
	}
	value, ok := m.lookup(at.path, at.nodes[0])
	if sourced, is := value.(Sourced); is {
		return ok && sourced.Origin == Given
	}
	return ok
}

// forget drops the origins below a place whose value was not made after all.
func (m *maker) forget(place string) {
	for at := range m.origins {
		if at == place || len(at) > len(place) && at[:len(place)] == place && at[len(place)] == '/' {
			delete(m.origins, at)
		}
	}
}

// fill adds optional properties, then made-up ones, until there are enough: an
// object that says nothing at all is refused by many APIs.
func (b *objectBuilder) fill() error {
	least := b.s.minProps
	if b.at.root && b.m.r.In == "body" && !b.m.r.OnlyRequired && b.s.maxProps != 0 {
		least = max(least, 1)
	}
	for pass := 0; pass < 2 && len(b.out) < least; pass++ {
		for _, p := range b.s.props {
			s := b.m.g.shape(p.nodes)
			nested := s.typ() == "object" || s.typ() == "array"
			if _, there := b.out[p.name]; there || len(b.out) >= least || nested != (pass == 1) ||
				b.m.g.readOnly(p.nodes) || b.m.g.flag(p.nodes, internal) || b.m.g.flag(p.nodes, deprecated) {
				continue
			}
			spot := b.spot(p)
			if value, err := b.m.make(spot); err == nil {
				b.out[p.name] = value
			}
		}
	}
	need := b.s.minProps
	if len(b.s.extra) > 0 && b.m.r.Attempt > 0 && !b.m.r.OnlyRequired && len(b.s.props) == 0 {
		need = max(need, 1)
	}
	for i := 1; len(b.out) < need && !b.s.closed && i <= need+len(b.s.props)+1; i++ {
		name := fmt.Sprintf("precert%d", i)
		if _, there := b.out[name]; there {
			continue
		}
		value, err := b.m.make(b.at.child(property{name: name, nodes: b.s.extra}))
		if err != nil {
			return b.unlessOptional(err)
		}
		b.out[name] = value
	}
	if len(b.out) < b.s.minProps {
		return b.m.impossible(b.at, "minProperties asks for %d properties, but only %d can be made", b.s.minProps, len(b.out))
	}
	return nil
}

func (b *objectBuilder) unlessOptional(err error) error {
	if len(b.out) >= b.s.minProps {
		return nil
	}
	return err
}
