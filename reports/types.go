package reports

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/precert/precert/finding"
)

// typesText words one difference: the place, what is declared, what came.
func typesText(d finding.TypeDifference) (place, declared, actual string) {
	place, declared = d.Pointer, d.Declared
	if place == "" {
		place = "the body"
	}
	if declared == "" {
		declared = "not declared"
	}
	return place, declared, d.Actual
}

// types tells, in one line, that answers differ from the declared types and
// formats; all of them when it is to be verbose.
func (t terminal) types(p *page, c *finding.Connector) {
	operations, properties := 0, 0
	for _, op := range c.Operations {
		if op.Types != nil {
			operations++
			properties += op.Types.Total
		}
	}
	if operations == 0 {
		return
	}
	p.section("Types and formats (information)")
	rest := " (--verbose lists them)"
	if t.opts.Verbose {
		rest = ""
	}
	p.wrapped("  ", fmt.Sprintf("The answers of %s hold %s with another type or format than declared, or not declared. The platform's test page shows such differences%s.",
		plural(operations, "operation"), plural(properties, "field"), rest))
	if !t.opts.Verbose {
		return
	}
	for _, op := range c.Operations {
		if op.Types == nil {
			continue
		}
		p.line(p.paint("  "+p.clean.line(op.OperationID), text.Bold))
		for _, d := range op.Types.Properties {
			place, declared, actual := typesText(d)
			p.wrapped("    ", fmt.Sprintf("%s: %s, got %s", p.clean.line(place), p.clean.line(declared), actual))
		}
		if more := op.Types.Total - len(op.Types.Properties); more > 0 {
			p.line(p.paint(fmt.Sprintf("    … and %s more", thousands(more)), text.Faint))
		}
	}
}

// typeView is one difference on the page.
type typeView struct{ Place, Declared, Actual string }

func (b *viewBuilder) types(types *finding.Types) (list []typeView, more int) {
	if types == nil {
		return nil, 0
	}
	for _, d := range types.Properties {
		place, declared, actual := typesText(d)
		list = append(list, typeView{b.clean.line(place), b.clean.line(declared), b.clean.line(actual)})
	}
	return list, types.Total - len(list)
}
