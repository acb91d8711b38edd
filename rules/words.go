package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func wordRules() []*Rule {
	return []*Rule{
		fieldLengthExceeded, fieldLengthNotInRange, valueContainsRestrictedWords, valueMustBeInEnglish, valueMustEndWithAlphanumeric,
	}
}

// policy names the certification policy that a finding breaks, where the rule covers several.
func policy(code string) Option {
	return func(f *finding.Finding) { f.Policy = code }
}

// The lengths that certification accepts, in UTF-16 units as .NET counts them.
const (
	maxTitle       = 30
	maxSummary     = 80
	minDescription = 30
	maxDescription = 500
)

// length counts the UTF-16 units of a text, as .NET does.
func length(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

var fieldLengthExceeded = &Rule{
	Name: "FieldLengthExceeded", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource + "; pull requests 3407, 3465 and 3841 of microsoft/PowerPlatformConnectors",
	Summary: "The title has at most 30 characters, summaries of operations and parameters at most 80.",
	Why:     "The catalogue and the designer cut longer texts, and certification refuses them.",
	Fix:     "Shorten the text, and move the rest to the description.",
	Wrong:   `{"title": "Fabrikam Boards for Project Teams and Partners"}`,
	Right:   `{"title": "Fabrikam Boards"}`,
	Check: func(p *Pass) {
		exceeds(p, p.Definition.Info().Get("title"), "title", maxTitle, policy("5000.2.2.1"))
		for _, op := range p.Definition.Operations {
			exceeds(p, op.Node.Get("summary"), "summary", maxSummary)
		}
		for _, param := range everyParameter(p) {
			exceeds(p, param.Node.Get("x-ms-summary"), "x-ms-summary", maxSummary)
		}
	},
}

func exceeds(p *Pass, n *connector.Node, name string, limit int, options ...Option) {
	if count := length(n.String()); count > limit {
		p.Report(n, fmt.Sprintf("The %s has %d characters; at most %d are allowed.", name, count, limit), options...)
	}
}

var fieldLengthNotInRange = &Rule{
	Name: "FieldLengthNotInRange", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.3.4",
	Source:  metadataSource + "; pull requests 550 and 4181 of microsoft/PowerPlatformConnectors",
	Summary: "The description of the connector has 30 to 500 characters.",
	Why:     "It is all that makers read before they choose the connector.",
	Fix:     "Say in two or three sentences what the service is and what a maker can do with it.",
	Wrong:   `{"description": "Boards."}`,
	Right:   `{"description": "Fabrikam Boards keeps the tasks of a team. Create and move cards, and start a flow when one is done."}`,
	Check: func(p *Pass) {
		n := p.Definition.Info().Get("description")
		count := length(n.String())
		if !n.IsString() || strings.TrimSpace(n.String()) == "" {
			return
		}
		if count < minDescription || count > maxDescription {
			p.Report(n, fmt.Sprintf("The description has %d characters; it must have %d to %d.", count, minDescription, maxDescription))
		}
	},
}

// The words that certification refuses, as the validator prints them.
func restrictedInTitle() []string { return []string{"api", "connector"} }
func restrictedInDescription() []string {
	return []string{"power apps", "power automate", "logic apps"}
}

var valueContainsRestrictedWords = &Rule{
	Name: "ValueContainsRestrictedWords", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.2.2",
	Source:  metadataSource + "; pull requests 550, 3407 and 4041 of microsoft/PowerPlatformConnectors",
	Summary: "The title does without the words API and connector, the description without the names of Power Platform products.",
	Why:     "Everything in the catalogue is a connector to an API, and works in all products: the words say nothing, and certification refuses them.",
	Fix:     "Leave the word out.",
	Wrong:   `{"title": "Fabrikam Boards API"}`,
	Right:   `{"title": "Fabrikam Boards"}`,
	Check: func(p *Pass) {
		info := p.Definition.Info()
		forbid(p, info.Get("title"), restrictedInTitle(), "5000.2.2.2")
		forbid(p, info.Get("description"), restrictedInDescription(), "5000.2.3.5")
	},
}

// forbid reports a text that holds one of the words, whole and in any case.
func forbid(p *Pass, n *connector.Node, words []string, code string) {
	var found []string
	for _, word := range words {
		if holdsWord(n.String(), word) {
			found = append(found, word)
		}
	}
	if len(found) > 0 {
		p.Report(n, fmt.Sprintf("The %s %s holds %s.", n.Key(), quote(n.String()), listed(found)), policy(code))
	}
}

// holdsWord reports whether text holds word in any case, with no letter or digit at either side.
func holdsWord(text, word string) bool {
	text = strings.ToLower(text)
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !isAlphanumeric(before) && !isAlphanumeric(after) {
			return true
		}
		from = start + 1
	}
}

func isAlphanumeric(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

var valueMustBeInEnglish = &Rule{
	Name: "ValueMustBeInEnglish", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.3.1",
	Source:  metadataSource + "; accents, dashes and trade marks occur in certified connectors, other scripts do not",
	Summary: "Title and description of the connector are in English.",
	Why:     "The catalogue is in English; Microsoft translates from there.",
	Fix:     "Translate the text. Names may keep their accents.",
	Wrong:   `{"title": "ファブリカム"}`,
	Right:   `{"title": "Fabrikam"}`,
	Check: func(p *Pass) {
		for _, name := range []string{"title", "description"} {
			n := p.Definition.Info().Get(name)
			if foreign := strings.IndexFunc(n.String(), isForeign); foreign >= 0 {
				r, _ := utf8.DecodeRuneInString(n.String()[foreign:])
				p.Report(n, fmt.Sprintf("The %s %s holds %s, which is no Latin letter.", name, quote(n.String()), quote(string(r))))
			}
		}
	},
}

// isForeign reports whether r is a letter of another script than Latin.
func isForeign(r rune) bool {
	return r > 127 && unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Common)
}

var valueMustEndWithAlphanumeric = &Rule{
	Name: "ValueMustEndWithAlphanumeric", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource + "; a closing parenthesis is accepted in 578 certified summaries",
	Summary: "The title and the summaries of operations end with a letter, a digit or a closing parenthesis.",
	Why:     "They are names, not sentences: a full stop or a blank at the end shows wherever the name is used.",
	Fix:     "Remove the last character.",
	Wrong:   `{"summary": "List cards."}`,
	Right:   `{"summary": "List cards"}`,
	Check: func(p *Pass) {
		endsWell(p, p.Definition.Info().Get("title"), policy("5000.2.2.3"))
		for _, op := range p.Definition.Operations {
			endsWell(p, op.Node.Get("summary"))
		}
	},
}

func endsWell(p *Pass, n *connector.Node, options ...Option) {
	text := n.String()
	if strings.TrimSpace(text) == "" {
		return
	}
	if last, _ := utf8.DecodeLastRuneInString(text); !isAlphanumeric(last) && last != ')' {
		p.Report(n, fmt.Sprintf("The %s %s ends with %s.", n.Key(), quote(text), quote(string(last))), options...)
	}
}
