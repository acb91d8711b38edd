package rules

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func infoRules() []*Rule {
	return []*Rule{
		specificationVersionIncorrect, hostNameNotValid, basePathNotValid, contactEmailNotValid, urlNotValid, tagRedefined,
		connectorMetadataPropertiesMissing, invalidConnectorCategory, tooManyConnectorCategories, productionStatusOnBetaService,
	}
}

var specificationVersionIncorrect = &Rule{
	Name: "SpecificationVersionIncorrect", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.3",
	Source:  propertiesSource,
	Summary: `The definition says "swagger": "2.0".`,
	Why:     "Custom connectors are read as Swagger 2.0, and the version must be the string of exactly three characters.",
	Fix:     `Write "swagger": "2.0", in quotes.`,
	Wrong:   `{"swagger": 2.0}`,
	Right:   `{"swagger": "2.0"}`,
	Check: func(p *Pass) {
		if version := p.Definition.Root.Get("swagger"); version.Exists() && version.String() != "2.0" {
			shown := version.Text()
			if version.IsString() {
				shown = quote(shown)
			}
			p.Report(version, fmt.Sprintf("The version of Swagger is %s, not the string \"2.0\".", shown))
		}
	},
}

// hostPattern is a host name with or without a port: no scheme, path, blanks or placeholders.
var hostPattern = regexp.MustCompile(`^[^{}/ :\\]+(?::\d+)?$`)

var hostNameNotValid = &Rule{
	Name: "HostNameNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull request 4041 of microsoft/PowerPlatformConnectors",
	Summary: "The host is a host name, with a port if need be, and nothing else.",
	Why:     "The platform puts the address together from scheme, host and base path; a second scheme or path in the host breaks it.",
	Fix:     `Write the scheme in "schemes" and the path in "basePath". For a host that differs from connection to connection, write a real one here and use the policy dynamichosturl.`,
	Wrong:   `{"host": "https://boards.fabrikam.com/v1"}`,
	Right:   `{"host": "boards.fabrikam.com", "basePath": "/v1", "schemes": ["https"]}`,
	Check: func(p *Pass) {
		host := p.Definition.Root.Get("host")
		if text := host.String(); host.IsString() && strings.TrimSpace(text) != "" && !hostPattern.MatchString(text) {
			p.Report(host, fmt.Sprintf("The host %s is no host name.", quote(text)))
		}
	},
}

var basePathNotValid = &Rule{
	Name: "BasePathNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "The base path begins with a slash.",
	Why:     "It is put behind the host: without the slash it becomes a part of the host name.",
	Fix:     `Begin it with "/", or remove it.`,
	Wrong:   `{"basePath": "v1"}`,
	Right:   `{"basePath": "/v1"}`,
	Check: func(p *Pass) {
		if path := p.Definition.Root.Get("basePath"); path.IsString() && !strings.HasPrefix(path.String(), "/") {
			p.Report(path, fmt.Sprintf("The base path %s does not begin with a slash.", quote(path.String())))
		}
	},
}

var contactEmailNotValid = &Rule{
	Name: "ContactEmailNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.3.1.4",
	Source:  propertiesSource,
	Summary: "The contact's email is an email address in ASCII.",
	Why:     "Makers and Microsoft write there when the connector fails.",
	Fix:     "Write the plain address of your support, such as support@fabrikam.com.",
	Wrong:   `{"contact": {"name": "Fabrikam", "email": "support at fabrikam.com"}}`,
	Right:   `{"contact": {"name": "Fabrikam", "email": "support@fabrikam.com"}}`,
	Check: func(p *Pass) {
		if email := p.Definition.Info().Get("contact").Get("email"); email.IsString() && !isEmail(email.String()) {
			p.Report(email, quote(email.String())+" is no email address.")
		}
	},
}

func isEmail(text string) bool {
	for _, r := range text {
		if r > 127 {
			return false
		}
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && address.Name == ""
}

var urlNotValid = &Rule{
	Name: "UrlNotValid", Section: SectionProperties, Severity: finding.Error, Policy: "5000.3.1.3",
	Source:  propertiesSource,
	Summary: "Every address of the publisher is a whole http or https URL.",
	Why:     "The catalogue links to them: an address without a scheme or with a typing error leads nowhere.",
	Fix:     "Write the whole address as a browser shows it, beginning with https://.",
	Wrong:   `{"contact": {"url": "www.fabrikam.com/support"}}`,
	Right:   `{"contact": {"url": "https://www.fabrikam.com/support"}}`,
	Check: func(p *Pass) {
		root := p.Definition.Root
		urls := []*connector.Node{
			root.At("info", "contact", "url"), root.At("info", "license", "url"), root.At("externalDocs", "url"),
		}
		for tag := range root.Get("tags").Items {
			urls = append(urls, tag.At("externalDocs", "url"))
		}
		for _, op := range p.Definition.Operations {
			urls = append(urls, op.Node.At("externalDocs", "url"))
		}
		for _, s := range p.TypedWith("externalDocs") {
			urls = append(urls, s.Node.At("externalDocs", "url"))
		}
		for _, n := range append(urls, metadataValue(root, "Website")) {
			judgeURL(p, n)
		}
		judgeURL(p, metadataValue(root, "Privacy policy"), policy("5000.3.1.5"))
	},
}

func judgeURL(p *Pass, n *connector.Node, options ...Option) {
	text := n.String()
	if !n.IsString() || text == "" {
		return // RequiredValueEmpty reports those that must be there
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "":
		if !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(text, " \t\r\n") {
			p.Report(n, quote(text)+" looks mistyped.", append(options, As(finding.Warning))...) // the validator can read it, nobody can visit it
		}
	case strings.HasPrefix(text, "www."):
		p.Report(n, quote(text)+" is no whole http or https URL.", append(options, Hint("Write %q.", "https://"+text))...)
	default:
		p.Report(n, quote(text)+" is no whole http or https URL.", options...)
	}
}

// metadataValue returns the value of a connector metadata property, nil when it is missing.
func metadataValue(root *connector.Node, name string) *connector.Node {
	for entry := range root.Get("x-ms-connector-metadata").Items {
		if strings.EqualFold(entry.Get("propertyName").String(), name) {
			return entry.Get("propertyValue")
		}
	}
	return nil
}

var tagRedefined = &Rule{
	Name: "TagRedefined", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource,
	Summary: "Every tag is defined once.",
	Why:     "Of two definitions of one tag, only one can count.",
	Fix:     "Remove the second definition.",
	Wrong:   `{"tags": [{"name": "boards"}, {"name": "boards"}]}`,
	Right:   `{"tags": [{"name": "boards"}, {"name": "cards"}]}`,
	Check: func(p *Pass) {
		seen := map[string]bool{}
		for tag := range p.Definition.Root.Get("tags").Items {
			name := tag.Get("name")
			if name.IsString() && seen[name.String()] {
				p.Report(tag, fmt.Sprintf("The tag %s is defined twice.", quote(name.String())))
			}
			seen[name.String()] = true
		}
	},
}

var connectorMetadataPropertiesMissing = &Rule{
	Name: "ConnectorMetadataPropertiesMissing", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull request 4077 of microsoft/PowerPlatformConnectors",
	Checker: []string{"connector-validate-swagger-extended"},
	Summary: "The connector metadata names website, privacy policy and categories.",
	Why:     "The catalogue shows them, and certification refuses a connector that lacks one.",
	Fix:     `Add an entry {"propertyName": "…", "propertyValue": "…"} for each of Website, Privacy policy and Categories.`,
	Wrong:   `"x-ms-connector-metadata": [{"propertyName": "Website", "propertyValue": "https://www.fabrikam.com"}]`,
	Right:   `"x-ms-connector-metadata": [{"propertyName": "Website", "propertyValue": "https://www.fabrikam.com"}, {"propertyName": "Privacy policy", "propertyValue": "https://www.fabrikam.com/privacy"}, {"propertyName": "Categories", "propertyValue": "Productivity"}]`,
	Check: func(p *Pass) {
		metadata := p.Definition.Root.Get("x-ms-connector-metadata")
		if !metadata.IsArray() {
			return
		}
		for _, name := range []string{"Website", "Privacy policy", "Categories"} {
			if metadataValue(p.Definition.Root, name) == nil {
				p.Report(metadata, fmt.Sprintf("The connector metadata has no %s.", quote(name)),
					Hint(`Add {"propertyName": "%s", "propertyValue": "…"}.`, name))
			}
		}
	},
}

// categories are those of the connector catalogue.
func categories() []string {
	return []string{
		"AI", "Business Management", "Business Intelligence", "Collaboration", "Commerce", "Communication", "Content and Files", "Finance", "Data",
		"Human Resources", "Internet of Things", "IT Operations", "Lifestyle and Entertainment", "Marketing", "Productivity", "Sales and CRM",
		"Security", "Social Media", "Website",
	}
}

// categoriesOf splits the value of Categories.
func categoriesOf(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

var invalidConnectorCategory = &Rule{
	Name: "InvalidConnectorCategory", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull requests 570, 2459 and 4077 of microsoft/PowerPlatformConnectors",
	Summary: "Every category is one of the catalogue's 19.",
	Why:     "Makers find connectors by category; an unknown one is refused.",
	Fix:     "Use at most two of these, separated by a semicolon: " + strings.Join(categories(), ", ") + ".",
	Wrong:   `{"propertyName": "Categories", "propertyValue": "Project Management"}`,
	Right:   `{"propertyName": "Categories", "propertyValue": "Productivity;Collaboration"}`,
	Check: func(p *Pass) {
		value := metadataValue(p.Definition.Root, "Categories")
		for _, name := range categoriesOf(value.String()) {
			if slices.ContainsFunc(categories(), func(known string) bool { return strings.EqualFold(known, name) }) {
				continue
			}
			var options []Option
			if strings.Contains(name, ",") {
				options = append(options, Hint("Separate categories by semicolons, not by commas."))
			} else if hint := didYouMean(name, categories()); hint != "" {
				options = append(options, Hint("%s", hint))
			}
			p.Report(value, fmt.Sprintf("There is no category %s.", quote(name)), options...)
		}
	},
}

// maxCategories is how many categories a connector may have.
const maxCategories = 2

var tooManyConnectorCategories = &Rule{
	Name: "TooManyConnectorCategories", Section: SectionProperties, Severity: finding.Error, Policy: "5000.2.6.2",
	Source:  propertiesSource + "; pull request 4077 of microsoft/PowerPlatformConnectors",
	Summary: "A connector has at most two categories.",
	Why:     "The catalogue lists it under two at most, and certification refuses more.",
	Fix:     "Keep the two that fit best.",
	Wrong:   `{"propertyName": "Categories", "propertyValue": "Productivity;Collaboration;Communication"}`,
	Right:   `{"propertyName": "Categories", "propertyValue": "Productivity;Collaboration"}`,
	Check: func(p *Pass) {
		value := metadataValue(p.Definition.Root, "Categories")
		if n := len(categoriesOf(value.String())); n > maxCategories {
			p.Report(value, fmt.Sprintf("The connector names %d categories; at most %d are allowed.", n, maxCategories))
		}
	},
}

// betaLabel finds the label beta, alone between letters and digits.
var betaLabel = regexp.MustCompile(`(?i)(^|[^a-z0-9])(beta|preview|alpha)([^a-z]|$)`)

var productionStatusOnBetaService = &Rule{
	Name: "ProductionStatusOnBetaService", Section: SectionProperties, Severity: finding.Info,
	Source:  propertiesSource + "; whether a service is in beta can only be guessed here, from its address and version",
	Summary: "A connector in Production status does not call a beta service.",
	Why:     "Makers rely on what is in production; a service in beta may change or go away.",
	Fix:     `Write "status": "Preview" in x-ms-api-annotation, or call the released version of the service.`,
	Wrong:   `{"host": "api.fabrikam.com", "basePath": "/beta", "info": {"x-ms-api-annotation": {"status": "Production"}}}`,
	Right:   `{"host": "api.fabrikam.com", "basePath": "/v1", "info": {"x-ms-api-annotation": {"status": "Production"}}}`,
	Check: func(p *Pass) {
		status := p.Definition.Info().At("x-ms-api-annotation", "status")
		if status.String() != "Production" {
			return
		}
		root := p.Definition.Root
		for _, n := range []*connector.Node{root.Get("host"), root.Get("basePath"), root.At("info", "version")} {
			if betaLabel.MatchString(n.String()) {
				p.Report(status, fmt.Sprintf("The status is Production, but the %s %s looks like a beta service.", n.Key(), quote(n.String())))
				return
			}
		}
	},
}
