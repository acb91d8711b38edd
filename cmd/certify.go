package cmd

import "github.com/spf13/cobra"

func newCertify(streams Streams) *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "certify [PATH…]",
		Short: "Check a connector, exercise its API, and give one verdict",
		Long: `certify does the main job: check, then test, one verdict and one compliance
report. An operation that was never exercised keeps the connector from being
ready: certification asks for ten successful calls of each.`,
		Example: `  PRECERT_API_KEY=… precert certify connectors/fabrikam-boards --base-url https://sandbox.fabrikam.com/v1 --allow POST,DELETE
  precert certify . --format terminal,html=compliance.html,junit=compliance.xml`,
		RunE: func(c *cobra.Command, args []string) error {
			j := &job{flags: f, streams: streams, command: "certify", static: true, live: true}
			return j.run(c.Context(), args)
		},
	}
	f.bindCommon(c)
	f.bindRun()
	f.bindLive()
	return c
}
