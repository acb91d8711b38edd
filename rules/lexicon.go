package rules

import (
	"strings"
	"sync"
	"unicode"

	"github.com/golangci/misspell"
)

// usage is why a word or phrase is looked for.
type usage int

const (
	usageProduct usage = iota
	usageInstruction
	usageLeftover
	usageMisspelt
)

// phrase is one or more words in lower case that are looked for as a whole.
type phrase struct {
	text string
	use  usage
}

// entry is what the lexicon knows about one word.
type entry struct {
	// fix is how a misspelt word is spelt, "" for others.
	fix string
	// phrases begin with the word.
	phrases []phrase
	// languages is a set of languages in which the word is a common small one.
	languages uint16
}

// lexicon returns every word that is looked for, in lower case. It is built once and never changed.
var lexicon = sync.OnceValue(func() map[string]entry {
	words := make(map[string]entry, len(misspell.DictMain)/2+500)
	for i := 0; i+1 < len(misspell.DictMain); i += 2 {
		if typo := misspell.DictMain[i]; !strings.ContainsAny(typo, " -;") {
			words[typo] = entry{fix: misspell.DictMain[i+1]}
		}
	}
	for use, phrases := range map[usage][]string{
		usageProduct: productNames(), usageInstruction: instructions(), usageLeftover: leftovers(),
	} {
		for _, text := range phrases {
			first, _, _ := strings.Cut(text, " ")
			first = strings.TrimRight(first, ":")
			e := words[first]
			e.phrases = append(e.phrases, phrase{text, use})
			words[first] = e
		}
	}
	for i, language := range languages() {
		for word := range strings.FieldsSeq(language.words) {
			e := words[word]
			e.languages |= 1 << i
			words[word] = e
		}
	}
	return words
})

// language is one whose texts are told by its small words. The first is English.
type language struct{ name, words string }

func languages() []language {
	return []language{
		{"English", "the of and to is for that with this from by are be will which has not or an it as all you your if when on at in"},
		{"German", "der die das und ist für mit von eine einer eines des dem den nicht wird werden auf oder ein zu im zum zur bei nach"},
		{"French", "le la les des du et est pour dans une un que qui sur avec par au aux ce cette de sont vous"},
		{"Spanish", "el la los las de del que y en por para con una un es se su al como este"},
		{"Portuguese", "o os as da do das dos que e em para com uma um não por de ao na no"},
		{"Italian", "il lo la gli di del della che e per con una un è nel dei le da si"},
		{"Dutch", "de het een van en voor met op niet dat te zijn is wordt deze naar of"},
		{"Swedish", "och att för av på med den det som en ett är till från om"},
		{"Danish or Norwegian", "og at til af av på med den det som en et er for fra om"},
		{"Polish", "i w na z do jest nie dla oraz się lub przez od"},
		{"Turkish", "ve bir için ile bu olarak veya olan"},
	}
}

// hit is one word or phrase of the lexicon found in a text.
type hit struct {
	text
	use usage
	// what is the phrase or the misspelt word as written; fix how the latter is spelt.
	what, fix string
}

// reading is what one pass over all texts found.
type reading struct {
	hits []hit
	// words counts the words of all texts that makers see, small those of each language.
	words int
	small [16]int
	// foreign are the texts that are in another language than English, each by itself.
	foreign []foreignText
}

// foreignText is a text that makers see and the language, as an index into languages, that it seems to be in.
type foreignText struct {
	text
	language int
}

// read looks every word of the definition's texts up once, for all rules on wording.
func (p *Pass) read() *reading {
	return Shared(p, "reading", func() *reading {
		r, words := &reading{}, lexicon()
		for _, t := range p.texts() {
			r.read(t, words)
		}
		return r
	})
}

func (r *reading) read(t text, words map[string]entry) {
	counted := !t.internal && t.kind != infoTitle
	var own smallWords
	for start, end := range eachWord(t.value) {
		var buffer [32]byte
		if end-start > len(buffer) {
			continue
		}
		e, known := words[string(lower(buffer[:0], t.value[start:end]))]
		if counted {
			r.words++
		}
		if !known {
			continue
		}
		if e.fix != "" && plainWord(t.value, start, end) {
			r.hits = append(r.hits, hit{text: t, use: usageMisspelt, what: t.value[start:end], fix: e.fix})
		}
		for _, ph := range e.phrases {
			if n := beginsWith(t.value[start:], ph.text, t.kind == infoTitle); n > 0 {
				r.hits = append(r.hits, hit{text: t, use: ph.use, what: t.value[start : start+n]})
			}
		}
		for i := 0; counted && e.languages>>i != 0; i++ {
			r.small[i] += int(e.languages >> i & 1)
		}
		if counted {
			own.add(e.languages, t.value[start:end])
		}
	}
	if own.english || own.count < 2 {
		return
	}
	if language := own.language(strings.ContainsFunc(t.value, isAccented)); language > 0 {
		r.foreign = append(r.foreign, foreignText{t, language})
	}
}

// smallWords are the different small words of one text, up to the eight that are told apart.
type smallWords struct {
	words [8]string
	// languages are those of each word.
	languages [8]uint16
	count     int
	// english says that one is English alone.
	english bool
}

func (s *smallWords) add(languages uint16, word string) {
	s.english = s.english || languages == 1
	if s.english || languages == 0 {
		return
	}
	for i := range s.count {
		if strings.EqualFold(s.words[i], word) {
			return
		}
	}
	// In capitals it is the code of a country.
	if s.count < len(s.words) && (len(word) == 1 || word != strings.ToUpper(word)) {
		s.words[s.count], s.languages[s.count] = word, languages
		s.count++
	}
}

// language returns the language that a text is in by three different small
// words of it, by two when it has accents; 0 otherwise. One of them must be no English and no code of two letters.
func (s *smallWords) language(accents bool) int {
	best, most := 0, 2
	if accents {
		most = 1
	}
	for i := 1; i < len(languages()); i++ {
		n, told := 0, false
		for w := range s.count {
			if s.languages[w]>>i&1 != 0 {
				n++
				told = told || s.languages[w]&1 == 0 && len(s.words[w]) > 2
			}
		}
		if told && n > most {
			best, most = i, n
		}
	}
	return best
}

// eachWord yields start and end of every run of letters, digits and inner apostrophes.
func eachWord(s string) func(func(start, end int) bool) {
	return func(yield func(int, int) bool) {
		for i := 0; i < len(s); {
			if !isWordChar(s[i]) {
				i++
				continue
			}
			start := i
			for i < len(s) && (isWordChar(s[i]) || s[i] == '\'' && i+1 < len(s) && isLetter(s[i+1])) {
				i++
			}
			if !yield(start, i) {
				return
			}
		}
	}
}

// isAccented reports whether a letter is Latin, but none of English.
func isAccented(r rune) bool { return r >= 0xC0 && r < 0x250 && unicode.IsLetter(r) }

// lower appends s to out with ASCII letters in lower case.
func lower(out []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return out
}

// beginsWith returns how many bytes at the beginning of s are a phrase in
// lower case, as whole words; 0 when it is none. Several blanks count as one,
// and so does a hyphen when hyphens says so.
func beginsWith(s, phrase string, hyphens bool) int {
	at := 0
	for i := range len(phrase) {
		c := phrase[i]
		if at == len(s) {
			return 0
		}
		if c == ' ' && (s[at] == ' ' || hyphens && s[at] == '-') {
			for at++; at < len(s) && s[at] == ' '; at++ {
			}
			continue
		}
		if !strings.EqualFold(s[at:at+1], phrase[i:i+1]) {
			return 0
		}
		at++
	}
	if at < len(s) && isWordChar(phrase[len(phrase)-1]) && isWordChar(s[at]) {
		return 0
	}
	return at
}

// plainWord reports whether s[start:end] is a word of a sentence: no part of
// a path, an address or an identifier, and no quoted literal.
func plainWord(s string, start, end int) bool {
	if word := s[start:end]; word[1:] != strings.ToLower(word[1:]) && word != strings.ToUpper(word) {
		return false // an identifier in camel case
	}
	const joins = "_@/\\#$`.:=&?-"
	if start > 0 && strings.IndexByte(joins, s[start-1]) >= 0 {
		return false
	}
	if end == len(s) {
		return true
	}
	next := s[end]
	if strings.IndexByte("_@/\\$`=&-", next) >= 0 || (next == '.' || next == ':') && end+1 < len(s) && isWordChar(s[end+1]) {
		return false
	}
	return start == 0 || next != s[start-1] || next != '\'' && next != '"'
}
