package reports

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestHTMLNeedsNothingOutsideItself(t *testing.T) {
	loads := regexp.MustCompile(`(?i)<link|<img|<iframe|<object|<embed|<base|@import|url\(|\ssrc=|\sstyle=|\son[a-z]+=|<script[^>]`)
	for name, run := range sampleRuns() {
		t.Run(name, func(t *testing.T) {
			page := render(t, "html", Options{}, run)
			assert.Equal(t, 1, strings.Count(page, "<script"), "only the page's own script")
			assert.Equal(t, 1, strings.Count(page, "<style"))
			assert.Empty(t, loads.FindAllString(strings.ReplaceAll(page, "&lt;", ""), -1))
			for _, href := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
				assert.Regexp(t, `^(#|https://)`, href[1])
			}
			for _, href := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
				assert.Contains(t, page, ` id="`+href[1]+`"`, "a link inside the page leads somewhere")
			}
		})
	}
}

func TestHTMLIdentifiersAreUnique(t *testing.T) {
	for name, run := range sampleRuns() {
		seen := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(render(t, "html", Options{}, run), -1) {
			assert.False(t, seen[id[1]], "%s: %s", name, id[1])
			seen[id[1]] = true
		}
	}
}

func TestHTMLPolicyAllowsItsOwnStyleAndScriptOnly(t *testing.T) {
	page := render(t, "html", Options{}, badRun())
	for _, block := range []struct{ open, close, directive string }{{"<style>", "</style>", "style-src"}, {"<script>", "</script>", "script-src"}} {
		_, rest, found := strings.Cut(page, block.open)
		require.True(t, found)
		body, _, found := strings.Cut(rest, block.close)
		require.True(t, found)
		policy := block.directive + " '" + sourceHash(body) + "'"
		escaped := strings.NewReplacer("'", "&#39;", "+", "&#43;").Replace(policy)
		assert.Contains(t, page, escaped)
	}
}

func TestHTMLShowsWhatStandsInTheWay(t *testing.T) {
	page := render(t, "html", Options{}, badRun())
	order := []string{"<h1>Fabrikam Boards", "ConnectionParametersMissing", "OperationIdRequired", "SchemaTypeMissing", "BodyMatchesSchema"}
	for _, want := range order {
		_, rest, found := strings.Cut(page, want)
		require.True(t, found, "%q in order", want)
		page = rest
	}
	page = render(t, "html", Options{}, goodRun())
	assert.Contains(t, page, "Nothing that precert can see.")
	assert.Contains(t, page, "ticket 4711", "the reason of a suppression is shown")
}

func TestHTMLOfALargeRunStaysSmall(t *testing.T) {
	run := largeRun(1000, 5000)
	page := render(t, "html", Options{}, run)
	assert.Less(t, len(page), 10_000_000)
	assert.Equal(t, 5000, strings.Count(page, `<pre class="source"`), "every finding is shown")
	assert.Contains(t, page, "Operation999")
}

func TestCommandLinesAreBrokenBetweenTheirOptionsOnly(t *testing.T) {
	cases := map[string]string{
		`curl -X GET https://api.fabrikam.com/cards`:                                            `curl -X GET https://api.fabrikam.com/cards`,
		`curl -X POST https://api.fabrikam.com/cards -H 'Accept: a' --data-raw '{"x":" -H y"}'`: "curl -X POST https://api.fabrikam.com/cards \\\n  -H 'Accept: a' \\\n  --data-raw '{\"x\":\" -H y\"}'",
		`curl --data-raw 'it'\''s -H here' -H 'A: b'`:                                           "curl \\\n  --data-raw 'it'\\''s -H here' \\\n  -H 'A: b'",
	}
	for command, want := range cases {
		assert.Equal(t, want, curlLines(command))
	}
}

// largeRun has bodies that are far larger than a page may show.
func largeRun(operations, findings int) *finding.Run {
	c := boards()
	body := `{"items":[` + strings.Repeat(`{"id":"c1","title":"Write the report","points":5},`, 400) + `{}]}`
	for i := range findings {
		rule := i % 60
		c.Findings = append(c.Findings, finding.Finding{Rule: fmt.Sprintf("Rule%02d", rule), Severity: finding.Severity(1 + rule%3),
			File: "apiDefinition.swagger.json", Pointer: fmt.Sprintf("/paths/~1things~1%d/get/parameters/3/schema", i), Line: i + 1, Column: 9,
			OperationID: fmt.Sprintf("Operation%d", i%operations), Message: fmt.Sprintf("The parameter %d says nothing about its type.", i),
			Hint: "Give it a type.", Excerpt: &finding.Excerpt{Text: fmt.Sprintf(`          "name": "parameter%d", "in": "query", "description": "What it is for"`, i), Caret: 10, Length: 6}})
	}
	for i := range operations {
		op := passed(fmt.Sprintf("Operation%d", i), "GET", fmt.Sprintf("/things/%d/{id}", i), 3.4, 3.0, 2.9, 3.1, 3.0, 3.3, 2.8, 3.1, 3.6, 7.9)
		if i%10 == 0 {
			op.Verdict, op.Reason = finding.Failed, "points is a string"
			op.Checks[3] = finding.Check{Check: "BodyMatchesSchema", Verdict: finding.Failed, Message: "points is a string", Exchange: i + 1}
		}
		c.Operations = append(c.Operations, op)
		c.Exchanges = append(c.Exchanges, finding.Exchange{Number: i + 1, OperationID: op.OperationID, DurationMs: 3,
			Request:  finding.Request{Method: "GET", URL: "https://sandbox.fabrikam.com/v1" + op.Path},
			Response: &finding.Response{Status: 200, Body: body}, Curl: "curl https://sandbox.fabrikam.com/v1" + op.Path})
	}
	run := newRun("certify", c)
	run.Docs = sampleDocs()
	return concluded(run, finding.Error)
}

func BenchmarkHTML(b *testing.B) {
	run := largeRun(1000, 5000)
	size := len(render(b, "html", Options{}, run))
	b.ReportAllocs()
	for b.Loop() {
		if err := (htmlReporter{}).Write(io.Discard, run); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size), "bytes/page")
}
