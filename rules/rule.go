// Package rules judges a connector without calling its API. A rule is a
// literal with its documentation beside a function of a Pass; the engine runs
// the catalogue, applies the configuration and sorts what was found.
package rules

import (
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// Rule is one thing that certification checks.
type Rule struct {
	// Name is the official validator's name where it has one. It is never reused.
	Name string
	// Section groups rules by subject.
	Section string
	// Severity is that of a finding when the check does not say otherwise.
	Severity finding.Severity
	// Policy is the number in Microsoft's certification policy, "" when none is known.
	Policy string
	// Checker names the rules of the solution checker that look for the same.
	Checker []string
	// Source is where the rule comes from: a public page or what was observed.
	Source string
	// Summary says in one line what must hold.
	Summary string
	// Why says what goes wrong otherwise; Fix how to mend it.
	Why, Fix string
	// Wrong and Right are short excerpts of a connector.
	Wrong, Right string
	// Check reports every violation. It keeps no state and does no I/O.
	Check func(*Pass)
}

// aboutDefinition reports whether the rule judges the Swagger 2.0 definition.
func (r *Rule) aboutDefinition() bool {
	switch r.Section {
	case SectionFiles, SectionTool, SectionAPIProperties, SectionPolicies, SectionSecrets, SectionScript, SectionIcon, SectionReadme, SectionPackage:
		return false
	}
	return true
}

// needsWhole reports whether the rule looks for something anywhere in the
// definition, so that it cannot judge one that was cut off.
func (r *Rule) needsWhole() bool {
	return strings.HasSuffix(r.Name, "NotFound") || r.Name == "SecurityRequirementMustBeDefined"
}

// Doc returns the rule's documentation for reports.
func (r *Rule) Doc() finding.Doc {
	return finding.Doc{
		Name: r.Name, Section: r.Section, Severity: r.Severity, Policy: r.Policy, Checker: r.Checker, Source: r.Source,
		Summary: r.Summary, Why: r.Why, Fix: r.Fix, Wrong: r.Wrong, Right: r.Right,
	}
}

// The sections, as the official rule page names its chapters, and ours.
const (
	SectionFiles      = "Files"
	SectionOperations = "Operations"
	SectionArrays     = "Arrays"
	SectionUnsupport  = "Not supported"
	SectionParameters = "Parameters"
	SectionProperties = "Properties"
	SectionResponse   = "Response"
	SectionSecurity   = "Security"
	SectionWebhooks   = "Webhooks"
	SectionMetadata   = "Metadata"
	SectionTool       = "precert"
)

// officialSource is the public page that names the validator's rules.
const officialSource = "https://learn.microsoft.com/connectors/custom-connectors/certification-swagger-validator-rules"

// Find returns the rule with this name, compared in any case; nil when there is none.
func Find(name string) *Rule {
	for _, r := range Catalogue() {
		if strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

// Catalogue returns all rules, sorted by name.
func Catalogue() []*Rule {
	var all []*Rule
	for _, subject := range subjects() {
		all = append(all, subject...)
	}
	slices.SortFunc(all, func(a, b *Rule) int { return strings.Compare(a.Name, b.Name) })
	return all
}
