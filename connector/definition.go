package connector

import (
	"slices"
	"strings"
)

// Definition is the Swagger 2.0 definition of a connector.
type Definition struct {
	*Document
	// Operations are the operations of all paths, in document order.
	Operations []*Operation
	byNode     map[*Node]*Operation
	byID       map[string]*Operation
	reach      map[string]*Reach
}

// methods are the HTTP methods that a path item may hold.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch"}

// Methods returns the HTTP methods that a path item may hold, in lower case.
func Methods() []string { return slices.Clone(methods) }

// NewDefinition builds the model of a definition. doc.Root may be nil.
func NewDefinition(doc *Document) *Definition {
	d := &Definition{Document: doc, byNode: map[*Node]*Operation{}, byID: map[string]*Operation{}}
	for item := range doc.Root.Get("paths").Members {
		if strings.HasPrefix(item.Key(), "x-") {
			continue
		}
		for node := range item.Members {
			if slices.Contains(methods, strings.ToLower(node.Key())) && node.IsObject() {
				d.add(d.operation(item, node))
			}
		}
	}
	return d
}

func (d *Definition) add(op *Operation) {
	d.Operations = append(d.Operations, op)
	d.byNode[op.Node] = op
	if _, taken := d.byID[op.ID]; !taken && op.ID != "" {
		d.byID[op.ID] = op
	}
}

// Operation returns the operation with this id, compared exactly; nil when there is none.
func (d *Definition) Operation(id string) *Operation { return d.byID[id] }

// OperationAt returns the operation that holds n, nil when n stands outside of all operations.
func (d *Definition) OperationAt(n *Node) *Operation {
	for ; n != nil; n = n.Parent() {
		if op := d.byNode[n]; op != nil {
			return op
		}
	}
	return nil
}

// Info returns the info object.
func (d *Definition) Info() *Node { return d.Root.Get("info") }

// Title returns info.title.
func (d *Definition) Title() string { return d.Info().Get("title").String() }

// Resolve follows the references of n until it reaches a value without one.
// It returns n itself when it holds none, and nil when a reference is not
// local, leads nowhere or runs in a circle.
func (d *Definition) Resolve(n *Node) *Node {
	for range 64 {
		ref := n.Get("$ref")
		if !ref.IsString() {
			return n
		}
		n = d.Target(ref.String())
		if n == nil {
			return nil
		}
	}
	return nil
}

// Target returns the value that a local reference such as
// "#/definitions/Ticket" names, nil when it is not local or leads nowhere.
func (d *Definition) Target(ref string) *Node {
	pointer, ok := refPointer(ref)
	if !ok {
		return nil
	}
	return d.Root.Find(pointer)
}

// effective returns an operation's own list when it has one, else the root's.
func (d *Definition) effective(op *Node, name string) []string {
	if own := op.Get(name); own.IsArray() {
		return own.Strings()
	}
	return d.Root.Get(name).Strings()
}
