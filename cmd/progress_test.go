package cmd

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/runner"
)

// drawnBy is a progress whose clock the test sets.
func drawnBy(width int) (*progress, *bytes.Buffer, *time.Time) {
	var out bytes.Buffer
	clock := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	p := newProgress(Streams{Err: &out, ErrTerminal: true, ErrWidth: width, Env: func(string) (string, bool) { return "", false }}, false)
	p.done()
	p.now, p.ended = func() time.Time { return clock }, make(chan struct{})
	p.started = clock
	return p, &out, &clock
}

func TestProgressTellsRateAndTimeLeft(t *testing.T) {
	p, out, clock := drawnBy(120)
	event := func(after time.Duration, e runner.Event) string {
		out.Reset()
		*clock = clock.Add(after)
		e.Calls, e.Total = 10, 20
		p.event(e)
		return out.String()
	}
	assert.Equal(t, "\r\x1b[K  0 of 20 operations · ListCards 0/10", event(0, runner.Event{OperationID: "ListCards"}))
	for i := range 10 {
		event(time.Second, runner.Event{Kind: runner.Called, OperationID: "ListCards", Success: i + 1})
	}
	assert.Equal(t, "\r\x1b[K  1 of 20 operations · 0.5 calls/s · about 6 min left · ListCards 10/10",
		event(10*time.Second, runner.Event{Kind: runner.Finished, OperationID: "ListCards", Success: 10, Done: 1}))
	assert.Empty(t, event(50*time.Millisecond, runner.Event{Kind: runner.Called, OperationID: "GetCard", Success: 1, Done: 1}), "too soon to draw again")
	assert.Equal(t, "\r\x1b[K  19 of 20 operations · 0.6 calls/s · about 1 s left · GetCard 2/10",
		event(time.Second, runner.Event{Kind: runner.Called, OperationID: "GetCard", Success: 2, Done: 19}))
	out.Reset()
	p.done()
	assert.Equal(t, "\r\x1b[K", out.String())
}

// TestProgressGoesOnWhileNothingAnswers lets seconds pass without an event.
func TestProgressGoesOnWhileNothingAnswers(t *testing.T) {
	p, out, clock := drawnBy(120)
	ticks, stopped := make(chan time.Time), 0
	p.watch(ticks, func() { stopped++ })
	// A tick is taken once the one before it was drawn.
	pass := func(seconds int) string {
		for range seconds {
			p.mu.Lock()
			out.Reset()
			*clock = clock.Add(time.Second)
			p.mu.Unlock()
			ticks <- *clock
		}
		ticks <- *clock
		p.mu.Lock()
		defer p.mu.Unlock()
		lines := strings.Split(out.String(), "\r\x1b[K")
		return lines[len(lines)-1]
	}
	assert.Empty(t, pass(2), "nothing is under way yet")
	event := runner.Event{Kind: runner.Called, OperationID: "ListCards", Success: 5, Calls: 10, Total: 2}
	p.event(event)
	assert.Equal(t, "  0 of 2 operations · 0.2 calls/s · about 4 s left · ListCards 5/10", pass(2))
	assert.Equal(t, "  0 of 2 operations · 0.1 calls/s · no answer for 7 s · ListCards 5/10", pass(5))
	assert.Equal(t, "  0 of 2 operations · 0.0 calls/s · no answer for 2 min · ListCards 5/10", pass(120))
	p.event(event)
	assert.Equal(t, "  0 of 2 operations · 0.0 calls/s · about 6 min left · ListCards 5/10", pass(1))
	p.done()
	assert.Equal(t, 1, stopped, "no goroutine is left")
	assert.True(t, strings.HasSuffix(out.String(), "\r\x1b[K"))
}

func TestProgressKeepsToOneLine(t *testing.T) {
	p, out, _ := drawnBy(30)
	p.event(runner.Event{OperationID: "WhenACardIsCreatedOrModified\x1b[2J", Calls: 10, Total: 400})
	assert.Equal(t, "\r\x1b[K  0 of 400 operations · When…", out.String())
}

func TestProgressIsForPeopleOnly(t *testing.T) {
	for name, setting := range map[string]struct {
		terminal, quiet bool
		env             map[string]string
	}{
		"a pipe":          {env: map[string]string{}},
		"CI":              {terminal: true, env: map[string]string{"CI": "true"}},
		"--quiet":         {terminal: true, quiet: true, env: map[string]string{}},
		"a dumb terminal": {terminal: true, env: map[string]string{"TERM": "dumb"}},
	} {
		var out bytes.Buffer
		p := newProgress(Streams{Err: &out, ErrTerminal: setting.terminal, Env: func(key string) (string, bool) {
			value, ok := setting.env[key]
			return value, ok
		}}, setting.quiet)
		p.event(runner.Event{OperationID: "ListCards", Calls: 10, Total: 4})
		p.done()
		assert.Empty(t, out.String(), name)
	}
}

func TestRoughly(t *testing.T) {
	var got []string
	for _, d := range []time.Duration{0, 4600 * time.Millisecond, 54 * time.Second, 58 * time.Second, 150 * time.Second, 59*time.Minute + 50*time.Second, 64 * time.Minute} {
		got = append(got, roughly(d))
	}
	assert.Equal(t, "[1 s 5 s 54 s 1 min 3 min 60 min 1 h 0 min]", fmt.Sprint(got))
}
