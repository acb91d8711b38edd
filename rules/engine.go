package rules

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Config says which rules run, how much they weigh and what is accepted.
type Config struct {
	// Publisher is verified, independent or auto; "" is auto.
	Publisher string
	// Submission asks for what the public repository leaves out and a submission must hold, such as the icon.
	Submission bool
	// Overrides set severities by rule name or glob; the last match wins.
	Overrides []Override
	// Only and Skip are globs of rule names; an empty Only means all.
	Only, Skip []string
	// Ignore are suppressions with a reason.
	Ignore []Ignore
	// IgnoreFile is the configuration file that holds Ignore, for findings about it.
	IgnoreFile string
	// Now decides which suppressions have ended.
	Now time.Time
}

// Override sets the severity of the rules that match.
type Override struct {
	Pattern  string
	Severity finding.Severity
}

// Ignore accepts the findings of a rule at a place.
type Ignore struct {
	// Rule is a rule name or glob; At a pointer prefix or an operationId, "" for everywhere.
	Rule, At string
	// Reason is why; it is shown with the suppressed finding.
	Reason string
	// Until is the last day on which it holds; zero means for ever.
	Until time.Time
	// Line and Column are where it stands in the configuration file, 0 when that is not known.
	Line, Column int
}

// Engine runs the catalogue over connectors. It is safe for concurrent use.
type Engine struct {
	config Config
	rules  []*Rule
}

// New returns an engine. The error names a pattern of config that no rule matches.
func New(config Config) (*Engine, error) {
	e := &Engine{config: config}
	catalogue := Catalogue()
	for _, pattern := range slices.Concat(config.Only, config.Skip) {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("%q is not a valid pattern: %w", pattern, err)
		}
	}
	for _, r := range catalogue {
		if len(config.Only) > 0 && !matchAny(config.Only, r.Name) || matchAny(config.Skip, r.Name) {
			continue
		}
		e.rules = append(e.rules, r)
	}
	return e, nil
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return Match(pattern, name) })
}

// Match reports whether a rule name or glob, in any case, names a rule.
func Match(pattern, name string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
	return err == nil && ok
}

// Check judges one connector and returns what it found, sorted. Findings that
// a suppression accepts are kept and marked.
func (e *Engine) Check(ctx context.Context, pkg *connector.Package) []finding.Finding {
	publisher := e.config.Publisher
	if publisher == "" || publisher == "auto" {
		publisher = pkg.Publisher()
	}
	// Before any rule quotes a value, it is known which must not be seen.
	hidden := secrets(pkg)
	shared := &facts{memo: map[string]any{secretsKey: hidden}}
	// Rules about Swagger 2.0 have nothing to say about another format: one clear finding is enough.
	format := connector.FormatOf(pkg.Definition.Root)
	swagger := pkg.Definition.Root != nil && (format == connector.FormatSwagger2 || format == connector.FormatUnknown)
	var found []finding.Finding
	for _, rule := range e.rules {
		if ctx.Err() != nil {
			break
		}
		if !swagger && rule.aboutDefinition() {
			continue
		}
		p := &Pass{Package: pkg, Definition: pkg.Definition, Publisher: publisher, Submission: e.config.Submission || handedIn(pkg), rule: rule, facts: shared}
		p.run()
		found = append(found, p.found...)
	}
	mask(found, hidden)
	return finding.Sort(e.suppress(e.weigh(found)))
}

// handedIn reports whether the connector was read from what is handed in.
func handedIn(pkg *connector.Package) bool {
	return pkg.Submission != nil && pkg.Submission.Kind == connector.KindSubmission && len(pkg.Zips) == 0
}

// run shields the other rules, and the user, from a fault in this one.
func (p *Pass) run() {
	defer func() {
		if fault := recover(); fault != nil {
			p.found = append(p.found, finding.Finding{
				Rule: internalError.Name, Severity: internalError.Severity, File: p.Definition.Name,
				Message: fmt.Sprintf("The rule %s failed on this connector: %v.", p.rule.Name, fault), Hint: internalError.Fix,
			})
		}
	}()
	p.rule.Check(p)
}

// weigh applies the configured severities.
func (e *Engine) weigh(found []finding.Finding) []finding.Finding {
	if len(e.config.Overrides) == 0 {
		return found
	}
	out := found[:0]
	for _, f := range found {
		for _, o := range e.config.Overrides {
			if Match(o.Pattern, f.Rule) {
				f.Severity = o.Severity
			}
		}
		if f.Severity != finding.Off {
			out = append(out, f)
		}
	}
	return out
}

// suppress marks what the configuration accepts, and reports suppressions
// that match nothing any more.
func (e *Engine) suppress(found []finding.Finding) []finding.Finding {
	for _, ignore := range e.config.Ignore {
		ended := !ignore.Until.IsZero() && e.config.Now.After(ignore.Until.AddDate(0, 0, 1))
		used := false
		for i := range found {
			f := &found[i]
			if f.Suppressed || !Match(ignore.Rule, f.Rule) || !ignore.covers(f) {
				continue
			}
			used = true
			if !ended {
				f.Suppressed, f.SuppressedBy = true, ignore.Reason
			}
		}
		if message := ignore.complaint(used, ended); message != "" && e.runs(ignore.Rule) {
			found = append(found, finding.Finding{
				Rule: suppressionUnused.Name, Severity: suppressionUnused.Severity, File: e.config.IgnoreFile,
				Line: ignore.Line, Column: max(ignore.Column, min(1, ignore.Line)), Message: message, Hint: suppressionUnused.Fix,
			})
		}
	}
	return found
}

// runs reports whether a rule that the pattern names was run: only then can a
// suppression be unused.
func (e *Engine) runs(pattern string) bool {
	return slices.ContainsFunc(e.rules, func(r *Rule) bool { return Match(pattern, r.Name) })
}

func (i Ignore) covers(f *finding.Finding) bool {
	if i.At == "" || i.At == f.OperationID {
		return true
	}
	rest, ok := strings.CutPrefix(f.Pointer, i.At)
	return ok && (rest == "" || rest[0] == '/')
}

func (i Ignore) complaint(used, ended bool) string {
	place := ""
	if i.At != "" {
		place = " at " + i.At
	}
	switch {
	case ended && used:
		return fmt.Sprintf("The suppression of %s%s ended on %s.", i.Rule, place, i.Until.Format(time.DateOnly))
	case !used:
		return fmt.Sprintf("The suppression of %s%s matches no finding.", i.Rule, place)
	}
	return ""
}
