package runner

import (
	"slices"

	"github.com/precert/precert/connector"
)

func (p *planner) byName(name string) *operation {
	for _, o := range p.ops {
		if o.name == name {
			return o
		}
	}
	return nil
}

// producers are the operations that yield values for a need, creations first;
// where nothing makes or lists such things, those whose answers mention them.
func (p *planner) producers(n *need) []*operation {
	if n.dynamic != nil {
		out := []*operation{p.byName(n.dynamic.operationID)}
		if n.target || n.within {
			makers := p.producers(&need{resources: n.resources})
			out = append(slices.DeleteFunc(makers, func(o *operation) bool { return o.kind != kindCreate || o == out[0] }), out...)
		}
		return out
	}
	if out := p.sources(n); len(out) > 0 || !n.named() {
		return out
	}
	return slices.DeleteFunc(slices.Clone(p.ops), func(o *operation) bool {
		return !isSafeMethod(o.Method) || o.need(n.in, n.path) != nil || !p.mentions(o)[norm(n.name)]
	})
}

// named reports whether a path parameter says of itself what it identifies:
// partId does, id does not.
func (n *need) named() bool {
	resource, suffix := stem(n.name)
	return n.in == "path" && n.dynamic == nil && resource != "" && suffix != ""
}

// mentions are the names of what stands in an operation's answers.
func (p *planner) mentions(o *operation) map[string]bool {
	if p.said[o] == nil {
		p.said[o] = map[string]bool{}
		p.def.WalkSchema(successSchema(o.Operation), func(schema *connector.Node, _ string) bool {
			for _, property := range p.def.Properties(schema) {
				p.said[o][norm(property.Key())] = true
			}
			return true
		})
	}
	return p.said[o]
}

// sources are the operations that make, list or yield what a need names.
func (p *planner) sources(n *need) []*operation {
	var out []*operation
	for _, wanted := range []kind{kindCreate, kindList} {
		for _, o := range p.ops {
			if o.kind == wanted && !isHook(o) && o.resource != "" && slices.Contains(n.resources, o.resource) {
				out = append(out, o)
			}
		}
	}
	for _, o := range p.ops {
		if o.yields != "" && slices.Contains(n.resources, o.yields) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// creators are the operations that make what a need names.
func (p *planner) creators(o *operation, n *need) []*operation {
	if o.undoes != nil {
		return []*operation{o.undoes}
	}
	if o.unhook {
		return p.hooks()
	}
	return slices.DeleteFunc(p.sources(&need{resources: n.resources}), func(c *operation) bool { return c.kind != kindCreate || c == o })
}
