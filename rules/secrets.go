package rules

import (
	"fmt"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func secretRules() []*Rule {
	return []*Rule{secretNotAllowed, secretSuspected, clientSecretNotAllowed, clientIDNotPlaceholder}
}

const repositorySource = "README of microsoft/PowerPlatformConnectors; pull requests 1633 and 3247"

// foundSecrets returns what the engine looked for before the rules ran.
func foundSecrets(p *Pass) []secret {
	return Shared(p, secretsKey, func() []secret { return secrets(p.Package) })
}

const secretsKey = "secrets"

// leaked reports the credentials that were found under the rule's name. The
// credential itself is in no part of a finding.
func leaked(p *Pass) {
	for _, s := range foundSecrets(p) {
		if s.rule != p.rule.Name {
			continue
		}
		place := func(f *finding.Finding) {
			f.File = s.doc.Name
			f.Line, f.Column, f.Excerpt = s.doc.Locate(s.start, s.end)
		}
		message := fmt.Sprintf("The file holds %s.", s.what)
		if n := s.doc.NodeAt(s.start); n != nil {
			p.Report(n, message, place)
			continue
		}
		p.ReportFile(s.doc.Name, message, place)
	}
}

var secretNotAllowed = &Rule{
	Name: "SecretNotAllowed", Section: SectionSecrets, Severity: finding.Error,
	Source:  repositorySource,
	Summary: "No file of the connector holds a key, a token, a private key or a connection string.",
	Why:     "The files become public with the submission: whoever reads them can use the credential, and it stays in the history for ever.",
	Fix:     "Revoke the credential where it was issued, put a placeholder such as <<YOUR_KEY>> in its place, and hand real values over in Partner Center only.",
	Wrong:   `{"x-ms-apimTemplateParameter.value": "ghp_…36 characters…"}`,
	Right:   `{"x-ms-apimTemplateParameter.value": "@connectionParameters('api_key')"}`,
	Check:   leaked,
}

var secretSuspected = &Rule{
	Name: suspected, Section: SectionSecrets, Severity: finding.Warning,
	Source:  repositorySource,
	Summary: "No default, test value, policy or text holds what looks like a credential.",
	Why:     "The files become public with the submission. If the value is real, whoever reads them can use it.",
	Fix:     "If it is real, revoke it; in any case put a placeholder such as <<YOUR_KEY>> in its place.",
	Wrong:   "Authorization: Bearer followed by a token of 32 characters",
	Right:   "Authorization: Bearer <<YOUR_TOKEN>>",
	Check:   leaked,
}

var clientSecretNotAllowed = &Rule{
	Name: "ClientSecretNotAllowed", Section: SectionSecrets, Severity: finding.Error,
	Source:  repositorySource,
	Summary: "clientSecret in apiProperties.json is absent, empty or a placeholder.",
	Why:     "The secret of the OAuth client would become public with the submission; Microsoft takes it in Partner Center only.",
	Fix:     "Revoke the secret at the identity provider, and leave clientSecret out.",
	Wrong:   `{"oAuthSettings": {"clientId": "<<CLIENT_ID>>", "clientSecret": "…a real value…"}}`,
	Right:   `{"oAuthSettings": {"clientId": "<<CLIENT_ID>>"}}`,
	Check:   leaked,
}

var clientIDNotPlaceholder = &Rule{
	Name: "ClientIdNotPlaceholder", Section: SectionSecrets, Severity: finding.Info,
	Source:  repositorySource,
	Summary: "clientId in apiProperties.json is empty or a placeholder.",
	Why:     "The identity of the OAuth client is no secret, but reviewers ask for a placeholder: the real one goes into Partner Center.",
	Fix:     `Write "<<YOUR_CLIENT_ID>>" in the files that you submit.`,
	Wrong:   `{"clientId": "5f8b2c1e-7a44-4c1b-9d0e-3f6a2b8c7d10"}`,
	Right:   `{"clientId": "<<YOUR_CLIENT_ID>>"}`,
	Check: func(p *Pass) {
		for _, settings := range everyOAuth(p) {
			if n := settings.GetFold("clientId"); looksRandom(n.String()) && !isPlaceholder(n.String()) {
				p.Report(n, fmt.Sprintf("The clientId of the connection parameter %s is a real one.", quote(settings.parameter.Key())))
			}
		}
	},
}

// secretValues finds the credentials that are told by where they stand.
func secretValues(pkg *connector.Package) []secret {
	var out []secret
	add := func(rule, what string, n *connector.Node) {
		if n.IsString() && !isPlaceholder(n.String()) {
			start, end := n.Span()
			// Without the quotes around it.
			if end-start > 2 {
				out = append(out, secret{rule: rule, what: what, doc: n.Document(), start: start + 1, end: end - 1})
			}
		}
	}
	p := &Pass{Package: pkg, Definition: pkg.Definition, facts: &facts{memo: map[string]any{}}}
	for _, settings := range everyOAuth(p) {
		for n := range settings.Members {
			// In other spellings too: the platform drops such a key, the public file does not.
			name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(n.Key()))
			if name == "clientsecret" && !strings.Contains(strings.TrimSpace(n.String()), " ") {
				add("ClientSecretNotAllowed", "the secret of an OAuth client", n)
			}
		}
	}
	for _, c := range connectionParameters(p) {
		for _, n := range []*connector.Node{c.Get("defaultValue"), c.At("uiDefinition", "constraints", "default")} {
			if c.kind() == "securestring" && !strings.Contains(strings.TrimSpace(n.String()), " ") {
				add(suspected, "a default for a connection parameter that is a credential", n)
			}
		}
	}
	for _, policy := range policies(p) {
		value := policy.parameter("value")
		if name := policy.parameter("name").String(); isCredentialHeader(name) && looksRandom(lastWord(value.String())) {
			add(suspected, "a fixed credential that a policy sends", value)
		}
	}
	for _, op := range pkg.Definition.Operations {
		for _, parameter := range op.Parameters {
			if parameter.In == "body" || !isCredentialHeader(parameter.Name) {
				continue
			}
			for _, name := range []string{"default", "x-ms-test-value"} {
				if n := parameter.Node.Get(name); looksRandom(lastWord(n.String())) {
					add(suspected, "a fixed value for a parameter that is a credential", n)
				}
			}
		}
	}
	return out
}

// isCredentialHeader reports whether a header or parameter of this name carries credentials.
func isCredentialHeader(name string) bool {
	return strings.EqualFold(name, "Authorization") || secretName.MatchString(name)
}

func lastWord(text string) string {
	return text[strings.LastIndexByte(text, ' ')+1:]
}

// maskWindow is how many characters of a credential are enough to hide a text.
const maskWindow = 8

// shortestSecret is the length under which hiding a value would hide half of every text.
const shortestSecret = 4

// mask puts stars in place of every part of a credential that a finding shows,
// whichever rule made it.
func mask(found []finding.Finding, secrets []secret) {
	if len(secrets) == 0 {
		return
	}
	parts := map[string]bool{}
	widths := map[int]bool{}
	for _, s := range secrets {
		value := []rune(s.value())
		width := min(maskWindow, len(value))
		if width < shortestSecret {
			continue
		}
		widths[width] = true
		for i := 0; i+width <= len(value); i++ {
			parts[string(value[i:i+width])] = true
		}
	}
	for i := range found {
		f := &found[i]
		f.Message, f.Hint = maskText(f.Message, parts, widths), maskText(f.Hint, parts, widths)
		if f.Excerpt != nil {
			f.Excerpt.Text = maskText(f.Excerpt.Text, parts, widths)
		}
	}
}

// maskText stars every part that stands in a text, keeping its length.
func maskText(text string, parts map[string]bool, widths map[int]bool) string {
	shown := []rune(text)
	hidden := []rune(text)
	for width := range widths {
		for i := 0; i+width <= len(shown); i++ {
			if parts[string(shown[i:i+width])] {
				for j := i; j < i+width; j++ {
					hidden[j] = '*'
				}
			}
		}
	}
	return string(hidden)
}
