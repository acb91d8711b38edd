package connector_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

func write(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, content, 0o600))
	return file
}

func zipped(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range files {
		f, err := w.Create(file[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestDiscoverFindsConnectors(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "boards/APIDEFINITION.swagger.JSON", []byte(boards))
	write(t, dir, "boards/apiProperties.json", []byte(`{}`))
	write(t, dir, "lonely/apiProperties.json", []byte(`{}`))
	write(t, dir, "node_modules/x/apiDefinition.swagger.json", []byte(boards))
	write(t, dir, "other/notes.txt", []byte("nothing"))
	write(t, dir, "named/boards-v2.json", []byte(boards))
	solution := zipped(t, [2]string{"Connector/fabrikam_openapidefinition.json", boards}, [2]string{"solution.xml", "<x/>"})
	pack := write(t, dir, "package.zip", zipped(t, [2]string{"intro.md", "# Boards"}, [2]string{"PkgAssets/solution.zip", string(solution)}))

	t.Run("a folder of connectors", func(t *testing.T) {
		found, err := connector.Discover(t.Context(), dir)
		require.NoError(t, err)
		require.Len(t, found, 2)
		assert.Equal(t, "APIDEFINITION.swagger.JSON", found[0].Definition)
		assert.Empty(t, found[1].Definition, "its definition is missing, which is a finding")
	})
	t.Run("a folder whose definition has another name", func(t *testing.T) {
		found, err := connector.Discover(t.Context(), filepath.Join(dir, "named"))
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, "boards-v2.json", found[0].Definition)
	})
	t.Run("one definition file", func(t *testing.T) {
		found, err := connector.Discover(t.Context(), filepath.Join(dir, "named", "boards-v2.json"))
		require.NoError(t, err)
		p, err := connector.Load(t.Context(), found[0])
		require.NoError(t, err)
		assert.Len(t, p.Definition.Operations, 2)
	})
	t.Run("a solution in a package", func(t *testing.T) {
		found, err := connector.Discover(t.Context(), pack)
		require.NoError(t, err)
		require.Len(t, found, 1)
		p, err := connector.Load(t.Context(), found[0])
		require.NoError(t, err)
		assert.Equal(t, "Fabrikam Boards", p.Title())
	})
	t.Run("a missing path", func(t *testing.T) {
		_, err := connector.Discover(t.Context(), filepath.Join(dir, "nowhere"))
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
	t.Run("a folder without a connector", func(t *testing.T) {
		_, err := connector.Discover(t.Context(), filepath.Join(dir, "other"))
		require.ErrorContains(t, err, "holds no connector")
	})
}

func TestArchivesThatAreNotSafeAreRefused(t *testing.T) {
	dir := t.TempDir()
	bomb := zipped(t, [2]string{"apiDefinition.swagger.json", string(make([]byte, 40<<20))})
	tests := map[string]struct {
		content []byte
		want    string
	}{
		"out.zip":    {zipped(t, [2]string{"../../apiDefinition.swagger.json", boards}), "leads out of the archive"},
		"root.zip":   {zipped(t, [2]string{"/etc/apiDefinition.swagger.json", boards}), "leads out of the archive"},
		"drive.zip":  {zipped(t, [2]string{`..\apiDefinition.swagger.json`, boards}), "leads out of the archive"},
		"bomb.zip":   {bomb, "far more than a connector holds"},
		"nested.zip": {zipped(t, [2]string{"a.zip", string(bomb)}), "far more than a connector holds"},
		"text.zip":   {[]byte("no zip at all"), "not a readable zip file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := connector.Discover(t.Context(), write(t, dir, name, tt.content))
			require.ErrorIs(t, err, connector.ErrArchive)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestLimits(t *testing.T) {
	dir := t.TempDir()
	large := write(t, dir, "large/apiDefinition.swagger.json", nil)
	require.NoError(t, os.Truncate(large, 40<<20))
	deep := write(t, dir, "deep/apiDefinition.swagger.json",
		append(append([]byte(`{"swagger": "2.0", "x": `), bytes.Repeat([]byte(`[`), 10_000)...), bytes.Repeat([]byte(`]`), 10_000)...))
	for file, rule := range map[string]string{large: "FileTooLarge", deep: "NestingTooDeep"} {
		found, err := connector.Discover(t.Context(), filepath.Dir(file))
		require.NoError(t, err)
		p, err := connector.Load(t.Context(), found[0])
		require.NoError(t, err)
		require.NotEmpty(t, p.AllProblems())
		assert.Equal(t, rule, p.AllProblems()[0].Rule)
	}
}

func TestFormatsAreToldApart(t *testing.T) {
	for text, want := range map[string]connector.Format{
		`{"swagger": "2.0"}`:            connector.FormatSwagger2,
		`{"swagger": 2.0}`:              connector.FormatSwagger2,
		`{"swagger": "3.0.0"}`:          connector.FormatSwagger2,
		`{"swaggerVersion": "1.2"}`:     connector.FormatSwagger1,
		`{"openapi": "3.1.0"}`:          connector.FormatOpenAPI3,
		`{"asyncapi": "2.6.0"}`:         connector.FormatAsyncAPI,
		`{"info": {"_postman_id": ""}}`: connector.FormatPostman,
		`{"paths": {}}`:                 connector.FormatUnknown,
	} {
		assert.Equal(t, want, connector.FormatOf(connector.ReadDocument("a.json", []byte(text)).Root), text)
	}
}

func TestAnInterruptedWalkSaysSo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/apiDefinition.swagger.json", []byte(boards))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := connector.Discover(ctx, dir)
	require.ErrorIs(t, err, context.Canceled)
}
