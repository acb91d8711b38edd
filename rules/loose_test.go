package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures/packages"
	"github.com/precert/precert/rules"
)

// What is handed in beside the artefacts becomes public as well.
func TestSecretsInFilesWithoutARole(t *testing.T) {
	token := "gh" + "p_" + "q7Rz0pLw83KdNvB5xTfY2mJc6HsGa9Ue" + "4711"
	for _, name := range []string{"notes.txt", ".env", "samples/flow/definition.json", "CHANGELOG.md", "deploy.ps1", "LICENSE"} {
		t.Run(name, func(t *testing.T) {
			found := checkWith(t, fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
				name:                         {Data: []byte("first line\ntoken: " + token + "\n")},
			}, rules.Config{Only: []string{"SecretNotAllowed"}})
			if assert.Len(t, found, 1) {
				assert.Equal(t, name, found[0].File)
				assert.Equal(t, 2, found[0].Line)
			}
		})
	}
	quiet := map[string]string{
		"of a picture":                "logo.png",
		"of version control":          ".git/config",
		"of a dependency":             "node_modules/pack/index.js",
		"of something without an end": "a/b/c/d/e/f/notes.txt",
	}
	for why, name := range quiet {
		t.Run(why, func(t *testing.T) {
			assert.Empty(t, checkWith(t, fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
				name:                         {Data: []byte(token)},
			}, rules.Config{Only: []string{"SecretNotAllowed"}}))
		})
	}
	assert.Empty(t, checkWith(t, fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
		"dump.bin":                   {Data: []byte("\x00\x01" + token)},
		"huge.log":                   {Data: []byte(strings.Repeat("x", 2<<20) + "\n" + token)},
	}, rules.Config{Only: []string{"SecretNotAllowed"}}))
}

// A value says by its name that it is a credential, where its form does not.
func TestSecretsByTheirNames(t *testing.T) {
	random := "q7Rz0pLw83KdNv" + "B5xTfY2mJc6HsGa9Ue"
	for name, c := range map[string]struct {
		file, text string
		want       int
	}{
		"environment":       {".env", "CLIENT_SECRET=" + random, 1},
		"quoted":            {"deploy.ps1", `$apiKey = "` + random + `"`, 1},
		"JSON":              {"local.settings.json", `{"Fabrikam:ApiKey": "` + random + `"}`, 1},
		"YAML":              {"values.yaml", "access_token: '" + random + "'", 1},
		"Markdown":          {"readme.md", "Set `api_key` to this: api_key=" + random, 1},
		"code":              {"script.csx", `private const string ApiKey = "` + random + `";`, 1},
		"dictionary":        {"script.csx", `headers["X-Api-Key"] = @"` + random + `";`, 1},
		"code, no text":     {"script.csx", "var apiKey = " + random + ";", 0},
		"call":              {"script.csx", "var secret = Sign" + random + "(request);", 0},
		"placeholder":       {".env", "CLIENT_SECRET=your-" + random, 0},
		"made up":           {".env", "CLIENT_SECRET=0123456789abcdefghijklmnop", 0},
		"words":             {"readme.md", "api_key: the-key-of-your-own-account-in-boards", 0},
		"other name":        {".env", "CHECKSUM=" + random, 0},
		"its address":       {".env", "API_KEY_URL=" + random, 0},
		"short":             {".env", "API_KEY=q7Rz0pLw83", 0},
		"what is generated": {"readme.md", "token=" + random + random + random + random + random + random + random, 0},
	} {
		t.Run(name, func(t *testing.T) {
			found := checkWith(t, fstest.MapFS{
				"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}`)},
				c.file:                       {Data: []byte("first line\n" + c.text + "\n")},
			}, rules.Config{Only: []string{"SecretSuspected"}})
			if assert.Len(t, found, c.want) && c.want > 0 {
				assert.Equal(t, 2, found[0].Line)
				assert.NotContains(t, found[0].Message+found[0].Excerpt.Text, random[4:16])
			}
		})
	}
}

// Of a zip every file that can be read as text is searched, whatever it is
// called; what is large, a picture or a program is not.
func TestSecretsInZips(t *testing.T) {
	token := "gh" + "p_" + "q7Rz0pLw83KdNvB5xTfY2mJc6HsGa9Ue" + "4711"
	for name, want := range map[string]int{
		"notes.txt": 1, ".env": 1, "LICENSE": 1, "id_rsa": 1, "deploy.ps1": 1, "main.tf": 1, "app.config": 1, "flow.xaml": 1, "old.json.bak": 1, "a.log": 1,
		"deep/er/notes.md": 1, "boards.postman_environment": 1, "key.pem": 1, "web.config": 1, "query.sql": 1, "Dockerfile": 1,
		"logo.png": 0, "plugin.dll": 0, "setup.exe": 0, "films.mp4": 0,
	} {
		t.Run(name, func(t *testing.T) {
			content := []byte("first line\ntoken: " + token + "\n")
			for kind, recipe := range map[string]string{
				"of a submission": "from verified", "of a package": "from verified\nonly {package}", "of a solution": "from verified\nonly {connector}",
			} {
				tree, err := packages.Read(recipe)
				require.NoError(t, err)
				// The root of a submission must stay as it is.
				at := map[string]string{"of a submission": packages.ConnectorPath + "/Other/", "of a package": "Notes/", "of a solution": "Other/"}[kind]
				tree[at+name] = content
				assert.Len(t, secretsOfZip(t, tree), want, kind)
			}
			assert.Len(t, secretsOfZip(t, packages.Tree{
				"Boards/apiDefinition.swagger.json": []byte(`{"swagger": "2.0"}`), "Boards/" + name: content,
			}), want, "of a folder")
		})
	}
	large := append(bytes.Repeat([]byte("x"), 1<<20), []byte(token)...)
	assert.Empty(t, secretsOfZip(t, packages.Tree{"apiDefinition.swagger.json": []byte(`{"swagger": "2.0"}`), "huge.log": large}))
}

// secretsOfZip returns the credentials that are found in the zip of a tree.
func secretsOfZip(t *testing.T, tree packages.Tree) []finding.Finding {
	t.Helper()
	content, err := tree.Zip()
	require.NoError(t, err)
	at := filepath.Join(t.TempDir(), "connector.zip")
	require.NoError(t, os.WriteFile(at, content, 0o600))
	found, err := connector.Discover(t.Context(), at)
	require.NoError(t, err)
	pkg, err := connector.Load(t.Context(), found[0])
	require.NoError(t, err)
	engine, err := rules.New(rules.Config{Only: []string{"SecretNotAllowed"}})
	require.NoError(t, err)
	return engine.Check(t.Context(), pkg)
}

func TestDefinitionTooLargeForSolution(t *testing.T) {
	for size, wanted := range map[int]int{499_900: 0, 500_100: 1} {
		found := checkWith(t, fstest.MapFS{
			"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0"}` + strings.Repeat(" ", size-18))},
		}, rules.Config{Only: []string{"DefinitionTooLargeForSolution"}})
		assert.Len(t, found, wanted, size)
	}
}
