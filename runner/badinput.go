package runner

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/values"
)

// badInput is one request that the API should refuse.
type badInput struct {
	in    *input
	fault values.Fault
	// required: the fault is in something that the operation cannot do without.
	required bool
	// unknown: the request is valid but names something that does not exist.
	unknown bool
}

// badInputs derives requests with one fault each from a request that succeeded.
func (w *worker) badInputs() []badInput {
	o, c := w.op, w.run.composer
	base := w.op.good.in
	if o.kind == kindCreate {
		// A new thing: one that is there already would be refused for that.
		if in, err := c.compose(o, o.outcome.calls+2, w.known()); err == nil {
			base = in
		}
	}
	var out []badInput
	add := func(p *connector.Parameter, change func(*input, values.Fault)) {
		r := values.Request{Node: p.Schema(), Name: p.Name, In: p.In, Attempt: 0, OnlyRequired: true}
		if p.In == "body" {
			r.Lookup = fixedTo(base.body)
		}
		for _, f := range c.gen.Faults(r) {
			if p.In == "body" && f.Omit && (base.binary || !w.run.demanding(p.Schema())) {
				continue // no file is as good as an empty one
			}
			in := base.clone()
			in.fault = true
			change(in, f)
			out = append(out, badInput{in: in, fault: f, required: w.run.needed(p, f)})
		}
	}
	for _, p := range o.Parameters {
		if p.Node == nil || c.authNames[[2]string{p.In, norm(p.Name)}] || reserved(o, p) || p.In == "header" && norm(p.Name) == "contenttype" || p.Schema() == nil {
			continue
		}
		switch {
		case p.In == "body":
			add(p, func(in *input, f values.Fault) {
				in.body, in.hasBody = f.Value, !f.Omit
			})
		case p.In != "body" && p.Node.Get("type").String() == "boolean":
			// Whatever is not true counts as false for most readers of addresses.
		case p.In == "path" && (o.kind == kindDelete || !o.reads()) && p.Node.Get("type").String() == "string" && p.Node.Get("format").String() == "":
			// Any text may be the name of something that exists.
		default:
			add(p, func(in *input, f values.Fault) {
				in.params = slices.DeleteFunc(in.params, func(v paramValue) bool { return v.name == p.Name && v.in == p.In })
				if !f.Omit {
					in.params = append(in.params, paramValue{name: p.Name, in: p.In, node: p.Node, value: f.Value})
				}
			})
		}
	}
	all := append(w.nulls(), out...)
	sound := slices.DeleteFunc(slices.Clone(all), func(b badInput) bool { return w.strays(base, b) })
	w.spared = len(sound) < len(all)
	return append(thin(sound, maxFaults), w.unknown()...)
}

// strays reports whether a faulty change or deletion no longer says which of the
// run's own things is meant: an API that is careless with its input may take
// that for another thing, or for all of them.
func (w *worker) strays(base *input, b badInput) bool {
	t := w.op.target()
	if t == nil || !w.op.ownOnly() {
		return false
	}
	if t.in == "body" {
		member, _, _ := strings.Cut(t.path, "/")
		return !reflect.DeepEqual(dig(base.body, member), dig(b.in.body, member))
	}
	was, _ := base.find(t.name)
	is, there := b.in.find(t.name)
	changed := !there || fmt.Sprint(was) != fmt.Sprint(is)
	// In a path, what is no number names no thing that has one.
	return changed && (t.in != "path" || b.fault.Keyword != "type" && b.fault.Keyword != "format")
}

// thin keeps at most n of a list, spread over all of it.
func thin(list []badInput, n int) []badInput {
	if len(list) <= n {
		return list
	}
	out := make([]badInput, 0, n)
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// fixedTo gives the values of a body that was accepted, so that a faulty one
// differs from it in the fault only.
func fixedTo(body any) func(string, *connector.Node) (any, bool) {
	return func(path string, _ *connector.Node) (any, bool) {
		object, ok := body.(map[string]any)
		if !ok {
			return nil, false
		}
		v := dig(object, path)
		return v, v != nil
	}
}

// needed reports whether a fault lies in an input that is required. A query is
// read leniently by most, so only what stands in it with the wrong type counts.
func (r *run) needed(p *connector.Parameter, f values.Fault) bool {
	if p.In != "body" {
		return p.Required && (p.In != "query" || f.Keyword == "type") || p.In == "query" && f.Keyword == "type" && p.Node.Get("type").String() != "string"
	}
	first, _, _ := strings.Cut(f.Path, "/")
	return first == "" || isNumber(first) || slices.Contains(r.def.RequiredNames(p.Schema()), first)
}

// demanding reports whether a body must hold anything: an absent one is as good
// as an empty one where it must not.
func (r *run) demanding(schema *connector.Node) bool {
	found, err := r.validator.ValidateRequest(schema, map[string]any{})
	return err == nil && len(found) > 0
}

// nulls are bodies with null where an object stands in a list, which the
// definition forbids and careless servers trip over.
func (w *worker) nulls() []badInput {
	o := w.op
	body := o.Body()
	if body == nil || !o.good.in.hasBody {
		return nil
	}
	var out []badInput
	try := func(path string, value any) {
		found, err := w.run.validator.ValidateRequest(body.Schema(), value)
		if err != nil || len(found) == 0 || found[0].Lenient {
			return
		}
		in := o.good.in.clone()
		in.fault, in.body = true, value
		out = append(out, badInput{in: in, required: true, fault: values.Fault{Description: path + " holds null where an object is declared", Keyword: "type"}})
	}
	if _, ok := o.good.in.body.([]any); ok && w.run.def.Type(w.run.def.Resolve(body.Schema()).Get("items")) == "object" {
		try("the list", []any{nil})
	}
	object, ok := o.good.in.body.(map[string]any)
	if !ok {
		return out
	}
	for _, name := range sortedKeys(object) {
		list, ok := object[name].([]any)
		if !ok || len(list) == 0 {
			continue
		}
		if _, ok := list[0].(map[string]any); ok {
			changed := o.good.in.clone().body.(map[string]any)
			changed[name] = []any{nil}
			try(fmt.Sprintf("%q", name), changed)
		}
	}
	return out
}

// unknown asks for things that cannot exist. A deletion is tried only where
// identifiers are UUIDs: a made-up one of those is nobody's.
func (w *worker) unknown() []badInput {
	o := w.op
	if !o.safe() && o.kind != kindDelete {
		return nil
	}
	t := o.target()
	var out []badInput
	for i, p := range o.good.in.params {
		n := o.need(p.in, p.name)
		// What a reading looks in may be unknown as well as what it looks for.
		if p.in != "path" || n == nil || n != t && !o.safe() || hasSample(n.node) {
			continue
		}
		id, ok := nobody(p.value, w.run.opts.Seed)
		if !ok || o.kind == kindDelete && !isUUID(fmt.Sprint(p.value)) {
			continue
		}
		in := o.good.in.clone()
		in.params[i].value, in.fault = id, true
		out = append(out, badInput{in: in, unknown: true, fault: values.Fault{Description: p.name + " of something that does not exist"}})
	}
	return out
}

// nobody makes an identifier of the same form that belongs to nothing.
func nobody(like any, seed int64) (any, bool) {
	text := fmt.Sprint(like)
	switch {
	case isUUID(text):
		return fmt.Sprintf("%08x-7e57-4bad-8bad-%012x", uint32(seed)^0x9e3779b9, uint64(seed)&0xffffffff|0x7e57<<32), true
	case isNumber(strings.TrimPrefix(text, "-")):
		return "2147483600", true
	case text != "":
		return "precert-unknown", true
	}
	return nil, false
}

func isNumber(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}
