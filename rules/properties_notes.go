package rules

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// note is what a schema says about the violation of one of its keywords.
type note struct {
	rule     string
	severity finding.Severity
	says     string
	// keyword is the one that is violated, value what it holds.
	keyword string
	value   any
	// known are the members that the object around the place may have.
	known []string
}

// note follows a keyword's location through a schema and gathers the
// annotations on the way: the innermost hold.
func (s *propertiesSchema) note(document, pointer string) note {
	at := s.source[document]
	out := note{}
	var levels []map[string]any
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if plain, err := url.PathUnescape(token); err == nil {
			token = plain
		}
		token = connector.UnescapeToken(token)
		switch level := at.(type) {
		case map[string]any:
			out.annotate(level)
			levels = append(levels, level)
			at = level[token]
		case []any:
			if i, err := strconv.Atoi(token); err == nil && i < len(level) {
				at = level[i]
			}
		}
		out.keyword = token
	}
	out.value = at
	if len(levels) > 1 {
		members, _ := levels[len(levels)-2]["properties"].(map[string]any)
		out.known = slices.Sorted(maps.Keys(members))
	}
	return out
}

func (n *note) annotate(level map[string]any) {
	if rule, ok := level["rule"].(string); ok {
		n.rule, n.severity = rule, finding.Off
	}
	if severity, ok := level["severity"].(string); ok {
		if parsed, err := finding.ParseSeverity(severity); err == nil {
			n.severity = parsed
		}
	}
	n.says, _ = level["says"].(string)
}

// names returns the strings of the keyword's list.
func (n *note) names() []string {
	list, _ := n.value.([]any)
	var out []string
	for _, item := range list {
		if name, ok := item.(string); ok {
			out = append(out, name)
		}
	}
	return out
}

// explain says what is wrong with the value at a place.
func (n *note) explain(at *connector.Node) (message string, hint Option) {
	subject := capital(subjectOf(at))
	switch n.keyword {
	case "type":
		if at.Parent().Key() == "customParameters" {
			hint = Hint(`Write {"value": …} with what stands there now.`)
		}
		return fmt.Sprintf("%s is %s; it must be %s.", subject, kindName(at), typeNames(n.value)), hint
	case "enum", "const":
		if n.says != "" {
			return fmt.Sprintf("%s is %s; %s.", subject, told(at), n.says), nil
		}
		known := n.names()
		if n.keyword == "const" {
			return fmt.Sprintf("%s is %s; it must be %s.", subject, told(at), quote(fmt.Sprint(n.value))), nil
		}
		return fmt.Sprintf("%s is %s; known are %s.", subject, told(at), orNames(known)), meant(at.Text(), known)
	case "pattern":
		return fmt.Sprintf("%s is %s; %s.", subject, told(at), n.says), nil
	case "minItems", "minProperties":
		return subject + " is empty.", nil
	case "not":
		return subject + " is not known there.", meant(at.Key(), n.known)
	}
	return subject + " is not valid.", nil
}

// typeNames reads the value of a schema's type.
func typeNames(value any) string {
	names := map[string]string{
		"object": "an object", "array": "an array", "string": "a string", "integer": "an integer", "number": "a number", "boolean": "true or false",
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []string
	for _, item := range list {
		if name, ok := names[fmt.Sprint(item)]; ok {
			out = append(out, name)
		}
	}
	return strings.Join(out, " or ")
}

func kindName(n *connector.Node) string {
	switch n.Kind() {
	case connector.Object:
		return "an object"
	case connector.Array:
		return "an array"
	case connector.String:
		return "a string"
	default:
		return n.Text()
	}
}

// told shows a scalar, and names the kind of everything else.
func told(n *connector.Node) string {
	if n.IsString() {
		if strings.TrimSpace(n.Text()) == "" {
			return "empty"
		}
		return quote(n.Text())
	}
	return kindName(n)
}

func orNames(names []string) string {
	const most = 8
	quoted := make([]string, 0, most)
	for i, name := range names {
		if i == most {
			quoted = append(quoted, fmt.Sprintf("%d more", len(names)-most))
			break
		}
		quoted = append(quoted, quote(name))
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " and " + quoted[len(quoted)-1]
}

// bare drops the prefix that all parameters of policies have.
func bare(name string) string {
	return strings.TrimPrefix(name, policyParameter)
}

// subjectOf names a value of apiProperties.json by its member and by the
// connection parameter, set or policy that it belongs to.
func subjectOf(n *connector.Node) string {
	if n.Parent() == nil {
		return "the file"
	}
	owner, ownerName := ownerOf(n)
	own := quote(bare(n.Key()))
	if n.Parent().IsArray() {
		own = fmt.Sprintf("item %d of %s", place(n), quote(bare(n.Parent().Key())))
	}
	switch owner {
	case nil:
		return own
	case n:
		return ownerName
	}
	return own + " of " + ownerName
}

// place counts the items of an array up to n.
func place(n *connector.Node) int {
	pointer := n.Pointer()
	i, _ := strconv.Atoi(pointer[strings.LastIndexByte(pointer, '/')+1:])
	return i + 1
}

// ownerOf finds the nearest connection parameter, parameter set or policy
// around a value, and how to call it.
func ownerOf(n *connector.Node) (owner *connector.Node, name string) {
	for ; n != nil; n = n.Parent() {
		parent := n.Parent()
		switch {
		case parent.Key() == "connectionParameters" && parent.IsObject(), parent.Key() == "parameters" && ownedBySet(parent):
			return n, "the connection parameter " + quote(n.Key())
		case parent.Key() == "policyTemplateInstances" && parent.IsArray():
			if policyName(n) == `""` {
				return n, fmt.Sprintf("item %d of %s", place(n), quote(parent.Key()))
			}
			return n, "the policy " + policyName(n)
		case parent.Key() == "values" && parent.Parent().Key() == "connectionParameterSets":
			return n, "the parameter set " + quote(n.Get("name").String())
		}
	}
	return nil, ""
}

func ownedBySet(parameters *connector.Node) bool {
	return parameters.Parent().Parent().Parent().Key() == "connectionParameterSets"
}

// policyName is the title of a policy, else its template.
func policyName(n *connector.Node) string {
	if title := n.Get("title").String(); strings.TrimSpace(title) != "" {
		return quote(title)
	}
	return quote(n.Get("templateId").String())
}
