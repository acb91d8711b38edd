package finding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Merge joins runs into one: shards of a CI matrix, or runs over different
// connectors, or the two halves of one. Connectors with the same path become
// one without repeats; of an operation that several runs have, the outcome of
// the latest that exercised it counts. A connector whose shard is missing is
// incomplete. Runs of different versions of the tool are joined, and the tool's
// version names them all. Merge concludes the new run with the strictest FailOn. The error
// says which runs do not belong together.
func Merge(runs []*Run) (*Run, error) {
	if len(runs) == 0 {
		return nil, errors.New("there is nothing to merge")
	}
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b *Run) int {
		return cmp.Or(cmp.Compare(a.shard(), b.shard()), a.StartedAt.Compare(b.StartedAt))
	})
	whole, err := wholeOf(runs)
	if err != nil {
		return nil, err
	}
	out := head(runs)
	parts, paths := partsOf(runs, whole)
	for position, path := range paths {
		c, err := join(parts[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if whole != nil && position < len(whole.Connectors) {
			c = withMissing(c, path, whole, position, runs)
		}
		out.Connectors = append(out.Connectors, c)
	}
	out.Conclude(out.FailOn)
	return out, nil
}

// part is what one run says of a connector.
type part struct {
	run *Run
	c   *Connector
}

func (r *Run) shard() int {
	if r.Shard == nil {
		return 0
	}
	return r.Shard.Index
}

// wholeOf returns the shard that describes the larger run, nil when no run is a shard.
func wholeOf(runs []*Run) (*Shard, error) {
	var whole *Shard
	seen := map[int]bool{}
	for _, r := range runs {
		s := r.Shard
		switch {
		case s == nil:
			continue
		case s.Count < 1 || s.Index < 1 || s.Index > s.Count:
			return nil, fmt.Errorf("a report says that it is shard %d of %d", s.Index, s.Count)
		case seen[s.Index]:
			return nil, fmt.Errorf("shard %d of %d is given twice", s.Index, s.Count)
		case whole != nil && whole.Count != s.Count:
			return nil, fmt.Errorf("shard %d of %d and shard %d of %d are not of one run", whole.Index, whole.Count, s.Index, s.Count)
		case whole != nil && !slices.Equal(whole.Connectors, s.Connectors):
			return nil, fmt.Errorf("shard %d of %d and shard %d of %d are not of one run: their connectors differ", whole.Index, whole.Count, s.Index, s.Count)
		}
		seen[s.Index] = true
		whole = s
	}
	return whole, nil
}

// head is the merged run without its connectors.
func head(runs []*Run) *Run {
	first := runs[0]
	out := &Run{Schema: first.Schema, Tool: first.Tool, Command: first.Command, StartedAt: first.StartedAt, Seed: first.Seed, FailOn: first.FailOn}
	end := first.StartedAt
	docs, policies := map[string]Doc{}, map[string]Policy{}
	for _, r := range runs {
		if r.Command != out.Command {
			out.Command = "report"
		}
		if r.Tool.Version != "" && !slices.Contains(strings.Split(out.Tool.Version, ", "), r.Tool.Version) {
			out.Tool.Version = joinedBy(", ", out.Tool.Version, r.Tool.Version)
		}
		if r.Seed != out.Seed {
			out.Seed = 0
		}
		if r.StartedAt.Before(out.StartedAt) {
			out.StartedAt = r.StartedAt
		}
		if stop := r.StartedAt.Add(time.Duration(r.DurationMs) * time.Millisecond); stop.After(end) {
			end = stop
		}
		out.FailOn = min(out.FailOn, r.FailOn)
		if r.Baseline != nil {
			copied := *r.Baseline
			out.Baseline = &copied
		}
		for _, d := range r.Docs {
			docs[d.Name] = d
		}
		for _, p := range r.Policies {
			p.Rules = union(policies[p.Number].Rules, p.Rules)
			policies[p.Number] = p
			if !slices.ContainsFunc(out.Policies, func(o Policy) bool { return o.Number == p.Number }) {
				out.Policies = append(out.Policies, p)
			}
		}
	}
	out.DurationMs = end.Sub(out.StartedAt).Milliseconds()
	for _, d := range docs {
		out.Docs = append(out.Docs, d)
	}
	slices.SortFunc(out.Docs, func(a, b Doc) int { return cmp.Compare(a.Name, b.Name) })
	for i, p := range out.Policies {
		out.Policies[i] = policies[p.Number]
	}
	return out
}

// partsOf gathers what the runs say of each connector, and the order of connectors.
func partsOf(runs []*Run, whole *Shard) (parts map[string][]part, paths []string) {
	parts = map[string][]part{}
	if whole != nil {
		paths = slices.Clone(whole.Connectors)
	}
	for _, r := range runs {
		for _, c := range r.Connectors {
			if !slices.Contains(paths, c.Path) {
				paths = append(paths, c.Path)
			}
			parts[c.Path] = append(parts[c.Path], part{r, c})
		}
	}
	return parts, paths
}

// withMissing makes a connector incomplete when a shard that owns it was not given.
func withMissing(c *Connector, path string, whole *Shard, position int, runs []*Run) *Connector {
	var missing []string
	for _, owner := range whole.Owners(position) {
		if !slices.ContainsFunc(runs, func(r *Run) bool { return r.shard() == owner }) {
			missing = append(missing, fmt.Sprintf("%d of %d", owner, whole.Count))
		}
	}
	if len(missing) == 0 && c != nil {
		return c
	}
	if c == nil {
		c = &Connector{Path: path, Title: path}
	}
	why := "no report of its shard has it"
	if len(missing) > 0 {
		why = "the report of shard " + strings.Join(missing, ", ") + " is missing"
	}
	c.Incomplete = joined(c.Incomplete, why)
	return c
}

func joined(a, b string) string {
	if strings.Contains(a, b) {
		return a
	}
	return joinedBy("; ", a, b)
}

func joinedBy(separator, a, b string) string {
	if a == "" || b == "" {
		return cmp.Or(a, b)
	}
	return a + separator + b
}

// union appends what a lacks.
func union[T comparable](a, b []T) []T {
	for _, item := range b {
		if !slices.Contains(a, item) {
			a = append(a, item)
		}
	}
	return a
}
