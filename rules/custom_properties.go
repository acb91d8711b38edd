package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func customPropertyRules() []*Rule { return []*Rule{customPropertiesNotValid} }

var customPropertiesNotValid = &Rule{
	Name: "CustomPropertiesNotValid", Section: SectionPackage, Severity: finding.Warning, Policy: "5000.1.1.5",
	Source:  errorsSource + "; https://learn.microsoft.com/connectors/custom-connectors/multi-auth (the form of the file is not laid down publicly)",
	Summary: "customProperties.json is JSON and holds the connectionParameterSets of the connector.",
	Why:     "The file brings the authentication types that the wizard does not know; a set that it lacks is not offered to makers.",
	Fix:     "Copy connectionParameterSets from apiProperties.json into the file.",
	Wrong:   `customProperties.json: {"connectionParameters": {}}`,
	Right:   `customProperties.json: {"connectionParameterSets": {"uiDefinition": {}, "values": [{"name": "api-key", "parameters": {}}]}}`,
	Check: func(p *Pass) {
		for _, file := range p.Package.Loose {
			if strings.EqualFold(path.Base(file.Name), "customProperties.json") {
				judgeCustomProperties(p, connector.ReadDocument(file.Name, file.Content))
			}
		}
	},
}

func judgeCustomProperties(p *Pass, doc *connector.Document) {
	if doc.Root == nil || doc.Cut || !doc.Root.IsObject() {
		p.ReportFile(doc.Name, "The file is not a JSON object that can be read.")
		return
	}
	sets := doc.Root.GetFold("connectionParameterSets")
	if !sets.Exists() {
		sets = doc.Root.GetFold("properties").GetFold("connectionParameterSets")
	}
	if sets.Get("values").Len() == 0 {
		p.Report(doc.Root, "The file holds no connectionParameterSets with values.")
		return
	}
	held := map[string]bool{}
	for set := range sets.Get("values").Items {
		held[set.Get("name").String()] = true
	}
	for set := range p.Package.Properties.Root.At("properties", "connectionParameterSets", "values").Items {
		if name := set.Get("name").String(); name != "" && !held[name] {
			p.Report(sets.Get("values"), fmt.Sprintf("The file lacks the authentication type %s of the connector.", quote(name)))
		}
	}
}
