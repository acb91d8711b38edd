// Package cmd is precert's command line: one file per command. It holds what
// joins the others: flags, configuration, exit codes and where reports go.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	ExitReady      = 0 // nothing at or above the failing severity
	ExitNotReady   = 1 // findings, failed checks or breaking changes
	ExitUsage      = 2 // unknown flag, missing path, invalid configuration
	ExitIncomplete = 3 // interrupted, API unreachable, time spent
)

// exitError ends a command with a code after its report was written.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// Main runs one command line and returns the exit code. Reports go to
// streams.Out, everything about the run itself to streams.Err.
func Main(ctx context.Context, args []string, streams Streams) (code int) {
	defer func() {
		if fault := recover(); fault != nil {
			streams.note("internal error: %v: report this with the command line and the connector", fault)
			code = ExitIncomplete
		}
	}()
	root := newRoot(streams)
	root.SetArgs(args)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil:
		return ExitReady
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(streams.Err, "precert: interrupted before there was anything to report")
		return ExitIncomplete
	}
	streams.note("%s", explained(err))
	return ExitUsage
}

// helpWidth is how wide the flags in --help may be on a terminal of a width, 0 for an unknown one.
func helpWidth(width int) int {
	if width == 0 {
		return 100
	}
	return min(max(width, 60), 120)
}

func newRoot(streams Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "precert",
		Short: "Certify a Power Platform connector before Microsoft does",
		Long: `precert checks a connector for Microsoft Power Platform against everything that
certification checks, exercises every operation of its API, and writes one
compliance report. It works offline: requests go to the API under test only.

The exit code is 0 when ready, 1 when not, 2 for a wrong command line or
configuration, 3 when the run was not finished.`,
		Example: `  precert demo
  precert check connectors/fabrikam-boards
  precert certify connectors/fabrikam-boards --base-url https://sandbox.fabrikam.com/v1 --allow POST,DELETE
  precert explain OperationIdRequired`,
		Version:       Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetVersionTemplate("precert {{.Version}}\n")
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", fmt.Sprintf(".FlagUsagesWrapped %d ", helpWidth(streams.Width))))
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newCertify(streams), newCheck(streams), newTest(streams), newRules(streams), newExplain(streams),
		newInit(streams), newDemo(streams), newDiff(streams), newReport(streams), newPackage(streams), newVersion(streams), newMan(streams),
	)
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		// Cobra's own shows the help of the root for a command that there is not.
		help.Args = func(_ *cobra.Command, args []string) error {
			if found, _, err := root.Find(args); err != nil || found == root && len(args) > 0 {
				return unknownCommand(root, args[0])
			}
			return nil
		}
	}
	return root
}
