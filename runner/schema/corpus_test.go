package schema_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

const corpus = "../../../shared/corpus"

// eachConnector loads every connector of the corpus in turn; it skips where there is none.
func eachConnector(t *testing.T, visit func(*connector.Package)) {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil || testing.Short() {
		t.Skip("the corpus of public connectors is not here, or the run is short")
	}
	sources, err := connector.Discover(t.Context(), corpus)
	require.NoError(t, err)
	for _, src := range sources {
		p, err := connector.Load(t.Context(), src)
		require.NoError(t, err, src.Path)
		visit(p)
	}
}

// Of all schemas that public connectors use, hardly any may be unusable, and
// each of those for a reason that names its place.
func TestCorpusSchemasCompile(t *testing.T) {
	total, unusable := 0, 0
	eachConnector(t, func(p *connector.Package) {
		v := schema.New(p.Definition)
		for s := range p.Definition.Typed {
			if s.Depth > 0 {
				continue
			}
			total++
			if err := v.Check(s.Node); err != nil {
				unusable++
				var fault *schema.UnusableError
				assert.ErrorAs(t, err, &fault)
				t.Logf("%s: %v", p.Path, err)
			}
		}
	})
	t.Logf("%d schemas, %d unusable", total, unusable)
	assert.Less(t, float64(unusable), 0.005*float64(total))
}
