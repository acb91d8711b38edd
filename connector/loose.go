package connector

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of what is read beside the artefacts of a connector.
const (
	maxLooseFile    = 1 << 20
	maxLooseBytes   = 8 << 20
	maxLooseFiles   = 200
	maxLooseFolders = 50
	maxLooseLevels  = 4
)

// looseReader gathers the text files beside the artefacts within one budget.
type looseReader struct {
	fsys    fs.FS
	out     []*Artefact
	bytes   int64
	folders int
}

// loose returns the text files that lie beside the artefacts, in the folder
// and the folders in it, or in the zip: notes, samples, flows, settings. They
// have no role. What is large, binary, hidden in a folder such as .git, or
// belongs to another connector is left out. The error is that of ctx.
func loose(ctx context.Context, p *Package, src Source) ([]*Artefact, error) {
	r := &looseReader{fsys: src.FS}
	if src.export != nil {
		return r.zipped(p), ctx.Err()
	}
	for _, name := range p.Others {
		if err := r.read(ctx, src.Dir, name, 1); err != nil {
			return nil, err
		}
	}
	return r.out, nil
}

// read takes one file, or a folder when name ends with a slash.
func (r *looseReader) read(ctx context.Context, base, name string, level int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if folder, ok := strings.CutSuffix(name, "/"); ok {
		return r.folder(ctx, base, folder, level)
	}
	if len(r.out) == maxLooseFiles || isPicture(name) {
		return nil
	}
	at := path.Join(base, name)
	info, err := fs.Stat(r.fsys, at)
	if err != nil {
		return nil //nolint:nilerr // What cannot be read is no artefact: the connector is judged without it.
	}
	if !info.Mode().IsRegular() || info.Size() > maxLooseFile || r.bytes+info.Size() > maxLooseBytes {
		return nil
	}
	if content, err := readFile(r.fsys, at); err == nil && !isBinary(content) {
		r.bytes += int64(len(content))
		r.out = append(r.out, &Artefact{Name: name, Content: content})
	}
	return nil
}

func (r *looseReader) folder(ctx context.Context, base, folder string, level int) error {
	last := path.Base(folder)
	if r.folders == maxLooseFolders || level > maxLooseLevels || strings.HasPrefix(last, ".") || last == "node_modules" {
		return nil
	}
	r.folders++
	entries, err := fs.ReadDir(r.fsys, path.Join(base, folder))
	if err != nil {
		return nil //nolint:nilerr // As for files.
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.EqualFold(e.Name(), standard[RoleDefinition]) }) {
		return nil
	}
	for _, entry := range entries {
		name := folder + "/" + entry.Name()
		if entry.IsDir() {
			name += "/"
		}
		if err := r.read(ctx, base, name, level+1); err != nil {
			return err
		}
	}
	return nil
}

// zipped takes the files of a zip that are none of the connector's own.
func (r *looseReader) zipped(p *Package) []*Artefact {
	files := p.Submission.texts()
	for _, name := range files {
		content := p.Submission.files[name].Data
		taken := slices.ContainsFunc(p.Files, func(f *Artefact) bool { return f.Name == name })
		if taken || len(r.out) == maxLooseFiles || len(content) > maxLooseFile || r.bytes+int64(len(content)) > maxLooseBytes || isPicture(name) || isBinary(content) {
			continue
		}
		r.bytes += int64(len(content))
		r.out = append(r.out, &Artefact{Name: name, Content: content})
	}
	return r.out
}

// texts returns the names of the files that were unpacked, sorted.
func (s *Submission) texts() []string {
	if s == nil {
		return nil
	}
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func isPicture(name string) bool {
	return slices.Contains([]string{".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".zip", ".pdf", ".mp4"}, strings.ToLower(path.Ext(name)))
}

// isBinary reports whether a content is no text: it has a zero byte near its
// beginning and does not begin as UTF-16 does.
func isBinary(content []byte) bool {
	head := content[:min(len(content), 8<<10)]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return false
	}
	return bytes.IndexByte(head, 0) >= 0
}
