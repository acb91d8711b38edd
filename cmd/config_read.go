package cmd

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/precert/precert/finding"
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
	if node.Tag == "!!null" {
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

// scalar refuses a value that its key cannot have.
func (r *configReader) scalar(path string, node *yaml.Node, typ reflect.Type) error {
	value, name := node.Value, lastKey(path)
	if typ == reflect.TypeFor[time.Duration]() {
		if d, err := time.ParseDuration(value); err != nil || d <= 0 {
			return misplaced(node, "%s wants a time such as 30s or 2m, not %q", name, value)
		}
		return nil
	}
	if n, err := strconv.Atoi(value); typ.Kind() == reflect.Int && (err != nil || n < 1) {
		return misplaced(node, "%s wants a whole number such as 10, not %q", name, value)
	}
	if typ.Kind() == reflect.Bool && node.Tag != "!!bool" {
		return misplaced(node, "%s wants true or false, not %q", name, value)
	}
	if node.Tag == "!!bool" && strings.HasPrefix(path, "operations.") && name == "skip" {
		return misplaced(node, "skip wants the reason in words, such as skip: closes the account, not %s", value)
	}
	if typ == reflect.TypeFor[severityWord]() {
		return r.severity(node, name)
	}
	return r.word(path, node)
}

// severity holds one line of rules to the severities and to the names there are.
func (r *configReader) severity(node *yaml.Node, pattern string) error {
	if _, err := finding.ParseSeverity(offWord(node.Value)); err != nil {
		return misplaced(node, "%v", err)
	}
	if err := knownName(pattern); err != nil {
		at := r.keys["rules."+pattern]
		return &configError{at: at, text: err.Error()}
	}
	return nil
}

// word refuses a value that is none of those which a key takes.
func (r *configReader) word(path string, node *yaml.Node) error {
	var err error
	value := node.Value
	switch path {
	case "publisher":
		_, err = parsePublisher(value)
	case "severity":
		_, err = parseFailOn(value)
	case "rate":
		_, err = parseRate(value)
	case "allow[]":
		err = unsafeMethod(value)
	case "script":
		if value != "skip" && value != "bypass" {
			err = fmt.Errorf("script is skip or bypass, not %q", value)
		}
	case "oauth.grant":
		if known := grants(); !slices.Contains(known, value) {
			err = fmt.Errorf("unknown grant %q%s: use %s", value, meant(value, known), strings.Join(known, ", "))
		}
	case "baseUrl":
		if u, parseErr := url.Parse(value); !strings.Contains(value, "${") && (parseErr != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			err = fmt.Errorf("baseUrl wants an http or https address such as https://sandbox.fabrikam.com/v1, not %q", withoutUser(value))
		}
	}
	if err != nil {
		return misplaced(node, "%v", err)
	}
	return nil
}

// grants are the ways to get a token.
func grants() []string {
	return []string{"client_credentials", "refresh_token", "password", "device_code"}
}

// withoutUser takes what may be a password off an address.
func withoutUser(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// suppression holds one suppression to what it must say.
func (r *configReader) suppression(node *yaml.Node) error {
	var w writtenSuppression
	if err := node.Decode(&w); err != nil {
		return misplaced(node, "the suppression cannot be read: write rule, at, reason and until as texts")
	}
	of := func(name string) *yaml.Node {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				return node.Content[i+1]
			}
		}
		return node
	}
	switch {
	case w.Rule == "":
		return misplaced(node, "a suppression needs a rule and a reason: add rule: NAME")
	case strings.TrimSpace(w.Reason) == "":
		return misplaced(node, "a suppression needs a rule and a reason: say why, such as reason: approved in ticket 4711")
	}
	if err := knownName(w.Rule); err != nil {
		return misplaced(of("rule"), "%v", err)
	}
	if err := wellFormedPlace(w.At); err != nil {
		return misplaced(of("at"), "%v", err)
	}
	if _, err := time.Parse(time.DateOnly, w.Until); w.Until != "" && err != nil {
		return misplaced(of("until"), "until wants a date such as 2026-12-31, not %q", w.Until)
	}
	return nil
}

// method is a place written as people speak of it: GET /cards.
var method = regexp.MustCompile(`^(?i:(get|post|put|patch|delete|head|options))\s+(/\S*)$`)

// wellFormedPlace refuses a place at which nothing can ever be found.
func wellFormedPlace(at string) error {
	if pointer := strings.TrimPrefix(at, "#"); pointer != at && strings.HasPrefix(pointer, "/") {
		return fmt.Errorf("at wants a pointer without the #: write %s", pointer)
	}
	if m := method.FindStringSubmatch(at); m != nil {
		return fmt.Errorf("at wants an operationId or a pointer: write %s", "/paths/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(m[2])+"/"+strings.ToLower(m[1]))
	}
	return nil
}

// knownName refuses a pattern that names no rule, no check and no kind of change.
func knownName(pattern string) error {
	if len(matching([]string{pattern}, slices.Concat(ruleNames(), checkNames(), changeNames()))) > 0 {
		return nil
	}
	return fmt.Errorf("no rule and no check is called %q%s: precert rules lists them", pattern, suggestion(pattern))
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
