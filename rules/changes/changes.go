// Package changes compares two versions of a connector and tells what the
// update does to flows that exist. Kinds and value paths are those of
// Microsoft's change validator where it has them.
package changes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Compare returns what differs between two versions of a connector, each
// change once at its highest point: a deleted object does not repeat its
// fields. What the old version has comes first, in its document order, then
// what the new one adds. Texts such as summaries and descriptions are not
// compared, and neither is the order of members, parameters or enum values.
// A definition that could not be read has nothing to compare.
func Compare(old, updated *connector.Package) []finding.Change {
	if old.Definition.Root == nil || updated.Definition.Root == nil {
		return nil
	}
	c := newComparer(old, updated)
	c.run()
	out := make([]finding.Change, 0, len(c.found))
	for _, f := range c.found {
		out = append(out, f.Change)
	}
	return out
}

// comparer holds one comparison.
type comparer struct {
	oldPackage, newPackage *connector.Package
	old, updated           *side
	found                  []found
	// operation is the old operation under comparison, nil outside of operations.
	operation *connector.Operation
	walk      walk
}

// found is a change with the operation it belongs to.
type found struct {
	finding.Change
	operation *connector.Operation
}

func newComparer(old, updated *connector.Package) *comparer {
	return &comparer{
		oldPackage: old, newPackage: updated,
		old: newSide(old.Definition), updated: newSide(updated.Definition),
		walk: newWalk(),
	}
}

func (c *comparer) run() {
	c.root()
	c.operations()
	c.connection()
}

// report adds a change of a kind at a place, with the kind's severity.
func (c *comparer) report(k *kind, at *place, format string, args ...any) {
	c.reportAs(k.severity, k, at, format, args...)
}

// reportAs is report with a severity of its own.
func (c *comparer) reportAs(severity finding.Severity, k *kind, at *place, format string, args ...any) {
	hint := k.fix
	if hint == fixConfirm {
		hint = "" // nothing to do is nothing to read
	}
	c.found = append(c.found, found{operation: c.operation, Change: finding.Change{
		Change: k.name, Severity: severity, ValuePath: at.String(), Message: fmt.Sprintf(format, args...), Hint: hint,
	}})
}

// place is a value path under construction; most are never printed.
type place struct {
	up   *place
	step string
}

func at(step string) *place { return &place{step: step} }

func (p *place) to(steps ...string) *place {
	for _, step := range steps {
		p = &place{up: p, step: step}
	}
	return p
}

// String joins the steps with slashes, as the change validator prints them.
func (p *place) String() string {
	var steps []string
	for ; p != nil; p = p.up {
		steps = append(steps, p.step)
	}
	slices.Reverse(steps)
	return strings.Join(steps, "/")
}

// longest is the number of characters of a foreign value that a message shows.
const longest = 60

// show quotes a foreign value for a message.
func show(text string) string {
	if text == "" {
		return "the empty value"
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// orNone names an absent value.
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return show(text)
}

// list shows at most three of the values.
func list(values []string) string {
	shown := make([]string, 0, 4)
	for i, v := range values {
		if i == 3 {
			shown = append(shown, fmt.Sprintf("%d more", len(values)-i))
			break
		}
		shown = append(shown, show(v))
	}
	if len(shown) == 1 {
		return shown[0]
	}
	return strings.Join(shown[:len(shown)-1], ", ") + " and " + shown[len(shown)-1]
}

// without returns the values of a that b lacks, in a's order, repeats dropped.
func without(a, b []string) []string {
	known := make(map[string]bool, len(b))
	for _, v := range b {
		known[v] = true
	}
	var out []string
	for _, v := range a {
		if !known[v] {
			known[v] = true
			out = append(out, v)
		}
	}
	return out
}
