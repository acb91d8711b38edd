package connector

// properties puts together what apiProperties.json holds from the files that a
// solution export keeps it in. Values stay in the documents they came from;
// the rest counts to customizations.xml.
func (e *Export) properties() *Document {
	doc := &Document{Name: e.Solution.Inside(customizationsName)}
	if e.Node != nil {
		doc.source, doc.lines = e.Node.doc.source, e.Node.doc.lines
	}
	var members []Node
	for _, part := range []struct {
		kind ExportFile
		key  string
	}{
		{ExportParameters, "connectionParameters"},
		{ExportParameterSets, "connectionParameterSets"},
		{ExportPolicies, "policyTemplateInstances"},
	} {
		if !e.Has(part.kind) {
			continue
		}
		read := readPart(e.File(part.kind), e.Content(part.kind))
		doc.Problems = append(doc.Problems, read.Problems...)
		doc.parts = append(doc.parts, read)
		if read.Root != nil {
			member := *read.Root
			member.key = part.key
			members = append(members, member)
		}
	}
	if colour := e.Node.Child(exportBrandColor); colour != nil {
		members = append(members, Node{
			key: "iconBrandColor", value: colour.Text, kind: String, doc: doc,
			offset: colour.textStart, end: colour.textEnd, keyStart: colour.start,
		})
	}
	doc.Root = &Node{kind: Object, doc: doc, children: []Node{{key: "properties", kind: Object, doc: doc, children: members}}}
	doc.Root.adopt()
	doc.Root.children[0].adopt()
	for i := range members {
		members[i].adopt()
	}
	return doc
}

// adopt makes n the parent of its children after it was moved.
func (n *Node) adopt() {
	for i := range n.children {
		n.children[i].parent, n.children[i].position = n, int32(i)
	}
}
