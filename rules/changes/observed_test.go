package changes

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// reference is where real connectors and verdicts stand; tests that need them skip without.
const reference = "../../../shared"

func need(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(reference, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s, which is not here", path)
	}
	return path
}

func load(t testing.TB, path string) *connector.Package {
	t.Helper()
	sources, err := connector.Discover(t.Context(), path)
	require.NoError(t, err)
	require.Len(t, sources, 1)
	pkg, err := connector.Load(t.Context(), sources[0])
	require.NoError(t, err)
	return pkg
}

// Every remark that the change validator made on a real pair is reported at its place.
func TestObservedVerdicts(t *testing.T) {
	content, err := os.ReadFile(need(t, "verdicts/cases.jsonl"))
	require.NoError(t, err)
	type verdict struct {
		PR        int    `json:"pr"`
		Kind      string `json:"rule_guess"`
		ValuePath string `json:"value_path"`
		Old       string `json:"file_old"`
		New       string `json:"file_new"`
	}
	reported := map[string][]finding.Change{}
	for line := range strings.Lines(string(content)) {
		var v verdict
		require.NoError(t, json.Unmarshal([]byte(line), &v))
		if v.Old == "" {
			continue
		}
		changes, done := reported[v.Old]
		if !done {
			changes = Compare(load(t, need(t, "verdicts/files/"+v.Old)), load(t, need(t, "verdicts/files/"+v.New)))
			reported[v.Old] = changes
		}
		// A comment on a pull request cuts long paths.
		want, _, cut := strings.Cut(v.ValuePath, "…")
		found := false
		for _, ch := range changes {
			found = found || ch.Change == v.Kind && (ch.ValuePath == want || cut && strings.HasPrefix(ch.ValuePath, want))
		}
		require.True(t, found, "pull request %d: %s at %s", v.PR, v.Kind, v.ValuePath)
	}
	require.NotEmpty(t, reported)
}
