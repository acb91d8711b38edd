package finding

import (
	"cmp"
	"fmt"
	"slices"
)

// join makes one connector of its parts; nil when there are none.
func join(parts []part) (*Connector, error) {
	if len(parts) == 0 {
		return nil, nil //nolint:nilnil // no part, no connector: the caller says which shard is missing
	}
	if len(parts) == 1 {
		copied := *parts[0].c
		return &copied, nil
	}
	// What is not a list is the same in all parts.
	first := *parts[0].c
	out := &first
	out.Files, out.Findings, out.Operations, out.Causes, out.Changes = nil, nil, nil, nil, nil
	out.Exchanges, out.Leftovers, out.Mended = nil, nil, nil
	for i, p := range parts {
		c := p.c
		out.Title, out.Publisher = cmp.Or(out.Title, c.Title), cmp.Or(out.Publisher, c.Publisher)
		out.BaseURL, out.Incomplete = cmp.Or(out.BaseURL, c.BaseURL), joined(out.Incomplete, c.Incomplete)
		if err := out.joinFiles(c.Files); err != nil {
			return nil, err
		}
		out.Findings = append(out.Findings, c.Findings...)
		out.Changes = union(out.Changes, c.Changes)
		out.Leftovers = union(out.Leftovers, c.Leftovers)
		out.Mended = union(out.Mended, c.Mended)
		parts[i].c = out.take(c)
	}
	out.Findings = Sort(out.Findings)
	out.Operations = joinOperations(parts)
	out.joinCauses(parts)
	return out, nil
}

// joinFiles refuses evidence about different versions of a file.
func (c *Connector) joinFiles(files []File) error {
	for _, f := range files {
		i := slices.IndexFunc(c.Files, func(own File) bool { return own.Name == f.Name })
		switch {
		case i < 0:
			c.Files = append(c.Files, f)
		case c.Files[i].SHA256 != f.SHA256:
			return fmt.Errorf("the reports are about different versions of %s: run them again on the same one", f.Name)
		}
	}
	return nil
}

// take appends the exchanges of a part, numbered on, and returns the part with
// its references to them.
func (c *Connector) take(p *Connector) *Connector {
	shift := 0
	for _, e := range c.Exchanges {
		shift = max(shift, e.Number)
	}
	moved := func(number int) int {
		if number == 0 {
			return 0
		}
		return number + shift
	}
	out := *p
	for _, e := range p.Exchanges {
		e.Number = moved(e.Number)
		c.Exchanges = append(c.Exchanges, e)
	}
	out.Operations = slices.Clone(p.Operations)
	for i := range out.Operations {
		checks := slices.Clone(out.Operations[i].Checks)
		for j := range checks {
			checks[j].Exchange = moved(checks[j].Exchange)
		}
		out.Operations[i].Checks = checks
	}
	out.Causes = slices.Clone(p.Causes)
	for i := range out.Causes {
		out.Causes[i].Exchange = moved(out.Causes[i].Exchange)
	}
	return &out
}

// joinOperations deals the operations of shards back into the order of the
// definition: they were dealt out in turn.
func joinOperations(parts []part) []Operation {
	var out []Operation
	at := map[string]int{}
	from := map[int]*Run{}
	longest := 0
	for _, p := range parts {
		longest = max(longest, len(p.c.Operations))
	}
	for k := range longest {
		for _, p := range parts {
			if k >= len(p.c.Operations) {
				continue
			}
			op := p.c.Operations[k]
			i, there := at[op.key()]
			if !there {
				at[op.key()] = len(out)
				from[len(out)] = p.run
				out = append(out, op)
				continue
			}
			exercised := op.Verdict != Skipped && (out[i].Verdict == Skipped || !p.run.StartedAt.Before(from[i].StartedAt))
			if exercised || op.Verdict == Skipped && out[i].Verdict == Skipped {
				out[i], from[i] = op, p.run
			}
		}
	}
	return out
}

// joinCauses joins equal causes and drops operations that, in the joined
// outcome, no longer fail for them.
func (c *Connector) joinCauses(parts []part) {
	ops, position := map[string]Operation{}, map[string]int{}
	for i, op := range c.Operations {
		ops[op.OperationID], position[op.OperationID] = op, i
	}
	for _, p := range parts {
		for _, cause := range p.c.Causes {
			cause.Operations = slices.DeleteFunc(slices.Clone(cause.Operations), func(id string) bool {
				return !slices.ContainsFunc(ops[id].Checks, func(own Check) bool { return own.Check == cause.Check && own.Verdict == cause.Verdict })
			})
			i := slices.IndexFunc(c.Causes, func(own Cause) bool {
				return own.Check == cause.Check && own.Verdict == cause.Verdict && wording(own.Message) == wording(cause.Message)
			})
			switch {
			case len(cause.Operations) == 0:
			case i < 0:
				c.Causes = append(c.Causes, cause)
			default:
				c.Causes[i].Operations = union(c.Causes[i].Operations, cause.Operations)
			}
		}
	}
	for _, cause := range c.Causes {
		slices.SortStableFunc(cause.Operations, func(a, b string) int { return cmp.Compare(position[a], position[b]) })
	}
	slices.SortStableFunc(c.Causes, func(a, b Cause) int {
		failedFirst := func(cause Cause) int { return slices.Index([]Verdict{Failed, Warned}, cause.Verdict) }
		return cmp.Or(cmp.Compare(failedFirst(a), failedFirst(b)), cmp.Compare(len(b.Operations), len(a.Operations)))
	})
}
