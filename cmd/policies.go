package cmd

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// policyTable is Microsoft's certification policy for connectors as far as its
// numbers are public, in its order. What a program cannot see is to be attested.
func policyTable() []finding.Policy {
	p := func(number, title, attest string) finding.Policy {
		return finding.Policy{Number: number, Title: title, Attest: attest}
	}
	pack := func(number, title string) finding.Policy {
		return finding.Policy{Number: number, Title: title, Package: true}
	}
	needs := func(need, number, title string) finding.Policy {
		return finding.Policy{Number: number, Title: title, Needs: need}
	}
	icon, properties := string(connector.RoleIcon), string(connector.RoleProperties)
	return []finding.Policy{
		needs(icon, "5000.1.1.1", "The package holds an icon"),
		p("5000.1.1.2", "The package holds a readme", ""),
		p("5000.1.1.3", "The package holds the API definition", ""),
		p("5000.1.1.4", "The package is free of malware", "Scan the package before you submit it."),
		pack("5000.1.1.5", "The package holds every file that is asked for"),
		pack("5000.1.1.6", "The package holds a flow solution and a connector solution"),
		pack("5000.1.1.7", "A flow of the solution uses the connector"),
		pack("5000.1.1.8", "The solution holds the connector"),
		p("5000.1.1.9", "The connector and its actions can be found from the sample flow", "Open the sample flow in a fresh environment and find every action."),
		pack("5000.1.1.10", "The package holds what a deployment needs"),
		pack("5000.1.1.11", "The package lies at the root of the outer zip"),
		pack("5000.1.1.12", "The package has its assets folder"),
		pack("5000.1.1.13", "The assets folder holds the solutions"),
		pack("5000.1.1.14", "The flow solution has a Workflows folder"),
		pack("5000.1.1.15", "Every workflow that the solution names has its file"),
		pack("5000.1.1.16", "Every solution lies in its place and agrees with itself"),
		pack("5000.1.1.17", "The connector folder of the solution is complete"),
		needs(properties, "5000.2.1.1", "The brand colour is a valid one of your own"),
		needs(icon, "5000.2.1.2", "The icon is smaller than 1 MB"),
		needs(icon, "5000.2.1.3", "The icon is a PNG"),
		needs(icon, "5000.2.1.4", "The icon is square, 100 to 230 pixels wide"),
		needs(icon, "5000.2.1.5", "The icon's background is opaque and in the brand colour"),
		p("5000.2.2.1", "The title has at most 30 characters", ""),
		p("5000.2.2.2", "The title has no reserved word", ""),
		p("5000.2.2.3", "The title ends with a letter or digit", ""),
		p("5000.2.2.5", "No other connector has the title", "Look the title up in the connector reference."),
		p("5000.2.3.1", "Descriptions are in English", ""),
		p("5000.2.3.2", "Descriptions have no mistakes of grammar or spelling", "Read the texts once more; precert knows common misspellings only."),
		p("5000.2.3.4", "The description has 30 to 500 characters", ""),
		p("5000.2.3.5", "The description names no Power Platform product", ""),
		p("5000.2.3.6", "Descriptions hold no address, emoji or instruction", ""),
		needs(finding.NeedsLive, "5000.2.4.1", "Responses match their schemas"),
		p("5000.2.4.2", "A default response has no schema", ""),
		p("5000.2.4.4", "No response schema is empty", ""),
		p("5000.2.4.5", "Every operation is complete, with responses", ""),
		p("5000.2.4.6", "No object has an empty list of properties", ""),
		p("5000.2.6.2", "The definition is well-formed OpenAPI 2.0", ""),
		p("5000.2.6.3", "The definition says Swagger 2.0 and uses no later keyword", ""),
		p("5000.2.6.4", "The host is a production host", ""),
		needs(properties, "5000.2.6.9", "Every connection parameter has a uiDefinition"),
		needs(properties, "5000.2.6.10", "Every uiDefinition has a description"),
		p("5000.3.1.2", "The package's download address stays valid for 15 days", "Check the expiry of the address you submit."),
		p("5000.3.1.3", "The website's address is valid", "Open the website."),
		p("5000.3.1.4", "The support address is valid", "Send a message to the support address."),
		p("5000.3.1.5", "The privacy policy's address is valid", "Open the privacy policy and see that it is the end service's."),
		needs(finding.NeedsHTTPS, "5000.3.1.6", "The API is served over HTTPS with TLS 1.2 or later"),
		p("5000.4.2.1", "A plug-in has keywords", ""),
		p("5000.4.2.4", "A plug-in says which operations it offers", ""),
	}
}

// livePolicies are the checks of the live run that look at a policy.
func livePolicies() map[string][]string {
	return map[string][]string{"5000.2.4.1": {"StatusDeclared", "ContentTypeDeclared", "BodyMatchesSchema", "HeadersMatchDefinition"}}
}

// furtherPolicies are the rules that look at more policies than their own.
func furtherPolicies() map[string][]string {
	return map[string][]string{
		"5000.1.1.5":  {"PackageZipMissing"},
		"5000.1.1.8":  {"ConnectorSolutionMissing"},
		"5000.1.1.10": {"SolutionFolderMissing"},
		"5000.1.1.14": {"SolutionFolderMissing"},
		"5000.1.1.17": {"SolutionFolderMissing"},
		"5000.2.2.1":  {"FieldLengthExceeded"},
		"5000.2.2.3":  {"ValueMustEndWithAlphanumeric"},
		"5000.2.3.5":  {"ValueContainsRestrictedWords"},
		"5000.2.6.9":  {"ConnectionParameterTextMissing"},
		"5000.3.1.5":  {"UrlNotValid"},
	}
}

// policies is the checklist of this run: each policy with the rules and checks
// that ran and look at it. A number that only a rule knows is added.
func (j *job) policies() []finding.Policy {
	looking := map[string][]string{}
	titles := map[string]string{}
	if j.static {
		for _, r := range rules.Catalogue() {
			if r.Policy != "" && j.selected(r.Name, ruleNames()) {
				looking[r.Policy] = append(looking[r.Policy], r.Name)
				titles[r.Policy] = r.Section
			}
		}
		for number, names := range furtherPolicies() {
			for _, name := range names {
				if j.selected(name, ruleNames()) {
					looking[number] = append(looking[number], name)
				}
			}
		}
	}
	if j.live {
		for number, checks := range livePolicies() {
			for _, check := range checks {
				if j.selected(check, checkNames()) {
					looking[number] = append(looking[number], check)
				}
			}
		}
	}
	out := policyTable()
	for i := range out {
		if !out[i].Package || j.flags.submission {
			out[i].Rules = looking[out[i].Number]
		}
		delete(looking, out[i].Number)
	}
	for number, names := range looking {
		out = append(out, finding.Policy{Number: number, Title: titles[number], Rules: names})
	}
	slices.SortStableFunc(out, func(a, b finding.Policy) int { return compareNumbers(a.Number, b.Number) })
	return out
}

// selected reports whether --only and --skip leave a rule or check of this kind.
func (j *job) selected(name string, kind []string) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return rules.Match(pattern, name) })
	}
	only := matching(j.flags.only, kind)
	return (len(only) == 0 || matches(only)) && !matches(j.flags.skip)
}

// compareNumbers orders 5000.1.1.9 before 5000.1.1.10.
func compareNumbers(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if len(as[i]) != len(bs[i]) {
			return len(as[i]) - len(bs[i])
		}
		if order := strings.Compare(as[i], bs[i]); order != 0 {
			return order
		}
	}
	return len(as) - len(bs)
}
