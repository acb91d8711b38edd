package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestActionRunsItsScript runs the action's own step the way a runner does: the
// inputs as environment, in bash with the runner's options.
func TestActionRunsItsScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash is installed")
	}
	program, err := exec.LookPath("precert")
	require.NoError(t, err, "testscript puts the command on the path")
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct{ ID, Run string }
		}
	}
	text, err := os.ReadFile("../action.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &action))
	script := ""
	for _, step := range action.Runs.Steps {
		if step.ID == "run" {
			script = step.Run
		}
	}
	require.NotEmpty(t, script)

	for name, c := range map[string]struct {
		inputs  map[string]string
		code    int
		outputs string
		log     []string
		summary string
		files   int
	}{
		"ready": {map[string]string{"paths": "good connector"}, 0, "verdict=ready", []string{"READY"}, "Tidewell Desk", 5},
		"annotated with arguments on several lines": {map[string]string{"paths": "good connector\n\nworst\n", "args": "--severity warning\n--skip Operation*"},
			1, "verdict=not-ready", []string{"::error file=worst/apiDefinition.swagger.json,line="}, "Not", 5},
		"for people":                      {map[string]string{"paths": "worst", "annotations": "false", "summary": "false"}, 1, "verdict=not-ready", []string{"NOT READY"}, "", 5},
		"API down":                        {map[string]string{"paths": "good connector", "command": "certify", "args": "--base-url http://127.0.0.1:1"}, 3, "verdict=incomplete", []string{"::error"}, "cannot be reached", 5},
		"no such path":                    {map[string]string{"paths": "nothing"}, 2, "", []string{"nothing: file does not exist", "::error title=precert::"}, "", 0},
		"no such flag":                    {map[string]string{"args": "--nonsense"}, 2, "", []string{"--nonsense"}, "", 0},
		"other command":                   {map[string]string{"command": "demo; touch spoilt"}, 2, "", []string{"::error::command must be check or certify"}, "", 0},
		"a path that looks like a script": {map[string]string{"paths": "$(touch spoilt)"}, 2, "", []string{"does not exist"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
			require.NoError(t, os.CopyFS(at("workspace/good connector"), os.DirFS("../fixtures/good")))
			require.NoError(t, os.CopyFS(at("workspace/worst"), os.DirFS("../fixtures/worst")))
			require.NoError(t, os.WriteFile(at("workspace/worst/precert.yaml"), []byte("ignore: [{rule: UrlNotValid, reason: ticket 4711}]\n"), 0o600))
			require.NoError(t, os.MkdirAll(at("temp/precert-bin"), 0o750))
			require.NoError(t, os.Symlink(program, at("temp/precert-bin/precert")))
			cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
			cmd.Dir = at("workspace")
			cmd.Env = append(os.Environ(), "RUNNER_TEMP="+at("temp"), "GITHUB_OUTPUT="+at("output"), "GITHUB_STEP_SUMMARY="+at("summary"), "CI=true")
			for input, def := range action.Inputs {
				value, given := c.inputs[input]
				if !given {
					value = def.Default
				}
				cmd.Env = append(cmd.Env, "IN_"+strings.ToUpper(input)+"="+value)
			}
			log, _ := cmd.CombinedOutput()
			assert.Equal(t, c.code, cmd.ProcessState.ExitCode(), string(log))
			for _, want := range c.log {
				assert.Contains(t, string(log), want)
			}
			outputs, _ := os.ReadFile(at("output"))
			summary, _ := os.ReadFile(at("summary"))
			assert.Contains(t, string(outputs), c.outputs)
			assert.Contains(t, string(summary), c.summary)
			if c.summary == "" {
				assert.Empty(t, summary)
			}
			files, _ := filepath.Glob(at("temp/precert/precert.*"))
			assert.Len(t, files, c.files)
			assert.NoFileExists(t, at("workspace/spoilt"))
			scanning, _ := os.ReadFile(at("temp/precert-scanning.sarif"))
			assert.Equal(t, c.files > 0, len(scanning) > 0, "what code scanning gets")
			if _, err := exec.LookPath("jq"); err == nil && strings.Contains(c.inputs["paths"], "worst") {
				all, _ := os.ReadFile(at("temp/precert/precert.sarif"))
				assert.Contains(t, string(all), "ticket 4711")
				assert.NotContains(t, string(scanning), "ticket 4711")
				assert.Contains(t, string(scanning), `"ruleId": "FieldLengthExceeded"`)
			}
		})
	}
}
