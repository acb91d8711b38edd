package rules

import (
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

func isNumeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}
