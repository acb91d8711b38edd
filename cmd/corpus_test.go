package cmd

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const corpus = "../../shared/corpus"

// TestReportsOfTheCorpus writes every format for the public connectors and asks
// the schemas; and the merged shards must equal the whole run.
func TestReportsOfTheCorpus(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	code, _, stderr := runHere(t, "check", corpus, "--format", "json,junit,sarif,html,markdown,csv", "--output", dir)
	require.Equal(t, ExitNotReady, code, stderr)

	compiler := jsonschema.NewCompiler()
	schema, err := compiler.Compile("../reports/testdata/sarif.schema.json")
	require.NoError(t, err)
	var log any
	text, err := os.ReadFile(at("precert.sarif"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &log))
	require.NoError(t, schema.Validate(log))
	if xmllint, err := exec.LookPath("xmllint"); err == nil {
		out, err := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", "../reports/testdata/jenkins.xsd", at("precert.xml")).CombinedOutput()
		assert.NoError(t, err, string(out))
	}

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
