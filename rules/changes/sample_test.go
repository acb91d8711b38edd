package changes

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

type object = map[string]any

// sample is a connector as plain JSON, to be edited.
type sample struct {
	name                   string
	definition, properties object
	// flat is the same connector with references replaced, to look candidates up.
	flat *sample
	// step varies which of several candidates an edit takes.
	step int
}

// samples reads connectors of the corpus that are strict JSON, evenly spread over it.
func samples(t testing.TB, count int) []*sample {
	t.Helper()
	root := need(t, "corpus")
	var files []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.EqualFold(d.Name(), "apiDefinition.swagger.json") {
			files = append(files, path)
		}
		return err
	}))
	slices.Sort(files)
	var out []*sample
	for i := 0; i < len(files) && len(out) < count; i += len(files) / (count + count/2) {
		s := &sample{name: filepath.Base(filepath.Dir(files[i])), step: i}
		s.definition = readObject(t, files[i])
		s.properties = readObject(t, filepath.Join(filepath.Dir(files[i]), "apiProperties.json"))
		if s.definition != nil && s.properties != nil && len(s.operations(func(operation) bool { return true })) > 0 {
			s.flat = s.copy()
			for _, op := range s.flat.operations(anyOperation) {
				s.flat.flatten(op)
			}
			out = append(out, s)
		}
	}
	require.Len(t, out, count)
	return out
}

func readObject(t testing.TB, path string) object {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || len(content) > 120_000 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var out object
	if decoder.Decode(&out) != nil {
		return nil
	}
	return out
}

// copy returns a sample that shares nothing with s.
func (s *sample) copy() *sample {
	return &sample{name: s.name, step: s.step, flat: s.flat, definition: clone(s.definition).(object), properties: clone(s.properties).(object)}
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for k, item := range v {
			out[k] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}

// pkg reads the sample the way a connector is read. Members come in
// alphabetical order, other than they were.
func (s *sample) pkg(t testing.TB) *connector.Package {
	t.Helper()
	read := func(name string, content object) *connector.Document {
		text, err := json.Marshal(content)
		require.NoError(t, err)
		return connector.ReadDocument(name, text)
	}
	return &connector.Package{
		Path: s.name, Definition: connector.NewDefinition(read("apiDefinition.swagger.json", s.definition)),
		Properties: read("apiProperties.json", s.properties), Settings: &connector.Document{},
	}
}

// operation is one operation of a sample.
type operation struct {
	id, path, method string
	node, item       object
}

// operations lists the operations with an id of their own that keep accepts, in a fixed order.
func (s *sample) operations(keep func(operation) bool) []operation {
	count := map[string]int{}
	var all []operation
	paths := sub(s.definition, "paths")
	for _, path := range sortedKeys(paths) {
		item, ok := paths[path].(object)
		if !ok || strings.HasPrefix(path, "x-") {
			continue
		}
		for _, method := range sortedKeys(item) {
			node, ok := item[method].(object)
			if !ok || !slices.Contains(connector.Methods(), method) {
				continue
			}
			id, _ := node["operationId"].(string)
			count[id]++
			all = append(all, operation{id, path, method, node, item})
		}
	}
	return slices.DeleteFunc(all, func(op operation) bool { return op.id == "" || count[op.id] > 1 || !keep(op) })
}

// pick takes one of the operations that keep accepts, another one for every edit.
func (s *sample) pick(keep func(operation) bool) (operation, bool) {
	candidates := s.operations(keep)
	if len(candidates) == 0 {
		return operation{}, false
	}
	return candidates[s.step%len(candidates)], true
}

func sortedKeys(o object) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sub(o object, name string) object {
	out, _ := o[name].(object)
	return out
}

func text(o object, name string) string {
	out, _ := o[name].(string)
	return out
}

// target follows a local reference.
func (s *sample) target(ref string) any {
	var at any = s.definition
	for token := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		o, _ := at.(object)
		at = o[connector.UnescapeToken(token)]
	}
	return at
}

// inlined returns a value with its references replaced by what they name,
// down to a depth; a reference that leads back into itself stays.
func (s *sample) inlined(v any, depth int, open ...string) any {
	switch v := v.(type) {
	case object:
		if ref := text(v, "$ref"); ref != "" {
			target, ok := s.target(ref).(object)
			if !ok || depth == 0 || slices.Contains(open, ref) {
				return clone(v)
			}
			return s.inlined(target, depth-1, append(slices.Clone(open), ref)...)
		}
		out := make(object, len(v))
		for k, item := range v {
			out[k] = s.inlined(item, depth, open...)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.inlined(item, depth, open...)
		}
		return out
	}
	return v
}

// flatten gives an operation parameters and responses of its own: what it
// shared with others stands in it afterwards, so that an edit touches it alone.
func (s *sample) flatten(op operation) {
	if shared, ok := op.item["parameters"].([]any); ok {
		delete(op.item, "parameters")
		for _, method := range connector.Methods() {
			if node := sub(op.item, method); node != nil {
				node["parameters"] = s.joined(node["parameters"], shared)
			}
		}
	}
	for _, name := range []string{"parameters", "responses"} {
		if op.node[name] != nil {
			op.node[name] = s.inlined(op.node[name], 8)
		}
	}
	if content := op.item["x-ms-notification-content"]; content != nil {
		op.item["x-ms-notification-content"] = s.inlined(content, 8)
	}
}

// joined adds the parameters of a path that the operation does not replace.
func (s *sample) joined(own any, shared []any) []any {
	out, _ := own.([]any)
	out = slices.Clone(out)
	name := func(p any) string {
		o, _ := s.inlined(p, 2).(object)
		return text(o, "in") + " " + text(o, "name")
	}
	for _, p := range shared {
		if !slices.ContainsFunc(out, func(q any) bool { return name(q) == name(p) }) {
			out = append(out, clone(p))
		}
	}
	return out
}
