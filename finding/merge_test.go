package finding_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func at(minute int) time.Time { return time.Date(2026, 1, 31, 10, minute, 0, 0, time.UTC) }

func operation(name string, verdict finding.Verdict, exchange int) finding.Operation {
	return finding.Operation{OperationID: name, Method: "GET", Path: "/" + name, Verdict: verdict,
		Checks: []finding.Check{{Check: "BodyMatchesSchema", Verdict: verdict, Message: "points is a string", Exchange: exchange}}}
}

// wholeRun is a run over n connectors with three operations each, of which the last fails.
func wholeRun(n int) *finding.Run {
	run := &finding.Run{Schema: finding.Schema, Command: "certify", StartedAt: at(0), DurationMs: 1000, FailOn: finding.Error}
	for i := range n {
		c := &finding.Connector{Path: fmt.Sprintf("c%d", i), Title: "C", Files: []finding.File{{Name: "f", SHA256: "1"}}}
		c.Findings = []finding.Finding{{Rule: "A", Severity: finding.Warning, File: "f", Pointer: "/a"}, {Rule: "B", Severity: finding.Error, File: "f", Pointer: "/b"}}
		for k, verdict := range []finding.Verdict{finding.Passed, finding.Failed, finding.Failed} {
			c.Operations = append(c.Operations, operation(fmt.Sprintf("Op%d", k), verdict, k+1))
			c.Exchanges = append(c.Exchanges, finding.Exchange{Number: k + 1, OperationID: fmt.Sprintf("Op%d", k)})
		}
		c.Causes = []finding.Cause{{Check: "BodyMatchesSchema", Verdict: finding.Failed, Message: "points is a string", Operations: []string{"Op1", "Op2"}, Exchange: 2}}
		run.Connectors = append(run.Connectors, c)
	}
	run.Conclude(finding.Error)
	return run
}

// split makes the shards of a whole run the way the command line deals them out.
func split(whole *finding.Run, count int) []*finding.Run {
	var out []*finding.Run
	for index := 1; index <= count; index++ {
		shard := &finding.Shard{Index: index, Count: count}
		for _, c := range whole.Connectors {
			shard.Connectors = append(shard.Connectors, c.Path)
		}
		run := &finding.Run{Schema: whole.Schema, Command: whole.Command, StartedAt: at(index), DurationMs: 1000, FailOn: whole.FailOn, Shard: shard}
		for position, c := range whole.Connectors {
			if part := portion(c, shard.Owners(position), index); part != nil {
				run.Connectors = append(run.Connectors, part)
			}
		}
		run.Conclude(run.FailOn)
		out = append(out, run)
	}
	return out
}

func portion(c *finding.Connector, owners []int, index int) *finding.Connector {
	for member, owner := range owners {
		if owner != index {
			continue
		}
		part := &finding.Connector{Path: c.Path, Title: c.Title, Files: c.Files}
		if member == 0 {
			part.Findings = c.Findings
		}
		for k, op := range c.Operations {
			if k%len(owners) != member {
				continue
			}
			number := len(part.Exchanges) + 1
			op.Checks = []finding.Check{op.Checks[0]}
			op.Checks[0].Exchange = number
			part.Operations = append(part.Operations, op)
			part.Exchanges = append(part.Exchanges, finding.Exchange{Number: number, OperationID: op.OperationID})
			switch {
			case op.Verdict == finding.Failed && len(part.Causes) > 0:
				part.Causes[0].Operations = append(part.Causes[0].Operations, op.OperationID)
			case op.Verdict == finding.Failed:
				part.Causes = append(part.Causes, finding.Cause{Check: "BodyMatchesSchema", Verdict: finding.Failed, Message: "points is a string", Operations: []string{op.OperationID}, Exchange: number})
			}
		}
		return part
	}
	return nil
}

func TestOwnersShareEvenly(t *testing.T) {
	for _, c := range []struct{ connectors, shards int }{{500, 8}, {3, 3}, {3, 8}, {1, 8}, {8, 3}} {
		owned, load := map[int]int{}, map[int]int{}
		for position := range c.connectors {
			owners := finding.Owners(position, c.connectors, c.shards)
			require.NotEmpty(t, owners)
			owned[position] = len(owners)
			for _, owner := range owners {
				load[owner]++
			}
		}
		assert.Len(t, load, c.shards, "every shard has something to do")
		least, most := 1<<30, 0
		for _, n := range load {
			least, most = min(least, n), max(most, n)
		}
		assert.LessOrEqual(t, most-least, 1, "%d connectors over %d shards", c.connectors, c.shards)
	}
}

func TestMergedShardsEqualTheWholeRun(t *testing.T) {
	for _, connectors := range []int{1, 2, 5} {
		for _, shards := range []int{1, 2, 3, 8} {
			whole := wholeRun(connectors)
			merged, err := finding.Merge(split(whole, shards))
			require.NoError(t, err)
			merged.StartedAt, merged.DurationMs = whole.StartedAt, whole.DurationMs
			for _, c := range append(merged.Connectors, whole.Connectors...) {
				c.Exchanges = nil // their numbers follow the shards
				for i := range c.Causes {
					c.Causes[i].Exchange = 0
				}
				for i := range c.Operations {
					c.Operations[i].Checks[0].Exchange = 0
				}
			}
			want, err := json.MarshalIndent(whole, "", " ")
			require.NoError(t, err)
			got, err := json.MarshalIndent(merged, "", " ")
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got), "%d connectors, %d shards", connectors, shards)
		}
	}
}

func TestMergedChecksPointToTheirExchanges(t *testing.T) {
	merged, err := finding.Merge(split(wholeRun(1), 3))
	require.NoError(t, err)
	c := merged.Connectors[0]
	require.Len(t, c.Exchanges, 3)
	for _, op := range c.Operations {
		assert.Equal(t, op.OperationID, c.Exchanges[op.Checks[0].Exchange-1].OperationID)
	}
}

func TestMergeSaysWhichShardIsMissing(t *testing.T) {
	shards := split(wholeRun(2), 3)
	merged, err := finding.Merge([]*finding.Run{shards[2], shards[1]})
	require.NoError(t, err)
	assert.Equal(t, finding.Incomplete, merged.Verdict)
	assert.Equal(t, "the report of shard 1 of 3 is missing", merged.Connectors[0].Incomplete)
	assert.Empty(t, merged.Connectors[1].Incomplete)
}

func TestMergeRefusesWhatDoesNotBelongTogether(t *testing.T) {
	shards, others := split(wholeRun(2), 3), split(wholeRun(1), 3)
	changed := wholeRun(1)
	changed.Connectors[0].Files[0].SHA256 = "2"
	impossible := wholeRun(1)
	impossible.Shard = &finding.Shard{Index: 4, Count: 3}
	for want, runs := range map[string][]*finding.Run{
		"nothing to merge":          nil,
		"shard 2 of 3 is given":     {shards[1], shards[1]},
		"are not of one run":        {shards[0], others[1]},
		"different versions of f":   {wholeRun(1), changed},
		"it is shard 4 of 3":        {impossible},
		"c0: the reports are about": {changed, wholeRun(1)},
	} {
		_, err := finding.Merge(runs)
		require.ErrorContains(t, err, want)
	}
}

func TestLaterOutcomeOfAnOperationCounts(t *testing.T) {
	full, again := wholeRun(1), wholeRun(1)
	again.StartedAt = at(30)
	again.Connectors[0].Findings = nil
	again.Connectors[0].Operations = []finding.Operation{operation("Op1", finding.Passed, 1), operation("Op2", finding.Skipped, 0)}
	again.Connectors[0].Causes = nil
	merged, err := finding.Merge([]*finding.Run{again, full})
	require.NoError(t, err)
	var verdicts []finding.Verdict
	for _, op := range merged.Connectors[0].Operations {
		verdicts = append(verdicts, op.Verdict)
	}
	assert.Equal(t, []finding.Verdict{finding.Passed, finding.Passed, finding.Failed}, verdicts, "what was skipped replaces nothing")
	assert.Equal(t, []string{"Op2"}, merged.Connectors[0].Causes[0].Operations)
	assert.Equal(t, int64(30*60*1000+1000), merged.DurationMs)
}
