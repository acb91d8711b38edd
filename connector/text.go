package connector

import "github.com/precert/precert/finding"

// NewText wraps an artefact that is no JSON, so that places in it have lines
// and excerpts. Root stays nil.
func NewText(name string, content []byte) *Document {
	source, _ := toUTF8(content)
	return &Document{Name: name, source: source, lines: lineStarts(source)}
}

// Source returns the text as UTF-8 without a byte order mark. It is not to be changed.
func (d *Document) Source() []byte { return d.source }

// Locate returns line and column (in characters) of the bytes of Source from
// start up to end, both from 1, and the source line with a caret under them.
// Offsets beyond the text are moved into it.
func (d *Document) Locate(start, end int) (line, column int, excerpt *finding.Excerpt) {
	from := int32(max(0, min(start, len(d.source))))
	to := int32(max(int(from), min(end, len(d.source))))
	line, column = d.position(from)
	return line, column, d.excerpt(from, to)
}
