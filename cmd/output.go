package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
)

// target is one report to write: to a file, or to standard output when file is "".
type target struct {
	name     string
	file     string
	reporter reports.Reporter
}

// standardOutput is the file name that means standard output, as elsewhere.
const standardOutput = "-"

// targets reads --format and --output. The error says what to write instead.
func (f *flags) targets(streams Streams) ([]target, error) {
	var out []target
	for item := range strings.SplitSeq(f.format, ",") {
		name, file, named := strings.Cut(strings.TrimSpace(item), "=")
		if named && file == "" {
			return nil, fmt.Errorf("--format %s= names no file: write %s=FILE", name, name)
		}
		name = strings.ToLower(name)
		if err := knownFormat(name); err != nil {
			return nil, err
		}
		out = append(out, target{name: name, file: file})
	}
	if err := f.place(out); err != nil {
		return nil, err
	}
	for i := range out {
		opts := reports.Options{Verbose: f.verbose, Quiet: f.quiet}
		// Only where a report ends up tells whether a terminal shows it.
		if out[i].file == "" {
			opts.Colour, opts.Width = streams.colour(f.noColor), streams.Width
		}
		reporter, err := reports.New(out[i].name, opts)
		if err != nil {
			return nil, err
		}
		out[i].reporter = reporter
	}
	return out, nil
}

// knownFormat refuses a name that is none of a format, and says which was probably meant.
func knownFormat(name string) error {
	var names []string
	for _, format := range reports.Formats() {
		if format.Name == name {
			return nil
		}
		names = append(names, format.Name)
	}
	return fmt.Errorf("unknown format %q%s: use one of %s", name, meant(name, names), strings.Join(names, ", "))
}

// place gives the targets without a file theirs from --output.
func (f *flags) place(targets []target) error {
	output := f.output
	if output == standardOutput {
		output = ""
	}
	bare, inFolder := 0, map[string]int{}
	for _, t := range targets {
		if t.file == "" {
			inFolder[extension(t.name)]++
			if t.name != "terminal" {
				bare++
			}
		}
	}
	asFolder := bare > 1 || strings.HasSuffix(output, "/") || isFolder(output)
	shown, forMachines := 0, false
	for i := range targets {
		t := &targets[i]
		switch {
		case t.file != "" && t.file != standardOutput:
		case t.file == "" && output != "" && (t.name != "terminal" || len(targets) == 1):
			t.file = output
			if asFolder {
				name := "precert." + extension(t.name)
				if inFolder[extension(t.name)] > 1 {
					name = "precert." + t.name + "." + extension(t.name)
				}
				t.file = filepath.Join(output, name)
			}
		default:
			t.file = ""
			shown++
			forMachines = forMachines || t.name != "terminal"
		}
	}
	if a, b, same := sameFile(targets); same {
		return fmt.Errorf("%s and %s would both be written to %s: give each its own file", a.name, b.name, a.file)
	}
	if shown > 1 && forMachines {
		return errors.New("only one report fits on standard output: give the others a file (--format terminal,junit=out.xml) or a folder (--output DIR)")
	}
	return nil
}

// sameFile finds two reports that go to one file. A device takes several.
func sameFile(targets []target) (a, b target, found bool) {
	for i, a := range targets {
		for _, b := range targets[:i] {
			if a.file != "" && filepath.Clean(a.file) == filepath.Clean(b.file) {
				info, err := os.Stat(a.file)
				return b, a, err != nil || info.Mode().IsRegular()
			}
		}
	}
	return a, b, false
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return path != "" && err == nil && info.IsDir()
}

func extension(name string) string {
	for _, format := range reports.Formats() {
		if format.Name == name {
			return format.Extension
		}
	}
	return name
}

// write renders the run to every target, files beside one another: a reporter
// never changes the run.
func write(run *finding.Run, targets []target, streams Streams, quiet bool) error {
	failed := make([]error, len(targets))
	var files sync.WaitGroup
	// More at once would only hold more reports in memory.
	turn := make(chan struct{}, min(runtime.GOMAXPROCS(0), 2))
	for i, t := range targets {
		if t.file != "" {
			files.Go(func() {
				turn <- struct{}{}
				failed[i] = writeFile(t, run)
				<-turn
			})
		}
	}
	shown := false
	for i, t := range targets {
		if t.file == "" {
			shown = true
			if err := t.reporter.Write(streams.Out, run); err != nil {
				failed[i] = writeFailed("the "+t.name+" report", err)
			}
		}
	}
	files.Wait()
	for i, t := range targets {
		if failed[i] != nil {
			return failed[i]
		}
		if t.file != "" && !quiet {
			streams.note("wrote %s", t.file)
		}
		if n := reports.LeftOut(t.name, run); n > 0 {
			streams.note("the %s report leaves %d results out, those of least severity: code scanning takes no more (docs/formats.md); the JSON report has all", t.name, n)
		}
	}
	if shown {
		return nil
	}
	line, err := reports.New("terminal", reports.Options{Quiet: true})
	if err != nil {
		return err
	}
	return line.Write(streams.Err, run)
}

// writeFile replaces the file only when the whole report could be written.
func writeFile(t target, run *finding.Run) error {
	if err := put(t, run); err != nil {
		return writeFailed(fmt.Sprintf("the %s report %s", t.name, t.file), err)
	}
	return nil
}

func put(t target, run *finding.Run) error {
	dir := filepath.Dir(t.file)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	// A device, a pipe or a link is written into: replacing it would destroy it.
	if info, err := os.Lstat(t.file); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(t.file, os.O_WRONLY|os.O_TRUNC, 0)
		if err != nil {
			return err
		}
		return fill(file, t, run)
	}
	temporary, err := os.CreateTemp(dir, ".precert-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if err := fill(temporary, t, run); err != nil {
		return err
	}
	if err := os.Chmod(temporary.Name(), 0o644); err != nil { //nolint:gosec // a report is for others to read, like any file a build makes
		return err
	}
	return os.Rename(temporary.Name(), t.file)
}

// fill writes the report and closes the file.
func fill(file *os.File, t target, run *finding.Run) error {
	content := bufio.NewWriterSize(file, 1<<16)
	err := t.reporter.Write(content, run)
	if err == nil {
		err = content.Flush()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
