package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/reports"
)

// TestRenderingAgainGivesTheSameBytes compares every format of a run with what
// its JSON report gives.
func TestRenderingAgainGivesTheSameBytes(t *testing.T) {
	overRealRuns(t, corpus+"/custom-connectors", func(t *testing.T, args []string) {
		first, again := t.TempDir(), t.TempDir()
		every := func(dir string) (args []string) {
			var list []string
			for _, format := range reports.Formats() {
				list = append(list, format.Name+"="+filepath.Join(dir, format.Name))
			}
			return []string{"--format", strings.Join(list, ",")}
		}
		code, _, stderr := runHere(t, append(args, every(first)...)...)
		require.LessOrEqual(t, code, ExitNotReady, stderr)
		same, _, stderr := runHere(t, append([]string{"report", filepath.Join(first, "json")}, every(again)...)...)
		assert.Equal(t, code, same, stderr)
		for _, format := range reports.Formats() {
			want, err := os.ReadFile(filepath.Join(first, format.Name))
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join(again, format.Name))
			require.NoError(t, err)
			assert.True(t, bytes.Equal(want, got), "%s differs", format.Name)
		}
	})
}

func TestReportsOfDifferentVersionsAreTold(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for name, connector := range map[string]string{"good": "../fixtures/good", "crowded": "../fixtures/crowded"} {
		file := filepath.Join(dir, name+".json")
		code, _, stderr := runHere(t, "check", connector, "--format", "json", "-o", file)
		require.LessOrEqual(t, code, ExitNotReady, stderr)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte(`"version": "`+Version()), []byte(`"version": "`+name+"-1.0"), 1), 0o600))
		files = append(files, file)
	}
	code, out, stderr := runHere(t, append([]string{"report", "--format", "json"}, files...)...)
	require.LessOrEqual(t, code, ExitNotReady, stderr)
	assert.Regexp(t, `the reports were written by different versions of precert, (good-1.0, crowded-1.0|crowded-1.0, good-1.0): their rules may differ`, stderr)
	assert.Regexp(t, `"version": "(good-1.0, crowded-1.0|crowded-1.0, good-1.0)"`, out)
}

func TestNoTwoReportsGoToOneFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	require.NoError(t, fixtures.WriteTo(dir, fixtures.Good()))
	out := t.TempDir()
	code, _, stderr := runHere(t, "check", dir, "--format", "azure,github,csv", "-o", out)
	require.Equal(t, ExitReady, code, stderr)
	for _, name := range []string{"precert.azure.log", "precert.github.log", "precert.csv"} {
		assert.FileExists(t, filepath.Join(out, name))
	}
	file := filepath.Join(out, "report")
	code, _, stderr = runHere(t, "check", dir, "--format", "json="+file+",csv="+filepath.Join(out, ".", "report"))
	assert.Equal(t, ExitUsage, code)
	assert.Equal(t, "precert: json and csv would both be written to "+file+": give each its own file\n", stderr)
	code, _, stderr = runHere(t, "check", dir, "--format", "json="+os.DevNull+",csv="+os.DevNull)
	assert.Equal(t, ExitReady, code, stderr)
}
