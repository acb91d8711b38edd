package rules

import "github.com/precert/precert/connector"

// listedParameter is one parameter object as it stands in the document.
type listedParameter struct {
	*connector.Parameter
	// Operation is the first operation that has it.
	Operation *connector.Operation
}

// listedParameters returns every parameter object that an operation has, each
// once: one of a path or of the shared parameters belongs to several operations.
func listedParameters(p *Pass) []listedParameter {
	return Shared(p, "listed parameters", func() []listedParameter {
		var out []listedParameter
		seen := map[*connector.Node]bool{}
		for _, op := range p.Definition.Operations {
			for _, param := range op.Parameters {
				if param.Node == nil || seen[param.Node] {
					continue
				}
				seen[param.Node] = true
				out = append(out, listedParameter{param, op})
			}
		}
		return out
	})
}
