package rules_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// Connectors that were certified lately must not be refused for their
// properties: at most 1.5 % of each kind, each for a reason of its own.
func TestPropertiesOfCertifiedConnectorsPass(t *testing.T) {
	const shared = "../../shared/"
	dates, err := os.Open(shared + "reference/corpus-added.tsv")
	if err != nil {
		t.Skip("the corpus of public connectors is not here")
	}
	defer dates.Close() //nolint:errcheck // it was only read
	added := map[string]string{}
	for lines := bufio.NewScanner(dates); lines.Scan(); {
		folder, date, _ := strings.Cut(lines.Text(), "\t")
		added[folder] = date
	}
	engine, err := rules.New(rules.Config{Only: append(propertyRules(), "ConnectionParameterNotUsed", "SignInMismatch", "TestConnectionNotSuitable")})
	require.NoError(t, err)
	sources, err := connector.Discover(t.Context(), shared+"corpus")
	require.NoError(t, err)
	all, refused := map[string]int{}, map[string]int{}
	for _, src := range sources {
		folder, err := filepath.Rel(shared+"corpus", src.Path)
		require.NoError(t, err)
		if added[filepath.ToSlash(folder)] < "2022" {
			continue
		}
		kind, _, _ := strings.Cut(filepath.ToSlash(folder), "/")
		all[kind]++
		pkg, err := connector.Load(t.Context(), src)
		require.NoError(t, err)
		worst := finding.Info
		for _, f := range engine.Check(t.Context(), pkg) {
			require.NotEqual(t, "InternalError", f.Rule, f.Message)
			if f.Severity == finding.Error {
				worst = f.Severity
				t.Logf("%s: %s %s", folder, f.Rule, f.Message)
			}
		}
		if worst == finding.Error {
			refused[kind]++
		}
	}
	for _, kind := range []string{"certified-connectors", "independent-publisher-connectors"} {
		assert.Positive(t, all[kind])
		assert.LessOrEqual(t, refused[kind]*1000, all[kind]*15, "%s: %d of %d", kind, refused[kind], all[kind])
	}
}
