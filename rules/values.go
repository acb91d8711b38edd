package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func valueRules() []*Rule {
	return []*Rule{
		defaultValueMustMatchType, defaultValueNotInEnum, propertyMustBeRequired, invalidStringBinaryProperty, missingEnumValuesDisplayName,
		invalidCustomEditorExtensionDictionaryValue,
		filterFunctionsPropertyEmpty, filterFunctionsPropertyHasDuplicates, filterFunctionsPropertyInInputSchema, filterFunctionsPropertyInvalidValue,
	}
}

var defaultValueMustMatchType = &Rule{
	Name: "DefaultValueMustMatchType", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; issue 70 of MicrosoftDocs/BusinessApplicationPlatform-Connectors-public",
	Summary: "A default has the type of its field; a number or boolean may stand in quotes.",
	Why:     "The default is put into requests as it stands: the API refuses a value of another type, and the portal refuses the definition.",
	Fix:     "Write the default as a value of the declared type.",
	Wrong:   `{"type": "string", "default": 1}`,
	Right:   `{"type": "string", "default": "1"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("default") {
			value, kind := s.Node.Get("default"), s.Node.Get("type").String()
			if fitsDefault(value, kind) {
				continue
			}
			var options []Option
			if kind == "string" && (value.Kind() == connector.Number || value.Kind() == connector.Bool) {
				options = append(options, Hint("Put the value in quotes: %q.", value.Text()))
			}
			p.Report(value, fmt.Sprintf("The default of %s is of type %s, but the type is %s.", named(s), jsonType(value), kind), options...)
		}
	},
}

var defaultValueNotInEnum = &Rule{
	Name: "DefaultValueNotInEnum", Section: SectionProperties, Severity: finding.Warning,
	Source:  "https://swagger.io/specification/v2; no connector of 1,027 has another default",
	Summary: "The default of a field with an enum is one of its values.",
	Why:     "The designer offers the values of the enum and sends the default when nothing is chosen: the API gets a value that the definition itself does not allow.",
	Fix:     "Write one of the values of the enum, or add the default to them.",
	Wrong:   `{"type": "string", "enum": ["open", "closed"], "default": "any"}`,
	Right:   `{"type": "string", "enum": ["open", "closed"], "default": "open"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("default") {
			value, enum := s.Node.Get("default"), s.Node.Get("enum")
			kind := s.Node.Get("type").String()
			if value.Len() > 0 || value.IsArray() || value.Kind() == connector.Null || value.Text() == "" || enum.Len() == 0 || !fitsDefault(value, kind) {
				continue
			}
			var allowed []string
			same := false
			for item := range enum.Items {
				allowed = append(allowed, item.Text())
				same = same || item.Text() == value.Text() || valueKey(item) == valueKey(value)
			}
			if !same {
				p.Report(value, fmt.Sprintf("The default of %s is %s, which is not in its enum.", named(s), shown(value)), meant(value.Text(), allowed))
			}
		}
	},
}

// fitsDefault reports whether a default is a value of a declared type. Text that
// can be read as the number or boolean that is wanted is one, and so is null.
func fitsDefault(n *connector.Node, kind string) bool {
	if n.Kind() == connector.Null {
		return true
	}
	text := n.String()
	switch kind {
	case "string":
		return n.IsString()
	case "integer":
		if n.IsString() {
			_, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			return err == nil
		}
		return isWhole(n)
	case "number":
		return n.Kind() == connector.Number || n.IsString() && isNumeric(strings.TrimSpace(text))
	case "boolean":
		return n.Kind() == connector.Bool || strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case "array":
		return n.IsArray()
	case "object":
		return n.IsObject()
	}
	return true
}

var propertyMustBeRequired = &Rule{
	Name: "PropertyMustBeRequired", Section: SectionProperties, Severity: finding.Warning,
	Source:  propertiesSource,
	Summary: "An internal property of a body with a default is required.",
	Why:     "Makers never see it, and the platform leaves optional internal properties out of the request: the API does not get the default.",
	Fix:     "Add its name to the list of required properties, or remove the property when the API does not need it.",
	Wrong:   `{"properties": {"source": {"type": "string", "default": "flow", "x-ms-visibility": "internal"}}}`,
	Right:   `{"required": ["source"], "properties": {"source": {"type": "string", "default": "flow", "x-ms-visibility": "internal"}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("x-ms-visibility") {
			if s.Place == connector.InParameter || owner(s.Node) == nil || !isInternalNode(s.Node) {
				continue
			}
			if s.Node.Get("default").Exists() && !isRequired(s.Node) && isInput(p, s) {
				p.Report(s.Node, fmt.Sprintf("The property %s is internal and has a default, but is not required.", quote(s.Node.Key())))
			}
		}
	},
}

var invalidStringBinaryProperty = &Rule{
	Name: "InvalidStringBinaryProperty", Section: SectionProperties, Severity: finding.Warning,
	Source:  propertiesSource,
	Summary: "Binary data is a whole body, a form field or a whole response, never a property inside of one.",
	Why:     "JSON cannot hold bytes. Inside a body the platform sends something that the API cannot read.",
	Fix:     `Write "format": "byte" for Base64 inside JSON, or make the file the whole body.`,
	Wrong:   `{"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}`,
	Right:   `{"type": "object", "properties": {"file": {"type": "string", "format": "byte"}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("format") {
			format := s.Node.Get("format")
			if format.String() != "binary" || s.Node.Get("type").String() != "string" {
				continue
			}
			message := fmt.Sprintf("The binary value of %s stands inside of another value.", named(s))
			switch {
			case s.Place == connector.InParameter && s.Depth == 0:
				if in := s.Node.Get("in").String(); in != "formData" {
					p.Report(s.Node, fmt.Sprintf("The parameter %s is binary, but is sent in %s.", quote(s.Name), quote(in)))
				}
			case s.Depth == 0:
			case s.Place == connector.InBody:
				p.Report(s.Node, message, As(finding.Error), policy("5000.2.6.2"))
			default:
				p.Report(s.Node, message)
			}
		}
	},
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

var missingEnumValuesDisplayName = &Rule{
	Name: "MissingEnumValuesDisplayName", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every entry of x-ms-enum-values has a display name.",
	Why:     "The extension exists to give values a name in the dropdown; without one the entry is empty.",
	Fix:     `Add "displayName", or remove the entry.`,
	Wrong:   `"x-ms-enum-values": [{"value": "1"}]`,
	Right:   `"x-ms-enum-values": [{"value": "1", "displayName": "Urgent"}]`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("x-ms-enum-values") {
			for entry := range s.Node.Get("x-ms-enum-values").Items {
				if entry.IsObject() && entry.Get("displayName") == nil {
					p.Report(entry, fmt.Sprintf("The value %s of %s has no display name.", quote(entry.Get("value").Text()), named(s)))
				}
			}
		}
	},
}

var invalidCustomEditorExtensionDictionaryValue = &Rule{
	Name: "InvalidCustomEditorExtensionDictionaryValue", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "The dictionary editor belongs to an object that allows additional properties.",
	Why:     "The editor lets makers add names and values of their own, which nothing else can hold.",
	Fix:     `Write "type": "object" and "additionalProperties", or remove "x-ms-editor".`,
	Wrong:   `{"type": "string", "x-ms-editor": "dictionary"}`,
	Right:   `{"type": "object", "additionalProperties": {"type": "string"}, "x-ms-editor": "dictionary"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("x-ms-editor") {
			editor := s.Node.Get("x-ms-editor")
			if editor.String() != "dictionary" {
				continue
			}
			more := s.Node.Get("additionalProperties")
			if s.Node.Get("type").String() != "object" || !more.IsObject() && !more.Bool() {
				p.Report(editor, capital(named(s))+" has the dictionary editor, but is no object with additional properties.")
			}
		}
	},
}

// filterFunctions are the operators and functions that x-ms-capabilities may list for a column.
func filterFunctions() []string {
	return []string{
		"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "contains", "startswith", "endswith", "substringof", "length", "indexof", "replace",
		"substring", "tolower", "toupper", "trim", "concat", "year", "month", "day", "hour", "minute", "second", "date", "time", "now",
		"totaloffsetminutes", "totalseconds", "round", "floor", "ceiling", "min", "max", "sum", "average", "countdistinct", "count",
		"add", "sub", "mul", "div", "mod", "negate", "null", "top", "astype", "arraylookup", "cdsin",
	}
}

// eachFilterFunctions visits the filterFunctions of every schema that lists some.
func eachFilterFunctions(p *Pass, visit func(connector.Schema, *connector.Node)) {
	for _, s := range p.TypedWith("x-ms-capabilities") {
		if functions := s.Node.At("x-ms-capabilities", "filterFunctions"); functions.IsArray() {
			visit(s, functions)
		}
	}
}

var filterFunctionsPropertyEmpty = &Rule{
	Name: "FilterFunctionsPropertyEmpty", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A list of filterFunctions names at least one.",
	Why:     "It says by what a maker can filter the column; an empty list contradicts itself.",
	Fix:     `List the functions, or remove "filterFunctions".`,
	Wrong:   `"x-ms-capabilities": {"filterFunctions": []}`,
	Right:   `"x-ms-capabilities": {"filterFunctions": ["eq", "ne"]}`,
	Check: func(p *Pass) {
		eachFilterFunctions(p, func(s connector.Schema, functions *connector.Node) {
			if functions.Len() == 0 {
				p.Report(functions, fmt.Sprintf("The filterFunctions of %s are empty.", named(s)))
			}
		})
	},
}

var filterFunctionsPropertyHasDuplicates = &Rule{
	Name: "FilterFunctionsPropertyHasDuplicates", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "A list of filterFunctions names each function once.",
	Why:     "A repeated name is a slip, and mostly another function was meant.",
	Fix:     "Remove the second one, or name the function that was meant.",
	Wrong:   `"x-ms-capabilities": {"filterFunctions": ["eq", "eq"]}`,
	Right:   `"x-ms-capabilities": {"filterFunctions": ["eq", "ne"]}`,
	Check: func(p *Pass) {
		eachFilterFunctions(p, func(s connector.Schema, functions *connector.Node) {
			seen := map[string]bool{}
			for item := range functions.Items {
				if item.IsString() && seen[item.String()] {
					p.Report(item, fmt.Sprintf("The filterFunctions of %s name %s twice.", named(s), quote(item.String())))
				}
				seen[item.String()] = true
			}
		})
	},
}

var filterFunctionsPropertyInInputSchema = &Rule{
	Name: "FilterFunctionsPropertyInInputSchema", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Only schemas of responses list filterFunctions.",
	Why:     "They say by what the rows of an answer can be filtered; a request has no rows.",
	Fix:     "Move them to the schema of the response.",
	Wrong:   `a body with {"properties": {"state": {"type": "string", "x-ms-capabilities": {"filterFunctions": ["eq"]}}}}`,
	Right:   `a response with {"properties": {"state": {"type": "string", "x-ms-capabilities": {"filterFunctions": ["eq"]}}}}`,
	Check: func(p *Pass) {
		eachFilterFunctions(p, func(s connector.Schema, functions *connector.Node) {
			input := s.Place == connector.InBody || s.Place == connector.InParameter
			if reach := p.Definition.Reach(s.Definition); s.Place == connector.InDefinition && reach != nil {
				input = reach.Input && !reach.Output
			}
			if input {
				p.Report(functions, fmt.Sprintf("The filterFunctions of %s stand in a request.", named(s)))
			}
		})
	},
}

var filterFunctionsPropertyInvalidValue = &Rule{
	Name: "FilterFunctionsPropertyInvalidValue", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; the names are those that Power Fx delegates to connectors",
	Summary: "A list of filterFunctions names functions that the platform knows.",
	Why:     "The platform hands a filter to the API only for functions that it knows.",
	Fix:     "Use the OData names, in lower case: " + strings.Join(filterFunctions(), ", ") + ".",
	Wrong:   `"x-ms-capabilities": {"filterFunctions": ["equals"]}`,
	Right:   `"x-ms-capabilities": {"filterFunctions": ["eq"]}`,
	Check: func(p *Pass) {
		eachFilterFunctions(p, func(s connector.Schema, functions *connector.Node) {
			for item := range functions.Items {
				if item.IsString() && !slices.Contains(filterFunctions(), item.String()) {
					p.Report(item, fmt.Sprintf("The filterFunctions of %s name %s, which the platform does not know.", named(s), quote(item.String())))
				}
			}
		})
	},
}
