// Package connector reads a Power Platform connector (a folder, a definition
// file or a zip) into a positioned, resolved model. Every value knows its
// file, line, column and JSON Pointer. It is the only importer of libopenapi.
package connector

import (
	"strconv"
	"strings"
)

// Kind is the JSON type of a node.
type Kind uint8

// The kinds. Missing is the kind of a nil node.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String names the kind as the official validator prints it.
func (k Kind) String() string {
	return [...]string{"Missing", "Null", "Boolean", "Number", "String", "Array", "Object"}[k]
}

// indexFrom is the number of members from which an object is looked up by map.
const indexFrom = 12

// Node is one value of a document. A nil *Node is a missing value: every
// method accepts it, so that lookups chain without checks.
type Node struct {
	key      string
	value    string
	parent   *Node
	doc      *Document
	children []Node
	index    map[string]int32
	offset   int32
	end      int32
	keyStart int32
	position int32
	kind     Kind
}

// Kind returns the JSON type, Missing for nil.
func (n *Node) Kind() Kind {
	if n == nil {
		return Missing
	}
	return n.kind
}

// Exists reports whether the value is there, null included.
func (n *Node) Exists() bool { return n != nil }

// IsObject reports whether the value is an object.
func (n *Node) IsObject() bool { return n.Kind() == Object }

// IsArray reports whether the value is an array.
func (n *Node) IsArray() bool { return n.Kind() == Array }

// IsString reports whether the value is a string.
func (n *Node) IsString() bool { return n.Kind() == String }

// Key returns the member name under which the value stands, "" in an array or at the root.
func (n *Node) Key() string {
	if n == nil {
		return ""
	}
	return n.key
}

// Parent returns the object or array that holds the value, nil at the root.
func (n *Node) Parent() *Node {
	if n == nil {
		return nil
	}
	return n.parent
}

// Document returns the document the value stands in.
func (n *Node) Document() *Document {
	if n == nil {
		return nil
	}
	return n.doc
}

// Text returns the text of a scalar: the string decoded, a number as written,
// "true", "false" or "null"; "" for arrays, objects and nil.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.value
}

// String returns the text of a string and "" for every other kind.
func (n *Node) String() string {
	if n.Kind() != String {
		return ""
	}
	return n.value
}

// Bool reports whether the value is the boolean true.
func (n *Node) Bool() bool { return n.Kind() == Bool && n.value == "true" }

// Float returns the value of a number and whether it is one.
func (n *Node) Float() (float64, bool) {
	if n.Kind() != Number {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.value, 64)
	return f, err == nil
}

// IsInteger reports whether the value is a number without a fraction.
func (n *Node) IsInteger() bool {
	f, ok := n.Float()
	return ok && f == float64(int64(f))
}

// Len returns the number of members or items.
func (n *Node) Len() int {
	if n == nil {
		return 0
	}
	return len(n.children)
}

// Get returns the member called name, nil when there is none.
func (n *Node) Get(name string) *Node {
	if n.Kind() != Object {
		return nil
	}
	if n.index != nil {
		if i, ok := n.index[name]; ok {
			return &n.children[i]
		}
		return nil
	}
	for i := range n.children {
		if n.children[i].key == name {
			return &n.children[i]
		}
	}
	return nil
}

// At follows member names downwards.
func (n *Node) At(names ...string) *Node {
	for _, name := range names {
		n = n.Get(name)
	}
	return n
}

// GetFold returns the first member whose name equals name in any case.
func (n *Node) GetFold(name string) *Node {
	if n.Kind() != Object {
		return nil
	}
	if exact := n.Get(name); exact != nil {
		return exact
	}
	for i := range n.children {
		if strings.EqualFold(n.children[i].key, name) {
			return &n.children[i]
		}
	}
	return nil
}

// Item returns the i-th item of an array, nil when there is none.
func (n *Node) Item(i int) *Node {
	if n.Kind() != Array || i < 0 || i >= len(n.children) {
		return nil
	}
	return &n.children[i]
}

// Children yields the members of an object or the items of an array, in order.
func (n *Node) Children(yield func(*Node) bool) {
	if n == nil {
		return
	}
	for i := range n.children {
		if !yield(&n.children[i]) {
			return
		}
	}
}

// Members yields the members of an object only.
func (n *Node) Members(yield func(*Node) bool) {
	if n.Kind() == Object {
		n.Children(yield)
	}
}

// Items yields the items of an array only.
func (n *Node) Items(yield func(*Node) bool) {
	if n.Kind() == Array {
		n.Children(yield)
	}
}

// Strings returns the string items of an array.
func (n *Node) Strings() []string {
	var out []string
	for item := range n.Items {
		if item.kind == String {
			out = append(out, item.value)
		}
	}
	return out
}

// Walk visits the value and everything below it, parents first, in document
// order. It does not go below a value for which visit returns false.
func (n *Node) Walk(visit func(*Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for i := range n.children {
		n.children[i].Walk(visit)
	}
}

// Pointer returns the JSON Pointer of the value in its document, "" at the root.
func (n *Node) Pointer() string {
	if n == nil || n.parent == nil {
		return ""
	}
	var steps []*Node
	// What a solution export keeps in files of its own begins anew in each.
	for at := n; at.parent != nil && at.parent.doc == at.doc; at = at.parent {
		steps = append(steps, at)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteByte('/')
		if steps[i].parent.kind == Array {
			b.WriteString(strconv.Itoa(int(steps[i].position)))
		} else {
			b.WriteString(EscapeToken(steps[i].key))
		}
	}
	return b.String()
}

// Line returns the line of the value, counted from 1.
func (n *Node) Line() int { line, _ := n.Position(); return line }

// Position returns line and column (in characters) of the value, both from 1; 0, 0 for nil.
func (n *Node) Position() (line, column int) {
	if n == nil || n.doc == nil {
		return 0, 0
	}
	return n.doc.position(n.offset)
}

// KeyPosition returns line and column of the member name, of the value itself in an array or at the root.
func (n *Node) KeyPosition() (line, column int) {
	if n == nil || n.doc == nil {
		return 0, 0
	}
	return n.doc.position(n.keyStart)
}

// Equal reports whether two values are the same JSON, numbers compared by value and members in any order.
func (n *Node) Equal(other *Node) bool {
	if n.Kind() != other.Kind() {
		return false
	}
	switch n.Kind() {
	case Missing:
		return true
	case Number:
		a, _ := n.Float()
		b, _ := other.Float()
		return a == b
	case Object:
		if len(n.children) != len(other.children) {
			return false
		}
		for i := range n.children {
			peer := other.Get(n.children[i].key)
			if peer == nil || !n.children[i].Equal(peer) {
				return false
			}
		}
		return true
	case Array:
		if len(n.children) != len(other.children) {
			return false
		}
		for i := range n.children {
			if !n.children[i].Equal(&other.children[i]) {
				return false
			}
		}
		return true
	default:
		return n.value == other.value
	}
}
