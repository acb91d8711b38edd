package cmd

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/precert/precert/reports"
)

// Streams are what the commands read and write, so that a test runs them in
// its own process.
type Streams struct {
	Out, Err io.Writer
	// OutTerminal and ErrTerminal say whether a person looks at the stream.
	OutTerminal, ErrTerminal bool
	// Width is the terminal's number of columns, 0 when unknown.
	Width int
	// ErrWidth is that of the terminal behind Err, 0 when unknown.
	ErrWidth int
	// Env looks up an environment variable.
	Env func(name string) (value string, ok bool)
}

// System returns the streams of the process.
func System() Streams {
	s := Streams{
		Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv,
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())), ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if s.OutTerminal {
		if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			s.Width = width
		}
	}
	if s.ErrTerminal {
		if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil {
			s.ErrWidth = width
		}
	}
	return s
}

// note tells something about the run itself on standard error. What it quotes
// may come from anywhere.
func (s Streams) note(format string, args ...any) {
	fmt.Fprintf(s.Err, "precert: %s\n", reports.Printable(fmt.Sprintf(format, args...)))
}

// colour decides whether terminal output is coloured: never into a file or a
// pipe, in CI or when the user says no.
func (s Streams) colour(noColor bool) bool {
	if noColor || !s.OutTerminal {
		return false
	}
	if value, set := s.Env("NO_COLOR"); set && value != "" {
		return false
	}
	value, _ := s.Env("TERM")
	return value != "dumb"
}

// progress decides whether to draw progress on standard error.
func (s Streams) progress(quiet bool) bool {
	ci, _ := s.Env("CI")
	kind, _ := s.Env("TERM")
	inCI := ci != "" && ci != "0" && !strings.EqualFold(ci, "false")
	return s.ErrTerminal && !quiet && !inCI && kind != "dumb"
}
