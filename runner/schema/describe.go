package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/precert/precert/connector"
)

// valueWidth is the longest value shown in a message, in characters.
const valueWidth = 60

// describe says what was expected and what came, and whether most clients take it.
func describe(keyword string, place *connector.Node, value any, fallback string) (message string, lenient bool) {
	limit := place.Get(keyword).Text()
	got := Show(value)
	switch keyword {
	case "type":
		message = fmt.Sprintf("expected %s, got %s", typeNames(place), got)
		if value == nil {
			message += "; if null is meant, declare \"x-nullable\": true"
		}
		return message, false
	case "format":
		fault := FormatFault(place.Get("format").String(), value)
		if fault == nil {
			break
		}
		return fmt.Sprintf("expected %s (format %s), got %s", fault.Expected, place.Get("format").String(), got), fault.Lenient
	case "pattern":
		return fmt.Sprintf("expected text that matches the pattern %s, got %s", shorten(limit), got), false
	case "enum":
		return fmt.Sprintf("expected one of %s, got %s", enumText(place), got), false
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return fmt.Sprintf("expected a number %s, got %s", boundText(keyword, place), got), false
	case "multipleOf":
		return fmt.Sprintf("expected a multiple of %s, got %s", limit, got), false
	case "minLength":
		return fmt.Sprintf("expected at least %s characters, got %d: %s", limit, length(value), got), false
	case "maxLength":
		return fmt.Sprintf("expected at most %s characters, got %d: %s", limit, length(value), got), false
	case "minItems":
		return fmt.Sprintf("expected at least %s items, got %d", limit, length(value)), false
	case "maxItems":
		return fmt.Sprintf("expected at most %s items, got %d", limit, length(value)), false
	case "minProperties":
		return fmt.Sprintf("expected at least %s properties, got %d", limit, length(value)), false
	case "maxProperties":
		return fmt.Sprintf("expected at most %s properties, got %d", limit, length(value)), false
	case "uniqueItems":
		return "expected items that all differ, but " + strings.TrimPrefix(fallback, "items at index "), false
	}
	return fallback, false
}

func boundText(keyword string, place *connector.Node) string {
	words := map[string][2]string{"inimum": {"of at least", "greater than"}, "aximum": {"of at most", "less than"}}
	kind := keyword[len(keyword)-len("inimum"):]
	bound := "m" + kind
	exclusive := strings.HasPrefix(keyword, "exclusive")
	word := words[kind][0]
	if exclusive {
		word = words[kind][1]
	}
	return word + " " + place.Get(bound).Text()
}

func length(value any) int {
	switch v := value.(type) {
	case string:
		return utf8.RuneCountInString(v)
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return 0
}

func typeNames(place *connector.Node) string {
	names := place.Get("type").Strings()
	if text := place.Get("type").String(); text != "" {
		names = []string{text}
	}
	for i, name := range names {
		names[i] = article(name)
	}
	if nullable(place) && !slices.Contains(names, "null") {
		names = append(names, "null")
	}
	return strings.Join(names, " or ")
}

func article(name string) string {
	switch name {
	case "integer":
		return "a whole number"
	case "array", "object":
		return "an " + name
	case "null":
		return name
	}
	return "a " + name
}

func enumText(place *connector.Node) string {
	var shown []string
	values := EnumValues(place)
	for i, value := range values {
		if i == 8 {
			shown = append(shown, fmt.Sprintf("… (%d in all)", len(values)))
			break
		}
		text, err := json.Marshal(value)
		if err != nil {
			continue
		}
		shown = append(shown, shorten(string(text)))
	}
	return strings.Join(shown, ", ")
}

// Show names a JSON value in a message: its type and, shortened, its text.
func Show(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		text, _ := json.Marshal(shorten(v))
		return "the string " + strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
	case bool:
		return fmt.Sprintf("the boolean %t", v)
	case []any:
		return "an array of " + amount(len(v), "item", "items")
	case map[string]any:
		return "an object of " + amount(len(v), "property", "properties")
	}
	if text, ok := numberText(value); ok {
		return "the number " + shorten(text)
	}
	return "a value that is not JSON"
}

func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shorten cuts text to valueWidth characters.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= valueWidth {
		return text
	}
	runes := []rune(text)
	return string(runes[:valueWidth-1]) + "…"
}

func sortedKeys(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}
