package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func packageRules() []*Rule {
	return []*Rule{
		packageFolderNotSingle, packageFolderNameNotStandard, packageFolderNested,
		solutionsMissing, solutionMisplaced, tooManySolutions, connectorSolutionMissing, flowSolutionMissing, flowSolutionLacksConnector,
	}
}

var packageFolderNotSingle = &Rule{
	Name: "PackageFolderNotSingle", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.12",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "The package zip holds exactly one folder.",
	Why:     "Certification takes the one folder of the package for that of the solutions; with none, or with several, the official script stops.",
	Fix:     "Put all solutions into one folder called PkgAssets at the root of the package zip.",
	Wrong:   "package.zip: FabrikamConnector.zip, FabrikamFlow.zip",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		_, a := p.inner()
		if a == nil {
			return
		}
		folders := a.FoldersIn("")
		if len(folders) == 2 && slices.Contains(folders, finderFolder) {
			p.ReportFile(a.Path, fmt.Sprintf("The package zip holds the folder %s, which the Finder of macOS adds.", quote(finderFolder)),
				Hint("Zip the folder PkgAssets in the Terminal: zip -r -X package.zip PkgAssets"))
			return
		}
		switch len(folders) {
		case 1:
		case 0:
			p.ReportFile(a.Path, "The package zip holds no folder; the solutions belong in PkgAssets.")
		default:
			p.ReportFile(a.Path, fmt.Sprintf("The package zip holds %d folders instead of one: %s.", len(folders), listed(folders)))
		}
	},
}

var packageFolderNameNotStandard = &Rule{
	Name: "PackageFolderNameNotStandard", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.12",
	Source:  errorsSource + "; the official script takes any name",
	Summary: "The folder of the package zip is called PkgAssets.",
	Why:     "Tools that make packages use this name, and the policy asks for it.",
	Fix:     "Rename the folder to PkgAssets.",
	Wrong:   "package.zip: PackageAssets/FabrikamConnector.zip",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip",
	Check: func(p *Pass) {
		if s, a := p.inner(); a != nil && s.Assets != "" && !strings.EqualFold(s.Assets, "PkgAssets") {
			p.ReportFile(a.Path, fmt.Sprintf("The folder of the package zip is called %s instead of PkgAssets.", quote(s.Assets)))
		}
	},
}

var packageFolderNested = &Rule{
	Name: "PackageFolderNested", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  layoutSource,
	Summary: "The folder of the package zip holds no folder.",
	Why:     "The official script refuses any folder beside the solutions.",
	Fix:     "Move the solutions up into PkgAssets and remove the folder.",
	Wrong:   "package.zip: PkgAssets/Solutions/FabrikamConnector.zip",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip",
	Check: func(p *Pass) {
		s, a := p.inner()
		if a == nil || s.Assets == "" {
			return
		}
		if folders := a.FoldersIn(s.Assets); len(folders) > 0 {
			p.ReportFile(a.Path, fmt.Sprintf("The folder %s holds another folder (%s).", quote(s.Assets), listed(folders)))
		}
	},
}

var solutionsMissing = &Rule{
	Name: "SolutionsMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.13",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "The package holds solutions.",
	Why:     "A package without solutions has nothing to certify.",
	Fix:     "Export the connector solution and the flow solution as zips, and put both into PkgAssets.",
	Wrong:   "package.zip: PkgAssets/ImportConfig.xml",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		s, a := p.inner()
		if a == nil || len(s.Solutions) > 0 || len(a.ArchivesIn(s.Assets)) > 0 {
			return
		}
		place := "The package zip"
		if s.Assets != "" {
			place = "The folder " + quote(s.Assets)
		}
		p.ReportFile(a.Path, place+" holds no solution zips.")
	},
}

var solutionMisplaced = &Rule{
	Name: "SolutionMisplaced", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "Solutions stand in the folder of the package zip.",
	Why:     "Certification does not look for solutions anywhere else: they count as missing.",
	Fix:     "Move the solution zip into PkgAssets of the package zip.",
	Wrong:   "package.zip: PkgAssets/FabrikamConnector.zip, FabrikamFlow.zip",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		// What is loose beside two sound solutions is ignored by certification;
		// that there is no folder, or a folder in it, is told by itself.
		s, a := p.inner()
		if a == nil || s.Assets == "" || len(s.InPlace()) > 1 {
			return
		}
		for _, solution := range s.Solutions {
			if !solution.Placed && !strings.HasPrefix(solution.Path, a.Inside(s.Assets)+"/") {
				p.ReportFile(solution.Path, fmt.Sprintf("The solution %s stands outside of the package's folder.", quote(solution.Name())))
			}
		}
	},
}

var tooManySolutions = &Rule{
	Name: "TooManySolutions", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  layoutSource,
	Summary: "The package holds two solutions, three with an AI plugin.",
	Why:     "The official script counts the solution zips and refuses any other number.",
	Fix:     "Leave the connector solution and the flow solution, and the plugin solution if there is one.",
	Wrong:   "PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip, PkgAssets/FabrikamOld.zip",
	Right:   "PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		s, a := p.inner()
		if a == nil || s.Assets == "" {
			return
		}
		kinds := p.kinds()
		want, with := 2, "two solutions (connector and flow)"
		if len(kinds[connector.SolutionPlugin]) > 0 {
			want, with = 3, "three solutions (connector, flow and plugin)"
		}
		if found := withEnding(a.FilesIn(s.Assets), ".zip"); len(found) > want {
			p.ReportFile(a.Path, fmt.Sprintf("The package holds %d zips instead of %s: %s.", len(found), with, listed(found)))
		}
	},
}

// countable reports whether a solution of this kind can be missed: not when
// there are none at all, when one stands in the wrong place or cannot be
// opened. That is told by itself.
func (p *Pass) countable(kind connector.SolutionKind) bool {
	s, a := p.inner()
	if a == nil || len(s.InPlace()) == 0 {
		return false
	}
	for _, solution := range s.Solutions {
		if !solution.Placed && solution.Kind() == kind {
			return false
		}
	}
	for _, inner := range a.ArchivesIn(s.Assets) {
		if inner.Broken != "" {
			return false
		}
	}
	return true
}

var connectorSolutionMissing = &Rule{
	Name: "ConnectorSolutionMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.6",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "One solution of the package holds the connector and nothing else.",
	Why:     "This is the solution that is certified; one that holds flows or a plugin as well does not count.",
	Fix:     "Make a solution of the connector alone, export it unmanaged, and put it beside the flow solution.",
	Wrong:   "PkgAssets/Fabrikam.zip with the connector and the flow in one solution",
	Right:   "PkgAssets/FabrikamConnector.zip with the connector, PkgAssets/FabrikamFlow.zip with connector and flow",
	Check: func(p *Pass) {
		kinds := p.kinds()
		if len(kinds[connector.SolutionConnector]) > 0 || !p.countable(connector.SolutionConnector) {
			return
		}
		for _, solution := range p.Package.Submission.InPlace() {
			switch {
			case solution.HasFlows() && solution.HasConnector() && len(kinds[connector.SolutionFlow]) > 1:
				p.ReportFile(solution.Path, "No solution holds the connector alone: this one also holds flows.", Policy("5000.1.1.16"))
				return
			case !solution.HasFlows() && !solution.HasConnector():
				p.ReportFile(solution.Path, fmt.Sprintf("The solution %s holds no connector.", quote(solution.Name())), Policy("5000.1.1.8"))
				return
			}
		}
		p.ReportFile(p.Package.Submission.Package.Path, "The package has no connector solution.")
	},
}

var flowSolutionMissing = &Rule{
	Name: "FlowSolutionMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.6",
	Source:  layoutSource + "; " + errorsSource + "; https://github.com/microsoft/PowerPlatformConnectors/pull/3833",
	Summary: "The package holds a flow solution.",
	Why:     "Reviewers try the connector with the submitted flows; without them the answer is that the package should contain a flow package.",
	Fix:     "Make a solution with the connector and at least one flow that uses it, export it unmanaged, and put it into PkgAssets.",
	Wrong:   "package.zip: PkgAssets/FabrikamConnector.zip",
	Right:   "package.zip: PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		s, a := p.inner()
		if len(p.kinds()[connector.SolutionFlow]) > 0 || !p.countable(connector.SolutionFlow) {
			return
		}
		for _, solution := range s.InPlace() {
			// That it lacks the connector is told by itself.
			if solution.HasFlows() && !solution.HasConnector() {
				return
			}
		}
		p.ReportFile(a.Path, "The package has no flow solution.")
	},
}

var flowSolutionLacksConnector = &Rule{
	Name: "FlowSolutionLacksConnector", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.8",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "The flow solution holds the connector as well.",
	Why:     "Flows are imported together with the connector that they use; a flow solution without it does not count as one.",
	Fix:     "Add the connector to the flow solution (Add existing, Custom connector), and export it again.",
	Wrong:   "FabrikamFlow.zip: Workflows/",
	Right:   "FabrikamFlow.zip: Connector/, Workflows/",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if solution.Placed && solution.HasFlows() && !solution.HasConnector() {
				p.ReportFile(solution.Inside("customizations.xml"), fmt.Sprintf("The solution %s holds flows, and not the connector.", quote(solution.Name())))
			}
		}
	},
}
