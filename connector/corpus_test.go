package connector_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

const corpus = "../../shared/corpus"

func TestCorpusIsReadWhole(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	sources, err := connector.Discover(t.Context(), corpus)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(sources), 587)
	for _, src := range sources {
		p, err := connector.Load(t.Context(), src)
		require.NoError(t, err, src.Path)
		assert.NotEmpty(t, p.Definition.Operations, "%s: %v", src.Path, p.Definition.Problems)
		assert.NotNil(t, p.Properties.Root, src.Path)
		for _, problem := range p.AllProblems() {
			t.Logf("%s: %s:%d:%d %s %s", src.Path, problem.File, problem.Line, problem.Column, problem.Rule, problem.Message)
		}
	}
}
