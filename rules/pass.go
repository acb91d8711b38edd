package rules

import (
	"fmt"
	"iter"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Pass is what a rule sees of one connector, and where it reports.
type Pass struct {
	Package    *connector.Package
	Definition *connector.Definition
	// Publisher is "verified" or "independent".
	Publisher string
	// Submission says that everything a submission holds must be there.
	Submission bool
	rule       *Rule
	facts      *facts
	found      []finding.Finding
}

// facts are gathered once for a connector and shared by all its rules.
type facts struct {
	typed []connector.Schema
	// withKey holds indices into typed by member name.
	withKey map[string][]int32
	schemas []connector.Schema
	memo    map[string]any
}

// Option refines one finding.
type Option func(*finding.Finding)

// As overrides the rule's severity.
func As(severity finding.Severity) Option {
	return func(f *finding.Finding) { f.Severity = severity }
}

// Hint overrides the rule's general way to mend with one for this place.
func Hint(format string, args ...any) Option {
	return func(f *finding.Finding) { f.Hint = fmt.Sprintf(format, args...) }
}

// Member points the finding at a member that is not there: its name is added to the pointer.
func Member(name string) Option {
	return func(f *finding.Finding) { f.Pointer += "/" + connector.EscapeToken(name) }
}

// Reaches names the operations that a fault in a shared definition reaches.
func Reaches(operations []string) Option {
	return func(f *finding.Finding) { f.Operations = operations }
}

// Also names the lines of further places where the same holds.
func Also(lines []int) Option {
	return func(f *finding.Finding) { f.AlsoOn = append(f.AlsoOn, lines...) }
}

// Report adds a finding at a value. The message says what is wrong there; the
// place, the operation and the source line follow from at, which may be nil
// for the definition as a whole. Nothing is reported where a file was cut off:
// what seems wrong there may be what was lost.
func (p *Pass) Report(at *connector.Node, message string, options ...Option) {
	if at.Document().Unfinished(at) || p.Definition.Cut && p.rule.needsWhole() {
		return
	}
	f := finding.Finding{
		Rule: p.rule.Name, Severity: p.rule.Severity, Policy: p.rule.Policy, Checker: p.rule.Checker,
		File: p.Definition.Name, Message: message, Hint: p.rule.Fix,
	}
	if at != nil {
		f.File = at.Document().Name
		f.Pointer = at.Pointer()
		f.Line, f.Column = at.MarkPosition()
		f.Excerpt = at.Excerpt()
		if op := p.Definition.OperationAt(at); op != nil {
			f.OperationID = op.ID
		} else if at.Document() == p.Definition.Document {
			f.Operations = p.reached(at)
		}
	}
	for _, option := range options {
		option(&f)
	}
	p.found = append(p.found, f)
}

// ReportFile adds a finding about a file as a whole, or one that is missing.
func (p *Pass) ReportFile(name, message string, options ...Option) {
	f := finding.Finding{
		Rule: p.rule.Name, Severity: p.rule.Severity, Policy: p.rule.Policy, Checker: p.rule.Checker,
		File: name, Message: message, Hint: p.rule.Fix,
	}
	for _, option := range options {
		option(&f)
	}
	p.found = append(p.found, f)
}

// ReportText adds a finding about the bytes from start up to end of a file that is not JSON.
func (p *Pass) ReportText(doc *connector.Document, start, end int, message string, options ...Option) {
	line, column, excerpt := doc.Locate(start, end)
	p.ReportFile(doc.Name, message, append([]Option{func(f *finding.Finding) {
		f.Line, f.Column, f.Excerpt = line, column, excerpt
	}}, options...)...)
}

// Text returns the artefact with this role as text, nil when there is none.
func (p *Pass) Text(role connector.Role) *connector.Document {
	return Shared(p, "text:"+string(role), func() *connector.Document {
		file := p.Package.File(role)
		if file == nil {
			return nil
		}
		return connector.NewText(file.Name, file.Content)
	})
}

// maxReached is how many operations a finding in a shared definition names.
const maxReached = 20

// reached names the operations that use the definition that holds at.
func (p *Pass) reached(at *connector.Node) []string {
	definitions := p.Definition.Root.Get("definitions")
	for at != nil && at.Parent() != definitions {
		at = at.Parent()
	}
	if at == nil || definitions == nil {
		return nil
	}
	reach := p.Definition.Reach(at.Key())
	if reach == nil {
		return nil
	}
	var out []string
	for _, op := range reach.Operations {
		if len(out) == maxReached {
			break
		}
		if op.ID != "" {
			out = append(out, op.ID)
		}
	}
	return out
}

// Schemas returns every schema object of the definition once, in document order.
func (p *Pass) Schemas() []connector.Schema {
	if p.facts.schemas == nil {
		for s := range p.Definition.Schemas {
			p.facts.schemas = append(p.facts.schemas, s)
		}
	}
	return p.facts.schemas
}

// Typed returns every schema, non-body parameter and response header once.
func (p *Pass) Typed() []connector.Schema {
	p.gather()
	return p.facts.typed
}

// TypedWith yields those of Typed that have a member called key, with their index in Typed.
func (p *Pass) TypedWith(key string) iter.Seq2[int, connector.Schema] {
	p.gather()
	return func(yield func(int, connector.Schema) bool) {
		for _, i := range p.facts.withKey[key] {
			if !yield(int(i), p.facts.typed[i]) {
				return
			}
		}
	}
}

func (p *Pass) gather() {
	if p.facts.withKey != nil {
		return
	}
	p.facts.withKey = map[string][]int32{}
	for s := range p.Definition.Typed {
		p.facts.typed = append(p.facts.typed, s)
	}
	for i := range p.facts.typed {
		for member := range p.facts.typed[i].Node.Members {
			p.facts.withKey[member.Key()] = append(p.facts.withKey[member.Key()], int32(i))
		}
	}
}

// Shared returns what build makes, the same value for all rules of one
// connector that ask for key.
func Shared[T any](p *Pass, key string, build func() T) T {
	if value, ok := p.facts.memo[key]; ok {
		return value.(T)
	}
	value := build()
	p.facts.memo[key] = value
	return value
}
