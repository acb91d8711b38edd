package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/helpdesk"
)

// tryOut hands the sample to the user: the connector as files, the API running.
func tryOut(ctx context.Context, streams Streams, source connector.Source, api http.Handler, write, address string) error {
	if write != "" {
		if err := fixtures.WriteTo(write, source.FS); err != nil {
			return err
		}
		streams.note("wrote %s", write)
	}
	if address == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("the sample API cannot listen at %s: %w", address, err)
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Fprintf(streams.Out, "The sample API listens at http://%s%s and takes the access key %s. Interrupt it with Ctrl+C.\n", listener.Addr(), helpdesk.BasePath, helpdesk.DemoKey)
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
