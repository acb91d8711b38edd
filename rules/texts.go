package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// textKind says what a text of the definition names or describes.
type textKind int

const (
	infoTitle textKind = iota
	infoDescription
	operationSummary
	operationDescription
	parameterSummary
	parameterDescription
	schemaTitle
	schemaDescription
	responseDescription
)

// describes names the kind within a message.
func (k textKind) describes() string {
	return [...]string{
		"title", "description", "summary of the operation", "description of the operation", "summary of the parameter",
		"description of the parameter", "title of the property", "description of the property", "description of the response",
	}[k]
}

func (k textKind) isDescription() bool {
	switch k {
	case infoTitle, operationSummary, parameterSummary, schemaTitle:
		return false
	default:
		return true
	}
}

// text is one text of the definition that people or agents read.
type text struct {
	at    *connector.Node
	kind  textKind
	value string
	// internal says that makers do not see it.
	internal bool
}

// texts returns every title, summary and description of the definition that
// is a string, each once.
func (p *Pass) texts() []text {
	return Shared(p, "texts", func() []text {
		var out []text
		add := func(at *connector.Node, kind textKind, internal bool) {
			if at.IsString() {
				out = append(out, text{at: at, kind: kind, value: at.String(), internal: internal})
			}
		}
		d := p.Definition
		add(d.Info().Get("title"), infoTitle, false)
		add(d.Info().Get("description"), infoDescription, false)
		seen := map[*connector.Node]bool{}
		for _, op := range d.Operations {
			hidden := op.Internal()
			add(op.Node.Get("summary"), operationSummary, hidden)
			add(op.Node.Get("description"), operationDescription, hidden)
			for _, param := range op.Parameters {
				if param.Node != nil && !seen[param.Node] {
					seen[param.Node] = true
					add(param.Node.Get("x-ms-summary"), parameterSummary, hidden || param.Internal())
					add(param.Node.Get("description"), parameterDescription, hidden || param.Internal())
				}
			}
			for _, response := range op.Responses {
				if response.Node != nil && !seen[response.Node] {
					seen[response.Node] = true
					add(response.Node.Get("description"), responseDescription, hidden)
				}
			}
		}
		for _, s := range p.Schemas() {
			hidden := isInternalNode(s.Node) || s.Operation != nil && s.Operation.Internal()
			add(s.Node.Get("title"), schemaTitle, hidden)
			add(s.Node.Get("x-ms-summary"), schemaTitle, hidden)
			add(s.Node.Get("description"), schemaDescription, hidden)
		}
		return out
	})
}

// together reports one finding for a habit that runs through the whole
// definition: at the first place, with the lines of the others.
func (p *Pass) together(places []*connector.Node, message string, options ...Option) {
	if len(places) > 0 {
		lines := make([]int, 0, len(places)-1)
		for _, n := range places[1:] {
			line, _ := n.MarkPosition()
			lines = append(lines, line)
		}
		p.Report(places[0], message+alsoOn(lines), append(options, Also(lines))...)
	}
}

// alsoOn says so for places on these lines, which may repeat.
func alsoOn(places []int) string {
	const most = 5
	if len(places) == 0 {
		return ""
	}
	var lines []string
	for _, line := range places {
		if text := strconv.Itoa(line); len(lines) == 0 || lines[len(lines)-1] != text {
			lines = append(lines, text)
		}
	}
	noun, more := "lines ", ""
	switch {
	case len(lines) == 1:
		noun = "line "
	case len(lines) > most:
		lines, more = lines[:most], " and others"
	}
	return fmt.Sprintf(" The same holds at %s, on %s%s%s.", plural(len(places), "more place"), noun, strings.Join(lines, ", "), more)
}
