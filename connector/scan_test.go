package connector

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScanMendsWhatThePlatformReads(t *testing.T) {
	tests := []struct {
		name, in, out string
		faults        []string
	}{
		{"strict", `{"a": [1, -2.5e3, true, null, "x"]}`, `{"a": [1, -2.5e3, true, null, "x"]}`, nil},
		{"trailing comma in an object", `{"a": 1, }`, `{"a": 1  }`, []string{"A comma stands before the closing bracket."}},
		{"trailing comma in an array", `{"a": [1,]}`, `{"a": [1 ]}`, []string{"A comma stands before the closing bracket."}},
		{"line comment", "{// why\n\"a\": 1}", "{      \n\"a\": 1}", []string{"JSON has no comments."}},
		{"block comment", `{"a": /* x */ 1}`, `{"a":         1}`, []string{"JSON has no comments."}},
		{"line break in a string", "{\"a\": \"x\ny\"}", `{"a": "x y"}`, []string{"The string holds the raw control character 0x0A."}},
		{"missing comma", "{\"a\": 1\n\"b\": 2}", `{"a": 1,"b": 2}`, []string{"A comma is missing before this place."}},
		{"missing bracket", "{\"a\": [1, 2\n}", "{\"a\": [1, 2]}", []string{"The closing bracket ']' is missing before this place."}},
		{"colon on the next line", "{\"a\"\n: 1}", `{"a" : 1}`, nil},
		{"word that is no value", `{"a": True, "b": .5}`, `{"a": null, "b": 0 }`, []string{`"True" is not a JSON value.`, `".5" is not a JSON value.`}},
		{"lone surrogate", `{"a": "\ud800"}`, `{"a": "\ufffd"}`, nil},
		{"unknown escape", `{"a": "C:\dir"}`, `{"a": "C: dir"}`, []string{"The string holds an escape that JSON does not know."}},
		{"cut in a string", `{"a": {"b": "x`, `{"a": {"b": "x"}}`, []string{"The file ends in the middle of the document."}},
		{"cut after a name", `{"a": [{"b"`, `{"a": [{"b":null}]}`, []string{"The file ends in the middle of the document."}},
		{"cut after a comma", `{"a": 1,`, `{"a": 1 }`, []string{"The file ends in the middle of the document."}},
		{"cut in a word", `{"a": tr`, `{"a": null}`, []string{"The file ends in the middle of the document."}},
		{"text after the end", `{"a": 1} x`, `{"a": 1}  `, []string{"There is text after the end of the document."}},
		{"name without quotes", `{"a": 1, b: 2}`, `{"a": 1  }`, []string{"A member name in double quotes is expected, found 'b'."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			scan := scanJSON([]byte(tt.in))
			assert.Equal(t, tt.out, string(scan.text))
			var messages []string
			for _, f := range scan.faults {
				messages = append(messages, f.message)
			}
			assert.Equal(t, tt.faults, messages)
			assert.NotEmpty(t, scan.spans)
		})
	}
}

func FuzzDefinition(f *testing.F) {
	for _, seed := range []string{
		`{"swagger": "2.0", "paths": {"/a": {"get": {"operationId": "A", "responses": {"200": {"schema": {"$ref": "#/definitions/X"}}}}}}, "definitions": {"X": {"properties": {"x": {"$ref": "#/definitions/X"}}}}}`,
		"{\"a\": [1,], // x\n \"b\"\n: \"\\ud800\\/\", \"c\": [tru", "\xff\xfe{\x00}\x00", "{\"a\": \"\xe9\"}", `[[[[`, "swagger: \"2.0\"\npaths: &p\n  /a: {get: *p}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		scan := scanJSON(in)
		if json.Valid(in) && depthOf(in) <= maxDepth {
			require.Empty(t, scan.faults, "strict JSON has no faults")
			require.False(t, scan.cut)
		}
		if scan.text != nil {
			require.True(t, json.Valid(scan.text), "what was read is strict JSON: %q", scan.text)
			require.NotEmpty(t, scan.spans)
		}
		for _, name := range []string{"apiDefinition.swagger.json", "api.yaml"} {
			d := NewDefinition(ReadDocument(name, in))
			for s := range d.Typed {
				_ = s.Node.Pointer()
				_ = s.Node.Excerpt()
				_ = d.Type(s.Node)
			}
			d.Root.Walk(func(n *Node) bool {
				line, column := n.Position()
				require.Positive(t, line)
				require.Positive(t, column)
				return true
			})
			if d.Root != nil {
				require.Same(t, d.Root, d.Root.Find(""))
			}
		}
	})
}

func depthOf(in []byte) int {
	depth, deepest := 0, 0
	for _, c := range in {
		switch c {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}
