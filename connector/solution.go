package connector

import (
	"slices"
	"strings"
)

// SolutionKind says what a solution of a package is for.
type SolutionKind string

// The kinds of solutions, told from customizations.xml the way the official
// script for packages tells them.
const (
	SolutionUnknown   SolutionKind = ""
	SolutionConnector SolutionKind = "connector"
	SolutionFlow      SolutionKind = "flow"
	SolutionPlugin    SolutionKind = "plugin"
)

// Solution is one exported solution.
type Solution struct {
	*Archive
	// Placed says that it stands in the folder of the package where solutions belong.
	Placed bool
	// Manifest is solution.xml, Customizations is customizations.xml; nil when missing or unreadable.
	Manifest, Customizations *Element
	// Exports are its connectors, Flows what customizations.xml lists as workflows.
	Exports []*Export
	Flows   []*Flow
	// Problems are faults of its XML and flow files.
	Problems []Problem
	owner    *Submission
	// connector, flows and plugin are what customizations.xml holds, references its connection references.
	connector, flows, plugin bool
	references               map[string]*Element
}

// Limits of what one solution is looked into for; a sound one stays far below.
const (
	maxExports = 50
	maxFlows   = 1_000
)

func (s *Submission) solution(a *Archive) *Solution {
	out := &Solution{Archive: a, owner: s}
	out.Manifest = out.xml("solution.xml")
	out.Customizations = out.xml("customizations.xml")
	out.xml("[Content_Types].xml")
	out.connector, out.flows, out.plugin = out.holds("Connector"), out.holds("Workflows"), out.holds("aicopilot_aiplugin")
	out.references = map[string]*Element{}
	for _, e := range out.Customizations.Find("connectionreference") {
		out.references[strings.ToLower(e.Attr("connectionreferencelogicalname"))] = e
	}
	out.findExports()
	out.findFlows()
	return out
}

func (s *Solution) xml(name string) *Element {
	_, content, ok := s.owner.content(s.Archive, name)
	if !ok {
		return nil
	}
	root, problem := readXML(s.Inside(name), content)
	if problem != nil {
		s.Problems = append(s.Problems, *problem)
	}
	return root
}

// HasConnector reports whether customizations.xml holds a connector.
func (s *Solution) HasConnector() bool { return s.connector }

// HasFlows reports whether customizations.xml holds workflows.
func (s *Solution) HasFlows() bool { return s.flows }

// HasPlugin reports whether customizations.xml holds an AI plugin.
func (s *Solution) HasPlugin() bool { return s.plugin }

func (s *Solution) holds(name string) bool {
	found := s.Customizations.Find(name)
	// Of several elements the official script looks at the first.
	return len(found) > 0 && !found[0].Empty()
}

// Kind says what the solution is for. One whose customizations.xml cannot be
// read is told by its folders.
func (s *Solution) Kind() SolutionKind {
	connector, flows, plugin := s.connector, s.flows, s.plugin
	if s.Customizations == nil {
		connector, flows, plugin = s.Has("Connector"), s.Has("Workflows"), s.Has("aiplugins")
	}
	switch {
	case connector && plugin && !flows:
		return SolutionPlugin
	case connector && flows && !plugin:
		return SolutionFlow
	case connector && !flows && !plugin:
		return SolutionConnector
	}
	return SolutionUnknown
}

// Components returns the root components of solution.xml.
func (s *Solution) Components() []*Element { return s.Manifest.Find("RootComponent") }

// ConnectionReference returns the element of a connection reference in
// customizations.xml by its logical name, in any case; nil when there is none.
func (s *Solution) ConnectionReference(logicalName string) *Element {
	return s.references[strings.ToLower(logicalName)]
}

// filesIn returns the paths of the files of the solution directly in a folder, in any case of its name.
func (s *Solution) filesIn(folder string) []string {
	var out []string
	for _, file := range s.files {
		if strings.EqualFold(folderOf(file), folder) {
			out = append(out, file)
		}
	}
	slices.Sort(out)
	return out
}
