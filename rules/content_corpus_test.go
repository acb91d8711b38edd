package rules_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// What is certified was accepted: of the rules on wording, schemas, agents,
// script, icon and readme, at most three in a hundred recent connectors may
// break one as an error.
func TestRecentConnectorsBreakHardlyAnyRuleOnContent(t *testing.T) {
	const corpus, dates = "../../shared/corpus", "../../shared/reference/corpus-added.tsv"
	list, err := os.Open(dates)
	if err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	defer list.Close() //nolint:errcheck // it is only read
	added := map[string]string{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		folder, date, _ := strings.Cut(lines.Text(), "\t")
		added[folder] = date
	}
	sections := []string{rules.SectionContent, rules.SectionSchemas, rules.SectionAgents, rules.SectionScript, rules.SectionIcon, rules.SectionReadme}
	var only []string
	for _, r := range rules.Catalogue() {
		if slices.Contains(sections, r.Section) {
			only = append(only, r.Name)
		}
	}
	engine, err := rules.New(rules.Config{Only: only})
	require.NoError(t, err)
	sources, err := connector.Discover(t.Context(), corpus)
	require.NoError(t, err)
	total, broken := map[string]int{}, map[string]int{}
	for _, src := range sources {
		folder, err := filepath.Rel(corpus, src.Path)
		require.NoError(t, err)
		if added[filepath.ToSlash(folder)] < "2022" {
			continue
		}
		kind := strings.Split(filepath.ToSlash(folder), "/")[0]
		total[kind]++
		pkg, err := connector.Load(t.Context(), src)
		require.NoError(t, err)
		found := engine.Check(t.Context(), pkg)
		for _, f := range found {
			assert.NotEqual(t, "InternalError", f.Rule, "%s: %s", folder, f.Message)
			if f.Severity == finding.Error {
				t.Logf("%s %s: %s", folder, f.Rule, f.Message)
			}
		}
		if slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Severity == finding.Error }) {
			broken[kind]++
		}
	}
	for _, kind := range []string{"certified-connectors", "independent-publisher-connectors"} {
		require.Positive(t, total[kind], kind)
		assert.LessOrEqual(t, 100*broken[kind], 3*total[kind], "%d of %d %s", broken[kind], total[kind], kind)
	}
}
