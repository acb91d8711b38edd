package runner

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every check is explained, and nothing is that does not exist.
func TestEveryCheckIsExplained(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Z0-9][^\n]*[.:]$`)
	names := map[string]bool{}
	for _, doc := range Catalogue() {
		names[doc.Name] = true
		for what, text := range map[string]string{"summary": doc.Summary, "why": doc.Why, "fix": doc.Fix, "fails": doc.Fails} {
			assert.Regexp(t, sentence, text, "%s: %s", doc.Name, what)
		}
		for what, text := range map[string]string{"warns": doc.Warns, "skips": doc.Skips} {
			if text != "" {
				assert.Regexp(t, sentence, text, "%s: %s", doc.Name, what)
			}
		}
		assert.NotEmpty(t, doc.Source, doc.Name)
	}
	for name := range conditions() {
		assert.True(t, names[name], "conditions name %s, which is no check", name)
	}
}
