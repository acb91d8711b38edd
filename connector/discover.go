package connector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Discover finds the connectors at a path: a definition file, a zip, a folder
// that holds one, or a folder of such folders. The error says what to give
// instead; it wraps fs.ErrNotExist when the path is missing.
func Discover(ctx context.Context, at string) ([]Source, error) {
	info, err := os.Stat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: %w: give a connector folder, a definition file or a zip", at, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", at, err)
	case info.IsDir():
		return discoverFolder(ctx, at)
	case strings.EqualFold(filepath.Ext(at), ".zip"):
		return discoverZip(ctx, at)
	}
	dir, name := filepath.Split(at)
	if dir == "" {
		dir = "."
	}
	return []Source{{
		Path: at, FS: os.DirFS(dir), Dir: ".", Definition: name,
		Alone: !strings.EqualFold(name, standard[RoleDefinition]),
	}}, nil
}

func discoverFolder(ctx context.Context, at string) ([]Source, error) {
	root := os.DirFS(at)
	found, err := walkFolder(ctx, root, at)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return found, nil
	}
	if name := probe(root); name != "" {
		return []Source{{Path: at, FS: root, Dir: ".", Definition: name}}, nil
	}
	return nil, fmt.Errorf("%s holds no connector: no apiDefinition.swagger.json in it or in its folders; name the definition file itself if it is called otherwise", at)
}

// walkFolder finds the folders that hold a definition or connector properties.
func walkFolder(ctx context.Context, root fs.FS, at string) ([]Source, error) {
	var out []Source
	err := fs.WalkDir(root, ".", func(dir string, entry fs.DirEntry, err error) error {
		if ctxErr := ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err != nil || !entry.IsDir() {
			return nil //nolint:nilerr // a folder that cannot be listed holds nothing to check
		}
		if dir != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if name, ok := definitionIn(root, dir); ok {
			out = append(out, Source{Path: filepath.Join(at, filepath.FromSlash(dir)), FS: root, Dir: dir, Definition: name})
		}
		return nil
	})
	return out, err
}

// definitionIn names the definition in a folder; ok also when only
// apiProperties.json stands there, for then a definition is missing.
func definitionIn(fsys fs.FS, dir string) (name string, ok bool) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return "", false
	}
	var others []string
	for _, entry := range entries {
		fold := strings.ToLower(entry.Name())
		switch {
		case entry.IsDir():
		case fold == standard[RoleDefinition]:
			return entry.Name(), true
		case strings.HasSuffix(fold, "_openapidefinition.json"),
			strings.HasPrefix(fold, "apidef") && slices.Contains([]string{".json", ".yaml", ".yml"}, path.Ext(fold)):
			others = append(others, entry.Name())
		case fold == standard[RoleProperties]:
			ok = true
		}
	}
	if len(others) > 0 {
		return others[0], true
	}
	return "", ok
}

// probe looks for a definition under another name: the only file of the folder
// that begins like one.
func probe(root fs.FS) string {
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		return ""
	}
	var found []string
	for _, entry := range entries {
		ext := strings.ToLower(path.Ext(entry.Name()))
		if entry.IsDir() || !slices.Contains([]string{".json", ".yaml", ".yml"}, ext) {
			continue
		}
		content, err := readFile(root, entry.Name())
		if err != nil {
			continue
		}
		if FormatOf(ReadDocument(entry.Name(), content).Root) != FormatUnknown {
			found = append(found, entry.Name())
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// Format is the kind of API description that a document is.
type Format string

// The formats that are told apart. Only Swagger 2.0 can be certified.
const (
	FormatUnknown  Format = ""
	FormatSwagger2 Format = "Swagger 2.0"
	FormatSwagger1 Format = "Swagger 1"
	FormatOpenAPI3 Format = "OpenAPI 3"
	FormatPostman  Format = "Postman collection"
	FormatAsyncAPI Format = "AsyncAPI"
)

// FormatOf tells what kind of API description a document is.
func FormatOf(root *Node) Format {
	switch {
	case root.Get("openapi").Exists():
		return FormatOpenAPI3
	case root.Get("swagger").Exists():
		// Whatever version it claims: the rule about the version tells what is wrong with it.
		return FormatSwagger2
	case root.Get("swaggerVersion").Exists():
		return FormatSwagger1
	case root.Get("asyncapi").Exists():
		return FormatAsyncAPI
	case root.At("info", "_postman_id").Exists(), strings.Contains(root.At("info", "schema").String(), "postman"):
		return FormatPostman
	}
	return FormatUnknown
}
