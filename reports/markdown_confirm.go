package reports

import (
	"fmt"
	"strings"

	"github.com/precert/precert/finding"
)

// confirmPlaces is how many places of one kind the paragraph for reviewers names.
const confirmPlaces = 8

// confirm writes the paragraph that a reviewer of an update asks for when it
// breaks flows: the publisher copies it into the pull request, true as it stands
// or amended.
func (m *markdownPage) confirm(c *finding.Connector) {
	count, operations := 0, map[string]bool{}
	var kinds []string
	for _, g := range groupChanges(c.Changes) {
		if g[0].Severity != finding.Error {
			continue
		}
		places := make([]string, 0, confirmPlaces+1)
		for i, ch := range g {
			if rest, ok := strings.CutPrefix(ch.ValuePath, "operation/"); ok {
				id, _, _ := strings.Cut(rest, "/")
				operations[id] = true
			}
			if i < confirmPlaces {
				places = append(places, m.code(ch.ValuePath))
			}
		}
		if rest := len(g) - confirmPlaces; rest > 0 {
			places = append(places, thousands(rest)+" more")
		}
		count += len(g)
		kinds = append(kinds, fmt.Sprintf("> - %s at %s", m.text(g[0].Change), strings.Join(places, ", ")))
	}
	if count == 0 {
		return
	}
	where := ""
	if len(operations) > 0 {
		where = " in " + plural(len(operations), "operation")
	}
	m.printf("\n### For the reviewer\n\nAnswer to \"please confirm the breaking changes\", to be copied into the pull request once it is true:\n\n")
	m.printf("> This update has %s%s. We confirm that each is intended, that the API answers as the update describes, that flows made with the published version were run against it, and that customers who use what changes were told:\n>\n",
		plural(count, "breaking change"), where)
	for i, kind := range kinds {
		if m.size > roomOfConfirm {
			m.printf("> - and %s\n", plural(len(kinds)-i, "more kind"))
			break
		}
		m.printf("%s\n", kind)
	}
}
