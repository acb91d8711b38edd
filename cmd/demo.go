package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
	"github.com/precert/precert/runner"
)

func newDemo(streams Streams) *cobra.Command {
	f := &flags{}
	broken, write, serve := false, "", ""
	c := &cobra.Command{
		Use:   "demo",
		Short: "Certify the embedded sample connector against an embedded API",
		Long: `demo does the whole main job without any set-up: it starts a sample help desk
API on this machine's loopback address and certifies the connector that goes
with it. --broken takes a connector full of mistakes and an API full of faults.
--write puts the connector into a folder of yours instead, and --serve leaves
the API running, to try the other commands on them.`,
		Example: `  precert demo
  precert demo --broken
  precert demo --format terminal,html=demo.html
  precert demo --write desk
  precert demo --serve 127.0.0.1:8484`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.complete(streams.Env); err != nil {
				return err
			}
			server := helpdesk.New()
			source := connector.Source{Path: "sample/help-desk", FS: fixtures.Good(), Dir: ".", Definition: "apiDefinition.swagger.json"}
			if broken {
				server = helpdesk.New(helpdesk.WithFault(helpdesk.BrokenDemo()...))
				source.Path, source.FS = "sample/broken-help-desk", fixtures.Worst()
			}
			if write != "" || serve != "" {
				return tryOut(c.Context(), streams, source, server, write, serve)
			}
			address, stop, err := server.Start()
			if err != nil {
				return fmt.Errorf("the sample API cannot listen on the loopback address: %w", err)
			}
			defer stop()
			j := &job{flags: f, streams: streams, command: "demo", static: true, live: true}
			j.tune = func(s *subject, o *runner.Options) {
				o.BaseURL = address
				o.Allow = []string{"POST", "PUT", "PATCH", "DELETE"}
				o.Strict = true
				o.Connection = map[string]string{}
				for _, name := range connectionNames(s.pkg) {
					o.Connection[name] = helpdesk.DemoKey
				}
			}
			return j.judge(c.Context(), []connector.Source{source})
		},
	}
	f.bindCommon(c)
	f.bindLive()
	c.Flags().BoolVar(&broken, "broken", false, "certify a bad connector against a faulty API")
	c.Flags().StringVar(&write, "write", "", "write the sample connector into the new folder `DIR`, and stop")
	c.Flags().StringVar(&serve, "serve", "", "serve the sample API at `HOST:PORT` until interrupted")
	return c
}
