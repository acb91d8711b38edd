package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

// run is one live run over one connector.
type run struct {
	opts      Options
	def       *connector.Definition
	base      *url.URL
	plan      *plan
	planner   *planner
	selection *selection
	session   *session
	auth      *authenticator
	policies  *policies
	mask      *redactor
	composer  *composer
	validator *schema.Validator
	checks    []check
	pool      pool
	journal   *journal
	// orphans are things that an interrupted run created for operations that have to run anew.
	orphans []*record
	cancel  context.CancelCauseFunc
	// reader holds, for each creation, the operation that reads what it made.
	readers map[*operation]*operation
	// dynamics asks for choices and schemas.
	dynamics *dynamics
	// properties is apiProperties.json; it says what the platform does around a call.
	properties *connector.Node
	// script is what script.csx does, nil when there is none to be minded.
	script *script

	// mock says whether the API is one, once that was asked.
	mock struct {
		asked sync.Once
		found bool
	}

	mu         sync.Mutex
	incomplete string
	notes      []string
	// known are requests with credentials that succeeded: they tell whether these still hold.
	known []*exchange
	done  int
	// supplies counts the things made on demand, by creation.
	supplies map[*operation]int
	// subscriptions are all that were registered, ended ones included.
	subscriptions []*subscription
}

// errStopped ends a run from inside; the reason is in incomplete.
var errStopped = errors.New("the run was stopped")

// Run exercises a connector against its API. It fails only when it is used
// wrongly: no usable base URL, options that name what the definition lacks.
// When ctx ends, the run stops, deletes what it created with a short time of
// its own, and returns what was reached with Incomplete set.
func Run(ctx context.Context, pkg *connector.Package, opts Options) (*Result, error) {
	r, err := newRun(pkg, opts)
	if err != nil {
		return nil, err
	}
	defer r.session.closeIdle()
	if opts.DryRun {
		return &Result{BaseURL: r.base.String(), Plan: r.dryRun(), Notes: r.notes, Operations: r.operations()}, nil
	}
	if err := r.record(); err != nil {
		return nil, err
	}
	if err := r.openJournal(pkg); err != nil {
		return nil, errors.Join(err, r.session.har.close())
	}
	live, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.cancel = stop
	if err := r.listen(ctx); err != nil {
		return nil, err
	}
	defer r.composer.callbacks.close()
	if opts.Budget > 0 {
		var cancel context.CancelFunc
		live, cancel = context.WithTimeout(live, opts.Budget)
		defer cancel()
	}
	r.shield("the order of the run", func() { r.exercise(live) })
	r.explainEnd(ctx, live)
	var leftovers []string
	r.shield("the deletion of what was created", func() { leftovers = r.cleanUp(context.WithoutCancel(ctx)) })
	for _, err := range []error{r.session.har.close(), r.journal.close(r.incomplete == "")} {
		if err != nil {
			r.notes = append(r.notes, err.Error())
		}
	}
	return r.result(leftovers), nil
}

func newRun(pkg *connector.Package, opts Options) (*run, error) {
	recorded, opts, err := opts.tapes()
	if err != nil {
		return nil, err
	}
	if opts, err = opts.normalize(pkg.Definition); err != nil {
		return nil, err
	}
	mask := &redactor{}
	policies, notes := newPolicies(pkg, opts, mask)
	base, err := baseURL(pkg.Definition, opts.BaseURL)
	if host := policies.host(); host != nil {
		base, err = host, nil
	}
	if err != nil {
		return nil, err
	}
	if opts.clock.IsZero() {
		opts.clock = time.Now().UTC().Truncate(time.Second)
	}
	// Nobody notifies a replay.
	opts.hooked = recorded == nil && opts.hookable(base)
	r := &run{
		opts: opts, def: pkg.Definition, properties: pkg.Properties.Root.Get("properties"), script: newScript(pkg, opts),
		base: base, policies: policies, notes: notes, mask: mask, validator: schema.New(pkg.Definition), checks: table(),
		selection: newSelection(opts), readers: map[*operation]*operation{}, supplies: map[*operation]int{},
	}
	r.checks = slices.DeleteFunc(r.checks, func(c check) bool { return !r.enabled(c.Name) })
	if r.auth, err = newAuthenticator(pkg, opts, r.mask); err != nil {
		return nil, err
	}
	if r.session, err = newSession(opts, r.auth, r.mask); err != nil {
		return nil, err
	}
	if recorded != nil {
		r.auth.replay(recorded.Precert, r.mask)
		r.session.tape = newTape(recorded)
	}
	r.session.policies = policies
	r.plan, r.planner = newPlan(pkg, opts, policies, r.auth)
	r.composer = &composer{def: r.def, plan: r.planner, gen: values.New(r.def, opts.Seed), opts: opts, base: base, authNames: r.auth.parameters()}
	r.composer.gen.Clock = opts.clock
	r.findReaders()
	r.dynamics = newDynamics(r)
	if opts.ScriptBypass && pkg.File(connector.RoleScript) != nil {
		r.notes = append(r.notes, "script.csx is bypassed: its operations are judged by what the definition says of the API itself")
	}
	if base.Scheme == "http" && !isLoopback(base.Hostname()) {
		r.notes = append(r.notes, "the API is called over http://, without encryption: credentials and data can be read on the way")
	}
	return r, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// parameters are the operation parameters that a security scheme fills.
func (a *authenticator) parameters() map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, s := range a.schemes {
		if s.key != "" {
			out[[2]string{s.in, norm(s.key)}] = true
		}
	}
	return out
}

// exercise goes through the stages. Within one, operations run side by side;
// what they learn is shared when the stage ends.
func (r *run) exercise(ctx context.Context) {
	if !r.testConnection(ctx) {
		return
	}
	r.removeOrphans(ctx)
	r.composer.complete = func(in *input) { r.dynamics.complete(ctx, in) }
	watched := false
	for _, stage := range r.plan.stages {
		if ctx.Err() != nil {
			return
		}
		if stage[0].kind == kindDelete && !watched {
			watched = true
			r.watch(ctx)
		}
		r.goThrough(ctx, stage)
		r.share(stage)
		r.mintCredentials()
	}
	if !watched {
		r.watch(ctx)
	}
}

// goThrough runs a stage. What makes things makes them all before any of its
// checks sends invalid input, so that lists can be asked for what is sound.
func (r *run) goThrough(ctx context.Context, stage []*operation) {
	view := r.pool.all()
	workers := map[*operation]*worker{}
	for _, o := range stage {
		if o.restored == nil {
			workers[o] = &worker{run: r, op: o, view: view}
		}
	}
	if stage[0].kind != kindCreate {
		r.sideBySide(stage, func(o *operation) {
			if w := workers[o]; w != nil {
				w.work(ctx)
				return
			}
			r.restock(ctx, o)
		})
		return
	}
	r.sideBySide(stage, func(o *operation) {
		if w := workers[o]; w != nil {
			w.begin(ctx)
			return
		}
		r.restock(ctx, o)
	})
	r.relist(ctx, stage)
	r.sideBySide(stage, func(o *operation) {
		if w := workers[o]; w != nil {
			w.finish(ctx)
		}
	})
}

// sideBySide does something for each operation of a stage, for as many at once as there are jobs.
func (r *run) sideBySide(stage []*operation, do func(*operation)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, r.opts.Jobs)
	for _, lane := range lanes(stage) {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, o := range lane {
				r.shield(o.name, func() { do(o) })
			}
		})
	}
	group.Wait()
}

// share puts what operations learnt, and found at others, where all see it.
func (r *run) share(stage []*operation) {
	for _, o := range stage {
		r.pool.add(o.learnt)
		o.learnt = nil
		r.shareKeys(o)
		r.remember(o.good)
		for _, b := range o.blames {
			if !b.on.outcome.failedCheck(b.note.check) {
				b.on.outcome.add(b.note)
			}
		}
		o.blames = nil
	}
}

// lanes splits a stage into what may run side by side: changes and deletions
// of the same kind of thing do not.
func lanes(stage []*operation) [][]*operation {
	var out [][]*operation
	at := map[string]int{}
	for _, o := range stage {
		lane := o.name
		if o.kind == kindChange || o.kind == kindDelete || o.kind == kindAction {
			lane = "of " + o.resource
			if t := o.target(); t != nil && len(t.resources) > 0 {
				lane = "of " + t.resources[0]
			}
		}
		i, there := at[lane]
		if !there {
			i = len(out)
			at[lane] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], o)
	}
	return out
}

// abort ends the run for a reason that concerns all of it.
func (r *run) abort(reason string) {
	r.mu.Lock()
	if r.incomplete == "" {
		r.incomplete = r.mask.text(reason)
	}
	r.mu.Unlock()
	r.cancel(errStopped)
}

// explainEnd says why the run ended early, if it did.
func (r *run) explainEnd(outer, live context.Context) {
	if live.Err() == nil || r.incomplete != "" {
		return
	}
	r.incomplete = "interrupted"
	if outer.Err() == nil || errors.Is(outer.Err(), context.DeadlineExceeded) {
		r.incomplete = "the time budget is spent"
		if r.opts.Budget > 0 {
			r.incomplete = fmt.Sprintf("the time budget of %s is spent", r.opts.Budget)
		}
	}
}

// result numbers the exchanges and collects what the operations found out.
func (r *run) result(leftovers []string) *Result {
	res := &Result{BaseURL: r.base.String(), Incomplete: r.incomplete, Leftovers: leftovers, Notes: r.notes}
	number := 0
	for _, o := range r.plan.ops {
		if o.restored != nil {
			o.restored.Operation, o.restored.Exchanges = o.restored.renumber(number + 1)
			number += len(o.restored.Exchanges)
			res.Exchanges = append(res.Exchanges, o.restored.Exchanges...)
		}
		for _, e := range o.outcome.exchanges {
			number++
			e.number = number
			res.Exchanges = append(res.Exchanges, e.report(r.mask))
		}
	}
	res.Operations = r.operations()
	res.Causes = causes(res.Operations)
	return res
}

// operations reports every operation that was asked for.
func (r *run) operations() []finding.Operation {
	var out []finding.Operation
	for _, o := range r.plan.ops {
		if o.support {
			continue
		}
		if r.incomplete != "" && o.skip == "" && !o.outcome.reached {
			o.skip = "not reached: " + r.incomplete
		}
		out = append(out, o.outcome.finish(r))
	}
	return out
}

// total is the number of operations that are reported.
func (r *run) total() int {
	n := 0
	for _, o := range r.plan.ops {
		if !o.support {
			n++
		}
	}
	return n
}

// tell passes an event on.
func (r *run) tell(kind EventKind, o *operation, out *finding.Operation) {
	if r.opts.Progress == nil || o.support {
		return
	}
	e := Event{Kind: kind, OperationID: o.name, Method: o.Method, Path: o.Path, Success: o.outcome.successes, Calls: r.opts.Calls, Total: r.total()}
	r.mu.Lock()
	if kind == Finished {
		r.done++
	}
	e.Done = r.done
	r.mu.Unlock()
	if out != nil {
		e.Verdict, e.Reason = out.Verdict, out.Reason
	}
	r.opts.Progress(e)
}

// cleanupTime bounds the deletion of what the run created.
const cleanupTime = 30 * time.Second
