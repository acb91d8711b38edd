package rules

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

var fileNotExpected = &Rule{
	Name: "FileNotExpected", Section: SectionFiles, Severity: finding.Info,
	Source:  "pull requests 1086, 1316 and 2774 of microsoft/PowerPlatformConnectors; of 1,027 public connectors one holds settings.json, none another of these files",
	Summary: "The folder of a connector holds no copies of its files, nothing that an operating system or an editor put there, and no settings.json; a submission holds intro.md, the package zip and no more.",
	Why:     "Reviewers ask to remove them. A second definition leaves open which one is meant; settings.json names your environment and connector.",
	Fix:     "Remove them before you submit; settings.json may stay where you work.",
	Wrong:   "apiDefinition.swagger.json, apiDefinition.swagger (1).json, .DS_Store",
	Right:   "apiDefinition.swagger.json, apiProperties.json, readme.md",
	Check: func(p *Pass) {
		var left []string
		severity := finding.Info
		if s := p.outer(); s != nil && s.Package != nil {
			for _, name := range s.Root.FilesIn("") {
				if ending := strings.ToLower(path.Ext(name)); ending != ".md" && ending != ".zip" && !strings.EqualFold(name, "customProperties.json") {
					left = append(left, name)
				}
			}
		}
		for _, name := range p.Package.Others {
			if p.Package.Alone || p.Package.Export != nil {
				break
			}
			if isLeftover(name) {
				left = append(left, name)
				if p.Submission {
					severity = finding.Warning
				}
			}
		}
		if settings := p.Package.File(connector.RoleSettings); settings != nil && !p.Package.Alone {
			left = append(left, settings.Name)
		}
		if len(left) > 0 {
			are := "is"
			if len(left) > 1 {
				are = "are"
			}
			p.ReportFile(left[0], fmt.Sprintf("%s %s no part of a submission.", orNames(left), are), As(severity))
		}
	},
}

// copied is how systems name the copy of a file.
var copied = regexp.MustCompile(`(?i)( \(\d+\)| - copy( \(\d+\))?|[ _.\-]copy|[ _.\-](old|bak|backup|orig|original)|[ _.\-]?v?\d+)$`)

// isLeftover reports whether a file or folder beside the artefacts is a copy of
// one, or comes from an operating system or an editor.
func isLeftover(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case ".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx/", ".vscode/", ".idea/", ".vs/":
		return true
	}
	switch path.Ext(lower) {
	case ".csx", ".cs":
		return false // ScriptNotUnique tells
	case ".bak", ".orig", ".old", ".tmp", ".swp":
		return true
	}
	if strings.HasPrefix(lower, "~$") || strings.HasPrefix(lower, "._") || strings.HasSuffix(lower, "~") {
		return true
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(lower, path.Ext(lower)), ".swagger")
	plain := strings.TrimSuffix(copied.ReplaceAllString(stem, ""), ".swagger")
	switch plain {
	case "apidefinition", "apiproperties", "readme", "intro", "script", "icon":
		return plain != stem || path.Ext(lower) == ".json" && strings.HasPrefix(lower, "apidefinition")
	}
	return false
}
