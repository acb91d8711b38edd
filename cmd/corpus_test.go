package cmd

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const corpus = "../../shared/corpus"

// TestMergedShardsEqualTheWholeRun checks the public connectors in shards and at once.
func TestMergedShardsEqualTheWholeRun(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	code, _, stderr := runHere(t, "check", corpus, "--format", "json", "--output", at("precert.json"))
	require.Equal(t, ExitNotReady, code, stderr)

	files := []string{"report", "--format", "json", "--output", at("merged.json")}
	for _, shard := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		code, _, stderr := runHere(t, "check", corpus, "--shard", shard+"/8", "--format", "json", "--output", at("shard"+shard+".json"))
		require.LessOrEqual(t, code, ExitNotReady, stderr)
		files = append(files, at("shard"+shard+".json"))
	}
	code, _, stderr = runHere(t, files...)
	require.Equal(t, ExitNotReady, code, stderr)
	times := regexp.MustCompile(`(?m)^  "(startedAt|durationMs)": .*$`)
	read := func(name string) [sha256.Size]byte {
		content, err := os.ReadFile(at(name))
		require.NoError(t, err)
		return sha256.Sum256(times.ReplaceAll(content, nil))
	}
	assert.Equal(t, read("precert.json"), read("merged.json"), "8 shards merged equal the run over all")
}
