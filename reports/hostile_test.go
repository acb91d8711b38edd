package reports

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	markup "github.com/yuin/goldmark/renderer/html"

	"github.com/precert/precert/finding"
)

// payloads are texts that do something somewhere: in a browser, in XML, on a
// terminal, in the log of a build server, in a spreadsheet, in Markdown.
func payloads() []string {
	return []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `</textarea></script><!-- -->`, `]]><evil/>`, `&#x1b;&lt;`, `<!-- `, `?><!DOCTYPE x [<!ENTITY y "z">]>`,
		"\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil.example\x1b\\link", "\u009b2J", "\x1bc", "a\rb", "bell\a\b\x00\x7f",
		"\u202egnp.exe", "\u2066x\u2069", "\u200f\u061c", "\ufffe\uffff", "\xed\xa0\x80\xff", "line\u2028sep\u2029\u0085end",
		"##vso[task.setvariable variable=x]y", "##[error]fake", "##[group]x", "##teamcity[buildStatus status='SUCCESS']", "::error::fake", "::set-output name=a::b", "::add-mask::x", "%0A::error::fake%0D", "x\n::error::fake\n##[error]fake", "\u00a0::error::fake",
		`=cmd|'/C calc'!A0`, "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1", "＝1+1",
		`[x](javascript:alert(1))`, `![x](http://evil.example/x.png)`, "`tick``two```three", "a|b||c", "@octocat", "#123", "GH-7", "# heading", "> quote", "- item", "--", "* * *", "<details>", "**bold**", `\`, "$x$", "[^1]: note", "```\ncode", "~~x~~",
		"${jndi:x}", "%n%s%d", "{0}", strings.Repeat("long ", 400),
	}
}

// place is one field of a report, wherever it occurs.
type place struct {
	name   string
	values []reflect.Value
}

// placesOf finds every text of a run. Places are named by their fields.
func placesOf(run *finding.Run) []*place {
	var list []*place
	var walk func(v reflect.Value, name string)
	walk = func(v reflect.Value, name string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), name)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i), name+"."+v.Type().Field(i).Name)
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), name)
			}
		case reflect.String:
			if v.Type() == reflect.TypeFor[finding.Verdict]() {
				return // a report with another is not read
			}
			i := slices.IndexFunc(list, func(p *place) bool { return p.name == name })
			if i < 0 {
				i, list = len(list), append(list, &place{name: name})
			}
			list[i].values = append(list[i].values, v)
		default:
		}
	}
	walk(reflect.ValueOf(run), "")
	return list
}

// everywhere is a run that has something at every place of a report.
func everywhere() *finding.Run {
	run := comparedRun()
	c := run.Connectors[0]
	c.Changes, c.Leftovers, c.Incomplete, c.PublisherReason = diffRun().Connectors[0].Changes, []string{"card c77"}, "the API went away", "the brand colour"
	c.Findings = append(c.Findings, goodRun().Connectors[0].Findings...)
	c.Findings[0].Operations, c.Findings[0].Checker = []string{"ListCards", "GetCard", "CreateCard"}, []string{"connector-validate-x"}
	c.Operations[0].Types = &finding.Types{Total: 9, Properties: []finding.TypeDifference{{Pointer: "/0/points", Declared: "integer", Actual: "string"}}}
	c.Files[0].Role = "definition"
	run.Policies[0].Needs = finding.NeedsLive
	c.Exchanges[0].Error = "connection reset"
	run.Docs[0].Checker = []string{"connector-validate-x"}
	run.Docs[0].Source = "https://learn.microsoft.com/connectors/custom-connectors/"
	run.Shard = &finding.Shard{Index: 1, Count: 2, Connectors: []string{"connectors/fabrikam-boards"}}
	return concluded(run, finding.Error)
}

func TestTheHostileTableReachesEveryPlace(t *testing.T) {
	var whole finding.Run
	filled(reflect.ValueOf(&whole).Elem())
	var want, got []string
	for _, p := range placesOf(&whole) {
		want = append(want, p.name)
	}
	for _, p := range placesOf(everywhere()) {
		got = append(got, p.name)
	}
	assert.ElementsMatch(t, want, got, "a new field of the report needs a value in everywhere()")
}

func TestNoTextActsInAnyFormat(t *testing.T) {
	list, j := payloads(), newJudge()
	// Each at every place at once.
	for _, payload := range list {
		run := everywhere()
		for _, p := range placesOf(run) {
			for _, v := range p.values {
				v.SetString(payload)
			}
		}
		j.allHarmless(t, run, payload)
	}
	// All at one place, a different one first.
	first := 0
	for i := range placesOf(everywhere()) {
		run := everywhere()
		p := placesOf(run)[i]
		first = (first + 7) % len(list)
		text := strings.Join(append(slices.Clone(list[first:]), list[:first]...), " \n")
		for _, v := range p.values {
			v.SetString(text)
		}
		j.allHarmless(t, run, p.name)
	}
}

func (j judge) allHarmless(t *testing.T, run *finding.Run, what string) {
	t.Helper()
	several := *run
	several.Connectors = append(slices.Clone(run.Connectors), run.Connectors...)
	for _, format := range Formats() {
		for _, opts := range []Options{{}, {Verbose: true, Width: 40}, {Quiet: true}} {
			if format.Name != "terminal" && opts != (Options{}) {
				continue
			}
			for _, r := range []*finding.Run{run, &several} {
				if r == &several && format.Name != "terminal" && format.Name != "markdown" {
					continue // the others write one connector like the next
				}
				text := render(t, format.Name, opts, r)
				if fault := j.harm(format.Name, text, r); fault != "" {
					assert.Fail(t, format.Name+" with "+strings.ToValidUTF8(what, "?")+": "+fault)
				}
			}
		}
	}
}

// judge knows what does harm in which format. It holds compiled expressions.
type judge struct{ azure, github, element, reference *regexp.Regexp }

func newJudge() judge {
	return judge{
		azure:  regexp.MustCompile(`^##vso\[task\.logissue type=(error|warning);`),
		github: regexp.MustCompile(`^::(error|warning|notice) [^:]*::`),
		element: regexp.MustCompile(`^</?(h2|h3|p|strong|code|table|thead|tbody|tr|th|td|details|summary|b|sub|br|ul|ol|li|blockquote)` +
			`( style="text-align:(left|right)"| start="1")?( /)?>$`),
		reference: regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|(?i)\bgh-[0-9]`),
	}
}

// harm says what a text of a format would do, "" when nothing.
func (j judge) harm(format, text string, run *finding.Run) string {
	if !utf8.ValidString(text) {
		return "is no UTF-8"
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' || isReordering(r) || isNonCharacter(r) {
			return "holds " + strings.Trim(string(marshal(string(r))), `"`)
		}
	}
	for line := range strings.Lines(text) {
		if format == "html" {
			break // a page is no log
		}
		if fault := j.logHarm(format, strings.TrimRight(line, "\n")); fault != "" {
			return fault + ": " + line
		}
	}
	switch format {
	case "json":
		return jsonHarm(text, run)
	case "sarif":
		var log any
		if err := json.Unmarshal([]byte(text), &log); err != nil {
			return err.Error()
		}
	case "junit":
		return j.xmlHarm(text)
	case "csv":
		return csvHarm(text)
	case "markdown":
		return j.markdownHarm(text)
	case "html":
		if count := strings.Count(strings.ToLower(text), "<script"); count != 1 {
			return "holds another script"
		}
	}
	return ""
}

func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// logHarm says what a build server would make of a line of its log. Azure
// Pipelines and the older commands of GitHub Actions are looked for anywhere.
func (j judge) logHarm(format, line string) string {
	own := line
	switch format {
	case "azure":
		own = j.azure.ReplaceAllString(line, "")
	case "github":
		own = j.github.ReplaceAllString(line, "")
	}
	lower := strings.ToLower(own)
	switch {
	case strings.Contains(lower, "##["), strings.Contains(lower, "##vso["), strings.Contains(lower, "##teamcity["):
		return "a logging command"
	case strings.HasPrefix(strings.TrimSpace(own), "::"):
		return "a workflow command"
	}
	return ""
}

func jsonHarm(text string, run *finding.Run) string {
	var got, want any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(marshal(withLists(run)), &want); err != nil {
		return err.Error()
	}
	if !reflect.DeepEqual(got, want) {
		return "a value is another than in the run"
	}
	return ""
}

func (j judge) xmlHarm(text string) string {
	decoder := xml.NewDecoder(strings.NewReader(text))
	known := []string{"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out"}
	for {
		token, err := decoder.Token()
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(known, token.Name.Local) {
				return "an element " + token.Name.Local
			}
			for _, attr := range token.Attr {
				for line := range strings.Lines(attr.Value) {
					if fault := j.logHarm("junit", line); fault != "" {
						return fault + " in an attribute"
					}
				}
			}
		case xml.Comment, xml.Directive:
			return "a comment or a directive"
		}
		switch {
		case errors.Is(err, io.EOF):
			return ""
		case err != nil:
			return err.Error()
		}
	}
}

func csvHarm(text string) string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return err.Error()
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				return "a formula " + cell
			}
		}
	}
	return ""
}

// markdownHarm reads a page as GitHub does: which elements come of it, and
// whether its text mentions or refers to anything.
func (j judge) markdownHarm(text string) string {
	var page strings.Builder
	engine := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote), goldmark.WithRendererOptions(markup.WithUnsafe()))
	if err := engine.Convert([]byte(text), &page); err != nil {
		return err.Error()
	}
	depth, rest := 0, page.String()
	for {
		before, after, found := strings.Cut(rest, "<")
		if depth == 0 {
			shown := html.UnescapeString(before)
			if m := j.reference.FindString(shown); m != "" {
				return "a mention or reference " + m
			}
		}
		if !found {
			return ""
		}
		tag, behind, closed := strings.Cut(after, ">")
		if tag = "<" + tag + ">"; !closed || !j.element.MatchString(tag) {
			return "an element " + tag
		}
		switch tag {
		case "<code>":
			depth++
		case "</code>":
			depth--
		}
		rest = behind
	}
}

func FuzzNoTextActs(f *testing.F) {
	for _, payload := range payloads() {
		f.Add(payload)
	}
	j := newJudge()
	f.Fuzz(func(t *testing.T, text string) {
		run := everywhere()
		for _, p := range placesOf(run) {
			for _, v := range p.values {
				v.SetString(text)
			}
		}
		j.allHarmless(t, run, text)
	})
}
