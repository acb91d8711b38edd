package runner

import (
	"context"
	"maps"
	"slices"

	"github.com/precert/precert/finding"
)

// resume takes up what an interrupted run left. Operations that were done keep
// their outcome, and give the others what they learnt and created. What the
// others had created is an orphan: they are run anew.
func (r *run) resume(old *past) {
	made := map[int]*record{}
	r.remindUnanswered(old)
	for number := range old.intents {
		r.journal.settle(number) // it is told, once
		r.journal.intents = max(r.journal.intents, number)
	}
	for _, line := range old.created {
		if one := line.record(r.planner); one != nil {
			one.gone.Store(old.gone[line.Number])
			made[line.Number] = one
			r.journal.next = max(r.journal.next, line.Number)
			// What is made on demand has names of its own, run for run.
			r.supplies[one.by]++
		}
	}
	kept := map[int]bool{}
	for _, o := range r.plan.ops {
		done := old.done[o.name]
		if done == nil {
			continue
		}
		o.restored = done
		for _, line := range done.Learnt {
			if one := line.record(r.planner); one != nil {
				o.learnt = append(o.learnt, one)
			}
		}
		for _, number := range done.Created {
			if one := made[number]; one != nil {
				kept[number] = true
				o.learnt = append(o.learnt, one)
			}
		}
	}
	everything := slices.Collect(maps.Values(made))
	for _, number := range slices.Backward(sortedKeys(made)) {
		if one := made[number]; !kept[number] && one.usable() && !wentWith(one, everything) {
			r.orphans = append(r.orphans, one)
		}
	}
}

// removeOrphans deletes what the operations that are run anew had created.
func (r *run) removeOrphans(ctx context.Context) {
	var kept []*record
	for _, one := range r.orphans {
		if !r.remove(ctx, one) {
			kept = append(kept, one)
		}
	}
	// Those that are left are tried again, and listed, at the end.
	r.pool.add(slices.DeleteFunc(kept, func(one *record) bool { return wentWith(one, r.orphans) }))
	r.orphans = nil
}

// restock makes things anew where those of a restored creation are gone: an
// interrupted run deletes what it created, and the operations that are left need some.
func (r *run) restock(ctx context.Context, o *operation) {
	if o.kind != kindCreate || o.restored == nil || !slices.ContainsFunc(o.learnt, func(one *record) bool { return one.own }) {
		return
	}
	known := slices.Concat(r.pool.all(), o.learnt)
	for _, one := range o.learnt {
		if one.own && wentWith(one, known) {
			one.gone.Store(true)
		}
	}
	if slices.ContainsFunc(o.learnt, func(one *record) bool { return one.own && one.usable() }) || !r.unfinished(o) {
		return
	}
	w := &worker{run: r, op: o, view: ownBefore(r.pool.all())}
	for range r.opts.Calls {
		if !w.make(asWorker(ctx, o.name), o, 0) {
			return
		}
	}
}

// ownBefore leaves out what the run did not create where it created such a thing:
// what is made below the run's own things goes with them.
func ownBefore(records []*record) []*record {
	return slices.DeleteFunc(slices.Clone(records), func(one *record) bool {
		return !one.own && slices.ContainsFunc(records, func(other *record) bool {
			return other.own && other.usable() && slices.ContainsFunc(one.resources, other.is)
		})
	})
}

// unfinished reports whether an operation that still has to run comes after another.
func (r *run) unfinished(first *operation) bool {
	return slices.ContainsFunc(r.plan.ops, func(o *operation) bool { return o.restored == nil && o.skip == "" && o.after[first] })
}

// renumber moves the numbers of the exchanges of a restored operation, and the checks that point at them.
func (d *journalDone) renumber(first int) (finding.Operation, []finding.Exchange) {
	op, shift := d.Operation, first-1
	op.Checks = slices.Clone(op.Checks)
	for i := range op.Checks {
		if op.Checks[i].Exchange > 0 {
			op.Checks[i].Exchange += shift
		}
	}
	exchanges := slices.Clone(d.Exchanges)
	for i := range exchanges {
		exchanges[i].Number += shift
	}
	return op, exchanges
}

// finish adds to the outcome of a restored operation what others found wrong with it since.
func (d *journalDone) finish(found []finding.Check) finding.Operation {
	out := d.Operation
	for _, c := range found {
		if c.Verdict == finding.Failed || c.Verdict == finding.Warned {
			out.Checks = append(slices.Clone(out.Checks), c)
		}
		if c.Verdict == finding.Failed && out.Verdict != finding.Failed {
			out.Verdict, out.Reason = finding.Failed, c.Check+": "+c.Message
		}
	}
	return out
}
