package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

// dynamicRef is one x-ms-dynamic-… extension: what to ask another operation for.
type dynamicRef struct {
	op *operation
	// node is the schema or parameter that bears it, name what makers know it by.
	node *connector.Node
	name string
	// path leads to the value in the body; items of arrays add nothing to it.
	path string
	// place says whether it stands in a required input, an optional one or an answer.
	place refPlace
	// schema: it asks for a schema, not for choices.
	schema bool
	// arrays: the path leads through an array.
	arrays bool

	operationID string
	parameters  *connector.Node
	// collection leads to the items in the answer, or to the schema; value and
	// title into an item.
	collection, value, title string
}

// refPlace orders references by how much depends on them.
type refPlace int

// The places.
const (
	inRequired refPlace = iota
	inOptional
	inAnswer
)

// dynamics asks operations for choices and schemas. Equal questions are asked once.
type dynamics struct {
	run   *run
	mu    sync.Mutex
	asked map[string]*dynamicAnswer
	refs  map[*operation][]*dynamicRef
}

// dynamicAnswer is the answer to one question.
type dynamicAnswer struct {
	once sync.Once
	e    *exchange
	// lacks says why nothing was asked.
	lacks string
	// form is the schema in the answer, once it was asked for; fault what is wrong with it.
	read  sync.Once
	form  *dynamicForm
	fault string
}

// dynamicForm is a schema that an operation gave, ready for use.
type dynamicForm struct {
	root      *connector.Node
	gen       *values.Generator
	validator *schema.Validator
}

func newDynamics(r *run) *dynamics {
	d := &dynamics{run: r, asked: map[string]*dynamicAnswer{}, refs: map[*operation][]*dynamicRef{}}
	for _, o := range r.plan.ops {
		d.refs[o] = r.dynamicRefs(o)
	}
	return d
}

// dynamicRefs finds the references of an operation, inputs first.
func (r *run) dynamicRefs(o *operation) []*dynamicRef {
	f := &refFinder{run: r, op: o}
	for _, p := range o.Parameters {
		if p.Node == nil {
			continue
		}
		place := inOptional
		if p.Required {
			place = inRequired
		}
		if p.In == "body" {
			f.walk(p.Schema(), p.Name, "", place, false, 0)
		} else {
			f.read(p.Node, p.Name, "", place, false)
		}
	}
	if s := successSchema(o.Operation); s != nil {
		f.walk(s, "the answer", "", inAnswer, false, 0)
	}
	return f.out
}

type refFinder struct {
	run  *run
	op   *operation
	open []*connector.Node
	out  []*dynamicRef
}

// walk goes through a schema and what lies below it.
func (f *refFinder) walk(n *connector.Node, name, path string, place refPlace, arrays bool, depth int) {
	def := f.run.def
	n = def.Resolve(n)
	if n == nil || slices.Contains(f.open, n) || depth > 2*maxDeep {
		return
	}
	f.open = append(f.open, n)
	defer func() { f.open = f.open[:len(f.open)-1] }()
	f.read(n, name, path, place, arrays)
	required := def.RequiredNames(n)
	for _, property := range def.Properties(n) {
		at, below := property.Key(), place
		if path != "" {
			at = path + "/" + at
		}
		if place == inRequired && !slices.Contains(required, property.Key()) {
			below = inOptional
		}
		f.walk(property, property.Key(), at, below, arrays, depth+1)
	}
	if items := n.Get("items"); items.IsObject() {
		f.walk(items, name, path, place, true, depth+1)
	}
}

// read takes the references of one schema or parameter. The newer extensions
// say the same as the older ones without ambiguity.
func (f *refFinder) read(n *connector.Node, name, path string, place refPlace, arrays bool) {
	add := func(ext *connector.Node, isSchema bool, collection, value, title string) {
		if f.run.planner.byName(ext.Get("operationId").String()) == nil {
			return // the static rules tell
		}
		f.out = append(f.out, &dynamicRef{op: f.op, node: n, name: name, path: path, place: place, arrays: arrays, schema: isSchema,
			operationID: ext.Get("operationId").String(), parameters: ext.Get("parameters"),
			collection: ext.Get(collection).String(), value: ext.Get(value).String(), title: ext.Get(title).String()})
	}
	switch list, old := n.Get("x-ms-dynamic-list"), n.Get("x-ms-dynamic-values"); {
	case place == inAnswer:
	case list.IsObject():
		add(list, false, "itemsPath", "itemValuePath", "itemTitlePath")
	case old.IsObject():
		add(old, false, "value-collection", "value-path", "value-title")
	}
	if tree := n.At("x-ms-dynamic-tree", "open"); tree.IsObject() && place != inAnswer {
		add(tree, false, "itemsPath", "itemValuePath", "itemTitlePath")
	}
	switch properties, old := n.Get("x-ms-dynamic-properties"), n.Get("x-ms-dynamic-schema"); {
	case properties.IsObject():
		add(properties, true, "itemValuePath", "", "")
	case old.IsObject():
		add(old, true, "value-path", "", "")
	}
}

// ask asks the operation of a reference, its parameters taken from in.
func (d *dynamics) ask(ctx context.Context, ref *dynamicRef, in *input) *dynamicAnswer {
	source := d.run.planner.byName(ref.operationID)
	if source.skip != "" && !strings.HasPrefix(source.skip, notSelected) {
		return &dynamicAnswer{lacks: fmt.Sprintf("%s does not run: %s", source.name, source.skip)}
	}
	given, lacks := ref.given(in)
	if lacks != "" {
		return &dynamicAnswer{lacks: lacks}
	}
	key, err := json.Marshal([]any{source.name, ref.collection, given})
	if err != nil {
		return &dynamicAnswer{lacks: err.Error()}
	}
	d.mu.Lock()
	a := d.asked[string(key)]
	if a == nil {
		a = &dynamicAnswer{}
		d.asked[string(key)] = a
	}
	d.mu.Unlock()
	a.once.Do(func() { a.e, a.lacks = d.send(ctx, source, given) })
	return a
}

// send calls the source of a reference.
func (d *dynamics) send(ctx context.Context, source *operation, given map[string]any) (*exchange, string) {
	// What the source itself needs is not looked up any further: that could go in circles.
	plain := *d.run.composer
	plain.complete = nil
	in, err := plain.compose(source, 0, d.run.pool.all())
	if err != nil {
		return nil, fmt.Sprintf("%s cannot be called: %v", source.name, err)
	}
	for _, name := range sortedKeys(given) {
		in.put(name, given[name])
	}
	m, err := encode(d.run.base, in)
	if err != nil {
		return nil, err.Error()
	}
	e := d.run.session.send(ctx, source, in, m, sending{purpose: forDynamic})
	if e.fail != nil && e.fail.kind == failStopped {
		return nil, "the run ended"
	}
	return e, ""
}

// put sets a parameter by its name, or a property of the body by the name of the
// body parameter and its path.
func (in *input) put(name string, v any) {
	first, rest, _ := strings.Cut(name, "/")
	p := in.op.Parameter(name)
	if p == nil {
		p = in.op.Parameter(first)
	}
	switch {
	case p == nil || p.Node == nil:
		if object, ok := in.body.(map[string]any); ok {
			object[first] = v // the older form names properties without their parameter
		}
	case p.In == "body":
		in.hasBody = true
		if rest == "" {
			in.body = v
			return
		}
		in.body = withValue(in.body, strings.Split(rest, "/"), v)
	default:
		in.params = slices.DeleteFunc(in.params, func(old paramValue) bool { return old.name == p.Name && old.in == p.In })
		in.params = append(in.params, paramValue{name: p.Name, in: p.In, node: p.Node, value: v})
	}
}

// withValue puts a value at a path of property names.
func withValue(body any, path []string, v any) any {
	if len(path) == 0 {
		return v
	}
	object, ok := body.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[path[0]] = withValue(object[path[0]], path[1:], v)
	return object
}

// given resolves the parameters of a reference; lacks says what is not known.
func (ref *dynamicRef) given(in *input) (given map[string]any, lacks string) {
	given = map[string]any{}
	for p := range ref.parameters.Members {
		name := p.Key()
		reference := p.Get("parameterReference").String()
		if reference == "" {
			reference = p.Get("parameter").String()
		}
		switch {
		case reference != "":
			v, ok := in.find(reference)
			if !ok {
				return nil, fmt.Sprintf("no value is known for %s, by which %s is asked", reference, ref.operationID)
			}
			given[name] = v
		case p.IsObject() && p.Get("value").Exists():
			given[name] = schema.Value(p.Get("value"))
		case p.IsObject():
			// Such as selectedItemValue: known only while a maker browses.
		default:
			given[name] = schema.Value(p)
		}
	}
	return given, ""
}

// find returns an input by the name of a parameter, by a path that begins with
// one, or by the name of a property of the body.
func (in *input) find(reference string) (any, bool) {
	if in == nil {
		return nil, false
	}
	for _, p := range in.params {
		if p.name == reference {
			return p.value, true
		}
	}
	first, rest, _ := strings.Cut(reference, "/")
	if p := in.op.Parameter(first); p != nil && p.In == "body" {
		if v := dig(in.body, rest); v != nil {
			return v, true
		}
	}
	if v := dig(in.body, reference); v != nil {
		return v, true
	}
	return deepest(in.body, reference, 0)
}

// deepest looks for a property by its name alone, outer ones first.
func deepest(v any, name string, depth int) (any, bool) {
	object, ok := v.(map[string]any)
	if !ok || depth > maxDeep {
		return nil, false
	}
	if found, ok := object[name]; ok && found != nil {
		return found, true
	}
	for _, key := range sortedKeys(object) {
		if found, ok := deepest(object[key], name, depth+1); ok {
			return found, true
		}
	}
	return nil, false
}
