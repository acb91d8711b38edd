package rules

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func languageRules() []*Rule {
	return []*Rule{textMustBeInEnglish, languageNotEnglish, spellingMistake}
}

// foreignLetters returns the first run of letters of another script than Latin,
// "" when there is none. A single one is a symbol, such as µ or Ω, but a word in Chinese or Japanese.
func foreignLetters(s string) string {
	start, letters := -1, 0
	for i, r := range s {
		foreign := r >= 0x370 && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) && (r >= 0x3000 || !unicode.Is(unicode.Common, r))
		switch {
		case foreign && start < 0:
			start, letters = i, 1
			if r >= 0x3000 {
				letters++
			}
		case foreign:
			letters++
		case start >= 0 && letters > 1:
			return s[start:i]
		case start >= 0:
			start = -1
		}
	}
	if start >= 0 && letters > 1 {
		return s[start:]
	}
	return ""
}

var textMustBeInEnglish = &Rule{
	Name: "TextMustBeInEnglish", Section: SectionContent, Severity: finding.Error, Policy: "5000.2.3.1",
	Source:  policySource,
	Checker: []string{"connector-validate-swagger-extended"},
	Summary: "Summaries and descriptions of operations, parameters and properties are written in Latin letters.",
	Why:     "Certified connectors are published in English and translated from it by the platform; text in another script is refused.",
	Fix:     "Translate the text to English.",
	Wrong:   `{"summary": "Создать карточку"}`,
	Right:   `{"summary": "Create a card"}`,
	Check: func(p *Pass) {
		for _, t := range p.texts() {
			// The validator's own rule ValueMustBeInEnglish judges the title and the description of the connector.
			if t.kind == infoTitle || t.kind == infoDescription || isASCII(t.value) {
				continue
			}
			if letters := foreignLetters(t.value); letters != "" {
				severity := finding.Error
				// A connector with Greek in descriptions of properties passed the validator (pull request 2539).
				if t.internal || t.kind >= schemaTitle {
					severity = finding.Warning
				}
				p.Report(t.at, fmt.Sprintf("The %s holds letters that are not English: %s.", t.kind.describes(), quote(letters)), As(severity))
			}
		}
	},
}

var languageNotEnglish = &Rule{
	Name: "LanguageNotEnglish", Section: SectionContent, Severity: finding.Warning, Policy: "5000.2.3.1",
	Source:  policySource,
	Summary: "The summaries and descriptions are English, each and taken together.",
	Why:     "Certified connectors are published in English and translated from it by the platform.",
	Fix:     "Translate summaries and descriptions to English.",
	Wrong:   `{"summary": "Karte anlegen", "description": "Legt eine Karte auf dem Board an."}`,
	Right:   `{"summary": "Create a card", "description": "Creates a card on the board."}`,
	Check: func(p *Pass) {
		r := p.read()
		const fewest = 12
		best := 0
		for i := range languages() {
			if r.small[i] > r.small[best] {
				best = i
			}
		}
		if best == 0 || r.small[best] < fewest {
			p.foreignTexts(r.foreign)
			return
		}
		at := p.Definition.Info().Get("description")
		if at == nil {
			at = p.Definition.Root.Get("paths")
		}
		p.Report(at, fmt.Sprintf("The texts of the connector seem to be %s: %d of their %d words are common ones of that language, %d of English.",
			languages()[best].name, r.small[best], r.words, r.small[0]))
	},
}

// foreignTexts reports the texts in another language than English, one finding for each language.
func (p *Pass) foreignTexts(found []foreignText) {
	for i := range languages() {
		var places []*connector.Node
		var first foreignText
		for _, f := range found {
			if f.language == i {
				if len(places) == 0 {
					first = f
				}
				places = append(places, f.at)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The %s seems to be %s: %s.", first.kind.describes(), languages()[i].name, quote(first.value)))
		}
	}
}

// ownWords are the names of the connector and its API, which no dictionary knows.
func (p *Pass) ownWords() map[string]bool {
	own := map[string]bool{}
	add := func(s string) {
		for start, end := range eachWord(s) {
			own[strings.ToLower(s[start:end])] = true
		}
	}
	info, properties := p.Definition.Info(), p.Package.Properties.Root.Get("properties")
	for _, n := range []*connector.Node{
		info.Get("title"), info.At("contact", "name"), info.At("contact", "url"), p.Definition.Root.Get("host"),
		properties.Get("publisher"), properties.Get("stackOwner"),
	} {
		add(n.String())
	}
	// A name of the API is known as it is written: a title made of it is free to be right.
	for _, op := range p.Definition.Operations {
		for _, param := range op.Parameters {
			own[param.Name] = true
		}
	}
	for _, s := range p.Schemas() {
		own[s.Name] = true
	}
	// A part of a path is what the service calls the thing.
	for _, op := range p.Definition.Operations {
		for part := range strings.SplitSeq(op.Path, "/") {
			own[strings.ToLower(part)] = true
		}
	}
	return own
}

var spellingMistake = &Rule{
	Name: "SpellingMistake", Section: SectionContent, Severity: finding.Warning, Policy: "5000.2.3.2",
	Source:  policySource + "; the list of common misspellings of golangci/misspell",
	Summary: "Titles, summaries and descriptions are spelt right.",
	Why:     "Makers and agents read these texts; reviewers send connectors back for mistakes in them.",
	Fix:     "Correct the word.",
	Wrong:   `{"description": "The adress of the customer."}`,
	Right:   `{"description": "The address of the customer."}`,
	Check: func(p *Pass) {
		var own map[string]bool
		places := map[string][]*connector.Node{}
		var order []hit
		for _, h := range p.read().hits {
			if h.use != usageMisspelt {
				continue
			}
			if own == nil {
				own = p.ownWords()
			}
			word := strings.ToLower(h.what)
			if own[word] || own[h.what] {
				continue
			}
			if places[word] == nil {
				order = append(order, h)
			}
			places[word] = append(places[word], h.at)
		}
		for _, h := range order {
			p.together(places[strings.ToLower(h.what)],
				fmt.Sprintf("The %s misspells %s.", h.kind.describes(), quote(h.what)), Hint("Write %s.", quote(h.fix)))
		}
	},
}
