package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func readmeRules() []*Rule {
	return []*Rule{
		readmeMissing, introMissing, readmeTitleMissing, readmeSectionMissing, readmeSectionEmpty, readmeOperationMissing,
		readmeTemplateTextLeft, readmeImageNotFound,
	}
}

// documented reports whether a readme is to be expected beside the definition:
// a definition alone and one of a solution export come without.
func (p *Pass) documented() bool {
	return !p.Package.Alone && (!p.packaged() || len(p.Package.Zips) > 0) && !strings.HasSuffix(strings.ToLower(p.Definition.Name), "_openapidefinition.json")
}

var readmeMissing = &Rule{
	Name: "ReadmeMissing", Section: SectionReadme, Severity: finding.Warning, Policy: "5000.1.1.2",
	Source:  policySource + "; " + readmeSource,
	Summary: "A connector comes with readme.md, or with intro.md in a submission.",
	Why:     "It is published as the connector's documentation, and reviewers work by it.",
	Fix:     "Write readme.md from the template of the public repository.",
	Wrong:   "apiDefinition.swagger.json and apiProperties.json alone",
	Right:   "apiDefinition.swagger.json, apiProperties.json and readme.md",
	Check: func(p *Pass) {
		if !p.Submission && p.documented() && p.Package.File(connector.RoleReadme) == nil && p.Package.File(connector.RoleIntro) == nil {
			for _, name := range p.Package.Others {
				if strings.EqualFold(strings.TrimSuffix(name, path.Ext(name)), "readme") {
					p.ReportFile(name, fmt.Sprintf("The readme is called %s, not readme.md.", quote(name)), Hint("Write it as Markdown, and name it readme.md."))
					return
				}
			}
			p.ReportFile("readme.md", "The connector has no readme.")
		}
	},
}

var introMissing = &Rule{
	Name: "IntroMissing", Section: SectionReadme, Severity: finding.Error, Policy: "5000.1.1.5",
	Source:  policySource,
	Summary: "A submission holds intro.md.",
	Why:     "It is the documentation that is published; the package is refused without it.",
	Fix:     "Write intro.md: what the connector does, prerequisites, how to get credentials, known issues and limitations.",
	Wrong:   "a submission without intro.md",
	Right:   "a submission with intro.md",
	Check: func(p *Pass) {
		if p.Submission && p.outer() == nil && p.documented() && p.Package.File(connector.RoleIntro) == nil {
			p.ReportFile("intro.md", "The submission holds no intro.md.")
		}
	},
}

// eachMarkdown yields readme.md and intro.md, where they are.
func (p *Pass) eachMarkdown(yield func(*markdown) bool) {
	for _, role := range []connector.Role{connector.RoleReadme, connector.RoleIntro} {
		if m := p.markdown(role); m != nil && !yield(m) {
			return
		}
	}
}

var readmeTitleMissing = &Rule{
	Name: "ReadmeTitleMissing", Section: SectionReadme, Severity: finding.Warning,
	Source:  readmeSource,
	Summary: "The readme begins with a title and a paragraph of two or three sentences; neither it nor intro.md is empty or without headings.",
	Why:     "They say what the service is and what the connector does; everything else is of use only to who knows that.",
	Fix:     "Begin with # and the name of the connector, then describe the service and the connector.",
	Wrong:   "# Fabrikam Boards\n## Prerequisites",
	Right:   "# Fabrikam Boards\nFabrikam Boards keeps the tasks of a team. Create and move cards from your flows.\n## Prerequisites",
	Check: func(p *Pass) {
		for m := range p.eachMarkdown {
			switch {
			case len(m.folded) == 0:
				p.ReportFile(m.doc.Name, "The file is empty.")
			case len(m.headings) == 0:
				p.ReportFile(m.doc.Name, "The file has no headings.", m.gluedHeading())
			}
		}
		m := p.markdown(connector.RoleReadme)
		switch {
		case m == nil || len(m.headings) == 0:
		case m.lead == 0 && m.headings[0].own == 0:
			first := m.headings[0]
			p.ReportText(m.doc, first.start, first.end, fmt.Sprintf("Nothing is said below the title %s.", quote(first.title)))
		}
	},
}

// wanted is one section that a file needs: its name, and what its heading may say, folded.
type wanted struct {
	name  string
	words []string
}

// sectionsOf returns what a readme or intro.md of this connector needs.
func (p *Pass) sectionsOf(role connector.Role) []wanted {
	credentials := wanted{"Obtaining Credentials", []string{"credential", "authenticat", "authoriz", "apikey", "token", "signin", "login", "connection"}}
	issues := wanted{"Known Issues and Limitations", []string{"issue", "limit"}}
	prerequisites := wanted{"Prerequisites", []string{"requisite", "requirement", "needed", "youneed"}}
	var out []wanted
	if role == connector.RoleReadme {
		out = append(out, wanted{"Publisher", []string{"publisher"}})
	}
	out = append(out, prerequisites)
	if role == connector.RoleReadme {
		out = append(out, wanted{"Supported Operations", []string{"operation", "action", "trigger", "endpoint"}})
	}
	if p.asksForCredentials() {
		out = append(out, credentials)
	}
	return append(out, issues)
}

// asksForCredentials reports whether makers sign in when they create a connection.
func (p *Pass) asksForCredentials() bool {
	properties := p.Package.Properties.Root.Get("properties")
	return properties.Get("connectionParameters").Len() > 0 || properties.Get("connectionParameterSets").Exists() ||
		p.Definition.Root.Get("securityDefinitions").Len() > 0
}

var readmeSectionMissing = &Rule{
	Name: "ReadmeSectionMissing", Section: SectionReadme, Severity: finding.Warning,
	Source:  readmeSource,
	Summary: "The readme has the sections of the template: publisher, prerequisites, supported operations, obtaining credentials, known issues and limitations.",
	Why:     "Reviewers go through them one by one and send the connector back for each that is missing.",
	Fix:     "Add the section; where there is nothing to tell, say so.",
	Wrong:   "# Fabrikam Boards\n…\n## Supported Operations",
	Right:   "# Fabrikam Boards\n…\n## Publisher: Fabrikam\n## Prerequisites\n## Supported Operations\n## Obtaining Credentials\n## Known Issues and Limitations",
	Check: func(p *Pass) {
		for _, role := range []connector.Role{connector.RoleReadme, connector.RoleIntro} {
			m := p.markdown(role)
			if m == nil || len(m.headings) == 0 {
				continue
			}
			var missing []string
			for _, w := range p.sectionsOf(role) {
				if m.section(w.words...) == nil {
					missing = append(missing, w.name)
				}
			}
			noun := "section"
			if len(missing) > 1 {
				noun = "sections"
			}
			if len(missing) > 0 {
				p.ReportFile(m.doc.Name, fmt.Sprintf("The file lacks the %s %s.", noun, listed(missing)), m.gluedHeading())
			}
			if role == connector.RoleReadme && !p.independent() && m.section("deploy", "install") == nil {
				p.ReportFile(m.doc.Name, `The file lacks the section "Deployment Instructions".`, As(finding.Info))
			}
		}
	},
}

// gluedHeading hints at a line such as "##Prerequisites", which is no heading.
func (m *markdown) gluedHeading() Option {
	for line := range m.lines() {
		title := strings.TrimLeft(line, "#")
		if marks := len(line) - len(title); marks > 1 && marks <= 6 && title != "" && isLetter(title[0]) {
			return Hint("%s is no heading: write a blank after the #.", quote(line))
		}
	}
	return func(*finding.Finding) {}
}

var readmeSectionEmpty = &Rule{
	Name: "ReadmeSectionEmpty", Section: SectionReadme, Severity: finding.Warning,
	Source:  readmeSource,
	Summary: "No section of the readme that the template asks for is empty.",
	Why:     "A heading with nothing below it leaves the reviewer's question open.",
	Fix:     "Write the section; where there is nothing to tell, say so.",
	Wrong:   "## Known Issues and Limitations\n\n## Obtaining Credentials",
	Right:   "## Known Issues and Limitations\nNone are known.",
	Check: func(p *Pass) {
		for _, role := range []connector.Role{connector.RoleReadme, connector.RoleIntro} {
			m := p.markdown(role)
			if m == nil {
				continue
			}
			told := map[int]bool{}
			for _, w := range p.sectionsOf(role) {
				h := m.section(w.words...)
				if h == nil || h.letters > 0 || told[h.start] || w.name == "Publisher" || m.followed(h) {
					continue
				}
				told[h.start] = true
				p.ReportText(m.doc, h.start, h.end, fmt.Sprintf("The section %s is empty.", quote(h.title)))
			}
		}
	},
}

// followed reports whether sub-headings stand below a heading: they are its content.
func (m *markdown) followed(h *heading) bool {
	for i := range m.headings[:max(0, len(m.headings)-1)] {
		if &m.headings[i] == h {
			return m.headings[i+1].level > h.level
		}
	}
	return false
}

var readmeOperationMissing = &Rule{
	Name: "ReadmeOperationMissing", Section: SectionReadme, Severity: finding.Warning,
	Source:  readmeSource,
	Summary: "The readme names every operation that makers see.",
	Why:     "The template asks for each under Supported Operations; an operation added later is easily forgotten.",
	Fix:     "Add the operation with its summary as heading, and a sentence on what it does.",
	Wrong:   "## Supported Operations\n### Create a card",
	Right:   "## Supported Operations\n### Create a card\n### Archive a card",
	Check: func(p *Pass) {
		m := p.markdown(connector.RoleReadme)
		if m == nil || len(m.folded) == 0 {
			return
		}
		var missing []string
		total := 0
		for op := range p.visible {
			summary := op.Node.Get("summary").String()
			if summary == "" || op.Deprecated() {
				continue
			}
			total++
			if !strings.Contains(m.folded, fold(summary)) && (op.ID == "" || !strings.Contains(m.folded, fold(op.ID))) {
				missing = append(missing, summary)
			}
		}
		if len(missing) == 0 {
			return
		}
		message := fmt.Sprintf("The readme does not name the %s %s.", strings.TrimPrefix(plural(len(missing), "operation"), "1 "), listed(missing))
		severity := finding.Warning
		if 2*len(missing) > total {
			if m.section("operation", "action", "trigger", "endpoint") == nil {
				return // ReadmeSectionMissing tells
			}
			severity = finding.Info // it names them in words of its own
		}
		if h := m.section("operation", "action"); h != nil {
			p.ReportText(m.doc, h.start, h.end, message, As(severity))
			return
		}
		p.ReportFile(m.doc.Name, message, As(severity))
	},
}

// lines yields every line with where it begins.
func (m *markdown) lines() func(func(line string, start int) bool) {
	return func(yield func(string, int) bool) {
		start := 0
		source := m.doc.Source()
		for line := range strings.Lines(string(source[:min(len(source), maxMarkdown)])) {
			if !yield(strings.TrimRight(line, "\r\n"), start) {
				return
			}
			start += len(line)
		}
	}
}

var readmeImageNotFound = &Rule{
	Name: "ReadmeImageNotFound", Section: SectionReadme, Severity: finding.Warning,
	Source:  "pull requests 2145 and 850 of microsoft/PowerPlatformConnectors",
	Summary: "The images of the readme are there, or are loaded from an https address.",
	Why:     "A missing image shows as a broken link in the published documentation; reviewers ask to remove image files from the folder.",
	Fix:     "Remove the image, or give the https address at which it can be loaded.",
	Wrong:   "![Create a key](images/key.png), and no folder images",
	Right:   "![Create a key](https://fabrikam.com/docs/key.png)",
	Check: func(p *Pass) {
		for m := range p.eachMarkdown {
			for _, picture := range m.pictures {
				if fault := p.pictureFault(picture.target); fault != "" {
					p.ReportText(m.doc, picture.start, picture.end, fault)
				}
			}
		}
	},
}

// pictureFault says what is wrong with the target of an image, "" when nothing is.
func (p *Pass) pictureFault(target string) string {
	if label, ok := strings.CutPrefix(target, "["); ok {
		return fmt.Sprintf("The image refers to %s, which the file does not define.", quote("["+label+"]"))
	}
	target = strings.Trim(target, "<>")
	lower := strings.ToLower(target)
	switch {
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "data:"), strings.HasPrefix(lower, "//"), target == "":
		return ""
	case strings.HasPrefix(lower, "http://"):
		return fmt.Sprintf("The image %s is loaded without TLS.", quote(target))
	case strings.HasPrefix(lower, "file:"), len(target) > 2 && isLetter(target[0]) && target[1] == ':', strings.HasPrefix(target, `\\`):
		return fmt.Sprintf("The image %s lies on the machine of its author.", quote(target))
	case strings.Contains(target, "://"):
		return ""
	case strings.HasPrefix(target, "/"), strings.HasPrefix(target, "../"), strings.HasPrefix(target, `..\`):
		return fmt.Sprintf("The image %s is looked for outside of the connector's folder.", quote(target))
	}
	clean := strings.ReplaceAll(path.Clean(strings.ReplaceAll(target, "\\", "/")), "%20", " ")
	first, _, inFolder := strings.Cut(clean, "/")
	for _, name := range p.Package.Others {
		if strings.EqualFold(name, clean) || inFolder && strings.EqualFold(name, first+"/") {
			return ""
		}
	}
	for _, file := range p.Package.Files {
		if strings.EqualFold(file.Name, clean) {
			return ""
		}
	}
	return fmt.Sprintf("There is no image %s.", quote(target))
}
