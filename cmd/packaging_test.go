package cmd

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestPackagingFilesAreReadable(t *testing.T) {
	read := func(file string, into any) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, into), file)
	}
	var action struct {
		Inputs map[string]any
		Runs   struct {
			Using string
			Steps []struct{ Uses, Run, Shell string }
		}
	}
	read("../action.yml", &action)
	assert.Equal(t, "composite", action.Runs.Using)
	for _, step := range action.Runs.Steps {
		assert.NotEmpty(t, step.Uses+step.Run)
		assert.NotContains(t, step.Run, "${{", "an input never becomes part of a script")
		if step.Run != "" {
			assert.Equal(t, "bash", step.Shell)
		}
	}
	var hooks []struct{ ID, Entry, Language string }
	read("../.pre-commit-hooks.yaml", &hooks)
	require.Len(t, hooks, 1)
	var release struct{ Builds []struct{ Goos []string } }
	read("../.goreleaser.yaml", &release)
	assert.Equal(t, []string{"linux", "darwin", "windows"}, release.Builds[0].Goos)
	page, err := os.ReadFile("../docs/ci.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.GreaterOrEqual(t, len(blocks), 5)
	for _, block := range blocks {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(block[1]), &doc), block[1])
	}
}

func TestManualPagesAndCompletions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	code, _, stderr := runHere(t, "man", dir)
	require.Equal(t, ExitReady, code, stderr)
	text, err := os.ReadFile(filepath.Join(dir, "precert-certify.1"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "base-url")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, _ := runHere(t, "completion", shell)
		assert.Equal(t, ExitReady, code)
		assert.Contains(t, out, "precert")
	}
	_, out, _ := runHere(t, "__complete", "explain", "OperationIdReq")
	assert.Contains(t, out, "OperationIdRequired\t")
}

// TestReferencesAreCurrent rewrites docs/rules.md, docs/commands.md and the
// second part of docs/checks.md with -update.
func TestReferencesAreCurrent(t *testing.T) {
	const marker = "<!-- generated: precert rules --section 'Live checks' --format markdown -->\n\n"
	update := flag.Lookup("update")
	for page, args := range map[string][]string{
		"../docs/rules.md":    {"rules", "--format", "markdown"},
		"../docs/checks.md":   {"rules", "--section", "Live checks", "--format", "markdown"},
		"../docs/commands.md": {"man", "--markdown"},
	} {
		code, out, stderr := runHere(t, args...)
		require.Equal(t, ExitReady, code, stderr)
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		own, want, parted := strings.Cut(string(text), marker)
		if !parted {
			own, want = "", string(text)
		}
		if update != nil && update.Value.String() == "true" {
			if parted {
				own += marker
			}
			require.NoError(t, os.WriteFile(page, []byte(own+out), 0o600))
			continue
		}
		assert.Equal(t, want, out, "%s: run make update", page)
	}
}
