package connector

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/precert/precert/finding"
)

// Document is one JSON or YAML artefact as read.
type Document struct {
	// Name is the artefact's path relative to the connector, with slashes.
	Name string
	// Root is the outermost value, nil when nothing could be read.
	Root *Node
	// Problems are what is wrong with the file as text, in document order.
	Problems []Problem
	// Cut says that the text could not be read to its end: what is missing in
	// Root may stand in the rest.
	Cut bool
	// source is the text as UTF-8; offsets of nodes count its bytes.
	source []byte
	lines  []int32
	// parts are the documents that a solution export keeps its values in.
	parts []*Document
	// before counts the characters that begin before each block of the source; nil when no line is longer than a block.
	before []int32
}

// Problem is a fault of a file as text: it is reported, and the rest is read.
type Problem struct {
	// Rule is the name of the rule that reports it.
	Rule string
	// File is the artefact's name; Line and Column count from 1, 0 for the whole file.
	File         string
	Line, Column int
	Pointer      string
	Message      string
	Hint         string
	Excerpt      *finding.Excerpt
}

// Unfinished reports whether n was still open where the reader gave up: what
// it lacks may stand in the part that was not read.
func (d *Document) Unfinished(n *Node) bool {
	if d == nil || !d.Cut || n == nil {
		return false
	}
	for ; n.parent != nil; n = n.parent {
		if int(n.position) != len(n.parent.children)-1 {
			return false
		}
	}
	return true
}

// excerptWidth is the longest source line shown whole, in characters.
const excerptWidth = 120

func (d *Document) position(offset int32) (line, column int) {
	if len(d.lines) == 0 {
		return 1, 1
	}
	i := sort.Search(len(d.lines), func(i int) bool { return d.lines[i] > offset }) - 1
	i = max(i, 0)
	start := d.lines[i]
	offset = min(offset, int32(len(d.source)))
	return i + 1, d.characters(start, offset) + 1
}

// blockSize is how many bytes lie between the places up to which characters are counted in advance.
const blockSize = 1024

// characters counts those that begin in source[from:to], in constant time however long the line.
func (d *Document) characters(from, to int32) int {
	if to-from <= blockSize || d.before == nil {
		return utf8.RuneCount(d.source[from:to])
	}
	return int(d.charactersBefore(to) - d.charactersBefore(from))
}

func (d *Document) charactersBefore(offset int32) int32 {
	block := offset / blockSize
	return d.before[block] + beginnings(d.source[block*blockSize:offset])
}

// beginnings counts the bytes that begin a character.
func beginnings(text []byte) int32 {
	count := int32(0)
	for _, b := range text {
		if utf8.RuneStart(b) {
			count++
		}
	}
	return count
}

// countBlocks makes the table for characters if a line is long enough to need it: a minified file is one line.
func (d *Document) countBlocks() {
	long := false
	for i, start := range d.lines {
		end := int32(len(d.source))
		if i+1 < len(d.lines) {
			end = d.lines[i+1]
		}
		long = long || end-start > blockSize
	}
	if !long {
		return
	}
	count := int32(0)
	for at := 0; at <= len(d.source); at += blockSize {
		d.before = append(d.before, count)
		count += beginnings(d.source[at:min(at+blockSize, len(d.source))])
	}
}

// offsetOf is the reverse of position.
func (d *Document) offsetOf(line, column int) int32 {
	if line < 1 || line > len(d.lines) {
		return 0
	}
	at := d.lines[line-1]
	for ; column > 1 && int(at) < len(d.source); column-- {
		_, size := utf8.DecodeRune(d.source[at:])
		at += int32(size)
	}
	return at
}

// mark is the part of the source that a finding about n points at: a scalar
// itself, a container's member name, or its opening bracket when it has none.
func (n *Node) mark() (start, end int32) {
	if n.kind != Object && n.kind != Array {
		return n.offset, n.end
	}
	if n.keyStart == n.offset {
		return n.offset, n.offset + 1
	}
	return n.keyStart, n.keyStart + int32(len(n.key)) + 2
}

// MarkPosition returns the line and column that a finding about n points at,
// both from 1; 0, 0 for nil.
func (n *Node) MarkPosition() (line, column int) {
	if n == nil || n.doc == nil {
		return 0, 0
	}
	start, _ := n.mark()
	return n.doc.position(start)
}

// Excerpt shows the source line of n with a caret under what a finding about n points at.
func (n *Node) Excerpt() *finding.Excerpt {
	if n == nil || n.doc == nil {
		return nil
	}
	return n.doc.excerpt(n.mark())
}

func (d *Document) excerpt(start, end int32) *finding.Excerpt {
	if len(d.source) == 0 || len(d.lines) == 0 {
		return nil
	}
	start = max(0, min(start, int32(len(d.source))))
	line, column := d.position(start)
	from := d.lines[line-1]
	to := int32(len(d.source))
	if line < len(d.lines) {
		to = d.lines[line]
	}
	// A minified file is one long line: only the bytes around the place are looked at.
	window := max(from, start-4*excerptWidth)
	if window > from {
		for window < start && !utf8.RuneStart(d.source[window]) {
			window++
		}
		column = utf8.RuneCount(d.source[window:start]) + 1
	}
	to = min(to, start+4*excerptWidth)
	text := []rune(strings.TrimRight(string(d.source[window:to]), "\r\n"))
	caret := min(column-1, len(text))
	length := max(1, utf8.RuneCount(d.source[start:max(start, min(end, to))]))
	for i, r := range text {
		if unicode.IsControl(r) || r == utf8.RuneError {
			text[i] = ' '
		}
	}
	cut := 0
	for cut < caret && text[cut] == ' ' {
		cut++
	}
	if caret-cut > excerptWidth/2 {
		cut = caret - excerptWidth/2
	}
	text, caret = text[cut:], caret-cut
	if len(text) > excerptWidth {
		text = text[:excerptWidth]
	}
	return &finding.Excerpt{Text: string(text), Caret: caret, Length: min(length, max(1, len(text)-caret))}
}

func lineStarts(source []byte) []int32 {
	starts := []int32{0}
	for i := range source {
		switch source[i] {
		case '\n':
			starts = append(starts, int32(i+1))
		case '\r':
			if i+1 >= len(source) || source[i+1] != '\n' {
				starts = append(starts, int32(i+1))
			}
		}
	}
	return starts
}
