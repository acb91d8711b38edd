package connector

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
	"testing/fstest"
)

// SubmissionKind says what a zip is, told by what stands where in it.
type SubmissionKind string

// The kinds of zips.
const (
	// KindOther is no part of a submission, such as the zipped files of a connector.
	KindOther SubmissionKind = ""
	// KindSubmission is what is handed in: intro.md beside the package zip.
	KindSubmission SubmissionKind = "submission"
	// KindPackage is the package zip by itself: one folder with the solutions.
	KindPackage SubmissionKind = "package"
	// KindSolution is an exported solution by itself.
	KindSolution SubmissionKind = "solution"
)

// Submission is a zip as it was packed, whatever is wrong with its layout.
type Submission struct {
	Kind SubmissionKind
	// Root is the zip itself.
	Root *Archive
	// Package is the package zip, Root when that is one; nil when there is none.
	Package *Archive
	// Assets is the folder of Package that holds the solutions, "" when it has no folder.
	Assets string
	// Solutions are all solutions, wherever they stand, in the order of the zip.
	Solutions []*Solution
	files     fstest.MapFS
}

// ReadSubmission reads the zip called name, which is judged by itself. It is
// read into memory; nothing is written. The error wraps ErrArchive when the zip
// is not safe to open; one that is no zip has a broken Root instead.
func ReadSubmission(ctx context.Context, name string, content []byte) (*Submission, error) {
	return readSubmission(ctx, &Archive{Path: name}, content)
}

// readSubmission finds out what stands where in a zip.
func readSubmission(ctx context.Context, root *Archive, content []byte) (*Submission, error) {
	u := &unzipper{files: fstest.MapFS{}}
	s := &Submission{Root: root, files: u.files}
	if err := u.open(ctx, s.Root, content, 0); err != nil {
		return nil, err
	}
	s.Kind = kindOf(s.Root)
	switch s.Kind {
	case KindSubmission:
		s.Package = packageIn(s.Root)
	case KindPackage:
		s.Package = s.Root
	case KindSolution:
		s.Solutions = []*Solution{s.solution(s.Root)}
		return s, nil
	case KindOther:
		return s, nil
	}
	if s.Package != nil {
		s.Assets = assetsOf(s.Package)
	}
	s.findSolutions(s.Root)
	return s, nil
}

func kindOf(root *Archive) SubmissionKind {
	if root.isSolution() {
		return KindSolution
	}
	text := slices.ContainsFunc(root.FilesIn(""), isMarkdown)
	switch {
	case slices.ContainsFunc(root.Archives, func(inner *Archive) bool { return !inner.isSolution() }):
		return KindSubmission
	case len(root.Archives) > 0 && text:
		return KindSubmission
	case len(root.Archives) > 0:
		return KindPackage
	case root.Has("intro.md"):
		return KindSubmission
	}
	return KindOther
}

func isMarkdown(name string) bool { return strings.EqualFold(path.Ext(name), ".md") }

// packageIn finds the package zip: one that holds zips before one that does
// not, one at the root before one in a folder.
func packageIn(root *Archive) *Archive {
	var best *Archive
	rank := -1
	for _, inner := range root.Archives {
		if inner.isSolution() {
			continue
		}
		worth := 0
		if len(inner.Archives) > 0 {
			worth += 2
		}
		if folderOf(inner.at) == "" {
			worth++
		}
		if worth > rank {
			best, rank = inner, worth
		}
	}
	return best
}

// assetsOf finds the folder of the solutions: by its name, else the first that holds a zip, else the first.
func assetsOf(a *Archive) string {
	folders := a.FoldersIn("")
	for _, folder := range folders {
		if strings.EqualFold(folder, "PkgAssets") {
			return folder
		}
	}
	for _, folder := range folders {
		if len(a.ArchivesIn(folder)) > 0 {
			return folder
		}
	}
	if len(folders) == 0 {
		return ""
	}
	return folders[0]
}

func (s *Submission) findSolutions(in *Archive) {
	for _, inner := range in.Archives {
		placed := in == s.Package && s.Assets != "" && folderOf(inner.at) == s.Assets
		switch {
		case inner.Broken != "" || inner == s.Package:
		case placed || inner.isSolution():
			solution := s.solution(inner)
			solution.Placed = placed
			s.Solutions = append(s.Solutions, solution)
			continue
		}
		s.findSolutions(inner)
	}
}

// Archives returns every zip of the submission, the outermost first.
func (s *Submission) Archives() []*Archive {
	var out []*Archive
	var walk func(*Archive)
	walk = func(a *Archive) {
		out = append(out, a)
		for _, inner := range a.Archives {
			walk(inner)
		}
	}
	walk(s.Root)
	return out
}

// InPlace returns the solutions that stand in the package's folder.
func (s *Submission) InPlace() []*Solution {
	var out []*Solution
	for _, solution := range s.Solutions {
		if solution.Placed {
			out = append(out, solution)
		}
	}
	return out
}

// Exports returns the connectors that the submission is about: those of the
// connector solution, else of the first solution that holds any.
func (s *Submission) Exports() []*Export {
	var first []*Export
	for _, solution := range s.Solutions {
		switch {
		case len(solution.Exports) == 0:
		case solution.Kind() == SolutionConnector:
			return solution.Exports
		case first == nil:
			first = solution.Exports
		}
	}
	return first
}

// content returns a file of a zip by its path from the outermost zip, looked up in any case.
func (s *Submission) content(a *Archive, name string) (full string, content []byte, ok bool) {
	packed, ok := a.file(strings.TrimPrefix(strings.ReplaceAll(name, "\\", "/"), "/"))
	if !ok {
		return "", nil, false
	}
	full = path.Join(a.under, packed)
	if file := s.files[full]; file != nil {
		return full, file.Data, true
	}
	return full, nil, true
}

// sources returns the connectors to load from the submission at a path.
func (s *Submission) sources(at string) []Source {
	exports := s.Exports()
	out := make([]Source, 0, len(exports))
	for i, export := range exports {
		src := Source{Path: at, FS: s.files, Dir: ".", export: export}
		if len(exports) > 1 {
			src.Path = path.Join(at, export.Name)
		}
		if i == 0 {
			// What is wrong with the zip as a whole is said once.
			src.Submission = s
		}
		out = append(out, src)
	}
	return out
}

// readBeside reads the submission that stands beside the files of a connector.
// What cannot be opened is a broken one: the connector itself can be judged.
func readBeside(ctx context.Context, name string, content []byte) *Submission {
	s, err := readSubmission(ctx, &Archive{Path: name, prefix: name}, content)
	if err != nil {
		return &Submission{Kind: KindSubmission, Root: &Archive{Path: name, prefix: name, Broken: strings.TrimSuffix(err.Error(), ": "+ErrArchive.Error())}}
	}
	return s
}

// differs reports whether two texts differ in more than line endings and the byte order mark.
func differs(a, b []byte) bool {
	plain := func(text []byte) []byte {
		source, _ := toUTF8(text)
		return bytes.TrimSpace(bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")))
	}
	return !bytes.Equal(a, b) && !bytes.Equal(plain(a), plain(b))
}
