package connector

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
)

// maxNodes bounds what aliases of a YAML document may expand to.
const maxNodes = 2_000_000

// builder turns the library's tree into our own. The library's nodes of a JSON
// document come in the order of spans; those of YAML carry line and column.
type builder struct {
	doc   *Document
	text  []byte // the JSON text that spans point into; nil for YAML
	spans []span
	next  int
	nodes int
	full  bool // a limit was reached and reported
}

func (b *builder) root(from *yaml.Node) *Node {
	root := &Node{doc: b.doc}
	b.fill(root, from, 0)
	root.keyStart = root.offset
	return root
}

func (b *builder) span(from *yaml.Node) span {
	if b.text != nil && b.next < len(b.spans) {
		b.next++
		return b.spans[b.next-1]
	}
	at := b.doc.offsetOf(from.Line, from.Column)
	return span{at, at + int32(len(from.Value))}
}

func (b *builder) fill(n *Node, from *yaml.Node, depth int) {
	at := b.span(from)
	n.offset, n.end = at.start, at.end
	if b.nodes++; b.nodes > maxNodes || depth > maxDepth {
		b.limit(at, depth)
		n.kind = Null
		return
	}
	switch from.Kind {
	case yaml.MappingNode:
		n.kind = Object
		b.members(n, from, depth)
	case yaml.SequenceNode:
		n.kind = Array
		n.children = make([]Node, len(from.Content))
		for i, item := range from.Content {
			child := &n.children[i]
			child.doc, child.parent, child.position = b.doc, n, int32(i)
			b.fill(child, item, depth+1)
			child.keyStart = child.offset
		}
	case yaml.AliasNode:
		if from.Alias == nil {
			n.kind = Null
			return
		}
		b.fill(n, from.Alias, depth+1)
	default:
		b.scalar(n, from)
	}
}

func (b *builder) limit(at span, depth int) {
	if b.full {
		return
	}
	b.full = true
	f := fault{rule: "NestingTooDeep", start: at.start, end: at.end, hint: "Flatten the structure; nothing below this place was read."}
	f.message = fmt.Sprintf("The document is nested deeper than %d levels.", maxDepth)
	if depth <= maxDepth {
		f.message = fmt.Sprintf("The document expands to more than %d values.", maxNodes)
	}
	b.doc.report(f)
}

func (b *builder) members(n *Node, from *yaml.Node, depth int) {
	// The members never move once made: what lies below points to them.
	size := len(from.Content) / 2
	for i := 0; i+1 < len(from.Content); i += 2 {
		if b.merges(from.Content[i]) {
			size += len(mergeSource(from.Content[i+1]).Content) / 2
		}
	}
	n.children = make([]Node, 0, size)
	var seen map[string]int32
	if size >= indexFrom {
		seen = make(map[string]int32, size)
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		key := from.Content[i]
		if b.merges(key) {
			continue
		}
		keySpan := b.span(key)
		at, repeated := findMember(n, seen, key.Value)
		if repeated {
			b.duplicate(n, key.Value, keySpan, at)
		} else {
			at = int32(len(n.children))
			n.children = append(n.children, Node{})
			if seen != nil {
				seen[key.Value] = at
			}
		}
		// The last of equal names wins, as it does in the platform's reader.
		child := &n.children[at]
		*child = Node{key: key.Value, doc: b.doc, parent: n, position: at}
		b.fill(child, from.Content[i+1], depth+1)
		child.keyStart = keySpan.start
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		if b.merges(from.Content[i]) {
			b.merge(n, seen, mergeSource(from.Content[i+1]), depth)
		}
	}
	n.index = seen
}

func findMember(n *Node, seen map[string]int32, name string) (int32, bool) {
	if seen != nil {
		at, ok := seen[name]
		return at, ok
	}
	for i := range n.children {
		if n.children[i].key == name {
			return int32(i), true
		}
	}
	return 0, false
}

func (b *builder) duplicate(n *Node, name string, at span, first int32) {
	line, _ := n.children[first].KeyPosition()
	problem := Problem{
		Rule: "DuplicateKeyNotAllowed", File: b.doc.Name, Pointer: n.Pointer() + "/" + EscapeToken(name),
		Message: fmt.Sprintf("The member %q stands twice in one object, first on line %d; only the last one counts.", clip(name, 60), line),
		Hint:    "Remove one of the two, or give it its own name.",
		Excerpt: b.doc.excerpt(at.start, at.start+int32(len(name))+2),
	}
	problem.Line, problem.Column = b.doc.position(at.start)
	b.doc.Problems = append(b.doc.Problems, problem)
}

func (b *builder) merges(key *yaml.Node) bool { return b.text == nil && key.Tag == "!!merge" }

// mergeSource is the mapping that a YAML merge key brings, an empty node when it brings none.
func mergeSource(from *yaml.Node) *yaml.Node {
	if from.Kind == yaml.AliasNode && from.Alias != nil {
		from = from.Alias
	}
	if from.Kind != yaml.MappingNode {
		return &yaml.Node{}
	}
	return from
}

// merge adds the members that a YAML merge key brings and that are not there yet.
func (b *builder) merge(n *Node, seen map[string]int32, from *yaml.Node, depth int) {
	for i := 0; i+1 < len(from.Content); i += 2 {
		key := from.Content[i]
		if _, there := findMember(n, seen, key.Value); there {
			continue
		}
		at := int32(len(n.children))
		n.children = append(n.children, Node{key: key.Value, doc: b.doc, parent: n, position: at})
		if seen != nil {
			seen[key.Value] = at
		}
		child := &n.children[at]
		child.keyStart = b.doc.offsetOf(key.Line, key.Column)
		b.fill(child, from.Content[i+1], depth+1)
	}
}

func (b *builder) scalar(n *Node, from *yaml.Node) {
	n.value = from.Value
	n.kind = String
	if b.text != nil {
		switch b.text[n.offset] {
		case '"':
		case 't', 'f':
			n.kind = Bool
		case 'n':
			n.kind = Null
		default:
			n.kind = Number
		}
		return
	}
	switch from.Tag {
	case "!!bool":
		n.kind, n.value = Bool, strings.ToLower(from.Value)
	case "!!null":
		n.kind, n.value = Null, "null"
	case "!!int", "!!float":
		n.value, n.kind = yamlNumber(from.Value)
	}
}

// yamlNumber writes a YAML number the way JSON does; what JSON cannot say stays a string.
func yamlNumber(value string) (string, Kind) {
	if isNumber([]byte(value)) {
		return value, Number
	}
	plain := strings.ReplaceAll(value, "_", "")
	if i, ok := new(big.Int).SetString(plain, 0); ok {
		return i.String(), Number
	}
	if f, err := strconv.ParseFloat(plain, 64); err == nil {
		if text := strconv.FormatFloat(f, 'g', -1, 64); isNumber([]byte(text)) {
			return text, Number
		}
	}
	return value, String
}
