package rules

import (
	"math"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// jsonType names the type of a value as the official validator does: numbers are Integer or Float.
func jsonType(n *connector.Node) string {
	if n.Kind() != connector.Number {
		return n.Kind().String()
	}
	if strings.ContainsAny(n.Text(), ".eE") {
		return "Float"
	}
	return "Integer"
}

// isWhole reports whether n is a number without a fraction, of any size.
func isWhole(n *connector.Node) bool {
	value, ok := n.Float()
	return ok && value == math.Trunc(value)
}

func isNumeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}
