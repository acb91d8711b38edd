package changes

import (
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// inside compares what two schemas say, then what lies below them. When the
// type has changed there is nothing below to compare.
func (c *comparer) inside(o, n *view, input bool, here *place) result {
	r := result{low: independent}
	if c.typeOf(o, n, input, here) {
		return r
	}
	c.format(o, n, input, here)
	c.enum(o, n, input, here)
	c.visibility(o, n, input, here)
	c.dynamic(o, n, here)
	if input {
		c.defaults(o, n, here)
		c.constraints(o, n, here)
	}
	r.add(c.fields(o, n, input, here))
	switch oldItems, newItems := o.items(), n.items(); {
	case oldItems != nil && newItems != nil:
		r.add(c.schema(oldItems, newItems, input, here.to("items")))
	case oldItems != nil && o.get("items") != nil && n.get("items") == nil:
		c.lost(input, here.to("items"), o, "The description of the items")
	}
	if oldExtra, newExtra := o.extra(), n.extra(); oldExtra != nil && newExtra != nil {
		r.add(c.schema(oldExtra, newExtra, input, here.to("additionalProperties")))
	}
	return r
}

// fields compares the properties of two schemas.
func (c *comparer) fields(o, n *view, input bool, here *place) result {
	r := result{low: independent}
	for field := range o.properties {
		name := field.Key()
		there := here.to(name)
		other := n.property(name)
		if other == nil {
			c.deletedField(name, c.old.view(field), n, input, there)
			continue
		}
		if input {
			c.required(o.requires(name), n.requires(name), inputFieldMadeRequired, there, name)
		}
		r.add(c.schema(field, other, input, there))
	}
	for field := range n.properties {
		name := field.Key()
		switch {
		case o.property(name) != nil:
		case !input:
			c.report(outputFieldAdded, here.to(name), "The output field %s is new.", show(name))
		case n.requires(name):
			c.report(requiredInputFieldAdded, here.to(name), "The required input field %s is new; flows that exist do not send it.", show(name))
		default:
			c.report(inputFieldAdded, here.to(name), "The optional input field %s is new.", show(name))
		}
	}
	return r
}

func (c *comparer) deletedField(name string, old, updated *view, input bool, there *place) {
	partner := ""
	for field := range updated.properties {
		if strings.EqualFold(field.Key(), name) {
			partner = "; " + show(field.Key()) + " is another field, for names are compared with their case"
		}
	}
	c.lost(input, there, old, "The "+direction(input)+" field "+show(name)+partner)
}

// lost reports that a field, or a schema as a whole, is gone. What makers
// never saw breaks less: a warning.
func (c *comparer) lost(input bool, there *place, old *view, what string) {
	k, effect := outputFieldDeleted, "flows that use it find nothing there"
	if input {
		k, effect = inputFieldDeleted, "flows that fill it fail or have no effect there any more"
	}
	severity := k.severity
	if old.internal() {
		severity = finding.Warning
	}
	subject, note, _ := strings.Cut(what, "; ")
	if note != "" {
		note = " (" + note + ")"
	}
	c.reportAs(severity, k, there, "%s is gone%s; %s.", subject, note, effect)
}

// required compares whether a parameter or field must be given.
func (c *comparer) required(old, updated bool, made *kind, there *place, name string) {
	switch {
	case !old && updated:
		c.report(made, there, "%s was optional and is required now; flows that leave it out fail.", show(name))
	case old && !updated:
		c.report(inputMadeOptional, there, "%s was required and is optional now.", show(name))
	}
}

// typeOf compares the types. It reports true when what lies below is not to be compared.
func (c *comparer) typeOf(o, n *view, input bool, here *place) bool {
	old, updated := o.declared(), n.declared()
	oldShape, newShape := o.shape(), n.shape()
	if old == updated && oldShape == newShape {
		return false
	}
	k := outputFieldTypeChanged
	severity := k.severity
	if input {
		k = inputFieldTypeChanged
		severity = inputTypeSeverity(oldShape, newShape)
	}
	if oldShape == newShape {
		// properties or items tell the type as well, so flows see no difference;
		// the change validator compares what is written.
		if !input && updated == "" {
			c.reportAs(finding.Warning, k, here.to("type"), "The type %s is not declared any more; only the structure still tells it.", show(old))
		}
		return false
	}
	if oldShape == "" {
		severity = finding.Warning
	}
	c.reportAs(severity, k, here.to("type"), "The type of the %s was %s and is %s now.", direction(input)+" field", orNone(oldShape), orNone(newShape))
	return true
}

// inputTypeSeverity weighs a new type of an input: what accepts more breaks nothing.
func inputTypeSeverity(old, updated string) finding.Severity {
	if updated == "" || old == "integer" && updated == "number" {
		return finding.Info
	}
	return inputFieldTypeChanged.severity
}

func direction(input bool) string {
	if input {
		return "input"
	}
	return "output"
}

// visibility reports fields that makers do not see any more, or see again.
func (c *comparer) visibility(o, n *view, input bool, here *place) {
	c.hidden(o.internal(), n.internal(), input, here)
}

func (c *comparer) hidden(old, updated, input bool, here *place) {
	there := here.to("x-ms-visibility")
	switch {
	case old == updated:
	case old:
		c.report(fieldShown, there, "The %s is visible to makers now.", direction(input))
	case input:
		c.report(inputFieldVisibilityChangedToInternal, there, "The input is internal now: makers cannot change it, and a default may replace what flows have set.")
	default:
		c.report(outputFieldVisibilityChangedToInternal, there, "The output is internal now: makers cannot pick it any more, flows that use it go on.")
	}
}

// dynamic compares where dynamic schemas and lists of values come from.
func (c *comparer) dynamic(o, n *view, here *place) {
	schemaKeys := []string{"x-ms-dynamic-schema", "x-ms-dynamic-properties"}
	old, updated := firstMember(o, schemaKeys), firstMember(n, schemaKeys)
	switch {
	case old == nil:
	case updated == nil:
		c.report(dynamicSchemaRemoved, here.to(old.Key()), "The fields are not looked up at run time any more; flows that use them lose them.")
	default:
		for _, key := range schemaKeys {
			before, after := o.get(key).Get("operationId").String(), n.get(key).Get("operationId").String()
			if o.get(key) != nil && n.get(key) != nil && !c.sameOperation(before, after) {
				c.report(dynamicSchemaChanged, here.to(key), "The fields come from %s now instead of %s and may have other names.", orNone(after), orNone(before))
				break
			}
		}
	}
	listKeys := []string{"x-ms-dynamic-values", "x-ms-dynamic-list", "x-ms-dynamic-tree"}
	if old := firstMember(o, listKeys); old != nil && firstMember(n, listKeys) == nil {
		c.report(dynamicValuesRemoved, here.to(old.Key()), "The list of values to pick from is gone; values that flows have set stay.")
	}
}

// sameOperation reports whether two ids name the same operation, renamed or not.
func (c *comparer) sameOperation(old, updated string) bool {
	if old == updated {
		return true
	}
	o, n := c.old.Operation(old), c.updated.Operation(updated)
	return o != nil && n != nil && o.Method == n.Method && o.Path == n.Path
}

func firstMember(v *view, names []string) *connector.Node {
	for _, name := range names {
		if n := v.get(name); n != nil {
			return n
		}
	}
	return nil
}
