package reports

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// shownByAzure reads the log as the agent of Azure Pipelines does: the first
// bracket that closes ends the properties, and then both halves are decoded.
func shownByAzure(t *testing.T, line string) string {
	t.Helper()
	m := regexp.MustCompile(`^##vso\[task\.logissue ([^\]]*)\](.*)$`).FindStringSubmatch(line)
	if m == nil {
		return line
	}
	decode := strings.NewReplacer("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%AZP25", "%").Replace
	values := map[string]string{}
	for _, property := range strings.Split(strings.TrimSuffix(m[1], ";"), ";") {
		key, value, found := strings.Cut(property, "=")
		require.True(t, found, property)
		values[key] = decode(value)
	}
	return values["sourcepath"] + "(" + values["linenumber"] + "," + values["columnnumber"] + "): " + values["type"] + " " + values["code"] + ": " + decode(m[2])
}

func TestAzureListsErrorsAndWarningsWithTheirPlace(t *testing.T) {
	c := boards()
	c.Findings = []finding.Finding{
		{Rule: "SchemaTypeMissing", Severity: finding.Error, File: "a;b]c 5%0A.json", Line: 3, Column: 9, Pointer: "/x", Message: "No [type]; 90 %0D of it."},
		{Rule: "IconNotOpaque", Severity: finding.Warning, File: "icon.png", Message: "See-through."},
		{Rule: "ReadmeSectionMissing", Severity: finding.Info, File: "readme.md", Message: "No limits."},
	}
	var shown []string
	for line := range strings.Lines(render(t, "azure", Options{}, concluded(newRun("check", c), finding.Error))) {
		shown = append(shown, shownByAzure(t, strings.TrimSuffix(line, "\n")))
	}
	assert.Equal(t, []string{
		"connectors/fabrikam-boards/a;b]c 5%0A.json(3,9): error SchemaTypeMissing: No [type]; 90 %0D of it. ValuePath: /x",
		"connectors/fabrikam-boards/icon.png(,): warning IconNotOpaque: See-through.",
		"connectors/fabrikam-boards/readme.md(,): info ReadmeSectionMissing: No limits.",
	}, shown[:3])
}
