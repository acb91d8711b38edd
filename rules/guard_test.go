package rules_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/rules"
)

func check(t testing.TB, files fs.FS) []finding.Finding {
	t.Helper()
	return checkUnder(t, files, rules.Config{})
}

func checkUnder(t testing.TB, files fs.FS, config rules.Config) []finding.Finding {
	t.Helper()
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "sample", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	engine, err := rules.New(config)
	require.NoError(t, err)
	return engine.Check(t.Context(), pkg)
}

func TestEveryRuleIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.Catalogue() {
		assert.False(t, seen[strings.ToLower(r.Name)], "%s is there twice", r.Name)
		seen[strings.ToLower(r.Name)] = true
		for field, text := range map[string]string{
			"Section": r.Section, "Source": r.Source, "Summary": r.Summary, "Why": r.Why, "Fix": r.Fix, "Wrong": r.Wrong, "Right": r.Right,
		} {
			assert.NotEmpty(t, text, "%s has no %s", r.Name, field)
		}
		assert.NotEqual(t, finding.Off, r.Severity, r.Name)
		assert.NotNil(t, r.Check, r.Name)
		assert.True(t, strings.HasSuffix(r.Summary, "."), "the summary of %s is a sentence", r.Name)
	}
}

func TestTheGoodConnectorBreaksNoRule(t *testing.T) {
	for _, f := range check(t, fixtures.Good()) {
		assert.LessOrEqual(t, f.Severity, finding.Info, "%s %s: %s", f.Rule, f.Pointer, f.Message)
	}
}

// TestTheWorstConnectorsBreakEveryRule leaves out the rules about files, which
// the samples obey so that the rest can be read, and those about packages, which
// TestSamplePackages breaks.
func TestTheWorstConnectorsBreakEveryRule(t *testing.T) {
	hit := map[string]bool{}
	for _, files := range append(bulky(t), fixtures.Worst(), fixtures.Crowded(), fixtures.Confused(), fixtures.Spoilt()) {
		for _, submission := range []bool{false, true} {
			for _, f := range checkUnder(t, files, rules.Config{Submission: submission}) {
				assert.NotEqual(t, "InternalError", f.Rule, f.Message)
				hit[f.Rule] = true
			}
		}
	}
	for _, r := range rules.Catalogue() {
		if r.Section != rules.SectionFiles && r.Section != rules.SectionTool && r.Section != rules.SectionPackage {
			assert.True(t, hit[r.Name], "no sample breaks %s", r.Name)
		}
	}
}

// bulky are connectors whose files are too large to be stored, or that hold too
// little: one with an icon of another colour than its brand and without the script that its operations are to pass, one with a
// large script, and one without operations.
func bulky(t testing.TB) []fs.FS {
	t.Helper()
	definition, err := fs.ReadFile(fixtures.Good(), "apiDefinition.swagger.json")
	require.NoError(t, err)
	return []fs.FS{
		fstest.MapFS{
			"apiDefinition.swagger.json": {Data: definition},
			"apiProperties.json":         {Data: []byte(`{"properties": {"iconBrandColor": "#2f7f6c", "scriptOperations": ["ListTickets"]}}`)},
			"icon.png":                   {Data: append(encoded(t, drawn(200, 200, brand, image.Pt(80, 80))), make([]byte, 1<<20)...)},
		},
		fstest.MapFS{
			"apiDefinition.swagger.json": {Data: definition},
			"script.csx":                 {Data: bytes.Repeat([]byte("// One more line.\n"), 60_000)},
		},
		fstest.MapFS{"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "paths": {}}`)}},
	}
}

func TestFindingsAreTheSameEveryTime(t *testing.T) {
	first := check(t, fixtures.Worst())
	for range 3 {
		assert.Empty(t, cmp.Diff(first, check(t, fixtures.Worst())))
	}
}

func TestEveryFindingSaysWhereAndHow(t *testing.T) {
	for _, f := range check(t, fixtures.Worst()) {
		if f.Line > 0 {
			require.NotNil(t, f.Excerpt, "%s %s", f.Rule, f.Pointer)
		}
		assert.NotEmpty(t, f.Hint, "%s %s", f.Rule, f.Pointer)
		assert.True(t, strings.HasSuffix(f.Message, "."), "%s: %s", f.Rule, f.Message)
	}
}

// FuzzRules changes one place of a real definition and judges what comes out:
// no rule may fail, whatever the definition.
func TestFurtherPlacesAreCountedAndNamed(t *testing.T) {
	told := regexp.MustCompile(`The same holds at (\d+) more places?, on lines? (\d+)`)
	n := 0
	for _, f := range check(t, fixtures.Worst()) {
		m := told.FindStringSubmatch(f.Message)
		if m == nil {
			assert.Empty(t, f.AlsoOn, f.Message)
			continue
		}
		n++
		assert.Equal(t, m[1], strconv.Itoa(len(f.AlsoOn)), f.Message)
		assert.Equal(t, m[2], strconv.Itoa(f.AlsoOn[0]), f.Message)
	}
	assert.Positive(t, n)
}

func FuzzRules(f *testing.F) {
	worst, err := fs.ReadFile(fixtures.Worst(), "apiDefinition.swagger.json")
	require.NoError(f, err)
	good, err := fs.ReadFile(fixtures.Good(), "apiDefinition.swagger.json")
	require.NoError(f, err)
	corpus, err := filepath.Glob("../../shared/corpus/*/[A-F]*/apiDefinition.swagger.json")
	require.NoError(f, err)
	for i, replacement := range []string{`null`, `{}`, `[]`, `"x"`, `-1.5`, `true`, `{"$ref": "#/definitions/Ticket"}`, `[[null]]`, `""`, `{"type": "array", "items": {"$ref": "#"}}`} {
		f.Add(uint16(i*97), uint16(i), []byte(replacement))
	}
	engine, err := rules.New(rules.Config{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, place, which uint16, replacement []byte) {
		base := [][]byte{worst, good}[which%2]
		if len(corpus) > 0 && which%4 > 1 {
			if base, err = os.ReadFile(corpus[int(which)%len(corpus)]); err != nil || len(base) > 200_000 {
				t.Skip("too large to change often")
			}
		}
		text := replaceValue(base, int(place), replacement)
		pkg, err := connector.Load(t.Context(), connector.Source{
			Path: "fuzz", FS: fstest.MapFS{"apiDefinition.swagger.json": {Data: text}}, Dir: ".", Definition: "apiDefinition.swagger.json", Alone: true,
		})
		require.NoError(t, err)
		for _, found := range engine.Check(t.Context(), pkg) {
			require.NotEqual(t, "InternalError", found.Rule, found.Message)
		}
	})
}

// replaceValue puts text in place of the n-th value of a JSON document.
func replaceValue(base []byte, n int, text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(base))
	for range n {
		if _, err := decoder.Token(); err != nil {
			return base
		}
	}
	at := decoder.InputOffset()
	end := at
	if _, err := decoder.Token(); err == nil {
		end = decoder.InputOffset()
	}
	return fmt.Appendf(nil, "%s %s %s", base[:at], text, base[end:])
}
