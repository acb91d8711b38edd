package values

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// patternTries is how many texts are made from one pattern before giving up.
const patternTries = 80

// fromPattern makes a text that a pattern matches. Every text is judged by fits,
// for what RE2 cannot say (look-around) is left out of the making.
func (g *Generator) fromPattern(pattern string, s *shape, chance *rand.Rand, fits func(string) bool) (string, bool) {
	tree, err := syntax.Parse(translate(pattern), syntax.Perl)
	if err != nil {
		return "", false
	}
	p := &writer{chance: chance}
	for try := range patternTries {
		p.fill = []int{0, 1, 2, 4, 3, 8, 16, 6, 12, 32}[try%10]
		p.plain = try < patternTries/2
		p.steps = 0
		p.out.Reset()
		p.write(tree)
		text := p.out.String()
		if size := utf8.RuneCountInString(text); size < s.minLen && s.minLen < 1<<16 {
			// A pattern without anchors, or one with a repetition, may still match when more follows.
			if longer := text + strings.Repeat(lastRune(text), s.minLen-size); fits(longer) {
				return longer, true
			}
		}
		if fits(text) {
			return text, true
		}
	}
	return "", false
}

func lastRune(text string) string {
	if text == "" {
		return "x"
	}
	r, _ := utf8.DecodeLastRuneInString(text)
	return string(r)
}

// translate writes an ECMAScript pattern as RE2 reads it: code points in braces,
// look-around left out.
func translate(pattern string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+5 < len(pattern) && pattern[i+1] == 'u' && pattern[i+2] != '{':
			b.WriteString(`\x{` + pattern[i+2:i+6] + `}`)
			i += 5
		case c == '\\' && i+1 < len(pattern):
			b.WriteByte(c)
			b.WriteByte(pattern[i+1])
			i++
		case class:
			class = c != ']'
			if c == '[' {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case c == '[':
			class = true
			b.WriteByte(c)
			if rest := pattern[i+1:]; strings.HasPrefix(rest, "^]") || strings.HasPrefix(rest, "]") {
				b.WriteString("") // [] and [^] are empty and full in ECMAScript; RE2 refuses them, and so nothing is made
			}
		case c == '(' && lookAround(pattern[i:]):
			i += groupLength(pattern[i:]) - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func lookAround(text string) bool {
	for _, prefix := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// groupLength is the length of the group that text begins with.
func groupLength(text string) int {
	depth, class := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// maxPatternText bounds the text made from nested repetitions.
const maxPatternText = 4096

// writer writes a text that a syntax tree matches.
type writer struct {
	chance *rand.Rand
	out    strings.Builder
	// fill is how often an open repetition is used beyond its least.
	fill int
	// plain prefers letters and digits.
	plain bool
	// steps bounds the work: repetitions of nothing write no text.
	steps int
}

func (w *writer) write(re *syntax.Regexp) {
	if w.steps++; w.out.Len() > maxPatternText || w.steps > maxPatternText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		w.out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		w.out.WriteRune(w.pick(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.out.WriteRune(rune('a' + w.chance.IntN(26)))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpAlternate:
		w.write(re.Sub[w.chance.IntN(len(re.Sub))])
	case syntax.OpStar:
		w.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		w.repeat(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		w.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		w.repeat(re.Sub[0], re.Min, re.Max)
	default: // anchors and word boundaries write nothing
	}
}

func (w *writer) repeat(re *syntax.Regexp, least, most int) {
	times := least + w.fill
	if most >= 0 {
		times = min(times, most)
	}
	for range times {
		if w.steps > maxPatternText {
			return
		}
		w.write(re)
	}
}

// pick chooses a rune of a class: a lower-case letter or digit when there is one.
func (w *writer) pick(ranges []rune) rune {
	if w.plain {
		for _, wanted := range [][2]rune{{'a', 'z'}, {'0', '9'}, {'A', 'Z'}, {' ', '~'}} {
			if r, ok := w.pickWithin(ranges, wanted[0], wanted[1]); ok {
				return r
			}
		}
	}
	if r, ok := w.pickWithin(ranges, ' ', '~'); ok {
		return r
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		if r := ranges[i]; unicode.IsPrint(r) {
			return r
		}
	}
	if len(ranges) > 0 {
		return ranges[0]
	}
	return 'x'
}

func (w *writer) pickWithin(ranges []rune, low, high rune) (rune, bool) {
	var pool []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := max(ranges[i], low); r <= min(ranges[i+1], high); r++ {
			pool = append(pool, r)
		}
	}
	if len(pool) == 0 {
		return 0, false
	}
	return pool[w.chance.IntN(len(pool))], true
}
