package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

var update = flag.Bool("update", false, "rewrite the wanted findings of the cases")

// TestCases runs every rule over its cases in fixtures/rules/NAME.txtar: the
// folder bad/ gives the findings in the file "want", the folder good/ gives
// none of that rule. More folders (bad2/, good2/) hold more cases.
func TestCases(t *testing.T) {
	// These have tests of their own: their input is too large or needs a file system.
	byHand := []string{"FileTooLarge", "FileNotReadable", "ScriptTooLarge", "IntroMissing", "DefinitionTooLargeForSolution"}
	for _, rule := range rules.Catalogue() {
		if rule.Section == rules.SectionTool || rule.Section == rules.SectionIcon || slices.Contains(byHand, rule.Name) {
			continue
		}
		t.Run(rule.Name, func(t *testing.T) {
			file := filepath.Join("..", "fixtures", "rules", rule.Name+".txtar")
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err, "every rule has a case")
			engine, err := rules.New(rules.Config{Only: []string{rule.Name}})
			require.NoError(t, err)
			var got bytes.Buffer
			bad, good := 0, 0
			for _, dir := range folders(archive) {
				found := judge(t, engine, archive, dir)
				for _, f := range found {
					fmt.Fprintf(&got, "%s/%s %s %d:%d %s: %s\n", dir, f.File, f.Pointer, f.Line, f.Column, f.Severity, f.Message)
				}
				if strings.HasPrefix(dir, "good") {
					good++
					assert.Empty(t, found, dir)
				} else {
					bad++
					assert.NotEmpty(t, found, dir)
				}
			}
			assert.Positive(t, bad, "a bad case")
			assert.Positive(t, good, "a good case")
			if *update {
				rewrite(t, file, archive, got.Bytes())
				return
			}
			assert.Equal(t, string(section(archive, "want")), got.String())
		})
	}
}

func judge(t *testing.T, engine *rules.Engine, archive *txtar.Archive, dir string) []finding.Finding {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, dir+"/"); ok {
			files[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	if recipe := files["recipe"]; recipe != nil {
		delete(files, "recipe")
		return judgePackage(t, engine, string(recipe.Data), files)
	}
	src := connector.Source{Path: dir, FS: files, Dir: "."}
	for name := range files {
		if strings.HasPrefix(strings.ToLower(name), "apidefinition") && src.Definition != "apiDefinition.swagger.json" {
			src.Definition = name
		}
	}
	pkg, err := connector.Load(t.Context(), src)
	require.NoError(t, err)
	return engine.Check(t.Context(), pkg)
}

func folders(archive *txtar.Archive) []string {
	var out []string
	for _, f := range archive.Files {
		dir, _, ok := strings.Cut(f.Name, "/")
		if ok && (len(out) == 0 || out[len(out)-1] != dir) {
			out = append(out, dir)
		}
	}
	return out
}

func section(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func rewrite(t *testing.T, file string, archive *txtar.Archive, want []byte) {
	t.Helper()
	found := false
	for i := range archive.Files {
		if archive.Files[i].Name == "want" {
			archive.Files[i].Data, found = want, true
		}
	}
	if !found {
		archive.Files = append(archive.Files, txtar.File{Name: "want", Data: want})
	}
	require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o600))
}
