package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures/helpdesk"
)

var (
	fence    = regexp.MustCompile("(?ms)^(<!-- not run: [^\n]* -->\n)?```([a-z]*)\n(.*?)^```$")
	runsTool = regexp.MustCompile(`(?m)^(\$ )?([A-Z_]+=\S+ )*(go run \./cmd/)?precert `)
	exits    = regexp.MustCompile(`\s+# exit code (\d)$`)
)

// TestCommandsInDocs runs every command that the pages show: the console blocks
// of a page are one session, in an empty folder, with the sample API in place of
// http://127.0.0.1:8484/v1. A block that cannot run says why in a comment before
// it: <!-- not run: why -->. A command that fails on purpose ends with "# exit code N".
func TestCommandsInDocs(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, page := range append(pages, "../README.md") {
		if filepath.Base(page) == "rules.md" {
			continue // generated, its examples are of connectors
		}
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		script := sessionOf(t, page, string(text))
		if script == "" {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(page), ".md") + ".txtar"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("helpdesk\n"+script), 0o600))
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitCode, "helpdesk": startHelpdesk},
	})
}

// sessionOf turns the console blocks of a page into a script.
func sessionOf(t *testing.T, page, text string) string {
	t.Helper()
	var script strings.Builder
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		excused, kind, body := block[1] != "", block[2], block[3]
		if excused {
			continue
		}
		if kind != "console" {
			require.NotRegexp(t, runsTool, body, "%s: a block with commands is a console block, or says why it is not run", page)
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(body, "\\\n", "")) {
			command, isCommand := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if isCommand {
				script.WriteString(scriptLine(command) + "\n")
			}
		}
	}
	return script.String()
}

// scriptLine writes a shell command as a line of a script.
func scriptLine(command string) string {
	command = strings.ReplaceAll(command, "http://127.0.0.1:8484/v1", "$API")
	command = strings.ReplaceAll(command, helpdesk.DemoKey, "$KEY")
	if assignment, ok := strings.CutPrefix(command, "export "); ok {
		return "env " + assignment
	}
	code := "0"
	if m := exits.FindStringSubmatch(command); m != nil {
		code, command = m[1], exits.ReplaceAllString(command, "")
	}
	return fmt.Sprintf("exitcode %s %s", code, command)
}
