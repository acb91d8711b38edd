package connector_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures/packages"
)

func sample(t testing.TB, recipe string) []byte {
	t.Helper()
	tree, err := packages.Read(recipe)
	require.NoError(t, err)
	content, err := tree.Zip()
	require.NoError(t, err)
	return content
}

func TestTheKindOfAZipIsTold(t *testing.T) {
	for recipe, want := range map[string]connector.SubmissionKind{
		"from verified":                              connector.KindSubmission,
		"from verified\nremove intro.md":             connector.KindSubmission,
		"from verified\nremove {package}":            connector.KindSubmission,
		"from verified\nmove {assets} PkgAssets":     connector.KindSubmission,
		"from verified\nonly {package}":              connector.KindPackage,
		"from verified\nonly {connector}":            connector.KindSolution,
		"from verified\nonly {connector}/Connector":  connector.KindOther,
		"put apiDefinition.swagger.json {}":          connector.KindOther,
		"put photos/a.png x\nput photos/readme.md x": connector.KindOther,
	} {
		s, err := connector.ReadSubmission(t.Context(), "some.zip", sample(t, recipe))
		require.NoError(t, err)
		assert.Equal(t, want, s.Kind, recipe)
	}
}

func TestSolutionsAreToldByTheirCustomizations(t *testing.T) {
	s, err := connector.ReadSubmission(t.Context(), "submission.zip", sample(t, "from verified"))
	require.NoError(t, err)
	require.Len(t, s.Solutions, 2)
	first, flow := s.Solutions[0], s.Solutions[1]
	assert.Equal(t, connector.SolutionConnector, first.Kind())
	assert.Equal(t, connector.SolutionFlow, flow.Kind())
	assert.Equal(t, "package.zip/PkgAssets/TidewellDeskFlow.zip/Workflows", flow.Inside("Workflows"))
	require.Len(t, first.Exports, 1)
	assert.Equal(t, packages.LogicalName, first.Exports[0].Name)
	assert.Empty(t, first.Exports[0].Missing())
	require.Len(t, flow.Flows, 1)
	assert.Equal(t, "Greet the customer", flow.Flows[0].Name())
	require.Len(t, flow.Flows[0].Calls, 2)
	for _, call := range flow.Flows[0].Calls {
		assert.True(t, flow.Targets(flow.Flows[0], call, first.Exports[0]), call.OperationID.String())
	}
}

func TestAFlowIsKnownToUseTheConnector(t *testing.T) {
	const file = "{flow}/Workflows/GreetCustomer-7B1F6C2E-9F4D-4D57-8B1E-2A9C4E6D8F01.json "
	const api, logical = "shared_tdw-5ftidewell-20desk-5f4b7d1e90aa12c3d4", "`, \"logicalName\": \"tdw_tidewell-20desk\"`"
	tests := map[string]struct {
		recipe string
		want   bool
	}{
		"by the name of its API":        {"edit " + file + logical + ` ""`, true},
		"by its logical name":           {"edit " + file + api + " shared_x\nedit {flow}/customizations.xml customconnectorid x", true},
		"by the id of the connector":    {"edit " + file + api + " shared_x\nedit " + file + logical + ` ""`, true},
		"not when nothing points to it": {"edit " + file + api + " shared_x\nedit " + file + logical + " \"\"\nedit {flow}/customizations.xml customconnectorid x\nedit {flow}/customizations.xml " + api + " shared_x", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := connector.ReadSubmission(t.Context(), "s.zip", sample(t, "from verified\n"+tt.recipe))
			require.NoError(t, err)
			flow := s.Solutions[1]
			assert.Equal(t, tt.want, flow.Targets(flow.Flows[0], flow.Flows[0].Calls[0], s.Exports()[0]))
		})
	}
}

// The parts of an export read as one apiProperties.json, each value at its place in its own file.
func TestAnExportIsReadLikeItsSource(t *testing.T) {
	at := write(t, t.TempDir(), "submission.zip", sample(t, "from verified"))
	found, err := connector.Discover(t.Context(), at)
	require.NoError(t, err)
	require.Len(t, found, 1, "the connector of both solutions is one")
	p, err := connector.Load(t.Context(), found[0])
	require.NoError(t, err)
	assert.Empty(t, p.AllProblems())
	assert.Equal(t, "Tidewell Desk", p.Title())
	assert.Len(t, p.Definition.Operations, 22)
	const folder = "package.zip/PkgAssets/TidewellDeskConnector.zip/"
	properties := p.Properties.Root.Get("properties")
	tests := map[string]struct {
		node                *connector.Node
		file, pointer, text string
		line                int
	}{
		"a connection parameter": {properties.At("connectionParameters", "access_key", "type"), folder + "Connector/tdw_tidewell-20desk_connectionparameters.json", "/access_key/type", "securestring", 3},
		"a policy":               {properties.Get("policyTemplateInstances").Item(1).Get("templateId"), folder + "Connector/tdw_tidewell-20desk_policytemplateinstances.json", "/1/templateId", "updatenextlink", 13},
		"the brand colour":       {properties.Get("iconBrandColor"), folder + "customizations.xml", "/properties/iconBrandColor", "#1f6f5c", 10},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.text, tt.node.String())
			assert.Equal(t, tt.file, tt.node.Document().Name)
			assert.Equal(t, tt.pointer, tt.node.Pointer())
			assert.Equal(t, tt.line, tt.node.Line())
			assert.Contains(t, tt.node.Excerpt().Text, tt.text)
		})
	}
	for _, role := range []connector.Role{connector.RoleDefinition, connector.RoleProperties, connector.RoleIcon, connector.RoleScript, connector.RoleIntro} {
		assert.NotNil(t, p.File(role), role)
	}
	assert.Equal(t, "intro.md", p.File(connector.RoleIntro).Name)
}

func TestThePublisherOfAnExportIsTold(t *testing.T) {
	for _, want := range []string{"verified", "independent"} {
		found, err := connector.Discover(t.Context(), write(t, t.TempDir(), "submission.zip", sample(t, "from "+want)))
		require.NoError(t, err)
		p, err := connector.Load(t.Context(), found[0])
		require.NoError(t, err)
		assert.Equal(t, want, p.Publisher())
	}
}

func TestNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "in/submission.zip", sample(t, "from verified"))
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	found, err := connector.Discover(t.Context(), filepath.Join(dir, "in", "submission.zip"))
	require.NoError(t, err)
	_, err = connector.Load(t.Context(), found[0])
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// zeros is a deflate stream of n times 32 MB of zeros, of about 32 KB each.
func zeros(t *testing.T, n int) []byte {
	t.Helper()
	var one bytes.Buffer
	w, err := flate.NewWriter(&one, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(make([]byte, 32<<20))
	require.NoError(t, err)
	require.NoError(t, w.Flush()) // ends on a byte, so that it can be repeated
	stream := bytes.Repeat(one.Bytes(), n)
	return append(stream, 1, 0, 0, 0xff, 0xff) // an empty last block
}

type rawEntry struct {
	name   string
	claims uint64
	stream []byte
}

func rawZip(t *testing.T, entries ...rawEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateRaw(&zip.FileHeader{Name: e.name, Method: zip.Deflate, CompressedSize64: uint64(len(e.stream)), UncompressedSize64: e.claims})
		require.NoError(t, err)
		_, err = f.Write(e.stream)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// A bomb of ten gigabytes, however it is wrapped, costs neither time nor memory.
func TestBombsAreRefusedEarly(t *testing.T) {
	const ten = 320 // times 32 MB
	stream, small := zeros(t, ten), zeros(t, 1)
	var many []rawEntry
	for i := range ten {
		many = append(many, rawEntry{"Connector/" + strings.Repeat("x", i+1) + ".json", 32 << 20, small})
	}
	honest := rawZip(t, rawEntry{"apiDefinition.swagger.json", ten * 32 << 20, stream})
	var slow bytes.Buffer
	w := zip.NewWriter(&slow)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "package.zip", Method: zip.Store})
	require.NoError(t, err)
	_, err = f.Write(honest)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	tests := map[string][]byte{
		"one entry":                    honest,
		"an entry that is never read":  rawZip(t, rawEntry{"readme.dll", ten * 32 << 20, stream}),
		"an entry that claims less":    rawZip(t, rawEntry{"apiDefinition.swagger.json", 1000, stream}),
		"many entries":                 rawZip(t, many...),
		"in a package":                 slow.Bytes(),
		"an entry that claims nothing": rawZip(t, rawEntry{"solution.xml", 0, stream}),
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			at := write(t, t.TempDir(), "submission.zip", content)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			started := time.Now()
			_, err := connector.Discover(t.Context(), at)
			took := time.Since(started)
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, connector.ErrArchive)
			// Unpacking it takes half a minute; a busy machine is allowed for.
			assert.Less(t, took, 5*time.Second)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))
		})
	}
}

// numbered makes many elements that do not pack as well as a bomb.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<b%x/>", i*7919)
	}
	return b.String()
}

func TestHostileXMLIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"an entity that expands":  `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><ImportExportXml>&b;</ImportExportXml>`,
		"an entity from outside":  `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ImportExportXml>&a;</ImportExportXml>`,
		"nesting":                 strings.Repeat("<a>", 100_000),
		"many elements":           "<a>" + numbered(300_000) + "</a>",
		"nothing":                 "",
		"no XML":                  "PK\x03\x04",
		"an end without a start":  "</ImportExportXml>",
		"another encoding's name": `<?xml version="1.0" encoding="ebcdic"?><ImportExportXml>`,
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := packages.Read("from verified\nonly {connector}")
			require.NoError(t, err)
			tree["customizations.xml"] = []byte(text)
			content, err := tree.Zip()
			require.NoError(t, err)
			s, err := connector.ReadSubmission(t.Context(), "solution.zip", content)
			require.NoError(t, err)
			require.Len(t, s.Solutions[0].Problems, 1)
			assert.Equal(t, "SolutionXmlNotValid", s.Solutions[0].Problems[0].Rule)
			assert.Nil(t, s.Solutions[0].Customizations)
			assert.Equal(t, connector.SolutionConnector, s.Solutions[0].Kind(), "its folders tell")
		})
	}
}

func TestPackRefusesWhatDoesNotBelong(t *testing.T) {
	solution := connector.Part{Name: "Desk.zip", Content: sample(t, "from verified\nonly {connector}")}
	pack := connector.Part{Name: "package.zip", Content: sample(t, "from verified\nonly {package}")}
	for want, parts := range map[string][]connector.Part{
		"there is nothing to submit":             {{Name: "intro.md"}},
		"Desk.zip is given twice":                {solution, solution},
		"package.zip is a package zip by itself": {pack, solution},
		"photos.zip is neither":                  {{Name: "photos.zip", Content: sample(t, "put a.png x")}},
		"old.zip is a submission already":        {{Name: "old.zip", Content: sample(t, "from verified")}},
		"not a readable zip file":                {{Name: "a.zip", Content: []byte("7z")}},
	} {
		_, _, err := connector.Pack(t.Context(), parts)
		require.ErrorContains(t, err, want)
	}
	content, contents, err := connector.Pack(t.Context(), []connector.Part{pack, {Name: "intro.md", Content: []byte("# Desk")}})
	require.NoError(t, err)
	assert.Equal(t, "intro.md, package.zip", contents)
	s, err := connector.ReadSubmission(t.Context(), "s.zip", content)
	require.NoError(t, err)
	assert.Equal(t, connector.KindSubmission, s.Kind)
	assert.Len(t, s.InPlace(), 2)
}

func FuzzReadSubmission(f *testing.F) {
	for _, recipe := range []string{"from verified", "from independent\nonly {package}", "from verified\nonly {flow}", "put a.zip x"} {
		f.Add(sample(f, recipe))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := connector.ReadSubmission(t.Context(), "s.zip", content)
		if err != nil {
			require.ErrorIs(t, err, connector.ErrArchive)
			return
		}
		for _, export := range s.Exports() {
			export.Package()
		}
	})
}

// FuzzSolutionFiles is fed the files of a solution instead of the bytes of a
// zip, which random changes would only break.
func FuzzSolutionFiles(f *testing.F) {
	tree, err := packages.Read("from verified\nonly {flow}")
	require.NoError(f, err)
	flow := "Workflows/GreetCustomer-7B1F6C2E-9F4D-4D57-8B1E-2A9C4E6D8F01.json"
	f.Add(string(tree["customizations.xml"]), string(tree["solution.xml"]), string(tree[flow]), "[]")
	f.Add("<a/>", "<Connector><name/></Connector>", "{}", "{")
	f.Fuzz(func(t *testing.T, customizations, manifest, definition, policies string) {
		solution := packages.Tree{
			"customizations.xml": []byte(customizations), "solution.xml": []byte(manifest), flow: []byte(definition),
			"Connector/tdw_tidewell-20desk_policytemplateinstances.json": []byte(policies),
			"Connector/tdw_tidewell-20desk_openapidefinition.json":       []byte(boards),
		}
		content, err := solution.Zip()
		require.NoError(t, err)
		s, err := connector.ReadSubmission(t.Context(), "s.zip", content)
		require.NoError(t, err)
		for _, export := range s.Exports() {
			p := export.Package()
			p.Properties.Root.Walk(func(n *connector.Node) bool { return n.Pointer() != "\x00" })
			for _, f := range s.Solutions[0].Flows {
				for _, call := range f.Calls {
					s.Solutions[0].Targets(f, call, export)
				}
			}
		}
	})
}

func BenchmarkSubmission(b *testing.B) {
	at := filepath.Join(b.TempDir(), "submission.zip")
	require.NoError(b, os.WriteFile(at, sample(b, "from verified"), 0o600))
	for b.Loop() {
		found, err := connector.Discover(b.Context(), at)
		require.NoError(b, err)
		_, err = connector.Load(b.Context(), found[0])
		require.NoError(b, err)
	}
}
