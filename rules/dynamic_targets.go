package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func dynamicTargetRules() []*Rule {
	return []*Rule{invokedOperationShouldProduceArray, invokedOperationShouldProduceProperty}
}

// answer is what stands at a path of an invoked operation's response.
type answer struct {
	// schema is what the path leads to, nil when it is missing or unknown.
	schema *connector.Node
	// missing says that the response lists its properties and the path is not among them.
	missing bool
	// names are the properties that stand where the path ends in nothing, for hints.
	names []string
}

// successSchema returns the schema that the designer takes for an operation's output, nil when there is none.
func successSchema(op *connector.Operation) *connector.Node {
	for _, code := range []string{"200", "201"} {
		if response := op.Response(code); response != nil && response.Schema() != nil {
			return response.Schema()
		}
	}
	return nil
}

// follow leads from a schema along a path string such as "value" or
// "data/items", through references, allOf and array items. Dots separate names
// as well where no name holds them.
func follow(d *connector.Definition, n *connector.Node, path string) answer {
	path = strings.Trim(strings.TrimPrefix(path, "$"), "/")
	if path == "" {
		return answer{schema: n}
	}
	found := followNames(d, n, strings.Split(path, "/"))
	if found.missing && strings.Contains(path, ".") {
		dotted := followNames(d, n, strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '/' }))
		if !dotted.missing {
			return dotted
		}
	}
	return found
}

func followNames(d *connector.Definition, n *connector.Node, names []string) answer {
	for _, name := range names {
		if _, err := strconv.Atoi(name); err == nil && d.Type(n) == "array" {
			n = d.Resolve(n).Get("items")
			continue
		}
		n = throughItems(d, n)
		switch kind := d.Type(n); {
		case kind != "" && kind != "object":
			return answer{missing: true}
		case isOpen(d, n):
			return answer{}
		}
		next := d.Property(n, name)
		if next == nil {
			var known []string
			for _, property := range d.Properties(n) {
				known = append(known, property.Key())
			}
			return answer{missing: true, names: known}
		}
		n = next
	}
	return answer{schema: n}
}

// listPaths are the members of a kind of call that hold paths.
type listPaths struct {
	// collection leads to the list, items within one item of it.
	collection string
	items      []string
}

func pathMembers(kind string) (listPaths, bool) {
	switch kind {
	case dynamicValues:
		return listPaths{"value-collection", []string{"value-path", "value-title"}}, true
	case dynamicList:
		return listPaths{"itemsPath", []string{"itemValuePath", "itemTitlePath"}}, true
	case dynamicTree:
		return listPaths{"itemsPath", []string{"itemValuePath", "itemTitlePath"}}, true
	}
	return listPaths{}, false
}

// collectionOf returns what stands where the list of a call is expected, and the member that says where.
func collectionOf(p *Pass, call *dynamicCall, paths listPaths) (answer, *connector.Node) {
	member := call.node.Get(paths.collection)
	schema := successSchema(call.target)
	if schema == nil {
		return answer{}, member
	}
	return follow(p.Definition, schema, member.String()), member
}

// eachList calls visit for the calls that produce lists.
func eachList(p *Pass, visit func(call *dynamicCall, paths listPaths)) {
	for call := range calling(p, dynamicValues, dynamicList, dynamicTree) {
		if paths, ok := pathMembers(call.kind); ok {
			visit(call, paths)
		}
	}
}

var invokedOperationShouldProduceArray = &Rule{
	Name: "InvokedOperationShouldProduceArray", Section: SectionOperations, Severity: finding.Warning,
	Source:  dynamicSource,
	Summary: "A dynamic list finds an array at its path in the response of the called operation.",
	Why:     "The designer shows one entry for each item of the array; without one the list stays empty.",
	Fix:     "Name the property that holds the array, or correct the response schema of the called operation.",
	Wrong:   `{"operationId": "ListBoards"} where ListBoards answers {"value": [...]}`,
	Right:   `{"operationId": "ListBoards", "value-collection": "value"}`,
	Check: func(p *Pass) {
		eachList(p, func(call *dynamicCall, paths listPaths) {
			found, at := collectionOf(p, call, paths)
			if at == nil {
				at = call.node
			}
			path := call.node.Get(paths.collection).String()
			switch kind := p.Definition.Type(found.schema); {
			case found.missing:
				p.Report(at, fmt.Sprintf("The response of the operation %s has nothing at the path %s, where an array is expected.", quote(call.target.ID), quote(path)),
					meant(path, found.names))
			case found.schema == nil || kind == "array" || isOpen(p.Definition, found.schema) && (kind == "" || kind == "object"):
			case path == "":
				p.Report(at, fmt.Sprintf("The response of the operation %s is of type %s, where an array is expected.", quote(call.target.ID), quote(kind)),
					arrayHint(p.Definition, found.schema, paths.collection))
			default:
				p.Report(at, fmt.Sprintf("The response of the operation %s is of type %s at the path %s, where an array is expected.", quote(call.target.ID), quote(kind), quote(path)))
			}
		})
	},
}

// arrayHint names the only array that an object holds as the collection.
func arrayHint(d *connector.Definition, object *connector.Node, member string) Option {
	var arrays []string
	for _, property := range d.Properties(object) {
		if d.Type(property) == "array" {
			arrays = append(arrays, property.Key())
		}
	}
	if len(arrays) == 1 {
		return Hint("Add %s: %s.", quote(member), quote(arrays[0]))
	}
	return func(*finding.Finding) {}
}

var invokedOperationShouldProduceProperty = &Rule{
	Name: "InvokedOperationShouldProduceProperty", Section: SectionOperations, Severity: finding.Warning,
	Source:  dynamicSource,
	Summary: "The paths of a dynamic extension name properties that the called operation answers with.",
	Why:     "The designer shows empty entries, or no schema at all.",
	Fix:     "Write the path of a property of the item, or correct the response schema of the called operation.",
	Wrong:   `{"operationId": "ListBoards", "value-path": "boardId"} where the items have an id`,
	Right:   `{"operationId": "ListBoards", "value-path": "id"}`,
	Check: func(p *Pass) {
		eachList(p, func(call *dynamicCall, paths listPaths) {
			collection, _ := collectionOf(p, call, paths)
			if p.Definition.Type(collection.schema) != "array" {
				return
			}
			items := throughItems(p.Definition, collection.schema)
			if isOpen(p.Definition, items) || p.Definition.Type(items) != "object" {
				return
			}
			for _, name := range paths.items {
				reportMissing(p, call, call.node.Get(name), items, "every item", finding.Warning)
			}
		})
		for call := range calling(p, dynamicSchema, dynamicProperties) {
			member := call.node.Get("value-path")
			if call.kind == dynamicProperties {
				member = call.node.Get("itemValuePath")
			}
			if schema := successSchema(call.target); schema != nil {
				// Published operations that answer with a schema often declare little of it.
				reportMissing(p, call, member, schema, "the response", finding.Info)
			}
		}
	},
}

func reportMissing(p *Pass, call *dynamicCall, member, schema *connector.Node, where string, severity finding.Severity) {
	path := member.String()
	// A title may be a template of several properties.
	if path == "" || strings.ContainsAny(path, "{}[]") {
		return
	}
	if found := follow(p.Definition, schema, path); found.missing {
		slices.Sort(found.names)
		p.Report(member, fmt.Sprintf("The dynamic operation expects a property at the path %s of %s, but the response of the operation %s has none.",
			quote(path), where, quote(call.target.ID)), As(severity), meant(path, found.names))
	}
}
