package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func summaryRules() []*Rule {
	return []*Rule{
		operationSummaryTooVague, operationSummaryNotUnique, operationSummaryNotSentenceCase, operationSummaryCharacters,
		operationSummaryEqualsDescription, summaryEqualsDescription, parameterSummaryNotTitleCase, schemaSummaryTooLong,
		operationDescriptionNotSentence,
	}
}

// visible yields the operations that makers see.
func (p *Pass) visible(yield func(*connector.Operation) bool) {
	for _, op := range p.Definition.Operations {
		if !op.Internal() && !yield(op) {
			return
		}
	}
}

var operationSummaryTooVague = &Rule{
	Name: "OperationSummaryTooVague", Section: SectionContent, Severity: finding.Warning,
	Source:  "pull requests 907 and 1633 of microsoft/PowerPlatformConnectors; " + stringsSource,
	Summary: "The summary of an operation says what is done to what, in more than two words.",
	Why:     "Makers pick an operation by its summary alone, among those of a thousand connectors; reviewers ask for better ones.",
	Fix:     "Write a verb and its object with what makes it special, such as Get the members of a board.",
	Wrong:   `{"operationId": "GetMembers", "summary": "Members"}`,
	Right:   `{"operationId": "GetMembers", "summary": "Get the members of a board"}`,
	Check: func(p *Pass) {
		var short []*connector.Node
		for op := range p.visible {
			summary := op.Node.Get("summary")
			switch len(strings.Fields(summary.String())) {
			case 1:
				p.Report(summary, fmt.Sprintf("The summary %s is one word: it does not say what the operation does.", quote(summary.String())))
			case 2:
				short = append(short, summary)
			}
		}
		if len(short) > 0 {
			p.together(short, fmt.Sprintf("The summary %s has two words only.", quote(short[0].String())), As(finding.Info))
		}
	},
}

var operationSummaryNotUnique = &Rule{
	Name: "OperationSummaryNotUnique", Section: SectionContent, Severity: finding.Warning,
	Source:  stringsSource,
	Summary: "No two operations that makers see have the same summary.",
	Why:     "In the designer they look the same: makers choose the wrong one.",
	Fix:     "Say in each summary what makes it different; mark an old version as deprecated.",
	Wrong:   `{"operationId": "GetCard", "summary": "Get a card"}, {"operationId": "GetCardByName", "summary": "Get a card"}`,
	Right:   `{"operationId": "GetCard", "summary": "Get a card"}, {"operationId": "GetCardByName", "summary": "Get a card by its name"}`,
	Check: func(p *Pass) {
		first := map[string]*connector.Operation{}
		for op := range p.visible {
			summary := strings.ToLower(strings.TrimSpace(op.Node.Get("summary").String()))
			if summary == "" || op.Deprecated() {
				continue
			}
			if other := first[summary]; other != nil {
				p.Report(op.Node.Get("summary"), fmt.Sprintf("The operations %s and %s both have the summary %s.", quote(other.ID), quote(op.ID), quote(op.Node.Get("summary").String())))
				continue
			}
			first[summary] = op
		}
	},
}

func startsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return false
	}
	// Brand names such as iCard or eSign begin with a small letter.
	second, _ := utf8.DecodeRuneInString(s[utf8.RuneLen(r):])
	return !unicode.IsUpper(second)
}

// inTitleCase reports whether every longer word of at least three begins with a capital.
func inTitleCase(s string) bool {
	words := strings.Fields(s)
	capitals := 0
	for _, word := range words {
		r, _ := utf8.DecodeRuneInString(word)
		switch {
		case unicode.IsUpper(r):
			capitals++
		case len(word) > 3 && unicode.IsLower(r):
			return false
		}
	}
	return len(words) > 2 && capitals > 2
}

var operationSummaryNotSentenceCase = &Rule{
	Name: "OperationSummaryNotSentenceCase", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The summary of an operation begins with a capital letter and goes on in small ones.",
	Why:     "All connectors stand in one list; summaries in another case look out of place.",
	Fix:     "Write the first word and names with a capital letter, everything else without.",
	Wrong:   `{"summary": "Get The Members Of A Board"}`,
	Right:   `{"summary": "Get the members of a board"}`,
	Check: func(p *Pass) {
		var small, title []*connector.Node
		for op := range p.visible {
			summary := op.Node.Get("summary")
			switch {
			case startsLower(summary.String()):
				small = append(small, summary)
			case inTitleCase(summary.String()):
				title = append(title, summary)
			}
		}
		if len(small) > 0 {
			p.together(small, fmt.Sprintf("The summary %s begins with a small letter.", quote(small[0].String())))
		}
		if len(title) > 0 {
			p.together(title, fmt.Sprintf("The summary %s is in title case.", quote(title[0].String())))
		}
	},
}

// restrictedInSummaries are the characters that the validator itself refuses.
const restrictedInSummaries = `/\<>*%&?`

var operationSummaryCharacters = &Rule{
	Name: "OperationSummaryCharacters", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The summary of an operation has letters, digits, blanks and parentheses only.",
	Why:     "Other characters come out differently in designers and agents.",
	Fix:     "Say it in words.",
	Wrong:   `{"summary": "Cards: list [all]"}`,
	Right:   `{"summary": "List all cards"}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		var first rune
		for op := range p.visible {
			summary := op.Node.Get("summary")
			// ValueMustEndWithAlphanumeric tells of the last character.
			whole := strings.TrimRightFunc(summary.String(), func(r rune) bool { return !isAlphanumeric(r) })
			i := strings.IndexFunc(whole, func(r rune) bool {
				return r != ' ' && r != '(' && r != ')' && r < 0x2000 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(restrictedInSummaries, r)
			})
			if i < 0 {
				continue
			}
			if first == 0 {
				first, _ = utf8.DecodeRuneInString(summary.String()[i:])
			}
			places = append(places, summary)
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The summary %s holds %s.", quote(places[0].String()), quote(string(first))))
		}
	},
}

// sameText compares texts without case, blanks around them and the final stop.
func sameText(a, b string) bool {
	trim := func(s string) string { return strings.TrimRight(strings.TrimSpace(s), ". ") }
	return trim(a) != "" && strings.EqualFold(trim(a), trim(b))
}

var operationSummaryEqualsDescription = &Rule{
	Name: "OperationSummaryEqualsDescription", Section: SectionContent, Severity: finding.Warning,
	Source:  submissionSource + "; " + stringsSource,
	Summary: "The description of an operation says more than its summary.",
	Why:     "Both stand in the designer, one under the other: a repeated text leaves the maker's question open, and agents choose by it.",
	Fix:     "Write a sentence on what the operation does and gives back.",
	Wrong:   `{"summary": "Get a card", "description": "Get a card"}`,
	Right:   `{"summary": "Get a card", "description": "Retrieves a card with its members and its labels."}`,
	Check: func(p *Pass) {
		for op := range p.visible {
			description := op.Node.Get("description")
			if sameText(op.Node.Get("summary").String(), description.String()) {
				p.Report(description, fmt.Sprintf("The description of the operation %s repeats its summary %s.", quote(op.ID), quote(op.Node.Get("summary").String())))
			}
		}
	},
}

var summaryEqualsDescription = &Rule{
	Name: "SummaryEqualsDescription", Section: SectionContent, Severity: finding.Warning,
	Source:  stringsSource,
	Summary: "The description of a parameter or property says more than its title.",
	Why:     "Makers and agents read the description when the title does not tell them what to fill in.",
	Fix:     "Say what the value is, in which form it is given and where to find it.",
	Wrong:   `{"name": "boardId", "x-ms-summary": "Board ID", "description": "Board ID"}`,
	Right:   `{"name": "boardId", "x-ms-summary": "Board ID", "description": "The identifier of the board, the last part of its address."}`,
	Check: func(p *Pass) {
		var parameters, properties []*connector.Node
		for _, t := range p.texts() {
			owner := t.at.Parent()
			switch {
			case t.internal:
			case t.kind == parameterDescription && sameText(owner.Get("x-ms-summary").String(), t.value):
				parameters = append(parameters, t.at)
			case t.kind == schemaDescription && (sameText(owner.Get("x-ms-summary").String(), t.value) || sameText(owner.Get("title").String(), t.value)):
				properties = append(properties, t.at)
			}
		}
		if len(parameters) > 0 {
			p.together(parameters, fmt.Sprintf("The description %s of the parameter repeats its title.", quote(parameters[0].String())))
		}
		if len(properties) > 0 {
			p.together(properties, fmt.Sprintf("The description %s of the property repeats its title.", quote(properties[0].String())), As(finding.Info))
		}
	},
}

var parameterSummaryNotTitleCase = &Rule{
	Name: "ParameterSummaryNotTitleCase", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The x-ms-summary of a parameter begins with a capital letter.",
	Why:     "It is the label of the field in the designer; labels are in title case.",
	Fix:     "Write the words of the label with capital letters, without underscores.",
	Wrong:   `{"name": "board_id", "x-ms-summary": "board_id"}`,
	Right:   `{"name": "board_id", "x-ms-summary": "Board ID"}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for _, t := range p.texts() {
			if t.kind == parameterSummary && !t.internal && startsLower(t.value) {
				places = append(places, t.at)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The label %s begins with a small letter.", quote(places[0].String())))
		}
	},
}

// summaryLimit is the longest label that designers show whole, in characters.
const summaryLimit = 80

var schemaSummaryTooLong = &Rule{
	Name: "SchemaSummaryTooLong", Section: SectionContent, Severity: finding.Warning,
	Source:  stringsSource,
	Summary: "The title of a property has at most 80 characters.",
	Why:     "It is the label of a field or of dynamic content; designers cut longer ones.",
	Fix:     "Shorten the title, and say the rest in the description.",
	Wrong:   `{"dueDate": {"type": "string", "x-ms-summary": "The day on which the card is due, or on which the last of its open items is due, whichever comes first"}}`,
	Right:   `{"dueDate": {"type": "string", "x-ms-summary": "Due Date"}}`,
	Check: func(p *Pass) {
		for _, t := range p.texts() {
			if t.kind == schemaTitle && !t.internal && len(t.value) > summaryLimit && t.at.Key() == "x-ms-summary" {
				if n := utf8.RuneCountInString(t.value); n > summaryLimit {
					p.Report(t.at, fmt.Sprintf("The title of the property has %d characters; at most %d are shown.", n, summaryLimit))
				}
			}
		}
	},
}

var operationDescriptionNotSentence = &Rule{
	Name: "OperationDescriptionNotSentence", Section: SectionContent, Severity: finding.Info, Policy: "5000.2.3.2",
	Source:  submissionSource + "; " + stringsSource,
	Summary: "The description of an operation is a sentence: it begins with a capital letter and ends with a full stop.",
	Why:     "It is published in the reference of all connectors.",
	Fix:     "Write whole sentences.",
	Wrong:   `{"description": "gets the cards of a board"}`,
	Right:   `{"description": "Retrieves the cards of a board."}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for op := range p.visible {
			description := op.Node.Get("description")
			text := strings.TrimSpace(description.String())
			// OperationSummaryEqualsDescription tells of a summary that stands for the description.
			if text != "" && !sameText(op.Node.Get("summary").String(), text) && (startsLower(text) || !strings.ContainsAny(text[len(text)-1:], ".!?)")) {
				places = append(places, description)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The description %s is no whole sentence.", quote(places[0].String())))
		}
	},
}
