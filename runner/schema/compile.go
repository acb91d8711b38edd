package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/precert/precert/connector"
)

// documentURL names the translated document; it is never loaded.
const documentURL = "precert:///schema.json"

func compile(def *connector.Definition, root *connector.Node, request bool) (*compiled, error) {
	t := &translator{def: def, request: request, ids: map[*connector.Node]string{}, places: map[string]*connector.Node{}}
	doc := t.document(root)
	if t.fault != nil {
		return nil, t.fault
	}
	unusable := func(reason string, args ...any) error {
		return &UnusableError{Pointer: root.Pointer(), Line: root.Line(), Message: fmt.Sprintf(reason, args...)}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, unusable("the schema cannot be written as JSON: %v", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft4
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%s lies outside of the definition", url)
	}
	compiler.RegisterExtension("format", nil, formats{})
	compiler.RegisterExtension("pattern", nil, patterns{})
	if err := compiler.AddResource(documentURL, bytes.NewReader(text)); err != nil {
		return nil, unusable("the schema cannot be read: %v", err)
	}
	compiledSchema, err := compiler.Compile(documentURL)
	var loop jsonschema.InfiniteLoopError
	switch {
	case errors.As(err, &loop):
		return nil, unusable("the schema contains itself through $ref or allOf, so that no value ends it: let a property refer back instead")
	case err != nil:
		return nil, unusable("the schema cannot be used: %v", err)
	}
	return &compiled{schema: compiledSchema, places: t.places}, nil
}

// formats and patterns judge what Swagger 2.0 means otherwise than Draft 4. They
// are two extensions, for one keeps at most one error of a value.
type (
	formats     struct{}
	patterns    struct{}
	formatRule  string
	patternRule struct{ *Pattern }
)

// Compile reads the format of a schema; nil when it has none.
func (formats) Compile(_ jsonschema.CompilerContext, m map[string]any) (jsonschema.ExtSchema, error) {
	if format, ok := m[formatKeyword].(string); ok {
		return formatRule(format), nil
	}
	return nil, nil
}

// Compile reads the pattern of a schema; nil when it has none.
func (patterns) Compile(_ jsonschema.CompilerContext, m map[string]any) (jsonschema.ExtSchema, error) {
	text, ok := m[patternKeyword].(string)
	if !ok {
		return nil, nil
	}
	pattern, err := CompilePattern(text)
	if err != nil {
		return nil, err
	}
	return patternRule{pattern}, nil
}

// Validate judges one value.
func (r formatRule) Validate(ctx jsonschema.ValidationContext, value any) error {
	if FormatFault(string(r), value) != nil {
		return ctx.Error("format", "format")
	}
	return nil
}

// Validate judges one value.
func (r patternRule) Validate(ctx jsonschema.ValidationContext, value any) error {
	if text, ok := value.(string); ok && !r.Match(text) {
		return ctx.Error("pattern", "pattern")
	}
	return nil
}
