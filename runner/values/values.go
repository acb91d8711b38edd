// Package values makes inputs that satisfy the schemas of a definition: plausible,
// plainly test data, and the same for the same seed.
package values

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// Origin says where a value came from.
type Origin string

// The origins, from the most to the least trusted.
const (
	Given     Origin = "given"     // by the user
	Learnt    Origin = "learnt"    // from an answer of the API
	Example   Origin = "example"   // of the definition
	Default   Origin = "default"   // of the definition
	Enum      Origin = "enum"      // one of the declared values
	Format    Origin = "format"    // made for a format, or a form that the name asks for
	Generated Origin = "generated" // made from type and bounds alone
)

// Sourced is what Lookup returns to say where its value came from; a plain
// value counts as Given.
type Sourced struct {
	Value  any
	Origin Origin
}

// Value is what Generate makes.
type Value struct {
	// Data is the JSON value: map[string]any, []any, string, json.Number, bool or nil.
	Data any
	// Origins says for every path where its value came from. Property names are
	// joined by "/", items of arrays are numbers; "" is the whole value.
	Origins map[string]Origin
	// Notes are things worth telling, such as a given value that the schema forbids.
	Notes []string
}

// Request asks for one value.
type Request struct {
	// Node is the schema, or the parameter object of a non-body parameter.
	Node *connector.Node
	// Name is the parameter's name.
	Name string
	// In is body, query, path, header or formData.
	In string
	// Attempt counts the calls from 0; values vary with it where the schema allows.
	Attempt int
	// Lookup gives values that come before all others. path is the property path
	// below the body, "ticket/subject"; items of arrays add nothing to it. For a
	// non-body parameter, and for a body as a whole, it is Name. May be nil.
	Lookup func(path string, node *connector.Node) (any, bool)
	// OnlyRequired leaves out every optional property that is not given.
	OnlyRequired bool
}

// Generator makes values. It keeps no state between calls and is safe for
// concurrent use: the same seed and request give the same value.
type Generator struct {
	def       *connector.Definition
	seed      int64
	validator *schema.Validator
	// Now is the moment that dates are counted from. It is fixed unless the
	// caller sets it before the first call.
	Now time.Time
	// Clock is the real moment, for times that an API limits by it; Now unless the
	// caller sets it before the first call.
	Clock time.Time
}

// New returns a generator for the schemas of def.
func New(def *connector.Definition, seed int64) *Generator {
	now := time.Date(2030, 1, 15, 9, 0, 0, 0, time.UTC)
	return &Generator{def: def, seed: seed, validator: schema.New(def), Now: now, Clock: now}
}

// Generate makes a value. The error says which place of the schema nothing can satisfy, and why.
func (g *Generator) Generate(r Request) (Value, error) {
	m := &maker{g: g, r: r, origins: map[string]Origin{}, budget: maxValues}
	if r.Node == nil {
		return Value{}, fmt.Errorf("%s: there is no schema", r.Name)
	}
	data, err := m.make(spot{nodes: []*connector.Node{r.Node}, name: r.Name, root: true, required: true})
	if err != nil {
		return Value{}, err
	}
	out := Value{Data: data, Origins: m.origins, Notes: m.notes}
	return out, g.settle(r, &out)
}

// settle is the last check: what was made must satisfy the schema, except where the user said otherwise.
func (g *Generator) settle(r Request, out *Value) error {
	found, err := g.validator.ValidateRequest(r.Node, out.Data)
	if err != nil {
		return fmt.Errorf("the schema of %s cannot be used: %w", r.Name, err)
	}
	for _, v := range found {
		place := strings.TrimPrefix(v.Pointer, "/")
		if v.Lenient || out.givenAt(place) {
			out.Notes = append(out.Notes, fmt.Sprintf("%s: %s", display(r.Name, place), v.Message))
			continue
		}
		return fmt.Errorf("no value found for %s: %s", display(r.Name, place), v.Message)
	}
	return nil
}

// givenAt reports whether the value at a place, or one that holds it, was given by the user.
func (v *Value) givenAt(place string) bool {
	for {
		if v.Origins[place] == Given {
			return true
		}
		at := strings.LastIndexByte(place, '/')
		if at < 0 {
			return v.Origins[""] == Given
		}
		place = place[:at]
	}
}

// display names a place for people.
func display(name, path string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return name + "/" + path
}

// random returns the source of chance for one place: it depends on nothing else
// than the seed, the place and what is asked of it.
func (g *Generator) random(parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, part := range parts {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(uint64(g.seed), h.Sum64()))
}

// Text writes a value the way a non-body parameter carries it. Arrays are joined
// by collectionFormat: csv (also when empty), ssv, tsv or pipes; for multi the
// caller repeats the parameter, one for each item, and asks for each by itself.
func Text(v any, collectionFormat string) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		separator := map[string]string{"ssv": " ", "tsv": "\t", "pipes": "|"}[collectionFormat]
		if separator == "" {
			separator = ","
		}
		items := make([]string, 0, len(v))
		for _, item := range v {
			items = append(items, Text(item, collectionFormat))
		}
		return strings.Join(items, separator)
	case map[string]any:
		return jsonText(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
