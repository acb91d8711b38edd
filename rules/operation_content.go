package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func operationContentRules() []*Rule {
	return []*Rule{consumesMissing, mimeTypeNotCompatibleWithRequestContentSchemaType, stringBinaryNotSupportedForFormURLEncoded}
}

const (
	mimeMultipart  = "multipart/form-data"
	mimeURLEncoded = "application/x-www-form-urlencoded"
)

// consumesMIME reports whether the operation takes a content type, its parameters aside.
func consumesMIME(op *connector.Operation, mime string) bool {
	return slices.ContainsFunc(op.Consumes, func(one string) bool {
		plain, _, _ := strings.Cut(one, ";")
		return strings.EqualFold(strings.TrimSpace(plain), mime)
	})
}

// sendsContent returns the first parameter of an operation that stands in the request's content, nil when none does.
func sendsContent(op *connector.Operation) *connector.Parameter {
	for _, param := range op.Parameters {
		if param.In == "body" || param.In == "formData" {
			return param
		}
	}
	return nil
}

// atConsumes reports at the operation's own list of content types, or where it would stand.
func (p *Pass) atConsumes(op *connector.Operation, message string, options ...Option) {
	if own := op.Node.Get("consumes"); own != nil {
		p.Report(own, message, options...)
		return
	}
	p.Report(op.Node, message, append(options, Member("consumes"))...)
}

var consumesMissing = &Rule{
	Name: "ConsumesMissing", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource + "; pull request 1095 of microsoft/PowerPlatformConnectors",
	Summary: "An operation that sends content says in consumes which type it has; the definition's own list serves for all.",
	Why:     "Without it the platform guesses the Content-Type of the request.",
	Fix:     `Add "consumes": ["application/json"] to the definition, or to the operation when it takes another type.`,
	Wrong:   `{"consumes": [], "paths": {"/cards": {"post": {"parameters": [{"name": "body", "in": "body"}]}}}}`,
	Right:   `{"consumes": ["application/json"], "paths": {"/cards": {"post": {"parameters": [{"name": "body", "in": "body"}]}}}}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if len(op.Consumes) == 0 && sendsContent(op) != nil {
				p.atConsumes(op, fmt.Sprintf("The operation %s sends content, but neither it nor the definition says of which MIME type.", quote(op.ID)))
			}
		}
	},
}

var mimeTypeNotCompatibleWithRequestContentSchemaType = &Rule{
	Name: "MimeTypeNotCompatibleWithRequestContentSchemaType", Section: SectionOperations, Severity: finding.Warning,
	Source:  operationsSource,
	Summary: "The content types of an operation fit its parameters: form types for form data, multipart for files, others for a body.",
	Why:     "The platform encodes the request by its content type; the API then cannot read what arrives.",
	Fix:     "Name a content type that fits in consumes: multipart/form-data or application/x-www-form-urlencoded for form data, application/json for a body.",
	Wrong:   `{"consumes": ["application/json"], "parameters": [{"name": "file", "in": "formData", "type": "file"}]}`,
	Right:   `{"consumes": ["multipart/form-data"], "parameters": [{"name": "file", "in": "formData", "type": "file"}]}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			content := sendsContent(op)
			if content == nil || len(op.Consumes) == 0 {
				continue
			}
			types := strings.Join(op.Consumes, ", ")
			multipart, urlEncoded := consumesMIME(op, mimeMultipart), consumesMIME(op, mimeURLEncoded)
			file := slices.ContainsFunc(op.Parameters, func(param *connector.Parameter) bool {
				return param.In == "formData" && param.Node.Get("type").String() == "file"
			})
			switch {
			case content.In == "formData" && file && !multipart:
				p.atConsumes(op, fmt.Sprintf("The operation %s sends a file as form data, but consumes %s.", quote(op.ID), quote(types)), Hint("Add %s to consumes.", quote(mimeMultipart)))
			case content.In == "formData" && !multipart && !urlEncoded:
				p.atConsumes(op, fmt.Sprintf("The operation %s sends form data, but consumes %s.", quote(op.ID), quote(types)))
			case content.In == "body" && onlyForms(op):
				p.atConsumes(op, fmt.Sprintf("The operation %s sends a body, but consumes %s only.", quote(op.ID), quote(types)))
			}
		}
	},
}

func onlyForms(op *connector.Operation) bool {
	for _, one := range op.Consumes {
		if !strings.HasPrefix(strings.ToLower(one), mimeMultipart) && !strings.HasPrefix(strings.ToLower(one), mimeURLEncoded) {
			return false
		}
	}
	return true
}

var stringBinaryNotSupportedForFormURLEncoded = &Rule{
	Name: "StringBinaryNotSupportedForFormUrlEncoded", Section: SectionOperations, Severity: finding.Error,
	Source:  operationsSource,
	Summary: "An operation that consumes application/x-www-form-urlencoded has no string/binary parameter.",
	Why:     "This content type carries text in pairs of name and value; bytes do not survive it.",
	Fix:     "Send files as multipart/form-data, or the bytes as text with the format byte (base64).",
	Wrong:   `{"consumes": ["application/x-www-form-urlencoded"], "parameters": [{"name": "image", "in": "formData", "type": "string", "format": "binary"}]}`,
	Right:   `{"consumes": ["multipart/form-data"], "parameters": [{"name": "image", "in": "formData", "type": "file"}]}`,
	Check: func(p *Pass) {
		for _, op := range p.Definition.Operations {
			if !consumesMIME(op, mimeURLEncoded) {
				continue
			}
			for _, param := range op.Parameters {
				if param.In == "formData" && param.Node.Get("type").String() == "string" && param.Node.Get("format").String() == "binary" {
					p.Report(param.Use, fmt.Sprintf("The operation %s consumes %s, which cannot carry the string/binary parameter %s.", quote(op.ID), mimeURLEncoded, quote(param.Name)))
				}
			}
		}
	},
}
