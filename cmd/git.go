package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/precert/precert/connector"
)

// errNotAtRevision says that a path did not exist yet, or does not any more.
var errNotAtRevision = errors.New("not in that revision")

// repository reads what git keeps, without touching the working tree. Nothing
// of what the user gives reaches git as an option or through a shell.
type repository struct {
	// top is the folder of the working tree.
	top string
}

// openRepository finds the repository that holds a folder.
func openRepository(ctx context.Context, folder string) (*repository, error) {
	top, err := git(ctx, folder, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%s is not in a git repository, so there is no earlier version: give a folder, a definition file or a zip in its place (%w)", folder, err)
	}
	return &repository{top: filepath.FromSlash(strings.TrimRight(string(top), "\r\n"))}, nil
}

// commit resolves a revision to the id of its commit.
func (r *repository) commit(ctx context.Context, revision string) (string, error) {
	id, err := git(ctx, r.top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("git knows no revision %q here: give a commit, branch or tag that is fetched (a shallow clone holds few)", revision)
	}
	return strings.TrimSpace(string(id)), nil
}

// relative returns a path of the file system as git names it, "." for the top.
func (r *repository) relative(at string) (string, error) {
	at, err := filepath.Abs(at)
	if err != nil {
		return "", err
	}
	top, err := filepath.EvalSymlinks(r.top)
	if err != nil {
		return "", err
	}
	// The path may be gone from the working tree: the part that is there may lead through links.
	rest := ""
	for {
		if resolved, err := filepath.EvalSymlinks(at); err == nil {
			at = filepath.Join(resolved, rest)
			break
		}
		parent := filepath.Dir(at)
		if parent == at {
			break
		}
		at, rest = parent, filepath.Join(filepath.Base(at), rest)
	}
	name, err := filepath.Rel(top, at)
	if err != nil || name == ".." || strings.HasPrefix(name, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is outside of the git repository %s", at, r.top)
	}
	return filepath.ToSlash(name), nil
}

// entry is one file that git lists.
type entry struct {
	id, name string
	size     int64
}

// list names the regular files at a path of a commit and below it.
func (r *repository) list(ctx context.Context, commit, at string) ([]entry, error) {
	args := []string{"ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--"}
	if at != "." {
		args = append(args, at)
	}
	out, err := git(ctx, r.top, args...)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for line := range strings.SplitSeq(string(out), "\x00") {
		facts, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(facts)
		if !ok || len(fields) != 4 || fields[1] != "blob" || !strings.HasPrefix(fields[0], "100") {
			continue // links and submodules hold no artefacts
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err == nil {
			entries = append(entries, entry{id: fields[2], name: name, size: size})
		}
	}
	return entries, nil
}

// sources finds the connectors at a path of a revision. label names them in
// messages. The error wraps errNotAtRevision when nothing stands there.
func (r *repository) sources(ctx context.Context, revision, at, label string) ([]connector.Source, error) {
	commit, err := r.commit(ctx, revision)
	if err != nil {
		return nil, err
	}
	entries, err := r.list(ctx, commit, at)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s does not exist: %w; git ls-tree lists what does", label, errNotAtRevision)
	}
	if len(entries) > 1 || entries[0].name != at {
		return connector.DiscoverFS(ctx, r.tree(ctx, entries, at), label)
	}
	if strings.EqualFold(path.Ext(at), ".zip") {
		return nil, fmt.Errorf("%s is an archive: give the connector's folder or its definition", label)
	}
	folder := path.Dir(at)
	if entries, err = r.list(ctx, commit, folder); err != nil {
		return nil, err
	}
	return []connector.Source{{
		Path: label, FS: r.tree(ctx, entries, folder), Dir: ".", Definition: path.Base(at),
		Alone: !strings.EqualFold(path.Base(at), "apiDefinition.swagger.json"),
	}}, nil
}

// tree is the file system of a folder in a commit.
func (r *repository) tree(ctx context.Context, entries []entry, at string) fs.FS {
	t := &gitTree{ctx: ctx, repository: r, files: fstest.MapFS{}, unread: map[string]entry{}}
	for _, e := range entries {
		name := e.name
		if at != "." {
			name = strings.TrimPrefix(name, at+"/")
		}
		if fs.ValidPath(name) && readable(name) {
			t.files[name] = &fstest.MapFile{Mode: 0o444}
			t.unread[name] = e
		}
	}
	return t
}

// readable tells the artefacts that a comparison reads from pictures and texts.
func readable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml":
		return true
	}
	return false
}

// gitTree reads the content of a file when it is opened: a repository holds
// much more than a connector.
type gitTree struct {
	ctx        context.Context //nolint:containedctx // fs.FS has no place for one, and the tree lives for one command
	repository *repository
	files      fstest.MapFS
	unread     map[string]entry
}

// Open implements fs.FS.
func (t *gitTree) Open(name string) (fs.File, error) {
	if e, ok := t.unread[name]; ok {
		if e.size > connector.MaxFileBytes {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("%d bytes are too many", e.size)}
		}
		content, err := git(t.ctx, t.repository.top, "cat-file", "blob", e.id)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		t.files[name].Data = content
		delete(t.unread, name)
	}
	return t.files.Open(name)
}

// git runs one command that reads, in a folder. The error is the first line
// that git says.
func git(ctx context.Context, folder string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "git", args...) //nolint:gosec // fixed commands; what users give stands behind -- or --end-of-options
	command.Dir = folder
	command.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed; give two folders instead")
	}
	said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	if said == "" {
		said = err.Error()
	}
	return nil, fmt.Errorf("git: %s", strings.TrimPrefix(said, "fatal: "))
}
