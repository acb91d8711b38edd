package reports

import (
	"fmt"
	"slices"

	"github.com/precert/precert/finding"
)

// baselineFacts says a comparison in a few words.
func baselineFacts(b *finding.Baseline) string {
	return fmt.Sprintf("%s new, %s unchanged, %s mended", thousands(b.New), thousands(b.Unchanged), thousands(b.Mended))
}

// baselineName says what the run was compared with.
func baselineName(b *finding.Baseline) string {
	return fmt.Sprintf("%s of %s", b.File, b.StartedAt.UTC().Format("2006-01-02 15:04 MST"))
}

// fresh returns the operations of a cause whose check the baseline does not know.
func fresh(c *finding.Connector, cause finding.Cause) []string {
	known := map[string]bool{}
	for _, op := range c.Operations {
		same := func(check finding.Check) bool { return check.Check == cause.Check && check.Verdict == cause.Verdict }
		known[op.OperationID] = slices.ContainsFunc(op.Checks, same) &&
			!slices.ContainsFunc(op.Checks, func(check finding.Check) bool { return same(check) && !check.Known })
	}
	return slices.DeleteFunc(slices.Clone(cause.Operations), func(id string) bool { return known[id] })
}

// mendedPlace says where something mended was.
func mendedPlace(m finding.Mended) string {
	switch {
	case m.OperationID != "":
		return m.OperationID
	case m.Pointer != "":
		return m.File + " " + m.Pointer
	}
	return m.File
}

// mendedOf lists what every connector has mended, with its name where there are several.
func mendedOf(run *finding.Run) []finding.Mended {
	var list []finding.Mended
	for _, c := range run.Connectors {
		for _, m := range c.Mended {
			if len(run.Connectors) > 1 && m.File != "" {
				m.File = filePath(c, m.File)
			}
			list = append(list, m)
		}
	}
	return list
}
