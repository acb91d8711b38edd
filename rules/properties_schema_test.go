package rules

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// Every annotation of the schemas names a rule that reports it.
func TestSchemasNameRules(t *testing.T) {
	names := map[string]bool{}
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if rule, ok := value["rule"].(string); ok {
				names[rule] = true
			}
			if severity, ok := value["severity"].(string); ok {
				_, err := finding.ParseSeverity(severity)
				require.NoError(t, err)
			}
			for _, member := range value {
				walk(member)
			}
		case []any:
			for _, item := range value {
				walk(item)
			}
		}
	}
	for _, schema := range []*propertiesSchema{propertiesFile(), policyFile()} {
		for _, document := range schema.source {
			walk(document)
		}
	}
	assert.Greater(t, len(names), 10)
	for name := range names {
		assert.NotNil(t, Find(name), name)
	}
}

func TestExpressions(t *testing.T) {
	tests := []struct {
		text string
		want []expression
	}{
		{"https://@connectionParameters('region').fabrikam.com/@queryParameters(\"id\")", []expression{{"connectionParameters", []string{"region"}, true}, {"queryParameters", []string{`"id"`}, true}}},
		{"@connectionParameters('host', 'eu, (north).fabrikam.com')", []expression{{"connectionParameters", []string{"host", "eu, (north).fabrikam.com"}, true}}},
		{"@{triggerBody().cards[0].created}", []expression{{"triggerBody", []string{""}, true}}},
		{"@body().value @item().id", []expression{{"body", []string{""}, true}, {"item", []string{""}, true}}},
		{"@odata.nextLink, ada@fabrikam.com, @Request.OriginalHTTPMethod, @", nil},
		{"@headers('X-Team'", []expression{{"headers", nil, false}}},
		{"@headers(", []expression{{"headers", nil, false}}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			assert.Equal(t, tt.want, slices.Collect(expressions(tt.text)))
		})
	}
}
