package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func referenceRules() []*Rule {
	return []*Rule{
		parameterReferenceNotFound, parameterReferenceNotValid, parameterRefLoopNotAllowed,
		responseReferenceNotFound, responseReferenceNotValid, responseRefLoopNotAllowed,
		schemaReferenceNotFound, schemaReferenceNotValid, schemaRefLoopNotAllowed,
		jsonPointerNotValid, additionalPropertyNotAllowedAdjacentToRef,
	}
}

// reference is one $ref: where it stands and what it should lead to.
type reference struct {
	// node is the $ref itself.
	node *connector.Node
	// collection is where it should lead: definitions, parameters or responses.
	collection string
	// shared says that it stands in the place of a member of that collection.
	shared bool
}

// references returns every $ref of the definition in the place of a schema, parameter or response.
func references(p *Pass) []reference {
	return Shared(p, "references", func() []reference {
		root := p.Definition.Root
		var out []reference
		add := func(holder *connector.Node, collection string) {
			if ref := holder.Get("$ref"); ref.IsString() {
				out = append(out, reference{ref, collection, holder.Parent() == root.Get(collection)})
			}
		}
		for item := range root.Get("paths").Members {
			for param := range item.Get("parameters").Items {
				add(param, "parameters")
			}
		}
		for _, op := range p.Definition.Operations {
			for param := range op.Node.Get("parameters").Items {
				add(param, "parameters")
			}
			for response := range op.Node.Get("responses").Members {
				add(response, "responses")
			}
		}
		for param := range root.Get("parameters").Members {
			add(param, "parameters")
		}
		for response := range root.Get("responses").Members {
			add(response, "responses")
		}
		for _, s := range p.TypedWith("$ref") {
			if s.Place != connector.InHeader && s.Place != connector.InParameter {
				add(s.Node, "definitions")
			}
		}
		return out
	})
}

// isPointer reports whether a reference is a JSON Pointer after its "#":
// every ~ is followed by 0 or 1, every % by two hexadecimal digits.
func isPointer(ref string) bool {
	fragment, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return true // not meant as one: the rule about the kind of reference reports it
	}
	for i := range len(fragment) {
		switch fragment[i] {
		case '~':
			if i+1 >= len(fragment) || fragment[i+1] != '0' && fragment[i+1] != '1' {
				return false
			}
		case '%':
			if i+2 >= len(fragment) || !isHex(fragment[i+1]) || !isHex(fragment[i+2]) {
				return false
			}
		}
	}
	return true
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// referenceNotValid reports every reference to a collection that has another form than "#/collection/Name".
func referenceNotValid(collection string) func(*Pass) {
	return func(p *Pass) {
		for _, r := range references(p) {
			text := r.node.String()
			if r.collection != collection || r.shared || !isPointer(text) || hasSegments(text, collection) {
				continue
			}
			var options []Option
			name := text[strings.LastIndexAny(text, "/#")+1:]
			if p.Definition.Root.Get(collection).Get(connector.UnescapeToken(name)).Exists() {
				options = append(options, Hint("Write \"#/%s/%s\".", collection, name))
			}
			p.Report(r.node, fmt.Sprintf("The reference %s does not have the form #/%s/NAME.", quote(text), collection), options...)
		}
	}
}

// referenceNotFound reports every well-formed reference to a member that the collection does not have.
func referenceNotFound(collection string) func(*Pass) {
	return func(p *Pass) {
		var names []string
		for _, r := range references(p) {
			text := r.node.String()
			if r.collection != collection || r.shared || !isPointer(text) || !hasSegments(text, collection) || p.Definition.Target(text).Exists() {
				continue
			}
			if names == nil {
				known := map[string]bool{}
				for member := range p.Definition.Root.Get(collection).Members {
					known[member.Key()] = true
				}
				names = slices.Sorted(maps.Keys(known))
			}
			var options []Option
			name := strings.TrimPrefix(text, "#/"+collection+"/")
			if near := Nearest(name, names); near != "" {
				options = append(options, Hint("Did you mean \"#/%s/%s\"?", collection, near))
			}
			p.Report(r.node, fmt.Sprintf("The reference %s leads nowhere: %s has no %s.", quote(text), collection, quote(name)), options...)
		}
	}
}

// refLoop reports every member of a collection that is itself a reference.
func refLoop(collection, noun string) func(*Pass) {
	return func(p *Pass) {
		for _, r := range references(p) {
			if r.collection == collection && r.shared {
				p.Report(r.node, fmt.Sprintf("The shared %s %s is only a reference to %s.", noun, quote(r.node.Parent().Key()), quote(r.node.String())))
			}
		}
	}
}

var parameterReferenceNotFound = &Rule{
	Name: "ParameterReferenceNotFound", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "Every reference to a shared parameter leads to one.",
	Why:     "The operation would lack the parameter; the import stops instead.",
	Fix:     "Define the parameter at the root, or correct the name.",
	Wrong:   `{"$ref": "#/parameters/bordId"}`,
	Right:   `{"$ref": "#/parameters/boardId"}`,
	Check:   referenceNotFound("parameters"),
}

var parameterReferenceNotValid = &Rule{
	Name: "ParameterReferenceNotValid", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "A reference in a list of parameters has the form #/parameters/NAME.",
	Why:     "The platform follows references to shared parameters only, not into other places, files or addresses.",
	Fix:     "Move the parameter to parameters at the root of the definition, and refer to it there.",
	Wrong:   `{"$ref": "#/definitions/BoardId"}`,
	Right:   `{"$ref": "#/parameters/BoardId"}`,
	Check:   referenceNotValid("parameters"),
}

var parameterRefLoopNotAllowed = &Rule{
	Name: "ParameterRefLoopNotAllowed", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "A shared parameter is a parameter, not a reference to one.",
	Why:     "The platform follows one reference, not chains of them, which could run in a circle.",
	Fix:     "Refer to the other parameter directly, and remove this one.",
	Wrong:   `{"parameters": {"board": {"$ref": "#/parameters/boardId"}}}`,
	Right:   `{"parameters": {"boardId": {"name": "boardId", "in": "path", "required": true, "type": "string"}}}`,
	Check:   refLoop("parameters", "parameter"),
}

var responseReferenceNotFound = &Rule{
	Name: "ResponseReferenceNotFound", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "Every reference to a shared response leads to one.",
	Why:     "The operation would lack the response; the import stops instead.",
	Fix:     "Define the response at the root, or correct the name.",
	Wrong:   `{"404": {"$ref": "#/responses/NotFund"}}`,
	Right:   `{"404": {"$ref": "#/responses/NotFound"}}`,
	Check:   referenceNotFound("responses"),
}

var responseReferenceNotValid = &Rule{
	Name: "ResponseReferenceNotValid", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "A reference in the place of a response has the form #/responses/NAME.",
	Why:     "The platform follows references to shared responses only, not into other places, files or addresses.",
	Fix:     "Move the response to responses at the root of the definition, and refer to it there.",
	Wrong:   `{"404": {"$ref": "#/definitions/NotFound"}}`,
	Right:   `{"404": {"$ref": "#/responses/NotFound"}}`,
	Check:   referenceNotValid("responses"),
}

var responseRefLoopNotAllowed = &Rule{
	Name: "ResponseRefLoopNotAllowed", Section: SectionParameters, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  parametersSource,
	Summary: "A shared response is a response, not a reference to one.",
	Why:     "The platform follows one reference, not chains of them, which could run in a circle.",
	Fix:     "Refer to the other response directly, and remove this one.",
	Wrong:   `{"responses": {"Gone": {"$ref": "#/responses/NotFound"}}}`,
	Right:   `{"responses": {"Gone": {"description": "The board was removed."}}}`,
	Check:   refLoop("responses", "response"),
}

var schemaReferenceNotFound = &Rule{
	Name: "SchemaReferenceNotFound", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource + "; issue 155 of microsoft/PowerPlatformConnectors",
	Summary: "Every reference to a definition leads to one.",
	Why:     "Makers would get a field without a type; Microsoft's own validator breaks off without a word on it.",
	Fix:     "Define the schema in definitions, or correct the name.",
	Wrong:   `{"$ref": "#/definitions/Crad"}`,
	Right:   `{"$ref": "#/definitions/Card"}`,
	Check:   referenceNotFound("definitions"),
}

var schemaReferenceNotValid = &Rule{
	Name: "SchemaReferenceNotValid", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource + "; pull request 1074 of microsoft/PowerPlatformConnectors",
	Summary: "A reference to a schema has the form #/definitions/NAME.",
	Why:     "The platform follows references of exactly three segments. A reference into a definition, or to another file, stops the validator.",
	Fix:     "Move the schema to definitions, and refer to it there.",
	Wrong:   `{"$ref": "#/definitions/Board/properties/owner"}`,
	Right:   `{"$ref": "#/definitions/Owner"}`,
	Check:   referenceNotValid("definitions"),
}

var schemaRefLoopNotAllowed = &Rule{
	Name: "SchemaRefLoopNotAllowed", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "A definition is a schema, not a reference to another definition.",
	Why:     "The platform follows one reference, not chains of them, which could run in a circle.",
	Fix:     "Refer to the other definition directly, and remove this one.",
	Wrong:   `{"definitions": {"Task": {"$ref": "#/definitions/Card"}}}`,
	Right:   `{"definitions": {"Card": {"type": "object"}}}`,
	Check:   refLoop("definitions", "definition"),
}

var jsonPointerNotValid = &Rule{
	Name: "JsonPointerNotValid", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource + "; RFC 6901",
	Summary: "Every reference is a valid JSON Pointer.",
	Why:     "A reference that cannot be read leads nowhere.",
	Fix:     "In a name, write ~0 for ~, ~1 for / and %25 for %; better, rename the definition to letters and digits.",
	Wrong:   `{"$ref": "#/definitions/Card~List"}`,
	Right:   `{"$ref": "#/definitions/CardList"}`,
	Check: func(p *Pass) {
		for _, r := range references(p) {
			if !isPointer(r.node.String()) {
				p.Report(r.node, fmt.Sprintf("The reference %s is no valid JSON Pointer.", quote(r.node.String())))
			}
		}
	},
}

var additionalPropertyNotAllowedAdjacentToRef = &Rule{
	Name: "AdditionalPropertyNotAllowedAdjacentToRef", Section: SectionProperties, Severity: finding.Warning,
	Source:  propertiesSource,
	Summary: "Nothing stands beside a $ref.",
	Why:     "A reference replaces the whole object: a title, a description or a default beside it is lost, and makers never see it.",
	Fix:     "Move the other properties into the definition, or write the schema out here.",
	Wrong:   `{"$ref": "#/definitions/Owner", "description": "Who created the board."}`,
	Right:   `{"$ref": "#/definitions/Owner"}`,
	Check: func(p *Pass) {
		for _, r := range references(p) {
			var names []string
			for member := range r.node.Parent().Members {
				if member != r.node {
					names = append(names, member.Key())
				}
			}
			if len(names) > 0 {
				p.Report(r.node.Parent(), fmt.Sprintf("The reference %s stands beside %s; only the reference counts.", quote(r.node.String()), listed(names)))
			}
		}
	},
}
