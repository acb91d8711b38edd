package values

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 16 << 10

// maxFields is how many fields of a schema are looked for in an answer.
const maxFields = 400

// envelope are the members in which APIs wrap their errors: their names say nothing about our input.
var envelope = []string{
	"message", "msg", "error", "errors", "code", "status", "statuscode", "title", "type", "detail", "details", "traceid", "requestid",
	"description", "error_description", "instance", "timestamp", "reason", "success", "help", "info", "id", "name", "field", "fields",
	"param", "parameter", "property", "path", "pointer", "source", "target", "loc", "datapath", "instancepath", "propertyname", "attribute",
	"in", "input", "data", "body", "location", "key", "value", "rule", "constraint", "severity", "summary", "text",
}

// byField are the members whose own members are named after fields of our input.
var byField = []string{"errors", "fields", "fielderrors", "modelstate", "validationerrors", "violations", "invalid", "invalidfields", "validation", "messages", "constraints"}

// noise are members whose values only look like words.
var noise = []string{"traceid", "requestid", "timestamp", "instance", "type", "help", "stack", "stacktrace", "documentation_url", "moreinfo"}

// sentences cuts an answer into statements, each about one thing as far as can be told.
func sentences(answer string) []string {
	answer = strings.ToValidUTF8(answer[:min(len(answer), maxAnswer)], "")
	var lines []string
	var tree any
	if err := json.NewDecoder(bytes.NewReader([]byte(answer))).Decode(&tree); err == nil {
		lines = statements(tree, "", nil)
	} else {
		lines = strings.Split(answer, "\n")
	}
	var out []string
	for _, line := range lines {
		line = abbreviation.ReplaceAllString(line, "$1$2 ")
		for _, sentence := range sentenceEnd.Split(line, -1) {
			if sentence = strings.TrimSpace(sentence); sentence != "" {
				out = append(out, sentence)
			}
		}
	}
	return out
}

// abbreviation ends with a stop that ends no sentence.
var abbreviation = regexp.MustCompile(`(?i)\b(e|i)(\.[ge])\. `)

var sentenceEnd = regexp.MustCompile(`[.;!]\s+|\n`)

// statements writes a JSON answer as lines; what stands in one object stays in one line.
func statements(value any, key string, out []string) []string {
	switch v := value.(type) {
	case string:
		return append(out, v)
	case []any:
		for _, item := range v {
			out = statements(item, "", out)
		}
	case map[string]any:
		var line []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			lower := strings.ToLower(name)
			if slices.Contains(noise, lower) && !slices.Contains(byField, strings.ToLower(key)) {
				continue
			}
			label := name + ": "
			if slices.Contains(envelope, lower) && !slices.Contains(byField, strings.ToLower(key)) {
				label = ""
			}
			text, flat := flatText(v[name])
			if flat && isAddress(text) && !slices.Contains(byField, strings.ToLower(key)) {
				continue // of a page about the error
			}
			if place, ok := placeIn(v[name]); ok {
				line = append([]string{place + ":"}, line...)
				continue
			}
			switch {
			case !flat:
				for _, below := range statements(v[name], name, nil) {
					out = append(out, label+below)
				}
			case slices.Contains(byField, strings.ToLower(key)):
				out = append(out, label+text)
			case label == "" && naming(lower):
				line = append([]string{text + ":"}, line...)
			default:
				line = append(line, label+text)
			}
		}
		if len(line) > 0 {
			out = append(out, strings.Join(line, " "))
		}
	}
	return out
}

// isAddress reports whether a text is a web address and nothing else.
func isAddress(text string) bool {
	return (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && !strings.ContainsAny(text, " \n")
}

// placeIn is the place that an object such as {"pointer": "/data/title"} names and nothing else.
func placeIn(value any) (string, bool) {
	object, ok := value.(map[string]any)
	if !ok || len(object) != 1 {
		return "", false
	}
	for key, inner := range object {
		text, ok := inner.(string)
		return text, ok && naming(strings.ToLower(key))
	}
	return "", false
}

// naming reports whether a member holds the name of the field that an error is about.
func naming(key string) bool {
	return slices.Contains([]string{"field", "param", "parameter", "property", "path", "pointer", "target", "loc", "datapath", "instancepath", "propertyname", "attribute", "name", "key"}, key)
}

// flatText is the text of a string or of an array of strings.
func flatText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case []any:
		var texts []string
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return "", false
			}
			texts = append(texts, text)
		}
		return strings.Join(texts, " "), true
	case map[string]any:
		return "", false
	}
	return "", true
}

// field is one place of the input that an answer may name.
type field struct {
	path  []string
	name  string
	nodes []*connector.Node
	// required says that its object cannot do without it.
	required bool
}

// fields lists the places of an input, outer ones first.
func (g *Generator) fields(r Request) []field {
	root := field{name: r.Name, nodes: []*connector.Node{r.Node}, required: true}
	if r.In != "body" {
		return []field{root}
	}
	var out []field
	level := []field{root}
	for depth := 0; depth < 6 && len(level) > 0; depth++ {
		var next []field
		for _, f := range level {
			s := g.shape(f.nodes)
			if len(s.items) > 0 {
				next = append(next, field{path: append(slices.Clone(f.path), "0"), name: f.name, nodes: s.items, required: true})
			}
			for _, p := range s.props {
				if len(p.nodes) == 0 || g.readOnly(p.nodes) || len(out) >= maxFields {
					continue
				}
				child := field{path: append(slices.Clone(f.path), p.name), name: p.name, nodes: p.nodes, required: p.required}
				out = append(out, child)
				next = append(next, child)
			}
		}
		level = next
	}
	return out
}

// mention is a field that a sentence names, and where.
type mention struct {
	field
	sentence string
	at       int
	strength int
}

// mentions finds the fields that a sentence names, in the order of naming; of
// fields with the same name the one whose parents are named too, else the outermost.
func (g *Generator) mentioned(fields []field, sentence string) []mention {
	var out []mention
	for _, f := range fields {
		at, strength := named(sentence, f.name)
		if at < 0 {
			continue
		}
		for _, parent := range f.path[:max(0, len(f.path)-1)] {
			if where, _ := named(sentence, parent); where >= 0 && where < at {
				strength += 2
			}
		}
		out = append(out, mention{f, sentence, at, strength})
	}
	slices.SortStableFunc(out, func(a, b mention) int {
		if a.at != b.at {
			return a.at - b.at
		}
		if len(a.name) != len(b.name) {
			return len(b.name) - len(a.name)
		}
		return b.strength - a.strength
	})
	if slices.ContainsFunc(out, mention.quoted) {
		// "Key 'name' is missing" is about name, not about key.
		out = slices.DeleteFunc(out, func(m mention) bool { return !m.quoted() })
	}
	// Who names the child means the child; and one place of the text names one field only.
	end := -1
	named := slices.Clone(out)
	return slices.DeleteFunc(out, func(m mention) bool {
		if slices.ContainsFunc(named, func(n mention) bool { return n.at > m.at && inside(n.path, m.path) }) {
			return true
		}
		if m.at < end {
			return true
		}
		end = m.at + len(m.name)
		return false
	})
}

// quoted reports whether the answer puts the name in quotes.
func (m mention) quoted() bool {
	end := m.at + len(m.name)
	return m.at > 0 && end < len(m.sentence) && strings.IndexByte("'\"`", m.sentence[m.at-1]) >= 0 && m.sentence[end] == m.sentence[m.at-1]
}

// inside reports whether a path lies below another.
func inside(path, outer []string) bool {
	return len(path) > len(outer) && slices.Equal(path[:len(outer)], outer)
}

// named finds a name in a sentence as a whole word: as written, in any case, or
// as separate words ("due date" for dueDate). at is -1 when it does not occur.
func named(sentence, name string) (at, strength int) {
	if name == "" {
		return -1, 0
	}
	if at = wordAt(sentence, name); at >= 0 {
		return at, 1
	}
	lower := strings.ToLower(sentence)
	if at = wordAt(lower, strings.ToLower(name)); at >= 0 {
		return at, 0
	}
	said := nameWords(name)
	if len(said) > 1 {
		at = wordAt(lower, strings.Join(said, " "))
	}
	for at < 0 && len(said) > 1 && slices.Contains([]string{"date", "time", "datetime", "at", "on"}, said[len(said)-1]) {
		// "The expiration must be …" is about expirationDateTime.
		if said = said[:len(said)-1]; len(strings.Join(said, "")) >= 6 {
			at = wordAt(lower, strings.Join(said, " "))
		}
	}
	return at, 0
}

func wordAt(text, word string) int {
	for from := 0; from < len(text); {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(word)
		if (i == 0 || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end])) {
			return i
		}
		from = end
	}
	return -1
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
