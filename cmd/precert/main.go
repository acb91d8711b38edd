// Command precert certifies a Power Platform connector before Microsoft does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/precert/precert/cmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cmd.Main(ctx, os.Args[1:], cmd.System())
	stop()
	os.Exit(code)
}
