package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxKeys bounds how many fields of a thing are tried as its key.
const maxKeys = 4

// key says under which name the run remembers which field of a thing a parameter takes.
func (n *need) key() string {
	resource := ""
	if len(n.resources) > 0 {
		resource = n.resources[0]
	}
	return norm(n.name) + "/" + resource
}

// textKeys are the fields that name a thing by a text of its own, the surest first.
func textKeys() []string {
	return []string{"login", "username", "slug", "handle", "key", "code", "name", "fullname", "path"}
}

// numberKeys are the fields that count things within what they belong to.
func numberKeys() []string { return []string{"number", "iid", "index"} }

// saidKey is the field that the description of a parameter names first: "name of
// the organization"; "" when its own name says that it is an id, or nothing does.
func (n *need) saidKey() string {
	_, suffix := stem(n.name)
	if n.node.Get("type").String() != "string" || slices.Contains([]string{"id", "uuid", "guid", "identifier", "number", "no"}, suffix) {
		return ""
	}
	for _, word := range words(n.node.Get("x-ms-summary").String() + " " + n.node.Get("description").String()) {
		switch {
		case slices.Contains([]string{"id", "ids", "uuid", "guid", "identifier"}, word):
			return ""
		case slices.Contains(textKeys(), word) && word != "path" && word != "code":
			return word
		}
	}
	return ""
}

// fieldsOf lists the fields in which a thing of the need's own kind holds its value,
// the one that the API was found to take first.
func (c *composer) fieldsOf(n *need) []string {
	if key := c.keys[n.key()]; key != "" {
		return append([]string{key}, n.fields...)
	}
	return n.fields
}

// alternatives are the fields of a thing that might be what a parameter takes.
func (c *composer) alternatives(r *record, n *need) []string {
	var names []string
	add := func(list ...string) {
		for _, name := range list {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if slices.ContainsFunc(n.resources, r.is) {
		add(n.fields[0])
		add(textKeys()...)
		add(numberKeys()...)
		add(n.fields...)
	} else {
		for _, resource := range n.resources {
			for _, key := range textKeys() {
				add(resource + key)
			}
			add(resource, resource+"id")
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { v, there := r.fields[name]; return !there || !c.fits(n, v) })
}

// otherKey learns from a 404 to name a thing by another of its fields: /orgs/{org}
// may take the name of an organization, not its number. It reports whether there
// is another to try.
func (w *worker) otherKey(e *exchange) bool {
	o := w.op
	thing := e.in.target
	if thing == nil {
		thing = e.in.anchor
	}
	if thing == nil || thing.stand || o.good != nil || e.in.guessed && len(guesses(e.in)) > 0 {
		return false
	}
	for _, n := range slices.Backward(o.needs) {
		if n.in != "path" || n.dynamic != nil || o.upsert && n.target && !o.form.existing {
			continue
		}
		at := slices.IndexFunc(e.in.params, func(p paramValue) bool { return p.in == "path" && p.name == n.name })
		if at < 0 {
			continue
		}
		sent := e.in.params[at].value
		if w.refused404 == nil {
			w.refused404 = map[string]map[string]bool{}
		}
		tried := w.refused404[n.name]
		if tried == nil {
			tried = map[string]bool{}
			w.refused404[n.name] = tried
		}
		tried["="+fmt.Sprint(sent)] = true
		for _, field := range w.run.composer.alternatives(thing, n) {
			v := n.short(thing.fields[field])
			if tried[field] || tried["="+fmt.Sprint(v)] || len(tried) > 2*maxKeys || !w.mayTry(thing, field) {
				continue
			}
			tried[field] = true
			w.takeKey(n, field)
			return true
		}
		delete(w.keys, n.key())
	}
	return false
}

// mayTry reports whether an operation may name a thing by a field that was not
// found to be its key: what changes things must not hit another one.
func (w *worker) mayTry(thing *record, field string) bool {
	_, isNumber := thing.fields[field].(json.Number)
	if w.op.reads() {
		return true
	}
	return !isNumber && (w.op.kind == kindCreate || thing.ours(field))
}

// ours reports whether a field of a thing that the run made has a value that only
// the run gives to things.
func (r *record) ours(field string) bool {
	text, ok := r.fields[field].(string)
	return ok && r.own && (r.sent[field] || strings.Contains(strings.ToLower(text), "precert"))
}

func (w *worker) takeKey(n *need, field string) {
	w.keys = maps.Clone(w.keys)
	if w.keys == nil {
		w.keys = map[string]string{}
	}
	w.keys[n.key()] = field
}

// composer is the run's, with the keys that the operation itself has found.
func (w *worker) composer() *composer { return w.run.composer.with(w.keys) }

// with is the composer that names things by other fields.
func (c *composer) with(keys map[string]string) *composer {
	if len(keys) == 0 {
		return c
	}
	other := *c
	other.keys = maps.Clone(c.keys)
	if other.keys == nil {
		other.keys = map[string]string{}
	}
	maps.Copy(other.keys, keys)
	return &other
}

// confirmKeys shares the keys that an operation has found where a success proves
// them: a text of the thing's own is proof, a number only when the answer is about the thing.
func (w *worker) confirmKeys(e *exchange) {
	thing := e.in.target
	if len(w.keys) == 0 || thing == nil {
		return
	}
	for key, field := range w.keys {
		if _, isNumber := thing.fields[field].(json.Number); isNumber && !sameThing(thing, e) {
			continue
		}
		if w.op.keys == nil {
			w.op.keys = map[string]string{}
		}
		w.op.keys[key] = field
	}
}

// sameThing reports whether an answer is about a thing: it has the same id.
func sameThing(thing *record, e *exchange) bool {
	body, err := e.json()
	if err != nil {
		return false
	}
	object, ok := unwrap(body, e.op.resource).(map[string]any)
	if !ok {
		return false
	}
	for name, v := range object {
		if id, there := thing.fields["id"]; norm(name) == "id" && there {
			return fmt.Sprint(v) == fmt.Sprint(id)
		}
	}
	return false
}

// readByOtherKey reads what was created by other fields of it than the one that the
// API did not know; nil when none is known either.
func (w *worker) readByOtherKey(ctx context.Context, made *record) *exchange {
	reader := w.run.readers[made.by]
	t := reader.target()
	if t == nil || t.in != "path" || w.run.composer.keys[t.key()] != "" {
		return nil
	}
	for i, field := range w.run.composer.alternatives(made, t) {
		if i == maxKeys {
			break
		}
		e := w.readAs(ctx, made, forRead, map[string]string{t.key(): field})
		_, isNumber := made.fields[field].(json.Number)
		if e != nil && e.ok() && (!isNumber || sameThing(made, e)) {
			w.takeKey(t, field)
			if w.op.keys == nil {
				w.op.keys = map[string]string{}
			}
			w.op.keys[t.key()] = field
			return e
		}
	}
	return nil
}

// shareKeys lets all operations name things as one operation has found that the API takes it.
func (r *run) shareKeys(o *operation) {
	fresh := map[string]string{}
	for key, field := range o.keys {
		if r.composer.keys[key] == "" {
			fresh[key] = field
		}
	}
	r.composer = r.composer.with(fresh)
}

// removeByOtherKey deletes a thing by other fields of it that only the run gives;
// the answer to the last try, or the one before when there is nothing to try.
func (r *run) removeByOtherKey(ctx context.Context, o *operation, made *record, before *exchange) *exchange {
	t := o.target()
	if t.in != "path" || r.composer.keys[t.key()] != "" {
		return before
	}
	for _, field := range r.composer.alternatives(made, t) {
		sent, _ := before.in.find(t.name)
		if !made.ours(field) || fmt.Sprint(made.fields[field]) == fmt.Sprint(sent) {
			continue
		}
		in, err := r.composer.with(map[string]string{t.key(): field}).compose(o, 0, []*record{made})
		if err != nil || in.target != made {
			continue
		}
		m, err := encode(r.base, in)
		if err != nil {
			continue
		}
		if e := r.session.send(ctx, o, in, m, sending{purpose: forCleanup}); e.ok() {
			return e
		}
	}
	return before
}
