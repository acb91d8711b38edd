package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func emptySchemaRules() []*Rule {
	return []*Rule{responseSchemaEmpty, bodySchemaEmpty, propertiesEmpty, propertyTextMissing}
}

// isEmptySchema reports whether a schema says nothing of the value, and does
// not leave it to a dynamic schema either.
func (p *Pass) isEmptySchema(schema *connector.Node) bool {
	target := p.Definition.Resolve(schema)
	if !target.IsObject() {
		return false
	}
	for member := range target.Members {
		switch member.Key() {
		case "type":
			if member.String() != "object" {
				return false
			}
		case "title", "description", "x-ms-summary", "x-ms-visibility", "example", "readOnly", "required":
		case "properties":
			if member.Len() > 0 {
				return false
			}
		default:
			// items, allOf, enum, additionalProperties and the dynamic extensions say something.
			return false
		}
	}
	return true
}

var responseSchemaEmpty = &Rule{
	Name: "ResponseSchemaEmpty", Section: SectionSchemas, Severity: finding.Warning, Policy: "5000.2.4.4",
	Source:  policySource,
	Summary: "The schema of a successful response has properties, items or a type other than object, or is dynamic.",
	Why:     "An empty schema gives later steps nothing to use; certification asks for the exact one.",
	Fix:     "Describe what the API answers; take x-ms-dynamic-schema when it differs from call to call, and no schema when nothing is answered.",
	Wrong:   `{"200": {"description": "The card.", "schema": {"type": "object"}}}`,
	Right:   `{"200": {"description": "The card.", "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}`,
	Check: func(p *Pass) {
		seen, asked := map[*connector.Node]bool{}, p.schemaSources()
		for op := range p.visible {
			if asked[op.ID] {
				continue
			}
			for _, response := range op.Responses {
				schema := response.Schema()
				if response.IsSuccess() && p.isEmptySchema(schema) && !seen[schema] {
					seen[schema] = true
					p.Report(schema, fmt.Sprintf("The response %s of the operation %s has an empty schema.", response.Code, quote(op.ID)))
				}
			}
		}
	},
}

// schemaSources are the operations that dynamic schemas ask: what they answer is a schema, and open by nature.
func (p *Pass) schemaSources() map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"x-ms-dynamic-schema", "x-ms-dynamic-properties"} {
		for _, s := range p.TypedWith(name) {
			out[s.Node.At(name, "operationId").String()] = true
		}
	}
	return out
}

var bodySchemaEmpty = &Rule{
	Name: "BodySchemaEmpty", Section: SectionSchemas, Severity: finding.Warning, Policy: "5000.2.4.6",
	Source:  policySource,
	Summary: "The schema of a body says what the body holds, or is dynamic.",
	Why:     "Without it the designer offers one field for the whole body, and the maker has to write JSON.",
	Fix:     "Describe the members of the body, or take x-ms-dynamic-schema.",
	Wrong:   `{"name": "body", "in": "body", "schema": {"type": "object"}}`,
	Right:   `{"name": "body", "in": "body", "schema": {"type": "object", "properties": {"title": {"type": "string"}}}}`,
	Check: func(p *Pass) {
		seen := map[*connector.Node]bool{}
		for _, op := range p.Definition.Operations {
			body := op.Body()
			if body == nil || body.Internal() || isInternalNode(body.Schema()) || seen[body.Node] || !p.isEmptySchema(body.Schema()) {
				continue
			}
			seen[body.Node] = true
			p.Report(body.Schema(), fmt.Sprintf("The body of the operation %s has an empty schema.", quote(op.ID)))
		}
	},
}

var propertiesEmpty = &Rule{
	Name: "PropertiesEmpty", Section: SectionSchemas, Severity: finding.Warning, Policy: "5000.2.4.6",
	Source:  policySource + "; a publisher's report of a refusal, 2026",
	Summary: "No object lists its properties and has none.",
	Why:     "The designer shows an object in which nothing can be chosen; certification refuses empty properties.",
	Fix:     "Describe the properties, or remove the member properties and say with additionalProperties what values there are.",
	Wrong:   `{"labels": {"type": "object", "properties": {}}}`,
	Right:   `{"labels": {"type": "object", "additionalProperties": {"type": "string"}}}`,
	Check: func(p *Pass) {
		told := p.emptyRoots()
		var places []*connector.Node
		for _, s := range p.Schemas() {
			properties := s.Node.Get("properties")
			if properties.IsObject() && properties.Len() == 0 && !isDynamic(s.Node) && !told[s.Node] && !s.Node.Get("allOf").Exists() {
				places = append(places, properties)
			}
		}
		p.together(places, "The object has empty properties.")
	},
}

// emptyRoots are the schemas that ResponseSchemaEmpty and BodySchemaEmpty tell.
func (p *Pass) emptyRoots() map[*connector.Node]bool {
	out := map[*connector.Node]bool{}
	for _, op := range p.Definition.Operations {
		for _, response := range op.Responses {
			if schema := response.Schema(); response.IsSuccess() && p.isEmptySchema(schema) {
				out[p.Definition.Resolve(schema)] = true
			}
		}
		if body := op.Body(); body != nil && p.isEmptySchema(body.Schema()) {
			out[p.Definition.Resolve(body.Schema())] = true
		}
	}
	return out
}

var propertyTextMissing = &Rule{
	Name: "PropertyTextMissing", Section: SectionSchemas, Severity: finding.Info,
	Source:  stringsSource,
	Summary: "Every property that makers see has a title or x-ms-summary, and a description.",
	Why:     "Without a title the designer shows the raw name; without a description makers and agents have to guess what the value is.",
	Fix:     "Add both to the property.",
	Wrong:   `{"dueDate": {"type": "string"}}`,
	Right:   `{"dueDate": {"type": "string", "x-ms-summary": "Due Date", "description": "The day on which the card is due."}}`,
	Check: func(p *Pass) {
		var untitled, undescribed []*connector.Node
		for _, s := range p.Schemas() {
			if s.Name == "" || isInternalNode(s.Node) || s.Operation != nil && s.Operation.Internal() {
				continue
			}
			target := p.Definition.Resolve(s.Node)
			if s.Node.Get("x-ms-summary").String() == "" && s.Node.Get("title").String() == "" && target.Get("x-ms-summary").String() == "" && target.Get("title").String() == "" {
				untitled = append(untitled, s.Node)
			}
			if s.Node.Get("description").String() == "" && target.Get("description").String() == "" {
				undescribed = append(undescribed, s.Node)
			}
		}
		if len(untitled) > 0 {
			p.together(untitled, fmt.Sprintf("The property %s has neither title nor x-ms-summary.", quote(untitled[0].Key())))
		}
		if len(undescribed) > 0 {
			p.together(undescribed, fmt.Sprintf("The property %s has no description.", quote(undescribed[0].Key())))
		}
	},
}
