package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// takes refuses fewer than least or more than most arguments; most is -1 for any
// number. what names them in words.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		given := fmt.Sprintf("%d are given", len(args))
		switch len(args) {
		case 0:
			given = "none is given"
		case 1:
			given = "one is given"
		}
		return fmt.Errorf("%s takes %s, and %s: see %s --help", c.Name(), what, given, c.CommandPath())
	}
}

// unknownCommand says which command was probably meant, or that a path wants one before it.
func unknownCommand(root *cobra.Command, word string) error {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	hint := ": see precert --help"
	if _, err := os.Stat(word); err == nil {
		hint = ": to judge the connector there, write precert check " + word
	} else if likely := meant(word, names); likely != "" {
		hint = likely + hint
	}
	return fmt.Errorf("unknown command %q%s", word, hint)
}

var (
	wrongArgument = regexp.MustCompile(`^invalid argument "(.*)" for "(?:-\w, )?--([\w-]+)" flag: `)
	unknownFlag   = regexp.MustCompile(`^unknown flag: --([\w-]+)$`)
	unknownShort  = regexp.MustCompile(`^unknown shorthand flag: '(.)' in `)
	noArgument    = regexp.MustCompile(`^flag needs an argument: (?:'(.)' in -\S+|--([\w-]+))$`)
)

// flagError puts what the flag parser says into plain words with a way out.
func flagError(c *cobra.Command, err error) error {
	text, help := err.Error(), c.CommandPath()+" --help"
	if m := wrongArgument.FindStringSubmatch(text); m != nil {
		return wrongValue(c.Flags().Lookup(m[2]), m[2], m[1], help)
	}
	if m := unknownFlag.FindStringSubmatch(text); m != nil {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		likely := ""
		if near := meant(m[1], names); near != "" {
			likely = strings.Replace(near, "did you mean ", "did you mean --", 1)
		}
		return fmt.Errorf("unknown flag: --%s%s: see %s", m[1], likely, help)
	}
	if m := unknownShort.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("unknown flag: -%s: see %s", m[1], help)
	}
	if m := noArgument.FindStringSubmatch(text); m != nil {
		name := m[2]
		if f := c.Flags().ShorthandLookup(m[1]); m[1] != "" && f != nil {
			name = f.Name
		}
		return fmt.Errorf("--%s wants a value, such as %s: see %s", name, sampleOf(c.Flags().Lookup(name)), help)
	}
	return fmt.Errorf("%w: see %s", err, help)
}

// wrongValue says what a flag takes.
func wrongValue(f *pflag.Flag, name, value, help string) error {
	wants := map[string]string{"int": "a whole number", "int64": "a whole number", "duration": "a time", "bool": "true or false"}
	kind := "a value"
	if f != nil && wants[f.Value.Type()] != "" {
		kind = wants[f.Value.Type()]
	}
	if kind == "true or false" {
		return fmt.Errorf("--%s wants true or false, not %q: see %s", name, value, help)
	}
	return fmt.Errorf("--%s wants %s such as %s, not %q: see %s", name, kind, sampleOf(f), value, help)
}

// sampleOf is a value that a flag takes.
func sampleOf(f *pflag.Flag) string {
	if f == nil {
		return "VALUE"
	}
	samples := map[string]string{
		"format": "html=report.html", "output": "reports/", "config": configName, "publisher": "verified", "severity": "error", "rule": "OperationIdSanitized=off",
		"base-url": "https://sandbox.fabrikam.com/v1", "allow": "POST,DELETE", "rate": "20/s", "shard": "2/8", "connection": "api_key=VALUE",
		"calls": "10", "jobs": "4", "seed": "1", "timeout": "30s", "budget": "10m", "callback-listen": "127.0.0.1:8475", "callback-url": "https://my-tunnel.example.com",
	}
	if sample := samples[f.Name]; sample != "" {
		return sample
	}
	switch f.Value.Type() {
	case "int", "int64":
		return "10"
	case "duration":
		return "30s"
	}
	return "VALUE"
}

// sensible refuses flags whose values no run can have.
func (f *flags) sensible() error {
	l := &f.live
	negative := func(name string) error {
		return fmt.Errorf("--%s cannot be negative: write such as --%s %s, or leave it out", name, name, sampleOf(f.set.Lookup(name)))
	}
	switch {
	case f.set.Lookup("jobs") != nil && f.jobs < 1:
		return fmt.Errorf("--jobs wants a number from 1, not %d: leave it out for as many as there are processors", f.jobs)
	case l.calls < 0:
		return negative("calls")
	case l.timeout < 0:
		return negative("timeout")
	case l.budget < 0:
		return negative("budget")
	}
	for _, method := range l.allow {
		if err := unsafeMethod(method); err != nil {
			return fmt.Errorf("--allow %s: %w", method, err)
		}
	}
	return cmp.Or(wellFormed("only", f.only), wellFormed("skip", f.skip))
}

// wellFormed refuses patterns of a flag that match nothing because they are not well formed.
func wellFormed(flag string, patterns []string) error {
	for _, pattern := range patterns {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return fmt.Errorf("--%s %s: the pattern cannot be read: close the [, or write \\[ for the character", flag, pattern)
		}
	}
	return nil
}

// writeFailed says what could not be written and what to do; nil for no error.
func writeFailed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s cannot be written: %w", what, plainly(err))
}

// hints are the ways out of what the system says about files.
func hints() []struct {
	when error
	hint string
} {
	return []struct {
		when error
		hint string
	}{
		{fs.ErrPermission, "permission denied: change its permissions, or choose another place"},
		{syscall.EROFS, "the file system is read-only: choose another place"},
		{syscall.ENOSPC, "the disk is full: make room, or choose another place"},
		{syscall.EPIPE, "nobody reads it any more: write it to a file with --output FILE"},
		{fs.ErrNotExist, "there is no such file or folder: check the name"},
		{syscall.ENOTDIR, "a part of the path is a file, not a folder: choose another name"},
		{syscall.EISDIR, "it is a folder: name a file in it"},
		{fs.ErrExist, "a file of that name is already there: choose another name"},
	}
}

// plainly puts what the system says about a file into words with a way out. The
// caller names the file.
func plainly(err error) error {
	for _, h := range hints() {
		if errors.Is(err, h.when) {
			return errors.New(h.hint)
		}
	}
	return err
}

// explained is the text of an error, what the system says in it about a file put into plain words.
func explained(err error) string {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return err.Error()
	}
	plain := plainly(at)
	if errors.Is(plain, at) {
		return err.Error()
	}
	name := at.Path
	if name == "/dev/stdout" {
		name = "standard output"
	}
	if err == error(at) { //nolint:errorlint // only a bare one says nothing of what was tried
		return fmt.Sprintf("%s cannot be used (%s): %s", name, at.Op, plain)
	}
	return strings.Replace(err.Error(), at.Error(), name+": "+plain.Error(), 1)
}
