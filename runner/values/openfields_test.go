package values_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/runner/values"
)

// What a definition leaves open is learnt from what an API misses in it.
func TestMembersOfOpenObjectsAreLearntFromAnswers(t *testing.T) {
	closed := `{"type":"object","required":["properties"],"properties":{"properties":{"type":"object","properties":{"name":{"type":"string"}}}}}`
	open := `{"type":"object","required":["properties"],"properties":{"properties":{"type":"object","additionalProperties":{"type":"string"}}}}`
	for _, c := range []struct {
		name, schema, body, answer, path string
		ok                               bool
	}{
		{"a sentence", open, `{"properties":{}}`, `{"message":"email is required"}`, "properties/email", true},
		{"JSON inside of a message", open, `{"properties":{}}`, `{"message":"Property values were not valid: [{\"isValid\":false,\"message\":\"dealname is required\",\"error\":\"REQUIRED_FIELD\"}]"}`, "properties/dealname", true},
		{"a list", open, `{"properties":{}}`, `{"error":"Missing required property: sku"}`, "properties/sku", true},
		{"an option", open, `{"properties":{}}`, `{"message":"Missing config option: url","url":"https://forge.fabrikam.com/api/help"}`, "properties/url", true},
		{"blank", open, `{"properties":{}}`, `{"errors":["Title can't be blank"]}`, "properties/Title", true},
		{"the whole body", `{"type":"object"}`, `{}`, `{"message":"subject must be provided"}`, "subject", true},
		{"a word that is no member", open, `{"properties":{}}`, `{"message":"Authentication is required"}`, "", false},
		{"nothing is open", closed, `{"properties":{}}`, `{"message":"email is required"}`, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := define(t, `"S":`+c.schema)
			var body any
			require.NoError(t, json.Unmarshal([]byte(c.body), &body))
			g := values.New(def, 1)
			changed, _, ok := g.Amend(values.Request{Node: def.Root.At("definitions", "S"), Name: "body", In: "body"}, body, c.answer)
			require.Equal(t, c.ok, ok)
			if ok {
				for step := range strings.SplitSeq(c.path, "/") {
					require.Contains(t, changed, step)
					changed = changed.(map[string]any)[step]
				}
				assert.NotEmpty(t, changed)
			}
		})
	}
}
