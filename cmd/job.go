package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
	"github.com/precert/precert/runner"
)

// job is one invocation of check, test, certify or demo.
type job struct {
	flags   *flags
	streams Streams
	command string
	// static and live say which halves run.
	static, live bool
	// tune changes the options of the live run; nil to leave them.
	tune func(*subject, *runner.Options)
}

// subject is one connector on its way through a job.
type subject struct {
	source  connector.Source
	config  *config
	pkg     *connector.Package
	outcome *finding.Connector
	// note is said on standard error once all are read, "" for nothing.
	note    string
	portion portion
}

// path is the connector's path as reports name it.
func (s *subject) path() string { return filepath.ToSlash(s.source.Path) }

// configFile is the configuration as findings about it name it: relative to the connector.
func (s *subject) configFile() string {
	if s.config.file == "" || filepath.Clean(s.config.file) == filepath.Join(sourceFolder(s.source), configName) {
		return configName
	}
	from, err1 := filepath.Abs(s.source.Path)
	to, err2 := filepath.Abs(s.config.file)
	name, err3 := filepath.Rel(from, to)
	if errors.Join(err1, err2, err3) != nil {
		return filepath.ToSlash(s.config.file)
	}
	return filepath.ToSlash(name)
}

// run does the job for the connectors at paths.
func (j *job) run(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if err := j.flags.complete(j.streams.Env); err != nil {
		return err
	}
	sources, err := discover(ctx, paths)
	if err != nil {
		return err
	}
	return j.judge(ctx, sources)
}

// discover finds the connectors at paths. One that several paths lead to is
// taken once: it would be counted, and called, again.
func discover(ctx context.Context, paths []string) ([]connector.Source, error) {
	var out []connector.Source
	earlier := map[string]bool{}
	for _, path := range paths {
		found, err := connector.Discover(ctx, path)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(source connector.Source) bool { return earlier[identity(source)] })
		for _, source := range found {
			earlier[identity(source)] = true
		}
		out = append(out, found...)
	}
	return out, nil
}

// identity is the same for a connector that is named by its folder and by its definition.
func identity(source connector.Source) string {
	at := source.Path
	if filepath.Base(at) != source.Definition {
		at = filepath.Join(at, source.Definition)
	}
	if absolute, err := filepath.Abs(at); err == nil {
		return absolute
	}
	return at
}

// judge does the job for connectors that were found.
func (j *job) judge(ctx context.Context, sources []connector.Source) error {
	started := time.Now()
	targets, err := j.flags.targets(j.streams)
	if err != nil {
		return err
	}
	shard, err := parseShard(j.flags.shard)
	if err != nil {
		return err
	}
	base, err := readBaseline(j.flags.baseline)
	if err != nil {
		return err
	}
	if !j.live && j.onlyChecks() {
		return fmt.Errorf("--only %s names live checks, which %s does not make: precert test does", strings.Join(j.flags.only, ","), j.command)
	}
	subjects, failOn, err := j.subjects(sources)
	if err != nil {
		return err
	}
	subjects = deal(subjects, shard)
	if err := j.readAll(ctx, subjects); err != nil {
		return err
	}
	for _, s := range subjects {
		if s.note != "" {
			j.streams.note("%s", s.note)
		}
	}
	if err := j.patternsMatch(subjects); err != nil && shard == nil {
		return err
	}
	run := &finding.Run{
		Schema: finding.Schema, Tool: finding.Tool{Name: "precert", Version: Version()},
		Command: j.command, StartedAt: started.UTC().Truncate(time.Second), Shard: shard,
	}
	if j.live {
		run.Seed = j.flags.live.seed
		if err := j.exercise(ctx, subjects); err != nil {
			return err
		}
		if j.flags.live.dryRun {
			return j.unplanned(subjects)
		}
	}
	for _, s := range subjects {
		run.Connectors = append(run.Connectors, s.outcome)
	}
	run.Docs = docs(run)
	run.Policies = j.policies()
	if base != nil {
		run.Compare(base, j.flags.baseline, j.couldFind(subjects))
	}
	run.Conclude(failOn)
	run.DurationMs = time.Since(started).Milliseconds()
	if err := write(run, targets, j.streams, j.flags.quiet); err != nil {
		return err
	}
	return exitFor(run.Verdict)
}

func exitFor(verdict finding.Verdict) error {
	switch verdict {
	case finding.NotReady:
		return exitError{ExitNotReady}
	case finding.Incomplete:
		return exitError{ExitIncomplete}
	default:
		return nil
	}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// subjects reads the configurations. A severity of the command line holds for
// all; of those in configurations the strictest does.
func (j *job) subjects(sources []connector.Source) (list []*subject, failOn finding.Severity, err error) {
	failOn = finding.Error
	for _, source := range sources {
		s, err := j.prepare(source)
		if err != nil {
			return nil, failOn, err
		}
		own, err := parseFailOn(firstOf(j.flags.severity, s.config.Severity))
		if err != nil {
			return nil, failOn, err
		}
		failOn = min(failOn, own)
		list = append(list, s)
	}
	return list, failOn, nil
}

// prepare reads the configuration of one connector.
func (j *job) prepare(source connector.Source) (*subject, error) {
	c, err := loadConfig(j.flags.config, sourceFolder(source), j.streams.Env)
	if err != nil {
		return nil, err
	}
	return &subject{source: source, config: c, portion: portion{static: true, members: 1}}, nil
}

// sourceFolder is the folder in which a connector's configuration stands.
func sourceFolder(source connector.Source) string {
	dir := source.Path
	if source.Definition != "" && strings.EqualFold(filepath.Base(dir), source.Definition) {
		dir = filepath.Dir(dir)
	}
	return beside(dir)
}

// beside is the folder in which the zip lies that a path leads into; other paths stay.
func beside(dir string) string {
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			return filepath.Dir(at)
		}
	}
	return dir
}

// readAll loads and judges all connectors, several at once, each for itself.
func (j *job) readAll(ctx context.Context, subjects []*subject) error {
	failed := make([]error, len(subjects))
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(j.flags.jobs, len(subjects))) {
		workers.Go(func() {
			for i := range next {
				failed[i] = j.read(ctx, subjects[i])
			}
		})
	}
	for i := range subjects {
		next <- i
	}
	close(next)
	workers.Wait()
	// One tells what to do; with a revision that git lacks, say, all would tell the same.
	return cmp.Or(failed...)
}

func (j *job) read(ctx context.Context, s *subject) error {
	s.outcome = &finding.Connector{Path: s.path(), Title: filepath.Base(s.source.Path)}
	defer func() {
		// A fault of ours at one connector must not take the report of all others.
		if fault := recover(); fault != nil {
			s.outcome.Incomplete = fmt.Sprintf("internal error: %v: report this with the connector", fault)
		}
	}()
	pkg, err := connector.Load(ctx, s.source)
	switch {
	case ctx.Err() != nil:
		s.outcome.Incomplete = "interrupted before it was read"
		return nil // the report says so, with what was reached
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s disappeared while it was read", s.source.Path)
	case err != nil:
		return err
	}
	engine, publisher, err := j.engine(s)
	if err != nil {
		return err
	}
	s.outcome.Title = pkg.Title()
	s.outcome.Files = pkg.ReportFiles()
	s.outcome.Publisher = publisher
	if publisher == "auto" {
		s.outcome.Publisher, s.outcome.PublisherReason = pkg.GuessPublisher()
	}
	if j.static && s.portion.static && !j.onlyChecks() {
		s.outcome.Findings = j.ofOperations(engine.Check(ctx, pkg))
	}
	if j.flags.since != "" && s.portion.static && pkg.Definition.Root != nil && unreadable(pkg) == nil {
		if err := j.changesSince(ctx, s, pkg); err != nil && ctx.Err() == nil {
			return err
		}
	}
	if ctx.Err() != nil {
		s.outcome.Incomplete = "interrupted while it was checked"
	}
	if j.live || len(j.operationPatterns()) > 0 || len(j.skippedOperations()) > 0 {
		s.pkg = pkg
	}
	return nil
}

func (j *job) engine(s *subject) (*rules.Engine, string, error) {
	publisher, err := parsePublisher(firstOf(j.flags.publisher, s.config.Publisher))
	if err != nil {
		return nil, "", err
	}
	overrides, err := j.overrides(s.config)
	if err != nil {
		return nil, "", err
	}
	c := rules.Config{
		Publisher: publisher, Submission: j.flags.submission, Overrides: overrides, IgnoreFile: s.configFile(), Now: time.Now(),
		Only: matching(j.flags.only, ruleNames()), Skip: matching(j.flags.skip, ruleNames()),
	}
	for _, ignore := range s.config.Ignore {
		if ignore.aboutChanges() {
			continue
		}
		c.Ignore = append(c.Ignore, rules.Ignore(ignore))
	}
	engine, err := rules.New(c)
	return engine, publisher, err
}

// overrides joins the severities of the configuration and of --rule, which win.
func (j *job) overrides(c *config) ([]rules.Override, error) {
	out := slices.Clone(c.Rules)
	for _, text := range j.flags.rules {
		name, word, err := assignment("rule", text)
		if err != nil {
			return nil, err
		}
		severity, err := finding.ParseSeverity(word)
		if err != nil {
			return nil, fmt.Errorf("--rule %s: %w", text, err)
		}
		if err := knownName(name); err != nil {
			return nil, fmt.Errorf("--rule %s: %w", text, err)
		}
		out = append(out, rules.Override{Pattern: name, Severity: severity})
	}
	return out, nil
}

// docs gathers the documentation of every rule, check and kind of change that the run names.
func docs(run *finding.Run) []finding.Doc {
	named := map[string]bool{}
	for _, c := range run.Connectors {
		for _, f := range c.Findings {
			named[f.Rule] = true
		}
		for _, op := range c.Operations {
			for _, check := range op.Checks {
				named[check.Check] = true
			}
		}
		for _, ch := range c.Changes {
			named[ch.Change] = true
		}
	}
	var out []finding.Doc
	for _, doc := range catalogue() {
		if named[doc.Name] {
			out = append(out, doc)
		}
	}
	return out
}
