package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
	"github.com/precert/precert/rules"
)

// readReport reads a JSON report from a file. The error is one line that names it.
func readReport(file string) (*finding.Run, error) {
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist: give a report that precert wrote with --format json", file)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", file, plainly(err))
	}
	defer func() { _ = f.Close() }()
	if isFolder(file) {
		return nil, fmt.Errorf("%s is a folder: give the JSON reports in it", file)
	}
	run, err := reports.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s %w", file, err)
	}
	return run, nil
}

// readBaseline reads the report to compare with, nil for "".
func readBaseline(file string) (*finding.Run, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no baseline is no error
	}
	run, err := readReport(file)
	if err != nil {
		return nil, fmt.Errorf("the baseline %w", err)
	}
	if run.Shard != nil {
		return nil, fmt.Errorf("the baseline %s is shard %d of %d: merge the shards with precert report first", file, run.Shard.Index, run.Shard.Count)
	}
	return run, nil
}

// couldFind tells whether this run looked for a finding of the baseline: what
// was not looked for is not mended.
func (j *job) couldFind(subjects []*subject) func(*finding.Connector, finding.Finding) bool {
	static := map[*finding.Connector]bool{}
	for _, s := range subjects {
		static[s.outcome] = j.static && s.portion.static && s.outcome.Incomplete == ""
	}
	named, left := matching(j.flags.only, ruleNames()), matching(j.flags.skip, ruleNames())
	wantedOperations, leftOperations := j.operationPatterns(), j.skippedOperations()
	matches := func(patterns []string, name string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return rules.Match(pattern, name) })
	}
	return func(c *finding.Connector, f finding.Finding) bool {
		return static[c] && (len(named) == 0 || matches(named, f.Rule)) && !matches(left, f.Rule) &&
			!outside(f, wantedOperations, leftOperations)
	}
}
