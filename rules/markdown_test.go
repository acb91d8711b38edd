package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

func markdownOf(text string) *markdown {
	return readMarkdown(connector.NewText("readme.md", []byte(text)))
}

func TestReadMarkdown(t *testing.T) {
	m := markdownOf("Before.\n\n# `Fabrikam` **Boards**\nKeeps tasks.\n\nPrerequisites\n-------------\n\n* A plan\n\n### Key\nOne.\n\n**Known issues:**\n\n    # no\n\n```\n# \n![](.)\n```\n" +
		"![Board](images/board.png \"Board\") and ![Key](<key.png>)\n\n## [Help](https://fabrikam.com/help)\n")
	var got []string
	for _, h := range m.headings {
		got = append(got, fmt.Sprintf("%d %s %d/%d", h.level, h.title, h.own, h.letters))
	}
	assert.Equal(t, []string{"1 Fabrikam Boards 10/56", "2 Prerequisites 5/46", "3 Key 3/41", "7 Known issues: 38/38", "2 Help 0/0"}, got)
	assert.Equal(t, 6, m.lead)
	require.Len(t, m.pictures, 2)
	assert.Equal(t, "images/board.png", m.pictures[0].target)
	assert.Equal(t, "<key.png>", m.pictures[1].target)
	assert.Contains(t, m.folded, "fabrikamboardskeepstasks")
}

func TestPictures(t *testing.T) {
	for text, want := range map[string]string{
		"![Key](images/key.png)":                  "images/key.png",
		"![Key]( images/key.png )":                "images/key.png",
		"![Key](images/a key.png \"Key\")":        "images/a key.png",
		"![Key](<images/a key.png>)":              "<images/a key.png>",
		"[![Key](key.png)](https://a.b/)":         "key.png",
		"![Key][pic]\n\n[Pic]: key.png 'x'":       "key.png",
		"![Key][]\n\n[key]: <key.png>":            "<key.png>",
		"![Key]\n\n[key]: key.png":                "key.png",
		"![Key][nowhere]":                         "[nowhere",
		"![Key] is text":                          "",
		"[key]: key.png":                          "",
		"<img src='key.png'>":                     "key.png",
		"<IMG Alt=\"a > b\" SRC=key.png>":         "",
		"Press <IMG alt = x SRC=key.png/>.":       "key.png/",
		"<img\n  alt=\"Key\"\n  src=\"key.png\">": "key.png",
		"<image src=\"key.png\">":                 "",
		"<img data-src=\"key.png\">":              "",
		"<!-- ![Key](key.png) -->":                "",
		"Write `![Key](key.png)` for it.":         "",
		"Write `` ` `` and ![Key](key.png).":      "key.png",
		"A single ` and ![Key](key.png).":         "key.png",
		"\\![Key](key.png)":                       "",
		"    ![Key](key.png)":                     "",
	} {
		var got []string
		for _, p := range markdownOf(text + "\n").pictures {
			got = append(got, p.target)
		}
		assert.Equal(t, want, strings.Join(got, " "), text)
	}
}

func TestSectionIsFoundByWords(t *testing.T) {
	m := markdownOf("# Boards\n## Pre-Requisites\n## How to get credentials?\n## KNOWN ISSUES & LIMITATIONS\n")
	assert.Equal(t, "Pre-Requisites", m.section("requisite").title)
	assert.Equal(t, "KNOWN ISSUES & LIMITATIONS", m.section("limit", "issue").title)
	assert.Nil(t, m.section("operation"))
}

func TestMarkdownThatIsNestedTooDeepIsNotRead(t *testing.T) {
	assert.Empty(t, markdownOf(strings.Repeat(">", 100_000)+" # a").headings)
	assert.Empty(t, markdownOf(strings.Repeat("1. ", 100_000)+" # a").headings)
	assert.Len(t, markdownOf("# a\n"+strings.Repeat("-", 100)+"\n").headings, 1)
}

func FuzzReadMarkdown(f *testing.F) {
	for _, seed := range []string{"# a\n\nb", "a\n=", "> # a\n> b", "![a](b", "**a**\n\n", "\t# a", "- - - a", "[a]: b\n# c", "\xff# a", "```\n![a](b)\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		m := markdownOf(content)
		source := len(m.doc.Source())
		for _, h := range m.headings {
			require.LessOrEqual(t, h.start, h.end)
			require.LessOrEqual(t, h.end, source)
			require.LessOrEqual(t, h.own, h.letters)
		}
		for _, p := range m.pictures {
			require.LessOrEqual(t, p.end, source)
		}
	})
}

// The cost of reading grows with the file, whatever stands in it.
func BenchmarkReadMarkdown(b *testing.B) {
	for _, unit := range []string{"# Title\n\nOne line of text.\n", "[a](", "![", "> ", "1. ", "*a ", "|a", "\t", "[a]: b\n", "![a]", "`", "``` ", "<img ", "<!--", "![a][b"} {
		for _, n := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%q/%d", unit, n), func(b *testing.B) {
				content := strings.Repeat(unit, n/len(unit))
				b.SetBytes(int64(len(content)))
				for b.Loop() {
					markdownOf(content)
				}
			})
		}
	}
}
