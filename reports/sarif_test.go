package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// sarifFile is a log as a reader sees it.
type sarifFile struct {
	Runs []struct {
		Tool        sarifTool
		Invocations []sarifInvocation
		ColumnKind  string
		Results     []sarifResult
	}
}

func sarifOf(t *testing.T, run *finding.Run) sarifFile {
	t.Helper()
	var log sarifFile
	require.NoError(t, json.Unmarshal([]byte(render(t, "sarif", Options{}, run)), &log))
	require.Len(t, log.Runs, 1)
	return log
}

func TestSARIFResultsPointToTheirRules(t *testing.T) {
	for name, run := range sampleRuns() {
		t.Run(name, func(t *testing.T) {
			var log sarifFile
			require.NoError(t, json.Unmarshal([]byte(render(t, "sarif", Options{}, run)), &log))
			require.Len(t, log.Runs, 1)
			assert.Equal(t, run.Verdict != finding.Incomplete, log.Runs[0].Invocations[0].Successful)
			seen := map[string]bool{}
			for _, r := range log.Runs[0].Results {
				assert.Equal(t, r.RuleID, log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID)
				assert.Contains(t, []string{"error", "warning", "note"}, r.Level)
				assert.NotEmpty(t, r.Message.Text)
				require.Len(t, r.Locations, 1)
				assert.NotEmpty(t, r.Locations[0].Physical.Artifact.URI)
				assert.NotRegexp(t, `[ <>"|]`, r.Locations[0].Physical.Artifact.URI)
				assert.NotContains(t, r.Message.Text, "](", "no link")
				assert.False(t, seen[r.Fingerprints["precert/v1"]], "a fingerprint tells findings apart")
				seen[r.Fingerprints["precert/v1"]] = true
			}
		})
	}
}

func TestSARIFKeepsSuppressionsWithTheirReason(t *testing.T) {
	var log sarifFile
	require.NoError(t, json.Unmarshal([]byte(render(t, "sarif", Options{}, goodRun())), &log))
	var reasons []string
	for _, result := range log.Runs[0].Results {
		for _, s := range result.Suppressions {
			reasons = append(reasons, s.Justification)
		}
	}
	assert.ElementsMatch(t, []string{"approved by the certification team, ticket 4711",
		"the list is public by intent, ticket 4712", "the list is public by intent, ticket 4712"}, reasons, "findings and checks")
}

// TestSARIFBeyondTheLimits: code scanning refuses more than 25,000 results and
// 10 MB packed, and shows the first 5,000.
func TestSARIFBeyondTheLimits(t *testing.T) {
	run := largeRun(10, 30_000)
	for i := range 500 { // the weightiest, which somebody decided about
		run.Connectors[0].Findings[i].Severity = finding.Error
		run.Connectors[0].Findings[i].Suppressed = true
	}
	text := render(t, "sarif", Options{}, run)
	var log sarifFile
	require.NoError(t, json.Unmarshal([]byte(text), &log))
	got := log.Runs[0]
	require.Len(t, got.Results, 25_000)
	require.Len(t, got.Invocations[0].Notifications, 1)
	assert.Equal(t, "5,001 results are left out, suppressed ones and those of least severity first: code scanning takes 25,000", got.Invocations[0].Notifications[0].Message.Text)
	weight := map[string]int{"error": 3, "warning": 2, "note": 1}
	for i, r := range got.Results {
		assert.Empty(t, r.Suppressions)
		if i > 0 {
			require.GreaterOrEqual(t, weight[got.Results[i-1].Level], weight[r.Level], "the weightiest come first")
		}
	}
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	_, err := pack.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, pack.Close())
	assert.Less(t, packed.Len(), 10_000_000)

	few := largeRun(10, 100)
	few.Connectors[0].Findings[7].Suppressed = true
	short := sarifOf(t, few)
	assert.Len(t, short.Runs[0].Results, 101)
	assert.Empty(t, short.Runs[0].Invocations[0].Notifications)
}

func TestSARIFCutsWhatCodeScanningWouldNotTake(t *testing.T) {
	run := badRun()
	long := strings.Repeat("é", 5000)
	run.Docs = []finding.Doc{{Name: "Long", Section: "S", Summary: long, Why: long, Fix: long}}
	run.Connectors[0].Findings = []finding.Finding{{Rule: "Long", Severity: finding.Error, File: "f", Message: long}}
	got := sarifOf(t, run).Runs[0]
	rule := got.Tool.Driver.Rules[0]
	assert.Equal(t, strings.Repeat("é", 1023)+"…", rule.Short.Text)
	assert.Equal(t, strings.Repeat("é", 1023)+"…", rule.Full.Text)
	assert.Contains(t, rule.Help.Text, long, "the help has no limit")
	assert.Len(t, []rune(got.Results[0].Message.Text), maxMessage)
	for _, doc := range sampleDocs() {
		assert.Less(t, len(doc.Why), maxDescription)
	}
}

// fingerprintsOf maps what a result says to its fingerprints.
func fingerprintsOf(t *testing.T, run *finding.Run) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, r := range sarifOf(t, run).Runs[0].Results {
		out[r.Message.Text] = r.Fingerprints
	}
	return out
}

func TestSARIFFingerprintsOutliveEdits(t *testing.T) {
	findings := func() []finding.Finding {
		var list []finding.Finding
		for i, pointer := range []string{"/info", "/paths/~1cards/get", "/paths/~1cards/get", "/paths/~1cards/post"} {
			list = append(list, finding.Finding{Rule: "R", Severity: finding.Error, File: "f", Pointer: pointer, Line: 10 + i/2, Column: 3, Message: fmt.Sprint("finding ", i)})
		}
		return list
	}
	of := func(path string, edit func([]finding.Finding)) map[string]map[string]string {
		list := findings()
		edit(list)
		return fingerprintsOf(t, concluded(newRun("check", &finding.Connector{Path: path, Title: "Boards", Findings: list}), finding.Error))
	}
	before := of("connectors/boards", func([]finding.Finding) {})
	require.Len(t, before, 4)
	assert.Len(t, before["finding 0"], 1, "GitHub's action makes the other name")
	assert.Equal(t, before["finding 1"]["precert/v1"], before["finding 1"]["primaryLocationLineHash"], "the second on a line tells itself apart")

	moved := func(list []finding.Finding) {
		for i := range list {
			list[i].Line += 10
		}
	}
	assert.Equal(t, before, of("connectors/boards", moved), "lines above")
	assert.Equal(t, before, of("/home/build/work/connectors/boards", moved), "another machine")
	assert.Equal(t, before, of(`C:\build\connectors\boards`, moved), "another system")
	reordered := of("connectors/boards", func(list []finding.Finding) {
		for i := range list {
			list[i].Line, list[i].Column = 90-10*i, 5
		}
	})
	for message, prints := range before {
		assert.Equal(t, prints["precert/v1"], reordered[message]["precert/v1"], "members in another order: %s", message)
	}
	renamed := of("connectors/cards", func([]finding.Finding) {})
	for message, prints := range before {
		assert.NotEqual(t, prints["precert/v1"], renamed[message]["precert/v1"], "another folder is another connector")
	}
	gone := of("connectors/boards", func(list []finding.Finding) { list[0].Rule = "S" })
	for _, message := range []string{"finding 1", "finding 2", "finding 3"} {
		assert.Equal(t, before[message]["precert/v1"], gone[message]["precert/v1"], "one that is mended changes no other")
	}
}

func TestSARIFTellsConnectorsOfOneNameApart(t *testing.T) {
	var list []*finding.Connector
	for _, path := range []string{"certified/boards", "independent/boards", "other"} {
		list = append(list, &finding.Connector{Path: path, Findings: []finding.Finding{{Rule: "R", Severity: finding.Error, File: "f", Message: path}}})
	}
	all := fingerprintsOf(t, concluded(newRun("check", list...), finding.Error))
	without := fingerprintsOf(t, concluded(newRun("check", list[1:]...), finding.Error))
	assert.Len(t, all, 3)
	for message, prints := range all {
		assert.True(t, strings.HasSuffix(prints["precert/v1"], ":1"), message)
	}
	assert.Equal(t, all["other"], without["other"])
}

func TestSARIFFileReferences(t *testing.T) {
	for name, want := range map[string]sarifArtifact{
		"connectors/boards/apiDefinition.swagger.json": {"connectors/boards/apiDefinition.swagger.json", "%SRCROOT%"},
		`connectors\boards\a b#c.json`:                 {"connectors/boards/a%20b%23c.json", "%SRCROOT%"},
		"a:b/f.json":                                   {"./a:b/f.json", "%SRCROOT%"},
		"../boards/f.json":                             {"../boards/f.json", ""},
		"/work/boards/f.json":                          {"file:///work/boards/f.json", ""},
		`C:\work\boards\f.json`:                        {"file:///C:/work/boards/f.json", ""},
		`\\server\share\f.json`:                        {"file://server/share/f.json", ""},
	} {
		assert.Equal(t, want, fileReference(name), name)
	}
}
