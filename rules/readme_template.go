package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

var readmeTemplateTextLeft = &Rule{
	Name: "ReadmeTemplateTextLeft", Section: SectionReadme, Severity: finding.Warning,
	Source:  readmeSource,
	Summary: "No text of the template and no note such as TODO is left in the readme.",
	Why:     "It is published as it is.",
	Fix:     "Replace it by what is true for this connector, or remove the section when it is optional.",
	Wrong:   "# Title\nRequired. One paragraph, two to three sentences about the service and the connector.",
	Right:   "# Fabrikam Boards\nFabrikam Boards keeps the tasks of a team.",
	Check: func(p *Pass) {
		for m := range p.eachMarkdown {
			var first stretch
			var lines []int
			number := 0
			for line, start := range m.lines() {
				number++
				if !isTemplateLine(line) {
					continue
				}
				if len(lines) == 0 {
					first = stretch{start, start + len(line)}
				}
				lines = append(lines, number)
			}
			if len(lines) > 0 {
				p.ReportText(m.doc, first.start, first.end, fmt.Sprintf("The text of the template is left: %s.%s", quote(plainTitle(m.source(first))), alsoOn(lines[1:])), Also(lines[1:]))
			}
			for _, note := range m.notes(p.namesToDo()) {
				p.ReportText(m.doc, note.start, note.end, fmt.Sprintf("Something is left to be written: %s.", quote(m.source(note))))
			}
		}
	},
}

// source returns what stands in a part of the file.
func (m *markdown) source(s stretch) string { return string(m.doc.Source()[s.start:s.end]) }

// readmeLeftovers are sentences and headings of the templates, folded, without
// the word Required or Optional before them, which is often all that is removed.
func readmeLeftovers() []string {
	return []string{
		"oneparagraphtwotothreesentences", "itshouldbethecompanyororganizationname", "requiredforindependentpublisherconnector",
		"anyplansorlicensestoolsre", "describeactionstriggersandother", "explaintheauthenticationmethodandhow", "howtogetstartedwithyourconnector",
		"includeanyknownissuesandlimitationsauser", "includefrequentlyaskedquestionsbyyour", "addinstructionsonhowtodeploythisconnector", "descriptionofoperation1",
		"descriptionofoperation2", "answertoquestion1", "answertoquestion2", "publishersname", "writeashortdescription", "loremipsumdolor",
	}
}

// isTemplateLine reports whether a line is one of the templates'.
func isTemplateLine(line string) bool {
	folded := fold(line)
	for _, phrase := range readmeLeftovers() {
		if strings.Contains(folded, phrase) {
			return true
		}
	}
	if !strings.HasPrefix(line, "#") {
		return false
	}
	switch folded {
	case "title", "operation1", "operation2", "question1", "question2":
		return true
	}
	return false
}

// namesToDo reports whether the connector itself speaks of to-dos, so that the word says nothing.
func (p *Pass) namesToDo() bool {
	names := []string{p.Definition.Info().Get("title").String(), p.Definition.Info().Get("description").String()}
	for _, op := range p.Definition.Operations {
		names = append(names, op.ID, op.Node.Get("summary").String())
	}
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(fold(name), "todo") })
}

var (
	// openNote is a line that holds a note to its author and no more, or begins with one.
	openNote = regexp.MustCompile(`^[\s#>*+\-_.()\[\]{}<0-9]*(?:\b(?:TODO|FIXME)\b(?:$|[\s:)\]}>*_.,\-][^\n]*)|(?i:tbd|tba|to be (?:added|completed|confirmed|decided|defined|determined|done|filled in|provided|written))[\s)\]}>*_.:]*$)`)
	// openNoteInside is such a note within a line.
	openNoteInside = regexp.MustCompile(`\b(?:TODO|FIXME|TBD): ?[^\n]*|[\[({<](?:TODO|FIXME|TBD)\b[^\n\])}>]*[\])}>]|\|\s*(?:TODO|FIXME|TBD|TBA)\s*\|`)
	// blank is a gap to be filled in, in brackets; what it asks for follows a verb.
	blank = regexp.MustCompile(`(?i)[\[{<]{1,2}\s?(?:(?:insert|replace|describe|fill in)\s+(?:with |by )?(?:your|the|this|these|a short|a brief|description|name|text|details|link|url|image|screenshot|logo|company|connector|summary|here)\b[^\[\]{}<>\n]{0,120}|(?:add|put|write|enter|list|insert|describe)\s[^\[\]{}<>\n]{0,100}\bhere)\s?[\]}>]{1,2}`)
	// blankName is a gap for a name; makers are told to fill in such ones too, so that only one that begins a line counts.
	blankName = regexp.MustCompile(`(?i)^[\s#>*_]*(?:publisher:?\s*)?[\[{<]{1,2}\s?(?:(?:your|the)\s)?(?:(?:company|connector|organi[sz]ation|product|publisher|publisher's|service)(?:'s)?(?:\s|_)name|name of (?:the|your) (?:company|connector|organi[sz]ation|product|publisher|service))\s?[\]}>]{1,2}`)
)

// maxNotes is how many notes in one file are told.
const maxNotes = 20

// notes returns the notes and gaps that the author left in the prose of the
// file. With todos the word TODO is one of the connector's own.
func (m *markdown) notes(todos bool) []stretch {
	var out []stretch
	text := m.doc.Source()
	for _, prose := range m.prose {
		start := prose.start
		for line := range strings.Lines(string(text[prose.start:prose.end])) {
			from := start
			start += len(line)
			line = strings.TrimRight(line, "\r\n")
			if at := noteIn(line, todos); at != nil && !isTemplateLine(line) {
				if out = append(out, stretch{from + at[0], from + at[1]}); len(out) == maxNotes {
					return out
				}
			}
		}
	}
	return out
}

// noteIn returns where a note or a gap stands in a line, nil when there is none.
func noteIn(line string, todos bool) []int {
	if strings.Contains(line, "<!--") || strings.Contains(line, "`") {
		return nil
	}
	const shortNote = 40 // what is longer holds more than "to be completed"
	word := strings.Contains(line, "TODO") || strings.Contains(line, "FIXME") || strings.Contains(line, "TBD") || strings.Contains(line, "TBA")
	if !todos && (word || len(line) < shortNote && strings.ContainsAny(line, "tT") && strings.ContainsAny(line, "bB")) {
		if openNote.MatchString(line) {
			return trimmed(line, 0, len(line))
		}
	}
	if !todos && word {
		if at := openNoteInside.FindStringIndex(line); at != nil {
			return trimmed(line, at[0], at[1])
		}
	}
	if !strings.ContainsAny(line, "[{<") {
		return nil
	}
	if at := blankName.FindStringIndex(line); at != nil && !glued(line, at[1]) {
		return trimmed(line, at[0], at[1])
	}
	for _, at := range blank.FindAllStringIndex(line, -1) {
		if !glued(line, at[1]) && (at[0] == 0 || strings.IndexByte(" \t(*_\"'", line[at[0]-1]) >= 0) {
			return at
		}
	}
	return nil
}

// glued reports whether a bracket that ends at i is part of a link, an address or a path.
func glued(line string, i int) bool {
	switch {
	case i >= len(line):
		return false
	case line[i] == '.':
		return i+1 < len(line) && isWordChar(line[i+1])
	}
	return isWordChar(line[i]) || strings.IndexByte("([:/@=-_]", line[i]) >= 0
}

// trimmed leaves the blanks and marks at the ends of a part of a line out.
func trimmed(line string, start, end int) []int {
	part := line[start:end]
	start += len(part) - len(strings.TrimLeft(part, " \t#>*+-_"))
	return []int{start, max(start, end-(len(part)-len(strings.TrimRight(part, " \t*_"))))}
}
