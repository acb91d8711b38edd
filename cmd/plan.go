package cmd

import (
	"fmt"
	"io"

	"github.com/precert/precert/runner"
)

// writePlan prints what a dry run would send.
func writePlan(w io.Writer, result *runner.Result) error {
	_, err := fmt.Fprintf(w, "%d requests planned\n", len(result.Plan))
	return err
}
