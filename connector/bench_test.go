package connector_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures"
)

// BenchmarkRead is the first stage: from bytes to the positioned tree.
func BenchmarkRead(b *testing.B) {
	content, err := fs.ReadFile(fixtures.Good(), "apiDefinition.swagger.json")
	require.NoError(b, err)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		connector.ReadDocument("apiDefinition.swagger.json", content)
	}
}

// BenchmarkModel is the second stage: from the tree to operations and schemas.
func BenchmarkModel(b *testing.B) {
	content, err := fs.ReadFile(fixtures.Good(), "apiDefinition.swagger.json")
	require.NoError(b, err)
	doc := connector.ReadDocument("apiDefinition.swagger.json", content)
	for b.Loop() {
		d := connector.NewDefinition(doc)
		for s := range d.Typed {
			_ = s
		}
	}
}

// BenchmarkCorpus reads 587 public connectors, when they are there.
func BenchmarkCorpus(b *testing.B) {
	if _, err := os.Stat(corpus); err != nil {
		b.Skip("the corpus of public connectors is not here")
	}
	for b.Loop() {
		sources, err := connector.Discover(b.Context(), corpus)
		require.NoError(b, err)
		for _, src := range sources {
			_, err := connector.Load(b.Context(), src)
			require.NoError(b, err)
		}
	}
}
