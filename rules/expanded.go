package rules

import (
	"strconv"

	"github.com/precert/precert/connector"
)

// countCeiling is where counting expanded schemas stops: definitions that refer
// to each other many levels deep expand beyond any integer.
const countCeiling = 1 << 40

// expandedSchemas counts the schemas of n as the platform sees them: every
// reference replaced by a copy of what it names, circles cut. It is 0 for nil.
func expandedSchemas(p *Pass, n *connector.Node) int {
	known := Shared(p, "expanded schemas", func() map[*connector.Node]int { return map[*connector.Node]int{} })
	return countExpanded(p.Definition, n, known)
}

// inProgress marks a schema that is being counted: meeting it again closes a circle.
const inProgress = -1

func countExpanded(d *connector.Definition, n *connector.Node, known map[*connector.Node]int) int {
	n = d.Resolve(n)
	if !n.IsObject() {
		return 0
	}
	if count, ok := known[n]; ok {
		return max(count, 0)
	}
	known[n] = inProgress
	total := 1
	for child := range n.Subschemas {
		total = min(total+countExpanded(d, child, known), countCeiling)
	}
	known[n] = total
	return total
}

// atMost writes a count, or that it is beyond counting.
func atMost(count int) string {
	if count >= countCeiling {
		return "more than a trillion"
	}
	return strconv.Itoa(count)
}
