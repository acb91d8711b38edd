package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// suppressionRule reports suppressions that match nothing any more.
const suppressionRule = "SuppressionUnused"

// acceptLive applies the suppressions to the outcome of the live run. A failed
// or warned check that one covers becomes skipped, with the reason; so does an
// operation whose only failure was that it could not be exercised. Suppressions
// of live checks that match nothing, or have ended, become findings; one that
// the static half did not need is not unused when the live half did.
func (j *job) acceptLive(s *subject, now time.Time) {
	c := s.outcome
	for _, ignore := range s.config.Ignore {
		names := matching([]string{ignore.Rule}, checkNames())
		if len(names) == 0 {
			continue
		}
		ended := ignore.ended(now)
		used := false
		for i := range c.Operations {
			op := &c.Operations[i]
			if covers(ignore, *op) && accept(op, ignore, ended) {
				used = true
			}
		}
		switch {
		case used && !ended:
			j.forgetUnused(c, ignore)
		case len(matching([]string{ignore.Rule}, ruleNames())) > 0:
			// The static half has said what there is to say.
		case used:
			j.complain(s, ignore, ignore.end())
		case c.Incomplete == "" && !s.portion.shared() && len(j.flags.only) == 0 && len(j.flags.skip) == 0:
			j.complain(s, ignore, "matches no failed or warned check")
		}
	}
	c.Causes = remaining(c)
}

// ended reports whether the last day of a suppression is over.
func (s suppression) ended(now time.Time) bool {
	return !s.Until.IsZero() && now.After(s.Until.AddDate(0, 0, 1))
}

// end says when a suppression ended.
func (s suppression) end() string { return "ended on " + s.Until.Format(time.DateOnly) }

// covers reports whether a suppression is about an operation: At is its
// operationId, or a pointer to it or to what holds it in the definition.
func covers(ignore suppression, op finding.Operation) bool {
	if ignore.At == "" || ignore.At == op.OperationID {
		return true
	}
	escaped := strings.NewReplacer("~", "~0", "/", "~1").Replace(op.Path)
	rest, ok := strings.CutPrefix("/paths/"+escaped+"/"+strings.ToLower(op.Method), ignore.At)
	return ok && (rest == "" || rest[0] == '/')
}

// accept turns the failed and warned checks that a suppression names into
// skipped ones and reports whether there were any. One that has ended changes nothing.
func accept(op *finding.Operation, ignore suppression, ended bool) bool {
	found, exercised := false, true
	for i := range op.Checks {
		check := &op.Checks[i]
		if check.Verdict != finding.Failed && check.Verdict != finding.Warned || !rules.Match(ignore.Rule, check.Check) {
			continue
		}
		found = true
		if ended {
			continue
		}
		exercised = exercised && check.Check != "EnoughSuccessfulCalls"
		check.Message = fmt.Sprintf("accepted: %s (it %s: %s)", ignore.Reason, check.Verdict, check.Message)
		check.Accepted, check.AcceptedBy = check.Verdict, ignore.Reason
		check.Verdict, check.Hint = finding.Skipped, ""
	}
	if !found || ended || op.Verdict != finding.Failed {
		return found
	}
	failed := slices.IndexFunc(op.Checks, func(c finding.Check) bool { return c.Verdict == finding.Failed })
	switch {
	case failed >= 0:
		op.Reason = op.Checks[failed].Check + ": " + op.Checks[failed].Message
	case !exercised:
		op.Verdict, op.Reason, op.Mend = finding.Skipped, "accepted: "+ignore.Reason, ""
	default:
		op.Verdict, op.Reason, op.Mend = finding.Passed, "", ""
	}
	return true
}

// remaining are the causes that still have an operation whose check failed or warned.
func remaining(c *finding.Connector) []finding.Cause {
	var out []finding.Cause
	for _, cause := range c.Causes {
		cause.Operations = slices.DeleteFunc(slices.Clone(cause.Operations), func(id string) bool {
			return !slices.ContainsFunc(c.Operations, func(op finding.Operation) bool {
				return op.OperationID == id && slices.ContainsFunc(op.Checks, func(check finding.Check) bool {
					return check.Check == cause.Check && check.Verdict == cause.Verdict
				})
			})
		})
		if len(cause.Operations) > 0 {
			out = append(out, cause)
		}
	}
	return out
}

// forgetUnused takes back what the static half said about a suppression.
func (j *job) forgetUnused(c *finding.Connector, ignore suppression) {
	c.Findings = slices.DeleteFunc(c.Findings, func(f finding.Finding) bool {
		return f.Rule == suppressionRule && f.Line == ignore.Line
	})
}

// complain adds the finding about a suppression of live checks or changes.
func (j *job) complain(s *subject, ignore suppression, what string) {
	rule := rules.Find(suppressionRule)
	severity := rule.Severity
	if overrides, err := j.overrides(s.config); err == nil {
		for _, o := range overrides {
			if rules.Match(o.Pattern, suppressionRule) {
				severity = o.Severity
			}
		}
	}
	if severity == finding.Off {
		return
	}
	place := ""
	if ignore.At != "" {
		place = " at " + ignore.At
	}
	s.outcome.Findings = finding.Sort(append(s.outcome.Findings, finding.Finding{
		Rule: suppressionRule, Severity: severity, File: s.configFile(), Line: ignore.Line, Column: max(1, ignore.Column),
		Message: fmt.Sprintf("The suppression of %s%s %s.", ignore.Rule, place, what), Hint: rule.Fix,
	}))
}
