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
		Inputs, Outputs map[string]any
		Runs            struct {
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
	for _, names := range []map[string]any{action.Inputs, action.Outputs} {
		for name := range names {
			assert.Contains(t, string(page), "`"+name+"`", "an input or output of the action")
		}
	}
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

// TestPagesNameWhatIsThere holds links between pages, their anchors, and the
// files that the architecture page names to what there is.
func TestPagesNameWhatIsThere(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	anchors := map[string]map[string]bool{}
	texts := map[string]string{}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		texts[page] = string(text)
		anchors[page] = map[string]bool{"": true}
		prose := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(string(text), "")
		for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(prose, -1) {
			slug := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
			anchors[page][strings.ReplaceAll(slug, " ", "-")] = true
		}
	}
	links := 0
	for page, text := range texts {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") || filepath.Base(page) == "rules.md" && target != "" && target != "checks.md" {
				continue
			}
			links++
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if known, isPage := anchors[file]; isPage {
				assert.True(t, known[anchor], "%s links to %s", page, m[1])
				continue
			}
			assert.FileExists(t, file, "%s links to %s", page, m[1])
		}
	}
	assert.Greater(t, links, 400)
	for page := range texts {
		name := filepath.Base(page)
		assert.True(t, name == "README.md" || strings.Contains(texts["../docs/README.md"], "("+name+")"), "docs/README.md lists no %s", name)
	}
	for row := range strings.Lines(texts["../docs/architecture.md"]) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		folder := strings.Trim(cells[1], " `")
		assert.DirExists(t, filepath.Join("..", folder))
		for _, m := range regexp.MustCompile("`([\\w*]+\\.(?:go|md))`").FindAllStringSubmatch(row, -1) {
			found, err := filepath.Glob(filepath.Join("..", folder, m[1]))
			require.NoError(t, err)
			assert.NotEmpty(t, found, "the architecture page names %s in %s", m[1], folder)
		}
	}
}
