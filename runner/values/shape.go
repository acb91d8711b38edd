package values

import (
	"math/big"
	"slices"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// shape is what all schemas that apply to one value ask of it together,
// references and allOf followed.
type shape struct {
	parts     []*connector.Node
	types     []string // nil when open
	enum      []any
	hasEnum   bool
	format    string
	patterns  []string
	low, high *big.Rat
	lowOpen   bool
	highOpen  bool
	steps     []*big.Rat
	minLen    int
	maxLen    int // -1 when open, as maxItems and maxProps
	minItems  int
	maxItems  int
	unique    bool
	minProps  int
	maxProps  int
	props     []property
	items     []*connector.Node
	closed    bool
	extra     []*connector.Node
	// discriminator is the name of the property that tells which subtype it is.
	discriminator string
}

// property is one property with all schemas that apply to it.
type property struct {
	name     string
	nodes    []*connector.Node
	required bool
}

// shape merges the schemas of nodes. A reference that leads nowhere adds nothing:
// the last check speaks about it.
func (g *Generator) shape(nodes []*connector.Node) *shape {
	s := &shape{maxLen: -1, maxItems: -1, maxProps: -1}
	queue := slices.Clone(nodes)
	for len(queue) > 0 {
		n := g.def.Resolve(queue[0])
		queue = queue[1:]
		if n == nil || slices.Contains(s.parts, n) {
			continue
		}
		s.parts = append(s.parts, n)
		for part := range n.Get("allOf").Items {
			queue = append(queue, part)
		}
	}
	told := ""
	required := map[string]bool{}
	for _, n := range s.parts {
		s.addTypes(n)
		s.addEnum(n)
		s.addNumbers(n)
		s.addText(n)
		told = s.addMembers(n, told)
		for _, name := range n.Get("required").Strings() {
			required[name] = true
		}
	}
	if s.types == nil && told != "" {
		s.types = []string{told}
	}
	s.markRequired(g, required)
	return s
}

func (s *shape) addTypes(n *connector.Node) {
	names := n.Get("type").Strings()
	if name := n.Get("type").String(); name != "" {
		names = []string{name}
	}
	if len(names) == 0 {
		return
	}
	if s.types == nil {
		s.types = names
		return
	}
	both := []string{}
	for _, name := range s.types {
		switch {
		case slices.Contains(names, name):
			both = append(both, name)
		case name == "integer" && slices.Contains(names, "number"):
			both = append(both, name)
		case name == "number" && slices.Contains(names, "integer"):
			both = append(both, "integer")
		}
	}
	s.types = both
}

func (s *shape) addEnum(n *connector.Node) {
	list := schema.EnumValues(n)
	if len(list) == 0 {
		list = namedValues(n.Get("x-ms-enum-values"))
	}
	if len(list) == 0 {
		list = namedValues(n.At("x-ms-enum", "values"))
	}
	if len(list) == 0 {
		return
	}
	if s.hasEnum {
		list = slices.DeleteFunc(list, func(v any) bool { return !slices.ContainsFunc(s.enum, func(o any) bool { return equal(v, o) }) })
	}
	s.enum, s.hasEnum = list, true
}

// namedValues reads the values of x-ms-enum-values: [{"value": …, "displayName": …}].
func namedValues(list *connector.Node) []any {
	var out []any
	for item := range list.Items {
		if value := item.Get("value"); value.Exists() {
			out = append(out, schema.Value(value))
		}
	}
	return out
}

func (s *shape) addNumbers(n *connector.Node) {
	if low := rat(n.Get("minimum").Text()); low != nil {
		open := n.Get("exclusiveMinimum").Bool()
		if s.low == nil || low.Cmp(s.low) > 0 || low.Cmp(s.low) == 0 && open {
			s.low, s.lowOpen = low, open
		}
	}
	if high := rat(n.Get("maximum").Text()); high != nil {
		open := n.Get("exclusiveMaximum").Bool()
		if s.high == nil || high.Cmp(s.high) < 0 || high.Cmp(s.high) == 0 && open {
			s.high, s.highOpen = high, open
		}
	}
	if step := rat(n.Get("multipleOf").Text()); step != nil && step.Sign() > 0 {
		s.steps = append(s.steps, step)
	}
}

func (s *shape) addText(n *connector.Node) {
	if format := n.Get("format").String(); format != "" {
		s.format = format
	}
	if pattern := n.Get("pattern").String(); pattern != "" {
		s.patterns = append(s.patterns, pattern)
	}
	s.minLen = max(s.minLen, count(n, "minLength", 0))
	s.maxLen = least(s.maxLen, count(n, "maxLength", -1))
	s.minItems = max(s.minItems, count(n, "minItems", 0))
	s.maxItems = least(s.maxItems, count(n, "maxItems", -1))
	s.minProps = max(s.minProps, count(n, "minProperties", 0))
	s.maxProps = least(s.maxProps, count(n, "maxProperties", -1))
	s.unique = s.unique || n.Get("uniqueItems").Bool()
}

func (s *shape) addMembers(n *connector.Node, told string) string {
	for p := range n.Get("properties").Members {
		told = "object"
		at := slices.IndexFunc(s.props, func(q property) bool { return q.name == p.Key() })
		if at < 0 {
			s.props = append(s.props, property{name: p.Key()})
			at = len(s.props) - 1
		}
		s.props[at].nodes = append(s.props[at].nodes, p)
	}
	if items := n.Get("items"); items.IsObject() {
		s.items = append(s.items, items)
		if told == "" {
			told = "array"
		}
	}
	switch extra := n.Get("additionalProperties"); {
	case extra.IsObject():
		s.extra = append(s.extra, extra)
		if told == "" {
			told = "object"
		}
	case extra.Kind() == connector.Bool && !extra.Bool():
		s.closed = true
	}
	if name := n.Get("discriminator"); name.IsString() {
		s.discriminator = name.String()
	}
	return told
}

// markRequired marks required properties and adds those that no schema
// describes; what only the API may set is not required of us.
func (s *shape) markRequired(g *Generator, required map[string]bool) {
	for i := range s.props {
		p := &s.props[i]
		if required[p.name] && !g.readOnly(p.nodes) {
			p.required = true
		}
		delete(required, p.name)
	}
	rest := make([]string, 0, len(required))
	for name := range required {
		rest = append(rest, name)
	}
	slices.Sort(rest)
	for _, name := range rest {
		s.props = append(s.props, property{name: name, nodes: s.extra, required: true})
	}
}

// typ is the type to make: the first that is not null; "" when any goes.
func (s *shape) typ() string {
	for _, name := range s.types {
		if name != "null" {
			return name
		}
	}
	switch {
	case len(s.types) > 0:
		return "null"
	case s.low != nil || s.high != nil || len(s.steps) > 0:
		return "number"
	}
	return ""
}

func (g *Generator) readOnly(nodes []*connector.Node) bool {
	return slices.ContainsFunc(nodes, func(n *connector.Node) bool { return schema.ReadOnly(g.def, n) })
}

// flag reports whether any of the schemas, or what they refer to, says name: true.
func (g *Generator) flag(nodes []*connector.Node, test func(*connector.Node) bool) bool {
	return slices.ContainsFunc(nodes, func(n *connector.Node) bool { return test(n) || test(g.def.Resolve(n)) })
}

func internal(n *connector.Node) bool { return n.Get("x-ms-visibility").String() == "internal" }
func deprecated(n *connector.Node) bool {
	return n.Get("deprecated").Bool() || n.Get("x-deprecated").Bool()
}

func count(n *connector.Node, name string, otherwise int) int {
	value, ok := n.Get(name).Float()
	if !ok || value < 0 || value > 1<<30 {
		return otherwise
	}
	return int(value)
}

// least is the smaller of two limits, where -1 is none.
func least(a, b int) int {
	switch {
	case a < 0:
		return b
	case b < 0:
		return a
	}
	return min(a, b)
}
