package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// misfit is one place where the definition departs from the grammar.
type misfit struct {
	rule    string
	at      *connector.Node
	message string
	options []Option
}

// misfits walks the definition along the grammar, once for all rules that need it.
func misfits(p *Pass) []misfit {
	return Shared(p, "misfits", func() []misfit {
		w := &grammarWalk{}
		w.inside(grammar()["root"], p.Definition.Root)
		return w.found
	})
}

// reportMisfits reports what the grammar walk found under the rule's name.
func reportMisfits(p *Pass) {
	for _, m := range misfits(p) {
		if m.rule == p.rule.Name {
			p.Report(m.at, m.message, m.options...)
		}
	}
}

type grammarWalk struct{ found []misfit }

func (w *grammarWalk) add(rule string, at *connector.Node, message string, options ...Option) {
	w.found = append(w.found, misfit{rule, at, message, options})
}

// inside judges the members of an object.
func (w *grammarWalk) inside(o *object, n *connector.Node) {
	if refersElsewhere(o, n) {
		return
	}
	var unknown []string
	for member := range n.Members {
		name := member.Key()
		if c := o.members[name]; c != nil {
			if !judgedAsBody(o, n, name) {
				w.value(c, member)
			}
			continue
		}
		switch {
		case o.strictness == open:
		case o.strictness == closed:
			unknown = append(unknown, name)
			w.add("AdditionalPropertyNotAllowed", member, fmt.Sprintf("%s may not hold %s.", describe(o, n), quote(name)), unknownHint(o, name)...)
		case strings.HasPrefix(name, "x-"):
			w.misspelt(o, member)
		default:
			unknown = append(unknown, name)
			w.add("ExtensionNameNotValid", member,
				fmt.Sprintf("%s is not a Swagger 2.0 property of %s, and an extension's name must begin with \"x-\".", quote(name), described(o, n)), unknownHint(o, name)...)
		}
	}
	for _, name := range o.required {
		// A misspelt name is one fault, reported where it stands.
		if n.Get(name) == nil && Nearest(name, unknown) == "" {
			w.add("RequiredPropertyMissing", n, fmt.Sprintf("The property %s is missing.", quote(name)), Hint("%s", missingHint(n, name)))
		}
	}
	if len(unknown) > 0 {
		return
	}
	switch o.name {
	case "dynamicValues", "dynamicList":
		w.oneOf(n, "operationId", "builtInOperation", "capability")
	case "reference":
		w.oneOf(n, "value", "parameterReference", "selectedItemValuePath")
	}
}

// refersElsewhere reports whether an object is only a $ref: what stands beside it is judged by AdditionalPropertyNotAllowedAdjacentToRef.
func refersElsewhere(o *object, n *connector.Node) bool {
	switch o.name {
	case "schema", "parameter", "response":
		return n.Get("$ref").IsString()
	}
	return false
}

// judgedAsBody reports whether a member describes a value beside in: body, which BodyParameterPropertyNotValid reports.
func judgedAsBody(o *object, n *connector.Node, name string) bool {
	return o.name == "parameter" && n.Get("in").String() == "body" && slices.Contains(simpleKeywords(), name)
}

func (w *grammarWalk) oneOf(n *connector.Node, names ...string) {
	if slices.ContainsFunc(names, func(name string) bool { return n.Get(name).Exists() }) {
		return
	}
	w.add("OneOfPropertiesRequired", n, fmt.Sprintf("At least one of these properties is needed: %s.", strings.Join(names, ", ")))
}

// value judges what a member holds.
func (w *grammarWalk) value(c *content, n *connector.Node) {
	switch {
	case c.object != nil:
		if w.is(n, connector.Object) {
			w.inside(c.object, n)
		}
	case c.items != nil:
		if w.is(n, connector.Array) {
			for item := range n.Items {
				w.value(c.items, item)
			}
		}
	case c.values != nil:
		if w.is(n, connector.Object) {
			w.values(c.values, n)
		}
	case c.words != nil:
		w.word(c.words, n)
	case c.either != nil:
		w.either(c.either, n)
	default:
		w.basic(c.basic, n)
	}
}

// values judges an object whose names the author chooses.
func (w *grammarWalk) values(c *content, n *connector.Node) {
	for member := range n.Members {
		switch {
		case c.object != nil && c.object.name == "path" && !strings.HasPrefix(member.Key(), "/"):
			// An extension, or what OperationPathMustStartWithSlash reports.
		case c.object != nil && c.object.name == "response" && strings.HasPrefix(member.Key(), "x-"):
		case c.object != nil && c.object.name == "argument" && !member.Get("parameter").Exists() && !member.Get("value-property").Exists():
			// A static value, of any type.
		default:
			w.value(c, member)
		}
	}
}

func (w *grammarWalk) either(choices []*content, n *connector.Node) {
	var names []string
	for _, c := range choices {
		if c.object != nil && n.IsObject() {
			w.inside(c.object, n)
			return
		}
		if c.basic == "boolean" && n.Kind() == connector.Bool {
			return
		}
		name := "Object"
		if c.basic == "boolean" {
			name = "Boolean"
		}
		names = append(names, name)
	}
	w.wrongType(n, strings.Join(names, " or "))
}

func (w *grammarWalk) basic(kind string, n *connector.Node) {
	switch kind {
	case "string":
		w.is(n, connector.String)
	case "text":
		if n.Kind() != connector.Null {
			w.is(n, connector.String)
		}
	case "boolean":
		w.is(n, connector.Bool)
	case "number":
		w.is(n, connector.Number)
	case "integer":
		if !isWhole(n) {
			w.wrongType(n, "Integer")
		}
	case "object":
		w.is(n, connector.Object)
	}
}

func (w *grammarWalk) is(n *connector.Node, kind connector.Kind) bool {
	if n.Kind() == kind {
		return true
	}
	w.wrongType(n, kind.String())
	return false
}

func (w *grammarWalk) wrongType(n *connector.Node, expected string) {
	name := quote(n.Key())
	if n.Key() == "" {
		name = "An item of " + quote(n.Parent().Key())
	}
	options := typeHint(n, expected)
	if n.Key() == "x-ms-summary" && n.Kind() == connector.Number {
		options = append(options, As(finding.Warning)) // the platform reads it as text
	}
	w.add("JsonTypeIncorrect", n, fmt.Sprintf("%s must be of type %s, but is of type %s.", name, expected, jsonType(n)), options...)
}

func typeHint(n *connector.Node, expected string) []Option {
	text := n.String()
	switch {
	case n.Key() == "type" && n.IsArray():
		return []Option{Hint(`Swagger 2.0 knows one type only: keep it, and write "x-nullable": true if the value may be null.`)}
	case n.Key() == "items" && n.IsArray():
		return []Option{Hint("Write one schema for all items; Swagger 2.0 has no lists of schemas.")}
	case n.Key() == "required" && n.Kind() == connector.Bool:
		return []Option{Hint("In a schema, list the names of required properties in the object above: \"required\": [\"name\"].")}
	case expected == "Boolean" && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false")),
		(expected == "Integer" || expected == "Number") && isNumeric(text):
		return []Option{Hint("Write %s without the quotes.", strings.ToLower(text))}
	case expected == "String" && (n.Kind() == connector.Number || n.Kind() == connector.Bool):
		return []Option{Hint("Put the value in quotes: %q.", n.Text())}
	}
	return nil
}

func (w *grammarWalk) word(words []string, n *connector.Node) {
	value := n.String()
	if !w.is(n, connector.String) || slices.Contains(words, value) {
		return
	}
	message := fmt.Sprintf("%s is %s, but must be one of: %s.", quote(n.Key()), quote(value), strings.Join(words, ", "))
	var options []Option
	if meant := Nearest(value, words); meant != "" {
		options = append(options, Hint("Did you mean %q?", meant))
		if strings.EqualFold(value, meant) && (n.Key() == "x-ms-visibility" || n.Key() == "status") {
			options = append(options, As(finding.Warning)) // certified connectors have them
		}
	}
	if n.Key() == "x-ms-visibility" && value == "" {
		return // accepted: it means the same as leaving it out
	}
	w.add("JsonValueNotInEnum", n, message, options...)
}

// misspelt notes an extension whose name is almost one that the platform reads.
func (w *grammarWalk) misspelt(o *object, member *connector.Node) {
	name := member.Key()
	if slices.Contains(strings.Fields(otherExtensions), name) {
		return
	}
	// What follows x-ms- is compared: the prefix would make everything look alike.
	known, meant := o.extensions(), extensionStem(name)
	if !slices.Contains(known, meant) {
		meant = Nearest(meant, known)
		if !strings.HasPrefix(name, "x-ms") {
			return // somebody else's extension
		}
	}
	if meant != "" {
		w.add("ExtensionNameMisspelt", member, quote(name)+" is no extension that the platform reads.", Hint("Did you mean %q?", "x-ms-"+meant))
	}
}

// extensionStem strips blanks, punctuation at the ends and the prefix x-ms- from a name.
func extensionStem(name string) string {
	name = strings.Trim(strings.Join(strings.Fields(name), ""), ":-_.")
	return strings.TrimPrefix(strings.TrimPrefix(name, "x-"), "ms-")
}

// extensions returns the names of the extensions of an object without the prefix x-ms-, sorted.
func (o *object) extensions() []string {
	var out []string
	for name := range o.members {
		if stem, ok := strings.CutPrefix(name, "x-ms-"); ok && stem != "enum" && stem != "test-value" {
			out = append(out, stem)
		}
	}
	slices.Sort(out)
	return out
}

// unknownHint tells what an unknown member was probably meant to be.
func unknownHint(o *object, name string) []Option {
	if o.name == "root" && strings.HasPrefix(name, "/") {
		return []Option{Hint("A path belongs inside \"paths\": check the brackets before it.")}
	}
	if meant := Nearest(name, slices.Sorted(maps.Keys(o.members))); meant != "" {
		return []Option{Hint("Did you mean %q?", meant)}
	}
	if o.name == "path" && grammar()["operation"].members[name] != nil {
		return []Option{Hint("%q belongs to an operation: move it into get, post or whichever it is meant for.", name)}
	}
	if advice := foreignKeywords(o.name, name); advice != "" {
		return []Option{Hint("%s", advice)}
	}
	if grammar()["root"].members[name] != nil {
		return []Option{Hint("%q belongs at the root of the definition: move it there.", name)}
	}
	return nil
}

// foreignKeywords advises on members that belong to another format or file.
func foreignKeywords(where, name string) string {
	switch name {
	case "scriptOperations", "connectionParameters", "connectionParameterSets", "policyTemplateInstances", "capabilities", "iconBrandColor", "publisher", "stackOwner":
		return fmt.Sprintf("%q belongs to properties of apiProperties.json: move it there.", name)
	case "nullable":
		return `"nullable" is OpenAPI 3; write "x-nullable" instead.`
	case "oneOf", "anyOf", "not", "const", "patternProperties", "propertyNames", "if", "then", "else", "writeOnly", "deprecated":
		return fmt.Sprintf("Swagger 2.0 does not know %q in a schema: remove it, or describe the value with type, enum, properties and allOf.", name)
	case "components", "servers", "requestBody", "openapi", "content", "callbacks", "links", "webhooks":
		return fmt.Sprintf("%q is OpenAPI 3: convert the definition to Swagger 2.0.", name)
	case "examples", "example":
		return fmt.Sprintf("Remove %q, or call it \"x-example\".", name)
	case "title":
		return `Write "x-ms-summary" instead.`
	case "parameter":
		if where == "reference" {
			return `Write "parameterReference" here; "parameter" belongs to x-ms-dynamic-values and x-ms-dynamic-schema.`
		}
	case "value-path", "value-title", "value-collection":
		return "This name belongs to x-ms-dynamic-values and x-ms-dynamic-schema; here it is itemValuePath, itemTitlePath or itemsPath."
	case "itemValuePath", "itemTitlePath", "itemsPath":
		return "This name belongs to x-ms-dynamic-list and x-ms-dynamic-properties; here it is value-path, value-title or value-collection."
	}
	return ""
}

// describe names an object for a reader at the start of a sentence: by its key where it is an extension.
func describe(o *object, n *connector.Node) string {
	if strings.HasPrefix(n.Key(), "x-ms-") {
		return n.Key()
	}
	text := described(o, n)
	return strings.ToUpper(text[:1]) + text[1:]
}

func described(o *object, _ *connector.Node) string {
	switch o.name {
	case "root":
		return "the definition's root"
	case "info", "license":
		return "the " + o.name + " object"
	case "contact":
		return "the contact object"
	case "operation", "items", "externalDocs":
		return "an " + o.name + " object"
	case "securityDefinition":
		return "a security definition"
	case "reference", "argument":
		return "an argument of a dynamic call"
	case "metadata":
		return "an entry of the connector metadata"
	case "enumValue":
		return "an entry of x-ms-enum-values"
	}
	return "a " + o.name + " object"
}
