package connector

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing/fstest"
)

// Limits of an archive, nested archives included.
const (
	maxZipEntries = 5_000
	maxZipBytes   = 128 << 20
	maxZipRatio   = 200
	maxZipLevels  = 3
)

// ErrArchive is wrapped by every error about an archive that is not safe to open.
var ErrArchive = errors.New("archive refused")

// unzipper reads archives into memory within one budget.
type unzipper struct {
	files   fstest.MapFS
	entries int
	bytes   int64
}

func discoverZip(ctx context.Context, at string) ([]Source, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	if info.Size() > maxZipBytes {
		return nil, fmt.Errorf("%s has %d MB, precert opens archives up to %d MB: %w", at, info.Size()>>20, maxZipBytes>>20, ErrArchive)
	}
	content, err := os.ReadFile(at)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	u := &unzipper{files: fstest.MapFS{}}
	if err := u.open(ctx, "", content, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	found, err := walkFolder(ctx, u.files, at)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no connector: no apiDefinition.swagger.json and no *_openapidefinition.json in it; zip the connector's files or the solution export", at)
	}
	return found, nil
}

func (u *unzipper) open(ctx context.Context, under string, content []byte, level int) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("not a readable zip file (%w): %w", err, ErrArchive)
	}
	for _, entry := range archive.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.entry(ctx, under, entry, level); err != nil {
			return err
		}
	}
	return nil
}

func (u *unzipper) entry(ctx context.Context, under string, entry *zip.File, level int) error {
	name := strings.ReplaceAll(entry.Name, "\\", "/")
	if u.entries++; u.entries > maxZipEntries {
		return fmt.Errorf("more than %d entries: %w", maxZipEntries, ErrArchive)
	}
	if strings.HasSuffix(name, "/") {
		return nil
	}
	if !fs.ValidPath(name) || entry.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("the entry %q leads out of the archive; make the zip again from the connector's folder: %w", clip(entry.Name, 80), ErrArchive)
	}
	nestedZip := strings.EqualFold(path.Ext(name), ".zip") && level < maxZipLevels
	if !nestedZip && !interesting(name) {
		return nil
	}
	content, err := u.read(entry)
	if err != nil {
		return err
	}
	full := path.Join(under, name)
	if nestedZip {
		return u.open(ctx, full, content, level+1)
	}
	u.files[full] = &fstest.MapFile{Data: content, Mode: 0o444}
	return nil
}

// interesting tells the artefacts of a connector from the rest of a solution.
func interesting(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml", ".png", ".md", ".csx", ".xml":
		return true
	}
	return false
}

func (u *unzipper) read(entry *zip.File) ([]byte, error) {
	f, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("the entry %q cannot be opened (%w): %w", clip(entry.Name, 80), err, ErrArchive)
	}
	defer func() { _ = f.Close() }()
	limit := min(int64(MaxFileBytes), maxZipBytes-u.bytes)
	if size := int64(entry.CompressedSize64); size > 0 {
		// Text of a connector packs tenfold; a small entry may pack better.
		limit = min(limit, max(1<<20, size*maxZipRatio))
	}
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("the entry %q is damaged (%w): %w", clip(entry.Name, 80), err, ErrArchive)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("the entry %q unpacks to more than %d MB, far more than a connector holds: %w", clip(entry.Name, 80), limit>>20, ErrArchive)
	}
	u.bytes += int64(len(content))
	return content, nil
}
