package changes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Step is the way to publish one operation's update without breaking flows:
// the operation as published stays, deprecated, and the update becomes the
// next revision of its family.
type Step struct {
	// OperationID is the published operation; NextID the id of the update, ""
	// when the update only takes the operation away.
	OperationID, NextID string
	// Family joins the revisions; Revision is the published one's number.
	Family   string
	Revision int
	// Breaking counts the errors that the step makes harmless.
	Breaking int
	// Patch shows what to write where, in the manner of a unified diff.
	Patch string
}

// Steps returns one step for every operation that an update breaks, in the
// order of the old definition.
func Steps(old, updated *connector.Package) []Step {
	c := newComparer(old, updated)
	c.run()
	var out []Step
	for _, f := range c.found {
		if f.operation == nil || f.operation.ID == "" || f.Severity != finding.Error {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].OperationID == f.operation.ID {
			out[last].Breaking++
			continue
		}
		out = append(out, Step{OperationID: f.operation.ID, Breaking: 1})
	}
	renamed := partners(c.matchOperations())
	for i := range out {
		c.describe(&out[i], renamed)
	}
	return out
}

func (c *comparer) describe(s *Step, renamed map[*connector.Operation]*connector.Operation) {
	op := c.old.Operation(s.OperationID)
	annotation := op.Node.Get("x-ms-api-annotation")
	s.Family, s.Revision = annotation.Get("family").String(), 1
	if s.Family == "" {
		s.Family = op.ID
	}
	if n, ok := annotation.Get("revision").Float(); ok && n >= 1 {
		s.Revision = int(n)
	}
	next := c.updated.Operation(op.ID)
	if next != nil {
		s.NextID = c.freeID(op.ID, s.Revision+1)
	} else if next = renamed[op]; next != nil {
		s.NextID = next.ID
	}
	s.Patch = c.patch(s, op, next)
}

// freeID names the next revision of an operation: its id with V2, V3 … in
// place of such an ending, whichever is not taken yet.
func (c *comparer) freeID(id string, revision int) string {
	stem := id
	if i := strings.LastIndexAny(id, "Vv"); i > 0 {
		if _, err := strconv.Atoi(id[i+1:]); err == nil {
			stem = strings.TrimRight(id[:i], "_-")
		}
	}
	for {
		next := stem + "V" + strconv.Itoa(revision)
		if c.updated.Operation(next) == nil {
			return next
		}
		revision++
	}
}

func (c *comparer) patch(s *Step, op, next *connector.Operation) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s: %d breaking, so keep it as revision %d of the family %s", quoted(s.OperationID), s.Breaking, s.Revision, quoted(s.Family))
	line("--- published\n+++ published, with the update beside it")
	line("@@ %s %s @@", op.Method, quoted(op.Path))
	if summary := op.Node.Get("summary").String(); summary != "" && !op.Deprecated() {
		line("-      \"summary\": %s,", quoted(summary))
		line("+      \"summary\": %s,", quoted(summary+" (deprecated)"))
	}
	line("       \"operationId\": %s,", quoted(op.ID))
	if !op.Deprecated() {
		line("+      \"deprecated\": true,")
	}
	if !op.Node.Get("x-ms-api-annotation").Exists() {
		line("+      \"x-ms-api-annotation\": {\"family\": %s, \"revision\": %d},", quoted(s.Family), s.Revision)
	}
	if next != nil {
		path := next.Path
		if next.Method == op.Method && template(next.Path) == template(op.Path) {
			path = "/v" + strconv.Itoa(s.Revision+1) + path
		}
		line("@@ %s %s: the operation as updated @@", next.Method, quoted(path))
		line("+      \"operationId\": %s,", quoted(s.NextID))
		line("+      \"x-ms-api-annotation\": {\"family\": %s, \"revision\": %d},", quoted(s.Family), s.Revision+1)
		if path != next.Path {
			line("#      the platform wants another path; a route request policy sends it to %s", quoted(next.Path))
		}
	}
	if names := c.sharedDefinitions(op); len(names) > 0 {
		line("@@ definitions: keep these as published under another name, for %s @@", quoted(op.ID))
		for _, name := range names {
			line("+    %s: as published", quoted(fmt.Sprintf("%sV%d", name, s.Revision)))
		}
	}
	return b.String()
}

// sharedDefinitions names the definitions that an operation uses and the update changes.
func (c *comparer) sharedDefinitions(op *connector.Operation) []string {
	var out []string
	definitions := c.old.Root.Get("definitions")
	visit := func(n *connector.Node, _ string) bool {
		if n.Parent() == definitions && !n.Equal(c.updated.Root.Get("definitions").Get(n.Key())) && !slices.Contains(out, n.Key()) {
			out = append(out, n.Key())
		}
		return true
	}
	for _, p := range op.Parameters {
		c.old.WalkSchema(p.Schema(), visit)
	}
	for _, r := range op.Responses {
		c.old.WalkSchema(r.Schema(), visit)
	}
	return out
}

// quoted writes a text as JSON does, without escaping what HTML would mind.
func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
