package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
)

// TestNothingOnTheCommandLineActsOnTheScreen: names of files and values of flags
// come from scripts and pull requests, and are quoted in errors and notes.
func TestNothingOnTheCommandLineActsOnTheScreen(t *testing.T) {
	const evil = "\x1b[2J\u202e\u009b31m\n##vso[task.complete result=Succeeded]\n::error::x"
	dir := filepath.Join(t.TempDir(), "desk"+strings.ReplaceAll(evil, "/", "_"))
	require.NoError(t, fixtures.WriteTo(dir, fixtures.Good()))
	config := filepath.Join(t.TempDir(), "config"+evil)
	require.NoError(t, os.WriteFile(config, []byte("ignore: [{rule: \"\\e[2JNoSuchRule\", reason: x}]\n"), 0o600))
	out := filepath.Join(t.TempDir(), "out"+evil)
	for _, args := range [][]string{
		{"check", evil}, {"check", dir, "--config", config}, {"check", dir, "--config", evil}, {"check", dir, "--format", evil}, {"check", "--" + evil}, {evil},
		{"check", dir, "--only", evil}, {"check", dir, "--rule", evil + "=off"}, {"check", dir, "--severity", evil}, {"check", dir, "--shard", evil},
		{"check", dir, "--baseline", evil}, {"check", dir, "--format", "json=" + out}, {"check", dir, "--format", "json,junit", "-o", out + "/folder/"}, {"report", evil}, {"explain", evil}, {"diff", evil, dir},
		{"test", dir, "--base-url", evil}, {"test", dir, "--base-url", "http://127.0.0.1:1", "--connection", evil}, {"package", evil}, {"init", evil},
	} {
		_, stdout, stderr := runHere(t, args...)
		for line := range strings.Lines(stdout + stderr) {
			line = strings.TrimSuffix(line, "\n")
			assert.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u202e' }), "%q: %q", args, line)
			assert.NotContains(t, line, "##vso[", "%q", args)
			assert.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q: %q", args, line)
		}
		assert.NotEmpty(t, stdout+stderr, "%q", args)
	}
}
