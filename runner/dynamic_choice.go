package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// choose puts one of the choices that hold for this very request where the input
// has another: those for a project depend on the project that was chosen, those
// for a ticket on the state that it has now.
func (d *dynamics) choose(ctx context.Context, ref *dynamicRef, in *input) {
	o := in.op
	if ref.schema || ref.arrays || ref.place == inAnswer || !ref.dependent() {
		return
	}
	p := o.Parameter(ref.name)
	inBody := ref.path != "" && in.hasBody
	if !inBody && (p == nil || p.In == "body" || p.In == "path") {
		return
	}
	if _, given := d.run.composer.given(o, ref.path, ref.name); given {
		return
	}
	old, there := in.find(ref.name)
	if inBody {
		old = dig(in.body, ref.path)
		there = old != nil
	}
	if !there {
		return
	}
	choices := d.choices(ctx, ref, in)
	if len(choices) == 0 || slices.ContainsFunc(choices, func(v any) bool { return fmt.Sprint(v) == fmt.Sprint(old) }) {
		return
	}
	v := typed(d.run.def.Resolve(ref.node), choices[in.attempt%len(choices)])
	source := "what " + ref.operationID + " answers for this request"
	if inBody {
		in.body = withValue(in.body, splitPath(ref.path), v)
		in.sourceAnew(ref.path, source)
		return
	}
	in.put(ref.name, v)
	in.sourceAnew(ref.name, source)
}

// dependent reports whether the choices depend on other inputs of the request.
func (ref *dynamicRef) dependent() bool {
	for p := range ref.parameters.Members {
		if p.Get("parameter").Exists() || p.Get("parameterReference").Exists() {
			return true
		}
	}
	return false
}

// choices are the values that the source of a reference answers. Those of a thing
// that is acted on are asked for every time, as each call may change its state.
func (d *dynamics) choices(ctx context.Context, ref *dynamicRef, in *input) []any {
	var e *exchange
	if in.op.ownOnly() {
		source := d.run.planner.byName(ref.operationID)
		given, lacks := ref.given(in)
		if source.skip != "" || lacks != "" || !source.reads() {
			return nil
		}
		e, _ = d.send(ctx, source, given)
	} else {
		e = d.ask(ctx, ref, in).e
	}
	if e == nil || !e.ok() {
		return nil
	}
	body, err := e.json()
	if err != nil {
		return nil
	}
	list, _ := dig(body, ref.collection).([]any)
	var out []any
	for _, item := range list {
		if v := dig(item, ref.value); isScalar(v) && d.run.composer.fits(&need{node: ref.node}, v) {
			out = append(out, v)
		}
	}
	return out
}

// sourceAnew says again where a value comes from.
func (in *input) sourceAnew(name, from string) {
	in.sources = slices.DeleteFunc(in.sources, func(s Source) bool { return s.Name == name })
	in.source(name, from)
}

// splitPath cuts a path of property names.
func splitPath(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
}
