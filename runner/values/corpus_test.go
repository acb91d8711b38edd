package values_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
	"github.com/precert/precert/runner/values"
)

const corpus = "../../../shared/corpus"

// For every input of every public connector a value is made that satisfies its
// schema, twice the same, in the first calls.
func TestCorpusInputsAreMade(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil || testing.Short() {
		t.Skip("the corpus of public connectors is not here, or the run is short")
	}
	sources, err := connector.Discover(t.Context(), corpus)
	require.NoError(t, err)
	total, failed := 0, 0
	for _, src := range sources {
		p, err := connector.Load(t.Context(), src)
		require.NoError(t, err, src.Path)
		validator := schema.New(p.Definition)
		g, again := values.New(p.Definition, 7), values.New(p.Definition, 7)
		for _, op := range p.Definition.Operations {
			for _, param := range op.Parameters {
				if param.Schema() == nil {
					continue
				}
				for attempt := range 3 {
					r := values.Request{Node: param.Schema(), Name: param.Name, In: param.In, Attempt: attempt}
					total++
					made, err := g.Generate(r)
					if err != nil {
						failed++
						if attempt == 0 {
							t.Logf("%s %s: %v", src.Path, op.ID, err)
						}
						continue
					}
					found, err := validator.ValidateRequest(param.Schema(), made.Data)
					require.NoError(t, err)
					for _, v := range found {
						assert.True(t, v.Lenient, "%s %s %s: %s", src.Path, op.ID, v.Pointer, v.Message)
					}
					same, err := again.Generate(r)
					require.NoError(t, err)
					require.Equal(t, text(t, made.Data), text(t, same.Data))
				}
			}
		}
	}
	t.Logf("%d inputs, %d could not be made", total, failed)
	assert.Less(t, float64(failed), 0.005*float64(total))
}

func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	require.NoError(t, err)
	return string(out)
}
