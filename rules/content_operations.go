package rules

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func conventionRules() []*Rule {
	return []*Rule{
		operationVisibilityMissing, operationIDNotPascalCase, listOperationWording,
		triggerSummaryWording, triggerDescriptionWording, triggerHintMissing, webhookDeleteOperationMissing,
	}
}

var operationVisibilityMissing = &Rule{
	Name: "OperationVisibilityMissing", Section: SectionContent, Severity: finding.Info,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/certification-submission-checklist",
	Summary: "Every operation says in x-ms-visibility how prominent it is.",
	Why:     "The checklist for a submission asks for it; without it, all operations are listed alike.",
	Fix:     `Add "x-ms-visibility": "important" to what most makers need, "advanced" to the rest, "internal" to what only the designer calls.`,
	Wrong:   `{"operationId": "ListCards", "summary": "List the cards"}`,
	Right:   `{"operationId": "ListCards", "summary": "List the cards", "x-ms-visibility": "important"}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for _, op := range p.Definition.Operations {
			if !op.Node.Get("x-ms-visibility").Exists() {
				places = append(places, op.Node)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The operation %s has no x-ms-visibility.", quote(places[0].Get("operationId").String())))
		}
	},
}

var operationIDNotPascalCase = &Rule{
	Name: "OperationIdNotPascalCase", Section: SectionContent, Severity: finding.Info,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/coding-standards",
	Summary: "An operationId begins with a capital letter, as ListCards does.",
	Why:     "Flows, formulas and the reference show it; the coding standards ask for PascalCase.",
	Fix:     "Write it in PascalCase, before the connector is published: later, a change breaks flows.",
	Wrong:   `{"operationId": "listCards"}`,
	Right:   `{"operationId": "ListCards"}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for _, op := range p.Definition.Operations {
			// Of an id that is sanitized that rule tells, and how to write it.
			if r, _ := utf8.DecodeRuneInString(op.ID); unicode.IsLower(r) && sanitized(op.ID) == op.ID {
				places = append(places, op.Node.Get("operationId"))
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The operationId %s begins with a small letter.", quote(places[0].String())))
		}
	},
}

// answersList reports whether an operation gives back an array, alone or as the member value.
func (p *Pass) answersList(op *connector.Operation) bool {
	for _, response := range op.Responses {
		if schema := response.Schema(); response.IsSuccess() && schema != nil {
			d := p.Definition
			return d.Type(schema) == "array" || d.Type(schema) == "object" && d.Type(d.Property(schema, "value")) == "array"
		}
	}
	return false
}

var listOperationWording = &Rule{
	Name: "ListOperationWording", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The summary of an operation that gives back many begins with List, that of one that gives back one with Get.",
	Why:     "Makers tell from the verb whether a loop follows.",
	Fix:     "Begin the summary with List.",
	Wrong:   `{"summary": "Get the cards", "responses": {"200": {"schema": {"type": "array"}}}}`,
	Right:   `{"summary": "List the cards", "responses": {"200": {"schema": {"type": "array"}}}}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for op := range p.visible {
			summary := op.Node.Get("summary")
			if strings.HasPrefix(strings.ToLower(summary.String()), "get ") && op.Trigger == connector.Action && p.answersList(op) {
				places = append(places, summary)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The summary %s begins with Get, but the operation gives back a list.", quote(places[0].String())))
		}
	},
}

// triggers yields the triggers that makers see.
func (p *Pass) triggers(yield func(*connector.Operation) bool) {
	for op := range p.visible {
		if op.Trigger != connector.Action && !yield(op) {
			return
		}
	}
}

var triggerSummaryWording = &Rule{
	Name: "TriggerSummaryWording", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The summary of a trigger begins with When.",
	Why:     "All triggers are named so; makers search for it.",
	Fix:     "Write it as When a card is created.",
	Wrong:   `{"x-ms-trigger": "batch", "summary": "New card"}`,
	Right:   `{"x-ms-trigger": "batch", "summary": "When a card is created"}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for op := range p.triggers {
			summary := op.Node.Get("summary")
			if summary.String() != "" && !strings.HasPrefix(strings.ToLower(summary.String()), "when") {
				places = append(places, summary)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The summary %s of the trigger does not begin with When.", quote(places[0].String())))
		}
	},
}

var triggerDescriptionWording = &Rule{
	Name: "TriggerDescriptionWording", Section: SectionContent, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "The description of a trigger begins with: This operation triggers when.",
	Why:     "All triggers are described so in the reference of connectors.",
	Fix:     "Write it as This operation triggers when a card is created.",
	Wrong:   `{"x-ms-trigger": "batch", "description": "Returns new cards."}`,
	Right:   `{"x-ms-trigger": "batch", "description": "This operation triggers when a card is created."}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for op := range p.triggers {
			description := op.Node.Get("description")
			lower := strings.ToLower(description.String())
			if sameText(op.Node.Get("summary").String(), lower) {
				continue // OperationSummaryEqualsDescription tells
			}
			if lower != "" && !strings.Contains(lower, "triggers when") && !strings.Contains(lower, "triggered when") && !strings.Contains(lower, "trigger when") {
				places = append(places, description)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The description %s does not say when the trigger triggers.", quote(places[0].String())))
		}
	},
}

var triggerHintMissing = &Rule{
	Name: "TriggerHintMissing", Section: SectionContent, Severity: finding.Info,
	Source:  extensionsSource,
	Summary: "A trigger has an x-ms-trigger-hint.",
	Why:     "The designer shows it when the maker tries the flow: what to do for the trigger to fire.",
	Fix:     `Add it, such as "x-ms-trigger-hint": "To see it work now, create a card in Fabrikam Boards."`,
	Wrong:   `{"x-ms-trigger": "single", "summary": "When a card is created"}`,
	Right:   `{"x-ms-trigger": "single", "summary": "When a card is created", "x-ms-trigger-hint": "To see it work now, create a card."}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for op := range p.triggers {
			if op.Node.Get("x-ms-trigger-hint").String() == "" {
				places = append(places, op.Node)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The trigger %s has no x-ms-trigger-hint.", quote(places[0].Get("operationId").String())))
		}
	},
}

var webhookDeleteOperationMissing = &Rule{
	Name: "WebhookDeleteOperationMissing", Section: SectionWebhooks, Severity: finding.Warning,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/create-webhook-trigger",
	Summary: "A connector with webhook triggers has a DELETE operation that ends the subscription.",
	Why:     "When a flow is switched off or saved, the platform sends DELETE to the address of the subscription; without the operation it lives on and sends to flows that are gone.",
	Fix:     "Add a DELETE operation, x-ms-visibility internal, for the address that the Location header of the subscription names.",
	Wrong:   `{"/hooks": {"post": {"x-ms-trigger": "single", "operationId": "WhenCardCreated"}}}`,
	Right:   `{"/hooks": {"post": {"x-ms-trigger": "single", "operationId": "WhenCardCreated"}}, "/hooks/{id}": {"delete": {"operationId": "DeleteHook"}}}`,
	Check: func(p *Pass) {
		var places []*connector.Node
		for _, op := range p.Definition.Operations {
			if op.Method == http.MethodDelete {
				return
			}
			if op.Trigger == connector.Webhook {
				places = append(places, op.Node)
			}
		}
		if len(places) > 0 {
			p.together(places, fmt.Sprintf("The webhook trigger %s has no DELETE operation that ends its subscription.", quote(places[0].Get("operationId").String())))
		}
	},
}
