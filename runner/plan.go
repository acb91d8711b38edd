package runner

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// plan is the order of a run.
type plan struct {
	// ops are all operations in the order of the definition.
	ops []*operation
	// stages are what may run at the same time, in order; an operation that is skipped is in none.
	stages [][]*operation
	// test is the operation that tests the connection, nil when there is none fit for it.
	test *operation
}

// newPlan decides what runs, in which order, and why the rest does not.
func newPlan(pkg *connector.Package, opts Options, policies *policies, auth *authenticator) (*plan, *planner) {
	ops := newOperations(pkg.Definition, opts)
	p := newPlanner(pkg.Definition, ops)
	p.findNeeds()
	sel := newSelection(opts)
	for _, o := range ops {
		o.skip, o.mend = permission(o, opts, sel)
		if o.skip == "" {
			o.skip, o.mend = policies.unfit(o)
		}
	}
	for _, o := range ops {
		if o.skip == "" {
			o.skip, o.mend = p.ownership(o)
		}
		// What lies below a thing would not be found under its new name.
		o.form.fresh = p.renames(o)
	}
	p.selectSupport(sel, opts)
	p.order()
	auth.findMints(p)
	return &plan{ops: ops, stages: p.stages(), test: connectionTest(pkg, ops)}, p
}

// permission decides by configuration, kind and danger whether an operation may run.
func permission(o *operation, opts Options, sel *selection) (skip, mend string) {
	switch {
	case o.conf.Skip != "":
		return "left out by the configuration: " + o.conf.Skip, ""
	case sel.skipped(o.name):
		return "left out by --skip", ""
	case isHook(o) && !opts.hooked:
		return "a webhook trigger needs a callback address that the API can reach; it was not registered", mendCallback
	case o.unhook && !opts.hooked:
		return "it deletes what a webhook trigger registers, and no trigger was registered", ""
	}
	if o.conf.Allow {
		return "", ""
	}
	if harm := danger(o); harm != "" {
		return "not run because it may " + harm, hazardMend(o.Operation)
	}
	if !o.safe() && !slices.Contains(opts.Allow, o.Method) {
		return o.Method + " is not allowed: it may change data", fmt.Sprintf("allow: [%s]   # or operations: {%s: {allow: true}}", o.Method, yamlKey(o.name))
	}
	return "", ""
}

// ownership skips what would change or delete things that the run did not create.
func (p *planner) ownership(o *operation) (skip, mend string) {
	if !o.ownOnly() {
		return "", ""
	}
	target := o.target()
	if target == nil && o.undoes == nil {
		if o.kind == kindAction {
			return "", ""
		}
		return "it changes something that was there before this run", fmt.Sprintf("operations: {%s: {allow: true}}", yamlKey(o.name))
	}
	var creators []*operation
	if target == nil {
		creators = []*operation{o.undoes}
	} else {
		creators = p.creators(o, target)
	}
	mend = fmt.Sprintf("operations: {%s: {allow: true, values: {%s: …}}}", yamlKey(o.name), targetName(o))
	if len(creators) == 0 {
		return "it acts on something that this run cannot create: no operation makes what " + targetName(o) + " names", mend
	}
	for _, c := range creators {
		if c.skip == "" {
			return "", ""
		}
	}
	c := creators[0]
	return fmt.Sprintf("it acts only on what this run creates, and %s does not run (%s)", c.name, c.skip), cmp.Or(c.mend, mend)
}

func targetName(o *operation) string {
	if t := o.target(); t != nil {
		return t.name
	}
	return "id"
}

// selection is what --only and --skip leave. A pattern that fits the name of a
// check is about checks, any other about operations.
type selection struct {
	only, skip           []string
	onlyChecks, noChecks []string
}

func newSelection(opts Options) *selection {
	s := &selection{}
	sort := func(patterns []string) (ops, checks []string) {
		for _, pattern := range patterns {
			if slices.ContainsFunc(checkNames(), func(name string) bool { return globMatch(pattern, name) }) {
				checks = append(checks, pattern)
			} else {
				ops = append(ops, pattern)
			}
		}
		return ops, checks
	}
	s.only, s.onlyChecks = sort(opts.Only)
	s.skip, s.noChecks = sort(opts.Skip)
	if len(s.only) == 0 && len(s.onlyChecks) == 0 && len(opts.Only) > 0 {
		s.only = opts.Only
	}
	return s
}

func globMatch(pattern, name string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
	return ok && err == nil
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return globMatch(p, name) })
}

func (s *selection) wanted(operation string) bool {
	return len(s.only) == 0 || matchAny(s.only, operation)
}

func (s *selection) skipped(operation string) bool { return matchAny(s.skip, operation) }

func (s *selection) check(name string) bool {
	return (len(s.onlyChecks) == 0 || matchAny(s.onlyChecks, name)) && !matchAny(s.noChecks, name)
}

// notSelected begins the reason of an operation that was not asked for.
const notSelected = "not selected"

// selectSupport keeps of the operations that were not asked for those that
// yield what the others need.
func (p *planner) selectSupport(sel *selection, opts Options) {
	needed := map[*operation]bool{}
	var mark func(o *operation)
	mark = func(o *operation) {
		if needed[o] {
			return
		}
		needed[o] = true
		for _, n := range o.needs {
			for _, producer := range p.producers(n) {
				mark(producer)
			}
		}
		for _, other := range p.wakers(o, opts) {
			mark(other)
		}
		if o.undoes != nil {
			mark(o.undoes)
		}
	}
	for _, o := range p.ops {
		if sel.wanted(o.name) {
			mark(o)
		}
	}
	for _, o := range p.ops {
		if sel.wanted(o.name) {
			continue
		}
		o.support = true
		if !needed[o] && o.skip == "" {
			o.skip = notSelected + " by --only"
		}
	}
}

// order says for every operation what must be done before it.
func (p *planner) order() {
	for _, o := range p.ops {
		for _, name := range o.conf.Needs {
			o.after[p.byName(name)] = true
		}
		for _, n := range o.needs {
			for _, producer := range p.producers(n) {
				if producer != o {
					o.after[producer] = true
				}
			}
		}
		if o.undoes != nil {
			o.after[o.undoes] = true
		}
		for _, other := range p.ops {
			if p.gives(other, o) && other.skip == "" {
				o.after[other] = true
			}
		}
	}
	for _, o := range p.ops {
		if o.kind == kindDelete && o.undoes == nil {
			p.orderDeletion(o)
		}
		if o.single != nil {
			p.orderSingle(o)
		}
		if o.retires() {
			p.orderRetiring(o)
		}
		if o.clears {
			p.orderClearing(o)
		}
	}
}

// orderClearing puts what takes something off a thing after what puts it there or reads it.
func (p *planner) orderClearing(o *operation) {
	for _, other := range p.ops {
		if other != o && other.Path == o.Path && !other.after[o] {
			o.after[other] = true
		}
	}
}

// orderDeletion puts a deletion after everything else that uses what it
// deletes, deletions of what lies below it included.
func (p *planner) orderDeletion(o *operation) {
	target := o.target()
	if target == nil {
		return
	}
	for _, other := range p.ops {
		if other == o {
			continue
		}
		for _, n := range other.needs {
			sameThing := slices.ContainsFunc(n.resources, func(r string) bool { return slices.Contains(target.resources, r) })
			// What takes a user out of a team comes before what deletes users.
			rival := other.kind == kindDelete && other.undoes == nil && n.target &&
				(n.resources[0] == target.resources[0] || strings.Count(other.Path, "{") <= strings.Count(o.Path, "{"))
			if sameThing && !rival && !other.after[o] {
				o.after[other] = true
			}
		}
		if other.kind == kindDelete && other.undoes == nil && !other.after[o] && p.liesBelow(other, target) {
			o.after[other] = true
		}
	}
}

// liesBelow reports whether what a deletion deletes was made below a thing, or
// cannot be made without one: with the thing it would go, or no more be made.
func (p *planner) liesBelow(deletion *operation, thing *need) bool {
	t := deletion.target()
	if t == nil {
		return false
	}
	for _, creation := range p.creators(deletion, t) {
		for _, n := range creation.needs {
			if (n.in == "path" || n.required) && slices.ContainsFunc(n.resources, func(r string) bool { return slices.Contains(thing.resources, r) && !slices.Contains(t.resources, r) }) {
				return true
			}
		}
	}
	return false
}

// stages sorts the operations: those whose predecessors are done, the earliest
// kind of them first. A circle is broken at the earliest kind, one of deletions at
// those of what lies deepest.
func (p *planner) stages() [][]*operation {
	var out [][]*operation
	done := map[*operation]bool{}
	// Webhooks have their own turn, when there is something to make events with.
	elsewhere := func(o *operation) bool { return o.skip != "" || isHook(o) }
	left := slices.DeleteFunc(slices.Clone(p.ops), elsewhere)
	for _, o := range p.ops {
		done[o] = elsewhere(o)
	}
	for len(left) > 0 {
		ready := slices.DeleteFunc(slices.Clone(left), func(o *operation) bool { return !allDone(o.after, done) })
		circle := len(ready) == 0
		if circle {
			ready = slices.Clone(left)
		}
		first := slices.MinFunc(ready, func(a, b *operation) int { return cmp.Compare(a.kind, b.kind) }).kind
		stage := slices.DeleteFunc(ready, func(o *operation) bool { return o.kind != first })
		if circle && first == kindDelete {
			// What lies deepest goes first: what it lies below takes it along.
			depth := func(o *operation) int { return strings.Count(o.Path, "{") }
			deepest := depth(slices.MaxFunc(stage, func(a, b *operation) int { return cmp.Compare(depth(a), depth(b)) }))
			stage = slices.DeleteFunc(stage, func(o *operation) bool { return depth(o) < deepest })
		}
		for _, o := range stage {
			done[o] = true
		}
		left = slices.DeleteFunc(left, func(o *operation) bool { return done[o] })
		out = append(out, stage)
	}
	return out
}

func allDone(after map[*operation]bool, done map[*operation]bool) bool {
	for o := range after {
		if !done[o] {
			return false
		}
	}
	return true
}

// connectionTest picks the operation that tests the connection: the one the
// definition names, else the first that only reads and needs nothing, one that
// asks for credentials before one that does not.
func connectionTest(pkg *connector.Package, ops []*operation) *operation {
	named := pkg.Definition.Root.At("x-ms-capabilities", "testConnection", "operationId").String()
	var best, open, last *operation
	for _, o := range ops {
		if o.skip != "" && !strings.HasPrefix(o.skip, notSelected) {
			continue
		}
		if o.name == named && o.reads() {
			return o
		}
		if !o.reads() || o.stream || o.single != nil || o.Trigger == connector.Webhook {
			continue
		}
		if last == nil && o.safe() && !strings.Contains(o.Path, "{") {
			last = o
		}
		if !o.allOptional() {
			continue
		}
		if best == nil && len(o.Security) > 0 {
			best = o
		}
		if open == nil && o.safe() {
			open = o
		}
	}
	return cmp.Or(best, open, last)
}

// allOptional reports whether an operation needs no input at all.
func (o *operation) allOptional() bool {
	return !slices.ContainsFunc(o.Parameters, func(p *connector.Parameter) bool { return p.Required && p.In != "body" })
}
