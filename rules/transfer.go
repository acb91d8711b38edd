package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// unsupportedSource is the chapter of the official page about what is not supported.
const unsupportedSource = officialSource + "#not-supported"

func transferRules() []*Rule {
	return []*Rule{
		mimeTypeNotSupported, mimeTypeNotValid, schemeNotValid, schemeNotSecure, schemeNotSupported,
		collectionFormatValueNotSupported, pathItemRefNotSupported, swaggerKeywordNotSupported,
	}
}

// supportedMimeTypes are those that the platform can send and read.
func supportedMimeTypes() []string {
	return []string{"application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}
}

// eachMimeType visits every MIME type that the root or an operation consumes or produces.
func eachMimeType(p *Pass, visit func(*connector.Node)) {
	for _, holder := range mayHold(p.Definition) {
		for _, name := range []string{"consumes", "produces"} {
			for item := range holder.Get(name).Items {
				if item.IsString() {
					visit(item)
				}
			}
		}
	}
}

var mimeTypeNotSupported = &Rule{
	Name: "MimeTypeNotSupported", Section: SectionUnsupport, Severity: finding.Warning,
	Source:  unsupportedSource + "; pull request 1095 of microsoft/PowerPlatformConnectors",
	Summary: "The API consumes and produces only the four MIME types that the platform supports.",
	Why:     "The platform sends and reads application/json, text/plain, multipart/form-data and application/x-www-form-urlencoded. What another type means to it is not defined.",
	Fix:     "Replace it by application/json where the API allows it, without charset or other parameters; a file download may stay and only warns.",
	Wrong:   `{"produces": ["text/json; charset=utf-8"]}`,
	Right:   `{"produces": ["application/json"]}`,
	Check: func(p *Pass) {
		eachMimeType(p, func(n *connector.Node) {
			value := n.String()
			if slices.Contains(supportedMimeTypes(), value) || !isMimeType(value) {
				return
			}
			var options []Option
			bare := strings.ToLower(strings.TrimSpace(strings.SplitN(value, ";", 2)[0]))
			if bare == "text/json" {
				bare = "application/json"
			}
			if slices.Contains(supportedMimeTypes(), bare) {
				options = append(options, Hint("Write %q.", bare))
			}
			p.Report(n, fmt.Sprintf("The MIME type %s is not supported.", quote(value)), options...)
		})
	},
}

var mimeTypeNotValid = &Rule{
	Name: "MimeTypeNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every MIME type has the form type/subtype.",
	Why:     "The value is sent as a header of each request; the API refuses one that is no MIME type.",
	Fix:     "Write the type and the subtype, such as application/json.",
	Wrong:   `{"consumes": ["json"]}`,
	Right:   `{"consumes": ["application/json"]}`,
	Check: func(p *Pass) {
		eachMimeType(p, func(n *connector.Node) {
			if !isMimeType(n.String()) {
				var options []Option
				if strings.EqualFold(n.String(), "json") {
					options = append(options, Hint(`Write "application/json".`))
				}
				p.Report(n, quote(n.String())+" is no MIME type.", options...)
			}
		})
	},
}

// isMimeType reports whether text is type/subtype, with or without parameters.
func isMimeType(text string) bool {
	bare, _, _ := strings.Cut(text, ";")
	kind, subtype, ok := strings.Cut(strings.TrimSpace(bare), "/")
	return ok && isToken(kind) && isToken(subtype)
}

// isToken reports whether text is a token of RFC 9110.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 127 || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// eachScheme visits every transfer protocol that the root or an operation lists.
func eachScheme(p *Pass, visit func(*connector.Node)) {
	for _, holder := range mayHold(p.Definition) {
		for item := range holder.Get("schemes").Items {
			if item.IsString() {
				visit(item)
			}
		}
	}
}

var schemeNotValid = &Rule{
	Name: "SchemeNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every scheme is http or https.",
	Why:     "The platform builds the address of each request from the scheme.",
	Fix:     `Write "https", in lower case and without "://".`,
	Wrong:   `{"schemes": ["https://"]}`,
	Right:   `{"schemes": ["https"]}`,
	Check: func(p *Pass) {
		eachScheme(p, func(n *connector.Node) {
			if !oneOfStrings(n, "http", "https", "ws", "wss") {
				p.Report(n, quote(n.String())+" is no transfer protocol; http and https are.")
			}
		})
	},
}

var schemeNotSecure = &Rule{
	Name: "SchemeNotSecure", Section: SectionProperties, Severity: finding.Warning, Policy: "5000.3.1.6",
	Source:  errorsSource + "; one of the 183 connectors certified since 2022 lists http alone",
	Summary: "https is among the schemes, when there are any.",
	Why:     "Credentials and data would travel unencrypted. Certification asks for HTTPS with TLS 1.2 or higher.",
	Fix:     `Write "https"; if the server does not speak it, it cannot be used.`,
	Wrong:   `{"schemes": ["http"]}`,
	Right:   `{"schemes": ["https"]}`,
	Check: func(p *Pass) {
		for _, holder := range mayHold(p.Definition) {
			schemes := holder.Get("schemes")
			plain := false
			for item := range schemes.Items {
				if oneOfStrings(item, "https") {
					plain = false
					break
				}
				plain = plain || oneOfStrings(item, "http")
			}
			if plain {
				p.Report(schemes, "http is the only scheme: requests go out unencrypted.")
			}
		}
	},
}

var schemeNotSupported = &Rule{
	Name: "SchemeNotSupported", Section: SectionResponse, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  responseSource,
	Summary: "No scheme is a WebSocket protocol.",
	Why:     "Connectors send single requests over HTTP; the platform keeps no connection open.",
	Fix:     `Write "https"; offer events as a webhook or polling trigger instead.`,
	Wrong:   `{"schemes": ["https", "wss"]}`,
	Right:   `{"schemes": ["https"]}`,
	Check: func(p *Pass) {
		eachScheme(p, func(n *connector.Node) {
			if oneOfStrings(n, "ws", "wss") {
				p.Report(n, fmt.Sprintf("The WebSocket protocol %s is not supported.", quote(n.String())))
			}
		})
	},
}

var collectionFormatValueNotSupported = &Rule{
	Name: "CollectionFormatValueNotSupported", Section: SectionUnsupport, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  unsupportedSource + "; the portal refuses to save a connector that uses multi",
	Summary: "Every collectionFormat is csv.",
	Why:     "The platform joins the items of an array with commas and knows no other way. The portal refuses to save anything else.",
	Fix:     `Write "csv" or remove collectionFormat. If the API needs repeated parameters, join and split them in a policy or in script.csx.`,
	Wrong:   `{"type": "array", "items": {"type": "string"}, "collectionFormat": "multi"}`,
	Right:   `{"type": "array", "items": {"type": "string"}, "collectionFormat": "csv"}`,
	Check: func(p *Pass) {
		for _, s := range p.TypedWith("collectionFormat") {
			if n := s.Node.Get("collectionFormat"); n.IsString() && n.String() != "csv" {
				p.Report(n, fmt.Sprintf("The collectionFormat %s of %s is not supported.", quote(n.String()), named(s)))
			}
		}
	},
}

var pathItemRefNotSupported = &Rule{
	Name: "PathItemRefNotSuppored", Section: SectionUnsupport, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  unsupportedSource,
	Summary: "No path is a reference.",
	Why:     "The platform does not follow a $ref in the place of a path's operations: they would be missing.",
	Fix:     "Write the operations of the path out.",
	Wrong:   `{"paths": {"/boards": {"$ref": "#/x-paths/boards"}}}`,
	Right:   `{"paths": {"/boards": {"get": {"operationId": "ListBoards"}}}}`,
	Check: func(p *Pass) {
		for item := range p.Definition.Root.Get("paths").Members {
			if ref := item.Get("$ref"); ref.Exists() {
				p.Report(ref, fmt.Sprintf("The path %s is a reference.", quote(item.Key())))
			}
		}
	},
}

var swaggerKeywordNotSupported = &Rule{
	Name: "SwaggerKeywordNotSupported", Section: SectionUnsupport, Severity: finding.Warning,
	Source:  unsupportedSource,
	Summary: "No schema uses uniqueItems, discriminator, xml or externalDocs.",
	Why:     "The platform ignores these keywords: makers neither see them nor are held to them.",
	Fix:     "Remove the keyword, and say in the description what makers must know.",
	Wrong:   `{"type": "array", "items": {"type": "string"}, "uniqueItems": true}`,
	Right:   `{"type": "array", "items": {"type": "string"}, "description": "The labels, each once."}`,
	Check: func(p *Pass) {
		for _, keyword := range []string{"uniqueItems", "discriminator", "xml", "externalDocs"} {
			for _, s := range p.TypedWith(keyword) {
				if keyword == "discriminator" && discriminatorFault(p, s.Node) != "" {
					continue // DiscriminatorMustBeARequiredStringProperty says more
				}
				p.Report(s.Node.Get(keyword), fmt.Sprintf("The keyword %s of %s is not supported.", quote(keyword), named(s)))
			}
		}
	},
}
