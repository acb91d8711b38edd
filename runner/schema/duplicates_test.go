package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDuplicate(t *testing.T) {
	for text, want := range map[string]string{
		`{"id": 1, "name": "a", "id": 2}`:                           "id",
		`{"value": [{"id": 1}, {"id": 2, "at": {"x": 1, "x": 2}}]}`: "x",
		`{"a": {"b": {}}, "b": [], "c": "b", "d": ["a", "a"]}`:      "",
		"\ufeff" + `{"a": 1, "\u0061": 2}`:                          "a",
		`[{"id": 1}, {"id": 1}]`:                                    "",
		`"text"`:                                                    "",
		`{"a": 1, "a"`:                                              "a",
		`{"a": `:                                                    "",
		`]`:                                                         "",
		``:                                                          "",
	} {
		assert.Equal(t, want, Duplicate([]byte(text)), text)
	}
}

func FuzzDuplicate(f *testing.F) {
	f.Add([]byte(`{"a": [{}, {"b": 1, "b": 2}], "a": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if name := Duplicate(data); name != "" {
			assert.NotEmpty(t, data)
		}
	})
}
