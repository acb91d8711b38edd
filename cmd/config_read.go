package cmd

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is where something stands in the configuration file, counted from 1.
type place struct{ line, column int }

func placeOf(node *yaml.Node) place { return place{node.Line, node.Column} }

// configError is a mistake in the configuration with its place. What it says
// ends with the way out.
type configError struct {
	file string
	at   place
	text string
}

func (e *configError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", firstOf(e.file, configName), e.at.line, e.at.column, e.text)
}

func misplaced(node *yaml.Node, format string, args ...any) error {
	return &configError{at: placeOf(node), text: fmt.Sprintf(format, args...)}
}

// configReader holds a file to the keys and types of config before it is
// decoded, so that every mistake has a place and a way out.
type configReader struct {
	// keys are the places of the keys, by their path.
	keys map[string]place
	// variables are the environment variables named, with their places, in the order of the file.
	variables []named
}

// named is an environment variable that the file asks for.
type named struct {
	name string
	// path is that of the value, such as connection.api_key.
	path string
	at   place
}

// read holds node to the Go type typ. path is that of the keys above it.
func (r *configReader) read(path string, node *yaml.Node, typ reflect.Type) error {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	// A key without a value is one that is left out; an item or a severity cannot be.
	if node.Tag == "!!null" && !strings.HasSuffix(path, "[]") && typ != reflect.TypeFor[severityWord]() {
		return nil
	}
	switch {
	case typ == reflect.TypeFor[suppression]():
		typ = reflect.TypeFor[writtenSuppression]()
	case typ == reflect.TypeFor[overrides]():
		typ = reflect.TypeFor[map[string]severityWord]()
	case typ == reflect.TypeFor[givenValues]():
		typ = reflect.TypeFor[map[string]any]()
	case typ.Kind() == reflect.Interface:
		r.noteAll(path, node)
		return unique(node)
	}
	if err := r.shape(path, node, typ); err != nil {
		return err
	}
	kind := typ.Kind()
	if kind == reflect.Struct || kind == reflect.Map {
		return r.members(path, node, typ)
	}
	if kind == reflect.Slice {
		for _, item := range node.Content {
			if err := r.read(path+"[]", item, typ.Elem()); err != nil {
				return err
			}
		}
		return nil
	}
	r.note(path, node)
	return r.scalar(path, node, typ)
}

// severityWord is the type of the values under rules.
type severityWord string

// shape refuses a mapping where a list belongs, and the like.
func (r *configReader) shape(path string, node *yaml.Node, typ reflect.Type) error {
	name := firstOf(strings.TrimSuffix(lastKey(path), "[]"), "the file")
	switch {
	case (typ.Kind() == reflect.Struct || typ.Kind() == reflect.Map) && node.Kind != yaml.MappingNode:
		if path == "ignore[]" {
			return misplaced(node, "a suppression wants keys: write - rule: NAME and, below it, reason: TEXT")
		}
		return misplaced(node, "%s wants keys with values, such as %s", name, exampleOf(path))
	case typ.Kind() == reflect.Slice && node.Kind != yaml.SequenceNode:
		return misplaced(node, "%s wants a list, such as %s", name, exampleOf(path))
	case typ.Kind() != reflect.Struct && typ.Kind() != reflect.Map && typ.Kind() != reflect.Slice && node.Kind != yaml.ScalarNode:
		return misplaced(node, "%s wants a single value, such as %s", name, exampleOf(path))
	}
	return nil
}

// members holds the keys of a mapping to the fields of a struct, or its values
// to the values of a map.
func (r *configReader) members(path string, node *yaml.Node, typ reflect.Type) error {
	if err := unique(node); err != nil {
		return err
	}
	fields := fieldsOf(typ)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		inner := joined(path, name.Value)
		r.keys[inner] = placeOf(name)
		if name.Tag == "!!merge" {
			if path == "rules" { // which are kept in the order of the file
				return misplaced(name, "rules takes no <<: write the names here")
			}
			continue
		}
		if typ.Kind() == reflect.Map {
			if err := r.read(inner, value, typ.Elem()); err != nil {
				return err
			}
			continue
		}
		field, known := fields[name.Value]
		if !known {
			return unknownKey(path, name, keysOf(typ))
		}
		if err := r.read(inner, value, field); err != nil {
			return err
		}
	}
	if path == "ignore[]" {
		return r.suppression(node)
	}
	return nil
}

// unknownKey names the key that was probably meant, and what may stand there.
func unknownKey(path string, name *yaml.Node, known []string) error {
	likely := meant(name.Value, known)
	if path == "" {
		return misplaced(name, "unknown key %q%s: docs/configuration.md lists the keys", name.Value, likely)
	}
	return misplaced(name, "unknown key %q%s: use %s", name.Value, likely, strings.Join(known, ", "))
}

// unique refuses a key that stands twice in a mapping, whatever the mapping is for.
func unique(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			if err := unique(item); err != nil {
				return err
			}
		}
	}
	if node.Kind != yaml.MappingNode {
		return nil
	}
	first := map[string]place{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if name.Kind != yaml.ScalarNode {
			return misplaced(name, "a key must be a plain word: put names with { or [ in quotes")
		}
		if before, twice := first[name.Value]; twice {
			return misplaced(name, "the key %q stands here again, after line %d: keep one of the two", name.Value, before.line)
		}
		first[name.Value] = placeOf(name)
		if err := unique(node.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// note keeps the environment variables that a value asks for.
func (r *configReader) note(path string, node *yaml.Node) {
	for _, m := range reference.FindAllStringSubmatch(node.Value, -1) {
		r.variables = append(r.variables, named{name: m[1], path: strings.ReplaceAll(path, "[]", ""), at: placeOf(node)})
	}
}

// noteAll keeps the environment variables that a value of any form asks for.
func (r *configReader) noteAll(path string, node *yaml.Node) {
	r.note(path, node)
	for _, inner := range node.Content {
		r.noteAll(path, inner)
	}
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// fieldsOf are the keys of a struct with their types.
func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	if typ.Kind() != reflect.Struct {
		return out
	}
	for i := range typ.NumField() {
		if name := typ.Field(i).Tag.Get("yaml"); name != "" {
			out[name] = typ.Field(i).Type
		}
	}
	return out
}

// keysOf are the keys of a struct in their order.
func keysOf(typ reflect.Type) []string {
	var out []string
	for i := range typ.NumField() {
		if name := typ.Field(i).Tag.Get("yaml"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// exampleOf shows what stands under a key.
func exampleOf(path string) string {
	switch strings.TrimSuffix(path, "[]") {
	case "":
		return "severity: error"
	case "publisher":
		return "publisher: verified"
	case "severity":
		return "severity: error"
	case "rules":
		return "OperationIdSanitized: off"
	case "ignore":
		return "- {rule: OperationSummaryTooLong, reason: approved}"
	case "connection":
		return "api_key: ${PRECERT_API_KEY}"
	case "oauth":
		return "grant: client_credentials"
	case "allow":
		return "[POST, DELETE]"
	case "oauth.scopes":
		return "[read]"
	case "values":
		return "boardId: b1"
	}
	switch {
	case strings.HasPrefix(path, "operations") && strings.HasSuffix(path, "needs"):
		return "[CreateCard]"
	case strings.HasPrefix(path, "operations") && strings.HasSuffix(path, "values"):
		return "{boardId: b1}"
	case strings.HasPrefix(path, "operations"):
		return "ListCards: {skip: \"closes the account\"}"
	case strings.HasPrefix(path, "triggers"):
		return "WhenCardCreated: {fire: CreateCard}"
	}
	return lastKey(path) + ": text"
}
