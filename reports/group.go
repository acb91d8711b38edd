package reports

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// ruleGroup is every finding of one rule at one severity, new or known.
type ruleGroup struct {
	Rule     string
	Severity finding.Severity
	Policy   string
	// Known says that the baseline has them already.
	Known    bool
	Findings []finding.Finding
}

// groupByRule puts the weightiest rules first, new before known, then the most
// frequent, then by name; within a group findings go by file and line. Suppressed ones are left out.
func groupByRule(findings []finding.Finding) []ruleGroup {
	type key struct {
		rule     string
		severity finding.Severity
		known    bool
	}
	index := map[key]int{}
	var groups []ruleGroup
	for _, f := range findings {
		if f.Suppressed {
			continue
		}
		k := key{f.Rule, f.Severity, f.Known}
		i, seen := index[k]
		if !seen {
			i = len(groups)
			index[k] = i
			groups = append(groups, ruleGroup{Rule: f.Rule, Severity: f.Severity, Policy: f.Policy, Known: f.Known})
		}
		groups[i].Findings = append(groups[i].Findings, f)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.Findings, func(a, b finding.Finding) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
	}
	slices.SortStableFunc(groups, func(a, b ruleGroup) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), falseFirst(a.Known, b.Known),
			cmp.Compare(len(b.Findings), len(a.Findings)), cmp.Compare(a.Rule, b.Rule))
	})
	return groups
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// places counts the places of all findings of the group.
func (g ruleGroup) places() int {
	n := 0
	for _, f := range g.Findings {
		n += f.Places()
	}
	return n
}

// commonHint is the hint that all findings of the group share, "" if they differ.
func (g ruleGroup) commonHint() string {
	hint := g.Findings[0].Hint
	for _, f := range g.Findings[1:] {
		if f.Hint != hint {
			return ""
		}
	}
	return hint
}

// fileGroup is every finding in one artefact.
type fileGroup struct {
	File     string
	Findings []finding.Finding
}

func groupByFile(findings []finding.Finding) []fileGroup {
	var groups []fileGroup
	index := map[string]int{}
	for _, f := range findings {
		i, known := index[f.File]
		if !known {
			i = len(groups)
			index[f.File] = i
			groups = append(groups, fileGroup{File: f.File})
		}
		groups[i].Findings = append(groups[i].Findings, f)
	}
	slices.SortStableFunc(groups, func(a, b fileGroup) int { return cmp.Compare(a.File, b.File) })
	return groups
}

func suppressed(findings []finding.Finding) []finding.Finding {
	var list []finding.Finding
	for _, f := range findings {
		if f.Suppressed {
			list = append(list, f)
		}
	}
	return list
}

// filePath joins the connector's path and a file's name, so that an editor or a
// CI server finds the file. A connector given as the file itself stays as it is,
// without the "./" that no server resolves.
func filePath(c *finding.Connector, file string) string {
	if file == "" {
		return c.Path
	}
	base := slashed(c.Path)
	joined := path.Join(base, file)
	if path.Base(base) == file {
		joined = path.Clean(base)
	}
	if strings.HasPrefix(base, "//") {
		return "/" + joined // a share on Windows begins with two slashes
	}
	return joined
}

// slashed writes a path of any system with slashes.
func slashed(path string) string { return strings.ReplaceAll(path, "\\", "/") }

// name is what to call a connector in a heading.
func name(c *finding.Connector) string { return cmp.Or(c.Title, c.Path, "connector") }

// counts are the findings and changes of one connector by severity.
type counts struct{ Errors, Warnings, Infos, Suppressed int }

func (n *counts) add(s finding.Severity) {
	switch s {
	case finding.Error:
		n.Errors++
	case finding.Warning:
		n.Warnings++
	case finding.Info:
		n.Infos++
	case finding.Off:
	}
}

func (n counts) total() int { return n.Errors + n.Warnings + n.Infos }

func countOf(c *finding.Connector) counts {
	var n counts
	for _, f := range c.Findings {
		if f.Suppressed {
			n.Suppressed++
			continue
		}
		n.add(f.Severity)
	}
	for _, ch := range c.Changes {
		n.add(ch.Severity)
	}
	return n
}

// operationCounts are the operations of a connector by verdict.
type operationCounts struct{ Total, Passed, Failed, Skipped int }

func countOperations(c *finding.Connector) operationCounts {
	n := operationCounts{Total: len(c.Operations)}
	for _, op := range c.Operations {
		switch op.Verdict {
		case finding.Failed:
			n.Failed++
		case finding.Skipped:
			n.Skipped++
		default:
			n.Passed++
		}
	}
	return n
}

// causes returns what the runner found to lie behind the failed and warned
// checks, failures first; a run that carries none gets them from its checks.
func causes(c *finding.Connector) []finding.Cause {
	list := slices.Clone(c.Causes)
	if len(list) == 0 {
		list = causesOfChecks(c)
	}
	list = joinAllowances(list)
	slices.SortStableFunc(list, func(a, b finding.Cause) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), cmp.Compare(len(b.Operations), len(a.Operations)),
			cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message))
	})
	return list
}

func causesOfChecks(c *finding.Connector) []finding.Cause {
	type key struct {
		check, message string
		verdict        finding.Verdict
	}
	index := map[key]int{}
	var list []finding.Cause
	for _, op := range c.Operations {
		for _, check := range op.Checks {
			if check.Verdict != finding.Failed && check.Verdict != finding.Warned {
				continue
			}
			k := key{check.Check, check.Message, check.Verdict}
			i, known := index[k]
			if !known {
				i = len(list)
				index[k] = i
				list = append(list, finding.Cause{Check: check.Check, Verdict: check.Verdict,
					Message: check.Message, Hint: check.Hint, Exchange: check.Exchange})
			}
			if !slices.Contains(list[i].Operations, op.OperationID) {
				list[i].Operations = append(list[i].Operations, op.OperationID)
			}
		}
	}
	return list
}

// rank orders verdicts by how much they want attention.
func rank(v finding.Verdict) int {
	return slices.Index([]finding.Verdict{finding.Failed, finding.Warned, finding.Skipped, finding.Passed}, v)
}

// curlOf finds the command line that repeats a cause.
func curlOf(c *finding.Connector, cause finding.Cause) string {
	for _, op := range c.Operations {
		for _, check := range op.Checks {
			if check.Check == cause.Check && check.Verdict == cause.Verdict && check.Exchange == cause.Exchange && check.Curl != "" {
				if slices.Contains(cause.Operations, op.OperationID) {
					return check.Curl
				}
			}
		}
	}
	for _, e := range c.Exchanges {
		if e.Number == cause.Exchange && cause.Exchange != 0 {
			return e.Curl
		}
	}
	return ""
}

// meets reports that a severity keeps a connector from being ready in this run.
func meets(run *finding.Run, s finding.Severity) bool {
	return s != finding.Off && s >= run.FailOn
}
