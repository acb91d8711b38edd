package runner

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/schema"
)

// FuzzLearn feeds answers to what learns from them: nothing may panic, and
// everything learnt must be a scalar under a comparable name.
func FuzzLearn(f *testing.F) {
	for _, seed := range []string{`[{"id":1,"tags":[{"name":"a"}]}]`, `{"value":[{"id":"x"}],"nextLink":""}`, `{"data":{"item":{"id":5}}}`, `["a","b"]`, `"n1"`, `7`, `null`, `{}`, `{"a":[[[]]]}`, `{"results":null}`} {
		f.Add([]byte(seed), "noteId")
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		body, err := schema.Decode(data)
		if err != nil {
			return
		}
		for k := kindList; k <= kindDelete; k++ {
			o := &operation{Operation: &connector.Operation{Path: "/notes/{" + name + "}"}, name: "ReadNotes", kind: k, resource: "note"}
			in := &input{op: o, params: []paramValue{{name: name, in: "path", value: "n1"}}, body: body}
			for _, r := range learn(o, in, body, k == kindCreate) {
				for field, v := range r.fields {
					assert.Equal(t, norm(field), field)
					assert.True(t, isScalar(v), "%s: %v", field, v)
				}
				_ = r.label()
			}
		}
	})
}

// FuzzNames feeds names and header values to what reads them.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"ticketId", "id", "_id", "ID", "grid", "x-id-", "é_id", "Sun, 03 May 2026 10:00:20 GMT", "-1", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		resource, _ := stem(text)
		assert.Equal(t, norm(resource), resource)
		_ = words(text)
		_ = literalResource(text)
		_ = identifier(text)
		pause, _ := retryAfter(http.Header{"Retry-After": {text}}, time.Unix(0, 0), 0)
		assert.GreaterOrEqual(t, pause, time.Duration(0))
		assert.LessOrEqual(t, pause, maxPause)
	})
}
