package connector

import (
	"path"
	"strings"
)

// Flow is one workflow that customizations.xml lists.
type Flow struct {
	// Node is its element, File the element that names its file; nil when there is none.
	Node, File *Element
	// Document is the file, with a nil Root when it is missing or unreadable.
	Document *Document
	// References are its connection references, Calls what it calls through them.
	References []FlowReference
	Calls      []FlowCall
	byKey      map[string]int
}

// FlowReference is one entry of a flow's connectionReferences.
type FlowReference struct {
	Node *Node
	// API and LogicalName name the connector, Connection the connection reference of the solution.
	API, LogicalName, Connection string
}

// FlowCall is an action or trigger that calls an operation of a connector.
type FlowCall struct {
	// OperationID is the operation, Reference the connection reference; nil when it names none.
	OperationID, Reference *Node
	API                    string
}

// Name returns the name of the flow for a message.
func (f *Flow) Name() string {
	if name := f.Node.Attr("Name"); name != "" {
		return name
	}
	return path.Base(f.Document.Name)
}

func (s *Solution) findFlows() {
	read := map[string]bool{}
	for _, node := range s.Customizations.Find("Workflow") {
		if len(s.Flows) == maxFlows {
			return
		}
		f := &Flow{Node: node, File: node.Child("JsonFileName"), Document: &Document{Name: s.Inside("customizations.xml")}}
		s.Flows = append(s.Flows, f)
		if f.File == nil {
			continue
		}
		f.Document.Name = s.Inside(strings.TrimPrefix(f.File.Text, "/"))
		// A file that several workflows name is read for the first.
		if full, content, ok := s.owner.content(s.Archive, f.File.Text); ok && content != nil && !read[full] {
			read[full] = true
			f.Document = ReadDocument(f.Document.Name, content)
			s.Problems = append(s.Problems, f.Document.Problems...)
			f.read()
		}
	}
}

// FlowFiles returns the paths of the flow definitions in the solution.
func (s *Solution) FlowFiles() []string {
	var out []string
	for _, file := range s.filesIn("Workflows") {
		if strings.EqualFold(path.Ext(file), ".json") {
			out = append(out, file)
		}
	}
	return out
}

func (f *Flow) read() {
	properties := f.Document.Root.Get("properties")
	f.byKey = map[string]int{}
	for entry := range properties.Get("connectionReferences").Members {
		f.byKey[entry.Key()] = len(f.References)
		f.References = append(f.References, FlowReference{
			Node: entry, LogicalName: entry.At("api", "logicalName").String(),
			API:        path.Base("/" + firstText(entry.At("api", "name"), entry.At("api", "id"), entry.Get("id"))),
			Connection: entry.At("connection", "connectionReferenceLogicalName").String(),
		})
	}
	properties.Get("definition").Walk(func(n *Node) bool {
		if id := n.Get("operationId"); n.Key() == "host" && id.IsString() {
			f.Calls = append(f.Calls, FlowCall{OperationID: id, Reference: n.Get("connectionName"), API: path.Base("/" + n.Get("apiId").String())})
		}
		return true
	})
}

// Reference returns the connection reference that a call names, nil when there is none.
func (f *Flow) Reference(call FlowCall) *FlowReference {
	if i, ok := f.byKey[call.Reference.String()]; ok {
		return &f.References[i]
	}
	return nil
}

// Targets reports whether a call is known to be to the connector.
func (s *Solution) Targets(f *Flow, call FlowCall, export *Export) bool {
	if names(call.API, export) {
		return true
	}
	ref := f.Reference(call)
	return ref != nil && s.refersTo(*ref, export)
}

// refersTo reports whether a connection reference of a flow is one to the
// connector: by its logical name, by the name of its API, or by the id of the
// connector that the solution's connection reference holds.
func (s *Solution) refersTo(ref FlowReference, export *Export) bool {
	if strings.EqualFold(ref.LogicalName, export.Name) || names(ref.API, export) {
		return true
	}
	e := s.ConnectionReference(ref.Connection)
	if e == nil {
		return false
	}
	id := e.Child("customconnectorid").Value("connectorid")
	return id != "" && sameID(id, export.Node.Value("connectorid")) || names(path.Base("/"+e.Value("connectorid")), export)
}

// names reports whether the name of an API, such as
// shared_fab-5fdesk-5f5e331acd82b1, is that of the connector fab_desk: the
// platform escapes what is no letter and adds a hash.
func names(api string, export *Export) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(api), "shared_")
	own := bare(export.Name)
	hash, mine := strings.CutPrefix(bare(rest), own)
	return ok && own != "" && mine && (hash == "" || len(hash) >= minHash && !strings.ContainsFunc(hash, func(r rune) bool { return r > 'f' }))
}

// minHash is the least number of digits of the hash; what is shorter may be part of another name.
const minHash = 8

// bare undoes the escapes of a connector's name and keeps letters and digits.
func bare(name string) string {
	name = strings.ToLower(name)
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '-' && i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2]):
			i += 2
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func sameID(a, b string) bool { return strings.EqualFold(strings.Trim(a, "{}"), strings.Trim(b, "{}")) }

func firstText(nodes ...*Node) string {
	for _, n := range nodes {
		if n.String() != "" {
			return n.String()
		}
	}
	return ""
}
