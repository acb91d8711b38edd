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
	"path/filepath"
	"strings"
	"testing/fstest"
)

// Limits of an archive, nested archives included.
const (
	maxZipEntries = 5_000
	// maxZipBytes bounds the file, and what is unpacked of it into memory.
	maxZipBytes = 48 << 20
	// maxZipPromised bounds what all entries claim to unpack to, those that are never read included.
	maxZipPromised = 512 << 20
	maxZipRatio    = 200
	maxZipLevels   = 3
)

// ErrArchive is wrapped by every error about an archive that is not safe to open.
var ErrArchive = errors.New("archive refused")

// unzipper reads archives into memory within one budget. Nothing is written anywhere.
type unzipper struct {
	files    fstest.MapFS
	entries  int
	bytes    int64
	promised uint64
	// loose is what was read of files without a role.
	loose int64
}

func discoverZip(ctx context.Context, at string) ([]Source, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	if info.Size() > maxZipBytes {
		return nil, fmt.Errorf("%s has %d MB, precert opens archives up to %d MB; zip the connector's files only: %w", at, info.Size()>>20, maxZipBytes>>20, ErrArchive)
	}
	content, err := os.ReadFile(at)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	submission, err := ReadSubmission(ctx, filepath.Base(at), content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if submission.Root.Broken != "" {
		return nil, fmt.Errorf("%s: not a readable zip file (%s): zip or export it again: %w", at, submission.Root.Broken, ErrArchive)
	}
	if found := submission.sources(at); len(found) > 0 {
		return found, nil
	}
	found, err := walkFolder(ctx, submission.files, at)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		// What is wrong with the zip as a whole is said once.
		found[0].Submission = submission
		return found, nil
	}
	if submission.Kind != KindOther {
		// It claims to be a submission: that its connector is missing is a finding.
		return []Source{{Path: at, FS: submission.files, Dir: ".", Submission: submission}}, nil
	}
	return nil, fmt.Errorf("%s holds no connector: no apiDefinition.swagger.json and no *_openapidefinition.json in it; zip the connector's files or the solution export", at)
}

// open reads the entries of one archive. A content that is no zip leaves the archive broken.
func (u *unzipper) open(ctx context.Context, archive *Archive, content []byte, level int) error {
	reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		// It is a finding, and the rest can be read.
		archive.Broken = strings.TrimPrefix(err.Error(), "zip: ")
		return nil
	}
	for _, entry := range reader.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.entry(ctx, archive, entry, level); err != nil {
			return err
		}
	}
	return nil
}

func (u *unzipper) entry(ctx context.Context, archive *Archive, entry *zip.File, level int) error {
	name := strings.ReplaceAll(entry.Name, "\\", "/")
	if u.entries++; u.entries > maxZipEntries {
		return fmt.Errorf("more than %d entries; zip the connector's files only: %w", maxZipEntries, ErrArchive)
	}
	if u.promised += min(entry.UncompressedSize64, maxZipPromised+1); u.promised > maxZipPromised {
		return fmt.Errorf("it unpacks to more than %d MB, far more than a connector holds; zip the connector's files only: %w", maxZipPromised>>20, ErrArchive)
	}
	folder := strings.TrimSuffix(name, "/")
	if !fs.ValidPath(folder) || entry.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("the entry %q leads out of the archive; make the zip again from the connector's folder: %w", clip(entry.Name, 80), ErrArchive)
	}
	if folder != name {
		archive.addFolder(folder)
		return nil
	}
	archive.addFile(name)
	nestedZip := strings.EqualFold(path.Ext(name), ".zip") && level < maxZipLevels
	if !nestedZip && !interesting(name) {
		return u.text(archive, entry, name)
	}
	content, err := u.read(entry)
	if err != nil {
		return err
	}
	full := path.Join(archive.under, name)
	if nestedZip {
		reported := archive.Inside(name)
		inner := &Archive{Path: reported, prefix: reported, at: name, under: full}
		archive.Archives = append(archive.Archives, inner)
		return u.open(ctx, inner, content, level+1)
	}
	u.files[full] = &fstest.MapFile{Data: content, Mode: 0o444}
	return nil
}

// text keeps a file that may be a text without a role: it is searched for
// credentials. What is large, binary or damaged is left out.
func (u *unzipper) text(archive *Archive, entry *zip.File, name string) error {
	size := int64(min(entry.UncompressedSize64, maxLooseFile+1))
	if isPicture(name) || isProgram(name) || size > maxLooseFile || u.loose+size > maxLooseBytes || entry.Flags&1 != 0 {
		return nil
	}
	u.loose += size
	content, err := u.read(entry)
	if err != nil {
		return nil //nolint:nilerr // Nothing but the search for credentials needs it.
	}
	if !isBinary(content) {
		u.files[path.Join(archive.under, name)] = &fstest.MapFile{Data: content, Mode: 0o444}
	}
	return nil
}

func isProgram(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".dll", ".exe", ".so", ".dylib", ".pdb", ".nupkg", ".msapp", ".jar", ".class", ".pyc", ".wasm":
		return true
	}
	return false
}

// interesting tells the artefacts of a connector from the rest of a solution.
func interesting(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml", ".png", ".md", ".csx", ".xml", ".txt", ".env", ".config", ".cs", ".ps1", ".http", ".pem", ".key",
		".csv", ".ini", ".toml", ".properties", ".sh", ".bat", ".cmd", ".py", ".js", ".ts", ".html", ".htm":
		return true
	}
	return false
}

func (u *unzipper) read(entry *zip.File) ([]byte, error) {
	if entry.Flags&1 != 0 {
		return nil, fmt.Errorf("the entry %q is encrypted; make the zip again without a password: %w", clip(entry.Name, 80), ErrArchive)
	}
	limit := min(int64(MaxFileBytes), maxZipBytes-u.bytes)
	if size := int64(entry.CompressedSize64); size > 0 {
		// Text of a connector packs tenfold; a small entry may pack better.
		limit = min(limit, max(1<<20, size*maxZipRatio))
	}
	// The size that the entry claims is checked by the reader: claiming less is an error below.
	if entry.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("the entry %q unpacks to more than %d MB, far more than a connector holds; zip the connector's files only: %w", clip(entry.Name, 80), limit>>20, ErrArchive)
	}
	f, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("the entry %q cannot be opened (%w); make the zip again: %w", clip(entry.Name, 80), err, ErrArchive)
	}
	defer func() { _ = f.Close() }()
	content := make([]byte, entry.UncompressedSize64)
	if _, err = io.ReadFull(f, content); err == nil {
		// One byte more lets the reader compare size and checksum.
		_, err = f.Read(make([]byte, 1))
	}
	if !errors.Is(err, io.EOF) {
		if err == nil {
			err = zip.ErrFormat
		}
		return nil, fmt.Errorf("the entry %q is damaged (%w): %w", clip(entry.Name, 80), err, ErrArchive)
	}
	u.bytes += int64(len(content))
	return content, nil
}
