package runner

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// TestSecurityOfTheDefinitionAndOfTheAPI holds what is declared against what is demanded.
func TestSecurityOfTheDefinitionAndOfTheAPI(t *testing.T) {
	undeclared := strings.Replace(notesDefinition, `"security": [{"api_key": []}],`, ``, 1)
	for name, c := range map[string]struct {
		definition string
		open       bool
		check      string
		message    string
	}{
		"both":                      {notesDefinition, false, "", ""},
		"declared and not demanded": {notesDefinition, true, checkCredentials, "a request without credentials succeeds (200)"},
		"demanded and not declared": {undeclared, false, checkSuccessful, "answered 401, but the definition declares no security for the operation"},
		"neither":                   {undeclared, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			api := newNotes()
			api.open = c.open
			result := exerciseAPI(t.Context(), t, c.definition, api, withKey())
			if c.check == "" {
				assert.Empty(t, complaints(result))
				return
			}
			check := checkOf(outcomeOf(t, result, "ListNotes"), c.check)
			assert.Equal(t, finding.Failed, check.Verdict)
			assert.Contains(t, check.Message, c.message)
		})
	}
}
