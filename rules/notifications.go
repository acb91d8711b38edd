package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

var operationMustHaveNotificationContentExtension = &Rule{
	Name: "OperationMustHaveNotificationContentExtension", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource + webhookSource,
	Summary: "The path of an operation with a callback address describes the notification (x-ms-notification-content).",
	Why:     "The notification is the output of the trigger: without its schema no field of it can be used in a flow.",
	Fix:     "Add x-ms-notification-content with a schema to the path, beside the method.",
	Wrong:   `"/hooks": {"post": {"x-ms-trigger": "single", "parameters": [{"name": "body", "in": "body"}]}}`,
	Right:   `"/hooks": {"x-ms-notification-content": {"schema": {"$ref": "#/definitions/CardEvent"}}, "post": {"x-ms-trigger": "single"}}`,
	Check: func(p *Pass) {
		marked := callbackCounts(p)
		for _, op := range p.Definition.Operations {
			if count := marked[op]; count > 0 && op.Notification == nil {
				options := []Option{}
				if op.Node.Get("x-ms-notification-content").Exists() {
					options = append(options, Hint("Move x-ms-notification-content from the operation to its path, beside the method."))
				}
				p.Report(op.Node, fmt.Sprintf("The path of the operation %s has no x-ms-notification-content, but %s marked for the callback address.",
					quote(op.ID), are(count, "field")), options...)
			}
		}
	},
}

// are returns "1 field is", "2 fields are".
func are(count int, noun string) string {
	if count == 1 {
		return plural(count, noun) + " is"
	}
	return plural(count, noun) + " are"
}

// eachNotification calls visit for every operation with x-ms-notification.
func eachNotification(p *Pass, visit func(op *connector.Operation, extension *connector.Node)) {
	for _, op := range p.Definition.Operations {
		if extension := op.Node.Get("x-ms-notification"); extension.IsObject() {
			visit(op, extension)
		}
	}
}

var notificationExtensionSupportedForTriggerOnly = &Rule{
	Name: "NotificationExtensionSupportedForTriggerOnly", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "Only a trigger has x-ms-notification.",
	Why:     "The extension names the webhook that wakes a polling trigger; an action has nothing to wake.",
	Fix:     "Add x-ms-trigger to the operation, or remove x-ms-notification.",
	Wrong:   `{"operationId": "ListCards", "x-ms-notification": {"operationId": "SubscribeCards"}}`,
	Right:   `{"operationId": "WhenCardCreated", "x-ms-trigger": "batch", "x-ms-notification": {"operationId": "SubscribeCards"}}`,
	Check: func(p *Pass) {
		eachNotification(p, func(op *connector.Operation, extension *connector.Node) {
			if op.Node.Get("x-ms-trigger") == nil {
				p.Report(extension, fmt.Sprintf("The operation %s is not a trigger, but has x-ms-notification.", quote(op.ID)))
			}
		})
	},
}

// isWebhook reports whether an operation registers a callback address, be it a trigger itself or serving one.
func isWebhook(p *Pass, op *connector.Operation) bool {
	return op.Notification.Exists() || callbackCounts(p)[op] > 0
}

var notificationExtensionNotSupportedInWebhookOperation = &Rule{
	Name: "NotificationExtensionNotSupportedInWebhookOperation", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "A webhook trigger has no x-ms-notification.",
	Why:     "A webhook is told of events itself; the extension makes it wait for another one.",
	Fix:     "Remove x-ms-notification: x-ms-notification-content at the path is what a webhook needs.",
	Wrong:   `"/hooks": {"x-ms-notification-content": {}, "post": {"x-ms-trigger": "single", "x-ms-notification": {"operationId": "SubscribeCards"}}}`,
	Right:   `"/hooks": {"x-ms-notification-content": {}, "post": {"x-ms-trigger": "single"}}`,
	Check: func(p *Pass) {
		eachNotification(p, func(op *connector.Operation, extension *connector.Node) {
			if op.Node.Get("x-ms-trigger").Exists() && isWebhook(p, op) {
				p.Report(extension, fmt.Sprintf("The webhook operation %s has x-ms-notification.", quote(op.ID)))
			}
		})
	},
}

var notificationOperationMustBeWebhook = &Rule{
	Name: "NotificationOperationMustBeWebhook", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "x-ms-notification names an operation that registers a webhook.",
	Why:     "The trigger waits for notifications that no one was asked to send.",
	Fix:     "Name an operation whose path has x-ms-notification-content and whose body takes the callback address.",
	Wrong:   `{"x-ms-notification": {"operationId": "ListCards"}}`,
	Right:   `{"x-ms-notification": {"operationId": "SubscribeCards"}}`,
	Check: func(p *Pass) {
		eachNotification(p, func(_ *connector.Operation, extension *connector.Node) {
			id := extension.Get("operationId")
			if target := p.Definition.Operation(id.String()); target != nil && !isWebhook(p, target) {
				p.Report(id, fmt.Sprintf("The operation %s does not register a webhook.", quote(target.ID)))
			}
		})
	},
}
