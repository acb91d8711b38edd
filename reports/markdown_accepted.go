package reports

import (
	"fmt"

	"github.com/precert/precert/finding"
)

// accepted lists what the configuration accepts, each with its reason.
func (m *markdownPage) accepted(c *finding.Connector) {
	var lines []string
	for _, a := range acceptances(c) {
		lines = append(lines, fmt.Sprintf("**%s** %s: %s", m.text(a.Check), m.text(some(a.Operations, markdownPlaces)), m.text(a.Reason)))
	}
	for _, f := range suppressed(c.Findings) {
		place := f.File
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
		}
		lines = append(lines, fmt.Sprintf("**%s** %s%s", m.text(f.Rule), m.code(place), prefixed(": ", m.text(f.SuppressedBy))))
	}
	if len(lines) == 0 {
		return
	}
	m.printf("\n### Accepted in the configuration\n\n")
	for i, line := range lines {
		if i == markdownPlaces || m.size > roomOfAccepted {
			m.printf("- and %s more\n", thousands(len(lines)-i))
			break
		}
		m.printf("- %s\n", line)
	}
}
