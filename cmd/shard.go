package cmd

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// maxShards keeps a misspelt --shard from asking for the impossible.
const maxShards = 10_000

// parseShard reads I/N; nil for "".
func parseShard(text string) (*finding.Shard, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no shard is no error
	}
	index, count, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if !ok || cmp.Or(err, err2) != nil || i < 1 || n < i || n > maxShards {
		return nil, fmt.Errorf("--shard wants I/N with I from 1 to N, such as 2/8, not %q", text)
	}
	return &finding.Shard{Index: i, Count: n}, nil
}

// portion is what this shard does of one connector.
type portion struct {
	// static says that the static half belongs to this shard.
	static bool
	// member counts from 0 among the shards that share the connector.
	member, members int
}

// deal keeps the subjects of this shard and notes which portion of each is its own.
func deal(subjects []*subject, shard *finding.Shard) []*subject {
	if shard == nil {
		return subjects
	}
	shard.Connectors = []string{}
	for _, s := range subjects {
		shard.Connectors = append(shard.Connectors, s.path())
	}
	var own []*subject
	for position, s := range subjects {
		owners := shard.Owners(position)
		member := slices.Index(owners, shard.Index)
		if member >= 0 {
			s.portion = portion{static: member == 0, member: member, members: len(owners)}
			own = append(own, s)
		}
	}
	return own
}

// shared says that other shards do a part of this connector.
func (p portion) shared() bool { return p.members > 1 }

// operations returns patterns for the operations of this portion among those
// that --only names; ok is false when there are none.
func (p portion) operations(pkg *connector.Package, only []string) (patterns []string, ok bool) {
	k := 0
	for _, op := range pkg.Definition.Operations {
		name := firstOf(op.ID, op.Method+" "+op.Path)
		if len(only) > 0 && !slices.ContainsFunc(only, func(pattern string) bool { return rules.Match(pattern, name) }) {
			continue
		}
		if k%p.members == p.member {
			patterns = append(patterns, literal(name))
		}
		k++
	}
	return patterns, len(patterns) > 0
}

// literal makes a pattern that matches name only.
func literal(name string) string {
	return regexp.MustCompile(`[*?\[\\]`).ReplaceAllString(name, `\$0`)
}
