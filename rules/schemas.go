package rules

import (
	"fmt"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func schemaRules() []*Rule {
	return []*Rule{
		bodySchemaCountExceedsMaxAllowed, totalSchemaCountExceedsMaxAllowed, schemaTooDeep, schemaTypeFileNotValid,
		requiredLoopInSchemaNotAllowed, discriminatorMustBeARequiredStringProperty,
	}
}

// The platform's limits for schemas, references followed.
const (
	maxBodySchemas  = 512
	maxTotalSchemas = maxOperations * maxOperationSchemas
	// maxDepth is what certified connectors reach; the validator's own constant is unknown.
	maxDepth = 15
)

// limitsSource is where the platform's limits are written down.
const limitsSource = "https://learn.microsoft.com/connectors/custom-connectors/faq"

var bodySchemaCountExceedsMaxAllowed = &Rule{
	Name: "BodySchemaCountExceedsMaxAllowed", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource + "; " + limitsSource + "; issue 1088 of microsoft/PowerPlatformConnectors",
	Summary: "A body, a response or a definition has at most 512 schemas, references followed.",
	Why:     "The platform copies every referenced definition; the validator calls more than 512 properties and items critical.",
	Fix:     "Remove properties that makers do not need, and answer with ids instead of nested objects.",
	Wrong:   "a definition Board with Cards, which have Boards again with all their properties, …",
	Right:   "a definition Board with the ids of its cards",
	Check: func(p *Pass) {
		for _, s := range p.Definition.SchemaRoots() {
			if ref := s.Node.Get("$ref"); ref.Exists() {
				continue // counted where it is defined
			}
			if count := expandedSchemas(p, s.Node); count > maxBodySchemas {
				p.Report(s.Node, fmt.Sprintf("%s has %s schemas when references are followed; at most %d are allowed.", capital(named(s)), atMost(count), maxBodySchemas))
			}
		}
	},
}

var totalSchemaCountExceedsMaxAllowed = &Rule{
	Name: "TotalSchemaCountExceedsMaxAllowed", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource + "; " + limitsSource,
	Summary: "All operations together have at most 4,194,304 schemas, references followed.",
	Why:     "The platform copies every referenced definition into every operation, and gives up beyond this number.",
	Fix:     "Remove properties that makers do not need, or split the API into several connectors.",
	Wrong:   "200 operations that all answer with the same deeply nested definition",
	Right:   "200 operations that answer with the fields a flow uses",
	Check: func(p *Pass) {
		total := 0
		for _, op := range p.Definition.Operations {
			for _, param := range op.Parameters {
				if param.In == "body" {
					total += expandedSchemas(p, param.Schema())
				}
			}
			for _, response := range op.Responses {
				total += expandedSchemas(p, response.Schema())
			}
			total += expandedSchemas(p, op.Notification.Get("schema"))
			total = min(total, countCeiling)
		}
		if total > maxTotalSchemas {
			p.Report(p.Definition.Root.Get("paths"), fmt.Sprintf("The operations have %s schemas when references are followed; at most %d are allowed.", atMost(total), maxTotalSchemas))
		}
	},
}

var schemaTooDeep = &Rule{
	Name: "SchemaTooDeep", Section: SectionResponse, Severity: finding.Warning,
	Source:  responseSource + "; the limit is the depth that certified connectors reach",
	Summary: "No schema is nested deeper than 15 levels, references followed.",
	Why:     "The platform limits the depth, and no maker finds a field that far down.",
	Fix:     "Flatten the structure, or leave out the deepest levels.",
	Wrong:   "a board with columns with cards with comments with authors with teams with …",
	Right:   "a card with the ids of its board, column and author",
	Check: func(p *Pass) {
		depths := &schemaDepths{definition: p.Definition, known: map[*connector.Node]int{}}
		for _, s := range p.Definition.SchemaRoots() {
			if s.Node.Get("$ref").Exists() {
				continue // measured where it is defined
			}
			if depth := depths.of(s.Node); depth > maxDepth {
				p.Report(s.Node, fmt.Sprintf("%s is %d levels deep when references are followed; more than %d are too deep.", capital(named(s)), depth, maxDepth))
			}
		}
	},
}

// schemaDepths measures how deep schemas are nested, references followed and circles cut.
type schemaDepths struct {
	definition *connector.Definition
	known      map[*connector.Node]int
}

func (d *schemaDepths) of(n *connector.Node) int {
	n = d.definition.Resolve(n)
	if !n.IsObject() {
		return 0
	}
	if depth, ok := d.known[n]; ok {
		return max(depth, 0)
	}
	d.known[n] = inProgress
	deepest := 0
	for child := range n.Subschemas {
		deepest = max(deepest, d.of(child))
	}
	d.known[n] = deepest + 1
	return deepest + 1
}

var schemaTypeFileNotValid = &Rule{
	Name: "SchemaTypeFileNotValid", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "Only a form field or a whole response is of type file.",
	Why:     "A file cannot stand inside JSON, and a body of JSON is no file.",
	Fix:     `Write "type": "string" with "format": "byte" inside JSON, or "format": "binary" for a body that is a file.`,
	Wrong:   `{"name": "body", "in": "body", "schema": {"type": "file"}}`,
	Right:   `{"name": "body", "in": "body", "schema": {"type": "string", "format": "binary"}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("type") {
			kind := s.Node.Get("type")
			if kind.String() != "file" || s.Place == connector.InParameter && s.Depth == 0 || s.Place == connector.InResponse && s.Depth == 0 {
				continue // form fields are judged by FileParameterMustBeInFormData
			}
			if reach := p.Definition.Reach(s.Definition); s.Place == connector.InDefinition && s.Depth == 0 && (reach == nil || !reach.Input) {
				continue // the whole of a response, if it is used at all
			}
			p.Report(kind, capital(named(s))+" is of type file, but is neither a form field nor a whole response.")
		}
	},
}

var requiredLoopInSchemaNotAllowed = &Rule{
	Name: "RequiredLoopInSchemaNotAllowed", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "No schema requires itself.",
	Why:     "A value would have to hold another of its kind, and that one another, without end: nothing satisfies the schema.",
	Fix:     "Take one property of the circle off its list of required ones.",
	Wrong:   `"Card": {"required": ["parent"], "properties": {"parent": {"$ref": "#/definitions/Card"}}}`,
	Right:   `"Card": {"properties": {"parent": {"$ref": "#/definitions/Card"}}}`,
	Check: func(p *Pass) {
		w := &loopWalk{p: p, state: map[*connector.Node]int{}}
		for definition := range p.Definition.Root.Get("definitions").Members {
			w.visit(definition, nil)
		}
	},
}

// loopWalk looks for circles of required properties, depth first.
type loopWalk struct {
	p     *Pass
	state map[*connector.Node]int
}

// The states of a schema during the walk.
const (
	onTheWay = 1
	finished = 2
)

// visit follows what n cannot do without; via is the property that leads to it.
func (w *loopWalk) visit(n, via *connector.Node) {
	target := w.p.Definition.Resolve(n)
	if !target.IsObject() {
		return
	}
	switch w.state[target] {
	case onTheWay:
		if via == nil {
			via = n
		}
		w.p.Report(via, fmt.Sprintf("The required property %s leads back to %s: no value can satisfy that.", quote(via.Key()), quote(target.Key())))
		return
	case finished:
		return
	}
	w.state[target] = onTheWay
	for item := range target.Get("required").Items {
		if property := target.Get("properties").Get(item.String()); property != nil {
			w.visit(property, property)
		}
	}
	for part := range target.Get("allOf").Items {
		w.visit(part, via)
	}
	w.state[target] = finished
}

var discriminatorMustBeARequiredStringProperty = &Rule{
	Name: "DiscriminatorMustBeARequiredStringProperty", Section: SectionMetadata, Severity: finding.Warning,
	Source:  metadataSource,
	Summary: "A discriminator names a required property of type string.",
	Why:     "Its value says which kind of object it is: it must always be there, and be a word.",
	Fix:     "Define the property as a string and require it, or remove the discriminator, which the platform does not use.",
	Wrong:   `{"discriminator": "kind", "properties": {"kind": {"type": "string"}}}`,
	Right:   `{"discriminator": "kind", "required": ["kind"], "properties": {"kind": {"type": "string"}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("discriminator") {
			if fault := discriminatorFault(p, s.Node); fault != "" {
				p.Report(s.Node.Get("discriminator"), fault)
			}
		}
	},
}

// discriminatorFault says what is wrong with a schema's discriminator, "" when nothing is.
func discriminatorFault(p *Pass, n *connector.Node) string {
	discriminator := n.Get("discriminator")
	name := discriminator.String()
	if !discriminator.IsString() {
		return ""
	}
	property := p.Definition.Property(n, name)
	switch {
	case property == nil:
		return fmt.Sprintf("The discriminator names %s, which is not defined.", quote(name))
	case p.Definition.Type(property) != "string":
		return fmt.Sprintf("The discriminator names %s, which is no string.", quote(name))
	}
	for _, required := range p.Definition.RequiredNames(n) {
		if required == name {
			return ""
		}
	}
	return fmt.Sprintf("The discriminator names %s, which is not required.", quote(name))
}
