package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
	"github.com/precert/precert/rules/changes"
	"github.com/precert/precert/runner"
)

// catalogue returns the documentation of all rules, live checks and kinds of changes, sorted by name.
func catalogue() []finding.Doc {
	var out []finding.Doc
	for _, r := range rules.Catalogue() {
		out = append(out, r.Doc())
	}
	out = append(out, runner.Catalogue()...)
	out = append(out, changes.Catalogue()...)
	slices.SortFunc(out, func(a, b finding.Doc) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func ruleNames() []string {
	var out []string
	for _, r := range rules.Catalogue() {
		out = append(out, r.Name)
	}
	return out
}

func checkNames() []string {
	var out []string
	for _, doc := range runner.Catalogue() {
		out = append(out, doc.Name)
	}
	return out
}

func changeNames() []string {
	docs := changes.Catalogue()
	out := make([]string, 0, len(docs))
	for _, doc := range docs {
		out = append(out, doc.Name)
	}
	return out
}

// matching returns the patterns that match at least one of names.
func matching(patterns, names []string) []string {
	var out []string
	for _, pattern := range patterns {
		if slices.ContainsFunc(names, func(name string) bool { return rules.Match(pattern, name) }) {
			out = append(out, pattern)
		}
	}
	return out
}

// operationPatterns are those of --only that name no rule and no check.
func (j *job) operationPatterns() []string {
	var out []string
	for _, pattern := range j.flags.only {
		if len(matching([]string{pattern}, ruleNames())) == 0 && len(matching([]string{pattern}, checkNames())) == 0 {
			out = append(out, pattern)
		}
	}
	return out
}

// onlyChecks reports that --only names live checks and nothing else: no rule is wanted then.
func (j *job) onlyChecks() bool {
	return len(j.flags.only) > 0 && len(matching(j.flags.only, ruleNames())) == 0 && len(j.operationPatterns()) == 0
}

// ofOperations keeps the findings of the operations that --only names.
func (j *job) ofOperations(found []finding.Finding) []finding.Finding {
	patterns := j.operationPatterns()
	if len(patterns) == 0 {
		return found
	}
	return slices.DeleteFunc(found, func(f finding.Finding) bool {
		return len(matching(patterns, append([]string{f.OperationID}, f.Operations...))) == 0
	})
}

// patternsMatch refuses a pattern of --only that matches nothing at all: a
// misspelt name must not make a connector look ready.
func (j *job) patternsMatch(subjects []*subject) error {
	for _, pattern := range j.operationPatterns() {
		found := false
		for _, s := range subjects {
			if s.pkg == nil {
				continue
			}
			for _, op := range s.pkg.Definition.Operations {
				found = found || rules.Match(pattern, op.ID)
			}
		}
		if !found {
			return fmt.Errorf("--only %s matches no rule, no check and no operation%s", pattern, suggestion(pattern))
		}
	}
	return nil
}

// suggestion names the rule or check that was probably meant, "" when none is near.
func suggestion(name string) string {
	if near := rules.Nearest(name, slices.Concat(ruleNames(), checkNames(), changeNames())); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}
