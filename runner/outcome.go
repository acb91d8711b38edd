package runner

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/runner/schema"
)

// Bounds on what one operation adds to the report.
const (
	maxKept  = 16
	maxNotes = 6 // of one check
)

// note is a failed or warned check, or a remark on one that passed.
type note struct {
	check   string
	verdict finding.Verdict
	pointer string
	message string
	hint    string
	proof   *exchange
}

// outcome is what the run has seen of one operation. One goroutine at a time writes to it.
type outcome struct {
	op        *operation
	calls     int
	successes int
	latencies []float64
	// slow counts answers beyond the limit of a warning.
	slow      int
	exchanges []*exchange
	notes     []note
	// held are the checks that had something to judge, with the first exchange that they judged.
	held map[string]*exchange
	// unused says why the operation was not, or not fully, exercised, mend what to do.
	unused, mend string
	// stopped says that the run ended before the operation did.
	stopped string
	// absent: the recording that is replayed lacks requests of the operation.
	absent bool
	probes []probeSkip
	// types are the properties whose types or formats differ from those declared.
	types   []schema.Difference
	reached bool
}

// probeSkip is a check that could not be made, and why.
type probeSkip struct{ check, reason string }

func newOutcome(o *operation) *outcome {
	return &outcome{op: o, held: map[string]*exchange{}}
}

// keep puts an exchange into the report.
func (u *outcome) keep(e *exchange) {
	if e == nil || e.kept || len(u.exchanges) >= maxKept {
		return
	}
	e.kept = true
	u.exchanges = append(u.exchanges, e)
}

// hold records that a check judged an exchange; what is wrong comes as notes.
func (u *outcome) hold(check string, e *exchange) {
	if _, there := u.held[check]; !there {
		u.held[check] = e
	}
}

// add records a note once: the same fault in ten answers is one.
func (u *outcome) add(n note) {
	u.hold(n.check, n.proof)
	same, ofCheck := false, 0
	for i, old := range u.notes {
		if old.check != n.check {
			continue
		}
		ofCheck++
		if pattern(old.message) == pattern(n.message) && pattern(old.pointer) == pattern(n.pointer) {
			same = true
			if old.verdict == finding.Warned && n.verdict == finding.Failed {
				u.notes[i].verdict = finding.Failed
			}
		}
	}
	if same || ofCheck >= maxNotes {
		return
	}
	u.keep(n.proof)
	u.notes = append(u.notes, n)
}

// failedCheck reports whether a check failed already.
func (u *outcome) failedCheck(check string) bool {
	return slices.ContainsFunc(u.notes, func(n note) bool { return n.check == check && n.verdict == finding.Failed })
}

// pattern takes off a message what differs from call to call.
func pattern(message string) string {
	return regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+(\.\d+)?|"[^"\s]*"`).ReplaceAllString(message, "#")
}

// finish turns the outcome into its form in the report.
func (u *outcome) finish(r *run) finding.Operation {
	o := u.op
	if o.restored != nil {
		return o.restored.finish(r.script.excuse(o, u.checks(r)))
	}
	out := finding.Operation{OperationID: o.name, Method: o.Method, Path: o.Path, Kind: string(o.Trigger), Script: r.script.handles(o),
		Calls: u.calls, Successes: u.successes, Latencies: u.latencies, Latency: latency(u.latencies), Checks: []finding.Check{}}
	out.Reason, out.Mend = cmp.Or(o.skip, u.stopped, u.unused), cmp.Or(o.mend, u.mend)
	if o.skip != "" {
		out.Verdict = finding.Skipped
		return r.strictly(o, out)
	}
	out.Checks = r.script.excuse(o, u.checks(r))
	out.Types = u.differences(r.mask)
	out.Verdict = finding.Passed
	failed := slices.IndexFunc(out.Checks, func(c finding.Check) bool { return c.Verdict == finding.Failed && c.Check != checkEnough })
	if failed < 0 {
		failed = slices.IndexFunc(out.Checks, func(c finding.Check) bool { return c.Verdict == finding.Failed })
	}
	switch {
	case failed >= 0:
		out.Verdict = finding.Failed
		out.Reason = cmp.Or(out.Reason, out.Checks[failed].Check+": "+out.Checks[failed].Message)
	case u.successes < r.opts.Calls && out.Reason != "", u.successes < r.opts.Calls && r.script.rewritesRequest(o):
		out.Verdict = finding.Skipped
		out.Reason, out.Mend = r.script.unjudged(o, out.Reason, out.Mend)
	default:
		out.Reason = ""
	}
	out.Reason, out.Mend = r.mask.text(out.Reason), r.mask.text(out.Mend)
	if out.Verdict == finding.Passed {
		out.Mend = ""
	}
	return r.strictly(o, out)
}

// strictly fails an action that was never exercised, if the run is strict.
// Triggers that need a callback are not counted, nor is what only a script could call.
func (r *run) strictly(o *operation, out finding.Operation) finding.Operation {
	if !r.opts.Strict || out.Verdict != finding.Skipped || isHook(o) && !r.opts.hooked || o.unhook || o.support || r.script.rewritesRequest(o) {
		return out
	}
	if !o.outcome.reached && r.incomplete != "" {
		return out // nothing is known of it, and the run is not ready in any case
	}
	out.Verdict = finding.Failed
	message := fmt.Sprintf("%d of %d successful calls: %s", out.Successes, r.opts.Calls, out.Reason)
	out.Checks = slices.DeleteFunc(out.Checks, func(c finding.Check) bool { return c.Check == checkEnough })
	out.Checks = append(out.Checks, finding.Check{Check: checkEnough, Verdict: finding.Failed, Message: message, Hint: out.Mend})
	return out
}

// checks lists the outcome of every check in the order of the catalogue.
func (u *outcome) checks(r *run) []finding.Check {
	out := []finding.Check{}
	for _, c := range table() {
		if !r.enabled(c.Name) {
			continue
		}
		found := false
		for _, n := range u.notes {
			if n.check == c.Name {
				found = true
				n.hint = cmp.Or(n.hint, c.Fix)
				out = append(out, n.report(r))
			}
		}
		if found {
			continue
		}
		if e, judged := u.held[c.Name]; judged {
			passed := finding.Check{Check: c.Name, Verdict: finding.Passed}
			if e != nil && e.kept {
				passed.Exchange = e.number
			}
			out = append(out, passed)
			continue
		}
		for _, p := range u.probes {
			if p.check == c.Name {
				out = append(out, finding.Check{Check: c.Name, Verdict: finding.Skipped, Message: p.reason})
				break
			}
		}
	}
	return out
}

func (n note) report(r *run) finding.Check {
	c := finding.Check{Check: n.check, Verdict: n.verdict, Pointer: n.pointer, Message: r.mask.text(n.message), Hint: r.mask.text(n.hint)}
	if c.Verdict == finding.Failed && r.severity(n.check) < finding.Error {
		c.Verdict = finding.Warned
	}
	if n.proof != nil {
		if n.proof.kept {
			c.Exchange = n.proof.number
		}
		c.Curl = r.mask.curl(n.proof.sent)
	}
	return c
}

// latency summarises times in milliseconds by nearest rank.
func latency(times []float64) finding.Latency {
	if len(times) == 0 {
		return finding.Latency{}
	}
	sorted := slices.Sorted(slices.Values(times))
	rank := func(p float64) float64 { return sorted[int(math.Ceil(p*float64(len(sorted))))-1] }
	return finding.Latency{P50: rank(0.5), P95: rank(0.95), Max: sorted[len(sorted)-1]}
}
