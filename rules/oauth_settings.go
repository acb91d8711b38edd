package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func oauthSettingRules() []*Rule {
	return []*Rule{
		identityProviderNotKnown, oauthParameterMissing, oauthURLNotSecure, redirectModeNotPerConnector, redirectURLNotNeeded, oauthNotForIndependentPublishers,
		clientCredentialsNotSupported,
	}
}

const oauthSource = "https://learn.microsoft.com/connectors/custom-connectors/authentication-oauth"

// oauthSettings are the settings of one sign-in, with the parameter that holds them.
type oauthSettings struct {
	*connector.Node
	parameter connectionParameter
}

// everyOAuth returns the OAuth settings of the connection and of all sets.
func everyOAuth(p *Pass) []oauthSettings {
	var out []oauthSettings
	for _, c := range connectionParameters(p) {
		if settings := c.GetFold("oAuthSettings"); settings.IsObject() {
			out = append(out, oauthSettings{settings, c})
		}
	}
	return out
}

var identityProviderNotKnown = &Rule{
	Name: "IdentityProviderNotKnown", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  oauthSource,
	Checker: []string{"connector-validate-connectionparam-oauth2idp"},
	Summary: "identityProvider names a provider that the platform knows.",
	Why:     "It decides how the sign-in runs and which parameters it needs; the solution checker compares it with a list.",
	Fix:     "Write aad for Microsoft Entra ID; oauth2 or oauth2generic for every other authorization code flow.",
	Wrong:   `{"oAuthSettings": {"identityProvider": "oauth"}}`,
	Right:   `{"oAuthSettings": {"identityProvider": "oauth2"}}`,
	Check:   refused,
}

var oauthParameterMissing = &Rule{
	Name: "OAuthParameterMissing", Section: SectionAPIProperties, Severity: finding.Error,
	Source:  oauthSource,
	Checker: []string{"connector-validate-connectionparameters"},
	Summary: "oAuthSettings has the customParameters that its identity provider needs.",
	Why:     "Without the resource (aad, aadcertificate) or the three addresses (oauth2, oauth2generic) nobody can sign in.",
	Fix:     `Add the parameter to customParameters, as {"value": "…"}.`,
	Wrong:   `{"identityProvider": "aad", "customParameters": {}}`,
	Right:   `{"identityProvider": "aad", "customParameters": {"resourceUri": {"value": "https://graph.microsoft.com"}}}`,
	Check: func(p *Pass) {
		for _, v := range propertyViolations(p) {
			if v.rule != p.rule.Name {
				continue
			}
			options := []Option{Member(v.member)}
			if v.severity != finding.Off {
				options = append(options, As(v.severity))
			}
			if v.member == "properties" || v.member == "IsFirstParty" {
				options = append(options, Hint(`Add "properties": {"IsFirstParty": "True"}: certificates are for applications of Microsoft.`))
			}
			p.Report(v.at, v.message, options...)
		}
	},
}

var oauthURLNotSecure = &Rule{
	Name: "OAuthUrlNotSecure", Section: SectionAPIProperties, Severity: finding.Error, Policy: "5000.3.1.6",
	Source:  policyErrorsSource,
	Summary: "The addresses of a sign-in begin with https.",
	Why:     "Codes, tokens and the client secret travel to these addresses; certification refuses unencrypted ones.",
	Fix:     "Write https; if the server does not speak it, it cannot be used.",
	Wrong:   `{"tokenUrl": {"value": "http://login.fabrikam.com/token"}}`,
	Right:   `{"tokenUrl": {"value": "https://login.fabrikam.com/token"}}`,
	Check: func(p *Pass) {
		for _, settings := range everyOAuth(p) {
			for custom := range settings.Get("customParameters").Members {
				value := custom.Get("value")
				name := strings.ToLower(custom.Key())
				if strings.HasPrefix(strings.ToLower(value.String()), "http://") && name != "resourceuri" && !strings.Contains(name, "body") {
					p.Report(value, fmt.Sprintf("%s of the connection parameter %s is %s, without encryption.",
						custom.Key(), quote(settings.parameter.Key()), quote(value.String())))
				}
			}
		}
	},
}

var redirectModeNotPerConnector = &Rule{
	Name: "RedirectModeNotPerConnector", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  oauthSource + "; reviewers ask for it since October 2023 (pull requests 3035, 3162, 3247 and 3255 of microsoft/PowerPlatformConnectors); 11 of the 16 OAuth connectors certified in 2024 have it",
	Summary: "OAuth connectors have the redirectMode GlobalPerConnector.",
	Why:     "With Global all connectors share one redirect address, and one of them could collect another's codes. New connectors get an address of their own.",
	Fix:     `Write "redirectMode": "GlobalPerConnector", leave redirectUrl out, and allow the address that the portal shows in the identity provider.`,
	Wrong:   `{"redirectMode": "Global", "redirectUrl": "https://global.consent.azure-apim.net/redirect"}`,
	Right:   `{"redirectMode": "GlobalPerConnector"}`,
	Check: func(p *Pass) {
		for _, settings := range everyOAuth(p) {
			mode := settings.Get("redirectMode")
			switch {
			case strings.EqualFold(mode.String(), "GlobalPerConnector"):
			case mode.String() == "":
				p.Report(settings.Node, fmt.Sprintf("oAuthSettings of the connection parameter %s has no redirectMode.", quote(settings.parameter.Key())), Member("redirectMode"))
			default:
				p.Report(mode, fmt.Sprintf("redirectMode is %s; new connectors have %s.", quote(mode.String()), quote("GlobalPerConnector")))
			}
		}
	},
}

var redirectURLNotNeeded = &Rule{
	Name: "RedirectUrlNotNeeded", Section: SectionAPIProperties, Severity: finding.Info,
	Source:  oauthSource + "; reviewers ask to remove it (pull request 3247 of microsoft/PowerPlatformConnectors)",
	Summary: "oAuthSettings holds no redirectUrl: the platform makes it.",
	Why:     "With GlobalPerConnector the platform gives every connector an address; an address of another server would send the codes of users away.",
	Fix:     "Remove redirectUrl.",
	Wrong:   `{"redirectMode": "GlobalPerConnector", "redirectUrl": "https://global.consent.azure-apim.net/redirect"}`,
	Right:   `{"redirectMode": "GlobalPerConnector"}`,
	Check: func(p *Pass) {
		for _, settings := range everyOAuth(p) {
			n := settings.Get("redirectUrl")
			address, err := url.Parse(strings.TrimSpace(n.String()))
			if n.String() == "" {
				continue
			}
			if host := ""; err == nil {
				host = strings.ToLower(address.Hostname())
				if host == "consent.azure-apim.net" || strings.HasSuffix(host, ".consent.azure-apim.net") {
					if strings.EqualFold(settings.Get("redirectMode").String(), "GlobalPerConnector") {
						p.Report(n, "redirectUrl is given, though the platform makes it for GlobalPerConnector.")
					} else if host != "global.consent.azure-apim.net" && host != "global-test.consent.azure-apim.net" {
						p.Report(n, fmt.Sprintf("redirectUrl is %s, the address of one region.", quote(n.String())))
					}
					continue
				}
			}
			p.Report(n, fmt.Sprintf("redirectUrl is %s, not an address of the platform (consent.azure-apim.net).", quote(n.String())), As(finding.Warning))
		}
	},
}

var oauthNotForIndependentPublishers = &Rule{
	Name: "OAuthNotForIndependentPublishers", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "pull request 4058 of microsoft/PowerPlatformConnectors (December 2025)",
	Summary: "Connectors of independent publishers sign in without OAuth.",
	Why:     "OAuth needs a client that the owner of the service registers for Microsoft; reviewers have refused independent connectors with it since 2025.",
	Fix:     "Sign in with an API key or a user and password if the service offers it, or submit as a verified publisher.",
	Wrong:   `{"iconBrandColor": "#da3b01", "connectionParameters": {"token": {"type": "oauthSetting"}}}`,
	Right:   `{"iconBrandColor": "#da3b01", "connectionParameters": {"api_key": {"type": "securestring"}}}`,
	Check: func(p *Pass) {
		if p.Publisher != connector.Independent {
			return
		}
		for _, c := range connectionParameters(p) {
			if c.kind() == "oauthSetting" {
				p.Report(c.Node, fmt.Sprintf("The connection parameter %s signs in with OAuth.", quote(c.Key())))
			}
		}
	},
}

var clientCredentialsNotSupported = &Rule{
	Name: "ClientCredentialsNotSupported", Section: SectionAPIProperties, Severity: finding.Warning,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/faq; one public connector of 1,027 does it all the same",
	Summary: "The sign-in is the authorization code flow, not the client credentials grant.",
	Why:     "A connection belongs to a user who signs in; the platform has no client credentials grant for connectors.",
	Fix:     "Use the authorization code flow, or ask for an API key.",
	Wrong:   `{"securityDefinitions": {"oauth": {"type": "oauth2", "flow": "application", …}}}`,
	Right:   `{"securityDefinitions": {"oauth": {"type": "oauth2", "flow": "accessCode", …}}}`,
	Check: func(p *Pass) {
		for _, settings := range everyOAuth(p) {
			for custom := range settings.Get("customParameters").Members {
				if value := custom.Get("value"); strings.Contains(value.String(), "grant_type=client_credentials") {
					p.Report(value, fmt.Sprintf("%s of the connection parameter %s asks for a token with the client credentials grant.", custom.Key(), quote(settings.parameter.Key())))
				}
			}
		}
		for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
			if flow := scheme.Get("flow"); scheme.Get("type").String() == "oauth2" && flow.String() == "application" {
				p.Report(flow, fmt.Sprintf("The scheme %s is the client credentials grant (flow application).", quote(scheme.Key())))
			}
		}
	},
}
