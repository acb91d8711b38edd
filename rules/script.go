package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func scriptRules() []*Rule {
	return []*Rule{
		scriptTooLarge, scriptNotUnique, scriptSyntaxNotValid, scriptClassNotValid, scriptEntryNotValid, scriptNamespaceNotSupported,
		scriptClientNotAllowed, scriptFormattingAmbiguous, scriptWaits, scriptOperationNotFound, scriptOperationNotListed, scriptMissing,
		scriptWithGateway,
	}
}

// at reports about the tokens from first to last.
func (s *script) at(p *Pass, first, last int, message string, options ...Option) {
	p.ReportText(s.doc, s.tokens[first].start, s.tokens[last].end, message, options...)
}

const maxScriptBytes = 1 << 20

var scriptTooLarge = &Rule{
	Name: "ScriptTooLarge", Section: SectionScript, Severity: finding.Error,
	Source:  scriptSource,
	Summary: "The script has less than 1 MB.",
	Why:     "The platform does not take larger ones.",
	Fix:     "Move data out of the script, and leave to the API what it can do better.",
	Wrong:   "script.csx of 1.4 MB",
	Right:   "script.csx of 14 KB",
	Check: func(p *Pass) {
		if file := p.Package.File(connector.RoleScript); file != nil && len(file.Content) >= maxScriptBytes {
			p.ReportFile(file.Name, fmt.Sprintf("The script has %.1f MB; it must have less than 1 MB.", float64(len(file.Content))/maxScriptBytes))
		}
	},
}

var scriptNotUnique = &Rule{
	Name: "ScriptNotUnique", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "A connector has one script, called script.csx, which loads no other.",
	Why:     "One file is deployed; what stands in others is left out.",
	Fix:     "Put the whole code into script.csx, and remove the other file.",
	Wrong:   "script.csx and helpers.csx",
	Right:   "script.csx",
	Check: func(p *Pass) {
		if s := p.script(); s != nil {
			for i, directive := range s.directives("load") {
				s.at(p, i, i, fmt.Sprintf("The script loads %s, which is not deployed with it.", quote(directive)))
			}
		}
		named := p.Package.File(connector.RoleScript) != nil
		for _, name := range p.Package.Others {
			lower := strings.ToLower(name)
			switch {
			case strings.HasSuffix(lower, ".csx") && named:
				p.ReportFile(name, fmt.Sprintf("Beside the script there is another one, %s.", quote(name)))
			case strings.HasSuffix(lower, ".csx") || lower == "script.cs" && !named:
				p.ReportFile(name, fmt.Sprintf("The script is called %s, not script.csx.", quote(name)), Hint("Rename it, or name it in settings.json."))
			}
		}
	},
}

var scriptSyntaxNotValid = &Rule{
	Name: "ScriptSyntaxNotValid", Section: SectionScript, Severity: finding.Error,
	Source:  scriptSource,
	Summary: "Strings and comments of the script end, and its brackets have partners.",
	Why:     "The platform compiles the script when the connector is deployed, and refuses the connector when it cannot.",
	Fix:     "Mend the code here; compile it once with the support classes of the documentation.",
	Wrong:   `if (this.Context.OperationId == "GetCard") {`,
	Right:   `if (this.Context.OperationId == "GetCard") { … }`,
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		for _, fault := range s.faults {
			p.ReportText(s.doc, fault.start, fault.end, fault.message)
			return // what follows an open string is not understood
		}
		if fault := s.unbalanced(); fault != nil {
			p.ReportText(s.doc, fault.start, fault.end, fault.message)
		}
	},
}

var scriptClassNotValid = &Rule{
	Name: "ScriptClassNotValid", Section: SectionScript, Severity: finding.Error,
	Source:  scriptSource + "; every script of the public repository has it outside of any namespace",
	Summary: "The script has a class Script that derives from ScriptBase, outside of any namespace and class.",
	Why:     "The platform makes an object of this class for every call.",
	Fix:     "Declare it as public class Script : ScriptBase.",
	Wrong:   "public class BoardScript { … }",
	Right:   "public class Script : ScriptBase { … }",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		i := s.class()
		if i < 0 {
			p.ReportFile(s.doc.Name, "The script has no class Script.")
			return
		}
		if name := s.tokens[i+1].text; name != "Script" {
			severity := finding.Error
			if strings.EqualFold(name, "Script") {
				severity = finding.Warning // one is certified
			}
			s.at(p, i, i+1, fmt.Sprintf("The class that derives from ScriptBase is called %s, not Script.", quote(name)), As(severity))
			return
		}
		if !s.derives(i) {
			s.at(p, i, i+1, "The class Script does not derive from ScriptBase.")
		}
		if around := s.around(i); around != "" {
			s.at(p, i, i+1, fmt.Sprintf("The class Script stands in %s.", around), As(finding.Warning),
				Hint("Declare it outside of any namespace and class, as the documentation and all public scripts do."))
		}
		for _, modifier := range []string{"static", "abstract"} {
			if s.modified(i, modifier) {
				s.at(p, i, i+1, fmt.Sprintf("The class Script is %s: no object can be made of it.", modifier))
			}
		}
		if second := s.again(i); second >= 0 {
			s.at(p, second, second+1, "The script has two classes Script: it does not compile.", Hint("Remove one, or rename a helper class."))
		}
	},
}

var scriptEntryNotValid = &Rule{
	Name: "ScriptEntryNotValid", Section: SectionScript, Severity: finding.Error,
	Source:  scriptSource,
	Summary: "The class Script overrides ExecuteAsync, which takes nothing, returns Task<HttpResponseMessage> and is public.",
	Why:     "It is what the platform calls, and abstract in ScriptBase: without it the script does not compile.",
	Fix:     "Declare it as public override async Task<HttpResponseMessage> ExecuteAsync().",
	Wrong:   "public async Task<HttpResponseMessage> Execute() { … }",
	Right:   "public override async Task<HttpResponseMessage> ExecuteAsync() { … }",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil || s.class() < 0 {
			return
		}
		i, public, overrides := s.entry()
		switch {
		case i < 0:
			s.at(p, s.class(), s.class()+1, fmt.Sprintf("The class %s has no method ExecuteAsync().", s.tokens[s.class()+1].text))
		case !overrides:
			s.at(p, i, i, "The method ExecuteAsync does not override that of ScriptBase.")
		case !public:
			s.at(p, i, i, "The method ExecuteAsync is not public.")
		case s.is(i-1, "Task") || s.is(i-1, "void"):
			s.at(p, i-1, i, fmt.Sprintf("The method ExecuteAsync returns %s, not Task<HttpResponseMessage>.", s.tokens[i-1].text))
		}
	},
}

var scriptNamespaceNotSupported = &Rule{
	Name: "ScriptNamespaceNotSupported", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource + "; pull request 3478 of microsoft/PowerPlatformConnectors; a connector certified in 2023 uses another all the same",
	Summary: "The script uses only the 26 namespaces that the documentation lists.",
	Why:     "Others are refused in certification, even where they run in a custom connector.",
	Fix:     "Do without the namespace: the list is at " + scriptSource + "#supported-namespaces.",
	Wrong:   "using System.Net.Mail;",
	Right:   "using System.Net.Http;",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		for i, directive := range s.directives("r") {
			s.at(p, i, i, fmt.Sprintf("The script refers to the library %s; libraries cannot be added.", quote(directive)), Hint("Remove the line, and do without what is not among the supported namespaces."))
		}
		for _, use := range s.namespaces() {
			switch {
			case slices.Contains(openNamespaces(), use.name):
			case use.directive:
				s.at(p, use.first, use.last, fmt.Sprintf("The namespace %s is not one that scripts may use.", quote(use.name)), insteadOf(use.name))
			default:
				s.at(p, use.first, use.last, fmt.Sprintf("The script uses %s, a namespace that is not among those for scripts.", quote(use.name)), As(finding.Warning), insteadOf(use.name))
			}
		}
	},
}

var scriptClientNotAllowed = &Rule{
	Name: "ScriptClientNotAllowed", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource,
	Summary: "The script sends requests with Context.SendAsync, not with a client of its own.",
	Why:     "A client of its own bypasses the connection's credentials and policies; the documentation announces that it will be blocked.",
	Fix:     "Use this.Context.SendAsync(request, this.CancellationToken).",
	Wrong:   "using (var client = new HttpClient()) { … }",
	Right:   "await this.Context.SendAsync(request, this.CancellationToken)",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		for i := range s.tokens {
			if s.name(i) && slices.Contains(clients(), s.tokens[i].text) {
				s.at(p, i, i, fmt.Sprintf("The script uses %s.", s.tokens[i].text))
				return
			}
		}
	},
}

// insteadOf hints at what serves in place of a namespace: the one that was
// misspelt, or the one that does the same.
func insteadOf(namespace string) Option {
	const typo = 3 // this many edits are another name
	if namespace == "System.Text.Json" {
		return Hint("Use Newtonsoft.Json and Newtonsoft.Json.Linq.")
	}
	for _, open := range openNamespaces() {
		if strings.Count(open, ".") == strings.Count(namespace, ".") && distance(strings.ToLower(open), strings.ToLower(namespace), typo) < typo {
			return Hint("Did you mean %s?", quote(open))
		}
	}
	return func(*finding.Finding) {}
}

// clients are the types that send requests on their own, and what is made for them only.
func clients() []string {
	return []string{
		"HttpClient", "HttpClientHandler", "SocketsHttpHandler", "WebRequestHandler", "HttpMessageInvoker", "IHttpClientFactory", "WebClient",
		"WebRequest", "HttpWebRequest", "FtpWebRequest", "TcpClient", "UdpClient", "ClientWebSocket", "SmtpClient", "RestClient",
	}
}

var scriptFormattingAmbiguous = &Rule{
	Name: "ScriptFormattingAmbiguous", Section: SectionScript, Severity: finding.Warning,
	Source:  "observed by publishers of scripts; both System.Xml and Newtonsoft.Json have a type Formatting",
	Summary: "Formatting is written as Newtonsoft.Json.Formatting.",
	Why:     "The platform imports System.Xml as well, which has a type of the same name: the script may not compile.",
	Fix:     "Write Newtonsoft.Json.Formatting.None.",
	Wrong:   "card.ToString(Formatting.None)",
	Right:   "card.ToString(Newtonsoft.Json.Formatting.None)",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		for i := range s.tokens {
			if s.is(i, "Formatting") && s.is(i+1, "=") && s.is(i-1, "using") {
				return // an alias says which one is meant
			}
			if s.is(i, "Formatting") && !s.is(i-1, ".") && s.is(i+1, ".") && (s.is(i+2, "None") || s.is(i+2, "Indented")) {
				s.at(p, i, i+2, fmt.Sprintf("It is not clear which Formatting is meant in %s.", quote("Formatting."+s.tokens[i+2].text)))
				return
			}
		}
	},
}

var scriptWaits = &Rule{
	Name: "ScriptWaits", Section: SectionScript, Severity: finding.Warning,
	Source:  scriptSource + "; the documentation of 2023 allows 5 seconds, later publications speak of 2 minutes",
	Summary: "The script does not wait.",
	Why:     "The platform ends a script that runs too long, by its documentation after 5 seconds; waiting uses that time up.",
	Fix:     "Leave waiting to the flow: answer at once, or offer an operation that tells whether the work is done.",
	Wrong:   "await Task.Delay(3000);",
	Right:   "return await this.Context.SendAsync(this.Context.Request, this.CancellationToken);",
	Check: func(p *Pass) {
		s := p.script()
		if s == nil {
			return
		}
		for i := range s.tokens {
			if s.is(i, "Thread") && s.is(i+1, ".") && s.is(i+2, "Sleep") || s.is(i, "Task") && s.is(i+1, ".") && s.is(i+2, "Delay") {
				s.at(p, i, i+2, fmt.Sprintf("The script waits with %s.%s.", s.tokens[i].text, s.tokens[i+2].text))
			}
		}
	},
}
