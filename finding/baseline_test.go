package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func connectorWith(findings []finding.Finding, ops ...finding.Operation) *finding.Run {
	run := &finding.Run{Connectors: []*finding.Connector{{Path: "boards", Findings: findings, Operations: ops}}}
	run.Conclude(finding.Error)
	return run
}

func violation(rule, pointer, message string) finding.Finding {
	return finding.Finding{Rule: rule, Severity: finding.Error, File: "f", Pointer: pointer, OperationID: "ListCards", Message: message}
}

func TestFindingsAreKnownAgain(t *testing.T) {
	old := violation("R", "/paths/~1cards/get/parameters/2/type", "has 93 characters")
	for name, c := range map[string]struct {
		now   finding.Finding
		known bool
	}{
		"the same":               {old, true},
		"another line":           {finding.Finding{Rule: "R", Severity: finding.Error, File: "f", Pointer: old.Pointer, Message: old.Message, Line: 90}, true},
		"another figure":         {violation("R", old.Pointer, "has 95 characters"), true},
		"another index":          {violation("R", "/paths/~1cards/get/parameters/3/type", old.Message), true},
		"elsewhere in operation": {violation("R", "/paths/~1cards/get/x", old.Message), true},
		"another rule":           {violation("S", old.Pointer, old.Message), false},
		"another place and text": {violation("R", "/info", "has 12 characters"), false},
	} {
		run := connectorWith([]finding.Finding{c.now})
		run.Compare(connectorWith([]finding.Finding{old}), "old.json", nil)
		run.Conclude(finding.Error)
		assert.Equal(t, c.known, run.Connectors[0].Findings[0].Known, name)
		assert.Equal(t, c.known, run.Verdict == finding.Ready, name)
		if c.known {
			assert.Equal(t, finding.Baseline{File: "old.json", Unchanged: 1}, *run.Baseline, name)
		} else {
			assert.Equal(t, finding.Baseline{File: "old.json", New: 1, Mended: 1}, *run.Baseline, name)
		}
	}
}

func TestEachOldFindingExcusesOne(t *testing.T) {
	one := violation("R", "/a", "m")
	run := connectorWith([]finding.Finding{one, violation("R", "/b", "m")})
	run.Compare(connectorWith([]finding.Finding{one}), "old.json", nil)
	run.Conclude(finding.Error)
	assert.Equal(t, finding.NotReady, run.Verdict)
	assert.Equal(t, 1, run.Baseline.New)
	assert.True(t, run.Connectors[0].Findings[0].Known)
}

func TestSuppressionThatEndedIsNew(t *testing.T) {
	old := violation("R", "/a", "m")
	old.Suppressed = true
	run := connectorWith([]finding.Finding{violation("R", "/a", "m")})
	run.Compare(connectorWith([]finding.Finding{old}), "old.json", nil)
	run.Conclude(finding.Error)
	assert.Equal(t, finding.NotReady, run.Verdict)

	run = connectorWith([]finding.Finding{old})
	run.Compare(connectorWith([]finding.Finding{violation("R", "/a", "m")}), "old.json", nil)
	run.Conclude(finding.Error)
	assert.Equal(t, finding.Ready, run.Verdict)
	assert.Equal(t, finding.Baseline{File: "old.json"}, *run.Baseline, "what is suppressed now is neither known nor mended")
}

func TestWhatWasNotLookedForIsNotMended(t *testing.T) {
	run := connectorWith(nil)
	base := connectorWith([]finding.Finding{violation("R", "/a", "m"), violation("S", "/a", "m")})
	run.Compare(base, "", func(_ *finding.Connector, f finding.Finding) bool { return f.Rule == "S" })
	require.Len(t, run.Connectors[0].Mended, 1)
	assert.Equal(t, "S", run.Connectors[0].Mended[0].Name)
}

func TestFailingOperationsAreKnownByCheckAndPlace(t *testing.T) {
	failing := func(pointer, message string) finding.Operation {
		return finding.Operation{OperationID: "ListCards", Method: "GET", Path: "/cards", Verdict: finding.Failed,
			Checks: []finding.Check{{Check: "BodyMatchesSchema", Verdict: finding.Failed, Pointer: pointer, Message: message}}}
	}
	old := failing("/0/points", "points is a string")
	for name, c := range map[string]struct {
		before, now finding.Operation
		known       bool
	}{
		"another item":        {old, failing("/7/points", "points is a text"), true},
		"another field":       {old, failing("/0/labels", "points is a string"), false},
		"another figure":      {failing("", "12 of 20 calls, trace 4f2a"), failing("", "13 of 20 calls, trace 99c1"), true},
		"another fault":       {failing("", "no header Location"), failing("", "no header ETag"), false},
		"did not fail before": {finding.Operation{OperationID: "ListCards", Method: "GET", Path: "/cards", Verdict: finding.Passed}, old, false},
	} {
		run := connectorWith(nil, c.now)
		run.Compare(connectorWith(nil, c.before), "", nil)
		run.Conclude(finding.Error)
		assert.Equal(t, c.known, run.Connectors[0].Operations[0].Known, name)
		assert.Equal(t, c.known, run.Verdict == finding.Ready, name)
	}
	mended := connectorWith(nil, finding.Operation{OperationID: "ListCards", Method: "GET", Path: "/cards", Verdict: finding.Passed})
	mended.Compare(connectorWith(nil, old), "", nil)
	assert.Len(t, mended.Connectors[0].Mended, 1)
	skipped := connectorWith(nil, finding.Operation{OperationID: "ListCards", Method: "GET", Path: "/cards", Verdict: finding.Skipped})
	skipped.Compare(connectorWith(nil, old), "", nil)
	assert.Empty(t, skipped.Connectors[0].Mended, "what was not exercised is not mended")
}

func TestConnectorsAreFoundOnAnotherMachine(t *testing.T) {
	at := func(paths ...string) *finding.Run {
		run := &finding.Run{}
		for _, path := range paths {
			run.Connectors = append(run.Connectors, &finding.Connector{Path: path, Findings: []finding.Finding{violation("R", "/a", "m")}})
		}
		return run
	}
	for name, c := range map[string]struct {
		base, run []string
		known     int
	}{
		"the same":              {[]string{"certified/boards", "custom/boards"}, []string{"certified/boards", "custom/boards"}, 2},
		"another folder":        {[]string{"/home/ci/work/certified/boards", "/home/ci/work/certified/cards"}, []string{"certified/boards", "certified/cards"}, 2},
		"another system":        {[]string{`C:\work\certified\boards`, `C:\work\custom\boards`}, []string{"certified/boards", "custom/boards"}, 2},
		"a new one of the name": {[]string{"certified/boards", "certified/cards"}, []string{"certified/boards", "custom/boards"}, 1},
		"two copies of one":     {[]string{"/a/boards", "/a/cards"}, []string{"c/boards", "d/boards"}, 0},
		"no telling which":      {[]string{"/a/boards", "/b/boards"}, []string{"c/boards", "c/cards"}, 0},
	} {
		run := at(c.run...)
		run.Compare(at(c.base...), "old.json", nil)
		run.Conclude(finding.Error)
		assert.Equal(t, c.known, run.Baseline.Unchanged, name)
	}
}

func TestOneConnectorIsFoundUnderAnotherPath(t *testing.T) {
	base := connectorWith([]finding.Finding{violation("R", "/a", "m")})
	base.Connectors[0].Path = "/home/ci/boards"
	run := connectorWith([]finding.Finding{violation("R", "/a", "m")})
	run.Compare(base, "", nil)
	assert.True(t, run.Connectors[0].Findings[0].Known)
}

func TestShardsKeepConnectorsOfOneNameApart(t *testing.T) {
	base := &finding.Run{Connectors: []*finding.Connector{{Path: "a/boards", Findings: []finding.Finding{violation("R", "/a", "m")}}, {Path: "a/cards"}}}
	run := &finding.Run{Connectors: []*finding.Connector{{Path: "b/boards", Findings: []finding.Finding{violation("R", "/a", "m")}}},
		Shard: &finding.Shard{Index: 2, Count: 2, Connectors: []string{"a/boards", "b/boards"}}}
	run.Compare(base, "old.json", nil)
	run.Conclude(finding.Error)
	assert.Equal(t, 1, run.Baseline.New, "a/boards is in another shard")
}
