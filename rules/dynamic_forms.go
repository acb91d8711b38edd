package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func dynamicFormRules() []*Rule {
	return []*Rule{
		dynamicListExtensionRequiredForAmbiguousReferences, dynamicListExtensionRequiredForNonParameterReferences,
		dynamicPropertiesExtensionRequiredForAmbiguousReferences, dynamicPropertiesExtensionRequiredForNonParameterReferences,
		dynamicPropertiesExtensionRequiredForPropertiesValuePath, dynamicPropertiesItemValuePathMismatch,
		dynamicTreeExtensionMissing, dynamicExtensionDefinitionNotAllowedInParameter, selectedItemValuePathNotAllowedInThisPosition,
	}
}

// reportOldForm reports the calls of a kind without the newer extension beside
// them that have references for which wrong holds.
func reportOldForm(p *Pass, kind string, wrong func(input) bool, what, newer string) {
	for call := range calling(p, kind) {
		if call.companion() != nil {
			continue
		}
		var references []string
		for _, a := range call.arguments {
			if a.reference == nil {
				continue
			}
			for _, source := range call.sources {
				if wrong(findInput(p, source, a.reference.Text())) {
					references = append(references, a.reference.Text())
					break
				}
			}
		}
		if len(references) > 0 {
			p.Report(call.node, fmt.Sprintf("The reference %s of %s %s. It needs %s beside it.", listed(references), kind, what, newer))
		}
	}
}

// isAmbiguous reports whether a name is both a parameter and a path to a body property.
func isAmbiguous(in input) bool { return in.param != nil && in.byPath }

// isPropertyOnly reports whether a name means a body property and no parameter.
func isPropertyOnly(in input) bool { return in.param == nil && in.property != nil }

const (
	ambiguousReference = "names both a parameter and a body property"
	propertyReference  = "names a property within a parameter"
)

var dynamicListExtensionRequiredForAmbiguousReferences = &Rule{
	Name: "DynamicListExtensionRequiredForAmbiguousReferences", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "x-ms-dynamic-values with an ambiguous reference has x-ms-dynamic-list beside it.",
	Why:     "The older extension cannot say whether a name means a parameter or a body property; the newer one can.",
	Fix:     "Add x-ms-dynamic-list with parameterReference: name for the parameter, body/name for the property.",
	Wrong:   `{"x-ms-dynamic-values": {"operationId": "ListCards", "parameters": {"boardId": {"parameter": "id"}}}} where id is a parameter and a body property`,
	Right:   `the same beside {"x-ms-dynamic-list": {"operationId": "ListCards", "parameters": {"boardId": {"parameterReference": "body/id"}}}}`,
	Check: func(p *Pass) {
		reportOldForm(p, dynamicValues, isAmbiguous, ambiguousReference, dynamicList)
	},
}

var dynamicListExtensionRequiredForNonParameterReferences = &Rule{
	Name: "DynamicListExtensionRequiredForNonParameterReferences", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "x-ms-dynamic-values that refers to a body property has x-ms-dynamic-list beside it.",
	Why:     "The older extension refers to parameters by name; body properties are addressed by path in the newer one.",
	Fix:     "Add x-ms-dynamic-list with parameterReference and the path of the property, such as body/boardId.",
	Wrong:   `{"x-ms-dynamic-values": {"operationId": "ListCards", "parameters": {"boardId": {"parameter": "boardId"}}}} where boardId is a body property`,
	Right:   `the same beside {"x-ms-dynamic-list": {"operationId": "ListCards", "parameters": {"boardId": {"parameterReference": "body/boardId"}}}}`,
	Check: func(p *Pass) {
		reportOldForm(p, dynamicValues, isPropertyOnly, propertyReference, dynamicList)
	},
}

var dynamicPropertiesExtensionRequiredForAmbiguousReferences = &Rule{
	Name: "DynamicPropertiesExtensionRequiredForAmbiguousReferences", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "x-ms-dynamic-schema with an ambiguous reference has x-ms-dynamic-properties beside it.",
	Why:     "The older extension cannot say whether a name means a parameter or a body property; the newer one can.",
	Fix:     "Add x-ms-dynamic-properties with parameterReference: name for the parameter, body/name for the property.",
	Wrong:   `{"x-ms-dynamic-schema": {"operationId": "GetCardSchema", "parameters": {"boardId": {"parameter": "id"}}}} where id is a parameter and a body property`,
	Right:   `the same beside {"x-ms-dynamic-properties": {"operationId": "GetCardSchema", "parameters": {"boardId": {"parameterReference": "id"}}}}`,
	Check: func(p *Pass) {
		reportOldForm(p, dynamicSchema, isAmbiguous, ambiguousReference, dynamicProperties)
	},
}

var dynamicPropertiesExtensionRequiredForNonParameterReferences = &Rule{
	Name: "DynamicPropertiesExtensionRequiredForNonParameterReferences", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "x-ms-dynamic-schema that refers to a body property has x-ms-dynamic-properties beside it.",
	Why:     "The older extension refers to parameters by name; body properties are addressed by path in the newer one.",
	Fix:     "Add x-ms-dynamic-properties with parameterReference and the path of the property, such as body/boardId.",
	Wrong:   `{"x-ms-dynamic-schema": {"operationId": "GetCardSchema", "parameters": {"boardId": {"parameter": "boardId"}}}} where boardId is a body property`,
	Right:   `the same beside {"x-ms-dynamic-properties": {"operationId": "GetCardSchema", "parameters": {"boardId": {"parameterReference": "body/boardId"}}}}`,
	Check: func(p *Pass) {
		reportOldForm(p, dynamicSchema, isPropertyOnly, propertyReference, dynamicProperties)
	},
}

// withoutProperties cuts the last name of a path when it is "properties".
func withoutProperties(path string) (string, bool) {
	if path == "properties" {
		return "", true
	}
	return strings.CutSuffix(path, "/properties")
}

var dynamicPropertiesExtensionRequiredForPropertiesValuePath = &Rule{
	Name: "DynamicPropertiesExtensionRequiredForPropertiesValuePath", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: `x-ms-dynamic-schema whose value-path ends with "properties" has x-ms-dynamic-properties beside it.`,
	Why:     "The path leads to the properties of a schema. The newer extension leads to the schema itself, with its required list and titles.",
	Fix:     `Add x-ms-dynamic-properties with the same path without "properties" as itemValuePath.`,
	Wrong:   `{"x-ms-dynamic-schema": {"operationId": "GetCardSchema", "value-path": "schema/properties"}}`,
	Right:   `the same beside {"x-ms-dynamic-properties": {"operationId": "GetCardSchema", "itemValuePath": "schema"}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith(dynamicSchema) {
			path := s.Node.At(dynamicSchema, "value-path")
			if rest, ends := withoutProperties(path.String()); ends && s.Node.Get(dynamicProperties) == nil {
				p.Report(path, fmt.Sprintf("The value-path %s points to the properties of a schema, but there is no %s.", quote(path.Text()), dynamicProperties),
					Hint("Add %s with \"itemValuePath\": %s.", dynamicProperties, quote(rest)))
			}
		}
	},
}

var dynamicPropertiesItemValuePathMismatch = &Rule{
	Name: "DynamicPropertiesItemValuePathMismatch", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: `The itemValuePath of x-ms-dynamic-properties is the value-path of x-ms-dynamic-schema without a last "properties".`,
	Why:     "The two extensions describe one schema to older and newer designers: with different paths they show different fields.",
	Fix:     "Make the two paths agree.",
	Wrong:   `{"x-ms-dynamic-schema": {"value-path": "schema/properties"}, "x-ms-dynamic-properties": {"itemValuePath": "card"}}`,
	Right:   `{"x-ms-dynamic-schema": {"value-path": "schema/properties"}, "x-ms-dynamic-properties": {"itemValuePath": "schema"}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith(dynamicProperties) {
			path := s.Node.At(dynamicSchema, "value-path")
			newer := s.Node.Get(dynamicProperties)
			item := newer.Get("itemValuePath")
			want, ends := withoutProperties(path.String())
			if !path.IsString() || !newer.IsObject() || item.String() == want || item != nil && !item.IsString() || !ends && item == nil {
				continue
			}
			at := item
			if at == nil {
				at = newer
			}
			p.Report(at, fmt.Sprintf("The itemValuePath is %s, but the value-path %s calls for %s.", quote(item.String()), quote(path.Text()), quote(want)))
		}
	},
}

var dynamicTreeExtensionMissing = &Rule{
	Name: "DynamicTreeExtensionMissing", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "A field with the file-picker capability has x-ms-dynamic-tree beside it.",
	Why:     "The newer designer opens its picker from x-ms-dynamic-tree only; without it the maker types ids by hand.",
	Fix:     "Add x-ms-dynamic-tree with the operations that open and browse the tree.",
	Wrong:   `{"x-ms-dynamic-values": {"capability": "file-picker"}}`,
	Right:   `{"x-ms-dynamic-values": {"capability": "file-picker"}, "x-ms-dynamic-tree": {"open": {"operationId": "ListRootFolder"}, "browse": {"operationId": "ListFolder"}}}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith(dynamicValues) {
			if capability := s.Node.At(dynamicValues, "capability"); capability.String() == filePicker && s.Node.Get(dynamicTree) == nil {
				p.Report(s.Node, fmt.Sprintf("The field uses the %s capability, but has no %s.", filePicker, dynamicTree))
			}
		}
	},
}

var dynamicExtensionDefinitionNotAllowedInParameter = &Rule{
	Name: "DynamicExtensionDefinitionNotAllowedInParameter", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "Dynamic extensions of a body stand in its schema, not on the body parameter.",
	Why:     "The designer reads the schema of a body only and ignores the extension.",
	Fix:     "Move the extension into the schema of the parameter.",
	Wrong:   `{"name": "body", "in": "body", "schema": {"type": "object"}, "x-ms-dynamic-schema": {"operationId": "GetCardSchema"}}`,
	Right:   `{"name": "body", "in": "body", "schema": {"type": "object", "x-ms-dynamic-schema": {"operationId": "GetCardSchema"}}}`,
	Check: func(p *Pass) {
		for _, param := range listedParameters(p) {
			if param.In != "body" {
				continue
			}
			for _, kind := range []string{dynamicValues, dynamicList, dynamicSchema, dynamicProperties, dynamicTree} {
				if extension := param.Node.Get(kind); extension != nil {
					p.Report(extension, fmt.Sprintf("The body parameter %s has %s, which belongs in its schema.", quote(param.Name), kind))
				}
			}
		}
	},
}

var selectedItemValuePathNotAllowedInThisPosition = &Rule{
	Name: "SelectedItemValuePathNotAllowedInThisPosition", Section: SectionOperations, Severity: finding.Error,
	Source:  dynamicSource,
	Summary: "selectedItemValuePath stands in the browse operation of x-ms-dynamic-tree only.",
	Why:     "It passes on the folder that the maker opened; nowhere else is a folder open.",
	Fix:     "Use parameterReference or value here.",
	Wrong:   `{"x-ms-dynamic-tree": {"open": {"parameters": {"folderId": {"selectedItemValuePath": "id"}}}}}`,
	Right:   `{"x-ms-dynamic-tree": {"browse": {"parameters": {"folderId": {"selectedItemValuePath": "id"}}}}}`,
	Check: func(p *Pass) {
		report := func(extension, allowed *connector.Node) {
			extension.Walk(func(n *connector.Node) bool {
				if n == allowed {
					return false
				}
				if n.Key() == "selectedItemValuePath" {
					p.Report(n, "The selectedItemValuePath is allowed in the browse operation of x-ms-dynamic-tree only.")
				}
				return true
			})
		}
		for _, kind := range []string{dynamicValues, dynamicList, dynamicSchema, dynamicProperties, dynamicTree} {
			for _, s := range p.TypedWith(kind) {
				extension := s.Node.Get(kind)
				var allowed *connector.Node
				if kind == dynamicTree {
					allowed = extension.Get("browse")
				}
				report(extension, allowed)
			}
		}
		report(p.Definition.Root.Get("x-ms-capabilities"), nil)
	},
}
