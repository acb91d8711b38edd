package rules

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	markdowntext "github.com/yuin/goldmark/text"

	"github.com/precert/precert/connector"
)

// heading is one section of a Markdown file.
type heading struct {
	title string
	// level is 1 to 6, or boldLevel.
	level int
	// start and end are where its line stands in the source.
	start, end int
	// letters counts the letters below it, up to the next heading of its level; own those up to the next heading of any.
	letters, own int
	// parent is the index of the heading that this one stands below, -1 for none.
	parent int
}

// markdown is readme.md or intro.md as the rules look at it.
type markdown struct {
	doc      *connector.Document
	headings []heading
	pictures []picture
	// references are the images whose target stands elsewhere, named what does by its label.
	references []pictureReference
	named      map[string]picture
	// prose is where text and headings stand that are no code.
	prose []stretch
	// lead counts the letters before the first heading.
	lead int
	// folded holds the letters and digits of the whole file in small letters, without anything between them.
	folded string
}

// stretch is a part of a file from one byte up to another.
type stretch struct{ start, end int }

// maxMarkdown is the largest Markdown file that is read, in bytes; maxMarkers
// how deep quotes and lists may be nested in one another.
const maxMarkdown, maxMarkers = 1 << 20, 64

// markdown reads the artefact with this role, nil when there is none.
func (p *Pass) markdown(role connector.Role) *markdown {
	return Shared(p, "markdown:"+string(role), func() *markdown {
		doc := p.Text(role)
		if doc == nil {
			return nil
		}
		return readMarkdown(doc)
	})
}

func readMarkdown(doc *connector.Document) *markdown {
	source := doc.Source()
	m := &markdown{doc: doc, folded: fold(string(source[:min(len(source), maxMarkdown)]))}
	if len(source) > maxMarkdown || nestedTooDeep(source) {
		return m
	}
	// Blocks are enough: reading the inline marks as well can cost the square of the length.
	blocks := parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...))
	_ = ast.Walk(blocks.Parse(markdowntext.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Type() == ast.TypeBlock {
			m.block(n, source)
		}
		return ast.WalkContinue, nil
	})
	m.resolve()
	return m
}

// nestedTooDeep reports whether a line begins with a great number of quote and list marks.
func nestedTooDeep(source []byte) bool {
	for line := range bytes.Lines(source) {
		marks := 0
		for i, c := range line {
			switch {
			case c == '>', (c == '-' || c == '*' || c == '+' || c == '.' || c == ')') && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'):
				marks++
			case c == ' ' || c == '\t' || c >= '0' && c <= '9':
				continue
			}
			if marks > maxMarkers {
				return true
			}
			if c != '>' && c != '-' && c != '*' && c != '+' && c != '.' && c != ')' {
				break
			}
		}
	}
	return false
}

func (m *markdown) block(n ast.Node, source []byte) {
	lines := n.Lines()
	if lines == nil || lines.Len() == 0 {
		return
	}
	start, end := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	switch block := n.(type) {
	case *ast.Heading:
		m.heading(source, start, end, block.Level)
	case *ast.Paragraph:
		m.paragraph(lines, source)
	default:
		m.text(source, start, end, n.Kind() != ast.KindFencedCodeBlock && n.Kind() != ast.KindCodeBlock)
	}
}

// boldLevel is the level of a line in bold that serves as a heading.
const boldLevel = 7

// paragraph takes the lines in bold as headings, whether or not text follows them at once.
func (m *markdown) paragraph(lines *markdowntext.Segments, source []byte) {
	start := lines.At(0).Start
	for i := range lines.Len() {
		line := lines.At(i)
		content := strings.TrimRight(strings.TrimSpace(string(source[line.Start:line.Stop])), ":")
		if len(content) <= 4 || !strings.HasPrefix(content, "**") || strings.Index(content[2:], "**") != len(content)-4 {
			continue
		}
		if start < line.Start {
			m.text(source, start, line.Start, true)
		}
		m.heading(source, line.Start, line.Stop, boldLevel)
		start = line.Stop
	}
	if end := lines.At(lines.Len() - 1).Stop; start < end {
		m.text(source, start, end, true)
	}
}

func (m *markdown) heading(source []byte, start, end, level int) {
	parent := len(m.headings) - 1
	for parent >= 0 && m.headings[parent].level >= level {
		parent = m.headings[parent].parent
	}
	title := plainTitle(strings.TrimSpace(string(source[start:end])))
	m.prose = append(m.prose, stretch{start, end})
	m.headings = append(m.headings, heading{title: title, level: level, start: start, end: end, parent: parent})
}

// text counts what stands below a heading, and finds its pictures unless it is code.
func (m *markdown) text(source []byte, start, end int, prose bool) {
	content := string(source[start:end])
	m.count(letters(content))
	if prose {
		m.prose = append(m.prose, stretch{start, end})
		m.findPictures(content, start)
	}
}

// count adds letters to every section that the last heading stands in.
func (m *markdown) count(n int) {
	if len(m.headings) == 0 {
		m.lead += n
		return
	}
	last := len(m.headings) - 1
	m.headings[last].own += n
	for i := last; i >= 0; i = m.headings[i].parent {
		m.headings[i].letters += n
	}
}

// plainTitle removes the marks of emphasis, code and links from a heading.
func plainTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_`[]#", r) {
			return -1
		}
		return r
	}, s)
	if link := strings.Index(s, "(http"); link > 0 {
		s = s[:link]
	}
	return strings.TrimSpace(s)
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// fold keeps the letters and digits of s in small letters, so that texts compare whatever stands between words.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// section returns the first heading whose title holds one of the names, nil when there is none.
func (m *markdown) section(names ...string) *heading {
	for i := range m.headings {
		title := fold(m.headings[i].title)
		for _, name := range names {
			if strings.Contains(title, name) {
				return &m.headings[i]
			}
		}
	}
	return nil
}
