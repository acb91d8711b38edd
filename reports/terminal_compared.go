package reports

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

// compared writes what became of the baseline.
func (t terminal) compared(p *page, run *finding.Run) {
	if run.Baseline == nil {
		return
	}
	p.wrapped("", "Compared with "+baselineName(run.Baseline), text.Bold)
	p.line("  ", baselineFacts(run.Baseline))
	mended := mendedOf(run)
	for i, m := range mended {
		if i == samePlaces && !t.opts.Verbose {
			p.aside("    ", fmt.Sprintf("… and %s more mended (--verbose lists all)", thousands(len(mended)-i)))
			break
		}
		p.wrapped("  "+p.paint(verdictSign(finding.Passed), verdictColour(finding.Passed))+" mended  "+p.clean.line(m.Name)+"  ", mendedPlace(m), text.Faint)
	}
	p.line()
}

// withoutKnown leaves out the groups that the baseline has and counts their findings.
func withoutKnown(groups []ruleGroup) (fresh []ruleGroup, known int) {
	for _, g := range groups {
		if g.Known {
			known += len(g.Findings)
			continue
		}
		fresh = append(fresh, g)
	}
	return fresh, known
}
