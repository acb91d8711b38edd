package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/precert/precert/finding"
)

func newReport(streams Streams) *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "report FILE…",
		Short: "Render JSON reports into other formats; merge shards; compare two runs",
		Long: `report reads JSON reports that precert wrote and renders them again. Several
are merged into one run: the shards of a CI matrix, runs over different
connectors, or check and test of one. What two reports say of the same thing is
taken once; a missing shard makes the run incomplete, even where only one was
given. The exit code is that of the merged run.`,
		Example: `  precert report check.json --format html=check.html
  precert report shard-*.json --format json=all.json,html=all.html,markdown
  precert report today.json --baseline yesterday.json
  precert report check.json --severity warning --quiet`,
		Args: takes(1, -1, "JSON reports of precert"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := f.environment(streams.Env); err != nil {
				return err
			}
			return f.report(streams, args)
		},
	}
	f.bindOutput(c)
	f.set.StringVar(&f.severity, "severity", "", "least `LEVEL` that fails the run (default: that of the reports)")
	f.set.StringVar(&f.baseline, "baseline", "", "JSON report `FILE` of an earlier run: only what is new fails")
	return c
}

func (f *flags) report(streams Streams, files []string) error {
	targets, err := f.targets(streams)
	if err != nil {
		return err
	}
	base, err := readBaseline(f.baseline)
	if err != nil {
		return err
	}
	var runs []*finding.Run
	for _, file := range files {
		run, err := readReport(file)
		if err != nil {
			return err
		}
		runs = append(runs, run)
	}
	run := runs[0]
	// A shard alone is a run of which the others are missing.
	if len(runs) > 1 || run.Shard != nil {
		if err := distinct(files, runs); err != nil {
			return err
		}
		if run, err = finding.Merge(runs); err != nil {
			return fmt.Errorf("the reports cannot be merged: %w", err)
		}
	}
	if strings.Contains(run.Tool.Version, ", ") {
		streams.note("the reports were written by different versions of precert, %s: their rules may differ", run.Tool.Version)
	}
	if base != nil {
		run.Compare(base, f.baseline, nil)
	}
	failOn := run.FailOn
	if f.severity != "" || failOn == finding.Off {
		if failOn, err = parseFailOn(f.severity); err != nil {
			return err
		}
	}
	run.Conclude(failOn)
	if err := write(run, targets, streams, f.quiet); err != nil {
		return err
	}
	return exitFor(run.Verdict)
}

// distinct refuses two reports of one shard, by the names of their files.
func distinct(files []string, runs []*finding.Run) error {
	seen := map[string]string{}
	for i, run := range runs {
		if run.Shard == nil {
			continue
		}
		shard := fmt.Sprintf("shard %d of %d", run.Shard.Index, run.Shard.Count)
		if other, twice := seen[shard]; twice {
			return fmt.Errorf("the reports cannot be merged: %s and %s are both of %s", other, files[i], shard)
		}
		seen[shard] = files[i]
	}
	return nil
}
