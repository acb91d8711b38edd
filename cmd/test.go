package cmd

import "github.com/spf13/cobra"

func newTest(streams Streams) *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "test PATH",
		Short: "Exercise every operation of a connector against its API",
		Long: `test calls every operation of the definition as the platform would, ten
successful calls each, and judges the answers. Values come from precert.yaml,
examples, defaults and enums, then from the schema; ids come from earlier
answers. GET, HEAD and OPTIONS always may run; --allow names what else may.
Only what the run created is changed and deleted.`,
		Example: `  PRECERT_API_KEY=… precert test connectors/fabrikam-boards --base-url https://sandbox.fabrikam.com/v1
  precert test . --allow POST,PATCH,DELETE --calls 3 --rate 5/s
  precert test . --dry-run
  precert test . --only ListCards,GetCard --format json --output run.json`,
		Args: takes(0, 1, "one connector"),
		RunE: func(c *cobra.Command, args []string) error {
			j := &job{flags: f, streams: streams, command: "test", live: true}
			return j.run(c.Context(), args)
		},
	}
	f.bindCommon(c)
	f.bindRun()
	f.bindLive()
	return c
}
