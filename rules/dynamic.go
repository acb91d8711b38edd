package rules

import (
	"github.com/precert/precert/connector"
)

const dynamicSource = operationsSource + "; https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions#use-dynamic-values"

// The extensions that call an operation while a flow is built.
const (
	dynamicValues     = "x-ms-dynamic-values"
	dynamicList       = "x-ms-dynamic-list"
	dynamicSchema     = "x-ms-dynamic-schema"
	dynamicProperties = "x-ms-dynamic-properties"
	dynamicTree       = "x-ms-dynamic-tree"
	testConnection    = "testConnection"
	filePicker        = "file-picker"
	operationContext  = "x-ms-operation-context"
)

// dynamicCall is one place where a definition has the platform call an operation.
type dynamicCall struct {
	// kind is one of the constants above.
	kind string
	// node holds operationId and parameters: the extension, or a part of a tree or file picker.
	node *connector.Node
	// holder is the schema or parameter with the extension, nil for calls of the connector as a whole.
	holder *connector.Node
	// sources are the operations whose inputs a reference names.
	sources []*connector.Operation
	// target is the operation that is called, nil when there is none of this id.
	target    *connector.Operation
	arguments []argument
}

// argument is one member of a call's parameters.
type argument struct {
	// node is the member; its key names an input of the target.
	node *connector.Node
	// literal is the fixed value, reference the name of an input of the source;
	// both are nil when the value comes from the item that the maker selected.
	literal, reference *connector.Node
}

// isInput reports whether the call is made from a field of a flow, where other fields can be referred to.
func (c *dynamicCall) isInput() bool { return c.holder != nil }

// dynamicCalls returns every call of the definition, in document order of its kinds.
func dynamicCalls(p *Pass) []*dynamicCall {
	return Shared(p, "dynamic calls", func() []*dynamicCall {
		c := &callCollector{pass: p}
		for _, kind := range []string{dynamicValues, dynamicList, dynamicSchema, dynamicProperties} {
			for _, s := range p.TypedWith(kind) {
				c.add(kind, s.Node.Get(kind), s)
			}
		}
		for _, s := range p.TypedWith(dynamicTree) {
			c.add(dynamicTree, s.Node.At(dynamicTree, "open"), s)
			c.add(dynamicTree, s.Node.At(dynamicTree, "browse"), s)
		}
		capabilities := p.Definition.Root.Get("x-ms-capabilities")
		c.add(testConnection, capabilities.Get(testConnection), connector.Schema{})
		c.add(filePicker, capabilities.At(filePicker, "open"), connector.Schema{})
		c.add(filePicker, capabilities.At(filePicker, "browse"), connector.Schema{})
		for _, op := range p.Definition.Operations {
			c.add(operationContext, op.Node.At(operationContext, "simulate"), connector.Schema{})
		}
		return c.calls
	})
}

type callCollector struct {
	pass  *Pass
	calls []*dynamicCall
}

func (c *callCollector) add(kind string, node *connector.Node, s connector.Schema) {
	if !node.IsObject() {
		return
	}
	call := &dynamicCall{kind: kind, node: node, holder: s.Node, target: c.pass.Definition.Operation(node.Get("operationId").String())}
	if s.Node != nil {
		call.sources = usersOf(c.pass, s)
	}
	for member := range node.Get("parameters").Members {
		call.arguments = append(call.arguments, parseArgument(kind, member))
	}
	c.calls = append(c.calls, call)
}

func parseArgument(kind string, member *connector.Node) argument {
	a := argument{node: member}
	for _, name := range []string{"parameter", "parameterReference"} {
		if reference := member.Get(name); reference.IsString() {
			a.reference = reference
			return a
		}
	}
	switch {
	case member.Get("value-property").Exists(), member.Get("selectedItemValuePath").Exists():
	case member.Get("value").Exists() && kind != dynamicValues && kind != dynamicSchema:
		a.literal = member.Get("value")
	default:
		a.literal = member
	}
	return a
}

// usersOf returns the operations that s belongs to: the one that holds it, those
// of its path, or those that refer to what it is a part of.
func usersOf(p *Pass, s connector.Schema) []*connector.Operation {
	d := p.Definition
	if s.Definition != "" {
		if reach := d.Reach(s.Definition); reach != nil {
			return reach.Operations
		}
		return nil
	}
	if op := d.OperationAt(s.Node); op != nil {
		return []*connector.Operation{op}
	}
	if s.Operation != nil {
		var out []*connector.Operation
		for _, op := range operationsOf(p, s.Operation.PathItem) {
			if s.Place != connector.InNotification || op.Node.Get("x-ms-trigger").Exists() {
				out = append(out, op)
			}
		}
		return out
	}
	users := sharedUsers(p)
	for n := s.Node; n != nil; n = n.Parent() {
		if found := users[n]; found != nil {
			return found
		}
	}
	return nil
}

// operationsOf returns the operations of a path.
func operationsOf(p *Pass, item *connector.Node) []*connector.Operation {
	byItem := Shared(p, "operations of paths", func() map[*connector.Node][]*connector.Operation {
		out := map[*connector.Node][]*connector.Operation{}
		for _, op := range p.Definition.Operations {
			out[op.PathItem] = append(out[op.PathItem], op)
		}
		return out
	})
	return byItem[item]
}

// sharedUsers returns the operations that use each parameter and response object.
func sharedUsers(p *Pass) map[*connector.Node][]*connector.Operation {
	return Shared(p, "shared users", func() map[*connector.Node][]*connector.Operation {
		out := map[*connector.Node][]*connector.Operation{}
		for _, op := range p.Definition.Operations {
			for _, param := range op.Parameters {
				out[param.Node] = append(out[param.Node], op)
			}
			for _, response := range op.Responses {
				out[response.Node] = append(out[response.Node], op)
			}
		}
		return out
	})
}

// calling yields the calls of these kinds whose operation exists.
func calling(p *Pass, kinds ...string) func(func(*dynamicCall) bool) {
	return func(yield func(*dynamicCall) bool) {
		for _, call := range dynamicCalls(p) {
			for _, kind := range kinds {
				if call.kind == kind && call.target != nil && !yield(call) {
					return
				}
			}
		}
	}
}
