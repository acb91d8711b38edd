// Package schema judges JSON bodies against the schemas of a definition.
package schema

import (
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/precert/precert/connector"
)

// Violation is one mismatch between a body and its schema.
type Violation struct {
	// Pointer is the JSON Pointer of the value in the body; of the object that
	// lacks it when a required property is missing.
	Pointer string
	// SchemaPointer is the place in the definition that asks for something else,
	// the real one behind every $ref.
	SchemaPointer string
	// Keyword is the schema keyword: type, format, required, enum, minimum ...
	Keyword string
	// Message says in plain words what was expected and what came.
	Message string
	// Count is how many items of arrays have this same fault; Pointer is the first. At least 1.
	Count int
	// Lenient says that most clients take the value although it is not what is
	// declared, such as a date-time without its offset.
	Lenient bool
}

// UnusableError says that a schema cannot be compiled, where and what to mend.
type UnusableError struct {
	// Pointer is the place in the definition, Line its line, 0 when unknown.
	Pointer string
	Line    int
	// Message says what is wrong and what to write instead.
	Message string
}

// Error names the place and what to mend.
func (e *UnusableError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s (line %d): %s", e.Pointer, e.Line, e.Message)
	}
	return fmt.Sprintf("%s: %s", e.Pointer, e.Message)
}

// Validator compiles the schemas of one definition on demand and keeps them.
// It is safe for concurrent use.
type Validator struct {
	def   *connector.Definition
	mu    sync.Mutex
	cache map[cacheKey]*entry
}

type cacheKey struct {
	node    *connector.Node
	request bool
}

type entry struct {
	once sync.Once
	set  *compiled
	err  error
}

// New returns a validator for the schemas of def.
func New(def *connector.Definition) *Validator {
	return &Validator{def: def, cache: map[cacheKey]*entry{}}
}

// Validate judges a decoded JSON value (see Decode) against a schema,
// parameter or header object. It returns the mismatches in body order, at most
// 20; no schema, no mismatch. The error is an *UnusableError: the schema itself is wrong.
func (v *Validator) Validate(node *connector.Node, body any) ([]Violation, error) {
	return v.validate(node, body, false)
}

// ValidateRequest is Validate for a body that is sent: properties that are
// read-only are not required in it.
func (v *Validator) ValidateRequest(node *connector.Node, body any) ([]Violation, error) {
	return v.validate(node, body, true)
}

// Check reports whether a schema can be used at all; the error is an *UnusableError.
func (v *Validator) Check(node *connector.Node) error {
	if node == nil {
		return nil
	}
	_, err := v.compiled(node, false)
	return err
}

func (v *Validator) validate(node *connector.Node, body any, request bool) ([]Violation, error) {
	if node == nil {
		return nil, nil
	}
	set, err := v.compiled(node, request)
	if err != nil {
		return nil, err
	}
	if found := unreadable(body, node); len(found) > 0 {
		return found, nil
	}
	return set.violations(body)
}

// compiled returns the compiled schema of a node; equal nodes share it.
func (v *Validator) compiled(node *connector.Node, request bool) (*compiled, error) {
	key := cacheKey{node: node, request: request}
	if target := v.def.Resolve(node); target != nil && !nullable(node) {
		key.node = target
	}
	v.mu.Lock()
	e := v.cache[key]
	if e == nil {
		e = &entry{}
		v.cache[key] = e
	}
	v.mu.Unlock()
	e.once.Do(func() { e.set, e.err = compile(v.def, key.node, request) })
	return e.set, e.err
}

// compiled is one schema with the places its parts come from.
type compiled struct {
	schema *jsonschema.Schema
	// places maps the pointers of the translated document to the definition's own nodes.
	places map[string]*connector.Node
}
