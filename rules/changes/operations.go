package changes

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// match is an operation of one version and its counterpart, nil when there is none.
type match struct{ old, updated *connector.Operation }

// operations compares the operations of both versions by their ids.
func (c *comparer) operations() {
	matches, added := c.matchOperations()
	renamed := partners(matches, added)
	for _, m := range matches {
		c.operation = m.old
		clear(c.walk.seen)
		c.walk.again = 0
		if m.updated == nil {
			c.deletedOperation(m.old, renamed[m.old])
			continue
		}
		c.changedOperation(m.old, m.updated)
	}
	c.operation = nil
	told := map[*connector.Operation]bool{}
	for _, op := range renamed {
		told[op] = true
	}
	for _, op := range added {
		if !told[op] {
			c.report(operationAdded, operationPlace(op), "The operation %s (%s %s) is new.", show(op.ID), op.Method, op.Path)
		}
	}
}

// key is what operations are matched by: the id, or the request where there is none.
func key(op *connector.Operation) string {
	if op.ID != "" {
		return op.ID
	}
	return request(op)
}

func request(op *connector.Operation) string { return op.Method + " " + op.Path }

func operationPlace(op *connector.Operation) *place { return at("operation").to(key(op)) }

// matchOperations pairs operations of the same id. When an id was given twice,
// against the rules, those with the same request belong together first.
func (c *comparer) matchOperations() (matches []match, added []*connector.Operation) {
	byKey := map[string][]*connector.Operation{}
	for _, op := range c.updated.Operations {
		byKey[key(op)] = append(byKey[key(op)], op)
	}
	taken := map[*connector.Operation]bool{}
	pick := func(old *connector.Operation, exact bool) *connector.Operation {
		for _, op := range byKey[key(old)] {
			if !taken[op] && (!exact || request(op) == request(old)) {
				taken[op] = true
				return op
			}
		}
		return nil
	}
	for _, old := range c.old.Operations {
		matches = append(matches, match{old, pick(old, true)})
	}
	for i := range matches {
		if matches[i].updated == nil {
			matches[i].updated = pick(matches[i].old, false)
		}
	}
	for _, op := range c.updated.Operations {
		if !taken[op] {
			added = append(added, op)
		}
	}
	return matches, added
}

// partners finds the added operations that deleted ones were probably renamed
// to: those of the same request, else of an id that differs in case and signs
// only. An added operation is the partner of one.
func partners(matches []match, added []*connector.Operation) map[*connector.Operation]*connector.Operation {
	out := map[*connector.Operation]*connector.Operation{}
	taken := map[*connector.Operation]bool{}
	for _, mark := range []func(*connector.Operation) string{
		func(op *connector.Operation) string { return op.Method + " " + template(op.Path) },
		func(op *connector.Operation) string { return letters(op.ID) },
	} {
		byMark := map[string]*connector.Operation{}
		for _, op := range added {
			if m := mark(op); m != "" && !taken[op] && byMark[m] == nil {
				byMark[m] = op
			}
		}
		for _, m := range matches {
			if m.updated != nil || out[m.old] != nil {
				continue
			}
			if op := byMark[mark(m.old)]; op != nil && !taken[op] {
				out[m.old], taken[op] = op, true
			}
		}
	}
	return out
}

// letters drops everything but letters and digits, and the case.
func letters(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, id)
}

func (c *comparer) deletedOperation(old, partner *connector.Operation) {
	if partner != nil {
		c.report(operationDeleted, operationPlace(old), "The operation %s (%s) is gone, it was probably renamed to %s; flows know operations by their id, so those that use it fail.",
			show(old.ID), request(old), show(partner.ID))
		return
	}
	c.report(operationDeleted, operationPlace(old), "The operation %s (%s) is gone; flows that use it fail.", show(key(old)), request(old))
}

func (c *comparer) changedOperation(old, updated *connector.Operation) {
	here := operationPlace(old)
	if old.Method != updated.Method {
		c.report(operationMethodChanged, here, "The method was %s and is %s now.", old.Method, updated.Method)
	}
	if pathChanged(old.Path, updated.Path) {
		c.report(operationPathChanged, here, "The path was %s and is %s now.", show(old.Path), show(updated.Path))
	}
	switch {
	case !old.Internal() && updated.Internal():
		c.report(operationHidden, here.to("x-ms-visibility"), "The operation is internal now: makers do not find it any more, and the designer cannot show it in flows that use it.")
	case old.Internal() && !updated.Internal():
		c.report(operationShown, here.to("x-ms-visibility"), "The operation is visible to makers now.")
	}
	if !old.Deprecated() && updated.Deprecated() {
		c.report(operationDeprecated, here.to("deprecated"), "The operation is deprecated now: flows that use it go on, new ones should not.")
	}
	sameTrigger := c.trigger(old, updated, here)
	c.mediaTypes(old, updated, here)
	c.parameters(old, updated, here)
	c.responses(old, updated, here)
	if sameTrigger && (old.Trigger == connector.Webhook || updated.Trigger == connector.Webhook) {
		c.notification(old, updated, here)
	}
	if old.Node.Get("x-ms-pageable").IsObject() && !updated.Node.Get("x-ms-pageable").IsObject() {
		c.report(pagingRemoved, here.to("x-ms-pageable"), "The answer is not paged any more for the platform: flows that rely on paging get the first page only.")
	}
	c.capabilities(old.Node.Get("x-ms-capabilities"), updated.Node.Get("x-ms-capabilities"), here.to("x-ms-capabilities"))
}

// pathChanged compares two path templates. New names of placeholders alone are
// told by the parameters.
func pathChanged(old, updated string) bool {
	if old == updated {
		return false
	}
	if template(old) != template(updated) {
		return true
	}
	was, is := placeholders(old), placeholders(updated)
	slices.Sort(was)
	slices.Sort(is)
	return slices.Equal(was, is)
}

// template is a path with nameless placeholders.
func template(path string) string {
	for _, name := range placeholders(path) {
		path = strings.Replace(path, "{"+name+"}", "{}", 1)
	}
	return path
}

func placeholders(path string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(path, "{")
		if !ok {
			return out
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out
		}
		out = append(out, name)
		path = after
	}
}

// trigger reports whether the operation starts flows as it did before.
func (c *comparer) trigger(old, updated *connector.Operation, here *place) bool {
	was, is := startsAs(old), startsAs(updated)
	if was == is {
		return true
	}
	c.report(triggerKindChanged, here.to("x-ms-trigger"), "The operation was %s and is %s now.", was, is)
	return false
}

// startsAs names how an operation starts flows.
func startsAs(op *connector.Operation) string {
	if op.Trigger == connector.Action {
		return "an action"
	}
	kind := strings.ToLower(op.Node.Get("x-ms-trigger").Text())
	return strings.TrimRight("a "+string(op.Trigger)+" trigger of kind "+kind, " ")
}

// mediaTypes compares what an operation takes and gives. What both versions
// take from the root is told there.
func (c *comparer) mediaTypes(old, updated *connector.Operation, here *place) {
	own := func(op *connector.Operation, name string) bool { return op.Node.Get(name).IsArray() }
	if own(old, "consumes") || own(updated, "consumes") {
		if sendsBody(old) || sendsBody(updated) {
			c.mediaList(consumesChanged, here.to("consumes"), old.Consumes, updated.Consumes)
		}
	}
	if own(old, "produces") || own(updated, "produces") {
		c.mediaList(producesChanged, here.to("produces"), old.Produces, updated.Produces)
	}
}

func sendsBody(op *connector.Operation) bool {
	return slices.ContainsFunc(op.Parameters, func(p *connector.Parameter) bool { return p.In == "body" || p.In == "formData" })
}

// mediaList reports media types that are gone. One more breaks nothing.
func (c *comparer) mediaList(k *kind, here *place, old, updated []string) {
	gone := without(lower(old), lower(updated))
	if len(gone) == 0 {
		return
	}
	left := "nothing"
	if len(updated) > 0 {
		left = list(updated)
	}
	c.report(k, here, "%s is gone from the list; what is left is %s.", list(gone), left)
}

func lower(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, strings.ToLower(t))
	}
	return out
}
