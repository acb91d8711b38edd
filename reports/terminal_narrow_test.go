package reports

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestTerminalKeepsItsSummaryInsideTheScreen(t *testing.T) {
	for _, width := range []int{60, 80, 120, 200} {
		text := render(t, "terminal", Options{Width: width}, largeRun(40, 400))
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		start := len(lines) - 1
		for start > 0 && lines[start] != "To be ready" {
			start--
		}
		assert.Equal(t, "To be ready", lines[start])
		screen := map[int]int{60: 45, 80: 23, 120: 23, 200: 23}
		assert.LessOrEqual(t, len(lines)-start, screen[width], "the first five things to do and the verdict fit a screen of %d columns", width)
		for _, line := range lines[start:] {
			assert.LessOrEqual(t, utf8.RuneCountInString(line), width, "%q", line)
		}
	}
	// What no person looks at keeps the verdict on one line, for grep.
	for _, opts := range []Options{{}, {Width: 40, Quiet: true}} {
		lines := strings.Split(strings.TrimRight(render(t, "terminal", opts, badRun()), "\n"), "\n")
		assert.Regexp(t, `^NOT READY — .* ms$|^NOT READY — .* s$`, lines[len(lines)-1])
	}
}
