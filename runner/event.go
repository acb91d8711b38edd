package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/connector"
)

// maxEvents is how many operations are tried to make one event happen.
const maxEvents = 4

// event is one way to make a trigger fire.
type event struct {
	// op is called, or command run.
	op      *operation
	command string
	// sure: the configuration names it, or the trigger speaks of just this. A
	// trigger that stays silent after it is at fault.
	sure bool
}

func (e event) name() string {
	if e.op != nil {
		return e.op.name
	}
	return "the command of triggers"
}

// eventVerbs tell what kind of operation makes an event of this name happen.
func eventVerbs() map[string]kind {
	out := map[string]kind{}
	for k, list := range map[kind]string{
		kindCreate: "create created creates creation add added adds new submit submitted post posted open opened receive received arrive arrives register registered place placed upload uploaded insert inserted",
		kindChange: "update updated updates change changed changes modify modified edit edited",
		kindDelete: "delete deleted deletes deletion remove removed removes",
	} {
		for word := range strings.FieldsSeq(list) {
			out[word] = k
		}
	}
	return out
}

// events lists the ways to make a trigger fire, the surest first. in is the
// subscription, whose choices say which event is meant; it may be nil.
func (p *planner) events(o *operation, opts Options, in *input) []event {
	if t := opts.Triggers[o.name]; t.Fire != "" {
		return []event{{op: p.byName(t.Fire), sure: true}}
	} else if t.Command != "" {
		return []event{{command: t.Command, sure: true}}
	}
	about := triggerWords(o)
	verbs := kindsIn(about)
	if in != nil {
		chosen := chosenWords(in)
		if k := kindsIn(chosen); len(k) > 0 {
			verbs = k
		}
		about = append(about, chosen...)
	}
	var sure, others []event
	for _, wanted := range []kind{kindCreate, kindChange, kindDelete} {
		for _, c := range p.ops {
			if c.kind != wanted || c.Trigger != connector.Action || c.unhook || c.undoes != nil {
				continue
			}
			switch {
			case verbs[c.kind] && speaksOf(about, c.resource):
				sure = append(sure, event{op: c, sure: true})
			case c.kind != kindDelete && (len(verbs) == 0 || verbs[c.kind]):
				others = append(others, event{op: c})
			}
		}
	}
	if len(sure) > 0 {
		others = nil
	}
	return slices.Concat(sure, others)
}

// triggerWords are what a trigger says about itself.
func triggerWords(o *operation) []string {
	said := slices.Concat(words(o.ID), words(o.Node.Get("summary").String()))
	return slices.DeleteFunc(said, func(w string) bool { return w == "when" || w == "trigger" || w == "triggers" || w == "webhook" })
}

// chosenWords are the words of the enumerated values in a subscription.
func chosenWords(in *input) []string {
	var out []string
	add := func(v any) {
		walkTexts(v, "", func(_, text string) string {
			if in.box == nil || text != in.box.address {
				out = append(out, words(text)...)
			}
			return text
		})
	}
	add(in.body)
	for _, p := range in.params {
		if p.in == "query" || p.in == "formData" {
			add(p.value)
		}
	}
	return out
}

func kindsIn(said []string) map[kind]bool {
	out, verbs := map[kind]bool{}, eventVerbs()
	for _, w := range said {
		if k, ok := verbs[w]; ok {
			out[k] = true
		}
	}
	return out
}

// speaksOf reports whether words name a resource, in one word or two.
func speaksOf(said []string, resource string) bool {
	if resource == "" {
		return false
	}
	for i, w := range said {
		if singular(w) == resource || i+1 < len(said) && singular(w+said[i+1]) == resource {
			return true
		}
	}
	return false
}

// happening is what came of the attempts to make an event happen.
type happening struct {
	// by names what worked, seen says that the trigger showed it.
	by   event
	seen bool
	// took is the time from the event to its arrival.
	took time.Duration
	// tried names everything that was done; sure that one of it must have been enough.
	tried []string
	sure  bool
	// problem says why nothing could be done.
	problem string
}

// happen makes the event of a trigger happen, one way after the other until
// seen reports that it has arrived within the time it is given.
func (w *worker) happen(ctx context.Context, ways []event, like *input, seen func(context.Context, time.Duration) bool) happening {
	out := happening{problem: "no operation of this run makes the event happen"}
	ways = slices.DeleteFunc(slices.Clone(ways), func(e event) bool { return e.op != nil && !e.op.fireable() })
	ways = ways[:min(len(ways), maxEvents)]
	for _, way := range ways {
		if ctx.Err() != nil {
			break
		}
		// The answer may come after the notification: the clock starts before.
		started := time.Now()
		if err := w.fire(ctx, way, like); err != nil {
			out.problem = fmt.Sprintf("%s did not work: %v", way.name(), err)
			continue
		}
		out.tried, out.sure = append(out.tried, way.name()), out.sure || way.sure
		if seen(ctx, w.run.opts.eventWait(w.op.name)/time.Duration(len(ways))) {
			out.by, out.seen, out.took = way, true, time.Since(started)
			break
		}
	}
	return out
}

// fireable reports whether the run may, and can, call an operation to make an event happen.
func (o *operation) fireable() bool {
	return o.skip == "" && !o.stream && (o.good != nil || o.kind == kindDelete || o.kind == kindAction)
}

// fire makes one event happen.
func (w *worker) fire(ctx context.Context, way event, like *input) error {
	if way.op == nil {
		return runCommand(ctx, way.command, w.run.opts.eventWait(w.op.name))
	}
	r, o := w.run, way.op
	var last error
	for range maxInRow {
		in, err := r.composer.compose(o, r.nextSupply(o), w.known())
		if err != nil {
			if last = err; w.supplyFor(ctx, o, 0) {
				continue
			}
			return err
		}
		alike(in, like)
		m, err := encode(r.base, in)
		if err != nil {
			return err
		}
		e := r.session.send(ctx, o, in, m, sending{purpose: forEvent})
		switch {
		case e.ok():
			w.keepMade(o, e)
			return nil
		case e.fail != nil:
			return errors.New(e.fail.message)
		case !isConflict(e):
			return fmt.Errorf("answered %s%s", statusText(e.status), quoteWords(e))
		}
		last = fmt.Errorf("answered %s", statusText(e.status))
	}
	return last
}

// keepMade learns from a call that was made outside of an operation's own series.
func (w *worker) keepMade(o *operation, e *exchange) bool {
	if o.kind == kindDelete && e.in.target != nil {
		e.in.target.gone.Store(true)
		w.run.journal.gone(e.in.target)
	}
	if o.kind != kindCreate && !w.run.planner.undone(o) {
		return false
	}
	body, err := e.json()
	if err != nil {
		body = nil
	}
	made := learn(o, e.in, body, true)
	w.run.takeMade(e, made)
	w.op.learnt = append(w.op.learnt, made...)
	return len(made) > 0
}

// alike gives an event the values that a subscription filters by, or it would
// rightly not be told of it.
func alike(in, like *input) {
	if like == nil {
		return
	}
	wanted := map[string]any{}
	for _, p := range like.params {
		wanted[norm(p.name)] = p.value
	}
	if body, ok := like.body.(map[string]any); ok {
		for name, v := range body {
			if isScalar(v) && (like.box == nil || v != like.box.address) {
				wanted[norm(name)] = v
			}
		}
	}
	for i, p := range in.params {
		if v, ok := wanted[norm(p.name)]; ok && in.op.need(p.in, p.name) != nil {
			in.params[i].value = v
		}
	}
	if body, ok := in.body.(map[string]any); ok {
		for _, name := range sortedKeys(body) {
			if v, ok := wanted[norm(name)]; ok && in.op.need("body", name) != nil {
				body[name] = v
			}
		}
	}
}

// runCommand runs a command line of the configuration in the system's shell.
// What it prints is not shown: it may hold secrets.
func runCommand(ctx context.Context, line string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, max(limit, defaultEventWait))
	defer cancel()
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	c := exec.CommandContext(ctx, shell, flag, line) //nolint:gosec // the user's own configuration says what to run
	c.Stdout, c.Stderr = io.Discard, io.Discard
	// Children that outlive the shell may hold its output open.
	c.WaitDelay = time.Second
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return errors.New("it did not end in time")
		}
		return fmt.Errorf("it ended with %w", err)
	}
	return nil
}
