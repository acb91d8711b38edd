package rules

import (
	"strings"
)

// picture is one image of a Markdown file.
type picture struct {
	target     string
	start, end int
}

// pictureReference is an image whose target stands elsewhere: ![title][label].
type pictureReference struct {
	label      string
	start, end int
	// short says that it is written ![label], which is plain text when nothing has that label.
	short bool
}

// The lengths up to which the parts of an image are looked for, in bytes: they
// keep the cost of reading in proportion to the file.
const maxPictureTitle, maxPictureTag = 300, 2_000

// pictureScan finds the images in a piece of prose.
type pictureScan struct {
	m      *markdown
	text   string
	offset int
	// open are the lengths of runs of ` that nothing closes from here on.
	open map[int]bool
}

// findPictures finds ![title](target), ![title][label], [label]: target and
// <img src="target"> outside of code and comments.
func (m *markdown) findPictures(text string, offset int) {
	s := pictureScan{m: m, text: text, offset: offset, open: map[int]bool{}}
	lineStart := true
	for i := 0; i < len(text); {
		next := i + 1
		switch c := text[i]; {
		case c == '\\':
			next = i + 2
		case c == '`':
			next = s.code(i)
		case c == '<' && strings.HasPrefix(text[i:], "<!--"):
			next = s.comment(i)
		case c == '<' && len(text)-i > 5 && strings.EqualFold(text[i:i+4], "<img") && strings.IndexByte(" \t\r\n/", text[i+4]) >= 0:
			next = s.tag(i)
		case c == '!' && strings.HasPrefix(text[i:], "!["):
			next = s.image(i)
		case c == '[' && lineStart:
			next = s.definition(i)
		}
		for ; i < min(next, len(text)); i++ {
			lineStart = text[i] == '\n' || lineStart && text[i] == ' '
		}
	}
}

// code returns where the code that begins at i ends, or where its opening marks do when nothing closes it.
func (s *pictureScan) code(i int) int {
	marks := 1
	for i+marks < len(s.text) && s.text[i+marks] == '`' {
		marks++
	}
	inside := i + marks
	if s.open[marks] {
		return inside
	}
	for at := inside; at < len(s.text); {
		next := strings.IndexByte(s.text[at:], '`')
		if next < 0 {
			break
		}
		run := at + next
		end := run
		for end < len(s.text) && s.text[end] == '`' {
			end++
		}
		if end-run == marks {
			return end
		}
		at = end
	}
	s.open[marks] = true
	return inside
}

func (s *pictureScan) comment(i int) int {
	if end := strings.Index(s.text[i:], "-->"); end >= 0 {
		return i + end + len("-->")
	}
	return len(s.text)
}

// tag reads an HTML tag, and returns where the text goes on.
func (s *pictureScan) tag(i int) int {
	text := s.text[i:min(len(s.text), i+maxPictureTag)]
	end := strings.IndexByte(text, '>')
	if end < 0 {
		return i + 1
	}
	for at := 4; at < end; {
		name := at
		for at < end && strings.IndexByte(" \t\r\n/=", text[at]) < 0 {
			at++
		}
		attribute := text[name:at]
		rest := strings.TrimLeft(text[at:end], " \t\r\n")
		if !strings.HasPrefix(rest, "=") {
			at = max(at, name) + 1
			continue
		}
		value := strings.TrimLeft(rest[1:], " \t\r\n")
		from := end - len(value)
		length := strings.IndexAny(value, " \t\r\n")
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			from++
			length = strings.IndexByte(value[1:], value[0])
		}
		if length < 0 {
			length = end - from
		}
		if strings.EqualFold(attribute, "src") && length > 0 {
			s.add(text[from:from+length], i+from)
			return i + end
		}
		at = from + length + 1
	}
	return i + end
}

// image reads what begins with ![ at i, and returns where the text goes on.
func (s *pictureScan) image(i int) int {
	begin := i + len("![")
	text := s.text[begin:min(len(s.text), begin+maxPictureTitle)]
	closed := strings.IndexByte(text, ']')
	if linked := strings.Index(text, "]("); linked >= 0 && !strings.Contains(text[:linked], "![") {
		closed = linked
	}
	if closed < 0 {
		return begin
	}
	after := begin + closed + 1
	switch {
	case strings.HasPrefix(s.text[after:], "("):
		s.inline(after + 1)
	case strings.HasPrefix(s.text[after:], "["):
		label, _, ok := strings.Cut(s.text[after+1:min(len(s.text), after+1+maxPictureTitle)], "]")
		if label == "" {
			label = text[:closed]
		}
		if ok {
			s.m.references = append(s.m.references, pictureReference{label, s.offset + i, s.offset + after, false})
		}
	default:
		s.m.references = append(s.m.references, pictureReference{text[:closed], s.offset + i, s.offset + after, true})
	}
	return after
}

// inline reads the target of an image, up to a title in quotes or the closing bracket.
func (s *pictureScan) inline(from int) {
	text := s.text[from:min(len(s.text), from+maxPictureTag)]
	blanks := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	from, text = from+blanks, text[blanks:]
	if strings.HasPrefix(text, "<") {
		if end := strings.IndexAny(text, ">\n"); end > 0 && text[end] == '>' {
			s.add(text[:end+1], from)
		}
		return
	}
	end := strings.IndexByte(text, ')')
	if end < 0 {
		return
	}
	if title := strings.IndexAny(text[:end], "\"'\n"); title >= 0 {
		end = title
	}
	s.add(strings.TrimRight(text[:end], " \t\r\n"), from)
}

// definition reads [label]: target at the beginning of a line, and returns where the text goes on.
func (s *pictureScan) definition(i int) int {
	label, rest, ok := strings.Cut(s.text[i+1:min(len(s.text), i+maxPictureTag)], "]:")
	if !ok || label == "" || len(label) > maxPictureTitle || strings.ContainsAny(label, "[]\n") {
		return i + 1
	}
	target := strings.TrimLeft(rest, " \t")
	from := i + 1 + len(label) + len("]:") + len(rest) - len(target)
	length := strings.IndexAny(target, " \t\r\n")
	if strings.HasPrefix(target, "<") {
		length = strings.IndexByte(target, '>') + 1
	}
	if length < 0 {
		length = len(target)
	}
	key := fold(label)
	if _, taken := s.m.named[key]; !taken && length > 0 {
		if s.m.named == nil {
			s.m.named = map[string]picture{}
		}
		s.m.named[key] = picture{target[:length], s.offset + from, s.offset + from + length}
	}
	return from + max(0, length)
}

func (s *pictureScan) add(target string, at int) {
	if target != "" {
		s.m.pictures = append(s.m.pictures, picture{target, s.offset + at, s.offset + at + len(target)})
	}
}

// resolve adds the images whose target stands elsewhere. One whose label
// nothing has keeps it as its target, with an open bracket before it.
func (m *markdown) resolve() {
	told := map[string]bool{}
	for _, r := range m.references {
		key := fold(r.label)
		named, ok := m.named[key]
		switch {
		case told[key]:
		case ok:
			m.pictures = append(m.pictures, named)
		case !r.short:
			m.pictures = append(m.pictures, picture{"[" + r.label, r.start, r.end})
		}
		told[key] = told[key] || ok || !r.short
	}
}
