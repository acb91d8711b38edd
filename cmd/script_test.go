package cmd_test

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/precert/precert/cmd"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
	"github.com/precert/precert/fixtures/packages"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"precert": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			code := cmd.Main(ctx, os.Args[1:], cmd.System())
			stop()
			os.Exit(code)
		},
	})
}

// TestScripts runs the command lines of testdata/script. Beside the usual
// commands a script has: exitcode N COMMAND…, helpdesk [FAULT…] (starts the
// sample API, its address in $API, its key in $KEY), good DIR and worst DIR
// (copy the sample connectors), sample verified|independent DIR (write the
// solutions of a sample submission), sametimes OLD NEW (JSON reports).
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode":  exitCode,
			"helpdesk":  startHelpdesk,
			"sametimes": sameTimes,
			"good": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(fixtures.WriteTo(ts.MkAbs(args[0]), fixtures.Good()))
			},
			"worst": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(fixtures.WriteTo(ts.MkAbs(args[0]), fixtures.Worst()))
			},
			"sample": writeSample,
		},
	})
}

// writeSample writes the solutions of a sample submission into a folder: sample verified|independent DIR.
func writeSample(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o750))
	for _, solution := range []string{packages.ConnectorPath, packages.FlowPath} {
		tree, err := packages.Read("from " + args[0] + "\nonly " + solution)
		ts.Check(err)
		content, err := tree.Zip()
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(solution)), content, 0o600))
	}
}

func exitCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit interface{ ExitCode() int }
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// sameTimes gives the second JSON report the two time fields of the first.
func sameTimes(ts *testscript.TestScript, _ bool, args []string) {
	times := regexp.MustCompile(`(?m)^  "startedAt": .*\n  "durationMs": .*$`)
	want, got := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(times.ReplaceAllLiteralString(got, times.FindString(want))), 0o600))
}

func startHelpdesk(ts *testscript.TestScript, _ bool, args []string) {
	address, stop, err := helpdesk.New(helpdesk.WithFault(args...)).Start()
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv("API", address)
	ts.Setenv("KEY", helpdesk.DemoKey)
}
