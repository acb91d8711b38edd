package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
	"github.com/precert/precert/fixtures/packages"
)

// shellWords splits a command line as a shell does, so far as the pages use one.
func shellWords(line string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*")+`).FindAllString(line, -1) {
		out = append(out, regexp.MustCompile(`['"]`).ReplaceAllString(m, ""))
	}
	return out
}

// assignmentsOf takes NAME=VALUE words off the beginning of a command line.
func assignmentsOf(words []string) (env map[string]string, rest []string) {
	env = map[string]string{}
	for len(words) > 0 && regexp.MustCompile(`^[A-Z_]+=`).MatchString(words[0]) {
		name, value, _ := strings.Cut(words[0], "=")
		env[name], words = value, words[1:]
	}
	return env, words
}

// untilOperator cuts off redirections, pipes and further commands.
func untilOperator(words []string) []string {
	if at := slices.IndexFunc(words, func(w string) bool { return slices.Contains([]string{">", ">>", "|", "||", "&&", ";", "#"}, w) }); at >= 0 {
		return words[:at]
	}
	return words
}

// TestExamplesOfHelpRun runs the examples that --help shows, in a folder that
// holds what they name.
func TestExamplesOfHelpRun(t *testing.T) {
	home := exampleFolder(t)
	address, stop, err := helpdesk.New().Start()
	require.NoError(t, err)
	defer stop()
	root := newRoot(Streams{Env: none})
	for _, c := range append(root.Commands(), root) {
		if c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		require.NotEmpty(t, c.Example, "%s has no example", c.CommandPath())
		for line := range strings.Lines(c.Example) {
			t.Run(strings.TrimSpace(line), func(t *testing.T) {
				env, words := assignmentsOf(untilOperator(shellWords(line)))
				require.Equal(t, "precert", words[0])
				if slices.Contains(words, "--serve") {
					t.Skip("it serves until it is interrupted; TestDemoServesTheSampleUntilInterrupted runs it")
				}
				if slices.Contains(words, "--broken") {
					t.Skip("it takes seconds; TestEveryFindingIsOnTheChecklist runs it")
				}
				env["PRECERT_ACCESS_KEY"] = helpdesk.DemoKey
				if !strings.Contains(line, "https://sandbox.fabrikam.com/v1") && slices.Contains([]string{"test", "certify"}, words[1]) {
					env["PRECERT_BASE_URL"] = address
				}
				t.Chdir(filepath.Join(home, folderFor(c.Name(), line)))
				var args []string
				for _, word := range words[1:] {
					// The sample has other names, and the test no time for a rate.
					word = strings.NewReplacer("https://sandbox.fabrikam.com/v1", address, "ListCards,GetCard", "ListTickets,GetTicket", "5/s", "500/s").Replace(word)
					if files, err := filepath.Glob(word); err == nil && len(files) > 0 && strings.Contains(word, "*") {
						args = append(args, files...)
						continue
					}
					args = append(args, word)
				}
				var out, errs strings.Builder
				code := Main(t.Context(), args, Streams{Out: &out, Err: &errs, Env: func(name string) (string, bool) {
					value, ok := env[name]
					return value, ok
				}})
				assert.LessOrEqual(t, code, ExitNotReady, errs.String())
				_ = os.Remove("submission.zip") // each example begins without one
			})
		}
	}
}

// folderFor is the folder in which an example is run: the one that its paths lead from.
func folderFor(command, line string) string {
	switch {
	case command == "report":
		return "reports"
	case command == "demo":
		return "published"
	case command == "package" && !strings.Contains(line, "/"):
		return "exports"
	case strings.Contains(line, "connectors"), strings.Contains(line, ".json --patch"):
		return "."
	}
	return "connectors/fabrikam-boards"
}

// exampleFolder makes the folder that the examples of all commands speak of.
func exampleFolder(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	for _, dir := range []string{"connectors/fabrikam-boards", "connectors/fabrikam-desk", "published/fabrikam-boards"} {
		require.NoError(t, fixtures.WriteTo(filepath.Join(home, dir), fixtures.Good()))
	}
	definition, err := os.ReadFile(filepath.Join(home, "published/fabrikam-boards/apiDefinition.swagger.json"))
	require.NoError(t, err)
	for _, name := range []string{"old.json", "new.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(home, name), definition, 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(home, "exports"), 0o750))
	for name, part := range map[string]string{"FabrikamConnector.zip": packages.ConnectorPath, "FabrikamFlow.zip": packages.FlowPath} {
		tree, err := packages.Read("from verified\nonly " + part)
		require.NoError(t, err)
		content, err := tree.Zip()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(home, "exports", name), content, 0o600))
	}
	intro, err := os.ReadFile(filepath.Join(home, "published/fabrikam-boards/intro.md"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(home, "exports/intro.md"), intro, 0o600))
	require.NoError(t, os.Remove(filepath.Join(home, "connectors/fabrikam-desk/intro.md")))
	for name, args := range map[string][]string{
		"check.json": nil, "yesterday.json": nil, "today.json": nil, "shard-1.json": {"--shard", "1/2"}, "shard-2.json": {"--shard", "2/2"},
	} {
		code, _, stderr := runHere(t, append([]string{"check", filepath.Join(home, "published"), "--format", "json=" + filepath.Join(home, "reports", name)}, args...)...)
		require.Equal(t, ExitReady, code, stderr)
	}
	initRepository(t, home, "v1.2.0")
	return home
}

// initRepository makes a git repository of a folder, with a branch main and a tag.
func initRepository(t *testing.T, dir, tag string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git, which is not installed")
	}
	for _, line := range [][]string{{"init", "--quiet", "--initial-branch", "main"}, {"add", "-A"}, {"commit", "--quiet", "-m", "state"}, {"tag", tag}} {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, line...)...)
		command.Dir = dir
		said, err := command.CombinedOutput()
		require.NoError(t, err, string(said))
	}
}

// TestCommandLinesOfPagesParse holds every command line that pages, the action
// and the build show, run by a test or not, to the flags and arguments that the
// commands have, and every flag that the pages name to those of some command.
func TestCommandLinesOfPagesParse(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	pages = append(pages, "../README.md", "../Makefile", "../Dockerfile", "../.goreleaser.yaml", "../.ci/run", "../.pre-commit-hooks.yaml", "../action.yml")
	// A command line stands at the beginning of a line, after a prompt, a key of
	// YAML or an image's name, or within backquotes.
	commandLine := regexp.MustCompile("(?m)(?:^\\s*(?:\\$ |- |- script: |- run: |entry: )?|`|PATH\" precert )(?:[A-Z_]+=\\S+ )*((?:go run \\./cmd/)?precert [a-z][^\n`]*)")
	named := regexp.MustCompile(`(?m)(?:^|[\s` + "`(" + `])--([a-z][a-z-]+)`)
	flags := map[string]bool{"help": true, "version": true, "markdown": true}
	others := []string{"user", "icon-file", "script-file", "message"} // of docker, paconn and git
	for _, f := range flagsOf(newRoot(Streams{Env: none})) {
		flags[f.name] = true
	}
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		joined := strings.ReplaceAll(string(text), "\\\n", "")
		joined = regexp.MustCompile(`\$\{\{[^}]*\}\}`).ReplaceAllString(joined, "1")
		for _, m := range commandLine.FindAllStringSubmatch(joined, -1) {
			seen++
			parses(t, page, strings.TrimPrefix(m[1], "go run ./cmd/"))
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*args: ([^\[\n]*)$`).FindAllStringSubmatch(joined, -1) {
			seen++
			parses(t, page, "precert certify "+m[1])
		}
		if !strings.HasPrefix(page, "../docs") {
			continue
		}
		prose := regexp.MustCompile(`(?m)^.*\b(docker|go|apt-get) (run|install|build) .*$`).ReplaceAllString(joined, "")
		for _, m := range named.FindAllStringSubmatch(prose, -1) {
			assert.True(t, flags[m[1]] || slices.Contains(others, m[1]), "%s names --%s, which no command has", page, m[1])
		}
	}
	assert.Greater(t, seen, 80)
}

// parses asks the command itself whether it takes the line.
func parses(t *testing.T, page, line string) {
	t.Helper()
	words := untilOperator(shellWords(line))
	root := newRoot(Streams{Env: none})
	c, args, err := root.Find(words[1:])
	require.NoError(t, err, "%s: %s", page, line)
	if c == root {
		return
	}
	if err := c.ParseFlags(args); err != nil {
		assert.Fail(t, "the flags are wrong", "%s: %s: %v", page, line, err)
		return
	}
	if usesPlaceholder(c, line) {
		return
	}
	assert.NoError(t, c.ValidateArgs(c.Flags().Args()), "%s: %s", page, line)
}

// usesPlaceholder reports whether a line names a command only, as prose does, or passes on words of a script.
func usesPlaceholder(c *cobra.Command, line string) bool {
	return len(strings.Fields(line)) == 2 || strings.ContainsAny(line, "$*") || c.Name() == "completion"
}
