package policy

import (
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

const corpus = "../../../shared/corpus"

// loadAll loads every connector under a folder.
func loadAll(t *testing.T, root string) []*connector.Package {
	t.Helper()
	var out []*connector.Package
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(d.Name(), "apiProperties.json") {
			return err
		}
		dir := filepath.Dir(path)
		pkg, err := connector.Load(context.Background(), connector.Source{Path: dir, FS: os.DirFS(dir), Dir: ".", Definition: "apiDefinition.swagger.json"})
		if err == nil {
			out = append(out, pkg)
		}
		return nil
	})
	require.NoError(t, err)
	return out
}

func TestPublicConnectorsLoadAndApply(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the collection of public connectors is not on this machine")
	}
	instances, unusable, applied := 0, map[string]string{}, 0
	for _, pkg := range loadAll(t, corpus) {
		instances += pkg.Properties.Root.At("properties", "policyTemplateInstances").Len()
		set, problems := Load(pkg)
		for _, p := range problems {
			unusable[filepath.Base(pkg.Path)+p.Pointer] = p.Message
			assert.Positive(t, p.Line, pkg.Path)
		}
		for _, op := range pkg.Definition.Operations {
			req := &Request{Method: op.Method, Base: &url.URL{Scheme: "https", Host: "api.fabrikam.com"}, Path: op.Path, Header: http.Header{},
				Query: "hostname=a&host=b&top=1", RawBody: []byte(`{"assignments":"u1;u2","references":[{"resourceLink":"a.b"}],"checklist":[{"id":"1"}],"topics":1}`), PathParams: map[string]string{}}
			env := Env{StandIn: func(name string) string { return "{" + name + "}" }}
			require.NoError(t, set.Request(op.ID, req, env), pkg.Path)
			_, err := req.URL()
			require.NoError(t, err, "%s %s", pkg.Path, op.ID)
			resp := &Response{Status: 200, Header: http.Header{}, RawBody: []byte(`{"value":[{"assignments":{"u1":{}}}],"checklist":{"a":{"b":1}},"next":"/x","sounds":{"s":"d"}}`)}
			require.NoError(t, set.Response(op.ID, req, resp, env), pkg.Path)
			applied += len(set.Names(op.ID))
		}
	}
	t.Logf("%d policies, %d not applicable, applied %d times", instances, len(unusable), applied)
	for at, message := range unusable {
		t.Log(at, message)
	}
	// One misspells an expression.
	assert.LessOrEqual(t, len(unusable), 1)
	assert.Greater(t, instances, 500)
}
