package values

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// maxFaults is how many broken inputs are made of one value.
const maxFaults = 40

// maxFaultText is the longest string that is made only to be too long.
const maxFaultText = 10_000

// Fault is an input that the definition forbids beyond doubt.
type Fault struct {
	// Description says what is wrong with it, for people.
	Description string
	// Path is the place that is wrong, as in Origins; "" for the whole value.
	Path string
	// Keyword is what forbids it: required, type, enum, minimum, maxLength ...
	Keyword string
	// Value is the whole input with the fault in it.
	Value any
	// Omit says that the parameter, or the body, is left out; Value is nil then.
	Omit bool
	// Lenient says that many APIs take it all the same.
	Lenient bool
}

// Faults makes inputs that the definition forbids, each with one fault in an
// otherwise valid value: required parts left out first, then wrong types, values
// outside of enum, bounds and lengths. None when no valid value can be made.
func (g *Generator) Faults(r Request) []Fault {
	base, err := g.Generate(r)
	if err != nil {
		return nil
	}
	b := &breaker{g: g, r: r, base: base.Data}
	b.omit()
	b.walk([]*connector.Node{r.Node}, base.Data, nil)
	return slices.Concat(b.missing, b.others)[:min(maxFaults, len(b.missing)+len(b.others))]
}

type breaker struct {
	g               *Generator
	r               Request
	base            any
	missing, others []Fault
}

// omit leaves out the whole of a required parameter. One in a path cannot be left out.
func (b *breaker) omit() {
	holder := b.r.Node
	if b.r.In == "body" {
		holder = b.r.Node.Parent()
	}
	if !holder.Get("required").Bool() || b.r.In == "path" {
		return
	}
	what := fmt.Sprintf("the required %s parameter %q is left out", b.r.In, b.r.Name)
	if b.r.In == "body" {
		what = "the required body is left out"
	}
	b.missing = append(b.missing, Fault{Description: what, Keyword: "required", Omit: true, Lenient: holder.Get("default").Exists()})
}

// walk breaks a value and everything in it.
func (b *breaker) walk(nodes []*connector.Node, value any, path []string) {
	s := b.g.shape(nodes)
	b.wrongType(s, path)
	if s.hasEnum {
		b.outsideEnum(s, path)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, p := range s.props {
			item, there := v[p.name]
			if !there {
				continue
			}
			below := append(slices.Clone(path), p.name)
			if p.required {
				b.leaveOut(p, below)
			}
			if len(p.nodes) > 0 && s.discriminator != p.name {
				b.walk(p.nodes, item, below)
			}
		}
	case []any:
		b.outsideItems(s, v, path)
		if len(v) > 0 && len(s.items) > 0 {
			b.walk(s.items, v[0], append(slices.Clone(path), "0"))
		}
	case string:
		if s.typ() == "string" && !s.hasEnum {
			b.outsideLength(s, v, path)
		}
	case json.Number:
		if !s.hasEnum {
			b.outsideBounds(s, path)
		}
	}
}

func (b *breaker) leaveOut(p property, path []string) {
	f := Fault{
		Description: fmt.Sprintf("the required property %q is left out", strings.Join(path, "/")),
		Path:        strings.Join(path, "/"), Keyword: "required", Value: replace(b.base, path, nil, true),
		Lenient: b.g.flag(p.nodes, func(n *connector.Node) bool { return n.Get("default").Exists() || internal(n) }),
	}
	if b.forbidden(f.Value) {
		b.missing = append(b.missing, f)
	}
}

func (b *breaker) wrongType(s *shape, path []string) {
	if len(path) == 0 && b.r.In == "body" && s.typ() != "object" && s.typ() != "array" {
		return
	}
	switch s.typ() {
	case "integer", "number":
		b.add(path, "type", "text where a number is declared", "precert", false)
	case "boolean":
		b.add(path, "type", "text where true or false is declared", "precert", false)
	case "object":
		b.add(path, "type", "text where an object is declared", "precert", false)
	case "array":
		if b.r.In == "body" {
			b.add(path, "type", "text where an array is declared", "precert", true)
		}
	case "string":
		// Most frameworks turn a number into text; an object they cannot.
		if b.r.In == "body" {
			b.add(path, "type", "an object where text is declared", map[string]any{"precert": true}, true)
		}
	}
}

func (b *breaker) outsideEnum(s *shape, path []string) {
	switch s.typ() {
	case "string":
		b.add(path, "enum", "a value that enum does not list", "precert-not-listed", false)
	case "integer", "number":
		outside := big.NewRat(0, 1)
		for _, value := range s.enum {
			if n := rat(Text(value, "")); n != nil && n.Cmp(outside) > 0 {
				outside = n
			}
		}
		b.add(path, "enum", "a value that enum does not list", number(new(big.Rat).Add(outside, big.NewRat(1000, 1))), false)
	}
}

func (b *breaker) outsideBounds(s *shape, path []string) {
	one := big.NewRat(1, 1)
	if s.low != nil {
		b.add(path, "minimum", "a number below the minimum "+string(number(s.low)), number(new(big.Rat).Sub(s.low, one)), false)
	}
	if s.high != nil {
		b.add(path, "maximum", "a number above the maximum "+string(number(s.high)), number(new(big.Rat).Add(s.high, one)), false)
	}
}

func (b *breaker) outsideLength(s *shape, value string, path []string) {
	if s.minLen > 0 {
		short := string([]rune(value)[:min(s.minLen-1, len([]rune(value)))])
		b.add(path, "minLength", "text shorter than "+strconv.Itoa(s.minLen)+" characters", short, false)
	}
	if s.maxLen >= 0 && s.maxLen < maxFaultText {
		long := value + strings.Repeat("x", s.maxLen+1)
		b.add(path, "maxLength", "text longer than "+strconv.Itoa(s.maxLen)+" characters", string([]rune(long)[:s.maxLen+1]), false)
	}
}

func (b *breaker) outsideItems(s *shape, value []any, path []string) {
	if s.minItems > 0 && len(value) >= s.minItems {
		b.add(path, "minItems", "fewer than "+strconv.Itoa(s.minItems)+" items", slices.Clone(value[:s.minItems-1]), false)
	}
	if s.maxItems >= 0 && s.maxItems < 200 && len(value) > 0 && !s.unique {
		many := []any{}
		for len(many) <= s.maxItems {
			many = append(many, value[0])
		}
		b.add(path, "maxItems", "more than "+strconv.Itoa(s.maxItems)+" items", many, false)
	}
}

// add keeps a fault that the schema really forbids.
func (b *breaker) add(path []string, keyword, what string, wrong any, lenient bool) {
	place := display(b.r.Name, strings.Join(path, "/"))
	if b.r.In == "body" && len(path) > 0 {
		place = strings.Join(path, "/")
	}
	f := Fault{
		Description: fmt.Sprintf("%q holds %s", place, what), Path: strings.Join(path, "/"),
		Keyword: keyword, Value: replace(b.base, path, wrong, false), Lenient: lenient,
	}
	if len(b.others) < maxFaults && b.forbidden(f.Value) {
		b.others = append(b.others, f)
	}
}

func (b *breaker) forbidden(value any) bool {
	found, err := b.g.validator.ValidateRequest(b.r.Node, value)
	return err == nil && slices.ContainsFunc(found, func(v schema.Violation) bool { return !v.Lenient })
}

// replace returns a copy of value with the place at path set, or removed.
// Missing objects on the way are made.
func replace(value any, path []string, with any, remove bool) any {
	if len(path) == 0 {
		return with
	}
	if list, ok := value.([]any); ok {
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i > len(list) || i == len(list) && remove {
			return value
		}
		list = slices.Clone(list)
		switch {
		case i == len(list):
			list = append(list, replace(nil, path[1:], with, remove))
		case remove && len(path) == 1:
			list = slices.Delete(list, i, i+1)
		default:
			list[i] = replace(list[i], path[1:], with, remove)
		}
		return list
	}
	object, _ := value.(map[string]any)
	out := make(map[string]any, len(object)+1)
	for name, item := range object {
		out[name] = item
	}
	if remove && len(path) == 1 {
		delete(out, path[0])
		return out
	}
	out[path[0]] = replace(out[path[0]], path[1:], with, remove)
	return out
}

// find returns the value at path and whether it is there.
func find(value any, path []string) (any, bool) {
	for _, step := range path {
		switch v := value.(type) {
		case map[string]any:
			item, there := v[step]
			if !there {
				return nil, false
			}
			value = item
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
