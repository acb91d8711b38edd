package runner

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// maxXMLDepth is how deep the elements of an answer may be nested.
const maxXMLDepth = 200

// errXMLUnread says that an answer may be XML, but in an encoding that is not read.
var errXMLUnread = errors.New("the encoding of the XML is not read")

// xmlElement is one element of an answer; names are without prefix.
type xmlElement struct {
	name     string
	attrs    map[string]string
	children []*xmlElement
	text     string
}

// readXML reads an answer as the JSON value that a schema, with its xml objects, makes of it.
func readXML(def *connector.Definition, schema *connector.Node, data []byte) (any, error) {
	root, err := parseXML(data)
	if err != nil {
		return nil, err
	}
	r := &xmlReader{xmlWriter{def: def}}
	if def.Type(schema) == "array" {
		return r.items(schema, root.children), nil
	}
	return r.value(schema, root), nil
}

// parseXML reads the one root element of a document.
func parseXML(data []byte) (*xmlElement, error) {
	decoder := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	decoder.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errXMLUnread }
	top := &xmlElement{}
	open := []*xmlElement{top}
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && len(top.children) == 1:
			return top.children[0], nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("the body is not XML: it has %d root elements", len(top.children))
		case errors.Is(err, errXMLUnread):
			return nil, errXMLUnread
		case err != nil:
			return nil, fmt.Errorf("the body is not XML: %w", err)
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > maxXMLDepth {
				return nil, fmt.Errorf("the body is not XML that is read: elements are nested more than %d deep", maxXMLDepth)
			}
			element := &xmlElement{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					element.attrs[a.Name.Local] = a.Value
				}
			}
			last.children = append(last.children, element)
			open = append(open, element)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(token)
		}
	}
}

type xmlReader struct{ xmlWriter }

// local is the name of an element or attribute without its prefix.
func (r *xmlReader) local(n *connector.Node, name string) string {
	tag := r.tag(n, name)
	return tag[strings.LastIndexByte(tag, ':')+1:]
}

// value reads an element as its schema says; nil where it says that it holds nothing.
func (r *xmlReader) value(n *connector.Node, e *xmlElement) any {
	if e.attrs["nil"] == "true" {
		return nil
	}
	switch kind := r.def.Type(n); {
	case kind == "object":
		return r.object(n, e)
	case kind == "array":
		return r.items(n, e.children)
	case len(e.children) > 0 || kind == "":
		return e.plain()
	default:
		return xmlScalar(kind, e.text)
	}
}

func (r *xmlReader) object(n *connector.Node, e *xmlElement) any {
	out, read := map[string]any{}, map[string]bool{}
	for _, p := range r.def.Properties(n) {
		name := r.local(p, p.Key())
		kind := r.def.Type(p)
		switch {
		case r.xmlOf(p).Get("attribute").Bool():
			if text, there := e.attrs[name]; there {
				out[p.Key()] = xmlScalar(kind, text)
			}
		case kind == "array" && !r.xmlOf(p).Get("wrapped").Bool():
			name = r.local(r.def.Resolve(p).Get("items"), name)
			if children := e.named(name); len(children) > 0 {
				out[p.Key()] = r.items(p, children)
			}
		default:
			if children := e.named(name); len(children) > 0 {
				if v := r.value(p, children[0]); v != nil || children[0].attrs["nil"] == "true" {
					out[p.Key()] = v
				}
			}
		}
		read[name] = true
	}
	others := r.def.Resolve(n).Get("additionalProperties")
	for _, child := range e.children {
		if _, taken := out[child.name]; taken || read[child.name] {
			continue
		}
		if others.IsObject() {
			out[child.name] = r.value(others, child)
		} else {
			out[child.name] = child.plain()
		}
	}
	return out
}

func (r *xmlReader) items(n *connector.Node, elements []*xmlElement) any {
	items := r.def.Resolve(n).Get("items")
	out := make([]any, 0, len(elements))
	for _, e := range elements {
		out = append(out, r.value(items, e))
	}
	return out
}

func (e *xmlElement) named(name string) []*xmlElement {
	var out []*xmlElement
	for _, child := range e.children {
		if child.name == name {
			out = append(out, child)
		}
	}
	return out
}

// plain reads an element of which the schema says nothing.
func (e *xmlElement) plain() any {
	if len(e.children) == 0 {
		return strings.TrimSpace(e.text)
	}
	out := map[string]any{}
	for _, child := range e.children {
		if _, taken := out[child.name]; !taken {
			out[child.name] = child.plain()
		}
	}
	return out
}

// xmlScalar reads text as a number or a boolean where it is one; text stays text,
// and an empty number or boolean is none.
func xmlScalar(kind, text string) any {
	trimmed := strings.TrimSpace(text)
	switch kind {
	case "integer", "number":
		if trimmed == "" {
			return nil
		}
		if _, ok := new(big.Float).SetString(trimmed); ok && json.Valid([]byte(trimmed)) {
			return json.Number(trimmed)
		}
		if n, err := strconv.ParseFloat(trimmed, 64); err == nil && !strings.ContainsAny(trimmed, "xXpPnN_") {
			return json.Number(strconv.FormatFloat(n, 'f', -1, 64))
		}
	case "boolean":
		switch trimmed {
		case "":
			return nil
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
	default:
		return text
	}
	return trimmed
}

// xmlSchema is the schema by which an XML answer is read, nil when there is none.
func (e *exchange) xmlSchema() *connector.Node {
	if e.in == nil || e.in.def == nil || e.op == nil || !isXML(e.media()) {
		return nil
	}
	response := e.op.Response(strconv.Itoa(e.status))
	if response == nil {
		return nil
	}
	if kind := e.in.def.Type(response.Schema()); kind != "object" && kind != "array" {
		return nil
	}
	return response.Schema()
}

// describesXML reports whether a schema says anywhere how it stands in XML. One
// that does not was mostly written for what something else makes of the XML.
func describesXML(def *connector.Definition, schema *connector.Node) bool {
	found := schema.Get("xml").IsObject()
	def.WalkSchema(schema, func(n *connector.Node, _ string) bool {
		found = found || n.Get("xml").IsObject()
		return !found
	})
	return found
}
