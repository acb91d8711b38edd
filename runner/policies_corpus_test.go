package runner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

// TestDryRunOfPublicConnectorsWithPolicies plans every public connector that has policies.
func TestDryRunOfPublicConnectorsWithPolicies(t *testing.T) {
	const corpus = "../../shared/corpus"
	if _, err := os.Stat(corpus); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the collection of public connectors is not on this machine")
	}
	connectors, requests, changed := 0, 0, 0
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "apiProperties.json" {
			return err
		}
		dir := filepath.Dir(path)
		pkg, err := connector.Load(t.Context(), connector.Source{Path: dir, FS: os.DirFS(dir), Dir: ".", Definition: "apiDefinition.swagger.json"})
		if err != nil || pkg.Properties.Root.At("properties", "policyTemplateInstances").Len() == 0 || pkg.Definition.Root == nil {
			return nil //nolint:nilerr // what cannot be read is tested elsewhere
		}
		result, err := Run(t.Context(), pkg, Options{DryRun: true, Allow: []string{"POST", "PUT", "PATCH", "DELETE"}})
		if err != nil {
			t.Log(dir, err)
			return nil
		}
		connectors++
		for _, p := range result.Plan {
			requests++
			if p.Before != nil {
				changed++
			}
			assert.NotContains(t, p.URL, "@connectionParameters", dir)
			// A made-up value may be a whole address where the policy asks for a host.
			if !strings.Contains(p.Missing, "gives no usable address") {
				assert.NotContains(t, p.Missing, "policy", "%s %s", dir, p.OperationID)
			}
			assert.Equal(t, 1, strings.Count(p.URL, "://"), p.URL)
		}
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d connectors with policies, %d requests, %d changed by policies", connectors, requests, changed)
	assert.Positive(t, changed)
}
