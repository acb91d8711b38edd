package connector

import (
	"context"
	"fmt"
	"io/fs"
)

// DiscoverFS finds the connectors in a file system, the way Discover does in a
// folder. at names it in paths and errors. The error says that there is none.
func DiscoverFS(ctx context.Context, fsys fs.FS, at string) ([]Source, error) {
	found, err := walkFolder(ctx, fsys, at)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return found, nil
	}
	if name := probe(fsys); name != "" {
		return []Source{{Path: at, FS: fsys, Dir: ".", Definition: name}}, nil
	}
	return nil, fmt.Errorf("%s holds no connector: no apiDefinition.swagger.json in it or in its folders", at)
}
