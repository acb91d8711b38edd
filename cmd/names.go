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

// skippedOperations are the patterns of --skip that name no rule and no check.
func (j *job) skippedOperations() []string {
	return slices.DeleteFunc(slices.Clone(j.flags.skip), func(pattern string) bool {
		return len(matching([]string{pattern}, slices.Concat(ruleNames(), checkNames()))) > 0
	})
}

// onlyChecks reports that --only names live checks and nothing else: no rule is wanted then.
func (j *job) onlyChecks() bool {
	return len(j.flags.only) > 0 && len(matching(j.flags.only, ruleNames())) == 0 && len(j.operationPatterns()) == 0
}

// ofOperations keeps the findings of the operations that --only names, and drops
// those of no other operation than --skip names.
func (j *job) ofOperations(found []finding.Finding) []finding.Finding {
	wanted, left := j.operationPatterns(), j.skippedOperations()
	if len(wanted) == 0 && len(left) == 0 {
		return found
	}
	return slices.DeleteFunc(found, func(f finding.Finding) bool { return outside(f, wanted, left) })
}

// outside reports that a finding is of no operation that a pattern of wanted
// names, when there are any, or only of operations that patterns of left name.
func outside(f finding.Finding, wanted, left []string) bool {
	reached := slices.DeleteFunc(append([]string{f.OperationID}, f.Operations...), func(id string) bool { return id == "" })
	if len(wanted) > 0 && len(matching(wanted, reached)) == 0 {
		return true
	}
	return len(reached) > 0 && !slices.ContainsFunc(reached, func(id string) bool {
		return !slices.ContainsFunc(left, func(pattern string) bool { return rules.Match(pattern, id) })
	})
}

// patternsMatch refuses a pattern of --only that matches nothing at all: a
// misspelt name must not make a connector look ready.
func (j *job) patternsMatch(subjects []*subject) error {
	var operations []string
	for _, s := range subjects {
		if s.pkg != nil {
			operations = append(operations, operationNames(s.pkg.Definition)...)
		}
	}
	j.skipsNothing(operations)
	for _, pattern := range j.operationPatterns() {
		if len(matching([]string{pattern}, operations)) == 0 {
			return fmt.Errorf("--only %s matches no rule, no check and no operation%s: precert rules lists the names", pattern,
				meant(pattern, slices.Concat(operations, ruleNames(), checkNames(), changeNames())))
		}
	}
	return nil
}

// skipsNothing tells of patterns of --skip that leave nothing out; operations
// are those of the connectors, none where the run does not look at them.
func (j *job) skipsNothing(operations []string) {
	known := slices.Concat(operations, ruleNames(), checkNames())
	for _, pattern := range j.flags.skip {
		likely := meant(pattern, known)
		if len(matching([]string{pattern}, known)) == 0 && (likely != "" || len(operations) > 0) {
			j.streams.note("--skip %s matches no rule, no check and no operation%s: nothing is left out", pattern, likely)
		}
	}
}

// suggestion names the rule or check that was probably meant, "" when none is near.
func suggestion(name string) string {
	return meant(name, slices.Concat(ruleNames(), checkNames(), changeNames()))
}

// meant names the candidate that was probably meant, "" when none is near.
func meant(word string, candidates []string) string {
	if near := rules.Nearest(word, candidates); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}
