package runner

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

func TestCausesJoinWhatHasOneReason(t *testing.T) {
	failed := func(name, pointer, message string) finding.Check {
		return finding.Check{Check: name, Verdict: finding.Failed, Pointer: pointer, Message: message}
	}
	got := causes([]finding.Operation{
		{OperationID: "ListNotes", Checks: []finding.Check{failed(checkBody, "/0/size", "expected a number, got the string \"3\""), failed(checkEnough, "", "0 of 10 calls succeeded")}},
		{OperationID: "GetNote", Checks: []finding.Check{failed(checkBody, "/size", "expected a number, got the string \"17\""), {Check: checkStatus, Verdict: finding.Passed}}},
		{OperationID: "GetTag", Checks: []finding.Check{failed(checkBody, "/colour", "expected a number, got the string \"red\""), {Check: checkTime, Verdict: finding.Warned, Message: "an answer took 2.5 s"}}},
		{OperationID: "GetUser", Checks: []finding.Check{failed(checkEnough, "", "7 of 10 calls succeeded"), {Check: checkTime, Verdict: finding.Warned, Message: "an answer took 3.1 s"}}},
	})
	var seen []string
	for _, c := range got {
		seen = append(seen, c.Check)
	}
	assert.Equal(t, []string{checkBody, checkBody, checkEnough, checkTime}, seen, "failures first, the widest before the others")
	assert.Equal(t, []string{"ListNotes", "GetNote"}, got[0].Operations)
	assert.Equal(t, []string{"GetTag"}, got[1].Operations)
	assert.Equal(t, []string{"GetUser"}, got[2].Operations, "too few successes are no cause where a failed check explains them")
	assert.Equal(t, []string{"GetTag", "GetUser"}, got[3].Operations)
}

func TestLatencyByNearestRank(t *testing.T) {
	assert.Equal(t, finding.Latency{P50: 5, P95: 10, Max: 10}, latency([]float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}))
	assert.Equal(t, finding.Latency{P50: 4, P95: 4, Max: 4}, latency([]float64{4}))
	assert.Equal(t, finding.Latency{}, latency(nil))
}

func TestCatalogueExplainsEveryCheck(t *testing.T) {
	seen := map[string]bool{}
	for _, doc := range Catalogue() {
		assert.False(t, seen[doc.Name], doc.Name)
		seen[doc.Name] = true
		assert.NotEmpty(t, doc.Summary, doc.Name)
		assert.NotEmpty(t, doc.Why, doc.Name)
		assert.NotEmpty(t, doc.Fix, doc.Name)
	}
	assert.Len(t, seen, 21)
}
