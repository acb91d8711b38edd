package connector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
)

// ExportFile names a file of an exported connector the way the element of
// customizations.xml does that holds its path.
type ExportFile string

// The files of an exported connector.
const (
	ExportDefinition     ExportFile = "openapidefinition"
	ExportParameters     ExportFile = "connectionparameters"
	ExportParameterSets  ExportFile = "connectionparametersets"
	ExportPolicies       ExportFile = "policytemplateinstances"
	ExportIcon           ExportFile = "iconblob"
	ExportScript         ExportFile = "customcodeblobcontent"
	exportBrandColor                = "iconbrandcolor"
	exportFolder                    = "Connector"
	customizationsName              = "customizations.xml"
	definitionFileSuffix            = "_openapidefinition.json"
)

// exportFiles are the files in the order of reports, with the ends of their names.
func exportFiles() []struct {
	kind   ExportFile
	role   Role
	suffix string
} {
	return []struct {
		kind   ExportFile
		role   Role
		suffix string
	}{
		{ExportDefinition, RoleDefinition, definitionFileSuffix},
		{ExportParameters, RoleProperties, "_connectionparameters.json"},
		{ExportParameterSets, RoleProperties, "_connectionparametersets.json"},
		{ExportPolicies, RoleProperties, "_policytemplateinstances.json"},
		{ExportIcon, RoleIcon, "_iconblob.png"},
		{ExportScript, RoleScript, "_customcodeblobcontent.csx"},
	}
}

// Export is one connector of a solution.
type Export struct {
	// Name is its logical name, such as fab_desk.
	Name string
	// Node is its element in customizations.xml, nil when only its files stand there.
	Node     *Element
	Solution *Solution
	paths    map[ExportFile]string
}

func (s *Solution) findExports() {
	taken := map[string]bool{}
	for _, node := range s.Customizations.Find("Connector") {
		if node.Empty() || len(s.Exports) == maxExports {
			continue
		}
		e := &Export{Name: node.Value("name"), Node: node, Solution: s, paths: map[ExportFile]string{}}
		for _, file := range exportFiles() {
			if named := node.Child(string(file.kind)); named != nil {
				e.paths[file.kind], _ = s.file(strings.TrimPrefix(named.Text, "/"))
			}
		}
		if name := path.Base(e.paths[ExportDefinition]); e.Name == "" && strings.HasSuffix(strings.ToLower(name), definitionFileSuffix) {
			e.Name = name[:len(name)-len(definitionFileSuffix)]
		}
		e.complete(e.Name)
		for _, file := range e.paths {
			taken[file] = true
		}
		s.Exports = append(s.Exports, e)
	}
	for _, file := range s.filesIn(exportFolder) {
		base := path.Base(file)
		if taken[file] || len(s.Exports) == maxExports || !strings.HasSuffix(strings.ToLower(base), definitionFileSuffix) {
			continue
		}
		e := &Export{Name: base[:len(base)-len(definitionFileSuffix)], Solution: s, paths: map[ExportFile]string{}}
		e.complete(e.Name)
		s.Exports = append(s.Exports, e)
	}
}

// complete adds the files that bear the connector's name and that no element names.
func (e *Export) complete(name string) {
	for _, file := range exportFiles() {
		if e.paths[file.kind] == "" {
			e.paths[file.kind], _ = e.Solution.file(exportFolder + "/" + name + file.suffix)
		}
	}
}

// Has reports whether a file of the connector is there.
func (e *Export) Has(kind ExportFile) bool { return e.paths[kind] != "" }

// Content returns a file of the connector, nil when it is not there.
func (e *Export) Content(kind ExportFile) []byte {
	if e.paths[kind] == "" {
		return nil
	}
	_, content, _ := e.Solution.owner.content(e.Solution.Archive, e.paths[kind])
	return content
}

// File returns the path of a file of the connector for reports, "" when it is not there.
func (e *Export) File(kind ExportFile) string {
	if e.paths[kind] == "" {
		return ""
	}
	return e.Solution.Inside(e.paths[kind])
}

// Missing returns the elements that name files which are not there.
func (e *Export) Missing() []*Element {
	if e.Node == nil {
		return nil
	}
	var out []*Element
	for _, child := range e.Node.Children {
		name := strings.TrimPrefix(child.Text, "/")
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(exportFolder)+"/") {
			continue
		}
		if _, ok := e.Solution.file(name); !ok {
			out = append(out, child)
		}
	}
	return out
}

// Differs reports whether a file of two exports of a connector differs in more than line endings.
func (e *Export) Differs(other *Export, kind ExportFile) bool {
	return differs(e.Content(kind), other.Content(kind))
}

// DiffersFrom reports whether a file differs from a text or picture in more than line endings.
func (e *Export) DiffersFrom(content []byte, kind ExportFile) bool {
	return differs(e.Content(kind), content)
}

// Package reads the exported connector by itself, without what stands around it.
func (e *Export) Package() *Package {
	p := &Package{Path: e.Solution.Path, Export: e, Settings: &Document{Name: displayName(RoleSettings)}}
	definition := &Document{Name: e.Solution.Inside(exportFolder + "/" + e.Name + definitionFileSuffix)}
	for _, file := range exportFiles() {
		if !e.Has(file.kind) {
			continue
		}
		content := e.Content(file.kind)
		p.add(file.role, e.File(file.kind), content)
		if file.kind == ExportDefinition {
			definition = ReadDocument(e.File(file.kind), content)
		}
	}
	p.Definition, p.Properties = NewDefinition(definition), e.properties()
	return p
}

// loadExport reads the connector of a solution as a package.
func loadExport(ctx context.Context, src Source) (*Package, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := src.export.Package()
	p.Path, p.Submission = src.Path, src.Submission
	if src.Submission != nil {
		p.addIntro(src.Submission)
		p.Problems = append(p.Problems, src.Submission.problems()...)
	}
	if src.Origin != nil {
		origin, err := Load(ctx, *src.Origin)
		if err != nil {
			return nil, err
		}
		p.Origin = origin
	}
	var err error
	p.Loose, err = loose(ctx, p, src)
	return p, err
}

func (p *Package) add(role Role, name string, content []byte) {
	sum := sha256.Sum256(content)
	p.Files = append(p.Files, &Artefact{Role: role, Name: name, Content: content, SHA256: hex.EncodeToString(sum[:])})
}

// addIntro takes the text that stands beside the package for the connector's introduction.
func (p *Package) addIntro(s *Submission) {
	if s.Kind == KindSolution || s.Kind == KindPackage {
		return
	}
	texts := slices.DeleteFunc(s.Root.FilesIn(""), func(name string) bool { return !isMarkdown(name) })
	if len(texts) == 0 {
		return
	}
	if full, content, ok := s.content(s.Root, texts[0]); ok {
		p.add(RoleIntro, full, content)
	}
}

// problems are the faults of the solutions' XML and flow files.
func (s *Submission) problems() []Problem {
	var out []Problem
	for _, solution := range s.Solutions {
		out = append(out, solution.Problems...)
	}
	return out
}
