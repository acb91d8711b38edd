package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func submissionRules() []*Rule {
	return []*Rule{
		packageNotReadable, packageIntroMissing, introNameNotStandard, packageZipMissing,
		submissionFolderNotAllowed, submissionFileRepeated, customPropertiesMissing,
	}
}

var packageNotReadable = &Rule{
	Name: "PackageNotReadable", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.5",
	Source:  "https://github.com/microsoft/PowerPlatformConnectors/pull/3815; " + errorsSource,
	Summary: "Every zip of a submission can be opened.",
	Why:     "Certification answers that it cannot deserialize the package and stops.",
	Fix:     "Make the zip again, without a password, and check it with another unzip program.",
	Wrong:   "package.zip that is a renamed folder, a 7z file or a download that broke off",
	Right:   "package.zip in the zip format",
	Check: func(p *Pass) {
		if p.Package.Submission == nil {
			return
		}
		var options []Option
		if p.Publisher == connector.Verified && len(p.Package.Zips) > 0 && !p.Submission {
			// A zip beside the sources of a verified publisher may be something else.
			options = append(options, As(finding.Warning))
		}
		for _, a := range p.Package.Submission.Archives() {
			if a.Broken != "" && !strings.Contains(a.Path, finderFolder+"/") {
				p.ReportFile(a.Path, fmt.Sprintf("The zip %s cannot be opened: %s.", quote(a.Name()), strings.TrimSuffix(a.Broken, ".")), options...)
			}
		}
	},
}

// finderFolder is what the Finder of macOS adds to a zip; its files are no zips, whatever they are called.
const finderFolder = "__MACOSX"

// texts and zips are what the root of a submission holds.
func texts(a *connector.Archive) []string { return withEnding(a.FilesIn(""), ".md") }
func zips(a *connector.Archive) []string  { return withEnding(a.FilesIn(""), ".zip") }

func withEnding(names []string, ending string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !strings.EqualFold(path.Ext(name), ending) })
}

// wrapped reports whether a folder of the submission holds a file with this
// ending: then the folder is what is wrong, not that the file is missing.
func wrapped(s *connector.Submission, ending string) bool {
	return slices.ContainsFunc(s.Root.Files(), func(name string) bool {
		return strings.Contains(name, "/") && strings.EqualFold(path.Ext(name), ending)
	})
}

var packageIntroMissing = &Rule{
	Name: "PackageIntroMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.2",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "A submission holds intro.md at its root.",
	Why:     "intro.md becomes the connector's page and tells reviewers how to get credentials; a submission without it is refused.",
	Fix:     "Put intro.md beside the package zip: precert package builds the submission from its parts.",
	Wrong:   "submission.zip: package.zip",
	Right:   "submission.zip: intro.md, package.zip",
	Check: func(p *Pass) {
		if s := p.outer(); s != nil && len(texts(s.Root)) == 0 && !wrapped(s, ".md") {
			p.ReportFile(s.Root.Path, "The submission has no intro.md.")
		}
	},
}

var introNameNotStandard = &Rule{
	Name: "IntroNameNotStandard", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.2",
	Source:  errorsSource + "; the official script takes any Markdown file",
	Summary: "The text of a submission is called intro.md.",
	Why:     "The policy names intro.md; that the script takes another name does not mean that every later step does.",
	Fix:     "Rename the file to intro.md.",
	Wrong:   "submission.zip: readme.md, package.zip",
	Right:   "submission.zip: intro.md, package.zip",
	Check: func(p *Pass) {
		s := p.outer()
		if s == nil || len(zips(s.Root)) == 0 {
			return
		}
		if found := texts(s.Root); len(found) == 1 && !strings.EqualFold(found[0], "intro.md") {
			p.ReportFile(s.Root.Inside(found[0]), fmt.Sprintf("The text of the submission is called %s instead of intro.md.", quote(found[0])))
		}
	},
}

var packageZipMissing = &Rule{
	Name: "PackageZipMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.11",
	Source:  layoutSource + "; " + errorsSource + "; https://github.com/microsoft/PowerPlatformConnectors/pull/4204",
	Summary: "A submission holds one package zip at its root, with the solutions in it.",
	Why:     "Certification looks for the package at the root of the zip and nowhere else.",
	Fix:     "Put the solutions into the folder PkgAssets of a package zip, and that zip beside intro.md: precert package does it.",
	Wrong:   "submission.zip: intro.md, PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Right:   "submission.zip: intro.md, package.zip: PkgAssets/FabrikamConnector.zip, PkgAssets/FabrikamFlow.zip",
	Check: func(p *Pass) {
		s := p.outer()
		if s == nil || s.Package != nil && s.Package != s.Root {
			return
		}
		switch {
		case s.Kind == connector.KindPackage:
			p.ReportFile(s.Root.Path, "The zip is the package itself; a submission holds it beside intro.md.")
		case s.Kind == connector.KindSolution:
			p.ReportFile(s.Root.Path, "The zip is an exported solution; a submission holds two of them in a package zip, beside intro.md.")
		case len(s.Solutions) > 0:
			p.ReportFile(s.Root.Path, fmt.Sprintf("The submission has no package zip: the solution %s lies in the submission itself.", quote(s.Solutions[0].At())))
		default:
			p.ReportFile(s.Root.Path, "The submission has no package zip.", Policy("5000.1.1.5"))
		}
	},
}

var submissionFolderNotAllowed = &Rule{
	Name: "SubmissionFolderNotAllowed", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.11",
	Source:  layoutSource + "; " + errorsSource,
	Summary: "The root of a submission holds no folder.",
	Why:     "A folder around the files is the commonest fault of hand-made zips; the official script refuses every folder there.",
	Fix:     "Zip the files themselves instead of the folder that holds them.",
	Wrong:   "submission.zip: Fabrikam/intro.md, Fabrikam/package.zip",
	Right:   "submission.zip: intro.md, package.zip",
	Check: func(p *Pass) {
		s := p.outer()
		if s == nil || s.Kind == connector.KindPackage || s.Kind == connector.KindSolution {
			return
		}
		misplaced := map[string]bool{}
		for _, inner := range s.Root.Archives {
			folder, _, _ := strings.Cut(inner.At(), "/")
			misplaced[folder] = s.Package == nil // told as the missing package
		}
		var folders []string
		for _, folder := range s.Root.FoldersIn("") {
			switch {
			case folder == finderFolder:
				p.ReportFile(s.Root.Path, fmt.Sprintf("The submission holds the folder %s, which the Finder of macOS adds.", quote(folder)),
					Hint(`Make the zip on the command line: zip -X submission.zip intro.md package.zip, or with precert package.`))
			case !misplaced[folder]:
				folders = append(folders, folder)
			}
		}
		if len(folders) > 0 {
			p.ReportFile(s.Root.Path, fmt.Sprintf("The submission holds a folder (%s); intro.md and the package zip belong at its root, and nothing else does.", listed(folders)))
		}
	},
}

var submissionFileRepeated = &Rule{
	Name: "SubmissionFileRepeated", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.5",
	Source:  layoutSource,
	Summary: "The root of a submission holds one Markdown file and one zip.",
	Why:     "The official script counts both and refuses more than one of each, without a message that says so.",
	Fix:     "Leave intro.md and the package zip, and take the others away.",
	Wrong:   "submission.zip: intro.md, readme.md, package.zip, old.zip",
	Right:   "submission.zip: intro.md, package.zip",
	Check: func(p *Pass) {
		s := p.outer()
		if s == nil || s.Kind != connector.KindSubmission {
			return
		}
		if found := texts(s.Root); len(found) > 1 {
			p.ReportFile(s.Root.Path, fmt.Sprintf("The submission holds %d Markdown files: %s.", len(found), listed(found)))
		}
		// Without a package zip the zips are solutions in the wrong place.
		if found := zips(s.Root); len(found) > 1 && s.Package != nil {
			p.ReportFile(s.Root.Path, fmt.Sprintf("The submission holds %d zips: %s.", len(found), listed(found)))
		}
	},
}

var customPropertiesMissing = &Rule{
	Name: "CustomPropertiesMissing", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.5",
	Source:  errorsSource + "; https://learn.microsoft.com/connectors/custom-connectors/multi-auth",
	Summary: "The submission of a connector with several authentication types holds customProperties.json.",
	Why:     "The wizard does not know several authentication types: without the file the package counts as incomplete.",
	Fix:     "Put customProperties.json with the connectionParameterSets beside intro.md and the package zip.",
	Wrong:   "submission.zip: intro.md, package.zip, for a connector with connectionParameterSets",
	Right:   "submission.zip: intro.md, package.zip, customProperties.json",
	Check: func(p *Pass) {
		s := p.outer()
		sets := p.Package.Properties.Root.At("properties", "connectionParameterSets")
		if s == nil || s.Kind != connector.KindSubmission || sets.Get("values").Len() == 0 {
			return
		}
		for _, a := range s.Archives() {
			if slices.ContainsFunc(a.Files(), func(name string) bool { return strings.EqualFold(path.Base(name), "customProperties.json") }) {
				return
			}
		}
		p.ReportFile(s.Root.Path, fmt.Sprintf("The connector has %s, and the submission no customProperties.json.", plural(sets.Get("values").Len(), "authentication type")))
	},
}
