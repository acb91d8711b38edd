package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

var connectionParameterNotInSet = &Rule{
	Name: "ConnectionParameterNotInSet", Section: SectionConnections, Severity: finding.Warning,
	Source:  connectionSource + "; pull request 2563 of Azure/LogicAppsUX: where both are given the designer asks for the sets' parameters only; all 7 public connectors with both repeat them there",
	Summary: "Where there are connectionParameterSets, a set repeats every parameter that still stands in connectionParameters.",
	Why:     "New connections are made with one of the sets: makers are never asked for a parameter that stands beside them only. Those beside serve the connections that were made before there were sets.",
	Fix:     "Add the parameter to the sets that need it, or remove it when no connection is older than the sets.",
	Wrong:   `{"connectionParameters": {"region": {…}}, "connectionParameterSets": {"values": [{"name": "key", "parameters": {"api_key": {…}}}]}}`,
	Right:   `{"connectionParameterSets": {"values": [{"name": "key", "parameters": {"api_key": {…}, "region": {…}}}]}}`,
	Check: func(p *Pass) {
		if p.Package.Properties.Root.At("properties", "connectionParameterSets", "values").Len() == 0 {
			return
		}
		inSets := map[string]bool{}
		for _, c := range connectionParameters(p) {
			if c.Set != nil {
				inSets[strings.ToLower(c.Key())] = true
			}
		}
		var beside []*connector.Node
		for _, c := range connectionParameters(p) {
			if c.Set == nil && !inSets[strings.ToLower(c.Key())] {
				beside = append(beside, c.Node)
			}
		}
		if len(beside) > 0 {
			p.together(beside, fmt.Sprintf("The connection parameter %s stands in none of the connectionParameterSets.", quote(beside[0].Key())))
		}
	},
}

// connectionTexts yields the texts of the dialog for a new connection, with how to call them.
func (p *Pass) connectionTexts(yield func(at *connector.Node, what string) bool) {
	owners := []*connector.Node{}
	properties := p.Package.Properties.Root.Get("properties")
	if sets := properties.Get("connectionParameterSets"); sets.Exists() {
		owners = append(owners, sets)
		for set := range sets.Get("values").Items {
			owners = append(owners, set)
		}
	}
	for _, c := range connectionParameters(p) {
		owners = append(owners, c.Node)
	}
	for _, owner := range owners {
		for _, name := range []string{"displayName", "description", "tooltip"} {
			if text := owner.Get("uiDefinition").GetFold(name); text.IsString() && !yield(text, capital(subjectOf(text))) {
				return
			}
		}
	}
}

// isFillerText reports whether a text of the dialog, called name, is one that
// samples put there.
func isFillerText(name, text string) bool {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") && !strings.Contains(text, "</") {
		return true
	}
	words := strings.ToLower(strings.Trim(text, " .<>[]{}-_*:"))
	return slices.Contains([]string{"todo", "tbd", "tba", "undefined", "xxx", "asdf", "foo"}, words) || fold(words) == fold(name)
}

// nameToFillIn reports whether the name of a publisher or an owner is what a
// template says about it.
func nameToFillIn(name string) bool {
	folded := fold(name)
	switch folded {
	case "companyname", "yourcompany", "yourcompanyname", "yourname", "publishername", "yourpublishername", "stackowner", "stackownername", "todo", "tbd":
		return true
	}
	return strings.HasPrefix(folded, "nameofcompany") || strings.HasPrefix(folded, "nameoftheowner") || strings.HasPrefix(folded, "nameoftheservice") ||
		strings.HasPrefix(folded, "fullnameornameof") || strings.HasPrefix(strings.TrimSpace(name), "<") && strings.HasSuffix(strings.TrimSpace(name), ">")
}
