package cmd

import (
	"fmt"
	"io"
	"sync"

	"github.com/precert/precert/runner"
)

// progress draws one line on standard error while a live run goes on.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	drawn bool
}

func newProgress(streams Streams, quiet bool) *progress {
	p := &progress{w: io.Discard}
	if streams.progress(quiet) {
		p.w = streams.Err
	}
	return p
}

// event redraws the line. It is called from several goroutines.
func (p *progress) event(e runner.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn = true
	name := []rune(e.OperationID)
	if len(name) > 40 {
		name = append(name[:39], '…')
	}
	fmt.Fprintf(p.w, "\r\x1b[K  %d of %d operations · %s %d/%d", e.Done, e.Total, string(name), e.Success, e.Calls)
}

// done wipes the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
