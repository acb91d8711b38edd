package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/precert/precert/runner/schema"
)

// No body makes the validator fail, and the same body gives the same answer.
func FuzzValidateBody(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{` + sound + `}`, `{"value":[{"id":"1"}]}`, `{"parent":{"parent":{}}}`, `{"priority":1e400}`,
		`{"size":1E-9999999999}`, `{"a b/c~d%e#f":"%zz"}`, `{"tags":["\u0000",1,null]}`, "\ufeff{}", `{"a":{"b":[[[[1]]]]}}`, `"x"`, `-0`,
		`{"slow":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","score":0.1,"dueAt":"2026-13-40T99:99:99Z","serial":"-","level":2}`,
	} {
		f.Add([]byte(seed))
	}
	def := load(f, definition)
	v := schema.New(def)
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := schema.Decode(data)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		for _, name := range []string{"Ticket", "Agent", "Page", "Map", "Closed", "Loose"} {
			node := def.Target("#/definitions/" + name)
			for _, d := range v.Compare(node, body) {
				if d.Actual == "" || d.Actual == d.Declared {
					t.Fatalf("%+v is no difference", d)
				}
			}
			found, err := v.Validate(node, body)
			require.NoError(t, err)
			again, err := v.Validate(node, body)
			require.NoError(t, err)
			require.Equal(t, found, again)
			for _, one := range found {
				require.NotEmpty(t, one.Message)
				require.NotContains(t, one.Message, "\n")
				require.NotNil(t, def.Root.Find(one.SchemaPointer), one.SchemaPointer)
			}
			v.Undeclared(node, body)
		}
	})
}

// No text in place of a schema makes the compiler panic or name no place.
func FuzzCompileSchema(f *testing.F) {
	for _, seed := range []string{
		`{"type":"string"}`, `{"$ref":"#/definitions/S"}`, `{"allOf":[{"$ref":"#/definitions/S"}]}`, `{"properties":{"%":{"type":"x"}}}`,
		`{"enum":[1,1.0,null]}`, `{"minimum":"1"}`, `{"items":[{}, 1]}`, `{"required":["a","a"],"id":"http://x/","$schema":"x"}`, `[]`, `7`,
		`{"pattern":"(?<=x)[^]"}`, `{"type":[],"multipleOf":0}`, `{"properties":{"a b":{"$ref":"#/definitions/S/properties/a%20b"}}}`,
		`{"maximum":1e999,"exclusiveMaximum":true}`, `{"additionalProperties":{"$ref":"#/definitions/S"},"x-nullable":true}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		def := load(t, `{"swagger":"2.0","definitions":{"S":`+text+`}}`)
		node := def.Root.At("definitions", "S")
		if node == nil {
			return
		}
		v := schema.New(def)
		for _, body := range []any{nil, "x", json.Number("1"), []any{"x"}, map[string]any{"a b": "x"}} {
			if _, err := v.Validate(node, body); err != nil {
				var fault *schema.UnusableError
				require.ErrorAs(t, err, &fault)
				require.NotNil(t, def.Root.Find(fault.Pointer))
			}
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	def := load(b, definition)
	for b.Loop() {
		require.NoError(b, schema.New(def).Check(def.Target("#/definitions/Page")))
	}
}

func BenchmarkValidatePage(b *testing.B) {
	def := load(b, definition)
	node := def.Target("#/definitions/Page")
	v := schema.New(def)
	items := make([]string, 0, 100)
	for i := range 100 {
		items = append(items, fmt.Sprintf(`{`+sound+`,"priority":%d,"dueAt":"2026-01-31T10:00:00Z","tags":["a","b"]}`, i%5+1))
	}
	text := []byte(`{"value":[` + strings.Join(items, ",") + `]}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		body, err := schema.Decode(text)
		require.NoError(b, err)
		found, err := v.Validate(node, body)
		require.NoError(b, err)
		require.Empty(b, found)
	}
}
