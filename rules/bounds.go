package rules

import (
	"fmt"

	"github.com/dlclark/regexp2/v2"

	"github.com/precert/precert/finding"
)

// metadataSource is the chapter of the official page about metadata.
const metadataSource = officialSource + "#metadata"

func boundRules() []*Rule {
	return []*Rule{
		maxItemsNotNegative, maxLengthNotNegative, maxPropertiesNotNegative, minItemsNotNegative, minLengthNotNegative, minPropertiesNotNegative,
		minimumNotAboveMaximum, minItemsNotAboveMaxItems, minLengthNotAboveMaxLength,
		exclusiveMaximumRequiresMaximum, exclusiveMinimumRequiresMinimum, multipleOfMustBeGreaterThanZero, patternShouldBeValidRegularExpression,
	}
}

// notNegative reports every value of a keyword that is below zero.
func notNegative(keyword string) func(*Pass) {
	return func(p *Pass) {
		for _, s := range p.TypedWith(keyword) {
			n := s.Node.Get(keyword)
			if value, ok := n.Float(); ok && value < 0 {
				p.Report(n, fmt.Sprintf("The %s of %s is %s; it must not be negative.", keyword, named(s), n.Text()))
			}
		}
	}
}

// notAbove reports every schema whose lower bound exceeds its upper one.
func notAbove(lower, upper string) func(*Pass) {
	return func(p *Pass) {
		for _, s := range p.TypedWith(lower) {
			from, to := s.Node.Get(lower), s.Node.Get(upper)
			a, hasLower := from.Float()
			b, hasUpper := to.Float()
			if hasLower && hasUpper && a > b {
				p.Report(from, fmt.Sprintf("The %s of %s is %s, more than its %s %s: no value fits.", lower, named(s), from.Text(), upper, to.Text()))
			}
		}
	}
}

// needs reports every schema that has keyword without the bound it refers to.
func needs(keyword, bound string) func(*Pass) {
	return func(p *Pass) {
		for _, s := range p.TypedWith(keyword) {
			if s.Node.Get(bound) == nil {
				p.Report(s.Node.Get(keyword), fmt.Sprintf("%s has %s, but no %s that it could refer to.", named(s), quote(keyword), quote(bound)))
			}
		}
	}
}

var maxItemsNotNegative = &Rule{
	Name: "MaxItemsMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No maxItems is negative.",
	Why:     "No array has fewer than no items: the bound refuses every value.",
	Fix:     "Write the largest number of items, or remove the bound.",
	Wrong:   `{"type": "array", "maxItems": -1}`,
	Right:   `{"type": "array", "maxItems": 100}`,
	Check:   notNegative("maxItems"),
}

var maxLengthNotNegative = &Rule{
	Name: "MaxLengthMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No maxLength is negative.",
	Why:     "No text is shorter than nothing: the bound refuses every value.",
	Fix:     "Write the largest number of characters, or remove the bound.",
	Wrong:   `{"type": "string", "maxLength": -1}`,
	Right:   `{"type": "string", "maxLength": 250}`,
	Check:   notNegative("maxLength"),
}

var maxPropertiesNotNegative = &Rule{
	Name: "MaxPropertiesMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No maxProperties is negative.",
	Why:     "No object has fewer than no properties: the bound refuses every value.",
	Fix:     "Write the largest number of properties, or remove the bound.",
	Wrong:   `{"type": "object", "maxProperties": -1}`,
	Right:   `{"type": "object", "maxProperties": 20}`,
	Check:   notNegative("maxProperties"),
}

var minItemsNotNegative = &Rule{
	Name: "MinItemsMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No minItems is negative.",
	Why:     "Swagger 2.0 does not allow a negative number of items.",
	Fix:     "Write 0 or more, or remove the bound.",
	Wrong:   `{"type": "array", "minItems": -1}`,
	Right:   `{"type": "array", "minItems": 1}`,
	Check:   notNegative("minItems"),
}

var minLengthNotNegative = &Rule{
	Name: "MinLengthMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No minLength is negative.",
	Why:     "Swagger 2.0 does not allow a negative number of characters.",
	Fix:     "Write 0 or more, or remove the bound.",
	Wrong:   `{"type": "string", "minLength": -1}`,
	Right:   `{"type": "string", "minLength": 1}`,
	Check:   notNegative("minLength"),
}

var minPropertiesNotNegative = &Rule{
	Name: "MinPropertiesMustBeGreaterThanOrEqualToZero", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "No minProperties is negative.",
	Why:     "Swagger 2.0 does not allow a negative number of properties.",
	Fix:     "Write 0 or more, or remove the bound.",
	Wrong:   `{"type": "object", "minProperties": -1}`,
	Right:   `{"type": "object", "minProperties": 1}`,
	Check:   notNegative("minProperties"),
}

var minimumNotAboveMaximum = &Rule{
	Name: "MinimumShouldBeLessThanOrEqualToMaximum", Section: SectionMetadata, Severity: finding.Warning,
	Source:  metadataSource,
	Summary: "A minimum is not above the maximum beside it.",
	Why:     "No number lies between them, so every value that a maker enters is wrong.",
	Fix:     "Exchange or correct the two bounds.",
	Wrong:   `{"type": "integer", "minimum": 100, "maximum": 1}`,
	Right:   `{"type": "integer", "minimum": 1, "maximum": 100}`,
	Check:   notAbove("minimum", "maximum"),
}

var minItemsNotAboveMaxItems = &Rule{
	Name: "MinItemsShouldBeLessThanOrEqualToMaxItems", Section: SectionMetadata, Severity: finding.Warning,
	Source:  metadataSource,
	Summary: "A minItems is not above the maxItems beside it.",
	Why:     "No array can satisfy both.",
	Fix:     "Exchange or correct the two bounds.",
	Wrong:   `{"type": "array", "minItems": 10, "maxItems": 1}`,
	Right:   `{"type": "array", "minItems": 1, "maxItems": 10}`,
	Check:   notAbove("minItems", "maxItems"),
}

var minLengthNotAboveMaxLength = &Rule{
	Name: "MinLengthShouldBeLessThanOrEqualToMaxLength", Section: SectionMetadata, Severity: finding.Warning,
	Source:  metadataSource,
	Summary: "A minLength is not above the maxLength beside it.",
	Why:     "No text can satisfy both.",
	Fix:     "Exchange or correct the two bounds.",
	Wrong:   `{"type": "string", "minLength": 10, "maxLength": 1}`,
	Right:   `{"type": "string", "minLength": 1, "maxLength": 10}`,
	Check:   notAbove("minLength", "maxLength"),
}

var exclusiveMaximumRequiresMaximum = &Rule{
	Name: "ExclusiveMaximumRequiresMaximum", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "An exclusiveMaximum stands beside a maximum.",
	Why:     "In Swagger 2.0 it is a switch for maximum, and says nothing alone.",
	Fix:     `Add "maximum", or remove "exclusiveMaximum".`,
	Wrong:   `{"type": "integer", "exclusiveMaximum": true}`,
	Right:   `{"type": "integer", "maximum": 100, "exclusiveMaximum": true}`,
	Check:   needs("exclusiveMaximum", "maximum"),
}

var exclusiveMinimumRequiresMinimum = &Rule{
	Name: "ExclusiveMinimumRequiresMinimum", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "An exclusiveMinimum stands beside a minimum.",
	Why:     "In Swagger 2.0 it is a switch for minimum, and says nothing alone.",
	Fix:     `Add "minimum", or remove "exclusiveMinimum".`,
	Wrong:   `{"type": "integer", "exclusiveMinimum": true}`,
	Right:   `{"type": "integer", "minimum": 0, "exclusiveMinimum": true}`,
	Check:   needs("exclusiveMinimum", "minimum"),
}

var multipleOfMustBeGreaterThanZero = &Rule{
	Name: "MultipleOfMustBeGreaterThanZero", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every multipleOf is above zero.",
	Why:     "No number is a multiple of zero, and Swagger 2.0 does not allow negative ones.",
	Fix:     "Write the step between two values, or remove multipleOf.",
	Wrong:   `{"type": "number", "multipleOf": 0}`,
	Right:   `{"type": "number", "multipleOf": 0.5}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("multipleOf") {
			n := s.Node.Get("multipleOf")
			if value, ok := n.Float(); ok && value <= 0 {
				p.Report(n, fmt.Sprintf("The multipleOf of %s is %s; it must be above zero.", named(s), n.Text()))
			}
		}
	},
}

var patternShouldBeValidRegularExpression = &Rule{
	Name: "PatternShouldBeValidRegularExpression", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "Every pattern is a regular expression that .NET can read.",
	Why:     "The platform checks what makers enter against it, and fails on an expression that it cannot read.",
	Fix:     "Correct the expression; write it bare, without slashes around it or flags behind.",
	Wrong:   `{"type": "string", "pattern": "[A-Z"}`,
	Right:   `{"type": "string", "pattern": "[A-Z]{2}"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("pattern") {
			n := s.Node.Get("pattern")
			if _, err := regexp2.Compile(n.String()); n.IsString() && err != nil {
				p.Report(n, fmt.Sprintf("The pattern %s of %s cannot be read: %v.", quote(n.String()), named(s), err))
			}
		}
	},
}
