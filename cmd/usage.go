package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

// atMostOne refuses a second argument; what names the first.
func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s, and %d are given: see %s --help", c.CommandPath(), what, len(args), c.CommandPath())
		}
		return nil
	}
}

// writeFailed says which report could not be written and what to do; nil for no error.
func writeFailed(what, file string, err error) error {
	if err == nil {
		return nil
	}
	if file != "" {
		what += " " + file
	}
	return fmt.Errorf("%s cannot be written: %w", what, err)
}
