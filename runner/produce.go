package runner

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// planner finds out what operations need and who yields it.
type planner struct {
	def   *connector.Definition
	ops   []*operation
	known map[string]bool
	// made are the field names that creations send or answer, by resource.
	made map[string]map[string]bool
	// keys are the names of path parameters that say of which resource a value is the key: sku.
	keys map[string]string
	// said are the names of the fields of answers, by operation.
	said map[*operation]map[string]bool
}

func newPlanner(def *connector.Definition, ops []*operation) *planner {
	p := &planner{def: def, ops: ops, known: knownResources(ops), made: map[string]map[string]bool{}, said: map[*operation]map[string]bool{}}
	p.findKeys()
	for _, o := range ops {
		if o.kind != kindCreate {
			continue
		}
		if p.made[o.resource] == nil {
			p.made[o.resource] = map[string]bool{}
		}
		for _, schema := range []*connector.Node{bodySchema(o.Operation), successSchema(o.Operation)} {
			for _, property := range def.Properties(schema) {
				p.made[o.resource][norm(property.Key())] = true
			}
		}
	}
	return p
}

// findNeeds fills in the needs of every operation.
func (p *planner) findNeeds() {
	for _, o := range p.ops {
		p.pathNeeds(o)
		for _, param := range o.Parameters {
			if param.In != "path" && param.In != "body" && param.Node != nil {
				p.parameterNeed(o, param)
			}
		}
		if schema := bodySchema(o.Operation); schema != nil {
			p.bodyNeeds(o, schema, "", true, 0)
			o.nameOnce()
			p.batchNeeds(o)
			p.givenName(o, schema)
		}
		for _, n := range o.needs {
			n.within = o.kind == kindCreate && !isHook(o) && n.dynamic != nil && !n.target && !slices.Contains(n.resources, o.resource)
		}
	}
	p.findYields()
}

// findKeys finds what the paths themselves say: the sku of /products/{sku} is that
// of a product wherever a sku is asked for.
func (p *planner) findKeys() {
	p.keys = map[string]string{}
	for _, o := range p.ops {
		segments := segmentsOf(o.Path)
		for i := 1; i < len(segments); i++ {
			name := norm(paramNameIn(segments[i]))
			if name == "" || paramNameIn(segments[i-1]) != "" || slices.Contains(commonIDs(), name) {
				continue
			}
			resource := literalResource(segments[i-1])
			if before, there := p.keys[name]; there && before != resource || !p.known[resource] {
				resource = "" // no one resource's
			}
			p.keys[name] = resource
		}
	}
}

// findYields finds what answers about things that nothing makes or lists: the
// operations whose answer has the very schema of the one that reads such a thing.
func (p *planner) findYields() {
	for _, reader := range p.ops {
		t := reader.target()
		shape := itemRef(p.def, reader)
		if reader.kind != kindRead || t == nil || t.in != "path" || len(t.resources) == 0 || shape == "" || len(p.sources(t)) > 0 {
			continue
		}
		for _, o := range p.ops {
			if o != reader && !isSafeMethod(o.Method) && o.kind != kindDelete && itemRef(p.def, o) == shape && o.yields == "" && !slices.ContainsFunc(o.needs, func(n *need) bool { return slices.Contains(n.resources, t.resources[0]) }) {
				o.yields = t.resources[0]
			}
		}
	}
}

// itemRef is the reference to the schema of the thing that an answer is about,
// in or out of an envelope; "" when it has none.
func itemRef(def *connector.Definition, o *operation) string {
	schema := successSchema(o.Operation)
	if ref := schema.Get("$ref").String(); ref != "" {
		return ref
	}
	if properties := def.Properties(schema); len(properties) == 1 {
		return properties[0].Get("$ref").String()
	}
	return ""
}

// pathNeeds makes a need of every path parameter. The last one of a run of
// parameters is what the literal before the run names: /repos/{owner}/{repo}.
func (p *planner) pathNeeds(o *operation) {
	segments, keys := segmentsOf(o.Path), keyNames(o.Path)
	var last *need
	for i, segment := range segments {
		name := paramNameIn(segment)
		param := o.Parameter(name)
		if name == "" || param == nil || param.Node == nil {
			continue
		}
		named, suffix := stem(name)
		var resources []string
		followed := i+1 < len(segments) && paramNameIn(segments[i+1]) != ""
		for j := i - 1; j >= 0 && !followed; j-- {
			if paramNameIn(segments[j]) == "" {
				resources = append(resources, literalResource(segments[j]))
				break
			}
		}
		if len(resources) == 0 && i == 0 {
			resources = append(resources, rootResource)
		}
		if named != "" && !slices.Contains(resources, named) {
			resources = append(resources, named)
		}
		if named == "" && !followed && !slices.ContainsFunc(resources, func(r string) bool { return p.known[r] }) {
			// /view/{id} of "View a message" is about messages.
			resources = append(resources, spokenOf(o, p.known)...)
		}
		n := &need{name: name, in: "path", path: name, node: param.Node, resources: resources, required: true, dynamic: p.dynamic(param.Node)}
		n.fields = fieldsFor(name, suffix, resources)
		if key := n.saidKey(); key != "" {
			n.fields = slices.Insert(n.fields, 1, key)
		}
		if i > 0 && paramNameIn(segments[i-1]) == "" {
			n.below = segments[i-1]
		}
		if key := keys[name]; key != "" {
			n.fields = []string{norm(key), norm(name)} // no other field is that key
		}
		o.needs = append(o.needs, n)
		last = n
	}
	if last != nil && o.kind != kindList && (o.kind != kindCreate || o.upsert) {
		last.target = true
	}
}

// spokenOf are the known resources that an operation's id or summary names.
func spokenOf(o *operation, known map[string]bool) []string {
	var out []string
	for _, word := range append(words(o.ID), words(o.Node.Get("summary").String())...) {
		if resource := singular(word); known[resource] && !slices.Contains(out, resource) {
			out = append(out, resource)
		}
	}
	return out
}

// literalResource names the resource of a path literal, verbs in it left out.
func literalResource(segment string) string {
	parts, verbs := words(segment), verbKinds()
	if len(parts) > 1 {
		if _, isVerb := verbs[parts[0]]; isVerb {
			parts = parts[1:]
		}
	}
	return singular(strings.Join(parts, ""))
}

// fieldsFor lists the fields of a record in which a parameter's value may be found.
func fieldsFor(name, suffix string, resources []string) []string {
	fields := []string{norm(name)}
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(fields, n) {
				fields = append(fields, n)
			}
		}
	}
	if suffix != "" {
		for _, r := range resources {
			add(r + suffix)
		}
		add(suffix)
	}
	for _, r := range resources {
		add(r + "id")
	}
	add("id")
	for _, r := range resources {
		add(r+"uuid", r+"key", r+"name", r, "created"+r+"id", "new"+r+"id")
	}
	add(commonIDs()...)
	return fields
}

// parameterNeed makes a need of a query, header or form parameter that names something.
func (p *planner) parameterNeed(o *operation, param *connector.Parameter) {
	dynamic := p.dynamic(param.Node)
	resource, suffix := stem(param.Name)
	if param.Node.Get("type").String() == "array" && textItems(param.Node.Get("items")) {
		// A list of ids is filled with one.
		resource, suffix = stem(strings.TrimSuffix(param.Name, "s"))
	}
	if key := p.keys[norm(param.Name)]; key != "" && key != o.resource && !p.known[resource] && param.Required {
		resource, suffix = key, "key"
	}
	named := p.known[resource] && (suffix != "" || p.sameWord(param.Name, resource))
	named = named || suffix == "id" && resource == ""
	sought := dynamic == nil && !named && p.seeks(o, param)
	if dynamic == nil && (!param.Required || !named && !sought) || isClosed(param.Node) {
		return
	}
	if resource == "" || sought {
		resource = o.resource
	}
	n := &need{name: param.Name, in: param.In, path: param.Name, node: param.Node, resources: []string{resource}, dynamic: dynamic, required: param.Required}
	n.fields = fieldsFor(param.Name, suffix, n.resources)
	// What is made from a template leaves the template as it is.
	mould := resource == "template" && o.kind == kindAction
	n.target = param.Required && !o.hasTarget() && resource == o.resource && o.kind != kindCreate && o.kind != kindList && !mould
	o.needs = append(o.needs, n)
}

// seeks reports whether a required input of a reading is a field of the things
// that it reads: GET /accounts?externalKey=… finds an account by its key.
func (p *planner) seeks(o *operation, param *connector.Parameter) bool {
	return param.Required && o.safe() && param.In == "query" && p.made[o.resource][norm(param.Name)] && !hasSample(param.Node)
}

// sameWord reports whether a name is a resource's own: "role", "roles".
func (p *planner) sameWord(name, resource string) bool { return singular(name) == resource }

// textItems reports whether the items of a list are texts of any kind.
func textItems(items *connector.Node) bool {
	return items.Get("type").String() == "string" && items.Get("enum").Len() == 0
}

// isClosed reports whether a schema itself says which values there are, or takes any file.
func isClosed(n *connector.Node) bool {
	kind := n.Get("type").String()
	return n.Get("enum").Len() > 0 || kind == "boolean" || kind == "file"
}

// bodyNeeds makes needs of body properties that name something.
func (p *planner) bodyNeeds(o *operation, object *connector.Node, prefix string, required bool, depth int) {
	requiredNames := p.def.RequiredNames(object)
	for _, property := range p.def.Properties(object) {
		name := property.Key()
		must := required && slices.Contains(requiredNames, name)
		path := name
		if prefix != "" {
			path = prefix + "/" + name
		}
		resolved := p.def.Resolve(property)
		if schema.ReadOnly(p.def, property) {
			continue
		}
		if p.def.Type(property) == "object" {
			if depth < 2 && len(p.def.Properties(property)) > 0 {
				p.bodyNeeds(o, property, path, must, depth+1)
			}
			continue
		}
		if n := p.bodyNeed(o, resolved, name, path, must, depth); n != nil {
			o.needs = append(o.needs, n)
		}
	}
}

func (p *planner) bodyNeed(o *operation, node *connector.Node, name, path string, required bool, depth int) *need {
	dynamic := p.dynamic(node)
	if isClosed(node) || p.def.Type(node) == "array" && dynamic == nil {
		return nil
	}
	resource, suffix := stem(name)
	if key := p.keys[norm(name)]; key != "" && key != o.resource && !p.known[resource] && required {
		resource, suffix = key, "key"
	}
	n := &need{name: name, in: "body", path: path, node: node, dynamic: dynamic, required: required}
	acts := o.kind != kindCreate && o.kind != kindList
	switch {
	case dynamic != nil:
		n.resources = []string{resource}
	case acts && depth == 0 && !o.hasTarget() && p.identifies(o, name, resource, suffix):
		// A call that names its object in the body instead of the path.
		n.resources, n.target = []string{o.resource}, true
	case resource == o.resource && o.kind == kindCreate:
		// It names the new thing itself.
		return nil
	case p.known[resource] && (suffix == "id" || suffix == "uuid" || suffix == "key" || p.sameWord(name, resource)) && (required || acts && !o.hasTarget() && depth == 0):
		n.resources = []string{resource}
	case o.undoes != nil && depth == 0:
		n.resources = []string{o.resource}
	default:
		return nil
	}
	n.fields = fieldsFor(name, suffix, n.resources)
	if o.undoes != nil && !n.target && !p.known[resource] {
		n.fields = []string{norm(name)}
	}
	return n
}

// identifies reports whether a body property says which thing of the
// operation's resource is meant.
func (p *planner) identifies(o *operation, name, resource, suffix string) bool {
	if !p.known[o.resource] {
		return false
	}
	if resource == o.resource || resource == "" && (suffix == "id" || suffix == "uuid") {
		return true
	}
	return resource == "" && p.made[o.resource][norm(name)] && slices.Contains(commonIDs(), norm(name))
}

// dynamic reads x-ms-dynamic-values, or x-ms-dynamic-list, which wins.
func (p *planner) dynamic(node *connector.Node) *dynamicSource {
	if list := node.Get("x-ms-dynamic-list"); list.IsObject() {
		return p.existing(&dynamicSource{list.Get("operationId").String(), list.Get("itemsPath").String(), list.Get("itemValuePath").String()})
	}
	values := node.Get("x-ms-dynamic-values")
	if !values.IsObject() || values.Get("capability").Exists() {
		return nil
	}
	return p.existing(&dynamicSource{values.Get("operationId").String(), values.Get("value-collection").String(), values.Get("value-path").String()})
}

// existing drops a source whose operation the definition lacks.
func (p *planner) existing(d *dynamicSource) *dynamicSource {
	if p.byName(d.operationID) == nil {
		return nil
	}
	return d
}
