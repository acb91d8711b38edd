package rules

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func hostRules() []*Rule { return []*Rule{hostNotProduction} }

var hostNotProduction = &Rule{
	Name: "HostNotProduction", Section: SectionProperties, Severity: finding.Warning, Policy: "5000.2.6.4",
	Source:  errorsSource + "; 7 of 617 certified connectors have such a label",
	Summary: "The host is that of the service in production, not of a test or of one machine.",
	Why:     "Makers everywhere call the host that the definition names. Certification refuses hosts that are named staging, dev, test, sandbox or localhost; tunnels and mock servers are gone after a while.",
	Fix:     "Write the host of the production service. If it differs from connection to connection, use the policy dynamichosturl.",
	Wrong:   `{"host": "api-staging.fabrikam.com"}`,
	Right:   `{"host": "api.fabrikam.com"}`,
	Check: func(p *Pass) {
		host := p.Definition.Root.Get("host")
		name := strings.ToLower(strings.TrimSuffix(portSuffix.ReplaceAllString(strings.TrimSpace(host.String()), ""), "."))
		if !host.IsString() || name == "" || slices.ContainsFunc(policies(p), func(i policyInstance) bool { return i.template == "dynamichosturl" }) {
			return
		}
		if isLocalHost(name) {
			p.Report(host, fmt.Sprintf("The host %s can be reached on one machine or network only.", quote(host.String())))
			return
		}
		// A script may send requests elsewhere.
		if what := passingHost(name); what != "" && (what != anExample || p.Package.File(connector.RoleScript) == nil) {
			p.Report(host, fmt.Sprintf("The host %s is that of %s.", quote(host.String()), what))
			return
		}
		if label := testLabel(name); label != "" {
			p.Report(host, fmt.Sprintf("The host %s is named %s: it does not look like the service in production.", quote(host.String()), quote(label)))
		}
	},
}

var portSuffix = regexp.MustCompile(`:\d+$`)

// isLocalHost reports whether a host name or address means something else elsewhere.
func isLocalHost(name string) bool {
	if address := net.ParseIP(strings.Trim(name, "[]")); address != nil {
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsUnspecified()
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	return slices.Contains([]string{"localhost", "local", "localdomain", "internal", "lan"}, last)
}

const anExample = "an example"

// passingHost says what a host name that serves during development stands for, "" when it does not.
func passingHost(name string) string {
	for _, kind := range []struct {
		what    string
		domains []string
	}{
		{"a tunnel to a developer's machine", []string{
			"ngrok.io", "ngrok.app", "ngrok.dev", "ngrok-free.app", "ngrok-free.dev", "loca.lt", "localtunnel.me", "devtunnels.ms", "trycloudflare.com", "serveo.net", "lhr.life",
		}},
		{"a mock server", []string{"mock.pstmn.io", "mockapi.io", "beeceptor.com", "mocky.io", "mockable.io", "webhook.site", "requestcatcher.com", "pipedream.net"}},
		{anExample, []string{"example.com", "example.org", "example.net", "example", "invalid", "test"}},
	} {
		for _, domain := range kind.domains {
			if name == domain || strings.HasSuffix(name, "."+domain) {
				return kind.what
			}
		}
	}
	return ""
}

// testLabel returns the part of a host name, left of the registered domain,
// that names an environment other than production; "" when there is none.
func testLabel(name string) string {
	// Of Azure DevOps, whose service in production has this name.
	if name == "dev.azure.com" || strings.HasSuffix(name, ".dev.azure.com") {
		return ""
	}
	labels := strings.Split(name, ".")
	for _, label := range labels[:max(0, len(labels)-registered(labels))] {
		for part := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == '-' || r == '_' }) {
			if slices.Contains(testEnvironments(), strings.TrimRight(part, "0123456789")) {
				return part
			}
		}
	}
	return ""
}

// registered counts the labels of the domain that its owner bought: two, or
// three under a suffix such as co.uk or com.au.
func registered(labels []string) int {
	if n := len(labels); n > 2 && len(labels[n-1]) == 2 && slices.Contains([]string{"co", "com", "net", "org", "gov", "edu", "ac", "or", "ne"}, labels[n-2]) {
		return 3
	}
	return 2
}

func testEnvironments() []string {
	return []string{"staging", "stage", "stg", "dev", "develop", "development", "test", "testing", "sandbox", "sbx", "uat", "qa", "preprod"}
}
