package cmd_test

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/cmd"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
	"github.com/precert/precert/reports"
)

// TestKeyIsInNoOutput looks for the access key in every byte that a run writes:
// all formats, the recording, the journal of an interrupted run, both streams.
func TestKeyIsInNoOutput(t *testing.T) {
	for name, more := range map[string][]string{"finished": nil, "interrupted": {"--budget", "20ms"}, "wrong": {"--connection", "access_key=" + helpdesk.DemoKey + "x"}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
			require.NoError(t, fixtures.WriteTo(filepath.Join(dir, "desk"), fixtures.Good()))
			address, stop, err := helpdesk.New(helpdesk.WithFault("key-echoed")).Start()
			require.NoError(t, err)
			defer stop()
			formats := []string{"terminal"}
			for _, f := range reports.Formats() {
				if f.Name != "terminal" {
					formats = append(formats, f.Name+"="+filepath.Join(dir, "out."+f.Name))
				}
			}
			var out, errs bytes.Buffer
			streams := cmd.Streams{Out: &out, Err: &errs, Env: func(name string) (string, bool) {
				return helpdesk.DemoKey, name == "PRECERT_ACCESS_KEY"
			}}
			args := append([]string{"certify", filepath.Join(dir, "desk"), "--base-url", address, "--allow", "POST,PUT,PATCH,DELETE", "--verbose",
				"--format", strings.Join(formats, ","), "--record", filepath.Join(dir, "run.har")}, more...)
			cmd.Main(t.Context(), args, streams)
			written := out.String() + errs.String()
			files := 0
			require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				files++
				content, err := os.ReadFile(path)
				written += string(content)
				return err
			}))
			assert.Greater(t, files, len(reports.Formats()), "reports and a recording were written")
			for _, form := range []string{helpdesk.DemoKey, url.QueryEscape(helpdesk.DemoKey), base64.RawStdEncoding.EncodeToString([]byte(helpdesk.DemoKey))} {
				assert.NotContains(t, written, form)
			}
		})
	}
}
