package runner

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
)

// isXML reports whether a media type is XML or built on it.
func isXML(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	media = strings.TrimSpace(media)
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
}

// xmlBody writes a body as XML, by the xml objects of its schema.
func xmlBody(def *connector.Definition, schema *connector.Node, name string, body any) []byte {
	if ref := schema.Get("$ref").String(); ref != "" {
		name = ref[strings.LastIndexByte(ref, '/')+1:]
	}
	w := &xmlWriter{def: def}
	w.out.WriteString(xml.Header)
	w.element(schema, name, body)
	return w.out.Bytes()
}

type xmlWriter struct {
	def *connector.Definition
	out bytes.Buffer
}

// xmlOf is the xml object of a schema, which may stand beside its $ref.
func (w *xmlWriter) xmlOf(n *connector.Node) *connector.Node {
	if own := n.Get("xml"); own.IsObject() {
		return own
	}
	return w.def.Resolve(n).Get("xml")
}

// tag is the name of an element or attribute with its prefix.
func (w *xmlWriter) tag(n *connector.Node, name string) string {
	x := w.xmlOf(n)
	if own := x.Get("name").String(); own != "" {
		name = own
	}
	if prefix := x.Get("prefix").String(); prefix != "" {
		name = prefix + ":" + name
	}
	return name
}

// element writes a value as one element, or a list that is not wrapped as several.
func (w *xmlWriter) element(n *connector.Node, name string, value any) {
	if list, ok := value.([]any); ok {
		w.list(n, name, list)
		return
	}
	tag := w.tag(n, name)
	w.open(n, tag, value)
	if object, ok := value.(map[string]any); ok {
		for _, key := range w.names(n, object) {
			if p := w.property(n, key); !w.xmlOf(p).Get("attribute").Bool() {
				w.element(p, key, object[key])
			}
		}
	} else if value != nil {
		w.text(value)
	}
	w.out.WriteString("</" + tag + ">")
}

func (w *xmlWriter) list(n *connector.Node, name string, list []any) {
	items := w.def.Resolve(n).Get("items")
	if !w.xmlOf(n).Get("wrapped").Bool() {
		// Without a wrapper the items bear the name of the list, unless they have one.
		for _, item := range list {
			w.element(items, w.tag(n, name), item)
		}
		return
	}
	tag := w.tag(n, name)
	w.open(n, tag, nil)
	for _, item := range list {
		w.element(items, name, item)
	}
	w.out.WriteString("</" + tag + ">")
}

// open writes the start of an element with its namespace and attributes.
func (w *xmlWriter) open(n *connector.Node, tag string, value any) {
	w.out.WriteString("<" + tag)
	if space := w.xmlOf(n).Get("namespace").String(); space != "" {
		name := "xmlns"
		if prefix := w.xmlOf(n).Get("prefix").String(); prefix != "" {
			name += ":" + prefix
		}
		w.attribute(name, space)
	}
	if object, ok := value.(map[string]any); ok {
		for _, key := range w.names(n, object) {
			if p := w.property(n, key); w.xmlOf(p).Get("attribute").Bool() {
				w.attribute(w.tag(p, key), object[key])
			}
		}
	}
	w.out.WriteString(">")
}

func (w *xmlWriter) attribute(name string, value any) {
	w.out.WriteString(" " + name + `="`)
	w.text(value)
	w.out.WriteString(`"`)
}

func (w *xmlWriter) text(value any) {
	_ = xml.EscapeText(&w.out, []byte(fmt.Sprint(value))) // a buffer takes everything
}

func (w *xmlWriter) property(n *connector.Node, key string) *connector.Node {
	for _, p := range w.def.Properties(n) {
		if p.Key() == key {
			return p
		}
	}
	return nil
}

// names are the members of an object in the order of the schema, others behind.
func (w *xmlWriter) names(n *connector.Node, object map[string]any) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range w.def.Properties(n) {
		if _, there := object[p.Key()]; there && !seen[p.Key()] {
			out, seen[p.Key()] = append(out, p.Key()), true
		}
	}
	for _, key := range sortedKeys(object) {
		if !seen[key] {
			out = append(out, key)
		}
	}
	return out
}
