package cmd

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner"
)

func newInit(streams Streams) *cobra.Command {
	force, output := false, ""
	c := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write a commented precert.yaml for a connector",
		Long: `init reads the connector and writes a precert.yaml beside it: its connection
parameters as environment variables, how to sign in, the unsafe methods with
what they would do, the values that no operation can supply, and what makes
its triggers fire.`,
		Example: `  precert init
  precert init connectors/fabrikam-boards --force
  precert init connectors/fabrikam-boards --output -`,
		Args: takes(0, 1, "one connector"),
		RunE: func(c *cobra.Command, args []string) error {
			path := "."
			if len(args) > 0 {
				path = args[0]
			}
			sources, err := connector.Discover(c.Context(), path)
			if err != nil {
				return err
			}
			if len(sources) > 1 {
				return fmt.Errorf("%s holds %d connectors, and each has a precert.yaml of its own: name one of them, such as %s", path, len(sources), sources[0].Path)
			}
			pkg, err := connector.Load(c.Context(), sources[0])
			if err != nil {
				return err
			}
			if p := unreadable(pkg); p != nil {
				return fmt.Errorf("%s: %s Mend it first: precert check %s", placed(besideSource(sources[0], p.File), p), p.Message, path)
			}
			text, err := starterText(pkg, time.Now())
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if output == "-" {
				_, err := fmt.Fprint(streams.Out, text)
				return writeFailed("the configuration", err)
			}
			if output == "" {
				output = besideSource(sources[0], configName)
			}
			if err := writeNew(output, []byte(text), force); err != nil {
				return err
			}
			streams.note("wrote %s", output)
			return nil
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a precert.yaml that is already there")
	c.Flags().StringVarP(&output, "output", "o", "", "write to this FILE, - for standard output (default: precert.yaml beside the connector)")
	return c
}

// besideSource is the path of a file beside a connector, where its configuration is looked for.
func besideSource(source connector.Source, name string) string {
	return filepath.Join(sourceFolder(source), name)
}

// starterText is the text of a precert.yaml for a connector.
func starterText(pkg *connector.Package, now time.Time) (string, error) {
	survey, err := runner.NewSurvey(pkg)
	if err != nil {
		return "", err
	}
	s := &starter{pkg: pkg, survey: survey, now: now}
	s.head()
	s.address()
	s.connection()
	s.signIn()
	s.methods()
	s.values()
	s.triggers()
	s.rest()
	return s.text.String(), nil
}
