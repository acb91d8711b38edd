package cmd

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
)

func TestReportsNeverReplaceWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "kept.json"), filepath.Join(dir, "latest.json")
	require.NoError(t, os.WriteFile(file, []byte("an older and longer text that must go altogether"), 0o600))
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here")
	}
	code, _, stderr := runHere(t, "check", "../fixtures/good", "--format", "json="+link)
	require.Equal(t, ExitReady, code, stderr)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays one")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.True(t, json.Valid(text), "%.200s", text)
}

func TestAFullDiskIsToldAndLeavesTheOldReport(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	// Only ever through a link in the test's own folder: a fault here must not reach the device.
	link := filepath.Join(t.TempDir(), "full.json")
	require.NoError(t, os.Symlink("/dev/full", link))
	code, _, stderr := runHere(t, "check", "../fixtures/good", "--format", "json="+link)
	assert.Equal(t, ExitUsage, code)
	assert.Contains(t, stderr, "precert: the json report "+link+" cannot be written: the disk is full: make room, or choose another place")
}

func TestWhatSARIFLeavesOutIsTold(t *testing.T) {
	c := &finding.Connector{Path: "boards"}
	for i := range 25_003 {
		c.Findings = append(c.Findings, finding.Finding{Rule: "R", Severity: finding.Warning, File: "f", Line: i, Message: "m"})
	}
	run := &finding.Run{Connectors: []*finding.Connector{c}}
	run.Conclude(finding.Error)
	reporter, err := reports.New("sarif", reports.Options{})
	require.NoError(t, err)
	var told strings.Builder
	targets := []target{{name: "sarif", reporter: reporter}}
	require.NoError(t, write(run, targets, Streams{Out: io.Discard, Err: &told}, true))
	assert.Contains(t, told.String(), "the sarif report leaves 3 results out, those of least severity")

	told.Reset()
	c.Findings = c.Findings[3:]
	require.NoError(t, write(run, targets, Streams{Out: io.Discard, Err: &told}, true))
	assert.Empty(t, told.String())
}

func TestOnlyWhatATerminalShowsIsColouredAndFittedToIt(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	onTerminal := Streams{Out: &out, Err: io.Discard, Env: none, OutTerminal: true, Width: 40}
	require.Equal(t, ExitNotReady, Main(t.Context(), []string{"check", "../fixtures/worst"}, onTerminal))
	assert.Contains(t, out.String(), "\x1b[")

	file, folder, named := filepath.Join(dir, "report.txt"), filepath.Join(dir, "reports"), filepath.Join(dir, "named.txt")
	for _, c := range []struct {
		args []string
		file string
	}{
		{[]string{"-o", file}, file},
		{[]string{"-o", folder + "/"}, filepath.Join(folder, "precert.txt")},
		{[]string{"--format", "terminal=" + named}, named},
	} {
		require.Equal(t, ExitNotReady, Main(t.Context(), append([]string{"check", "../fixtures/worst"}, c.args...), onTerminal))
		text, err := os.ReadFile(c.file)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "\x1b[", "%q", c.args)
		assert.Contains(t, string(text), "    The definition \"Thousands\" has 1111 schemas when references are followed; at most 512", "%q: the width is that of a file", c.args)
	}
}

func TestADashIsStandardOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "check.json")
	for _, args := range [][]string{{"--format", "json", "-o", "-"}, {"--format", "json=-"}, {"--format", "html=" + file + ",json=-"}, {"--format", "html,json=-", "-o", file}} {
		code, stdout, stderr := runHere(t, append([]string{"check", "../fixtures/good"}, args...)...)
		assert.Equal(t, ExitReady, code, "%q: %s", args, stderr)
		assert.True(t, json.Valid([]byte(stdout)), "%q: %.200s", args, stdout)
	}
	for _, args := range [][]string{{"--format", "json,html", "-o", "-"}, {"--format", "terminal,json=-"}} {
		code, _, stderr := runHere(t, append([]string{"check", "../fixtures/good"}, args...)...)
		assert.Equal(t, ExitUsage, code, "%q", args)
		assert.Contains(t, stderr, "only one report fits on standard output", "%q", args)
	}
}
