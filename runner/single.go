package runner

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// single is a thing of which an API has at most one, at an address of its own:
// POST /webhook makes it, GET reads it, DELETE removes it.
type single struct {
	create, read, remove *operation
}

// findSingles finds such things, and pairs their deletion with their creation:
// without an identifier nothing else tells that it was this run that made it.
func findSingles(ops []*operation) {
	for _, o := range ops {
		if o.kind != kindCreate || o.Method != http.MethodPost || isHook(o) || strings.Contains(o.Path, "{") {
			continue
		}
		s := &single{create: o}
		for _, other := range ops {
			switch {
			case isItemOf(other.Path, o.Path):
				s.create = nil
			case other.Path != o.Path:
			case other.Method == http.MethodGet && other.kind == kindRead:
				s.read = other
			case other.kind == kindDelete && other.Body() == nil && !other.unhook && other.undoes == nil:
				s.remove = other
			}
		}
		if s.create != nil && s.read != nil && s.remove != nil {
			s.create.single, s.read.single, s.remove.single = s, s, s
			s.remove.undoes = s.create
		}
	}
}

// orderSingle puts the reading after the creation, and the deletion after all
// that is at the same address.
func (p *planner) orderSingle(o *operation) {
	s := o.single
	s.read.after[s.create] = true
	p.orderClearing(s.remove)
}

// occupied reports whether the one thing that an operation would make is there
// already. It is not this run's, so it is neither replaced nor removed.
func (w *worker) occupied(ctx context.Context) bool {
	o := w.op
	if o.single == nil || o.single.create != o || o.single.read.skip != "" {
		return false
	}
	in, err := w.run.composer.compose(o.single.read, 0, w.known())
	if err != nil {
		return false
	}
	m, err := encode(w.run.base, in)
	if err != nil {
		return false
	}
	e := w.run.session.send(ctx, o.single.read, in, m, sending{purpose: forRead})
	if body, err := e.json(); !e.ok() || err != nil || isEmptyAnswer(body) || w.run.isMock(ctx) {
		return false
	}
	w.unused(fmt.Sprintf("not exercised, because %s shows that there is one already, which this run did not make", o.single.read.name),
		fmt.Sprintf("operations: {%s: {allow: true}}", yamlKey(o.name)))
	return !o.conf.Allow
}

// vacate removes the one thing that this run made, so that it can be made again;
// it reports whether it did.
func (w *worker) vacate(ctx context.Context) bool {
	o := w.op
	if o.single == nil || o.single.create != o || o.single.remove.skip != "" {
		return false
	}
	for _, made := range w.known() {
		if made.own && made.by == o && made.usable() && !made.keeps {
			return w.run.remove(ctx, made)
		}
	}
	return false
}
