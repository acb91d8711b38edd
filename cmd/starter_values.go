package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/runner"
)

// proposal is what the configuration would say about one operation.
type proposal struct {
	operation string
	allow     bool
	values    []string
	remark    string
}

// values proposes the inputs that nothing supplies, for all operations where a
// name means one thing, and the operations that must be allowed by name.
func (s *starter) values() {
	shared, entries := s.sortValues()
	if len(shared) > 0 {
		s.line("# precert learns ids from lists and creations and makes up the rest. These it cannot know, because no")
		s.line("# operation yields them; without a value what needs them is not certified.")
		s.line("# values:")
		for _, name := range slices.Sorted(maps.Keys(shared)) {
			s.remarked(fmt.Sprintf("#   %s: %s", key(name), s.proposed(name)), "for "+few(shared[name]))
		}
		s.blank()
	}
	if len(entries) == 0 {
		return
	}
	s.line("# What may do harm, or acts on things that the run cannot make, runs only when it is allowed by name.")
	s.line("# operations:")
	for i, e := range entries {
		if i == shownEntries {
			s.line("#   # … and %d more, which precert test --dry-run lists", len(entries)-i)
			break
		}
		var parts []string
		if e.allow {
			parts = append(parts, "allow: true")
		}
		if len(e.values) > 0 {
			parts = append(parts, "values: {"+strings.Join(e.values, ", ")+"}")
		}
		s.remarked(fmt.Sprintf("#   %s: {%s}", key(e.operation), strings.Join(parts, ", ")), e.remark)
	}
	s.blank()
}

// sortValues divides the unknown inputs into those that mean the same wherever
// they are asked for, by name with the operations, and those of one operation.
func (s *starter) sortValues() (shared map[string][]string, entries []proposal) {
	meanings := map[string][]string{}
	for _, u := range s.survey.Unknown {
		if u.Resource != "" && !slices.Contains(meanings[u.Name], u.Resource) {
			meanings[u.Name] = append(meanings[u.Name], u.Resource)
		}
	}
	shared = map[string][]string{}
	at := func(operation string) *proposal {
		for i := range entries {
			if entries[i].operation == operation {
				return &entries[i]
			}
		}
		entries = append(entries, proposal{operation: operation})
		return &entries[len(entries)-1]
	}
	for _, g := range s.survey.Guarded {
		e := at(g.Operation)
		e.allow, e.remark = true, strings.TrimPrefix(g.Reason, "it ")
		known := len(meanings[g.Value]) == 1
		if g.Value != "" && !known {
			e.values = append(e.values, key(g.Value)+": …")
		}
	}
	for _, u := range s.survey.Unknown {
		if len(meanings[u.Name]) < 2 {
			shared[u.Name] = append(shared[u.Name], u.Operation)
			continue
		}
		e := at(u.Operation)
		e.values = append(e.values, key(u.Name)+": …")
		if e.remark == "" {
			e.remark = "no operation yields " + u.Name
		}
	}
	return shared, entries
}

// proposed is the value to write for an input: a variable for one that is a credential.
func (s *starter) proposed(name string) string {
	for _, p := range s.parameters() {
		if sameName(p.name, name) {
			return s.reference(p.name)
		}
	}
	secret := slices.ContainsFunc(s.survey.Unknown, func(u runner.Unknown) bool { return u.Name == name && u.Secret })
	if secret {
		return "${" + variable(name) + "}"
	}
	return "…"
}

// sameName compares names without case and punctuation.
func sameName(a, b string) bool {
	bare := func(text string) string { return strings.ReplaceAll(variable(text), "_", "") }
	return bare(a) == bare(b)
}
