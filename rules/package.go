package rules

import (
	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// SectionPackage is about the zip that is handed in, and what is in it.
const SectionPackage = "Package"

// Where the layout of a submission is laid down.
const (
	layoutSource = "https://github.com/microsoft/PowerPlatformConnectors/blob/dev/scripts/ConnectorPackageValidator.ps1"
	errorsSource = "https://learn.microsoft.com/connectors/custom-connectors/certification-policy-errors"
	exportHint   = "Export the solution again; files of an export are not to be removed or edited by hand."
)

// Policy overrides the rule's policy code.
func Policy(code string) Option {
	return func(f *finding.Finding) { f.Policy = code }
}

// reportElement adds a finding at an element of an XML file.
func (p *Pass) reportElement(at *connector.Element, message string) {
	line, column, excerpt := at.Place()
	p.ReportFile(at.Document().Name, message, func(f *finding.Finding) { f.Line, f.Column, f.Excerpt = line, column, excerpt })
}

// outer returns the submission when the zip claims, or is said, to be one as a whole.
func (p *Pass) outer() *connector.Submission {
	s := p.Package.Submission
	if s == nil || s.Root.Broken != "" || s.Kind != connector.KindSubmission && !p.Submission {
		return nil
	}
	return s
}

// packaged reports whether the connector was read from a package, or one lies
// beside it: what that lacks is told by the rules about packages.
func (p *Pass) packaged() bool {
	s := p.Package.Submission
	return p.Package.Export != nil || s != nil && s.Kind != connector.KindOther
}

// inner returns the package zip, nil when there is none or it cannot be read.
func (p *Pass) inner() (*connector.Submission, *connector.Archive) {
	s := p.Package.Submission
	if s == nil || s.Package == nil || s.Package.Broken != "" {
		return s, nil
	}
	return s, s.Package
}

// solutions returns every solution that was given.
func (p *Pass) solutions() []*connector.Solution {
	if p.Package.Submission == nil {
		return nil
	}
	return p.Package.Submission.Solutions
}

// kinds sorts the solutions in the package's folder by what they are for.
func (p *Pass) kinds() map[connector.SolutionKind][]*connector.Solution {
	out := map[connector.SolutionKind][]*connector.Solution{}
	for _, solution := range p.solutions() {
		if solution.Placed {
			out[solution.Kind()] = append(out[solution.Kind()], solution)
		}
	}
	return out
}
