package changes

import (
	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// responses compares what flows can use of the answers: the schemas of success
// codes, or of default where no success code is declared. Bodies of errors are
// no outputs.
func (c *comparer) responses(old, updated *connector.Operation, here *place) {
	was, is := outputs(old), outputs(updated)
	claimed := map[string]bool{}
	for _, r := range was {
		there := here.to("responses", r.Code)
		if counterpart := withCode(is, r.Code); counterpart != nil {
			c.schema(r.Schema(), counterpart.Schema(), false, there.to("schema"))
			continue
		}
		if moved := movedTo(was, is, claimed); moved != nil {
			claimed[moved.Code] = true
			severity := responseCodeChanged.severity
			if r.Code == "default" || moved.Code == "default" {
				severity = finding.Info // default is the output only where no success code has one
			}
			c.reportAs(severity, responseCodeChanged, there, "The output of the code %s stands at the code %s now.", r.Code, moved.Code)
			c.schema(r.Schema(), moved.Schema(), false, there.to("schema"))
			continue
		}
		c.lostResponse(r, updated.Response(r.Code), len(is) > 0, there)
	}
	for _, r := range is {
		if withCode(was, r.Code) == nil && !claimed[r.Code] {
			c.report(responseAdded, here.to("responses", r.Code), "The code %s has an output now.", r.Code)
		}
	}
}

// outputs are the responses whose schema flows can use. Beside a success code
// default stands for errors.
func outputs(op *connector.Operation) []*connector.Response {
	var out []*connector.Response
	success := false
	for _, r := range op.Responses {
		success = success || r.IsSuccess()
		if r.IsSuccess() && r.Schema().Exists() {
			out = append(out, r)
		}
	}
	if other := op.Response("default"); !success && other != nil && other.Schema().Exists() {
		out = append(out, other)
	}
	return out
}

func withCode(responses []*connector.Response, code string) *connector.Response {
	for _, r := range responses {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// movedTo finds the first output of the new version that the old one did not have.
func movedTo(was, is []*connector.Response, claimed map[string]bool) *connector.Response {
	for _, r := range is {
		if withCode(was, r.Code) == nil && !claimed[r.Code] {
			return r
		}
	}
	return nil
}

// lostResponse reports an output that is gone: the whole response, or its schema only.
func (c *comparer) lostResponse(old, left *connector.Response, others bool, there *place) {
	severity := responseDeleted.severity
	if others || c.old.view(old.Schema()).shape() == "" {
		severity = finding.Warning // the designer has, or had, nothing to show of it
	}
	if left == nil {
		c.reportAs(severity, responseDeleted, there, "The response %s with its output is gone; flows that use the output find nothing there.", old.Code)
		return
	}
	reason := "has no schema any more"
	if left.Schema().Exists() {
		reason = "stands for errors now, beside a success code without a schema"
	}
	c.reportAs(severity, outputFieldDeleted, there.to("schema"), "The response %s %s: its output is gone.", old.Code, reason)
}

// notification compares what a webhook trigger delivers.
func (c *comparer) notification(old, updated *connector.Operation, here *place) {
	there := here.to("responses", "x-ms-notification-content", "schema")
	was, is := old.Notification.Get("schema"), updated.Notification.Get("schema")
	switch {
	case was == nil && is == nil:
	case is == nil:
		c.report(outputFieldDeleted, there, "The notification has no schema any more: all its output fields are gone.")
	case was == nil:
		c.report(outputFieldAdded, there, "The notification has a schema now.")
	default:
		c.schema(was, is, false, there)
	}
}
