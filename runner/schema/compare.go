package schema

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/precert/precert/connector"
)

const (
	// maxDifferences is how many differences of one body are told.
	maxDifferences = 200
	// maxCompared is how many items of one array are looked at.
	maxCompared = 100
)

// Difference is a property whose value has another type or format than declared.
type Difference struct {
	// Pointer leads to the value; * stands for the index of an array.
	Pointer string
	// Declared and Actual are type and format, as in "integer int32"; Declared is
	// "" for a property that the schema does not mention.
	Declared, Actual string
}

// Compare holds the type and format of each value in a body against those
// declared, as the platform's test page does. What it finds is information: a
// value may fit its schema and differ all the same, as a whole number does where
// the schema says integer without a format. Differences come in body order, one
// for each property; nil for a schema that says nothing.
func (v *Validator) Compare(node *connector.Node, body any) []Difference {
	c := comparison{undeclared: undeclared{def: v.def, seen: map[string]bool{}}}
	c.walk([]*connector.Node{node}, body, nil)
	slices.SortStableFunc(c.out, func(a, b Difference) int { return comparePointers(a.Pointer, b.Pointer) })
	return c.out
}

type comparison struct {
	undeclared
	out []Difference
}

func (c *comparison) add(path []string, declared, actual string) {
	pointer := withoutIndexes(joinPointer(path))
	if c.seen[pointer] || len(c.out) >= maxDifferences {
		return
	}
	c.seen[pointer] = true
	c.out = append(c.out, Difference{pointer, declared, actual})
}

func (c *comparison) walk(nodes []*connector.Node, value any, path []string) {
	parts := c.parts(nodes)
	kind, format, null := declaredAs(parts)
	if declared, actual, differs := compared(kind, format, null, value); differs {
		c.add(path, declared, actual)
		return
	}
	switch at := value.(type) {
	case []any:
		var items []*connector.Node
		for _, part := range parts {
			if node := part.Get("items"); node.IsObject() {
				items = append(items, node)
			}
		}
		for i, item := range at[:min(len(at), maxCompared)] {
			if len(items) > 0 {
				c.walk(items, item, append(path, strconv.Itoa(i)))
			}
		}
	case map[string]any:
		c.object(parts, at, path)
	}
}

func (c *comparison) object(parts []*connector.Node, value map[string]any, path []string) {
	closed, open := false, false
	for _, part := range parts {
		closed = closed || part.Get("properties").Len() > 0
		extra := part.Get("additionalProperties")
		open = open || extra.IsObject() || extra.Bool() || part.Get("discriminator").Exists()
	}
	for _, name := range sortedKeys(value) {
		var declared []*connector.Node
		for _, part := range parts {
			if p := part.Get("properties").Get(name); p.Exists() {
				declared = append(declared, p)
			}
		}
		below := slices.Concat(path, []string{name})
		switch {
		case len(declared) > 0:
			c.walk(declared, value[name], below)
		case closed && !open:
			c.add(below, "", actualType(value[name]))
		}
	}
}

// declaredAs is the type and format that the parts of a schema give.
func declaredAs(parts []*connector.Node) (kind, format string, null bool) {
	for _, part := range parts {
		if text := part.Get("type").String(); text != "" && kind == "" {
			kind = text
		}
		if text := part.Get("format").String(); text != "" && format == "" {
			format = text
		}
		null = null || nullable(part) || part.Get("type").IsArray()
	}
	return kind, format, null
}

// compared holds a value against a declared type and format.
func compared(kind, format string, null bool, value any) (declared, actual string, differs bool) {
	actual = actualType(value)
	declared = kind
	if format != "" {
		declared += " " + format
	}
	switch {
	case kind == "" || value == nil && null:
		return declared, actual, false
	case kind == "integer" && (actual == "integer int32" || actual == "integer int64"):
		return declared, actual, format == "" || format == "int32" && actual == "integer int64"
	case kind == "number" && value != nil:
		_, isNumber := numberText(value)
		return declared, actual, !isNumber
	case kind == "file":
		return declared, actual, false
	}
	return declared, actual, kind != actual
}

// actualType is the type of a value, with the format that a whole number needs.
func actualType(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		whole, err := v.Int64()
		switch {
		case err != nil:
			return "number"
		case whole >= math.MinInt32 && whole <= math.MaxInt32:
			return "integer int32"
		}
		return "integer int64"
	}
	return "number"
}
