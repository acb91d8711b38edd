package connector

import "sort"

// NodeAt returns the innermost value whose text holds a byte of Source, nil
// when the document has no values.
func (d *Document) NodeAt(offset int) *Node {
	n, at := d.Root, int32(offset)
	for n.Len() > 0 {
		// Children stand in the order of the source; only a repeated name breaks it, and costs no more than a coarser place.
		i := sort.Search(len(n.children), func(i int) bool { return n.children[i].keyStart > at }) - 1
		if i < 0 {
			return n
		}
		n = &n.children[i]
	}
	return n
}

// Span returns where the value stands in Source: its first byte and the one
// behind it; a string's include its quotes.
func (n *Node) Span() (start, end int) {
	if n == nil {
		return 0, 0
	}
	return int(n.offset), int(n.end)
}
