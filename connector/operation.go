package connector

import "strings"

// TriggerKind says how an operation starts flows.
type TriggerKind string

// The kinds, as reports name them.
const (
	Action  TriggerKind = "action"
	Webhook TriggerKind = "webhook"
	Polling TriggerKind = "polling"
)

// Operation is one operation with what it inherits from its path and the root.
type Operation struct {
	// ID is the operationId, "" when it is missing.
	ID string
	// Method is the HTTP method in capitals; Path the template as written.
	Method, Path string
	// Node is the operation object; PathItem the object that holds it.
	Node, PathItem *Node
	// Parameters are the effective ones: its own, then those of the path that it does not replace.
	Parameters []*Parameter
	// Responses are in document order.
	Responses []*Response
	// Consumes and Produces are the operation's own lists, else the root's.
	Consumes, Produces []string
	// Security holds the operation's own requirements, else the root's: one of
	// them must be met, each with all its schemes. Empty means no credentials.
	Security []SecurityRequirement
	// Trigger is webhook for a subscription, polling for x-ms-trigger without one.
	Trigger TriggerKind
	// Notification is the x-ms-notification-content object of the path, nil when there is none.
	Notification *Node
}

// Parameter is one effective parameter of an operation.
type Parameter struct {
	// Use is where the operation or path lists it; Node the parameter itself, behind
	// a $ref. Node is nil when the reference leads nowhere.
	Use, Node *Node
	Name, In  string
	Required  bool
	// FromPath says that it is listed at the path, not the operation.
	FromPath bool
}

// Response is one declared response of an operation.
type Response struct {
	// Code is a status code or "default".
	Code string
	// Use is the member of responses; Node the response itself, behind a $ref, nil when that leads nowhere.
	Use, Node *Node
}

// SecurityRequirement names security schemes that are needed together, with their scopes.
type SecurityRequirement struct {
	Node    *Node
	Schemes []string
	Scopes  map[string][]string
}

// Schema returns the response's schema object, unresolved; nil when it has none.
func (r *Response) Schema() *Node { return r.Node.Get("schema") }

// IsSuccess reports whether the code is 2xx.
func (r *Response) IsSuccess() bool { return len(r.Code) == 3 && r.Code[0] == '2' }

// Internal reports whether the parameter is hidden from makers.
func (p *Parameter) Internal() bool { return isInternal(p.Node) }

// Schema returns a body parameter's schema, unresolved; for every other
// parameter the parameter object itself, which holds type, format and bounds.
func (p *Parameter) Schema() *Node {
	if p.In == "body" {
		return p.Node.Get("schema")
	}
	return p.Node
}

// Internal reports whether the operation is hidden from makers.
func (o *Operation) Internal() bool { return isInternal(o.Node) }

// Deprecated reports whether the operation says so.
func (o *Operation) Deprecated() bool { return o.Node.Get("deprecated").Bool() }

// Body returns the body parameter, nil when there is none.
func (o *Operation) Body() *Parameter {
	for _, p := range o.Parameters {
		if p.In == "body" {
			return p
		}
	}
	return nil
}

// Parameter returns the effective parameter with this name, nil when there is none.
func (o *Operation) Parameter(name string) *Parameter {
	for _, p := range o.Parameters {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Response returns the declared response with this code, nil when there is none.
func (o *Operation) Response(code string) *Response {
	for _, r := range o.Responses {
		if r.Code == code {
			return r
		}
	}
	return nil
}

func isInternal(n *Node) bool {
	return strings.EqualFold(n.Get("x-ms-visibility").String(), "internal")
}

func (d *Definition) operation(item, node *Node) *Operation {
	op := &Operation{
		ID: node.Get("operationId").String(), Method: strings.ToUpper(node.Key()), Path: item.Key(),
		Node: node, PathItem: item, Trigger: Action, Notification: item.Get("x-ms-notification-content"),
		Consumes: d.effective(node, "consumes"), Produces: d.effective(node, "produces"),
		Parameters: d.parameters(item, node), Security: d.security(node),
	}
	for use := range node.Get("responses").Members {
		if !strings.HasPrefix(use.Key(), "x-") {
			op.Responses = append(op.Responses, &Response{Code: use.Key(), Use: use, Node: d.Resolve(use)})
		}
	}
	if node.Get("x-ms-trigger").Exists() {
		op.Trigger = Polling
		if op.Notification.Exists() || d.hasNotificationURL(op) {
			op.Trigger = Webhook
		}
	}
	return op
}

func (d *Definition) parameters(item, node *Node) []*Parameter {
	var out []*Parameter
	taken := map[[2]string]bool{}
	for _, list := range []*Node{node.Get("parameters"), item.Get("parameters")} {
		fromPath := list.Parent() == item
		for use := range list.Items {
			p := &Parameter{Use: use, Node: d.Resolve(use), FromPath: fromPath}
			p.Name, p.In = p.Node.Get("name").String(), p.Node.Get("in").String()
			p.Required = p.Node.Get("required").Bool()
			id := [2]string{p.Name, p.In}
			if fromPath && taken[id] && p.Node != nil {
				continue
			}
			taken[id] = true
			out = append(out, p)
		}
	}
	return out
}

func (d *Definition) security(node *Node) []SecurityRequirement {
	list := node.Get("security")
	if !list.IsArray() {
		list = d.Root.Get("security")
	}
	var out []SecurityRequirement
	for item := range list.Items {
		req := SecurityRequirement{Node: item, Scopes: map[string][]string{}}
		for scheme := range item.Members {
			req.Schemes = append(req.Schemes, scheme.Key())
			req.Scopes[scheme.Key()] = scheme.Strings()
		}
		out = append(out, req)
	}
	return out
}

// hasNotificationURL reports whether the body marks a field for the callback address.
func (d *Definition) hasNotificationURL(op *Operation) bool {
	found := false
	for _, p := range op.Parameters {
		d.WalkSchema(p.Schema(), func(s *Node, _ string) bool {
			found = found || s.Get("x-ms-notification-url").Bool()
			return !found
		})
	}
	return found
}
