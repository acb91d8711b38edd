package reports

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t testing.TB, format string, opts Options, run *finding.Run) string {
	t.Helper()
	reporter, err := New(format, opts)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, reporter.Write(&out, run))
	return out.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run: go test ./reports -update")
	require.Equal(t, string(want), got)
}

func TestEveryFormatAgainstItsGoldenFile(t *testing.T) {
	for name, run := range sampleRuns() {
		for _, format := range Formats() {
			t.Run(name+"/"+format.Name, func(t *testing.T) {
				before, err := json.Marshal(run)
				require.NoError(t, err)
				got := render(t, format.Name, Options{}, run)
				assert.Equal(t, got, render(t, format.Name, Options{}, run), "the same run must give the same bytes")
				after, err := json.Marshal(run)
				require.NoError(t, err)
				assert.Equal(t, string(before), string(after), "a reporter must not change the run")
				golden(t, name+"."+format.Name+".golden", got)
			})
		}
	}
}

func TestHostileTextReachesNoFormatAlive(t *testing.T) {
	run := hostileRun()
	for _, format := range Formats() {
		t.Run(format.Name, func(t *testing.T) {
			got := render(t, format.Name, Options{Verbose: true}, run)
			for _, control := range []string{"\x1b", "\x00", "\a", "\r", "\u202e"} {
				assert.NotContains(t, got, control)
			}
		})
	}
}

func TestLogsHoldNoForeignCommands(t *testing.T) {
	for _, format := range []string{"terminal", "github", "azure"} {
		for _, opts := range []Options{{}, {Verbose: true, Width: 40}, {Quiet: true}} {
			for _, line := range strings.Split(render(t, format, opts, hostileRun()), "\n") {
				own := line
				if format == "azure" {
					own = regexp.MustCompile(`^##vso\[task\.logissue type=(error|warning);`).ReplaceAllString(line, "")
				}
				assert.NotContains(t, strings.ToLower(own), "##vso[")
				assert.NotContains(t, own, "##[")
				if strings.HasPrefix(strings.TrimSpace(line), "::") {
					assert.Equal(t, "github", format)
					assert.Regexp(t, `^::(error|warning|notice) file=`, line)
				}
			}
		}
	}
}

func TestNewNamesTheFormats(t *testing.T) {
	_, err := New("yaml", Options{})
	require.Error(t, err)
	for _, format := range Formats() {
		assert.Contains(t, err.Error(), format.Name)
		_, err := New(strings.ToUpper(format.Name), Options{})
		require.NoError(t, err)
		assert.NotEmpty(t, format.Description)
		assert.NotEmpty(t, format.Extension)
	}
	assert.True(t, slices.IsSortedFunc(Formats(), func(a, b Format) int { return strings.Compare(a.Name, b.Name) }))
}

// full fails like a disk with no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteErrorsAreReturned(t *testing.T) {
	for _, format := range Formats() {
		reporter, err := New(format.Name, Options{})
		require.NoError(t, err)
		require.ErrorIs(t, reporter.Write(full{}, badRun()), io.ErrShortWrite, format.Name)
	}
}
