package reports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestTerminalQuietIsTheVerdictLineOnly(t *testing.T) {
	cases := map[string]string{
		"good": "READY · 0 errors, 0 warnings, 1 info (1 suppressed) · 3 of 3 operations passed (2 checks accepted) · 1.3 s\n",
		"bad":  "NOT READY — 3 errors, 9 warnings, 3 infos, 1 live warning · 1 of 6 operations passed, 2 failed, 3 skipped · 1 min 5 s\n",
		"incomplete": "INCOMPLETE — the API did not answer: connection refused after 3 tries · 0 errors, 0 warnings · " +
			"1 of 2 operations passed, 1 skipped · 1.3 s\n",
		"many": "NOT READY — 54 of 60 connectors ready · 6 errors, 90 warnings · 1.3 s\n",
	}
	runs := sampleRuns()
	for name, want := range cases {
		assert.Equal(t, want, render(t, "terminal", Options{Quiet: true}, runs[name]))
	}
}

func TestTerminalEndsWithTheVerdict(t *testing.T) {
	for name, run := range sampleRuns() {
		out := render(t, "terminal", Options{}, run)
		assert.True(t, strings.HasSuffix(out, render(t, "terminal", Options{Quiet: true}, run)), name)
	}
}

func TestTerminalColourOnlyWhenAllowed(t *testing.T) {
	t.Setenv("FORCE_COLOR", "1")
	plain := render(t, "terminal", Options{}, badRun())
	assert.NotContains(t, plain, "\x1b")
	t.Setenv("NO_COLOR", "1") // the caller decides, not the environment
	coloured := render(t, "terminal", Options{Colour: true}, badRun())
	assert.Contains(t, coloured, "\x1b[31m✖ error\x1b[0m")
	assert.Equal(t, plain, text.StripEscape(coloured), "colour changes nothing but colour")
}

func TestTerminalCollapsesRepeatsUnlessVerbose(t *testing.T) {
	short := render(t, "terminal", Options{}, badRun())
	assert.Equal(t, 5, strings.Count(short, "▲ warning  OperationIdSanitized"))
	assert.Contains(t, short, "… and 4 more OperationIdSanitized")
	assert.Equal(t, 1, strings.Count(short, "→ Use letters and digits only."), "a hint that all share is said once")

	long := render(t, "terminal", Options{Verbose: true}, badRun())
	assert.Equal(t, 9, strings.Count(long, "▲ warning  OperationIdSanitized"))
	assert.NotContains(t, long, "more OperationIdSanitized")
	assert.Contains(t, render(t, "terminal", Options{Verbose: true}, goodRun()), "ticket 4711")
}

func TestTerminalKeepsProseWithinTheWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		for _, line := range strings.Split(render(t, "terminal", Options{Width: width}, goodRun()), "\n") {
			if !strings.HasPrefix(line, "READY") {
				assert.LessOrEqual(t, text.StringWidth(line), width, line)
			}
		}
	}
}

func TestTerminalManyConnectorsAreRows(t *testing.T) {
	out := render(t, "terminal", Options{}, manyRun())
	assert.Less(t, strings.Count(out, "\n"), 80)
	assert.Contains(t, out, "13 connectors ready without a warning")
	assert.Equal(t, 6, strings.Count(out, "✖  certified-connectors"))
	full := render(t, "terminal", Options{Verbose: true}, manyRun())
	assert.Equal(t, 6, strings.Count(full, "✖ error  OperationIdRequired  policy")+strings.Count(full, "✖ error  OperationIdRequired\n"))
}

func TestExcerptMarksTheFlaggedText(t *testing.T) {
	run := newRun("check", &finding.Connector{Path: "x", Findings: []finding.Finding{{Rule: "R", Severity: finding.Error, File: "f", Line: 7, Column: 11,
		Message: "m", Excerpt: &finding.Excerpt{Text: `    "标": ` + strings.Repeat("x", 300) + `!here!` + strings.Repeat("y", 300), Caret: 309, Length: 6}}}})
	lines := strings.Split(render(t, "terminal", Options{Width: 70}, concluded(run, finding.Error)), "\n")
	for i, line := range lines {
		if !strings.Contains(line, "!here!") {
			continue
		}
		assert.LessOrEqual(t, text.StringWidth(line), 70)
		before, _, _ := strings.Cut(line, "!here!")
		assert.Equal(t, text.StringWidth(before), strings.Index(lines[i+1], "^")-len("│")+1, "the mark stands below the text")
		assert.Equal(t, 6, strings.Count(lines[i+1], "^"))
		return
	}
	require.Fail(t, "the excerpt lost the flagged text", strings.Join(lines, "\n"))
}

func FuzzWindowKeepsTheMarkInside(f *testing.F) {
	f.Add(`    "get": {`, 6, 5, 20)
	f.Add("", 900, -4, 40)
	f.Fuzz(func(t *testing.T, source string, caret, length, limit int) {
		limit = min(max(limit, 20), 200)
		cut, from, size := window([]rune(source), caret, length, limit)
		assert.LessOrEqual(t, len(cut), limit)
		assert.True(t, from >= 0 && size >= 0 && from+size <= len(cut), "%d+%d in %d", from, size, len(cut))
	})
}

func FuzzCleanLineIsHarmless(f *testing.F) {
	f.Add("\x1b]0;title\x07 a\u009b31m\u202eb\x00\xff\n##vso[x]")
	f.Add("::error::x")
	clean := newCleaner()
	f.Fuzz(func(t *testing.T, s string) {
		line := clean.line(s)
		assert.True(t, utf8.ValidString(line))
		assert.Negative(t, strings.IndexFunc(line, unicode.IsControl))
		assert.Equal(t, line, clean.line(line), "cleaning twice changes nothing")
		logged := clean.logLine(line)
		assert.NotContains(t, strings.ToLower(logged), "##vso[")
		assert.NotContains(t, logged, "##[")
		assert.False(t, strings.HasPrefix(strings.TrimSpace(logged), "::"))
	})
}
