package reports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// spoiltRun breaks many rules in one file and few in others.
func spoiltRun() *finding.Run {
	c := boards()
	add := func(file string, severity finding.Severity, rules, places int) {
		for i := range rules * places {
			c.Findings = append(c.Findings, finding.Finding{Rule: fmt.Sprintf("%sRule%02d", severity, i%rules), Severity: severity, File: file,
				Line: i + 1, Column: 5, Message: fmt.Sprintf("Something is wrong with number %d, and this says at some length what it is.", i), Hint: "Mend it."})
		}
	}
	add("apiDefinition.swagger.json", finding.Error, 50, 3)
	add("apiDefinition.swagger.json", finding.Warning, 20, 2)
	add("apiProperties.json", finding.Error, 2, 1)
	add("readme.md", finding.Warning, 4, 1)
	add("script.csx", finding.Info, 1, 1)
	return concluded(newRun("check", c), finding.Error)
}

func TestTerminalFoldsALongPage(t *testing.T) {
	run := spoiltRun()
	page := render(t, "terminal", Options{}, run)
	assert.Less(t, strings.Count(page, "\n"), 160)
	whole := regexp.MustCompile(`(?m)^  \d+:5  ✖ error  errorRule\d\d\n    Something`).FindAllString(page, -1)
	assert.Len(t, whole, 10*3+2, "all places, being few, of the first twelve rules")
	assert.Len(t, regexp.MustCompile(`(?m)^  \d+:5  .*Rule\d\d( \(3 places\))?  Something.*…$`).FindAllString(page, -1), briefGroups+2, "and one of each other file")
	// Each file has its say, and what is not shown is counted.
	for _, file := range []string{"apiProperties.json", "readme.md", "script.csx"} {
		_, part, found := strings.Cut(page, "fabrikam-boards/"+file+"\n")
		require.True(t, found, file)
		assert.Regexp(t, `^  \d+:5  .*Rule\d\d`, part)
	}
	assert.Contains(t, page, "  … and 30 more rules: 30 errors, 40 warnings\n")
	assert.Contains(t, page, "--verbose lists every finding; --format html=FILE makes a page to search and filter them")
	assert.Contains(t, page, "  … and 3 more rules: 3 warnings\n")

	full := render(t, "terminal", Options{Verbose: true}, run)
	assert.Len(t, regexp.MustCompile(`(?m)^  \d+:5  `).FindAllString(full, -1), len(run.Connectors[0].Findings))
	assert.NotContains(t, full, "more rule")
}

func TestTerminalCountsWhatItDoesNotShow(t *testing.T) {
	run := spoiltRun()
	page := render(t, "terminal", Options{Width: 120}, run)
	page, _, _ = strings.Cut(page, "To be ready")
	told := len(regexp.MustCompile(`(?m)^  \d+:5  .*Rule\d\d$`).FindAllString(page, -1))
	told += len(regexp.MustCompile(`(?m)^  \d+:5  .*Rule\d\d  Something`).FindAllString(page, -1))
	for _, count := range regexp.MustCompile(`\((\d+) places\)  Something|: (\d+) errors?|[:,] (\d+) warnings?|[:,] (\d+) infos?|and (\d+) more \w+ \(`).FindAllStringSubmatch(page, -1) {
		n, err := strconv.Atoi(strings.Join(count[1:], ""))
		require.NoError(t, err)
		told += n
	}
	assert.Equal(t, len(run.Connectors[0].Findings), told)
}

func TestTerminalFoldsALongLiveRun(t *testing.T) {
	c := boards()
	for i := range 300 {
		op := passed(fmt.Sprintf("Operation%d", i), "GET", fmt.Sprintf("/things/%d", i), 3, 4)
		op.Verdict = []finding.Verdict{finding.Failed, finding.Skipped, finding.Passed}[i%3]
		op.Reason = fmt.Sprintf("reason %c%c", 'a'+i%26, 'a'+i/26)
		if op.Verdict == finding.Failed {
			op.Checks = []finding.Check{{Check: "BodyMatchesSchema", Verdict: finding.Failed, Message: "field " + op.Reason + " is a string", Curl: "curl https://x"}}
		}
		c.Operations = append(c.Operations, op)
	}
	run := concluded(newRun("test", c), finding.Error)
	page := render(t, "terminal", Options{Width: 100}, run)
	assert.Less(t, strings.Count(page, "\n"), 250)
	assert.Contains(t, page, "… and 160 more operations that failed, warned or were skipped (--verbose lists them)")
	assert.Contains(t, page, "… and 100 operations that passed")
	assert.Contains(t, page, "… and 58 more causes")
	assert.Contains(t, page, "… and 88 more reasons")
	full := render(t, "terminal", Options{Width: 100, Verbose: true}, run)
	assert.Equal(t, 300, strings.Count(full, "GET /things/"))
	assert.NotContains(t, full, "more operations")
}

func TestTerminalFoldsManyKindsOfChanges(t *testing.T) {
	c := boards()
	for i := range 90 {
		c.Changes = append(c.Changes, finding.Change{Change: fmt.Sprintf("Kind%02d", i%30), Severity: finding.Error, ValuePath: fmt.Sprintf("operation/Op%d", i), Message: "It is gone."})
	}
	run := concluded(newRun("diff", c), finding.Error)
	page, _, _ := strings.Cut(render(t, "terminal", Options{}, run), "To be ready")
	assert.Equal(t, fewGroups*3, strings.Count(page, "It is gone."))
	assert.Contains(t, page, "… and 10 more kinds")
	page, _, _ = strings.Cut(render(t, "terminal", Options{Verbose: true}, run), "To be ready")
	assert.Equal(t, 90, strings.Count(page, "It is gone."))
}

func TestTerminalFitsEveryWidth(t *testing.T) {
	runs := sampleRuns()
	runs["spoilt"], runs["large"] = spoiltRun(), largeRun(60, 600)
	for name, run := range runs {
		if name == "hostile" {
			continue // its commands to copy are long
		}
		for _, width := range []int{40, 60, 80, 120, 200} {
			for line := range strings.Lines(render(t, "terminal", Options{Width: width}, run)) {
				line = strings.TrimRight(line, "\n")
				// What is to be copied is not broken.
				if text.StringWidth(line) > width && !regexp.MustCompile(`^ *(curl|-H|→ operations:|WhenCardCreated:|→ allow|at /)`).MatchString(line) {
					assert.Failf(t, "too wide", "%s at %d: %q", name, width, line)
				}
			}
		}
	}
}
