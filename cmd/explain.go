package cmd

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/precert/precert/finding"
)

func newExplain(streams Streams) *cobra.Command {
	noColor := false
	c := &cobra.Command{
		Use:   "explain NAME",
		Short: "Say what a rule or check wants, why, and how to mend it",
		Example: `  precert explain OperationIdRequired
  precert explain BodyMatchesSchema`,
		Args: takes(1, 1, "one name of a rule or check, such as OperationIdRequired"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names := make([]string, 0, 300)
			for _, d := range catalogue() {
				names = append(names, d.Name+"\t"+d.Summary)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			for _, d := range catalogue() {
				if strings.EqualFold(d.Name, args[0]) {
					return writeDoc(streams, d, streams.colour(noColor))
				}
			}
			return fmt.Errorf("no rule and no check is called %q%s: precert rules lists them", args[0], suggestion(args[0]))
		},
	}
	c.Flags().BoolVar(&noColor, "no-color", false, "no colour (also: NO_COLOR)")
	return c
}

func writeDoc(streams Streams, d finding.Doc, colour bool) error {
	width := min(max(streams.Width, 80), 100)
	bold := func(s string) string {
		if !colour {
			return s
		}
		return text.Bold.Sprint(s)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s · %s%s\n\n%s\n", bold(d.Name), d.Section, d.Severity, prefixed(" · policy ", d.Policy), wrap(d.Summary, width))
	for _, part := range []struct{ title, body string }{{"Fails", d.Fails}, {"Warns", d.Warns}, {"Skipped", d.Skips}, {"Why", d.Why}, {"Mend", d.Fix}} {
		if part.body != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", bold(part.title), indent(wrap(part.body, width-2)))
		}
	}
	for _, part := range []struct{ title, body string }{{"Wrong", d.Wrong}, {"Right", d.Right}} {
		if part.body != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", bold(part.title), indent(strings.TrimRight(part.body, "\n")))
		}
	}
	if len(d.Checker) > 0 {
		fmt.Fprintf(&b, "\nSolution checker: %s\n", strings.Join(d.Checker, ", "))
	}
	if d.Source != "" {
		fmt.Fprintf(&b, "\nSource: %s\n", d.Source)
	}
	_, err := fmt.Fprint(streams.Out, b.String())
	return err
}

// wrap breaks a text into lines between words, without the blanks that fill them up.
func wrap(body string, width int) string {
	lines := strings.Split(text.WrapSoft(body, width), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func indent(body string) string {
	return "  " + strings.ReplaceAll(body, "\n", "\n  ")
}
