package runner

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// Some APIs name procedures instead of places: POST /chat.postMessage,
// GET /users.info?user=…. What stands before the last dot is what it is about.

var procedure = regexp.MustCompile(`^\pL+(?:\.\pL+)+$`)

// procedureOf cuts the last segment of a path that names a procedure into what it
// is about and its deed.
func procedureOf(segment string) (about, deed string, ok bool) {
	if !procedure.MatchString(segment) {
		return "", "", false
	}
	at := strings.LastIndexByte(segment, '.')
	about, deed = segment[:at], segment[at+1:]
	if slices.Contains(strings.Fields("json xml csv txt html htm pdf svc asmx ashx aspx asp php jsp cgi do action yaml yml ics zip rss atom jpg png gif"), strings.ToLower(deed)) {
		return "", "", false
	}
	return about, deed, true
}

// nameProcedures calls what procedures are about as their answers do: what
// conversations.create makes is told under "channel", and the others ask for a channel.
func nameProcedures(def *connector.Definition, ops []*operation) {
	nouns := map[string]string{}
	for _, wanted := range []kind{kindCreate, kindRead} {
		for _, o := range ops {
			about, _, ok := procedureOf(lastSegment(o.Path))
			if !ok || nouns[about] != "" || o.kind != wanted {
				continue
			}
			var things []string
			for _, property := range def.Properties(successSchema(o.Operation)) {
				if slices.ContainsFunc(def.Properties(property), func(p *connector.Node) bool { return norm(p.Key()) == "id" }) {
					things = append(things, singular(property.Key()))
				}
			}
			if len(things) == 1 {
				nouns[about] = things[0]
			}
		}
	}
	for _, o := range ops {
		about, deed, ok := procedureOf(lastSegment(o.Path))
		switch below := listedIn(def, o); {
		case !ok:
		case o.kind == kindList && below != "" && !saysHow(deed) && verbless(deed):
			// conversations.members lists members of one, conversations.list them all.
			o.resource = below
		case nouns[about] != "":
			o.resource = nouns[about]
		}
	}
}

// verbless reports whether a deed is a noun: members, history.
func verbless(deed string) bool {
	said, verbs := words(deed), verbKinds()
	return !slices.ContainsFunc(said, func(w string) bool { _, isVerb := verbs[w]; return isVerb })
}

// listedIn is what the one array of an answer holds, "" when there is none or several.
func listedIn(def *connector.Definition, o *operation) string {
	name := ""
	for _, property := range def.Properties(successSchema(o.Operation)) {
		if def.Type(property) == "array" {
			if name != "" {
				return ""
			}
			name = singular(property.Key())
		}
	}
	return name
}

// givenName makes a need of the required property by which a procedure names its
// object where no identifier does: one that the creation of such things answers
// with and is not told, such as the ts of a message.
func (p *planner) givenName(o *operation, object *connector.Node) {
	if o.Method != http.MethodPost || o.hasTarget() || o.target() != nil || o.kind != kindChange && o.kind != kindDelete {
		return
	}
	var names []*connector.Node
	for _, property := range p.def.Properties(object) {
		if isScalarType(p.def.Type(property)) && !isClosed(p.def.Resolve(property)) && slices.Contains(p.def.RequiredNames(object), property.Key()) && p.answeredOnly(o, property.Key()) {
			names = append(names, property)
		}
	}
	if len(names) != 1 {
		return
	}
	name := names[0].Key()
	for _, n := range o.needs {
		n.beside = n.in == "body"
	}
	o.needs = slices.DeleteFunc(o.needs, func(n *need) bool { return n.in == "body" && n.path == name })
	o.needs = append(o.needs, &need{name: name, in: "body", path: name, node: p.def.Resolve(names[0]), resources: []string{o.resource}, fields: []string{norm(name)}, required: true, target: true})
}

// nameOnce keeps of several properties that may say which thing is meant those that
// name it by an id or by what it is; a name beside these is what it shall be called.
func (o *operation) nameOnce() {
	sure := func(n *need) bool {
		resource, suffix := stem(n.name)
		return resource == o.resource && suffix != "name" || suffix == "id" || suffix == "uuid"
	}
	meant := func(n *need) bool { return n.in == "body" && n.target }
	if slices.ContainsFunc(o.needs, func(n *need) bool { return meant(n) && sure(n) }) {
		o.needs = slices.DeleteFunc(o.needs, func(n *need) bool { return meant(n) && !sure(n) })
	}
}

func isScalarType(kind string) bool { return kind == "string" || kind == "integer" }

// answeredOnly reports whether the creations of an operation's resource answer
// with a field that their requests do not have.
func (p *planner) answeredOnly(o *operation, name string) bool {
	has := func(schema *connector.Node) bool {
		return slices.ContainsFunc(p.def.Properties(schema), func(property *connector.Node) bool { return property.Key() == name })
	}
	return slices.ContainsFunc(p.ops, func(c *operation) bool {
		return c.kind == kindCreate && c.resource == o.resource && has(successSchema(c.Operation)) && !has(bodySchema(c.Operation))
	})
}
