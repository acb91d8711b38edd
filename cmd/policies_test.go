package cmd

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// runHere runs a command line in this process and returns what it wrote.
func runHere(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = Main(t.Context(), args, Streams{Out: &out, Err: &errs, Env: none})
	return code, out.String(), errs.String()
}

func TestPolicyNumbersAreInOrderAndUnique(t *testing.T) {
	table := policyTable()
	for i, p := range table {
		assert.NotEmpty(t, p.Title, p.Number)
		if i > 0 {
			assert.Positive(t, compareNumbers(p.Number, table[i-1].Number), p.Number)
		}
	}
	for number, names := range furtherPolicies() {
		for _, name := range names {
			require.NotNil(t, rules.Find(name), "%s of %s", name, number)
		}
	}
}

// TestEveryFindingIsOnTheChecklist guards the list of rules that look at more
// policies than their own.
func TestEveryFindingIsOnTheChecklist(t *testing.T) {
	code, out, stderr := runHere(t, "demo", "--broken", "--format", "json", "--calls", "1")
	require.Equal(t, ExitNotReady, code, stderr)
	var run finding.Run
	require.NoError(t, json.Unmarshal([]byte(out), &run))
	packages := map[string]bool{}
	looking := map[string][]string{}
	for _, p := range run.Policies {
		looking[p.Number], packages[p.Number] = p.Rules, p.Package
	}
	require.NotEmpty(t, run.Connectors[0].Findings)
	for _, f := range run.Connectors[0].Findings {
		if f.Policy != "" && !packages[f.Policy] {
			assert.Contains(t, looking[f.Policy], f.Rule, "policy %s", f.Policy)
		}
	}
}

func TestPolicyNumbersOrderByFigures(t *testing.T) {
	assert.Negative(t, compareNumbers("5000.1.1.9", "5000.1.1.10"))
	assert.Negative(t, compareNumbers("5000.1.1", "5000.1.1.1"))
	assert.Zero(t, compareNumbers("5000.1", "5000.1"))
}
