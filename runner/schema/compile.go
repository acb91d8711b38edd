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
	compiler.RegisterExtension("precert", nil, extension{})
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

// extension judges formats and patterns as Swagger 2.0 means them.
type extension struct{}

// rule is what extension makes of one schema.
type rule struct {
	format  string
	pattern *Pattern
}

// Compile reads the keywords of this extension from a schema; nil when it has none.
func (extension) Compile(_ jsonschema.CompilerContext, m map[string]any) (jsonschema.ExtSchema, error) {
	format, hasFormat := m[formatKeyword].(string)
	text, hasPattern := m[patternKeyword].(string)
	if !hasFormat && !hasPattern {
		return nil, nil
	}
	out := rule{format: format}
	if hasPattern {
		pattern, err := CompilePattern(text)
		if err != nil {
			return nil, err
		}
		out.pattern = pattern
	}
	return out, nil
}

// Validate judges one value.
func (r rule) Validate(ctx jsonschema.ValidationContext, value any) error {
	if r.format != "" && FormatFault(r.format, value) != nil {
		return ctx.Error("format", "format")
	}
	if text, ok := value.(string); ok && r.pattern != nil && !r.pattern.Match(text) {
		return ctx.Error("pattern", "pattern")
	}
	return nil
}
