package runner

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// itemsBelow names what a collection holds that is itself chosen by parameters,
// after the parameter that follows: /{base}/{table} holds records where there is
// a /{base}/{table}/{recordId}, and so does what /records/{type} posts to. It is "" where the path of an operation is no
// such collection, or the operation is about the collection itself.
func itemsBelow(def *connector.Definition, op *connector.Operation) string {
	path := collectionOf(op)
	if !strings.HasSuffix(path, "}") || !strings.HasSuffix(path[:max(0, strings.LastIndexByte(path, '/'))], "}") && !slices.ContainsFunc(def.Operations, func(other *connector.Operation) bool {
		return other.Path == path && other.Method == http.MethodPost
	}) {
		return ""
	}
	below := ""
	for _, other := range def.Operations {
		if !isItemOf(other.Path, path) {
			continue
		}
		if resource, suffix := stem(paramNameIn(other.Path[len(path):])); suffix != "" {
			below = resource
		}
	}
	if below == "" {
		return ""
	}
	switch schema := bodySchema(op); op.Method {
	case http.MethodGet:
		if !holdsMany(def, successSchema(op)) {
			return ""
		}
	case http.MethodPost:
		if k, ok := verbKinds()[lastVerb(op, verbKinds())]; ok && k != kindCreate && !holdsMany(def, schema) {
			return ""
		}
	default:
		if !holdsMany(def, schema) {
			return ""
		}
	}
	return below
}

// collectionOf is the path of an operation without the words at its end that only
// say what a POST does: /{base}/{table}/batch/read.
func collectionOf(op *connector.Operation) string {
	path, verbs := strings.TrimRight(op.Path, "/"), verbKinds()
	for op.Method == http.MethodPost {
		last := path[strings.LastIndexByte(path, '/')+1:]
		if _, isVerb := verbs[norm(last)]; !isVerb && !isBatchWord(last) {
			break
		}
		path = path[:max(0, len(path)-len(last)-1)]
	}
	return path
}

// holdsMany reports whether a schema is an array, or an object with an array and no id of its own.
func holdsMany(def *connector.Definition, schema *connector.Node) bool {
	if def.Type(schema) == "array" {
		return true
	}
	arrays := false
	for _, property := range def.Properties(schema) {
		if norm(property.Key()) == "id" {
			return false
		}
		arrays = arrays || def.Type(property) == "array"
	}
	return arrays
}

// isBatchWord reports whether a path segment says only that many are meant at once.
func isBatchWord(segment string) bool {
	return slices.Contains([]string{"batch", "bulk"}, norm(segment))
}

// batchNeeds makes a need of the identifiers in the array of an operation that
// acts on many things at once: {"ids": […]}, {"records": [{"id": …}]}. The path
// says where the things are then, no longer which is meant.
func (p *planner) batchNeeds(o *operation) {
	if o.kind == kindCreate || o.safe() || !p.known[o.resource] {
		return
	}
	for _, n := range o.needs {
		if n.in == "body" && n.target || n.in == "path" && n.dynamic == nil && slices.Contains(n.resources, o.resource) {
			return
		}
	}
	body := bodySchema(o.Operation)
	required := p.def.RequiredNames(body)
	for _, list := range p.def.Properties(body) {
		items := p.def.Resolve(list).Get("items")
		if p.def.Type(list) != "array" || !items.IsObject() {
			continue
		}
		n := &need{in: "body", resources: []string{o.resource}, required: slices.Contains(required, list.Key())}
		if !p.namesItems(o, n, list.Key(), items) {
			continue
		}
		n.fields = fieldsFor(n.name, "id", n.resources)
		for _, other := range o.needs {
			other.target = false
		}
		n.target, n.batch = true, true
		o.needs = append(o.needs, n)
		return
	}
}

// namesItems says in a need where the items of an array name things of the
// operation's resource; it reports whether they do.
func (p *planner) namesItems(o *operation, n *need, list string, items *connector.Node) bool {
	resource, suffix := stem(strings.TrimSuffix(list, "s"))
	items = p.def.Resolve(items)
	switch p.def.Type(items) {
	case "string", "integer":
		if isClosed(items) || !n.required || suffix != "id" && resource != o.resource {
			return false
		}
		if resource != "" && resource != o.resource {
			return false
		}
		n.name, n.path, n.node, n.many = list, list, items, true
		return true
	case "object":
		for _, property := range p.def.Properties(items) {
			resource, suffix := stem(property.Key())
			if suffix != "id" || resource != "" && resource != o.resource || p.def.Resolve(property).Get("readOnly").Bool() {
				continue
			}
			n.name, n.path, n.node = property.Key(), list+"/"+property.Key(), p.def.Resolve(property)
			return true
		}
	}
	return false
}

// choosesListed reports whether a POST below a thing only picks one of what the
// same path lists, and so changes the thing above: it sends the identifier of
// what it would make, and gets no answer about it.
func choosesListed(def *connector.Definition, op *connector.Operation) bool {
	if successSchema(op) != nil || !strings.Contains(op.Path, "{") {
		return false
	}
	resource := resourceOf(op)
	var names func(schema *connector.Node, above string, depth int) bool
	names = func(schema *connector.Node, above string, depth int) bool {
		required := def.RequiredNames(schema)
		return slices.ContainsFunc(def.Properties(schema), func(p *connector.Node) bool {
			named, suffix := stem(p.Key())
			switch {
			case !slices.Contains(required, p.Key()):
				return false
			case def.Type(p) == "object":
				return depth < 2 && names(p, named, depth+1)
			}
			return suffix == "id" && (named == resource || named == "" && (above == resource || above == ""))
		})
	}
	return names(bodySchema(op), "", 0)
}

// made are the things in the answer of a creation of many; nil for that of one.
func made(body any, resource string) []any {
	if list, ok := body.([]any); ok {
		return list
	}
	object, ok := body.(map[string]any)
	if !ok || hasID(object) {
		return nil
	}
	list, _ := listItems(body, resource)
	if len(list) == 0 {
		return nil
	}
	first, ok := list[0].(map[string]any)
	if !ok || !hasID(first) && !slices.ContainsFunc(sortedKeys(first), func(name string) bool { return strings.HasSuffix(norm(name), resource+"id") }) {
		return nil
	}
	return list
}

// names reports whether an input still says that the operation acts on what a
// need was filled with, and on nothing else.
func (in *input) names(t *need, value any) bool {
	is := func(v any) bool { return v != nil && fmt.Sprint(v) == fmt.Sprint(value) }
	if t.in != "body" {
		v, there := in.find(t.name)
		return there && is(v)
	}
	member, below, nested := strings.Cut(t.path, "/")
	list, several := dig(in.body, member).([]any)
	if !several {
		return is(dig(in.body, t.path))
	}
	return len(list) > 0 && !slices.ContainsFunc(list, func(item any) bool {
		if nested {
			item = dig(item, below)
		}
		return !is(item)
	})
}
