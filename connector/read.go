package connector

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi/datamodel"
)

// MaxFileBytes is the largest artefact that is read.
const MaxFileBytes = 32 << 20

// ReadDocument reads a JSON or YAML artefact called name. It never fails: what
// is wrong with the text is in Problems, and Root holds what could be read.
// YAML is taken for YAML only when the name says so.
func ReadDocument(name string, content []byte) *Document { return read(name, content, false) }

// readPart reads a file that a solution export keeps a part of apiProperties.json in: it may hold an array.
func readPart(name string, content []byte) *Document { return read(name, content, true) }

func read(name string, content []byte, arrays bool) *Document {
	doc := &Document{Name: name}
	source, faults := toUTF8(content)
	doc.source = source
	doc.lines = lineStarts(source)
	doc.countBlocks()
	for _, f := range faults {
		doc.report(f)
	}
	trimmed := bytes.TrimSpace(source)
	isYAML := strings.EqualFold(path.Ext(name), ".yaml") || strings.EqualFold(path.Ext(name), ".yml")
	switch {
	case len(trimmed) == 0:
		doc.report(fault{rule: "JsonSyntaxNotValid", message: "The file is empty.",
			hint: "Export the connector again, or restore the file from version control."})
	case isYAML && trimmed[0] != '{':
		doc.readYAML()
	default:
		doc.readJSON(trimmed[0], arrays)
	}
	return doc
}

func (d *Document) report(f fault) {
	problem := Problem{Rule: f.rule, File: d.Name, Message: f.message, Hint: f.hint}
	if len(d.source) > 0 {
		problem.Line, problem.Column = d.position(f.start)
		problem.Excerpt = d.excerpt(f.start, f.end)
	}
	d.Problems = append(d.Problems, problem)
}

func (d *Document) readJSON(first byte, arrays bool) {
	arrays = arrays && first == '['
	if first != '{' && first != '/' && !arrays {
		hint := "The file must begin with { and hold one JSON object."
		switch {
		case first == '<':
			hint = "It begins as a web page does: download the file itself (Raw on GitHub)."
		case first >= 'a' && first <= 'z':
			hint = "It begins as YAML does: convert it to JSON, which the platform reads."
		}
		d.report(fault{rule: "JsonSyntaxNotValid", message: "The file does not hold a JSON object.", hint: hint})
		if first != '[' {
			return
		}
	}
	scan := scanJSON(d.source)
	d.Cut = scan.cut
	for _, f := range scan.faults {
		d.report(f)
	}
	if scan.text == nil || first == '[' && !arrays {
		return
	}
	info, err := datamodel.ExtractSpecInfoWithConfig(scan.text, &datamodel.DocumentConfiguration{
		SkipJSONConversion: true, BypassDocumentCheck: true,
	})
	if err != nil || info.RootNode == nil || info.RootNode.Line == 0 || len(info.RootNode.Content) == 0 {
		if len(scan.faults) == 0 {
			d.report(fault{rule: "JsonSyntaxNotValid", message: "The file cannot be read as JSON.", hint: "Check the file with a JSON formatter."})
		}
		return
	}
	b := builder{doc: d, spans: scan.spans, text: scan.text}
	d.Root = b.root(info.RootNode.Content[0])
	info.Release()
}

// yamlPlace finds the places in the YAML reader's messages; the last one is where it gave up.
var yamlPlace = regexp.MustCompile(`(?:at |-)L(\d+)\.C(\d+)`)

func (d *Document) readYAML() {
	config := &datamodel.DocumentConfiguration{SkipJSONConversion: true, BypassDocumentCheck: true}
	info, err := datamodel.ExtractSpecInfoWithConfig(d.source, config)
	if err != nil || info.RootNode == nil || info.RootNode.Line == 0 || len(info.RootNode.Content) == 0 {
		f := fault{rule: "JsonSyntaxNotValid", message: "The file cannot be read as YAML.", hint: "Check indentation, quotes and colons at this place."}
		config.BypassDocumentCheck = false
		if _, err := datamodel.ExtractSpecInfoWithConfig(d.source, config); err != nil {
			reason := err.Error()[strings.LastIndex(err.Error(), ": ")+1:]
			f.message = "The file cannot be read as YAML:" + reason + "."
			if places := yamlPlace.FindAllStringSubmatch(err.Error(), -1); places != nil {
				last := places[len(places)-1]
				line, _ := strconv.Atoi(last[1])
				column, _ := strconv.Atoi(last[2])
				f.start = d.offsetOf(line, column)
			}
		}
		d.report(f)
		return
	}
	b := builder{doc: d}
	d.Root = b.root(info.RootNode.Content[0])
	if d.Root != nil && d.Root.kind != Object {
		d.report(fault{rule: "JsonSyntaxNotValid", message: "The file does not hold an object.", hint: "The file must hold one mapping, such as swagger, info and paths."})
		d.Root = nil
	}
}

// tooLarge is the problem of a file over the limit; nothing of it is read.
func tooLarge(name string, size int64) Problem {
	return Problem{
		Rule: "FileTooLarge", File: name,
		Message: fmt.Sprintf("The file has %.1f MB; precert reads at most %d MB.", float64(size)/(1<<20), MaxFileBytes>>20),
		Hint:    "Certification refuses definitions of 1 MB and more: check whether this is the right file.",
	}
}
