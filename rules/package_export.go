package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func exportRules() []*Rule {
	return []*Rule{connectorFileMissing, packageIconMissing, policyInstancesEmpty, solutionsDisagree}
}

var connectorFileMissing = &Rule{
	Name: "ConnectorFileMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.17",
	Source:  errorsSource,
	Summary: "The files of the connector that customizations.xml names are in the solution.",
	Why:     "The connector cannot be imported, or is imported without its policies, script or icon.",
	Fix:     exportHint,
	Wrong:   "<connectionparameters>/Connector/fab_desk_connectionparameters.json</connectionparameters>, without this file",
	Right:   "Connector/fab_desk_connectionparameters.json",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if !solution.Has("Connector") {
				continue // told as the missing folder
			}
			for _, export := range solution.Exports {
				for _, element := range export.Missing() {
					if export == p.Package.Export && element.Name == string(connector.ExportDefinition) {
						continue // told as the missing definition
					}
					p.reportElement(element, fmt.Sprintf("The solution %s lacks the file %s.", quote(solution.Name()), quote(strings.TrimPrefix(element.Text, "/"))))
				}
			}
		}
	},
}

var packageIconMissing = &Rule{
	Name: "PackageIconMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.1",
	Source:  errorsSource,
	Summary: "The connector solution of a verified publisher holds the connector's icon.",
	Why:     "The icon is taken from the solution; without it the package is refused. Independent publishers share one icon.",
	Fix:     "Give the connector an icon in the wizard, publish it, and export the solution again.",
	Wrong:   "Connector/: fab_desk_openapidefinition.json, fab_desk_connectionparameters.json",
	Right:   "Connector/: fab_desk_openapidefinition.json, fab_desk_connectionparameters.json, fab_desk_iconblob.Png",
	Check: func(p *Pass) {
		if p.Publisher != connector.Verified {
			return
		}
		for _, solution := range p.kinds()[connector.SolutionConnector] {
			for _, export := range solution.Exports {
				// One that is named, and is not there, is told as a missing file.
				if export == p.exported() && !export.Has(connector.ExportIcon) && export.Node.Child(string(connector.ExportIcon)) == nil && export.Has(connector.ExportDefinition) {
					p.ReportFile(solution.Path, fmt.Sprintf("The connector %s has no icon in the solution %s.", quote(export.Name), quote(solution.Name())))
				}
			}
		}
	},
}

var policyInstancesEmpty = &Rule{
	Name: "PolicyInstancesEmpty", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.16",
	Source:  "reported by a publisher whose package was refused for it; most connectors have no policy",
	Summary: "A solution does not name a file of policies that holds none.",
	Why:     "One package was refused as inconsistent because its file of policies was an empty list.",
	Fix:     "If the connector has no policy, remove the last one from the wizard, publish, and export again.",
	Wrong:   "<policytemplateinstances>/Connector/fab_desk_policytemplateinstances.json</policytemplateinstances>, with [] in the file",
	Right:   "no policytemplateinstances in customizations.xml, or a file with policies",
	Check: func(p *Pass) {
		export := p.Package.Export
		if export == nil {
			return
		}
		policies := p.Package.Properties.Root.At("properties", "policyTemplateInstances")
		if element := export.Node.Child(string(connector.ExportPolicies)); element != nil && policies.IsArray() && policies.Len() == 0 {
			p.reportElement(element, "customizations.xml names a file of policies that holds an empty list.")
		}
	},
}

var solutionsDisagree = &Rule{
	Name: "SolutionsDisagree", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.16",
	Source:  errorsSource + "; precert",
	Summary: "All solutions of a package hold the same state of the connector.",
	Why:     "The flows were tried with another connector than the one that is certified, and importing both overwrites one.",
	Fix:     "Publish all customizations, then export all solutions again.",
	Wrong:   "a connector solution of today with a flow solution of last week",
	Right:   "both solutions exported after the last change of the connector",
	Check: func(p *Pass) {
		main := p.Package.Export
		if main == nil {
			return
		}
		for _, solution := range p.solutions() {
			for _, copied := range solution.Exports {
				if copied == main || copied.Name != main.Name {
					continue
				}
				for _, kind := range []connector.ExportFile{
					connector.ExportDefinition, connector.ExportParameters, connector.ExportParameterSets, connector.ExportPolicies, connector.ExportScript, connector.ExportIcon,
				} {
					if main.Has(kind) && copied.Has(kind) && copied.Differs(main, kind) {
						p.ReportFile(copied.File(kind), fmt.Sprintf("The solution %s holds another %s of the connector than the solution %s.", quote(solution.Name()), contents(kind), quote(main.Solution.Name())))
					}
				}
			}
		}
	},
}

func contents(kind connector.ExportFile) string {
	switch kind {
	case connector.ExportDefinition:
		return "definition"
	case connector.ExportIcon:
		return "icon"
	case connector.ExportScript:
		return "script"
	case connector.ExportPolicies:
		return "list of policies"
	case connector.ExportParameters, connector.ExportParameterSets:
	}
	return "set of connection parameters"
}
