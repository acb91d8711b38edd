package cmd

import "github.com/spf13/cobra"

func newCheck(streams Streams) *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Check connectors against the rules of certification",
		Long: `check reads connectors (folders, definition files, zips, or a folder of
connectors) and reports what certification will refuse, where, why and how to
mend it. It needs no network.`,
		Example: `  precert check
  precert check connectors/fabrikam-boards --format terminal,junit=check.xml,html=check.html
  precert check connectors --format json --output check.json --severity warning
  precert check connectors/fabrikam-boards --since v1.2.0
  precert check apiDefinition.swagger.json --rule OperationIdSanitized=off --only 'Operation*'`,
		RunE: func(c *cobra.Command, args []string) error {
			j := &job{flags: f, streams: streams, command: "check", static: true}
			return j.run(c.Context(), args)
		},
	}
	f.bindCommon(c)
	f.set.StringVar(&f.since, "since", "", "compare with the version in git revision `REV` as well, and report breaking changes")
	f.bindRun()
	return c
}
