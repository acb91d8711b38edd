package rules

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func agentRules() []*Rule {
	return []*Rule{agentKeywordsMissing, agentManifestIncomplete, agentDataNotValid, agenticProtocolNotValid}
}

// agentUse returns the first sign that a connector is meant for agents, nil when there is none.
func (p *Pass) agentUse() *connector.Node {
	root := p.Definition.Root
	for _, name := range []string{"x-ms-openai-manifest", "x-ms-openai-data"} {
		if n := root.Get(name); n != nil {
			return n
		}
	}
	for _, op := range p.Definition.Operations {
		if n := op.Node.Get("x-ms-openai-data"); n != nil {
			return n
		}
	}
	return nil
}

var agentKeywordsMissing = &Rule{
	Name: "AgentKeywordsMissing", Section: SectionAgents, Severity: finding.Info, Policy: "5000.4.2.1",
	Source:  policySource,
	Summary: "A connector that is offered to agents has keywords in info.x-ms-keywords.",
	Why:     "Agents find the connector by them.",
	Fix:     `Add "x-ms-keywords": ["boards", "tasks"] to info.`,
	Wrong:   `{"info": {"title": "Fabrikam Boards"}, "x-ms-openai-manifest": {"humanName": "Fabrikam Boards"}}`,
	Right:   `{"info": {"title": "Fabrikam Boards", "x-ms-keywords": ["boards", "tasks"]}, "x-ms-openai-manifest": {"humanName": "Fabrikam Boards"}}`,
	Check: func(p *Pass) {
		info := p.Definition.Info()
		keywords := info.Get("x-ms-keywords")
		if !keywords.Exists() {
			if p.agentUse() != nil && info.Exists() {
				p.Report(info, "The connector is offered to agents, but has no keywords.", Member("x-ms-keywords"))
			}
			return
		}
		if keywords.IsArray() && keywords.Len() == 0 {
			p.Report(keywords, "The list of keywords is empty.")
		}
		for keyword := range keywords.Items {
			if keyword.IsString() && strings.TrimSpace(keyword.String()) == "" {
				p.Report(keyword, "The keyword is empty.")
			}
		}
	},
}

var agentManifestIncomplete = &Rule{
	Name: "AgentManifestIncomplete", Section: SectionAgents, Severity: finding.Info,
	Source:  "37 definitions of microsoft/PowerPlatformConnectors",
	Summary: "x-ms-openai-manifest holds humanName, modelDescription, contactEmail and legalUrl.",
	Why:     "Agents show the name and the legal page, and choose the connector by the description for the model.",
	Fix:     "Add what is missing.",
	Wrong:   `{"x-ms-openai-manifest": {"humanName": "Fabrikam Boards"}}`,
	Right:   `{"x-ms-openai-manifest": {"humanName": "Fabrikam Boards", "modelDescription": "Keeps tasks on boards.", "contactEmail": "support@fabrikam.com", "legalUrl": "https://fabrikam.com/legal"}}`,
	Check: func(p *Pass) {
		manifest := p.Definition.Root.Get("x-ms-openai-manifest")
		if !manifest.IsObject() {
			return
		}
		var missing []string
		for _, name := range []string{"humanName", "modelDescription", "contactEmail", "legalUrl"} {
			if strings.TrimSpace(manifest.Get(name).String()) == "" {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 {
			p.Report(manifest, fmt.Sprintf("x-ms-openai-manifest lacks %s.", listed(missing)))
		}
	},
}

var agentDataNotValid = &Rule{
	Name: "AgentDataNotValid", Section: SectionAgents, Severity: finding.Warning, Policy: "5000.4.2.4",
	Source:  policySource + "; 42 definitions of microsoft/PowerPlatformConnectors",
	Summary: "x-ms-openai-data says with openai-enabled, true or false, whether agents may call the operation, and names operations that exist.",
	Why:     "What agents cannot read they leave out: the operation is not offered, or is called without asking the user.",
	Fix:     `Write it as {"openai-enabled": true, "operations": [{"operationId": "CreateCard", "x-ms-require-user-confirmation": true}]}.`,
	Wrong:   `{"x-ms-openai-data": {"openai-enabled": "yes"}}`,
	Right:   `{"x-ms-openai-data": {"openai-enabled": true}}`,
	Check: func(p *Pass) {
		p.judgeAgentData(p.Definition.Root.Get("x-ms-openai-data"))
		for _, op := range p.Definition.Operations {
			p.judgeAgentData(op.Node.Get("x-ms-openai-data"))
		}
	},
}

func (p *Pass) judgeAgentData(data *connector.Node) {
	if !data.IsObject() {
		return
	}
	enabled := data.Get("openai-enabled")
	switch {
	case !enabled.Exists():
		p.Report(data, "x-ms-openai-data does not say openai-enabled.", Member("openai-enabled"))
	case enabled.Kind() != connector.Bool:
		p.Report(enabled, fmt.Sprintf("openai-enabled is %s, but must be true or false without quotes.", quote(enabled.Text())))
	}
	for item := range data.Get("operations").Items {
		id := item.Get("operationId")
		if item.IsObject() && id.IsString() && p.Definition.Operation(id.String()) == nil {
			p.Report(id, fmt.Sprintf("There is no operation %s.", quote(id.String())), meant(id.String(), p.operationIDs()))
		}
		if confirm := item.Get("x-ms-require-user-confirmation"); confirm.Exists() && confirm.Kind() != connector.Bool {
			p.Report(confirm, fmt.Sprintf("x-ms-require-user-confirmation is %s, but must be true or false without quotes.", quote(confirm.Text())))
		}
	}
}

// operationIDs are the ids of all operations, in document order.
func (p *Pass) operationIDs() []string {
	var out []string
	for _, op := range p.Definition.Operations {
		if op.ID != "" {
			out = append(out, op.ID)
		}
	}
	return out
}

// agenticProtocols are the protocols by which an operation may lead to a tool server.
func agenticProtocols() []string { return []string{"mcp-streamable-1.0"} }

var agenticProtocolNotValid = &Rule{
	Name: "AgenticProtocolNotValid", Section: SectionAgents, Severity: finding.Warning,
	Source:  "pull request 3929 of microsoft/PowerPlatformConnectors",
	Summary: "An operation that leads to an MCP server is a POST with x-ms-agentic-protocol mcp-streamable-1.0, the only one of the connector.",
	Why:     "Agents speak streamable HTTP to such a server, by POST; anything else is not found.",
	Fix:     `Use "x-ms-agentic-protocol": "mcp-streamable-1.0" on one POST operation.`,
	Wrong:   `{"get": {"operationId": "InvokeMCP", "x-ms-agentic-protocol": "mcp-sse-1.0"}}`,
	Right:   `{"post": {"operationId": "InvokeMCP", "x-ms-agentic-protocol": "mcp-streamable-1.0"}}`,
	Check: func(p *Pass) {
		first := ""
		for _, op := range p.Definition.Operations {
			protocol := op.Node.Get("x-ms-agentic-protocol")
			if !protocol.Exists() {
				continue
			}
			if !slices.Contains(agenticProtocols(), protocol.String()) {
				p.Report(protocol, fmt.Sprintf("The protocol %s is not known.", quote(protocol.Text())), meant(protocol.Text(), agenticProtocols()))
			}
			if op.Method != http.MethodPost {
				p.Report(protocol, fmt.Sprintf("The operation %s leads to an MCP server by %s; it must be a POST.", quote(op.ID), op.Method))
			}
			if first != "" {
				p.Report(protocol, fmt.Sprintf("The operations %s and %s both lead to an MCP server; there can be one.", quote(first), quote(op.ID)))
			}
			first = op.ID
		}
	},
}
