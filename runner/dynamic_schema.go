package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

// schemaIn reads the schema in an answer once. A nil form without a fault is
// the empty schema, which null stands for.
func (a *dynamicAnswer) schemaIn(path string, seed int64) (*dynamicForm, string) {
	a.read.Do(func() { a.form, a.fault = readForm(a.e, path, seed) })
	return a.form, a.fault
}

func readForm(e *exchange, path string, seed int64) (*dynamicForm, string) {
	body, err := schema.Decode(e.body)
	if err != nil {
		return nil, "its answer cannot be read: " + err.Error()
	}
	found, there := body, true
	if path != "" {
		parent, last := body, path
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			parent, last = dig(body, path[:i]), path[i+1:]
		}
		object, _ := parent.(map[string]any)
		found, there = object[last]
	}
	if !there {
		return nil, fmt.Sprintf("its answer has nothing at %q, where the schema is declared to be", path)
	}
	if found == nil {
		return nil, ""
	}
	object, ok := found.(map[string]any)
	if !ok {
		return nil, fmt.Sprintf("its answer holds %s where a schema is declared to be", article(typeName(found)))
	}
	// Some give the properties alone.
	_, typed := object["type"].(string)
	if _, has := object["properties"]; !has && !typed && object["items"] == nil && object["allOf"] == nil && object["$ref"] == nil {
		object = map[string]any{"type": "object", "properties": object}
	}
	return newForm(object, seed)
}

func newForm(object map[string]any, seed int64) (*dynamicForm, string) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err.Error()
	}
	def := connector.NewDefinition(connector.ReadDocument("the dynamic schema", text))
	form := &dynamicForm{root: def.Root, gen: values.New(def, seed), validator: schema.New(def)}
	if properties := def.Root.Get("properties"); properties.Exists() && !properties.IsObject() {
		return nil, "what it answers is no schema: properties must be an object"
	}
	if err := form.validator.Check(def.Root); err != nil {
		return nil, "what it answers is no schema that can be used: " + err.Error()
	}
	return form, ""
}

// form is the schema that a reference yields for an input; nil when there is none.
func (d *dynamics) form(ctx context.Context, ref *dynamicRef, in *input) *dynamicForm {
	a := d.ask(ctx, ref, in)
	if a.e == nil || !a.e.ok() || a.e.cut {
		return nil
	}
	form, _ := a.schemaIn(ref.collection, d.run.opts.Seed)
	return form
}

// complete fills a body in with what the dynamic schemas in it describe.
func (d *dynamics) complete(ctx context.Context, in *input) {
	o := in.op
	for _, ref := range d.refs[o] {
		d.choose(ctx, ref, in)
		if !ref.schema || ref.place == inAnswer || ref.arrays || !in.hasBody || ref.place == inOptional && o.form.tried > 0 {
			continue
		}
		if _, given := d.run.composer.given(o, ref.path, ref.name); given && ref.path != "" {
			continue
		}
		form := d.form(ctx, ref, in)
		if form == nil {
			continue
		}
		v, err := form.gen.Generate(values.Request{Node: form.root, Name: ref.name, In: "body", Attempt: o.form.attempt(in.attempt),
			OnlyRequired: in.attempt%2 == 0 || o.form.steady,
			Lookup: func(path string, _ *connector.Node) (any, bool) {
				return d.run.composer.given(o, path, path[strings.LastIndexByte(path, '/')+1:])
			}})
		if err != nil || v.Data == nil {
			continue
		}
		if in.fill(ref.path, v.Data) {
			in.sources = append(in.sources, Source{ref.name, "the schema that " + ref.operationID + " gives"})
		}
	}
}

// fill puts a generated value at a path, beside what is there already. It
// reports false where there is no place for it.
func (in *input) fill(path string, v any) bool {
	made, isObject := v.(map[string]any)
	old, wasObject := dig(in.body, path).(map[string]any)
	if isObject && wasObject {
		for name, value := range made {
			if _, there := old[name]; !there {
				old[name] = value
			}
		}
		return true
	}
	if path == "" {
		in.body = v
		return true
	}
	if dig(in.body, path) != nil {
		return false
	}
	parent := in.body
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent = dig(in.body, path[:i])
	}
	object, ok := parent.(map[string]any)
	if ok {
		object[path[strings.LastIndexByte(path, '/')+1:]] = v
	}
	return ok
}

// judgeDynamic holds the parts of an answer whose schema is dynamic against the
// schema that is valid for this request.
func (w *worker) judgeDynamic(ctx context.Context, e *exchange) {
	r := w.run
	if !e.ok() || !r.enabled(checkBody) || e.cut {
		return
	}
	for _, ref := range r.dynamics.refs[w.op] {
		if !ref.schema || ref.place != inAnswer {
			continue
		}
		body, err := e.json()
		if err != nil {
			return
		}
		form := r.dynamics.form(ctx, ref, e.in)
		if form == nil || !form.hasFields() {
			continue
		}
		j := &judgement{run: r, op: w.op, e: e, check: checkBody}
		for _, part := range partsAt(body, strings.FieldsFunc(ref.path, func(c rune) bool { return c == '/' }), "") {
			found, err := form.validator.Validate(form.root, part.value)
			if err != nil {
				break
			}
			for _, v := range found {
				report := j.fail
				if v.Lenient {
					report = j.warn
				}
				report(part.pointer+v.Pointer, v.Message, fmt.Sprintf("Correct what the API sends, or the schema that %s gives.", ref.operationID))
			}
			if len(found) > 0 {
				break // one is enough: the others have the same cause
			}
		}
	}
}

// part is a value inside a body.
type part struct {
	pointer string
	value   any
}

// partsAt collects the values at a path of property names, through arrays.
func partsAt(v any, path []string, pointer string) []part {
	if list, ok := v.([]any); ok {
		var out []part
		for i, item := range list {
			out = append(out, partsAt(item, path, pointer+"/"+strconv.Itoa(i))...)
		}
		return out
	}
	if len(path) == 0 {
		return []part{{pointer, v}}
	}
	object, ok := v.(map[string]any)
	if !ok || object[path[0]] == nil {
		return nil
	}
	return partsAt(object[path[0]], slices.Clone(path[1:]), pointer+"/"+connector.EscapeToken(path[0]))
}

// hasFields reports whether a schema describes something with fields, as the
// designer needs it.
func (f *dynamicForm) hasFields() bool {
	kind := connector.NewDefinition(f.root.Document()).Type(f.root)
	return kind == "object" || kind == "array"
}
