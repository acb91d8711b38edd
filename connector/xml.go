package connector

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/precert/precert/finding"
)

// Limits of the XML files of a solution. encoding/xml expands no entities but
// the five of XML itself and never follows a DTD.
const (
	maxXMLDepth    = 200
	maxXMLElements = 200_000
)

// Element is one element of an XML file. A nil *Element is a missing one:
// every method accepts it.
type Element struct {
	Name string
	// Text is the element's own text, without blanks around it.
	Text       string
	Children   []*Element
	attributes []xml.Attr
	doc        *Document
	// start and end hold the opening tag, textStart and textEnd what Text was read from.
	start, end, textStart, textEnd int32
}

// Attr returns the value of an attribute, "" when there is none.
func (e *Element) Attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Empty reports whether the element has neither children nor text nor attributes.
func (e *Element) Empty() bool {
	return e == nil || len(e.Children) == 0 && e.Text == "" && len(e.attributes) == 0
}

// Child returns the first child with this name in any case, nil when there is none.
func (e *Element) Child(name string) *Element {
	if e != nil {
		for _, child := range e.Children {
			if strings.EqualFold(child.Name, name) {
				return child
			}
		}
	}
	return nil
}

// Value returns the text of the first child with this name.
func (e *Element) Value(name string) string {
	if child := e.Child(name); child != nil {
		return child.Text
	}
	return ""
}

// Find returns every element called name, compared exactly, below and
// including e, in document order.
func (e *Element) Find(name string) []*Element {
	var out []*Element
	var walk func(*Element)
	walk = func(at *Element) {
		if at.Name == name {
			out = append(out, at)
		}
		for _, child := range at.Children {
			walk(child)
		}
	}
	if e != nil {
		walk(e)
	}
	return out
}

// Document returns the file that the element stands in.
func (e *Element) Document() *Document {
	if e == nil {
		return nil
	}
	return e.doc
}

// Place returns line and column of the element's text, or of its tag when it
// has none, both from 1, and the source line there.
func (e *Element) Place() (line, column int, excerpt *finding.Excerpt) {
	if e == nil {
		return 0, 0, nil
	}
	start, end := e.start, e.end
	if e.Text != "" {
		start, end = e.textStart, e.textEnd
	}
	line, column = e.doc.position(start)
	return line, column, e.doc.excerpt(start, end)
}

// readXML reads an XML file. The problem says what is wrong when there is no element.
func readXML(name string, content []byte) (*Element, *Problem) {
	source, _ := toUTF8(content)
	doc := &Document{Name: name, source: source, lines: lineStarts(source)}
	root, at, err := parseXML(doc)
	if err == nil {
		return root, nil
	}
	problem := &Problem{Rule: "SolutionXmlNotValid", File: name, Message: fmt.Sprintf("The file cannot be read as XML: %s.", clip(xmlReason(err), 100))}
	problem.Line, problem.Column = doc.position(at)
	problem.Excerpt = doc.excerpt(at, at+1)
	return nil, problem
}

func xmlReason(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg
	}
	return err.Error()
}

func parseXML(doc *Document) (root *Element, at int32, err error) {
	decoder := xml.NewDecoder(bytes.NewReader(doc.source))
	// The text is UTF-8 by now, whatever its declaration says.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	var open []*Element
	elements := 0
	for {
		start := int32(decoder.InputOffset())
		token, err := decoder.Token()
		end := int32(decoder.InputOffset())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, end, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if elements++; elements > maxXMLElements || len(open) == maxXMLDepth {
				return nil, start, fmt.Errorf("it has more than %d elements or %d levels", maxXMLElements, maxXMLDepth)
			}
			// The decoder reuses the attributes of the token.
			e := &Element{Name: token.Name.Local, attributes: token.Copy().Attr, doc: doc, start: start, end: end}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, e)
			} else if root == nil {
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			text := strings.TrimSpace(string(token))
			if len(open) == 0 || text == "" {
				continue
			}
			e := open[len(open)-1]
			if e.Text == "" {
				lead := int32(len(token) - len(bytes.TrimLeft(token, " \t\r\n")))
				e.textStart = start + lead
			}
			e.Text += text
			e.textEnd = end
		}
	}
	if root == nil {
		return nil, 0, errors.New("it holds no element")
	}
	return root, 0, nil
}
