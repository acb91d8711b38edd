package cmd

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of the source tree.
const release = "0.1.0"

// Version returns the version of this build: the module's when it was
// installed by version, else that of the source tree.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && len(info.Main.Version) > 1 && info.Main.Version[0] == 'v' && info.Main.Sum != "" {
		return info.Main.Version[1:]
	}
	return release
}

func newVersion(streams Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  precert version",
		Args:    takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(streams.Out, "precert %s\n", Version())
			return err
		},
	}
}
