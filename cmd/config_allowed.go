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

// scalar refuses a value that its key cannot have.
func (r *configReader) scalar(path string, node *yaml.Node, typ reflect.Type) error {
	value, name := node.Value, lastKey(path)
	if typ == reflect.TypeFor[time.Duration]() {
		if d, err := time.ParseDuration(value); err != nil || d <= 0 {
			return misplaced(node, "%s wants a time such as 30s or 2m, not %q", name, value)
		}
		return nil
	}
	if typ.Kind() == reflect.Int {
		n, err := strconv.Atoi(value)
		switch {
		case err != nil || n < 1 || strconv.Itoa(n) != value: // YAML takes 010 for 8
			return misplaced(node, "%s wants a whole number such as 10, not %q", name, value)
		case node.Tag != "!!int":
			return misplaced(node, "%s wants a number without quotes: write %s: %d", name, name, n)
		}
		return nil
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
