package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func sourceRules() []*Rule {
	return []*Rule{exportedDefinitionDiffers, exportedPropertiesDiffer, exportedFileDiffers, packageZipRepeated}
}

// twins returns the source of the connector and what was exported of it; nil
// when one of them is not given.
func (p *Pass) twins() (source, exported *connector.Package) {
	if p.Package.Export != nil {
		if p.Package.Origin == nil {
			return nil, nil
		}
		return p.Package.Origin, p.Package
	}
	export := p.exported()
	if export == nil {
		return nil, nil
	}
	return p.Package, Shared(p, "exported connector", export.Package)
}

var exportedDefinitionDiffers = &Rule{
	Name: "ExportedDefinitionDiffers", Section: SectionPackage, Severity: finding.Warning,
	Source:  "reported by a publisher: what is certified is the exported file",
	Summary: "The definition in the package is that of the source.",
	Why:     "Certification reads the exported definition: mends of the source that were not exported do not count.",
	Fix:     "Update the connector from the source, publish, and export the solutions again; or bring the change back into the source.",
	Wrong:   `"title": "Fabrikam Desk" in the source, "title": "Fabrikam" in the package`,
	Right:   "the same title, host and operations in both",
	Check: func(p *Pass) {
		from, exported := p.twins()
		if from == nil || exported.Definition.Root == nil || from.Definition.Root == nil {
			return
		}
		source, other := from.Definition, exported.Definition
		for _, names := range [][]string{{"info", "title"}, {"info", "description"}, {"info", "version"}, {"host"}, {"basePath"}, {"schemes"}} {
			a, b := source.Root.At(names...), other.Root.At(names...)
			// A solution may keep the host in an environment variable.
			if a.Equal(b) || strings.HasPrefix(b.String(), "@environmentVariables(") {
				continue
			}
			p.Report(orRoot(a, source), fmt.Sprintf("%s is %s in the source and %s in the package.", strings.Join(names, "."), shownValue(a), shownValue(b)))
		}
		for _, op := range source.Operations {
			switch twin := other.Operation(op.ID); {
			case op.ID == "":
			case twin == nil:
				p.Report(op.Node, fmt.Sprintf("The package lacks the operation %s.", quote(op.ID)))
			case twin.Method != op.Method || twin.Path != op.Path:
				p.Report(op.Node, fmt.Sprintf("The operation %s is %s %s in the source and %s %s in the package.", quote(op.ID), op.Method, op.Path, twin.Method, twin.Path))
			case !twin.Node.Equal(op.Node):
				p.Report(op.Node, fmt.Sprintf("The operation %s differs between the source and the package.", quote(op.ID)))
			}
		}
		for _, op := range other.Operations {
			if op.ID != "" && source.Operation(op.ID) == nil {
				p.Report(op.Node, fmt.Sprintf("The package has the operation %s, which the source lacks.", quote(op.ID)))
			}
		}
		for name := range source.Root.Get("definitions").Members {
			if twin := other.Root.At("definitions", name.Key()); !name.Equal(twin) {
				p.Report(name, fmt.Sprintf("The schema %s differs between the source and the package.", quote(name.Key())))
			}
		}
	},
}

func orRoot(n *connector.Node, d *connector.Definition) *connector.Node {
	if n != nil {
		return n
	}
	return d.Root
}

func shownValue(n *connector.Node) string {
	switch n.Kind() {
	case connector.Missing:
		return "missing"
	case connector.Array:
		return "[" + strings.Join(n.Strings(), ", ") + "]"
	default:
		return quote(n.Text())
	}
}

var exportedPropertiesDiffer = &Rule{
	Name: "ExportedPropertiesDiffer", Section: SectionPackage, Severity: finding.Warning,
	Source:  "reported by a publisher: what is certified is the exported connector",
	Summary: "The connection parameters, policies and brand colour in the package are those of apiProperties.json.",
	Why:     "Certification reads what was exported: mends of the source that were not exported do not count.",
	Fix:     "Update the connector from the source, publish, and export the solutions again; or bring the change back into the source.",
	Wrong:   `"iconBrandColor": "#1f6f5c" in apiProperties.json, #007ee5 in customizations.xml`,
	Right:   "the same in both",
	Check: func(p *Pass) {
		from, exported := p.twins()
		if from == nil || !from.Properties.Root.Get("properties").IsObject() {
			return
		}
		source := from.Properties.Root.Get("properties")
		other := exported.Properties.Root.Get("properties")
		if a, b := source.Get("iconBrandColor"), other.Get("iconBrandColor"); b.Exists() && !strings.EqualFold(a.String(), b.String()) {
			p.Report(orProperties(a, source), fmt.Sprintf("iconBrandColor is %s in the source and %s in the package.", shownValue(a), shownValue(b)))
		}
		for _, part := range []struct{ name, single string }{{"connectionParameters", "connection parameter"}} {
			for a := range source.Get(part.name).Members {
				if !other.At(part.name, a.Key()).Exists() {
					p.Report(a, fmt.Sprintf("The package lacks the %s %s.", part.single, quote(a.Key())))
				}
			}
			for b := range other.Get(part.name).Members {
				if !source.At(part.name, b.Key()).Exists() {
					p.Report(b, fmt.Sprintf("The package has the %s %s, which the source lacks.", part.single, quote(b.Key())))
				}
			}
		}
		if a, b := source.Get("policyTemplateInstances"), other.Get("policyTemplateInstances"); a.Len() != b.Len() {
			p.Report(orProperties(a, source), fmt.Sprintf("The source has %s and the package %d.", policyCount(a.Len()), b.Len()))
		}
	},
}

func policyCount(n int) string {
	if n == 1 {
		return "1 policy"
	}
	return fmt.Sprintf("%d policies", n)
}

func orProperties(n, properties *connector.Node) *connector.Node {
	if n != nil {
		return n
	}
	return properties
}

var exportedFileDiffers = &Rule{
	Name: "ExportedFileDiffers", Section: SectionPackage, Severity: finding.Warning,
	Source:  "reported by a publisher: what is certified is the exported connector",
	Summary: "The icon and the script in the package are those of the source.",
	Why:     "A connector that is updated without its script loses it, and reviewers see the exported icon.",
	Fix:     "Update the connector with its icon and script (pac connector update --icon-file … --script-file …), publish, and export again.",
	Wrong:   "script.csx beside a package without a script",
	Right:   "the same script.csx in both",
	Check: func(p *Pass) {
		from, exported := p.twins()
		if from == nil {
			return
		}
		export := exported.Export
		for _, part := range []struct {
			role connector.Role
			kind connector.ExportFile
		}{{connector.RoleIcon, connector.ExportIcon}, {connector.RoleScript, connector.ExportScript}} {
			file := from.File(part.role)
			switch {
			case file == nil && !export.Has(part.kind), file == nil && part.kind == connector.ExportIcon:
				// The public repository takes no icons.
			case file == nil:
				p.ReportFile(export.File(part.kind), fmt.Sprintf("The package has a %s, and the source has none.", contents(part.kind)))
			case !export.Has(part.kind):
				p.ReportFile(file.Name, fmt.Sprintf("The source has the %s %s, and the package has none.", contents(part.kind), quote(file.Name)))
			case export.DiffersFrom(file.Content, part.kind):
				p.ReportFile(file.Name, fmt.Sprintf("The %s in the package is another one than %s.", contents(part.kind), quote(file.Name)))
			}
		}
	},
}

var packageZipRepeated = &Rule{
	Name: "PackageZipRepeated", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.5",
	Source:  "https://github.com/microsoft/PowerPlatformConnectors/pull/3956",
	Summary: "The folder of an independent publisher's connector holds one zip.",
	Why:     "The bot that certifies pull requests stops when it finds more than one.",
	Fix:     "Leave the package zip in the folder, and take the others away.",
	Wrong:   "package.zip, package-old.zip",
	Right:   "package.zip",
	Check: func(p *Pass) {
		if p.Publisher == connector.Independent && len(p.Package.Zips) > 1 {
			p.ReportFile(p.Package.Zips[0], fmt.Sprintf("The connector's folder holds %d zips: %s.", len(p.Package.Zips), listed(p.Package.Zips)))
		}
	},
}
