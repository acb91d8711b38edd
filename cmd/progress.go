package cmd

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/precert/precert/reports"
	"github.com/precert/precert/runner"
)

const (
	// redrawAfter keeps fast runs from spending their time on drawing.
	redrawAfter = 100 * time.Millisecond
	// longRun is how long a run lasts before its rate and time left are worth
	// reading; guessAfter is the part of it that a guess needs.
	longRun    = 3 * time.Second
	guessAfter = 0.02
	// redrawEvery keeps the line true while no answer comes.
	redrawEvery = time.Second
)

// progress draws one line on standard error while a live run goes on.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	width int
	now   func() time.Time
	// ended makes the goroutine that redraws return, watched is done when it has.
	ended   chan struct{}
	watched sync.WaitGroup

	started, drawn time.Time
	// last is the newest event and told when it came.
	last runner.Event
	told time.Time
	// answered counts calls, running the successes of operations under way.
	answered int
	running  map[string]int
}

// newProgress starts to draw where a person looks; done ends it.
func newProgress(streams Streams, quiet bool) *progress {
	p := &progress{w: io.Discard, width: streams.ErrWidth, now: time.Now, running: map[string]int{}, ended: make(chan struct{})}
	p.started = p.now()
	if streams.progress(quiet) {
		p.w = streams.Err
		ticker := time.NewTicker(redrawEvery)
		p.watch(ticker.C, ticker.Stop)
	}
	return p
}

// watch redraws at each tick until done is called, then calls stop.
func (p *progress) watch(ticks <-chan time.Time, stop func()) {
	p.watched.Go(func() {
		defer stop()
		for {
			select {
			case <-ticks:
				p.tick()
			case <-p.ended:
				return
			}
		}
	})
}

// tick redraws the line of a run from which nothing was heard.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		p.draw(p.now())
	}
}

// event counts what happened and redraws the line, not more often than a person
// can read. It is called from several goroutines.
func (p *progress) event(e runner.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case runner.Started:
	case runner.Called:
		p.answered++
		p.running[e.OperationID] = min(e.Success, e.Calls)
	case runner.Finished:
		delete(p.running, e.OperationID)
	}
	now := p.now()
	p.last, p.told = e, now
	if p.drawn.IsZero() || now.Sub(p.drawn) >= redrawAfter {
		p.draw(now)
	}
}

func (p *progress) draw(now time.Time) {
	p.drawn = now
	line := []rune(p.line(p.last, now.Sub(p.started), now.Sub(p.told)))
	// A line that wraps could not be wiped again.
	if p.width > 1 && len(line) >= p.width {
		line = append(line[:p.width-2], '…')
	}
	fmt.Fprint(p.w, "\r\x1b[K"+string(line))
}

// line says how far the run is: what is done, how fast, how long it will take or
// for how long nothing was heard, and what it is at, so that a narrow terminal
// cuts the least of it.
func (p *progress) line(e runner.Event, elapsed, silent time.Duration) string {
	parts := []string{fmt.Sprintf("  %d of %d operations", e.Done, e.Total)}
	if elapsed >= longRun {
		parts = append(parts, fmt.Sprintf("%.*f calls/s", decimals(p.rate(elapsed)), p.rate(elapsed)))
		// A guess runs down until the next event gives a better one.
		if left, ok := p.left(e, elapsed-silent); silent >= longRun {
			parts = append(parts, "no answer for "+roughly(silent))
		} else if ok {
			left -= silent
			parts = append(parts, "about "+roughly(left)+" left")
		}
	}
	name := []rune(reports.Printable(e.OperationID))
	if len(name) > 40 {
		name = append(name[:39], '…')
	}
	return strings.Join(append(parts, fmt.Sprintf("%s %d/%d", string(name), e.Success, e.Calls)), " · ")
}

func (p *progress) rate(elapsed time.Duration) float64 {
	return float64(p.answered) / elapsed.Seconds()
}

func decimals(rate float64) int {
	if rate < 10 {
		return 1
	}
	return 0
}

// left guesses the time left from the part of the wanted successes that is
// done; a finished operation counts whole, whatever came of it.
func (p *progress) left(e runner.Event, elapsed time.Duration) (time.Duration, bool) {
	whole := float64(e.Total * e.Calls)
	done := float64(e.Done * e.Calls)
	for _, successes := range p.running {
		done += float64(successes)
	}
	if whole == 0 || done/whole < guessAfter || done > whole {
		return 0, false
	}
	return time.Duration(float64(elapsed) * (whole - done) / done), true
}

// roughly writes a guess: 5 s, 2 min, 1 h 10 min.
func roughly(d time.Duration) string {
	switch {
	case d < 55*time.Second:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second).Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", max(1, int(d.Round(time.Minute).Minutes())))
	default:
		d = d.Round(10 * time.Minute)
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
}

// done ends the drawing and wipes the line.
func (p *progress) done() {
	close(p.ended)
	p.watched.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
