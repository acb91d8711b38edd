package cmd_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/cmd"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures"
)

// precert runs one command line in this process.
func precert(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cmd.Main(t.Context(), args, cmd.Streams{Out: &out, Err: &errs, Env: func(string) (string, bool) { return "", false }})
	return code, out.String(), errs.String()
}

// board writes the sample connector to a folder, with texts of its definition replaced.
func board(t *testing.T, dir string, pairs ...string) string {
	t.Helper()
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, fixtures.WriteTo(dir, fixtures.Good()))
	file := filepath.Join(dir, "apiDefinition.swagger.json")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, string(content), pairs[i])
	}
	require.NoError(t, os.WriteFile(file, []byte(strings.NewReplacer(pairs...).Replace(string(content))), 0o600))
	return dir
}

func changesOf(t *testing.T, report string) []finding.Change {
	t.Helper()
	var run finding.Run
	require.NoError(t, json.Unmarshal([]byte(report), &run), report)
	require.Len(t, run.Connectors, 1)
	return run.Connectors[0].Changes
}

func TestDiffFolders(t *testing.T) {
	home := t.TempDir()
	old := board(t, filepath.Join(home, "old"))
	renamed := board(t, filepath.Join(home, "renamed"), `"GetMe"`, `"WhoAmI"`)

	code, out, _ := precert(t, "diff", old, old)
	assert.Equal(t, cmd.ExitReady, code)
	assert.Contains(t, out, "READY")

	code, out, _ = precert(t, "diff", old, renamed)
	assert.Equal(t, cmd.ExitNotReady, code)
	assert.Contains(t, out, "OperationDeleted")
	assert.Contains(t, out, `renamed to "WhoAmI"`)
	assert.Contains(t, out, `"family": "GetMe", "revision": 1`, "the version step follows")

	code, out, _ = precert(t, "diff", old, renamed, "--format", "json", "--rule", "OperationDeleted=warning")
	assert.Equal(t, cmd.ExitReady, code)
	found := changesOf(t, out)
	require.Len(t, found, 1)
	assert.Equal(t, finding.Warning, found[0].Severity)
	assert.Equal(t, "operation/GetMe", found[0].ValuePath)

	require.NoError(t, os.WriteFile(filepath.Join(renamed, "precert.yaml"), []byte("ignore:\n  - {rule: OperationDeleted, at: operation/GetMe, reason: nobody uses it}\n"), 0o600))
	code, out, _ = precert(t, "diff", old, renamed, "--format", "json")
	assert.Equal(t, cmd.ExitReady, code)
	found = changesOf(t, out)
	require.Len(t, found, 1, "an accepted change is still told")
	assert.Equal(t, finding.Info, found[0].Severity)
	assert.Contains(t, found[0].Message, "Accepted: nobody uses it.")
	assert.NotContains(t, out, "SuppressionUnused")
	code, out, _ = precert(t, "check", renamed, "--format", "json")
	assert.Equal(t, cmd.ExitReady, code)
	assert.NotContains(t, out, "SuppressionUnused", "it is not about a rule")

	require.NoError(t, os.WriteFile(filepath.Join(renamed, "precert.yaml"), []byte(`ignore:
  - {rule: OperationDeleted, at: operation/GetMe, reason: nobody uses it, until: 2020-01-31}
  - {rule: OperationDeleted, at: operation/GetYou, reason: published long ago}
`), 0o600))
	code, out, _ = precert(t, "diff", old, renamed, "--format", "csv")
	assert.Equal(t, cmd.ExitNotReady, code, "what has ended accepts nothing")
	assert.Contains(t, out, "The suppression of OperationDeleted at operation/GetMe ended on 2020-01-31.")
	assert.Contains(t, out, "The suppression of OperationDeleted at operation/GetYou matches no change.")
	_, out, _ = precert(t, "diff", old, renamed, "--format", "csv", "--rule", "SuppressionUnused=off")
	assert.NotContains(t, out, "SuppressionUnused")
	require.NoError(t, os.Remove(filepath.Join(renamed, "precert.yaml")))

	patch := filepath.Join(home, "steps", "step.diff")
	_, out, errs := precert(t, "diff", old, old, "--patch", patch)
	assert.Contains(t, errs, patch+" is empty: no change needs a version step", out)
	_, out, errs = precert(t, "diff", old, renamed, "--patch", patch)
	assert.NotContains(t, out, `"family"`)
	assert.Contains(t, errs, "precert: wrote "+patch)
	content, err := os.ReadFile(patch)
	require.NoError(t, err)
	assert.Contains(t, string(content), `+      "deprecated": true,`)
}

func TestDiffInEveryFormat(t *testing.T) {
	home := t.TempDir()
	old, renamed := board(t, filepath.Join(home, "old")), board(t, filepath.Join(home, "new"), `"GetMe"`, `"WhoAmI"`)
	for _, format := range []string{"terminal", "json", "junit", "sarif", "html", "markdown", "github", "azure", "csv"} {
		code, out, errs := precert(t, "diff", old, renamed, "--format", format)
		assert.Equal(t, cmd.ExitNotReady, code, format+errs)
		assert.Contains(t, out, "OperationDeleted", format)
		assert.Contains(t, out, "WhoAmI", format)
	}
}

func TestDiffRefusals(t *testing.T) {
	home := t.TempDir()
	good := board(t, filepath.Join(home, "good"))
	write := func(name, content string) string {
		file := filepath.Join(home, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"one path":           {[]string{good}, "diff takes two versions, OLD and NEW, and one is given"},
		"missing path":       {[]string{filepath.Join(home, "none"), good}, "does not exist"},
		"several connectors": {[]string{home, good}, "name the one to compare"},
		"broken file":        {[]string{write("broken.json", `{"swagger": `), good}, "broken.json:1:"},
		"another format":     {[]string{good, write("three.json", `{"openapi": "3.0.0", "paths": {}}`)}, "OpenAPI 3"},
		"unknown kind":       {[]string{good, good, "--rule", "OperationDeletd=off"}, "did you mean OperationDeleted"},
		"git without path":   {[]string{"git:HEAD", good}, "git:REV:PATH"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "several connectors" {
				board(t, filepath.Join(home, "second"))
			}
			code, out, errs := precert(t, append([]string{"diff"}, c.args...)...)
			assert.Equal(t, cmd.ExitUsage, code)
			assert.Empty(t, out)
			assert.Contains(t, errs, c.want)
			assert.Equal(t, 1, strings.Count(errs, "\n"), "one line")
		})
	}
}

// commit makes a git repository of a folder, or adds a commit to it.
func commit(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git, which is not installed")
	}
	for _, line := range append([][]string{{"init", "--quiet"}, {"add", "-A"}, {"commit", "--quiet", "--allow-empty", "-m", "state"}}, args) {
		if len(line) == 0 {
			continue
		}
		command := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, line...)...)
		command.Dir = dir
		said, err := command.CombinedOutput()
		require.NoError(t, err, string(said))
	}
}

func TestDiffReadsGit(t *testing.T) {
	home := t.TempDir()
	folder := filepath.Join(home, "connectors", "help desk")
	board(t, folder)
	commit(t, home, "tag", "v1")
	board(t, folder, `"GetMe"`, `"WhoAmI"`)
	t.Chdir(home)

	for _, old := range []string{
		"git:v1:connectors/help desk", "git:HEAD:./connectors/help desk/", "git:v1:connectors/help desk/apiDefinition.swagger.json", "git:v1:connectors",
	} {
		code, out, errs := precert(t, "diff", old, folder, "--format", "json")
		assert.Equal(t, cmd.ExitNotReady, code, old+errs)
		require.Len(t, changesOf(t, out), 1, old)
	}

	t.Chdir(filepath.Join(home, "connectors"))
	code, out, errs := precert(t, "diff", "git:v1:help desk", "git:HEAD:connectors/help desk", "--format", "json")
	assert.Equal(t, cmd.ExitReady, code, errs)
	assert.Empty(t, changesOf(t, out))

	for at, want := range map[string]string{
		"git:v9:connectors":        `no revision "v9"`,
		"git:--output=x:help desk": "no revision",
		"git:v1:nowhere":           "does not exist",
		"git:v1:../..":             "outside of the git repository",
	} {
		code, _, errs := precert(t, "diff", at, ".")
		assert.Equal(t, cmd.ExitUsage, code, at)
		assert.Contains(t, errs, want, at)
		assert.Equal(t, 1, strings.Count(errs, "\n"), "one line: %s", errs)
	}
}

func TestDiffOutsideOfGit(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(os.TempDir()))
	code, _, errs := precert(t, "diff", "git:HEAD:.", ".")
	assert.Equal(t, cmd.ExitUsage, code)
	assert.Contains(t, errs, "git")
}

func TestCheckSince(t *testing.T) {
	home := t.TempDir()
	folder := board(t, filepath.Join(home, "desk"))
	commit(t, home, "tag", "v1")
	board(t, folder, `"GetMe"`, `"WhoAmI"`)

	code, out, errs := precert(t, "check", folder, "--since", "v1", "--format", "json")
	assert.Equal(t, cmd.ExitNotReady, code, errs)
	found := changesOf(t, out)
	require.Len(t, found, 1)
	assert.Equal(t, "OperationDeleted", found[0].Change)

	require.NoError(t, os.WriteFile(filepath.Join(folder, "precert.yaml"), []byte("ignore: [{rule: OperationDeleted, at: operation/GetYou, reason: old}]\n"), 0o600))
	_, out, _ = precert(t, "check", folder, "--since", "v1", "--format", "csv")
	assert.Contains(t, out, "The suppression of OperationDeleted at operation/GetYou matches no change.")

	code, out, _ = precert(t, "check", folder, "--format", "json")
	assert.Equal(t, cmd.ExitReady, code)
	assert.Empty(t, changesOf(t, out))
	assert.NotContains(t, out, "SuppressionUnused", "changes were not looked for")

	second := board(t, filepath.Join(home, "second"))
	code, _, errs = precert(t, "check", second, "--since", "v1", "--quiet")
	assert.Equal(t, cmd.ExitReady, code)
	assert.Contains(t, errs, "is new since v1")

	code, _, errs = precert(t, "check", home, "--since", "nowhere")
	assert.Equal(t, cmd.ExitUsage, code)
	assert.Equal(t, 1, strings.Count(errs, `no revision "nowhere"`), "it is told once, not for each connector: %s", errs)
}

func TestExplainChange(t *testing.T) {
	code, out, _ := precert(t, "explain", "outputfielddeleted")
	assert.Equal(t, cmd.ExitReady, code)
	assert.Contains(t, out, "OutputFieldDeleted")
	assert.Contains(t, out, "Breaking changes · error")
}
