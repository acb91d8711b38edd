package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func solutionRules() []*Rule {
	return []*Rule{
		solutionFileMissing, solutionXMLNotValid, solutionFolderMissing,
		connectorSolutionNotAlone, connectorComponentMissing, tooManyConnectors, solutionManaged,
	}
}

var solutionFileMissing = &Rule{
	Name: "SolutionFileMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.10",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "Every solution holds [Content_Types].xml, customizations.xml and solution.xml.",
	Why:     "Without these files a solution cannot be imported, and the official script stops at it.",
	Fix:     exportHint,
	Wrong:   "FabrikamConnector.zip: Connector/, customizations.xml",
	Right:   "FabrikamConnector.zip: [Content_Types].xml, Connector/, customizations.xml, solution.xml",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if solution.Broken != "" {
				continue
			}
			var missing []string
			for _, name := range []string{"[Content_Types].xml", "customizations.xml", "solution.xml"} {
				if !slices.ContainsFunc(solution.FilesIn(""), func(file string) bool { return strings.EqualFold(file, name) }) {
					missing = append(missing, name)
				}
			}
			if len(missing) > 0 {
				p.ReportFile(solution.Path, fmt.Sprintf("The solution %s lacks %s.", quote(solution.Name()), listed(missing)))
			}
		}
	},
}

var solutionXMLNotValid = &Rule{
	Name: "SolutionXmlNotValid", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "The XML files of a solution can be read.",
	Why:     "What a solution holds is told by these files; one that cannot be read makes the package invalid.",
	Fix:     exportHint,
	Wrong:   "<Connectors><Connector></Connectors>",
	Right:   "<Connectors><Connector>…</Connector></Connectors>",
	Check:   problems,
}

var solutionFolderMissing = &Rule{
	Name: "SolutionFolderMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.16",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "A solution holds the folders of what its customizations.xml lists: Connector, Workflows, aiplugins, aipluginoperations.",
	Why:     "The files of these components cannot be found, and the import fails.",
	Fix:     exportHint,
	Wrong:   "FabrikamFlow.zip: Connector/, with <Workflows> in customizations.xml",
	Right:   "FabrikamFlow.zip: Connector/, Workflows/",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			wanted := []struct {
				folder, of, policy string
				listed             bool
			}{
				{"Connector", "a connector", "5000.1.1.17", solution.HasConnector()},
				{"Workflows", "workflows", "5000.1.1.14", solution.HasFlows()},
				{"aiplugins", "an AI plugin", "5000.1.1.10", solution.HasPlugin()},
				{"aipluginoperations", "an AI plugin", "5000.1.1.10", solution.HasPlugin()},
			}
			for _, w := range wanted {
				if w.listed && !solution.Has(w.folder) {
					p.ReportFile(solution.Path, fmt.Sprintf("customizations.xml lists %s, and the solution %s has no folder %s.", w.of, quote(solution.Name()), w.folder), Policy(w.policy))
				}
			}
		}
	},
}

// The types of root components that belong to a connector.
const (
	connectorComponent = "372"
	workflowComponent  = "29"
)

var connectorSolutionNotAlone = &Rule{
	Name: "ConnectorSolutionNotAlone", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.16",
	Source:  layoutSource + ", whose message asks for it without a check",
	Summary: "The connector solution holds no other component.",
	Why:     "Other components are not certified, and reviewers ask to take them out.",
	Fix:     "Remove the other components from the connector solution and export it again.",
	Wrong:   `<RootComponent type="372" … /> <RootComponent type="380" … />`,
	Right:   `<RootComponent type="372" … />`,
	Check: func(p *Pass) {
		for _, solution := range p.kinds()[connector.SolutionConnector] {
			for _, component := range solution.Components() {
				if kind := component.Attr("type"); kind != connectorComponent && kind != workflowComponent {
					p.reportElement(component, fmt.Sprintf("The connector solution holds another component, of type %s%s.", quote(kind), componentName(component)))
				}
			}
			for _, folder := range solution.FoldersIn("") {
				if !strings.EqualFold(folder, "Connector") {
					p.ReportFile(solution.Path, fmt.Sprintf("The connector solution holds the folder %s beside Connector.", quote(folder)))
				}
			}
		}
	},
}

func componentName(component *connector.Element) string {
	if name := component.Attr("schemaName"); name != "" {
		return ", " + quote(name)
	}
	return ""
}

var connectorComponentMissing = &Rule{
	Name: "ConnectorComponentMissing", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.8",
	Source:  errorsSource + "; seen in a submission",
	Summary: "solution.xml lists the connector as a root component (type 372).",
	Why:     "A connector that is not listed is not part of the solution, whatever its folder holds.",
	Fix:     exportHint,
	Wrong:   `<RootComponents />`,
	Right:   `<RootComponents><RootComponent type="372" schemaName="fab_desk" … /></RootComponents>`,
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if solution.Manifest == nil || !solution.HasConnector() {
				continue
			}
			if !slices.ContainsFunc(solution.Components(), func(c *connector.Element) bool { return c.Attr("type") == connectorComponent }) {
				p.reportElement(solution.Manifest, "solution.xml lists no connector: no root component has the type 372.")
			}
		}
	},
}

var tooManyConnectors = &Rule{
	Name: "TooManyConnectors", Section: SectionPackage, Severity: finding.Warning,
	Source:  "https://github.com/microsoft/PowerPlatformConnectors/blob/dev/README.md",
	Summary: "A submission is about one connector.",
	Why:     "Every connector is certified by itself, with its own offer or pull request.",
	Fix:     "Make a solution, and a submission, of each connector.",
	Wrong:   "Connector/fab_desk_openapidefinition.json, Connector/fab_boards_openapidefinition.json",
	Right:   "Connector/fab_desk_openapidefinition.json",
	Check: func(p *Pass) {
		for _, solution := range p.kinds()[connector.SolutionConnector] {
			if len(solution.Exports) < 2 {
				continue
			}
			names := make([]string, 0, len(solution.Exports))
			for _, export := range solution.Exports {
				names = append(names, export.Name)
			}
			p.ReportFile(solution.Inside("customizations.xml"), fmt.Sprintf("The connector solution holds %s: %s.", plural(len(names), "connector"), listed(names)))
		}
	},
}

var solutionManaged = &Rule{
	Name: "SolutionManaged", Section: SectionPackage, Severity: finding.Warning,
	Source:  "reported by a publisher; another guide says the contrary",
	Summary: "Solutions are exported unmanaged.",
	Why:     "Certification imports the solutions into its own environment and checks what is in them; a managed one is sealed.",
	Fix:     "Publish all customizations, then export the solution as unmanaged.",
	Wrong:   "<Managed>1</Managed>",
	Right:   "<Managed>0</Managed>",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			for _, managed := range solution.Manifest.Find("Managed") {
				if managed.Text == "1" {
					p.reportElement(managed, fmt.Sprintf("The solution %s was exported as managed.", quote(solution.Name())))
				}
			}
		}
	},
}
