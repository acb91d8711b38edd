package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/fixtures/packages"
	"github.com/precert/precert/rules"
)

// build makes a submission from a recipe and further files in it.
func build(t *testing.T, recipe string, files fstest.MapFS) []byte {
	t.Helper()
	tree, err := packages.Read(recipe)
	require.NoError(t, err)
	for name, file := range files {
		tree[name] = file.Data
	}
	content, err := tree.Zip()
	require.NoError(t, err)
	return content
}

// judgePackage judges the zip of a recipe. With a line "beside" in it the zip
// lies, as submission.zip, in the folder of the sample connector, in which the
// further files stand too.
func judgePackage(t *testing.T, engine *rules.Engine, recipe string, files fstest.MapFS) []finding.Finding {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "submission.zip")
	if before, rest, beside := strings.Cut(recipe, "beside\n"); beside {
		at = dir
		require.NoError(t, fixtures.WriteTo(dir, fixtures.Good()))
		for name, file := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), file.Data, 0o600))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "submission.zip"), build(t, before+rest, nil), 0o600))
	} else {
		require.NoError(t, os.WriteFile(at, build(t, recipe, files), 0o600))
	}
	found, err := connector.Discover(t.Context(), at)
	require.NoError(t, err)
	pkg, err := connector.Load(t.Context(), found[0])
	require.NoError(t, err)
	return engine.Check(t.Context(), pkg)
}

// TestSamplePackages judges the packages of fixtures/packages: the sound ones
// give nothing, each wrong layout gives what its file wants, policy code first.
func TestSamplePackages(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "fixtures", "packages", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	engine, err := rules.New(rules.Config{})
	require.NoError(t, err)
	hit := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			beside := fstest.MapFS{}
			for _, f := range archive.Files {
				if f.Name != "recipe" && f.Name != "want" {
					beside[f.Name] = &fstest.MapFile{Data: f.Data}
				}
			}
			var got strings.Builder
			for _, f := range judgePackage(t, engine, string(section(archive, "recipe")), beside) {
				hit[f.Rule] = true
				if f.Severity >= finding.Warning {
					fmt.Fprintf(&got, "%s %s %s %s:%d: %s\n", f.Policy, f.Severity, f.Rule, f.File, f.Line, f.Message)
				}
			}
			if *update {
				rewrite(t, file, archive, []byte(got.String()))
				return
			}
			assert.Equal(t, string(section(archive, "want")), got.String())
		})
	}
	for _, r := range rules.Catalogue() {
		if r.Section == rules.SectionPackage {
			assert.True(t, hit[r.Name], "no sample breaks %s", r.Name)
		}
	}
}

// FuzzPackages feeds the rules the files that say what a solution holds.
func FuzzPackages(f *testing.F) {
	tree, err := packages.Sample(false)
	require.NoError(f, err)
	flow := packages.FlowPath + "/Workflows/GreetCustomer-7B1F6C2E-9F4D-4D57-8B1E-2A9C4E6D8F01.json"
	f.Add(string(tree[packages.FlowPath+"/customizations.xml"]), string(tree[packages.FlowPath+"/solution.xml"]), string(tree[flow]))
	f.Add("<a><Connector><name>x</name></Connector><Workflows><Workflow/></Workflows></a>", "<RootComponent/>", `{"properties": {"definition": {"host": {"operationId": "x"}}}}`)
	engine, err := rules.New(rules.Config{Only: []string{"*"}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, customizations, manifest, definition string) {
		tree, err := packages.Sample(false)
		require.NoError(t, err)
		for _, solution := range []string{packages.ConnectorPath, packages.FlowPath} {
			tree[solution+"/customizations.xml"], tree[solution+"/solution.xml"] = []byte(customizations), []byte(manifest)
		}
		tree[flow] = []byte(definition)
		content, err := tree.Zip()
		require.NoError(t, err)
		at := filepath.Join(t.TempDir(), "submission.zip")
		require.NoError(t, os.WriteFile(at, content, 0o600))
		found, err := connector.Discover(t.Context(), at)
		if err != nil {
			require.ErrorIs(t, err, connector.ErrArchive)
			return
		}
		for _, source := range found {
			pkg, err := connector.Load(t.Context(), source)
			require.NoError(t, err)
			for _, finding := range engine.Check(t.Context(), pkg) {
				assert.NotEqual(t, "InternalError", finding.Rule, finding.Message)
			}
		}
	})
}

// A whole submission, read and judged, takes a few milliseconds.
func BenchmarkSubmission(b *testing.B) {
	tree, err := packages.Sample(false)
	require.NoError(b, err)
	content, err := tree.Zip()
	require.NoError(b, err)
	at := filepath.Join(b.TempDir(), "submission.zip")
	require.NoError(b, os.WriteFile(at, content, 0o600))
	engine, err := rules.New(rules.Config{})
	require.NoError(b, err)
	for b.Loop() {
		found, err := connector.Discover(b.Context(), at)
		require.NoError(b, err)
		pkg, err := connector.Load(b.Context(), found[0])
		require.NoError(b, err)
		engine.Check(b.Context(), pkg)
	}
}
