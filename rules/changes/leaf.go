package changes

import (
	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// format compares the formats. A format that was not there before says more
// about the same values: it may break, nothing more.
func (c *comparer) format(o, n *view, input bool, here *place) {
	old, updated := o.text("format"), n.text("format")
	if old == updated {
		return
	}
	k := outputFieldFormatChanged
	severity := k.severity
	if input {
		k = inputFieldFormatChanged
		severity = k.severity
		switch {
		case encoded(old) || encoded(updated):
			severity = finding.Error
		case (old == "" || sized(old)) && (updated == "" || sized(updated)) && (old != "int64" || updated != "int32"):
			severity = finding.Info
		}
	} else if old == "" {
		severity = finding.Warning
		if sized(updated) {
			severity = finding.Info
		}
	}
	c.reportAs(severity, k, here.to("format"), "The format of the %s field was %s and is %s now.", direction(input), orNone(old), orNone(updated))
}

// encoded tells the formats that the platform converts on the way.
func encoded(format string) bool { return format == "byte" || format == "binary" }

// sized tells the formats that only say how large a number gets.
func sized(format string) bool {
	switch format {
	case "int32", "int64", "float", "double":
		return true
	}
	return false
}

// enum compares the lists of allowed values, in any order.
func (c *comparer) enum(o, n *view, input bool, here *place) {
	old, updated := o.enum(), n.enum()
	there := here.to("enum")
	switch {
	case len(old) == 0 && len(updated) == 0:
		return
	case len(updated) == 0 && input:
		c.report(inputEnumListRemoved, there, "The list of allowed values is gone; any value is accepted now.")
		return
	case len(updated) == 0:
		c.report(outputEnumListRemoved, there, "The list of possible values (%s) is gone from the output field.", list(old))
		return
	case len(old) == 0 && input:
		c.report(inputEnumListAdded, there, "Only %s are accepted now; flows may use other values.", list(updated))
		return
	case len(old) == 0:
		c.report(outputEnumListAdded, there, "The output field lists its possible values now.")
		return
	}
	removedKind, addedKind := outputEnumValueRemoved, outputEnumValueAdded
	removedText, addedText := "The output field does not name %s any more.", "The output field may hold %s now; flows that branch on the known values do not expect it."
	if input {
		removedKind, addedKind = inputEnumValueRemoved, inputEnumValueAdded
		removedText, addedText = "%s cannot be chosen any more; flows that have chosen it go on sending it.", "%s can be chosen as well."
	}
	if gone := without(old, updated); len(gone) > 0 {
		c.report(removedKind, there, removedText, list(gone))
	}
	if fresh := without(updated, old); len(fresh) > 0 {
		c.report(addedKind, there, addedText, list(fresh))
	}
}

// defaults compares default values. The platform sends those of internal
// inputs by itself, so that a new one changes what flows send.
func (c *comparer) defaults(o, n *view, here *place) {
	old, updated := o.get("default"), n.get("default")
	if old.Equal(updated) {
		return
	}
	severity := inputDefaultChanged.severity
	if n.internal() {
		severity = finding.Warning
	}
	c.reportAs(severity, inputDefaultChanged, here.to("default"), "The default was %s and is %s now.", scalar(old), scalar(updated))
}

func scalar(n *connector.Node) string {
	switch n.Kind() {
	case connector.Missing:
		return "none"
	case connector.Object, connector.Array:
		return "a JSON " + n.Kind().String()
	default:
		return show(n.Text())
	}
}

// bound is a limit on an input; sign says in which direction a new value refuses more.
type bound struct {
	name string
	sign float64
}

// constraints reports limits that refuse what was accepted before.
func (c *comparer) constraints(o, n *view, here *place) {
	for _, b := range []bound{{"maximum", -1}, {"minimum", 1}, {"maxLength", -1}, {"minLength", 1}, {"maxItems", -1}, {"minItems", 1}} {
		limit, ok := n.get(b.name).Float()
		before, had := o.get(b.name).Float()
		if ok && (!had || (limit-before)*b.sign > 0) {
			c.report(inputConstraintTightened, here.to(b.name), "%s was %s and is %s now.", b.name, orNone(o.text(b.name)), n.text(b.name))
		}
	}
	if pattern := n.text("pattern"); pattern != "" && pattern != o.text("pattern") {
		c.report(inputConstraintTightened, here.to("pattern"), "The pattern was %s and is %s now.", orNone(o.text("pattern")), show(pattern))
	}
}
