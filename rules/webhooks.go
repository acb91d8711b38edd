package rules

import (
	"fmt"
	"slices"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func webhookRules() []*Rule {
	return []*Rule{
		notificationURLNotAllowedInThisPosition, notificationURLNotInternal, notificationURLNotRequired, notificationURLNotString,
		webhookOperationsMissingNotificationURLProperty, operationMustHaveNotificationContentExtension,
		notificationExtensionSupportedForTriggerOnly, notificationExtensionNotSupportedInWebhookOperation, notificationOperationMustBeWebhook,
	}
}

const webhookSource = "; https://learn.microsoft.com/connectors/custom-connectors/create-webhook-trigger"

// notificationURL is the extension that marks the field for the callback address.
const notificationURL = "x-ms-notification-url"

// callback is one field for the callback address, as an operation's body holds it.
type callback struct {
	operation *connector.Operation
	// field is the schema with the mark.
	field *connector.Node
	// internal says that it or something around it is hidden; optional names
	// the outermost field on the way that may be left out, "" when all are required.
	internal bool
	optional string
}

// callbacks returns the callback fields of all bodies.
func callbacks(p *Pass) []callback {
	return Shared(p, "callbacks", func() []callback {
		marked := map[*connector.Operation]bool{}
		for _, s := range p.TypedWith(notificationURL) {
			for _, op := range usersOf(p, s) {
				marked[op] = true
			}
		}
		var out []callback
		for _, op := range p.Definition.Operations {
			if body := op.Body(); body != nil && marked[op] {
				w := callbackWalk{definition: p.Definition, seen: map[callbackState]bool{}}
				w.visit(body.Schema(), callback{operation: op, internal: body.Internal()})
				out = append(out, w.found...)
			}
		}
		return out
	})
}

type callbackWalk struct {
	definition *connector.Definition
	seen       map[callbackState]bool
	found      []callback
}

// callbackState is what makes two visits of a schema different.
type callbackState struct {
	schema             *connector.Node
	internal, optional bool
}

// visit goes down a body schema. c says how its place is reached.
func (w *callbackWalk) visit(n *connector.Node, c callback) {
	c.field = w.definition.Resolve(n)
	c.internal = c.internal || isInternalNode(n) || isInternalNode(c.field)
	state := callbackState{c.field, c.internal, c.optional != ""}
	if !c.field.IsObject() || w.seen[state] {
		return
	}
	w.seen[state] = true
	if c.field.Get(notificationURL).Bool() {
		w.found = append(w.found, c)
	}
	w.visit(c.field.Get("items"), c)
	w.visit(c.field.Get("additionalProperties"), c)
	required := w.definition.RequiredNames(c.field)
	for _, property := range w.definition.Properties(c.field) {
		below := c
		if below.optional == "" && !slices.Contains(required, property.Key()) {
			below.optional = property.Key()
		}
		w.visit(property, below)
	}
}

// reportCallbacks reports the fields for which fault returns a message, each once.
func reportCallbacks(p *Pass, fault func(callback) string) {
	seen := map[*connector.Node]bool{}
	for _, c := range callbacks(p) {
		if message := fault(c); message != "" && !seen[c.field] {
			seen[c.field] = true
			p.Report(c.field, message)
		}
	}
}

var notificationURLNotAllowedInThisPosition = &Rule{
	Name: "NotificationUrlNotAllowedInThisPosition", Section: SectionWebhooks, Severity: finding.Error,
	Source:  officialSource + "#webhooks" + webhookSource,
	Summary: "The field for the callback address stands in the body of a request.",
	Why:     "The platform writes the address of the flow into bodies only; elsewhere the field stays empty.",
	Fix:     "Move the field into the body. When the API takes the address elsewhere, copy it there with a policy.",
	Wrong:   `{"name": "callbackUrl", "in": "query", "type": "string", "x-ms-notification-url": true}`,
	Right:   `{"name": "body", "in": "body", "schema": {"properties": {"callbackUrl": {"type": "string", "x-ms-notification-url": true}}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith(notificationURL) {
			mark := s.Node.Get(notificationURL)
			if !mark.Bool() {
				continue
			}
			place, severity := "", finding.Error
			switch s.Place {
			case connector.InParameter:
				place = fmt.Sprintf("the %s parameter %s", s.Node.Get("in").String(), quote(s.Node.Get("name").String()))
			case connector.InResponse, connector.InHeader:
				place = "a response"
			case connector.InNotification:
				place = "the notification"
			case connector.InDefinition:
				// Published connectors answer with the subscription that they were sent.
				if reach := p.Definition.Reach(s.Definition); reach != nil && !reach.Input {
					place, severity = "a response", finding.Warning
				}
			case connector.InBody: // where it belongs
			}
			if place != "" {
				p.Report(mark, fmt.Sprintf("The callback address cannot stand in %s.", place), As(severity))
			}
		}
		for _, param := range listedParameters(p) {
			if mark := param.Node.Get(notificationURL); param.In == "body" && mark.Bool() {
				p.Report(mark, "The callback address cannot be the body parameter itself.")
			}
		}
	},
}

var notificationURLNotInternal = &Rule{
	Name: "NotificationUrlNotInternal", Section: SectionWebhooks, Severity: finding.Error,
	Source:  officialSource + "#webhooks" + webhookSource,
	Summary: "The field for the callback address, or something around it, is internal.",
	Why:     "The platform fills in the address of the flow; a maker who sees the field will type another one.",
	Fix:     `Add "x-ms-visibility": "internal" to the field.`,
	Wrong:   `{"callbackUrl": {"type": "string", "x-ms-notification-url": true}}`,
	Right:   `{"callbackUrl": {"type": "string", "x-ms-notification-url": true, "x-ms-visibility": "internal"}}`,
	Check: func(p *Pass) {
		reportCallbacks(p, func(c callback) string {
			if c.internal {
				return ""
			}
			return fmt.Sprintf("The callback address %s is visible to makers.", quote(c.field.Key()))
		})
	},
}

var notificationURLNotRequired = &Rule{
	Name: "NotificationUrlNotRequired", Section: SectionWebhooks, Severity: finding.Error,
	Source:  officialSource + "#webhooks" + webhookSource,
	Summary: "The field for the callback address is required, and so is every object around it.",
	Why:     "Hidden fields that may be left out are left out: the API never learns where to send notifications.",
	Fix:     "List the field in required of its object, and that object in required of the one around it.",
	Wrong:   `{"properties": {"callbackUrl": {"type": "string", "x-ms-notification-url": true}}}`,
	Right:   `{"properties": {"callbackUrl": {"type": "string", "x-ms-notification-url": true}}, "required": ["callbackUrl"]}`,
	Check: func(p *Pass) {
		reportCallbacks(p, func(c callback) string {
			switch c.optional {
			case "":
				return ""
			case c.field.Key():
				return fmt.Sprintf("The callback address %s is not required.", quote(c.field.Key()))
			}
			return fmt.Sprintf("The callback address %s can be left out: %s, which holds it, is not required.", quote(c.field.Key()), quote(c.optional))
		})
	},
}

var notificationURLNotString = &Rule{
	Name: "NotificationUrlNotString", Section: SectionWebhooks, Severity: finding.Error,
	Source:  officialSource + "#webhooks" + webhookSource,
	Summary: "The field for the callback address is a string.",
	Why:     "An address is text; the platform does not fill a field of another type, or of none.",
	Fix:     `Set "type": "string".`,
	Wrong:   `{"callbackUrl": {"type": "object", "x-ms-notification-url": true}}`,
	Right:   `{"callbackUrl": {"type": "string", "x-ms-notification-url": true}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith(notificationURL) {
			declared := p.Definition.Type(s.Node)
			if !s.Node.Get(notificationURL).Bool() || declared == "string" {
				continue
			}
			name := s.Name
			if declared == "" {
				p.Report(s.Node, fmt.Sprintf("The callback address %s has no type; it must be a string.", quote(name)))
				continue
			}
			p.Report(s.Node, fmt.Sprintf("The callback address %s is of type %s; it must be a string.", quote(name), quote(declared)))
		}
	},
}

var webhookOperationsMissingNotificationURLProperty = &Rule{
	Name: "WebhookOperationsMissingNotificationUrlProperty", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource + webhookSource,
	Summary: "The body of a webhook trigger has a field for the callback address.",
	Why:     "The platform has no place to write the address of the flow, so the trigger never fires.",
	Fix:     `Mark the field that takes the address with "x-ms-notification-url": true.`,
	Wrong:   `{"x-ms-trigger": "single", "parameters": [{"name": "body", "in": "body", "schema": {"properties": {"callbackUrl": {"type": "string"}}}}]}`,
	Right:   `{"x-ms-trigger": "single", "parameters": [{"name": "body", "in": "body", "schema": {"properties": {"callbackUrl": {"type": "string", "x-ms-notification-url": true}}}}]}`,
	Check: func(p *Pass) {
		marked := callbackCounts(p)
		for _, op := range p.Definition.Operations {
			if subscribes(op) && marked[op] == 0 {
				p.Report(op.Node, fmt.Sprintf("The webhook trigger %s has no field for the callback address.", quote(op.ID)))
			}
		}
	},
}

// callbackCounts returns how many fields or parameters of each operation are
// marked for the callback address, those in a wrong place included.
func callbackCounts(p *Pass) map[*connector.Operation]int {
	return Shared(p, "callback counts", func() map[*connector.Operation]int {
		out := map[*connector.Operation]int{}
		seen := map[*connector.Node]bool{}
		for _, c := range callbacks(p) {
			if !seen[c.field] || out[c.operation] == 0 {
				out[c.operation]++
			}
			seen[c.field] = true
		}
		for _, op := range p.Definition.Operations {
			for _, param := range op.Parameters {
				if param.Node.Get(notificationURL).Bool() {
					out[op]++
				}
			}
		}
		return out
	})
}
