package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// cleanUp deletes what the run created and still is there, the newest first,
// and says what is left.
func (r *run) cleanUp(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, cleanupTime)
	defer cancel()
	subscriptions := r.endSubscriptions(ctx)
	for _, o := range r.plan.ops {
		// What a deletion left alone in its own series is tried all the same.
		o.form.fresh = false
	}
	kept := r.created()
	for before := -1; len(kept) > 0 && len(kept) != before; {
		// What others still needed can go when they are gone.
		before = len(kept)
		var left []*record
		for _, made := range slices.Backward(kept) {
			if !r.remove(ctx, made) {
				left = append(left, made)
			}
		}
		slices.Reverse(left)
		kept = left
	}
	everything := r.everything()
	kept = slices.DeleteFunc(kept, func(made *record) bool { return wentWith(made, everything) })
	return append(subscriptions, r.leftovers(kept)...)
}

// everything is what the run knows of: a stage that was stopped has not put
// into the pool what it learnt.
func (r *run) everything() []*record {
	records := r.pool.all()
	for _, o := range r.plan.ops {
		records = append(records, o.learnt...)
	}
	return records
}

// created are the things that the run made and did not delete.
func (r *run) created() []*record {
	records := r.everything()
	return slices.DeleteFunc(slices.Clone(records), func(made *record) bool {
		return !made.own || made.gone.Load() || made.by.kind != kindCreate || isHook(made.by) || wentWith(made, records)
	})
}

// wentWith reports whether a thing lay below one that is deleted.
func wentWith(made *record, records []*record) bool {
	if made.by.standsAlone() {
		return false
	}
	for _, r := range records {
		if r == made || !r.own || !r.gone.Load() || !r.sameWay(made) {
			continue
		}
		for name, v := range made.params {
			for _, resource := range r.resources {
				if made.is(resource) && made.knownAs(v) {
					break // it names the thing itself
				}
				if resource == "" || !strings.HasPrefix(name, resource) && !made.by.pathNames(name, resource) {
					continue
				}
				for _, field := range slices.Concat([]string{name, resource + "id", "id"}, textKeys()) {
					if id, ok := r.fields[field]; ok && fmt.Sprint(id) == fmt.Sprint(v) {
						return true
					}
				}
			}
		}
	}
	return false
}

// sameWay reports whether the ways to two things do not part: a blog of ann's is none of bob's.
func (r *record) sameWay(other *record) bool {
	for name, v := range r.params {
		if w, there := other.params[name]; there && fmt.Sprint(v) != fmt.Sprint(w) {
			return false
		}
	}
	return true
}

// knownAs reports whether a value is what the thing itself goes by.
func (r *record) knownAs(v any) bool {
	for _, field := range append(textKeys(), "id") {
		if own, there := r.fields[field]; there && fmt.Sprint(own) == fmt.Sprint(v) {
			return true
		}
	}
	return false
}

// pathNames reports whether a path parameter, by its normalised name, identifies such a resource.
func (o *operation) pathNames(name, resource string) bool {
	return slices.ContainsFunc(o.needs, func(n *need) bool {
		return n.in == "path" && norm(n.name) == name && slices.Contains(n.resources, resource)
	})
}

// deletions are the operations that may delete a thing.
func (r *run) deletions(made *record) (allowed, barred []*operation) {
	for _, o := range r.plan.ops {
		t := o.target()
		if o.single != nil && o.single.remove == o && made.by == o.undoes {
			allowed, barred = sortOut(o, allowed, barred)
			continue
		}
		if o.kind != kindDelete || o.undoes != nil || t == nil || !slices.ContainsFunc(t.resources, made.is) {
			continue
		}
		allowed, barred = sortOut(o, allowed, barred)
	}
	return allowed, barred
}

// sortOut puts a deletion with those that may run or with those that may not.
func sortOut(o *operation, allowed, barred []*operation) (may, mayNot []*operation) {
	if o.skip == "" || strings.HasPrefix(o.skip, notSelected) {
		return append(allowed, o), barred
	}
	return allowed, append(barred, o)
}

// remove deletes one thing; it reports whether it is gone.
func (r *run) remove(ctx context.Context, made *record) bool {
	allowed, _ := r.deletions(made)
	missing := false
	for _, o := range allowed {
		made.taken.Store(nil)
		made.lost.Store(false)
		made.keeps = false
		in, err := r.composer.compose(o, 0, []*record{made})
		if err != nil || in.target != made {
			continue
		}
		m, err := encode(r.base, in)
		if err != nil {
			continue
		}
		e := r.session.send(ctx, o, in, m, sending{purpose: forCleanup})
		for waits := 0; isBusy(e) && waits < maxBusy && r.opts.wait(ctx, busyPause(e, waits)) == nil; waits++ {
			e = r.session.send(ctx, o, in, m, sending{purpose: forCleanup})
		}
		if isMissing(e) && o.good == nil {
			e = r.removeByOtherKey(ctx, o, made, e)
		}
		if e.ok() {
			missing = true
			break
		}
		// It may be that another deletion is the one that knows such things.
		missing = missing || isMissing(e)
	}
	if missing {
		made.gone.Store(true)
		r.journal.gone(made)
	}
	return missing
}

// leftovers says per creation what is left and why.
func (r *run) leftovers(kept []*record) []string {
	var order []*operation
	count := map[*operation]int{}
	labels := map[*operation][]string{}
	why := map[*operation]string{}
	for _, made := range kept {
		o := made.by
		if count[o] == 0 {
			order = append(order, o)
			allowed, barred := r.deletions(made)
			switch {
			case len(allowed) > 0:
				why[o] = allowed[0].name + " did not delete it"
			case len(barred) > 0:
				why[o] = fmt.Sprintf("%s: %s", barred[0].name, barred[0].skip)
			default:
				why[o] = "no operation deletes it"
			}
		}
		count[o]++
		if len(labels[o]) < 3 {
			labels[o] = append(labels[o], r.mask.text(made.label()))
		}
	}
	slices.SortFunc(order, func(a, b *operation) int { return a.index - b.index })
	out := make([]string, 0, len(order))
	for _, o := range order {
		if labels[o][0] == o.resource {
			// Nothing tells them apart.
			out = append(out, fmt.Sprintf("%s created %d of %s (%s)", o.name, count[o], o.resource, why[o]))
			continue
		}
		more := ""
		if n := count[o] - len(labels[o]); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		out = append(out, fmt.Sprintf("%s created %s%s (%s)", o.name, strings.Join(labels[o], ", "), more, why[o]))
	}
	return out
}
