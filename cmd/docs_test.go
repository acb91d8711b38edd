package cmd_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
	"github.com/precert/precert/fixtures/packages"
)

var (
	fence    = regexp.MustCompile("(?ms)^(?:<!-- (not run|given|file|patch): ([^\n]*) -->\n)?```([a-z]*)\n(.*?)^```$")
	runsTool = regexp.MustCompile(`(?m)^(\$ )?([A-Z_]+=\S+ )*(go run \./cmd/)?precert `)
	indented = regexp.MustCompile(`(?m)^(    |\t)(\$ )?precert `)
	exits    = regexp.MustCompile(`\s+# exit code (\d)$`)
)

// pages are those whose commands are run.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	return append(slices.DeleteFunc(all, func(page string) bool {
		// Generated: the examples of rules are of connectors, those of commands have a test of their own.
		return filepath.Base(page) == "rules.md" || filepath.Base(page) == "commands.md"
	}), "../README.md")
}

// TestCommandsInDocs runs every command that the pages show, and compares the
// pictures of its output. The console blocks of a page are one session, in an
// empty folder, with the sample API in place of http://127.0.0.1:8484/v1 and
// Alertmanager, or what stands in for it, in place of http://127.0.0.1:9093/api/v2.
//
// A command that fails on purpose ends with "# exit code N". The lines below a
// command are its output; "…" stands for lines left out, and times differ. A
// comment before a block says more: <!-- not run: why -->, <!-- file: PATH -->
// for the content of a file, <!-- patch: PATH --> for a change of one, whose
// lines beginning with - are replaced by those beginning with +, and
// <!-- given: COMMAND; … --> for what a reader has: connector DIR (the sample),
// solutions KIND (exported ones), repository TAG (git, of the current folder).
func TestCommandsInDocs(t *testing.T) {
	dir := t.TempDir()
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		script := sessionOf(t, page, string(text))
		if script == "" {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(page), ".md") + ".txtar"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("helpdesk\nalertmanager\n"+script), 0o600))
	}
	runSessions(t, startSilences, filepath.Join(dir, "*.txtar"))
}

// TestTutorialWithAlertmanager follows the tutorial with the real program.
func TestTutorialWithAlertmanager(t *testing.T) {
	version, err := exec.CommandContext(t.Context(), alertmanager, "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(version), alertmanagerVersion) {
		t.Skipf("%s %s is not installed", alertmanager, alertmanagerVersion)
	}
	const page = "../docs/tutorial.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "tutorial.txtar")
	require.NoError(t, os.WriteFile(file, []byte("helpdesk\nalertmanager\n"+sessionOf(t, page, string(text))), 0o600))
	runSessions(t, startAlertmanager, file)
}

// runSessions runs scripts that sessionOf made.
func runSessions(t *testing.T, alerts func(*testscript.TestScript, bool, []string), pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Files: files, RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "Ada")
				env.Setenv("GIT_"+who+"_EMAIL", "ada@example.com")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode, "helpdesk": startHelpdesk, "alertmanager": alerts, "put": putFile, "patch": patchFile, "shows": shows,
			"connector": writeConnector, "solutions": writeSolutions, "repository": makeRepository,
		},
	})
}

// sessionOf turns the blocks of a page into a script.
func sessionOf(t *testing.T, page, text string) string {
	t.Helper()
	require.NotRegexp(t, indented, text, "%s: a block with commands is fenced", page)
	var script, archive strings.Builder
	entry := func(content string) string {
		name := fmt.Sprintf("block-%d", strings.Count(archive.String(), "\n-- block-")+1)
		fmt.Fprintf(&archive, "\n-- %s --\n%s", name, content)
		return name
	}
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		mark, what, kind, body := block[1], block[2], block[3], block[4]
		switch {
		case mark == "not run":
		case mark == "file":
			fmt.Fprintf(&script, "put %s %s\n", entry(body), what)
		case mark == "patch":
			fmt.Fprintf(&script, "patch %s %s\n", entry(body), what)
		case kind == "console":
			if mark == "given" {
				script.WriteString(strings.ReplaceAll(what, "; ", "\n") + "\n")
			}
			for _, c := range commandsOf(body) {
				script.WriteString(scriptLine(c.line) + "\n")
				if c.output != "" {
					fmt.Fprintf(&script, "shows %s\n", entry(c.output))
				}
			}
		default:
			require.NotRegexp(t, runsTool, body, "%s: a block with commands is a console block, or says why it is not run", page)
		}
	}
	return script.String() + archive.String()
}

// shown is a command of a console block and the output below it.
type shown struct{ line, output string }

func commandsOf(body string) []shown {
	var out []shown
	for line := range strings.Lines(strings.ReplaceAll(body, "\\\n", "")) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand:
			out = append(out, shown{line: strings.TrimSpace(command)})
		case len(out) > 0:
			out[len(out)-1].output += line
		}
	}
	return out
}

// scriptLine writes a shell command as a line of a script.
func scriptLine(command string) string {
	command = strings.ReplaceAll(command, "http://127.0.0.1:8484/v1", "$API")
	command = strings.ReplaceAll(command, "http://127.0.0.1:9093/api/v2", "$ALERTS")
	command = strings.ReplaceAll(command, helpdesk.DemoKey, "$KEY")
	if assignment, ok := strings.CutPrefix(command, "export "); ok {
		return "env " + assignment
	}
	if strings.HasPrefix(command, "cd ") || strings.HasPrefix(command, "mkdir ") {
		return command
	}
	code := "0"
	if m := exits.FindStringSubmatch(command); m != nil {
		code, command = m[1], exits.ReplaceAllString(command, "")
	}
	return fmt.Sprintf("exitcode %s %s", code, command)
}

func writeConnector(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(fixtures.WriteTo(ts.MkAbs(args[0]), fixtures.Good()))
}

// writeSolutions writes the parts of a submission into the current folder: solutions verified|independent.
func writeSolutions(ts *testscript.TestScript, _ bool, args []string) {
	for name, part := range map[string]string{"FabrikamConnector.zip": packages.ConnectorPath, "FabrikamFlow.zip": packages.FlowPath} {
		tree, err := packages.Read("from " + args[0] + "\nonly " + part)
		ts.Check(err)
		zip, err := tree.Zip()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), zip, 0o600))
	}
	intro, err := fs.ReadFile(fixtures.Good(), "intro.md")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("intro.md"), intro, 0o600))
}

// makeRepository puts the current folder under git, with a tag and a branch of a remote: repository TAG.
func makeRepository(ts *testscript.TestScript, _ bool, args []string) {
	for _, line := range [][]string{{"init", "--quiet"}, {"add", "-A", "."}, {"commit", "--quiet", "--message", "state"}, {"tag", args[0]}, {"update-ref", "refs/remotes/origin/main", "HEAD"}} {
		ts.Check(ts.Exec("git", line...))
	}
}

// content reads a block of the page with the addresses of this session.
func content(ts *testscript.TestScript, name string) string {
	return strings.NewReplacer("http://127.0.0.1:8484/v1", ts.Getenv("API"), "http://127.0.0.1:9093/api/v2", ts.Getenv("ALERTS")).
		Replace(ts.ReadFile(filepath.Join(ts.Getenv("WORK"), name)))
}

// putFile writes a block into a file: put BLOCK PATH.
func putFile(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o750))
	ts.Check(os.WriteFile(path, []byte(content(ts, args[0])), 0o600))
}

// patchFile changes a file as a reader would by hand: patch BLOCK PATH. The
// lines to be replaced stand there once.
func patchFile(ts *testscript.TestScript, _ bool, args []string) {
	var before, after []string
	for line := range strings.Lines(strings.TrimSpace(content(ts, args[0]))) {
		line = strings.TrimSuffix(line, "\n")
		if line[0] != '+' {
			before = append(before, line[1:])
		}
		if line[0] != '-' {
			after = append(after, line[1:])
		}
	}
	text := ts.ReadFile(args[1])
	if n := strings.Count(text, strings.Join(before, "\n")); n != 1 {
		ts.Fatalf("%s has the lines to be changed %d times", args[1], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Replace(text, strings.Join(before, "\n"), strings.Join(after, "\n"), 1)), 0o600))
}

// shows compares a picture with what the last command wrote to standard output,
// or to standard error when that is all there is: shows BLOCK.
func shows(ts *testscript.TestScript, _ bool, args []string) {
	got := timeless(ts.ReadFile("stdout"))
	if got == "" {
		got = timeless(ts.ReadFile("stderr"))
	}
	parts := strings.Split("\n"+timeless(content(ts, args[0]))+"\n", "\n…\n")
	rest := "\n" + got + "\n"
	for i, part := range parts {
		if part = "\n" + strings.Trim(part, "\n") + "\n"; part == "\n\n" {
			continue
		}
		at := strings.Index(rest, part)
		if at < 0 || at > 0 && i == 0 || i == len(parts)-1 && !strings.HasSuffix(rest, part) {
			ts.Fatalf("the page shows\n%s\nbut the command wrote\n%s", part, got)
		}
		rest = rest[at+len(part)-1:]
	}
}

var (
	spaces = regexp.MustCompile(`[ \t]+`)
	rules  = regexp.MustCompile(`─+`) // as wide as the times below them
	times  = regexp.MustCompile(`\d+(\.\d+)? (µs|ms|s)\b`)
	dates  = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`)
	ports  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// timeless takes out of an output what differs from run to run.
func timeless(text string) string {
	text = rules.ReplaceAllString(spaces.ReplaceAllString(times.ReplaceAllString(text, "0 ms"), " "), "─")
	text = ports.ReplaceAllString(dates.ReplaceAllString(text, "DATE"), "127.0.0.1:0")
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(line))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}
