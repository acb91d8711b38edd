package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func dynamicArgumentRules() []*Rule {
	return []*Rule{
		operationIDNotFound, operationMissingRequiredProperty, operationParameterNameNotFound, operationParameterNameIsAmbiguous,
		operationParameterRequiredMismatch, operationParameterTypeMismatch, operationParameterStaticTypeMismatch,
	}
}

var operationIDNotFound = &Rule{
	Name: "OperationIdNotFound", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource + "; pull request 1595 of microsoft/PowerPlatformConnectors",
	Summary: "Every operationId that an extension names is in the definition.",
	Why:     "The designer calls this operation for its list, its schema or the connection test, and shows an error instead.",
	Fix:     "Write the operationId of an operation of this definition, in the same case.",
	Wrong:   `{"x-ms-dynamic-values": {"operationId": "GetBoards", "value-path": "id", "value-title": "name"}}`,
	Right:   `{"x-ms-dynamic-values": {"operationId": "ListBoards", "value-path": "id", "value-title": "name"}}`,
	Check: func(p *Pass) {
		var nodes []*connector.Node
		for _, call := range dynamicCalls(p) {
			nodes = append(nodes, call.node)
		}
		eachNotification(p, func(_ *connector.Operation, extension *connector.Node) { nodes = append(nodes, extension) })
		if p.Definition.Root.Get("paths").IsObject() && p.Definition.Root.Get("paths").Len() == 0 {
			return // OperationsMissing tells
		}
		known := make([]string, 0, len(p.Definition.Operations))
		for _, op := range p.Definition.Operations {
			known = append(known, op.ID)
		}
		for _, node := range nodes {
			if id := node.Get("operationId"); id.IsString() && p.Definition.Operation(id.Text()) == nil {
				p.Report(id, fmt.Sprintf("The definition has no operation %s.", quote(id.Text())), meant(id.Text(), known))
			}
		}
	},
}

// inputCalls are the kinds of calls that give parameters to their operation.
func inputCalls() []string {
	return []string{dynamicValues, dynamicList, dynamicSchema, dynamicProperties, dynamicTree, testConnection, filePicker, operationContext}
}

var operationMissingRequiredProperty = &Rule{
	Name: "OperationMissingRequiredProperty", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "A dynamic call or connection test gives every parameter that the called operation requires.",
	Why:     "The platform sends the call without the value, and the API refuses it: the list stays empty.",
	Fix:     "Give the parameter a value or a reference, or give it a default in the called operation.",
	Wrong:   `{"x-ms-dynamic-values": {"operationId": "ListCards"}} where ListCards requires boardId`,
	Right:   `{"x-ms-dynamic-values": {"operationId": "ListCards", "parameters": {"boardId": {"parameter": "boardId"}}}}`,
	Check: func(p *Pass) {
		for call := range calling(p, inputCalls()...) {
			at := call.node.Get("parameters")
			if at == nil {
				at = call.node
			}
			for _, param := range call.target.Parameters {
				if param.Required && param.In != "body" && param.Name != "" && !param.Node.Get("default").Exists() && !call.gives(param.Name) {
					p.Report(at, fmt.Sprintf("The operation %s requires the parameter %s.", quote(call.target.ID), quote(param.Name)))
				}
			}
		}
	},
}

func (c *dynamicCall) gives(name string) bool {
	for _, a := range c.arguments {
		if a.node.Key() == name {
			return true
		}
	}
	return false
}

var operationParameterNameNotFound = &Rule{
	Name: "OperationParameterNameNotFound", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource + "; issues 254 and 790 of microsoft/PowerPlatformConnectors",
	Summary: "The parameters of a dynamic call are inputs of the called operation, and its references inputs of the calling one.",
	Why:     "The platform cannot place the value, and refuses the definition.",
	Fix:     "Write the name of a parameter, or the path of a body property such as body/card/boardId.",
	Wrong:   `{"operationId": "ListBoards", "parameters": {"Accept": "application/json"}} where ListBoards has no such parameter`,
	Right:   `{"operationId": "ListBoards"}`,
	Check: func(p *Pass) {
		for call := range calling(p, inputCalls()...) {
			for _, a := range call.arguments {
				if !findInput(p, call.target, a.node.Key()).found() {
					p.Report(a.node, fmt.Sprintf("The parameter %s could not be found in operation %s.", quote(a.node.Key()), quote(call.target.ID)),
						meant(a.node.Key(), inputNames(p, call.target)))
				}
				if a.reference == nil || !call.isInput() {
					continue
				}
				var without []string
				for _, source := range call.sources {
					if !findInput(p, source, a.reference.Text()).found() {
						without = append(without, source.ID)
					}
				}
				if len(without) == 0 {
					continue
				}
				options := []Option{Reaches(without[:min(len(without), maxReached)]), meant(a.reference.Text(), inputNamesOf(p, without[0]))}
				if len(without) < len(call.sources) { // a shared schema that serves the others
					options = append(options, As(finding.Warning))
				}
				p.Report(a.reference, fmt.Sprintf("The parameter %s could not be found in operation %s.", quote(a.reference.Text()), listed(without)), options...)
			}
		}
	},
}

func inputNamesOf(p *Pass, operationID string) []string {
	op := p.Definition.Operation(operationID)
	if op == nil {
		return nil
	}
	return inputNames(p, op)
}

var operationParameterNameIsAmbiguous = &Rule{
	Name: "OperationParameterNameIsAmbiguous", Section: SectionOperations, Severity: finding.Warning,
	Source:  dynamicSource,
	Summary: "The name of a dynamic call's parameter means one input of the called operation.",
	Why:     "A parameter and a body property share the name; the platform may give the value to the wrong one.",
	Fix:     "Add x-ms-dynamic-list or x-ms-dynamic-properties, where body/name means the property and name the parameter; or rename one of the two.",
	Wrong:   `{"x-ms-dynamic-values": {"operationId": "FindBoards", "parameters": {"query": "open"}}} where FindBoards has a parameter and a body property of this name`,
	Right:   `the same beside {"x-ms-dynamic-list": {"operationId": "FindBoards", "parameters": {"body/query": {"value": "open"}}}}`,
	Check: func(p *Pass) {
		for call := range calling(p, dynamicValues, dynamicSchema) {
			if call.companion() != nil {
				continue
			}
			for _, a := range call.arguments {
				if in := findInput(p, call.target, a.node.Key()); in.param != nil && in.byPath {
					p.Report(a.node, fmt.Sprintf("The name %s is both a parameter and a body property of the operation %s.", quote(a.node.Key()), quote(call.target.ID)))
				}
			}
		}
	},
}

// companion returns the newer extension beside x-ms-dynamic-values or x-ms-dynamic-schema, nil when there is none.
func (c *dynamicCall) companion() *connector.Node {
	switch c.kind {
	case dynamicValues:
		return c.holder.Get(dynamicList)
	case dynamicSchema:
		return c.holder.Get(dynamicProperties)
	}
	return nil
}

// eachReference calls visit for the references whose two ends are known, with
// the first source for which fault returns a message.
func eachReference(p *Pass, fault func(source, target input, sourceOp *connector.Operation) string) {
	for call := range calling(p, dynamicValues, dynamicList, dynamicSchema, dynamicProperties, dynamicTree) {
		for _, a := range call.arguments {
			if a.reference == nil {
				continue
			}
			target := findInput(p, call.target, a.node.Key())
			if target.schema() == nil {
				continue
			}
			for _, sourceOp := range call.sources {
				source := findInput(p, sourceOp, a.reference.Text())
				if source.schema() == nil {
					continue
				}
				if message := fault(source, target, sourceOp); message != "" {
					p.Report(a.node, message)
					break
				}
			}
		}
	}
}

var operationParameterRequiredMismatch = &Rule{
	Name: "OperationParameterRequiredMismatch", Section: SectionOperations, Severity: finding.Warning,
	Source:  dynamicSource,
	Summary: "A parameter that the called operation requires refers to one that the maker must fill in.",
	Why:     "Until the maker gives the optional value, the call cannot be made and the list stays empty.",
	Fix:     "Make the referenced parameter required, or give it a default.",
	Wrong:   `{"parameters": {"boardId": {"parameter": "board"}}} where boardId is required and board is optional`,
	Right:   `{"parameters": {"boardId": {"parameter": "board"}}} where both are required`,
	Check: func(p *Pass) {
		eachReference(p, func(source, target input, op *connector.Operation) string {
			optional := !source.mustBeSent(p.Definition) && !p.Definition.Resolve(source.schema()).Get("default").Exists()
			if !target.mustBeSent(p.Definition) || !optional {
				return ""
			}
			return fmt.Sprintf("The parameter is required, but the operation %s provides an optional value. The call waits until the maker gives it.", quote(op.ID))
		})
	},
}

var operationParameterTypeMismatch = &Rule{
	Name: "OperationParameterTypeMismatch", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "A reference has the type of the parameter that it fills.",
	Why:     "The called operation gets a value that it cannot read.",
	Fix:     "Give both the same type; integer and number go together.",
	Wrong:   `{"parameters": {"boardId": {"parameter": "boardId"}}} from an integer to a string`,
	Right:   `{"parameters": {"boardId": {"parameter": "boardId"}}} from a string to a string`,
	Check: func(p *Pass) {
		eachReference(p, func(source, target input, op *connector.Operation) string {
			from, to := p.Definition.Type(source.schema()), p.Definition.Type(target.schema())
			if compatible(from, to) {
				return ""
			}
			return fmt.Sprintf("The parameter has type %s, but the operation %s provides one of type %s.", quote(to), quote(op.ID), quote(from))
		})
	},
}

var operationParameterStaticTypeMismatch = &Rule{
	Name: "OperationParameterStaticTypeMismatch", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "A fixed value of a dynamic call has the type of the parameter that it fills.",
	Why:     "The called operation gets a value that it cannot read.",
	Fix:     "Write the value in the type of the parameter: text in quotes, numbers and booleans without.",
	Wrong:   `{"operationId": "ListBoards", "parameters": {"archived": "false"}} where archived is a boolean`,
	Right:   `{"operationId": "ListBoards", "parameters": {"archived": false}}`,
	Check: func(p *Pass) {
		for call := range calling(p, inputCalls()...) {
			for _, a := range call.arguments {
				if a.literal == nil || a.literal.Kind() == connector.Null {
					continue
				}
				declared := p.Definition.Type(findInput(p, call.target, a.node.Key()).schema())
				if !fitsType(a.literal, declared) {
					p.Report(a.literal, fmt.Sprintf("The parameter %s has type %s, but the fixed value %s is of type %s.",
						quote(a.node.Key()), quote(declared), shown(a.literal), jsonType(a.literal)))
				}
			}
		}
	},
}
