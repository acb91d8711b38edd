package runner

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/helpdesk"
)

func TestMain(m *testing.M) {
	// The pattern library's clock runs on for a while after a match with a time limit.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// goodConnector loads the sample connector.
func goodConnector(t testing.TB) *connector.Package {
	t.Helper()
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "good", FS: os.DirFS("../fixtures/good"), Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	return pkg
}

// certifyDesk runs the sample connector against a help desk of its own.
func certifyDesk(t testing.TB, opts Options, how ...helpdesk.Option) *Result {
	t.Helper()
	base, stop, err := helpdesk.New(how...).Start()
	require.NoError(t, err)
	defer stop()
	opts.BaseURL = base
	if opts.Connection == nil {
		opts.Connection = map[string]string{"access_key": helpdesk.DemoKey}
	}
	if opts.Allow == nil {
		opts.Allow = []string{"POST", "PUT", "PATCH", "DELETE"}
	}
	if opts.wait == nil {
		opts.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	result, err := Run(t.Context(), goodConnector(t), opts)
	require.NoError(t, err)
	return result
}

// complaints lists the failed and warned checks as "operation check verdict: message".
func complaints(r *Result) []string {
	var out []string
	for _, op := range r.Operations {
		for _, c := range op.Checks {
			if c.Verdict == finding.Failed || c.Verdict == finding.Warned {
				out = append(out, fmt.Sprintf("%s %s %s: %s %s", op.OperationID, c.Check, c.Verdict, c.Pointer, c.Message))
			}
		}
	}
	return out
}

func TestSoundAPIPasses(t *testing.T) {
	result := certifyDesk(t, Options{Seed: 1})
	assert.Empty(t, complaints(result))
	assert.Empty(t, result.Incomplete)
	assert.Empty(t, result.Leftovers)
	for _, op := range result.Operations {
		t.Log(op.OperationID, op.Verdict, op.Successes, op.Calls, op.Reason, op.Mend)
		assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
		assert.Equal(t, DefaultCalls, op.Successes, op.OperationID)
	}
}

func TestFaultsAreFoundWhereTheyAre(t *testing.T) {
	kinds := 0
	for _, fault := range helpdesk.Faults() {
		kinds++
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			opts := Options{Seed: 1, Calls: 10}
			if fault.Name == "hanging" || fault.Name == "stalled-body" {
				opts.Timeout = 500 * time.Millisecond
			}
			opts.Triggers = map[string]TriggerOptions{}
			switch fault.Name {
			case "webhook-silent", "webhook-late":
				opts.Triggers["WhenTicketCreated"] = TriggerOptions{Wait: 100 * time.Millisecond}
			}
			delay := 20 * time.Millisecond
			if fault.Name == "webhook-late" {
				delay = 300 * time.Millisecond
			}
			if fault.Name == "slow" {
				delay, opts.Calls = slowAfter+50*time.Millisecond, 1
			}
			result := certifyDesk(t, opts, helpdesk.WithFault(fault.Name), helpdesk.WithDelay(delay))
			found := complaints(result)
			t.Log(strings.Join(found, "\n"))
			if fault.Check == "" {
				assert.False(t, slices.ContainsFunc(result.Operations, func(op finding.Operation) bool { return op.Verdict == finding.Failed }), found)
				return
			}
			want := fault.OperationID + " " + fault.Check + " "
			assert.True(t, slices.ContainsFunc(found, func(c string) bool { return strings.HasPrefix(c, want) }), "wanted %s(%s)", want, fault.Description)
			for _, c := range found {
				here := strings.HasPrefix(c, fault.OperationID+" ") || strings.HasPrefix(c, fault.At()+" ")
				// Who is asked for choices or a schema and fails is named where they are lacking.
				assert.True(t, here || strings.Contains(c, " "+fault.At()+", which is asked for "), "a false alarm: %s", c)
			}
		})
	}
	assert.GreaterOrEqual(t, kinds, 40)
}
