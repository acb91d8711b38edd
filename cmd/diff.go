package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
	"github.com/precert/precert/rules/changes"
)

// stepsShown is how many version steps follow a report on the terminal.
const stepsShown = 3

func newDiff(streams Streams) *cobra.Command {
	f := &flags{}
	patch := ""
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what an update does to flows that exist",
		Long: `diff compares two versions of a connector the way the change validator of
certification does, and tells which changes break flows that exist. OLD and NEW
are connector folders, definition files or zips, or git:REV:PATH for a version
that git keeps (PATH is relative to the current folder, else to the top of the
repository). It suggests how to publish what breaks as a new revision.`,
		Example: `  precert diff published/fabrikam-boards connectors/fabrikam-boards
  precert diff git:v1.2.0:connectors/fabrikam-boards connectors/fabrikam-boards
  precert diff git:main:. . --format markdown --output changes.md
  precert diff old.json new.json --patch version-step.diff`,
		Args: takes(2, 2, "two versions, OLD and NEW"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.environment(streams.Env); err != nil {
				return err
			}
			d := &diff{job: &job{flags: f, streams: streams, command: "diff"}, patch: patch}
			return d.run(c.Context(), args[0], args[1])
		},
	}
	f.bindOutput(c)
	f.set.StringVar(&f.config, "config", "", "configuration `FILE` (default: precert.yaml beside NEW)")
	f.set.StringVar(&f.severity, "severity", "", "least `LEVEL` that fails the run: error, warning or info (default: error)")
	f.set.StringArrayVar(&f.rules, "rule", nil, "severity of a kind of change, `NAME=LEVEL` with off, info, warning or error; globs allowed, repeatable")
	f.set.StringVar(&patch, "patch", "", "write the suggested version step to `FILE`")
	f.jobs = runtime.GOMAXPROCS(0)
	return c
}

// diff is one invocation of the command.
type diff struct {
	*job
	patch string
}

func (d *diff) run(ctx context.Context, oldAt, newAt string) error {
	started := time.Now()
	targets, err := d.flags.targets(d.streams)
	if err != nil {
		return err
	}
	old, _, err := loadVersion(ctx, oldAt)
	if err != nil {
		return err
	}
	updated, source, err := loadVersion(ctx, newAt)
	if err != nil {
		return err
	}
	s, err := d.prepare(source)
	if err != nil {
		return err
	}
	failOn, err := parseFailOn(firstOf(d.flags.severity, s.config.Severity))
	if err != nil {
		return err
	}
	s.outcome = &finding.Connector{Path: filepath.ToSlash(source.Path), Title: updated.Title(), Publisher: updated.Publisher(), Files: updated.ReportFiles()}
	if err := d.weigh(s, changes.Compare(old, updated), time.Now()); err != nil {
		return err
	}
	run := &finding.Run{
		Schema: finding.Schema, Tool: finding.Tool{Name: "precert", Version: Version()},
		Command: d.command, StartedAt: started.UTC().Truncate(time.Second),
		Connectors: []*finding.Connector{s.outcome},
	}
	run.Docs = docs(run)
	run.Conclude(failOn)
	run.DurationMs = time.Since(started).Milliseconds()
	if err := write(run, targets, d.streams, d.flags.quiet); err != nil {
		return err
	}
	if err := d.suggest(changes.Steps(old, updated), targets); err != nil {
		return err
	}
	return exitFor(run.Verdict)
}

// suggest writes the version step to its file, or below a report on the terminal.
func (d *diff) suggest(steps []changes.Step, targets []target) error {
	if d.patch != "" {
		var all strings.Builder
		for _, s := range steps {
			all.WriteString(s.Patch)
		}
		err := os.MkdirAll(filepath.Dir(d.patch), 0o750)
		if err == nil {
			err = os.WriteFile(d.patch, []byte(all.String()), 0o644) //nolint:gosec // a patch is for others to read
		}
		switch {
		case err != nil:
			return writeFailed("the version step "+d.patch, err)
		case len(steps) == 0:
			d.streams.note("%s is empty: no change needs a version step", d.patch)
		case !d.flags.quiet:
			d.streams.note("wrote %s", d.patch)
		}
		return nil
	}
	for _, t := range targets {
		if t.name != "terminal" || t.file != "" || d.flags.quiet || len(steps) == 0 {
			continue
		}
		fmt.Fprint(d.streams.Out, "\nVersion step: keep what is published, deprecated, and publish the update beside it\n\n")
		for i, s := range steps {
			if i == stepsShown && !d.flags.verbose {
				fmt.Fprintf(d.streams.Out, "… and %d more operations (--patch FILE writes all)\n", len(steps)-i)
				break
			}
			fmt.Fprintf(d.streams.Out, "%s\n\n", indent(strings.TrimRight(s.Patch, "\n")))
		}
	}
	return nil
}

// aboutChanges reports whether a suppression names kinds of changes rather than rules.
func (s suppression) aboutChanges() bool {
	return len(matching([]string{s.Rule}, ruleNames())) == 0 && len(matching([]string{s.Rule}, changeNames())) > 0
}

// covers reports whether a suppression is about a change: its kind, at the value
// path or below it.
func (s suppression) covers(ch finding.Change) bool {
	if !rules.Match(s.Rule, ch.Change) {
		return false
	}
	rest, below := strings.CutPrefix(ch.ValuePath, s.At)
	return below && (s.At == "" || rest == "" || rest[0] == '/')
}

// weigh puts the changes of a connector into its outcome, and applies what the
// user has set for kinds of changes: severities, and changes that were accepted,
// which stay as information. Suppressions of changes that match none become findings.
func (j *job) weigh(s *subject, found []finding.Change, now time.Time) error {
	overrides, err := j.overrides(s.config)
	if err != nil {
		return err
	}
	used := make([]bool, len(s.config.Ignore))
	for _, ch := range found {
		for _, o := range overrides {
			if rules.Match(o.Pattern, ch.Change) {
				ch.Severity = o.Severity
			}
		}
		for i, accepted := range s.config.Ignore {
			if !accepted.covers(ch) {
				continue
			}
			used[i] = true
			if !accepted.ended(now) {
				ch.Severity = min(ch.Severity, finding.Info)
				ch.Message += " Accepted: " + accepted.Reason + "."
				ch.Hint = ""
			}
		}
		if ch.Severity != finding.Off {
			s.outcome.Changes = append(s.outcome.Changes, ch)
		}
	}
	for i, ignore := range s.config.Ignore {
		switch {
		case !ignore.aboutChanges():
		case used[i] && ignore.ended(now):
			j.complain(s, ignore, ignore.end())
		case !used[i] && len(j.flags.only) == 0 && len(j.flags.skip) == 0:
			j.complain(s, ignore, "matches no change")
		}
	}
	return nil
}

// changesSince compares a connector with its version in a git revision. A connector
// that is new since then has no changes.
func (j *job) changesSince(ctx context.Context, s *subject, pkg *connector.Package) error {
	folder := s.source.Path
	if info, err := os.Stat(folder); err != nil {
		return fmt.Errorf("--since needs a connector folder or a definition file, %s is none", s.source.Path)
	} else if !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	repo, err := openRepository(ctx, folder)
	if err != nil {
		return err
	}
	at, err := repo.relative(s.source.Path)
	if err != nil {
		return err
	}
	label := "git:" + j.flags.since + ":" + at
	sources, err := repo.sources(ctx, j.flags.since, at, label)
	if errors.Is(err, errNotAtRevision) {
		s.note = fmt.Sprintf("%s is new since %s, there is nothing to compare", s.source.Path, j.flags.since)
		return nil
	}
	if err != nil {
		return err
	}
	for _, source := range sources {
		if source.Dir != "." {
			continue
		}
		old, err := readVersion(ctx, source)
		if err != nil {
			return err
		}
		return j.weigh(s, changes.Compare(old, pkg), time.Now())
	}
	s.note = fmt.Sprintf("%s held no connector at %s, there is nothing to compare", s.source.Path, j.flags.since)
	return nil
}

// loadVersion reads the one connector at a path or at git:REV:PATH.
func loadVersion(ctx context.Context, at string) (*connector.Package, connector.Source, error) {
	sources, err := versionSources(ctx, at)
	if err != nil {
		return nil, connector.Source{}, err
	}
	if len(sources) > 1 {
		one := sources[0].Path
		if filepath.Clean(one) == filepath.Clean(at) { // others lie below it
			one = filepath.Join(one, sources[0].Definition)
		}
		return nil, connector.Source{}, fmt.Errorf("%s holds %d connectors: name the one to compare, such as %s", at, len(sources), one)
	}
	pkg, err := readVersion(ctx, sources[0])
	return pkg, sources[0], err
}

func versionSources(ctx context.Context, at string) ([]connector.Source, error) {
	rest, inGit := strings.CutPrefix(at, "git:")
	if !inGit {
		return connector.Discover(ctx, at)
	}
	revision, name, ok := strings.Cut(rest, ":")
	if !ok || revision == "" {
		return nil, fmt.Errorf("%s is not complete: write git:REV:PATH, such as git:HEAD:connectors/boards", at)
	}
	repo, err := openRepository(ctx, ".")
	if err != nil {
		return nil, err
	}
	relative, err := repo.relative(firstOf(name, "."))
	if err != nil {
		return nil, err
	}
	sources, err := repo.sources(ctx, revision, relative, at)
	if top := filepath.ToSlash(filepath.Clean(name)); errors.Is(err, errNotAtRevision) && filepath.IsLocal(name) && top != relative {
		return repo.sources(ctx, revision, top, at)
	}
	return sources, err
}

// readVersion reads a connector whose definition can be compared.
func readVersion(ctx context.Context, source connector.Source) (*connector.Package, error) {
	pkg, err := connector.Load(ctx, source)
	if err != nil {
		return nil, err
	}
	if p := unreadable(pkg); p != nil {
		return nil, fmt.Errorf("%s: %s Mend it before the comparison", placed(besideSource(source, p.File), p), p.Message)
	}
	switch format := connector.FormatOf(pkg.Definition.Root); {
	case pkg.Definition.Root == nil:
		return nil, fmt.Errorf("%s has no definition that can be read", source.Path)
	case format != connector.FormatSwagger2 && format != connector.FormatUnknown:
		return nil, fmt.Errorf("%s is %s: only Swagger 2.0 definitions can be compared", source.Path, format)
	}
	return pkg, nil
}

// unreadable returns why a definition was not read to its end, nil when it was:
// what is missing from it would pass for deleted.
func unreadable(pkg *connector.Package) *connector.Problem {
	for i, p := range pkg.Definition.Problems {
		if pkg.Definition.Root == nil || p.Rule == "FileTruncated" || p.Rule == "NestingTooDeep" {
			return &pkg.Definition.Problems[i]
		}
	}
	return nil
}

// placed is the place of a problem in a file. An empty file has no line.
func placed(file string, p *connector.Problem) string {
	if p.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Column)
}
