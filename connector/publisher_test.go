package connector_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

func TestGuessPublisher(t *testing.T) {
	tests := []struct{ path, title, properties, kind, reason string }{
		{"repo/independent-publisher-connectors/Boards", "Boards", `{"iconBrandColor": "#1f6f5c"}`, connector.Independent, "it lies in the folder independent-publisher-connectors"},
		{"repo/certified-connectors/Boards", "Boards", `{"iconBrandColor": "#da3b01"}`, connector.Verified, "it lies in the folder certified-connectors"},
		{"boards", "Boards (Independent Publisher)", `{"iconBrandColor": "#1f6f5c"}`, connector.Independent, "its title ends with (Independent Publisher)"},
		{"boards", "Boards", `{"iconBrandColor": "#DA3B01"}`, connector.Independent, "its iconBrandColor is #da3b01, the colour of independent publishers"},
		{"boards", "Boards", `{"iconBrandColor": "#1f6f5c", "publisher": "Ada", "stackOwner": "Fabrikam"}`, connector.Verified, `its iconBrandColor "#1f6f5c" is not #da3b01, the colour of independent publishers`},
		{"boards", "Boards", `{"publisher": "Ada Lindqvist", "stackOwner": "Fabrikam"}`, connector.Independent, `it has no brand colour, and its publisher "Ada Lindqvist" is not the stackOwner "Fabrikam"`},
		{"boards", "Boards", `{"publisher": "fabrikam ", "stackOwner": "Fabrikam"}`, connector.Verified, "nothing in it points to an independent publisher"},
		{"boards", "Boards", `7`, connector.Verified, "nothing in it points to an independent publisher"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			p, err := connector.Load(t.Context(), connector.Source{Path: tt.path, Dir: ".", Definition: "apiDefinition.swagger.json", FS: fstest.MapFS{
				"apiDefinition.swagger.json": {Data: fmt.Appendf(nil, `{"swagger": "2.0", "info": {"title": %q}}`, tt.title)},
				"apiProperties.json":         {Data: fmt.Appendf(nil, `{"properties": %s}`, tt.properties)},
			}})
			require.NoError(t, err)
			kind, reason := p.GuessPublisher()
			assert.Equal(t, tt.kind, kind)
			assert.Equal(t, tt.reason, reason)
			assert.Equal(t, tt.kind, p.Publisher())
		})
	}
}

// Without the folder, the guess must still be right nearly always.
func TestGuessPublisherOnTheCorpus(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	sources, err := connector.Discover(t.Context(), corpus)
	require.NoError(t, err)
	wrong, all := 0, 0
	for _, src := range sources {
		want := connector.Verified
		switch {
		case strings.Contains(src.Path, "independent-publisher-connectors"):
			want = connector.Independent
		case !strings.Contains(src.Path, "certified-connectors"):
			continue
		}
		src.Path = "somewhere"
		p, err := connector.Load(t.Context(), src)
		require.NoError(t, err)
		all++
		if kind, reason := p.GuessPublisher(); kind != want {
			wrong++
			t.Logf("%s: taken for %s, for %s", p.Title(), kind, reason)
		}
	}
	assert.LessOrEqual(t, wrong*100, all, "%d of %d", wrong, all)
}

func TestNodeAtFindsTheInnermostValue(t *testing.T) {
	text := `{"a": {"b": [1, {"c": "x"}], "d": true}, "e": "y"}`
	doc := connector.ReadDocument("a.json", []byte(text))
	for part, want := range map[string]string{`"x"`: "/a/b/1/c", `"c"`: "/a/b/1/c", "1,": "/a/b/0", "true": "/a/d", `"y"`: "/e", `{"a"`: ""} {
		n := doc.NodeAt(strings.Index(text, part))
		require.NotNil(t, n, part)
		assert.Equal(t, want, n.Pointer(), part)
		start, end := n.Span()
		assert.LessOrEqual(t, start, end)
	}
	assert.Nil(t, connector.ReadDocument("a.json", nil).NodeAt(3))
	assert.Empty(t, doc.NodeAt(-1).Pointer())
}
