package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// Role says what an artefact is to the connector.
type Role string

// The artefacts of a connector.
const (
	RoleDefinition Role = "definition"
	RoleProperties Role = "apiProperties"
	RoleIcon       Role = "icon"
	RoleReadme     Role = "readme"
	RoleIntro      Role = "intro"
	RoleScript     Role = "script"
	RoleSettings   Role = "settings"
)

// standard are the file names of the roles, in lower case.
var standard = map[Role]string{
	RoleDefinition: "apidefinition.swagger.json",
	RoleProperties: "apiproperties.json",
	RoleIcon:       "icon.png",
	RoleReadme:     "readme.md",
	RoleIntro:      "intro.md",
	RoleScript:     "script.csx",
	RoleSettings:   "settings.json",
}

// Artefact is one file of a connector.
type Artefact struct {
	Role Role
	// Name is relative to the connector, with slashes.
	Name    string
	Content []byte
	SHA256  string
}

// Package is one connector with all its artefacts.
type Package struct {
	// Path is where it was read from, as given or found.
	Path string
	// Alone says that only a definition was given: other artefacts are not missing.
	Alone bool
	// Files are in the order definition, properties, then the others by name.
	Files []*Artefact
	// Others are the names of the files in the folder that have no role, and of its folders with a slash at the end.
	Others []string
	// Loose are the text files without a role, those of the folders in it included.
	Loose      []*Artefact
	Definition *Definition
	// Properties and Settings have a nil Root when the file is missing or unreadable.
	Properties *Document
	Settings   *Document
	// Problems are faults of files that no document holds, such as one that is too large.
	Problems []Problem
	// Submission is the zip that the connector was read from, or that stands
	// beside its files; nil when there is none.
	Submission *Submission
	// Origin holds the source files that Export was made of; nil when unknown.
	Origin *Package
	// Export is the connector's part of Submission when it was read from a solution, nil otherwise.
	Export *Export
	// Zips are the names of the zips beside the connector's files.
	Zips []string
}

// Source is a place to load one connector from.
type Source struct {
	// Path names the connector in reports.
	Path string
	// FS holds the artefacts, Dir the folder in it; Definition names the
	// definition file in Dir, "" when only other artefacts were found.
	FS         fs.FS
	Dir        string
	Definition string
	// Alone says that a single definition file was given, whose name is not the standard one.
	Alone bool
	// Submission is the zip that holds the connector, nil when it lies in a folder.
	Submission *Submission
	// Origin is where the source files of an exported connector lie, to compare with; nil for nowhere.
	Origin *Source
	export *Export
}

// File returns the artefact with this role, nil when there is none.
func (p *Package) File(role Role) *Artefact {
	for _, f := range p.Files {
		if f.Role == role {
			return f
		}
	}
	return nil
}

// Documents returns the JSON files: definition, properties and settings. Those
// of a solution export keep the properties in several files, each of which is one.
func (p *Package) Documents() []*Document {
	out := []*Document{p.Definition.Document, p.Properties}
	out = append(out, p.Properties.parts...)
	return append(out, p.Settings)
}

// AllProblems returns the problems of all files.
func (p *Package) AllProblems() []Problem {
	out := slices.Clone(p.Problems)
	for _, doc := range []*Document{p.Definition.Document, p.Properties, p.Settings} {
		out = append(out, doc.Problems...)
	}
	return out
}

// Title returns info.title, or the path when there is none.
func (p *Package) Title() string {
	if title := p.Definition.Title(); title != "" {
		return title
	}
	return path.Base(p.Path)
}

// ReportFiles lists the artefacts for the report.
func (p *Package) ReportFiles() []finding.File {
	out := make([]finding.File, 0, len(p.Files))
	for _, f := range p.Files {
		out = append(out, finding.File{Name: f.Name, Role: string(f.Role), SHA256: f.SHA256, Bytes: int64(len(f.Content))})
	}
	return out
}

// Load reads a connector. It fails only when the source cannot be listed or
// ctx ends; faults of files become problems.
func Load(ctx context.Context, src Source) (*Package, error) {
	if src.export != nil {
		return loadExport(ctx, src)
	}
	p := &Package{Path: src.Path, Alone: src.Alone, Submission: src.Submission}
	names, err := p.names(src)
	if err != nil {
		return nil, err
	}
	docs := map[Role]*Document{}
	for _, role := range []Role{RoleDefinition, RoleProperties, RoleIcon, RoleIntro, RoleReadme, RoleScript, RoleSettings} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := names[role]
		doc := &Document{Name: name}
		docs[role] = doc
		if name == "" {
			doc.Name = displayName(role)
			continue
		}
		content, err := readFile(src.FS, path.Join(src.Dir, name))
		var large *tooLargeError
		switch {
		case errors.As(err, &large):
			p.Problems = append(p.Problems, tooLarge(name, large.size))
			continue
		case err != nil:
			p.Problems = append(p.Problems, Problem{Rule: "FileNotReadable", File: name,
				Message: fmt.Sprintf("The file cannot be read: %v.", errors.Unwrap(err)), Hint: "Check that it is a file and that you may read it."})
			continue
		}
		p.add(role, name, content)
		if role == RoleDefinition || role == RoleProperties || role == RoleSettings {
			docs[role] = ReadDocument(name, content)
		}
	}
	p.Definition, p.Properties, p.Settings = NewDefinition(docs[RoleDefinition]), docs[RoleProperties], docs[RoleSettings]
	if p.Submission == nil && len(p.Zips) == 1 {
		p.readZip(ctx, src)
	}
	if p.Submission != nil {
		p.Problems = append(p.Problems, p.Submission.problems()...)
	}
	p.Loose, err = loose(ctx, p, src)
	return p, err
}

func displayName(role Role) string {
	switch role {
	case RoleDefinition:
		return "apiDefinition.swagger.json"
	case RoleProperties:
		return "apiProperties.json"
	default:
		return standard[role]
	}
}

// names finds the file of each role: by its standard name in any case, or by
// the name that settings.json gives it.
func (p *Package) names(src Source) (map[Role]string, error) {
	out := map[Role]string{RoleDefinition: src.Definition}
	if src.Alone {
		return out, nil
	}
	entries, err := fs.ReadDir(src.FS, src.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", src.Path, err)
	}
	byFold := map[string]string{}
	for _, entry := range entries {
		if !entry.IsDir() {
			if strings.EqualFold(path.Ext(entry.Name()), ".zip") {
				p.Zips = append(p.Zips, entry.Name())
			}
			if _, taken := byFold[strings.ToLower(entry.Name())]; !taken {
				byFold[strings.ToLower(entry.Name())] = entry.Name()
			}
		}
	}
	for role, name := range standard {
		if out[role] == "" {
			out[role] = byFold[name]
		}
	}
	if settings := out[RoleSettings]; settings != "" {
		p.rename(src, settings, out, byFold)
	}
	if out[RoleProperties] == "" {
		p.exported(out, byFold)
	}
	p.Others = others(entries, out)
	return out, nil
}

// others names what has no role.
func others(entries []fs.DirEntry, names map[Role]string) []string {
	var out []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() {
			name += "/"
		}
		known := false
		for _, taken := range names {
			known = known || taken == name
		}
		if !known {
			out = append(out, name)
		}
	}
	return out
}

// rename applies what settings.json says about the names of the others.
func (p *Package) rename(src Source, settings string, out map[Role]string, byFold map[string]string) {
	content, err := readFile(src.FS, path.Join(src.Dir, settings))
	if err != nil {
		return
	}
	root := ReadDocument(settings, content).Root
	for role, member := range map[Role]string{RoleDefinition: "apiDefinition", RoleProperties: "apiProperties", RoleIcon: "icon", RoleScript: "script"} {
		name := strings.ReplaceAll(root.Get(member).String(), "\\", "/")
		if found := byFold[strings.ToLower(path.Base(name))]; name != "" && found != "" && (role != RoleDefinition || src.Definition == "") {
			out[role] = found
		}
	}
}

// exported recognises the names that a solution export gives the artefacts.
func (p *Package) exported(out map[Role]string, byFold map[string]string) {
	for fold, name := range byFold {
		switch {
		case strings.HasSuffix(fold, "_iconblob.png") && out[RoleIcon] == "":
			out[RoleIcon] = name
		case strings.HasSuffix(fold, "_customcodeblobcontent.csx") && out[RoleScript] == "":
			out[RoleScript] = name
		}
	}
}

// readZip reads the zip beside the connector's files when it is part of a submission.
func (p *Package) readZip(ctx context.Context, src Source) {
	content, err := readFile(src.FS, path.Join(src.Dir, p.Zips[0]))
	if err != nil {
		p.Submission = &Submission{Kind: KindSubmission, Root: &Archive{Path: p.Zips[0], prefix: p.Zips[0], Broken: err.Error()}}
		return
	}
	if s := readBeside(ctx, p.Zips[0], content); s.Kind != KindOther || s.Root.Broken != "" {
		p.Submission = s
	}
}

type tooLargeError struct{ size int64 }

func (e *tooLargeError) Error() string { return fmt.Sprintf("%d bytes are too many", e.size) }

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxFileBytes {
		return nil, &tooLargeError{info.Size()}
	}
	content, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > MaxFileBytes {
		return nil, &tooLargeError{int64(len(content))}
	}
	return content, nil
}
