package values

import (
	"slices"

	"github.com/precert/precert/connector"
)

// subtype chooses one of the definitions that extend a base with a discriminator,
// another one in each attempt; nil when there is none or one is chosen already.
func (m *maker) subtype(at spot, s *shape) *connector.Node {
	if s.discriminator == "" {
		return nil
	}
	base := m.base(s)
	if base == nil || m.kind(at, s) != base {
		return nil
	}
	var subtypes []*connector.Node
	for d := range m.g.def.Root.Get("definitions").Members {
		if d != base && slices.ContainsFunc(m.g.shape([]*connector.Node{d}).parts, func(n *connector.Node) bool { return n == base }) {
			subtypes = append(subtypes, d)
		}
	}
	if len(subtypes) == 0 {
		return nil
	}
	return subtypes[(m.r.Attempt+at.variant)%len(subtypes)]
}

// base is the schema that declares the discriminator.
func (m *maker) base(s *shape) *connector.Node {
	for _, n := range s.parts {
		if n.Get("discriminator").IsString() {
			return n
		}
	}
	return nil
}

// kind is the named definition that a spot asks for: the last one when a subtype was chosen.
func (m *maker) kind(at spot, s *shape) *connector.Node {
	definitions := m.g.def.Root.Get("definitions")
	for i := len(at.nodes) - 1; i >= 0; i-- {
		if n := m.g.def.Resolve(at.nodes[i]); n != nil && n.Parent() == definitions {
			return n
		}
	}
	return m.base(s)
}

// discriminates sets the property that names the subtype; it reports whether it did.
func (b *objectBuilder) discriminates(p property, at spot) bool {
	if b.s.discriminator != p.name {
		return false
	}
	kind := b.m.kind(b.at, b.s)
	names := []string{kind.Get("x-ms-discriminator-value").String(), kind.Key()}
	for _, name := range names {
		if name != "" && b.m.fits(p.nodes, name) {
			b.out[p.name] = b.m.keep(at, Enum, name)
			return true
		}
	}
	return false
}
