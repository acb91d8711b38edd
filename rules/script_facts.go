package rules

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// script is script.csx as the rules look at it.
type script struct {
	*csScan
	doc *connector.Document
	// depth is how many braces are open before each token.
	depth []int
}

// script returns the scanned script of the connector, nil when it has none.
func (p *Pass) script() *script {
	return Shared(p, "script", func() *script {
		doc := p.Text(connector.RoleScript)
		if doc == nil {
			return nil
		}
		s := &script{csScan: scanCSharp(string(doc.Source())), doc: doc}
		depth := 0
		for _, t := range s.tokens {
			if t.kind == csPunctuation && t.text == "}" {
				depth--
			}
			s.depth = append(s.depth, depth)
			if t.kind == csPunctuation && t.text == "{" {
				depth++
			}
		}
		return s
	})
}

// is reports whether the i-th token is the identifier or sign text.
func (s *script) is(i int, text string) bool {
	return i >= 0 && i < len(s.tokens) && s.tokens[i].text == text &&
		(s.tokens[i].kind == csIdentifier || s.tokens[i].kind == csPunctuation)
}

func (s *script) name(i int) bool {
	return i >= 0 && i < len(s.tokens) && s.tokens[i].kind == csIdentifier
}

// chain joins the names and dots from the i-th token on, and returns the token after them.
func (s *script) chain(i int) (names string, next int) {
	var parts []string
	for s.name(i) {
		parts = append(parts, s.tokens[i].text)
		if !s.is(i+1, ".") && !s.is(i+1, "::") || !s.name(i+2) {
			return strings.Join(parts, "."), i + 1
		}
		i += 2
	}
	return strings.Join(parts, "."), i
}

// class returns the index of the token "class" of the class Script, else of
// the first one that derives from ScriptBase, -1 when there is neither. One
// that stands in no other goes first.
func (s *script) class() int {
	derived, inner := -1, -1
	for i := range s.tokens {
		if !s.is(i, "class") || !s.name(i+1) || s.is(i-1, ":") {
			continue
		}
		if s.is(i+1, "Script") && s.depth[i] == 0 {
			return i
		}
		if s.is(i+1, "Script") && inner < 0 {
			inner = i
		}
		if derived < 0 && s.derives(i) {
			derived = i
		}
	}
	if inner >= 0 {
		return inner
	}
	return derived
}

// around names the namespace or class in which the class whose token is at i
// stands, "" when it stands in none.
func (s *script) around(i int) string {
	for j := i - 1; j >= 0; j-- {
		outer := s.depth[j] < s.depth[i] && !s.is(j, "{") || s.depth[i] == 0
		switch {
		case s.is(j, "namespace") && outer:
			names, next := s.chain(j + 1)
			if s.depth[i] > 0 || s.is(next, ";") {
				return "the namespace " + quote(names)
			}
		case (s.is(j, "class") || s.is(j, "struct")) && outer && s.depth[i] > 0 && s.name(j+1):
			return "the " + s.tokens[j].text + " " + quote(s.tokens[j+1].text)
		}
	}
	return ""
}

// modified reports whether a modifier stands before the class whose token is at i.
func (s *script) modified(i int, modifier string) bool {
	for j := i - 1; s.name(j); j-- {
		if s.is(j, modifier) {
			return true
		}
	}
	return false
}

// directives yields the tokens of directives such as #load "name", with what they name.
func (s *script) directives(word string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for i, t := range s.tokens {
			if t.kind != csDirective {
				continue
			}
			rest, ok := strings.CutPrefix(strings.TrimLeft(t.text[1:], " \t"), word)
			name := strings.TrimSpace(rest)
			if ok && strings.HasPrefix(name, "\"") && !yield(i, strings.Trim(name, "\"")) {
				return
			}
		}
	}
}

// derives reports whether the class whose token is at i names ScriptBase as its base.
func (s *script) derives(i int) bool {
	for i += 2; i < len(s.tokens) && !s.is(i, "{") && !s.is(i, ";"); i++ {
		if s.is(i, "ScriptBase") {
			return true
		}
	}
	return false
}

// entry returns the index of the token ExecuteAsync where the method is
// declared, and whether it is public and overrides; -1 when it is not declared.
func (s *script) entry() (at int, public, overrides bool) {
	for i := range s.tokens {
		if !s.is(i, "ExecuteAsync") || !s.is(i+1, "(") || !s.is(i+2, ")") || !s.is(i+3, "{") && !s.is(i+3, "=>") {
			continue
		}
		for j := i - 1; j >= 0 && !s.is(j, "{") && !s.is(j, "}") && !s.is(j, ";"); j-- {
			public = public || s.is(j, "public")
			overrides = overrides || s.is(j, "override")
		}
		return i, public, overrides
	}
	return -1, false, false
}

// namespaceUse is a namespace that the script names, with its first and last token.
type namespaceUse struct {
	name        string
	first, last int
	// directive says that it is a using directive, not a qualified name.
	directive bool
}

// namespaces returns the namespaces of using directives, and of qualified
// names that begin with a namespace known to be closed, each name once.
func (s *script) namespaces() []namespaceUse {
	var out []namespaceUse
	add := func(use namespaceUse) {
		if !slices.ContainsFunc(out, func(other namespaceUse) bool { return other.name == use.name }) {
			out = append(out, use)
		}
	}
	for i := 0; i < len(s.tokens); i++ {
		if s.is(i, "using") {
			if use, ok := s.usingDirective(i); ok {
				add(use)
				i = use.last
			}
			continue
		}
		if !s.name(i) || s.is(i-1, ".") || s.is(i-1, "using") || s.is(i-1, "namespace") || !s.is(i+1, ".") {
			continue
		}
		names, next := s.chain(i)
		for _, closed := range closedNamespaces() {
			if strings.HasPrefix(names, closed+".") {
				add(namespaceUse{name: closed, first: i, last: next - 1})
			}
		}
		i = next - 1
	}
	return out
}

// again returns the token "class" of a second class of the same name beside
// the one at i, -1 when there is none; parts of a partial class are one.
func (s *script) again(i int) int {
	for j := i + 2; j < len(s.tokens); j++ {
		if s.is(j, "class") && s.is(j+1, s.tokens[i+1].text) && s.depth[j] == s.depth[i] && s.depth[i] == 0 && !s.is(j-1, "partial") {
			return j
		}
	}
	return -1
}

// usingDirective reads "using A.B;", "using static A.B.C;" and "using X = A.B.C;" at the i-th token.
func (s *script) usingDirective(i int) (namespaceUse, bool) {
	first := i + 1
	imports := true
	if s.is(first, "static") {
		first, imports = first+1, false
	} else if s.name(first) && s.is(first+1, "=") {
		first, imports = first+2, false
	}
	if s.is(first, "global") && s.is(first+1, "::") {
		first += 2
	}
	names, next := s.chain(first)
	if names == "" || !s.is(next, ";") {
		return namespaceUse{}, false
	}
	if !imports && !slices.Contains(openNamespaces(), names) && !slices.Contains(closedNamespaces(), names) {
		// The last name is a type.
		names = names[:max(0, strings.LastIndexByte(names, '.'))]
	}
	return namespaceUse{name: names, first: first, last: next - 1, directive: true}, names != ""
}

// openNamespaces are those that a script may use.
func openNamespaces() []string {
	return []string{
		"System", "System.Collections", "System.Collections.Generic", "System.Diagnostics", "System.Drawing", "System.Drawing.Drawing2D",
		"System.Drawing.Imaging", "System.IO", "System.IO.Compression", "System.Linq", "System.Net", "System.Net.Http", "System.Net.Http.Headers",
		"System.Net.Security", "System.Security.Authentication", "System.Security.Cryptography", "System.Text", "System.Text.RegularExpressions",
		"System.Threading", "System.Threading.Tasks", "System.Web", "System.Xml", "System.Xml.Linq", "Microsoft.Extensions.Logging",
		"Newtonsoft.Json", "Newtonsoft.Json.Linq",
		// The one that ScriptBase itself is in; the scripts of first-party connectors name it.
		"Microsoft.PowerPlatform.Connectors.CustomCode.CSharp",
	}
}

// closedNamespaces are common ones that a script may not use.
func closedNamespaces() []string {
	return []string{
		"System.Collections.Concurrent", "System.Collections.Specialized", "System.ComponentModel", "System.Configuration", "System.Data",
		"System.Globalization", "System.IO.Pipes", "System.Linq.Expressions", "System.Management", "System.Net.Mail", "System.Net.NetworkInformation",
		"System.Net.Sockets", "System.Net.WebSockets", "System.Numerics", "System.Reflection", "System.Runtime", "System.Security.Claims",
		"System.Security.Principal", "System.Text.Encodings", "System.Text.Json", "System.Timers", "System.Transactions", "System.Xml.Serialization",
		"System.Xml.XPath", "Microsoft.CSharp", "Microsoft.Win32", "Newtonsoft.Json.Converters", "Newtonsoft.Json.Schema", "Newtonsoft.Json.Serialization",
	}
}

// operationName is an operationId that the script compares with the one at hand.
type operationName struct {
	id    string
	token int
	// anyCase says that the script compares in any case.
	anyCase bool
}

// is reports whether the script means an operation with this id: some scripts
// compare with its base64 form as well, which the platform has handed over at times.
func (n operationName) is(id string) bool {
	if n.anyCase && strings.EqualFold(n.id, id) {
		return true
	}
	plain, err := base64.StdEncoding.DecodeString(n.id)
	return n.id == id || err == nil && string(plain) == id
}

// operationNames returns the texts that the script compares with
// Context.OperationId: with == and !=, Equals in its forms, case labels and switch arms.
func (s *script) operationNames() []operationName {
	holders := map[string]bool{"OperationId": true}
	for i := range s.tokens {
		// var id = this.Context.OperationId;
		if s.name(i) && s.is(i+1, "=") {
			if names, next := s.chain(i + 2); strings.HasSuffix("."+names, ".OperationId") && s.is(next, ";") {
				holders[s.tokens[i].text] = true
			}
		}
	}
	holder := func(i int) bool { return s.name(i) && holders[s.tokens[i].text] && !s.is(i+1, ".") }
	var out []operationName
	add := func(i int) {
		if i >= 0 && i < len(s.tokens) && s.tokens[i].kind == csText && s.tokens[i].text != "" {
			out = append(out, operationName{id: s.tokens[i].text, token: i})
		}
	}
	for i := range s.tokens {
		switch {
		case (s.is(i, "==") || s.is(i, "!=")) && holder(i-1):
			add(i + 1)
		case (s.is(i, "==") || s.is(i, "!=")) && s.comparesWith(i+1, holder):
			add(i - 1)
		case s.is(i, "Equals") && s.is(i-1, ".") && s.is(i+1, "("):
			before := len(out)
			_, next := s.chain(i + 2)
			switch {
			case s.name(i-2) && holders[s.tokens[i-2].text]: // id.Equals("ListCards")
				add(i + 2)
			case !s.name(i-2) && s.comparesWith(i+2, holder): // "ListCards".Equals(id)
				add(i - 2)
			case s.comparesWith(i+2, holder) && s.is(next, ","): // string.Equals(id, "ListCards")
				add(next + 1)
			case s.is(i+3, ",") && s.comparesWith(i+4, holder): // string.Equals("ListCards", id)
				add(i + 2)
			}
			for j := before; j < len(out); j++ {
				out[j].anyCase = s.ignoresCase(i + 1)
			}
		case s.is(i, "switch") && s.is(i+1, "(") && s.comparesWith(i+2, holder):
			s.labels(i+1, add)
		case s.is(i, "switch") && s.is(i+1, "{") && holder(i-1):
			s.labels(i+1, add)
		}
	}
	return out
}

// ignoresCase reports whether the arguments that open at the i-th token hold a comparison in any case.
func (s *script) ignoresCase(i int) bool {
	open := 0
	for ; i < len(s.tokens); i++ {
		switch {
		case s.is(i, "("):
			open++
		case s.is(i, ")"):
			if open--; open == 0 {
				return false
			}
		case s.name(i) && strings.HasSuffix(s.tokens[i].text, "IgnoreCase"):
			return true
		}
	}
	return false
}

// comparesWith reports whether the chain of names at i ends with one that holds the operationId.
func (s *script) comparesWith(i int, holder func(int) bool) bool {
	_, next := s.chain(i)
	return next > i && holder(next-1)
}

// labels finds the texts of case labels and arms in the block that opens at or after the i-th token.
func (s *script) labels(i int, add func(int)) {
	for i < len(s.tokens) && !s.is(i, "{") {
		i++
	}
	if i == len(s.tokens) {
		return
	}
	outer := s.depth[i]
	for i++; i < len(s.tokens) && s.depth[i] > outer; i++ {
		if s.depth[i] != outer+1 {
			continue
		}
		if s.is(i-1, "case") || s.is(i+1, "=>") {
			add(i)
		}
	}
}
