package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func requiredRules() []*Rule {
	return []*Rule{
		requiredPropertyMissing, requiredValueEmpty, requiredPropertyArrayEmpty, requiredPropertyDefinitionMissing,
		requiredPropertyNotOnObject, requiredReadOnlyPropertyNotAllowedAsInput,
	}
}

var requiredPropertyMissing = &Rule{
	Name: "RequiredPropertyMissing", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull requests 550, 683, 1003, 1095, 3407, 3841 and 4041 of microsoft/PowerPlatformConnectors",
	Summary: "What certification requires is there: contact and metadata, and a title and a description for whatever makers see.",
	Why: "Makers choose actions and fill in fields by these texts. Operations and parameters that are internal are exempt, and so are body parameters; " +
		"everything else without them is refused. It is the most frequent error of all.",
	Fix:   "Add the property.",
	Wrong: `{"name": "boardId", "in": "path", "required": true, "type": "string"}`,
	Right: `{"name": "boardId", "in": "path", "required": true, "type": "string", "x-ms-summary": "Board ID", "description": "The board whose cards are listed."}`,
	Check: func(p *Pass) {
		reportMisfits(p)
		contact := p.Definition.Info().Get("contact")
		for _, name := range []string{"name", "url", "email"} {
			if contact.IsObject() && contact.Get(name) == nil {
				p.Report(contact, fmt.Sprintf("The contact has no %s.", quote(name)), As(finding.Warning),
					Hint("Add the %s under which makers reach your support.", name))
			}
		}
		seen := map[*connector.Node]bool{}
		for _, op := range p.Definition.Operations {
			if op.Internal() {
				continue
			}
			for _, name := range []string{"summary", "description"} {
				if op.Node.Get(name) == nil {
					missing(p, op.Node, name, fmt.Sprintf("The operation %s has no %s.", quote(op.ID), name))
				}
			}
			for _, param := range op.Parameters {
				if !seen[param.Node] {
					seen[param.Node] = true
					requireParameter(p, param)
				}
			}
		}
	},
}

// requireParameter reports what a parameter lacks that makers see.
func requireParameter(p *Pass, param *connector.Parameter) {
	if !param.Node.IsObject() || param.In == "body" || param.In == "" {
		return
	}
	if param.Node.Get("type") == nil && param.Node.Get("schema") == nil {
		missing(p, param.Node, "type", fmt.Sprintf("The parameter %s has no type.", quote(param.Name)))
	}
	if param.Internal() {
		return
	}
	for _, name := range []string{"x-ms-summary", "description"} {
		if param.Node.Get(name) == nil {
			missing(p, param.Node, name, fmt.Sprintf("The parameter %s has no %s.", quote(param.Name), name))
		}
	}
}

// missing reports an absent member.
func missing(p *Pass, at *connector.Node, name, message string) {
	p.Report(at, message, Hint("%s", missingHint(at, name)))
}

// missingHint tells how to add a member; one that is only misspelt is named.
func missingHint(at *connector.Node, name string) string {
	for member := range at.Members {
		other := member.Key()
		if strings.HasPrefix(name, "x-") && (extensionStem(other) == extensionStem(name) || Nearest(extensionStem(other), []string{extensionStem(name)}) != "") {
			return fmt.Sprintf("%s stands there: write %q instead.", quote(other), name)
		}
	}
	if inside := at.Get("info").Get(name); name == "x-ms-connector-metadata" && inside.Exists() {
		return `Move "x-ms-connector-metadata" out of "info" to the root of the definition.`
	}
	if root := at.Parent(); name == "contact" && at.Key() == "info" && root.Get(name).Exists() {
		return `Move "contact" from the root of the definition into "info".`
	}
	switch name {
	case "x-ms-summary":
		return `Add "x-ms-summary" with the title of the field, in title case, at most 80 characters.`
	case "summary":
		return `Add "summary": the name of the action, in sentence case, at most 80 characters.`
	case "description":
		if at.Parent().Key() == "responses" {
			return `Add "description": when this status is answered, such as OK or Not found.`
		}
		return `Add "description": a full sentence that says more than the title.`
	case "contact":
		return `Add "contact" with the name, url and email of your support.`
	case "x-ms-connector-metadata":
		return `Add "x-ms-connector-metadata" with an entry {"propertyName": "…", "propertyValue": "…"} for each of Website, Privacy policy and Categories.`
	case "host":
		return `Add "host": the name of the API's server, without scheme and path.`
	case "version":
		return `Add "version", such as "1.0".`
	}
	return fmt.Sprintf("Add %q.", name)
}

var requiredValueEmpty = &Rule{
	Name: "RequiredValueEmpty", Section: SectionMetadata, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  metadataSource,
	Summary: "What certification requires is not empty.",
	Why:     "An empty text is as good as none: makers see an action or a connector without a name.",
	Fix:     "Write the text.",
	Wrong:   `{"operationId": "ListCards", "summary": ""}`,
	Right:   `{"operationId": "ListCards", "summary": "List cards"}`,
	Check: func(p *Pass) {
		root := p.Definition.Root
		for _, name := range []string{"title", "version", "description"} {
			empty(p, root.At("info", name))
		}
		empty(p, root.Get("host"))
		for entry := range root.Get("x-ms-connector-metadata").Items {
			empty(p, entry.Get("propertyName"))
			empty(p, entry.Get("propertyValue"))
		}
		for _, op := range p.Definition.Operations {
			if !op.Internal() {
				empty(p, op.Node.Get("summary"))
				empty(p, op.Node.Get("description"))
			}
			for response := range op.Node.Get("responses").Members {
				empty(p, response.Get("description"), As(finding.Warning), Hint("Say when this status is answered, such as OK or Not found."))
			}
		}
		for response := range root.Get("responses").Members {
			empty(p, response.Get("description"), As(finding.Warning), Hint("Say when this status is answered, such as OK or Not found."))
		}
		for _, param := range listedParameters(p) {
			empty(p, param.Node.Get("name"))
		}
	},
}

// empty reports a string that holds nothing but blanks.
func empty(p *Pass, n *connector.Node, options ...Option) {
	if n.IsString() && strings.TrimSpace(n.String()) == "" {
		p.Report(n, quote(n.Key())+" is empty.", options...)
	}
}

var requiredPropertyArrayEmpty = &Rule{
	Name: "RequiredPropertyArrayEmpty", Section: SectionArrays, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  arraysSource,
	Summary: "A list of required properties names at least one.",
	Why:     "Swagger 2.0 does not allow an empty list, and the import fails.",
	Fix:     `Remove "required" when no property is required.`,
	Wrong:   `{"type": "object", "required": []}`,
	Right:   `{"type": "object"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("required") {
			if required := s.Node.Get("required"); required.IsArray() && required.Len() == 0 {
				p.Report(required, fmt.Sprintf("The list of required properties of %s is empty.", named(s)))
			}
		}
	},
}

var requiredPropertyDefinitionMissing = &Rule{
	Name: "RequiredPropertyDefinitionMissing", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every required property is defined in the properties of its object.",
	Why:     "A maker cannot fill in a field that is not there, so no request would ever be complete.",
	Fix:     "Define the property, or take its name off the list.",
	Wrong:   `{"type": "object", "required": ["titel"], "properties": {"title": {"type": "string"}}}`,
	Right:   `{"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("required") {
			if !isObjectSchema(s.Node) || isDynamic(s.Node) || isPartOfAllOf(s.Node) {
				continue
			}
			properties := p.Definition.Properties(s.Node)
			defined := make(map[string]bool, len(properties))
			for _, property := range properties {
				defined[property.Key()] = true
			}
			for item := range s.Node.Get("required").Items {
				if !item.IsString() || defined[item.String()] {
					continue
				}
				var options []Option
				if hint := didYouMean(item.String(), slices.Sorted(maps.Keys(defined))); hint != "" {
					options = append(options, Hint("%s", hint))
				}
				p.Report(item, fmt.Sprintf("The required property %s is not defined in %s.", quote(item.String()), named(s)), options...)
			}
		}
	},
}

// isPartOfAllOf reports whether a schema stands in an allOf, whose other parts may define its properties.
func isPartOfAllOf(n *connector.Node) bool {
	return n.Parent().IsArray() && n.Parent().Key() == "allOf"
}

var requiredPropertyNotOnObject = &Rule{
	Name: "RequiredPropertyNotOnObject", Section: SectionProperties, Severity: finding.Warning, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Only objects list required properties.",
	Why:     "On an array or a plain value the list has no effect; the author meant the items, or the object around it.",
	Fix:     `Move "required" into the items' schema, or remove it.`,
	Wrong:   `{"type": "array", "required": ["id"], "items": {"type": "object"}}`,
	Right:   `{"type": "array", "items": {"type": "object", "required": ["id"]}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("required") {
			kind := s.Node.Get("type").String()
			if required := s.Node.Get("required"); required.IsArray() && required.Len() > 0 && kind != "" && kind != "object" {
				p.Report(required, fmt.Sprintf("The schema of %s has the type %s, which cannot have required properties.", named(s), quote(kind)))
			}
		}
	},
}

var requiredReadOnlyPropertyNotAllowedAsInput = &Rule{
	Name: "RequiredReadOnlyPropertyNotAllowedAsInput", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "No property of a request body is both required and read-only.",
	Why:     "The designer hides what is read-only, so the maker can never give the value that is required.",
	Fix:     "Take the property off the list of required ones, or out of the body's schema.",
	Wrong:   `{"required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}`,
	Right:   `{"properties": {"id": {"type": "string", "readOnly": true}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("readOnly") {
			if s.Node.Get("readOnly").Bool() && isInput(p, s) && isRequired(s.Node) {
				p.Report(s.Node, fmt.Sprintf("The property %s is required in a request and read-only.", quote(s.Node.Key())))
			}
		}
	},
}
