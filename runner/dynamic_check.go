package runner

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/finding"
)

// checkDynamics asks every source of choices and schemas. What is wrong with
// one is told once, at the operation that depends on it most.
func (r *run) checkDynamics(ctx context.Context) {
	var order []string
	groups := map[string][]*dynamicRef{}
	for _, o := range r.plan.ops {
		elsewhere := r.opts.Shared && (o.support || strings.HasPrefix(o.skip, notSelected))
		if (o.skip != "" || o.support) && !elsewhere {
			continue
		}
		for _, ref := range r.dynamics.refs[o] {
			key := strings.Join([]string{ref.operationID, ref.collection, ref.value, ref.title, strconv.FormatBool(ref.schema)}, "\x00")
			if groups[key] == nil {
				order = append(order, key)
			}
			groups[key] = append(groups[key], ref)
		}
	}
	for _, key := range order {
		refs := groups[key]
		slices.SortStableFunc(refs, func(a, b *dynamicRef) int { return int(a.place) - int(b.place) })
		r.checkDynamic(ctx, refs)
	}
}

// checkDynamic asks for the first reference that can be asked for.
func (r *run) checkDynamic(ctx context.Context, refs []*dynamicRef) {
	name := checkValues
	if refs[0].schema {
		name = checkSchema
	}
	if !r.enabled(name) {
		return
	}
	lacks := ""
	for _, ref := range refs {
		if ctx.Err() != nil || ref.op.support {
			// Another run of the same connector has that operation, and tells of it.
			return
		}
		a := r.dynamics.ask(ctx, ref, r.inputOf(ref.op))
		if a.e == nil {
			lacks = a.lacks
			continue
		}
		d := &dynamicJudgement{run: r, ref: ref, check: name, e: a.e, also: others(refs, ref.op), mock: func() bool { return r.isMock(ctx) }}
		if ref.schema {
			d.judgeSchema(a)
		} else {
			d.judgeValues()
		}
		return
	}
	u := refs[0].op.outcome
	u.probes = append(u.probes, probeSkip{name, lacks})
}

// inputOf is an input of an operation from which references can be resolved.
func (r *run) inputOf(o *operation) *input {
	if o.good != nil {
		return o.good.in
	}
	in, err := r.composer.compose(o, 0, r.pool.all())
	if err != nil {
		return nil
	}
	return in
}

// others names the operations that depend on the same source.
func others(refs []*dynamicRef, but *operation) string {
	var names []string
	for _, ref := range refs {
		if ref.op != but && !slices.Contains(names, ref.op.name) {
			names = append(names, ref.op.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (also asked for " + strings.Join(names, ", ") + ")"
}

// dynamicJudgement is one answer to a question for choices or a schema.
type dynamicJudgement struct {
	run   *run
	ref   *dynamicRef
	check string
	e     *exchange
	also  string
	// mock tells whether a mock answers, which is asked only when something looks wrong.
	mock func() bool
}

func (d *dynamicJudgement) add(verdict finding.Verdict, pointer, message, hint string) {
	if source := d.run.planner.byName(d.ref.operationID); source != nil && (d.run.script.rewritesAnswer(source) || d.run.script.rewritesRequest(source)) {
		u := d.ref.op.outcome
		u.probes = append(u.probes, probeSkip{d.check, "script.csx handles " + source.name + ", and precert does not run it"})
		return
	}
	if d.mock() {
		u := d.ref.op.outcome
		u.probes = append(u.probes, probeSkip{d.check, "a mock makes its answers up"})
		return
	}
	what := "choices for " + d.ref.name
	switch {
	case d.ref.schema && d.ref.place == inAnswer:
		what = "schema of the answer"
	case d.ref.schema:
		what = "schema of " + d.ref.name
	}
	d.ref.op.outcome.add(note{check: d.check, verdict: verdict, pointer: pointer, hint: hint, proof: d.e,
		message: fmt.Sprintf("%s, which is asked for the %s, %s%s", d.ref.operationID, what, message, d.also)})
}

// answered judges the answer as such; it reports whether there is a body to look into.
func (d *dynamicJudgement) answered() bool {
	if d.e.ok() {
		return true
	}
	if d.e.absent() {
		u := d.ref.op.outcome
		u.probes = append(u.probes, probeSkip{d.check, notRecorded})
		return false
	}
	source := d.run.planner.byName(d.ref.operationID)
	if source.good != nil && d.e.answered() {
		// What is wrong with it is told there.
		u := d.ref.op.outcome
		u.probes = append(u.probes, probeSkip{d.check, fmt.Sprintf("%s answered %s when it was asked, although it succeeds otherwise", source.name, statusText(d.e.status))})
		return false
	}
	what := "is answered " + statusText(d.e.status)
	if d.e.fail != nil {
		what = "gives no usable answer: " + d.e.fail.message
	}
	d.add(finding.Failed, "", what, "Let the operation succeed for whoever may call this one.")
	return false
}

func (d *dynamicJudgement) judgeValues() {
	if !d.answered() {
		return
	}
	hint := "Correct the paths of the extension, or what the operation answers."
	body, err := d.e.json()
	if err != nil {
		d.add(finding.Failed, "", "cannot be read: "+err.Error(), hint)
		return
	}
	at := "/" + strings.Trim(d.ref.collection, "/")
	if d.ref.collection == "" {
		at = ""
	}
	items, ok := dig(body, d.ref.collection).([]any)
	if !ok {
		where := fmt.Sprintf("at %q", d.ref.collection)
		if at == "" {
			where = "as its answer"
		}
		d.add(finding.Failed, "", "has no array "+where, hint)
		return
	}
	d.ref.op.outcome.hold(d.check, d.e)
	if len(items) == 0 {
		delete(d.ref.op.outcome.held, d.check)
		d.ref.op.outcome.probes = append(d.ref.op.outcome.probes, probeSkip{d.check, fmt.Sprintf("%s yields no items, so there is nothing to judge; test with an account that has some%s", d.ref.operationID, d.also)})
		return
	}
	for i, item := range items {
		pointer := at + "/" + strconv.Itoa(i)
		switch value := dig(item, d.ref.value); {
		case !isChoice(value):
			d.add(finding.Failed, pointer, fmt.Sprintf("yields an item without a value at %q", d.ref.value), hint)
			return
		case d.ref.title != "" && !isChoice(dig(item, d.ref.title)):
			d.add(finding.Failed, pointer, fmt.Sprintf("yields an item without a title at %q", d.ref.title), hint)
			return
		case !d.fits(value):
			d.add(finding.Warned, pointer, fmt.Sprintf("yields the value %s, which the input does not take", printed(value)), "Let the type of the input and that of the values be the same.")
			return
		}
	}
}

// isChoice reports whether a value can be shown and sent.
func isChoice(v any) bool {
	text, isText := v.(string)
	return isScalar(v) || isText && text != ""
}

// fits reports whether the input takes a value; inputs that hold several are not judged.
func (d *dynamicJudgement) fits(v any) bool {
	node := d.run.def.Resolve(d.ref.node)
	if kind := node.Get("type").String(); kind == "array" || kind == "object" || node.Get("enum").Exists() {
		return true
	}
	return fits(node, v)
}

func printed(v any) string {
	text := fmt.Sprintf("%q", fmt.Sprint(v))
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

func (d *dynamicJudgement) judgeSchema(a *dynamicAnswer) {
	if !d.answered() {
		return
	}
	hint := "Answer a JSON Schema of type object at the declared path, or correct the path."
	form, fault := a.schemaIn(d.ref.collection, d.run.opts.Seed)
	if fault != "" {
		d.add(finding.Failed, "", "yields no schema: "+fault, hint)
		return
	}
	d.ref.op.outcome.hold(d.check, d.e)
	if form == nil {
		return // null says that there are no fields
	}
	if !form.hasFields() {
		d.add(finding.Warned, "", "yields a schema that is no object, so the designer shows no fields", hint)
	}
}
