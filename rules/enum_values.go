package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func enumValueRules() []*Rule {
	return []*Rule{arrayDuplicateValue, invalidEnumValue, duplicateEnumValuesInExtension, invalidEnumValuesExtensionValue, unrecognizedTypeFormat}
}

var arrayDuplicateValue = &Rule{
	Name: "ArrayDuplicateValue", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource,
	Summary: "Lists of names hold every value once: tags, consumes, produces, schemes, security, required and enum.",
	Why:     "These lists are sets. A repeated enum value shows twice in the designer's list.",
	Fix:     "Remove the repeated value.",
	Wrong:   `{"enum": ["open", "closed", "open"]}`,
	Right:   `{"enum": ["open", "closed"]}`,
	Check: func(p *Pass) {
		for _, name := range []string{"consumes", "produces", "schemes", "security"} {
			reportRepeats(p, p.Definition.Root.Get(name))
		}
		for _, op := range p.Definition.Operations {
			for _, name := range []string{"tags", "consumes", "produces", "schemes", "security"} {
				reportRepeats(p, op.Node.Get(name))
			}
		}
		for _, name := range []string{"required", "enum"} {
			for _, s := range p.TypedWith(name) {
				reportRepeats(p, s.Node.Get(name))
			}
		}
	},
}

func reportRepeats(p *Pass, list *connector.Node) {
	seen := map[string]bool{}
	for item := range list.Items {
		key := valueKey(item)
		if seen[key] {
			p.Report(item, fmt.Sprintf("The value %s stands more than once in %s.", shown(item), list.Key()))
		}
		seen[key] = true
	}
}

// valueKey is equal for what is the same JSON value: 1 and 1.0, but not 1 and
// "1"; the order of members does not count.
func valueKey(n *connector.Node) string {
	switch n.Kind() {
	case connector.Object:
		var members []string
		for member := range n.Members {
			members = append(members, strconv.Quote(member.Key())+":"+valueKey(member))
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}"
	case connector.Array:
		var items []string
		for item := range n.Items {
			items = append(items, valueKey(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	case connector.String:
		return strconv.Quote(n.Text())
	default:
		// Integers are compared as written: the large ones have no exact float.
		if f, ok := n.Float(); ok && strings.ContainsAny(n.Text(), ".eE") {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return n.Text()
	}
}

// shown writes a value for a message: strings in quotes, numbers as they are.
func shown(n *connector.Node) string {
	switch n.Kind() {
	case connector.String:
		return quote(n.Text())
	case connector.Object, connector.Array:
		return "(" + strings.ToLower(n.Kind().String()) + ")"
	default:
		return n.Text()
	}
}

var invalidEnumValue = &Rule{
	Name: "InvalidEnumValue", Section: SectionOperations, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  operationsSource + `; "true" and "false" in a boolean's enum are published, so a warning`,
	Summary: "The values of an enum have the type of the schema.",
	Why:     "No value can satisfy both: the maker's choice is refused, or arrives as another type.",
	Fix:     "Write the values in the declared type, numbers without quotes, or correct the type.",
	Wrong:   `{"type": "integer", "enum": ["1", "2"]}`,
	Right:   `{"type": "integer", "enum": [1, 2]}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("enum") {
			enum, declared := s.Node.Get("enum"), s.Node.Get("type").String()
			var wrong []*connector.Node
			severity, values := finding.Warning, 0
			for value := range enum.Items {
				if value.Kind() == connector.Null {
					continue
				}
				values++
				if fitsType(value, declared) {
					continue
				}
				wrong = append(wrong, value)
				if !isBooleanText(value, declared) {
					severity = finding.Error
				}
			}
			if len(wrong) > 1 && len(wrong) == values { // the type is at fault, not each value
				p.Report(enum, fmt.Sprintf("The enum values are of type %s, but the schema is of type %s.", jsonType(wrong[0]), quote(declared)), As(severity))
				continue
			}
			for _, value := range wrong {
				p.Report(value, fmt.Sprintf("The enum value %s is of type %s, but the schema is of type %s.", shown(value), jsonType(value), quote(declared)), As(severity))
			}
		}
	},
}

// isBooleanText reports whether a boolean is written as the string that names it.
func isBooleanText(value *connector.Node, declared string) bool {
	return declared == "boolean" && (strings.EqualFold(value.String(), "true") || strings.EqualFold(value.String(), "false"))
}

// fitsType reports whether a value is of a Swagger type. Types that are unknown, open or missing fit all.
func fitsType(value *connector.Node, declared string) bool {
	switch declared {
	case "string":
		return value.IsString()
	case "boolean":
		return value.Kind() == connector.Bool
	case "integer":
		return value.IsInteger()
	case "number":
		return value.Kind() == connector.Number
	case "array":
		return value.IsArray()
	case "object":
		return value.IsObject()
	}
	return true
}

var duplicateEnumValuesInExtension = &Rule{
	Name: "DuplicateEnumValuesInExtension", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "x-ms-enum-values gives every value one display name.",
	Why:     "The designer shows the value twice, and the maker cannot tell the difference.",
	Fix:     "Keep one entry for the value.",
	Wrong:   `{"x-ms-enum-values": [{"value": "open", "displayName": "Open"}, {"value": "open", "displayName": "Active"}]}`,
	Right:   `{"x-ms-enum-values": [{"value": "open", "displayName": "Open"}]}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("x-ms-enum-values") {
			seen := map[string]bool{}
			for entry := range s.Node.Get("x-ms-enum-values").Items {
				value := entry.Get("value")
				key := valueKey(value)
				if value != nil && seen[key] {
					p.Report(value, fmt.Sprintf("The value %s has more than one display name.", shown(value)))
				}
				seen[key] = true
			}
		}
	},
}

var invalidEnumValuesExtensionValue = &Rule{
	Name: "InvalidEnumValuesExtensionValue", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "x-ms-enum-values names values of the enum only.",
	Why:     "The designer offers a value that the schema does not allow.",
	Fix:     "Add the value to enum, or correct it in x-ms-enum-values.",
	Wrong:   `{"enum": ["open"], "x-ms-enum-values": [{"value": "closed", "displayName": "Closed"}]}`,
	Right:   `{"enum": ["open", "closed"], "x-ms-enum-values": [{"value": "closed", "displayName": "Closed"}]}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("x-ms-enum-values") {
			enum := s.Node.Get("enum")
			if !enum.IsArray() {
				continue
			}
			allowed := map[string]bool{}
			for value := range enum.Items {
				allowed[valueKey(value)] = true
			}
			for entry := range s.Node.Get("x-ms-enum-values").Items {
				if value := entry.Get("value"); value != nil && !allowed[valueKey(value)] {
					p.Report(value, fmt.Sprintf("The value %s is not one of the enum.", shown(value)), meant(value.String(), enum.Strings()))
				}
			}
		}
	},
}

// formats are the formats that the platform knows, by type.
func formats() map[string][]string {
	return map[string][]string{
		"integer": {"int32", "int64"},
		"number":  {"float", "double"},
		"string":  {"byte", "binary", "date", "date-time", "password", "date-no-tz", "email", "html", "uri", "uuid"},
	}
}

var unrecognizedTypeFormat = &Rule{
	Name: "UnrecognizedTypeFormat", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "The format belongs to the type: int32 and int64, float and double, or one of the string formats.",
	Why:     "The designer ignores a format that it does not know, so makers get a plain field.",
	Fix:     "Use a known format of the type, or remove the format.",
	Wrong:   `{"type": "string", "format": "datetime"}`,
	Right:   `{"type": "string", "format": "date-time"}`,
	Check: func(p *Pass) {
		known := formats()
		for _, s := range p.TypedWith("format") {
			format, declared := s.Node.Get("format"), s.Node.Get("type").String()
			if format.String() == "" || declared == "" || isKnownFormat(known[declared], format.String()) {
				continue
			}
			p.Report(format, fmt.Sprintf("The type/format %s is not recognized.", quote(declared+"/"+format.String())), meant(format.String(), known[declared]))
		}
	},
}

func isKnownFormat(known []string, format string) bool {
	for _, one := range known {
		if strings.EqualFold(one, format) {
			return true
		}
	}
	return false
}
