package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// arraysSource is the chapter of the official page about arrays.
const arraysSource = officialSource + "#arrays"

func arrayRules() []*Rule {
	return []*Rule{arrayHasNoItems, schemesArrayEmpty, enumMustContainAtLeastOneElement}
}

var arrayHasNoItems = &Rule{
	Name: "ArrayHasNoItems", Section: SectionArrays, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  arraysSource,
	Summary: "Every array says what its items are.",
	Why:     "Without items a maker gets one opaque value: no field of an item can be picked in a later step.",
	Fix:     `Add "items" with the schema of one item.`,
	Wrong:   `{"type": "array"}`,
	Right:   `{"type": "array", "items": {"type": "string"}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("type") {
			if s.Node.Get("type").String() != "array" || s.Node.Get("$ref").Exists() {
				continue
			}
			switch items := s.Node.Get("items"); {
			case items == nil:
				p.Report(s.Node, fmt.Sprintf("The array of %s has no items.", named(s)))
			case items.IsObject() && items.Len() == 0:
				p.Report(items, fmt.Sprintf("The items of %s are left open.", named(s)), As(finding.Warning),
					Hint("Describe one item, so that makers can pick its fields."))
			}
		}
	},
}

var schemesArrayEmpty = &Rule{
	Name: "SchemesArrayEmpty", Section: SectionArrays, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  arraysSource,
	Summary: "A list of schemes holds at least one.",
	Why:     "The platform cannot tell how to reach the API.",
	Fix:     `Write "schemes": ["https"].`,
	Wrong:   `{"schemes": []}`,
	Right:   `{"schemes": ["https"]}`,
	Check: func(p *Pass) {
		for _, holder := range mayHold(p.Definition) {
			if schemes := holder.Get("schemes"); schemes.IsArray() && schemes.Len() == 0 {
				p.Report(schemes, "The list of schemes is empty.")
			}
		}
	},
}

// mayHold returns the root and the operations: what may list schemes and MIME types.
func mayHold(d *connector.Definition) []*connector.Node {
	out := make([]*connector.Node, 0, len(d.Operations)+1)
	out = append(out, d.Root)
	for _, op := range d.Operations {
		out = append(out, op.Node)
	}
	return out
}

var enumMustContainAtLeastOneElement = &Rule{
	Name: "EnumMustContainAtLeastOneElement", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A list of allowed values holds at least one.",
	Why:     "No value would be allowed, and the dropdown in the designer is empty.",
	Fix:     `List the allowed values, or remove "enum".`,
	Wrong:   `{"type": "string", "enum": []}`,
	Right:   `{"type": "string", "enum": ["open", "done"]}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("enum") {
			if enum := s.Node.Get("enum"); enum.IsArray() && enum.Len() == 0 {
				p.Report(enum, fmt.Sprintf("The enum of %s is empty.", named(s)))
			}
		}
	},
}
