package rules

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// scriptOperations is the list of apiProperties.json, nil when there is none.
func (p *Pass) scriptOperations() *connector.Node {
	return p.Package.Properties.Root.At("properties", "scriptOperations")
}

var scriptOperationNotFound = &Rule{
	Name: "ScriptOperationNotFound", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "The operationIds that the script compares with are those of the definition.",
	Why:     "Code for an operation that is not there never runs; mostly the operation was renamed, and goes out unchanged.",
	Fix:     "Use the operationId as the definition writes it, or remove the branch.",
	Wrong:   `if (this.Context.OperationId == "GetCards")   // the definition has ListCards`,
	Right:   `if (this.Context.OperationId == "ListCards")`,
	Check: func(p *Pass) {
		s, ids := p.script(), p.operationIDs()
		if s == nil || len(ids) == 0 {
			return
		}
		told := map[string]bool{}
		for _, name := range s.operationNames() {
			if !told[name.id] && !slices.ContainsFunc(ids, name.is) {
				told[name.id] = true
				s.at(p, name.token, name.token, fmt.Sprintf("The script handles the operation %s, which the definition does not have.", quote(name.id)), meant(name.id, ids))
			}
		}
	},
}

var scriptOperationNotListed = &Rule{
	Name: "ScriptOperationNotListed", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "Every operation that the script handles is listed in scriptOperations, when there is such a list.",
	Why:     "The script runs for the listed operations only.",
	Fix:     "Add the operationId to properties.scriptOperations in apiProperties.json.",
	Wrong:   `{"scriptOperations": ["ListCards"]}, and a script that handles GetCard`,
	Right:   `{"scriptOperations": ["ListCards", "GetCard"]}`,
	Check: func(p *Pass) {
		s, list := p.script(), p.scriptOperations()
		if s == nil || !list.IsArray() || list.Len() == 0 {
			return
		}
		told := map[string]bool{}
		for _, name := range s.operationNames() {
			if told[name.id] || p.Definition.Operation(name.id) == nil || p.listedAs(list, name.id) {
				continue
			}
			told[name.id] = true
			s.at(p, name.token, name.token, fmt.Sprintf("The script handles the operation %s, which scriptOperations does not list.", quote(name.id)))
		}
	},
}

// listedAs reports whether scriptOperations lists an operation, be it by a name
// that is written wrong: ListedOperationNotFound tells of that.
func (p *Pass) listedAs(list *connector.Node, id string) bool {
	return slices.ContainsFunc(list.Strings(), func(listed string) bool {
		plain, err := base64.StdEncoding.DecodeString(listed)
		return listed == id || strings.EqualFold(listed, id) || err == nil && string(plain) == id ||
			operationFold(p, listed) == nil && Nearest(listed, p.operationIDs()) == id
	})
}

var scriptMissing = &Rule{
	Name: "ScriptMissing", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "A connector that lists scriptOperations has a script.",
	Why:     "The operations are meant to pass through code that is not there.",
	Fix:     "Add script.csx, or remove scriptOperations from apiProperties.json.",
	Wrong:   `{"scriptOperations": ["ListCards"]}, and no script.csx`,
	Right:   `{"scriptOperations": ["ListCards"]}, and script.csx`,
	Check: func(p *Pass) {
		list := p.scriptOperations()
		if list.Len() == 0 || p.Package.File(connector.RoleScript) != nil {
			return
		}
		for _, name := range p.Package.Others {
			if strings.HasSuffix(strings.ToLower(name), ".csx") || strings.EqualFold(name, "script.cs") {
				return // ScriptNotUnique tells of its name
			}
		}
		p.Report(list, fmt.Sprintf("scriptOperations lists %s, but there is no script.csx.", plural(list.Len(), "operation")))
	},
}

var scriptWithGateway = &Rule{
	Name: "ScriptWithGateway", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "A connector with a script does not connect through an on-premises data gateway.",
	Why:     "Scripts do not run for connections through a gateway.",
	Fix:     "Remove the gateway from the connection parameters, or do what the script does with policies.",
	Wrong:   `{"connectionParameters": {"gateway": {"type": "gatewaySetting"}}}, and script.csx`,
	Right:   `{"connectionParameters": {"gateway": {"type": "gatewaySetting"}}}, and no script`,
	Check: func(p *Pass) {
		if p.Package.File(connector.RoleScript) == nil {
			return
		}
		for parameter := range p.Package.Properties.Root.At("properties", "connectionParameters").Members {
			if kind := parameter.Get("type"); strings.EqualFold(kind.String(), "gatewaySetting") {
				p.Report(kind, fmt.Sprintf("The connection parameter %s connects through a gateway, for which the script does not run.", quote(parameter.Key())))
			}
		}
	},
}
