package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func flowRules() []*Rule {
	return []*Rule{workflowFileMismatch, flowWithoutConnector, flowOperationNotFound, flowConnectionNotReferenced, flowReferenceNotFound}
}

var workflowFileMismatch = &Rule{
	Name: "WorkflowFileMismatch", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.15",
	Source:  errorsSource + "; https://github.com/microsoft/PowerPlatformConnectors/pull/3725",
	Summary: "Every workflow of customizations.xml has its file in Workflows, and every file there its workflow.",
	Why:     "Certification compares both and refuses the flow solution as invalid.",
	Fix:     exportHint,
	Wrong:   "<JsonFileName>/Workflows/Greet-7B1F.json</JsonFileName>, without this file",
	Right:   "Workflows/Greet-7B1F.json",
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if !solution.Has("Workflows") {
				continue // told as the missing folder
			}
			listed := map[string]bool{}
			for _, flow := range solution.Flows {
				if flow.File == nil {
					continue // not a flow: a classic workflow or a business rule
				}
				name := strings.TrimPrefix(strings.ReplaceAll(flow.File.Text, "\\", "/"), "/")
				listed[strings.ToLower(name)] = true
				if !solution.Has(name) {
					p.reportElement(flow.File, fmt.Sprintf("The workflow %s has no file %s in the solution.", quote(flow.Name()), quote(name)))
				}
			}
			if solution.Customizations == nil {
				continue
			}
			for _, file := range solution.FlowFiles() {
				if !listed[strings.ToLower(file)] {
					p.ReportFile(solution.Inside(file), fmt.Sprintf("customizations.xml lists no workflow for the file %s.", quote(path.Base(file))))
				}
			}
		}
	},
}

// exported returns the connector that the submission is about; nil when it holds none.
func (p *Pass) exported() *connector.Export {
	if p.Package.Export != nil {
		return p.Package.Export
	}
	if s := p.Package.Submission; s != nil && len(s.Exports()) > 0 {
		return s.Exports()[0]
	}
	return nil
}

var flowWithoutConnector = &Rule{
	Name: "FlowWithoutConnector", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.7",
	Source:  errorsSource,
	Summary: "The flow solution has a flow that uses the connector.",
	Why:     "The flow is there to try the connector; one that calls something else shows nothing.",
	Fix:     "Add an action or trigger of the connector to a flow of the solution, save, publish, and export again.",
	Wrong:   "a flow with a Recurrence trigger and a Compose action",
	Right:   "a flow with an action of the connector",
	Check: func(p *Pass) {
		export := p.exported()
		if export == nil {
			return
		}
		for _, solution := range p.kinds()[connector.SolutionFlow] {
			if len(solution.Flows) > 0 && !p.anyUses(solution, export) {
				p.ReportFile(solution.Path, fmt.Sprintf("No flow of the solution %s uses the connector %s.", quote(solution.Name()), quote(export.Name)))
			}
		}
	},
}

// anyUses is lenient: a call of an operation that the connector has counts,
// whatever its reference is called, and so does a flow that cannot be read.
func (p *Pass) anyUses(solution *connector.Solution, export *connector.Export) bool {
	for _, flow := range solution.Flows {
		if flow.Document.Root == nil && flow.File != nil {
			return true // told as a missing or broken file
		}
		for _, call := range flow.Calls {
			if solution.Targets(flow, call, export) || p.Definition.Operation(call.OperationID.String()) != nil {
				return true
			}
		}
	}
	return false
}

// maxTold is how many names of one kind are told of one flow; each is told once.
const maxTold = 20

var flowOperationNotFound = &Rule{
	Name: "FlowOperationNotFound", Section: SectionPackage, Severity: finding.Error, Policy: "5000.1.1.9",
	Source:  errorsSource,
	Summary: "The flows call operations that the connector has.",
	Why:     "A flow that was made with an older state of the connector cannot be opened or run by reviewers.",
	Fix:     "Replace the action by one that the connector has, or export the flow solution again after publishing the connector.",
	Wrong:   `"operationId": "AddRemark", after the operation became AddComment`,
	Right:   `"operationId": "AddComment"`,
	Check: func(p *Pass) {
		export := p.exported()
		if export == nil || p.Definition.Root == nil || len(p.Definition.Operations) == 0 {
			return
		}
		var ids []string
		for _, op := range p.Definition.Operations {
			ids = append(ids, op.ID)
		}
		for _, solution := range p.solutions() {
			for _, flow := range solution.Flows {
				told := map[string]bool{}
				for _, call := range flow.Calls {
					id := call.OperationID.String()
					if told[id] || len(told) == maxTold || p.Definition.Operation(id) != nil || !solution.Targets(flow, call, export) {
						continue
					}
					told[id] = true
					options := []Option{}
					if near := Nearest(id, ids); near != "" {
						options = append(options, Hint("Did you mean %s? Mend the flow, publish, and export its solution again.", near))
					}
					p.Report(call.OperationID, fmt.Sprintf("The flow %s calls %s, which the connector does not have.", quote(flow.Name()), quote(id)), options...)
				}
			}
		}
	},
}

var flowConnectionNotReferenced = &Rule{
	Name: "FlowConnectionNotReferenced", Section: SectionPackage, Severity: finding.Warning,
	Source:  checkerSource,
	Checker: []string{"flow-avoid-connection-mode"},
	Summary: "Flows use connection references, not connections.",
	Why:     "A connection belongs to one environment and one person: in the reviewers' environment the flow has none.",
	Fix:     "Open the flow within its solution, choose a connection reference for each connector, save, and export again.",
	Wrong:   `"connection": {"name": "shared-fab-desk-6f1d"}`,
	Right:   `"connection": {"connectionReferenceLogicalName": "fab_shareddesk_1c9e4"}`,
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			for _, flow := range solution.Flows {
				for _, ref := range flow.References {
					if ref.Connection == "" {
						p.Report(ref.Node, fmt.Sprintf("The flow %s uses %s without a connection reference.", quote(flow.Name()), quote(ref.Node.Key())))
					}
				}
			}
		}
	},
}

var flowReferenceNotFound = &Rule{
	Name: "FlowReferenceNotFound", Section: SectionPackage, Severity: finding.Warning,
	Source:  checkerSource,
	Checker: []string{"flow-avoid-invalid-reference"},
	Summary: "Flows name connection references that exist, in the flow and in the solution.",
	Why:     "The flow cannot be switched on after the import.",
	Fix:     "Add the connection reference to the solution, or choose one that is in it, and export again.",
	Wrong:   `"connectionReferenceLogicalName": "fab_old", without this reference in customizations.xml`,
	Right:   `"connectionReferenceLogicalName": "fab_shareddesk_1c9e4", with <connectionreference connectionreferencelogicalname="fab_shareddesk_1c9e4">`,
	Check: func(p *Pass) {
		for _, solution := range p.solutions() {
			if solution.Customizations == nil || len(solution.Flows) == 0 {
				continue
			}
			for _, flow := range solution.Flows {
				for _, ref := range flow.References {
					if ref.Connection != "" && solution.ConnectionReference(ref.Connection) == nil {
						p.Report(ref.Node.At("connection", "connectionReferenceLogicalName"),
							fmt.Sprintf("The flow %s names the connection reference %s, which the solution does not hold.", quote(flow.Name()), quote(ref.Connection)))
					}
				}
				told := map[string]bool{}
				for _, call := range flow.Calls {
					if name := call.Reference.String(); name != "" && !told[name] && len(told) < maxTold && flow.Reference(call) == nil {
						told[name] = true
						p.Report(call.Reference, fmt.Sprintf("An action of the flow %s uses the connection %s, which the flow does not declare.", quote(flow.Name()), quote(call.Reference.String())))
					}
				}
			}
		}
	},
}
