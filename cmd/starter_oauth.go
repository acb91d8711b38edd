package cmd

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// way is one way to get a token: what apiProperties.json and the definition say of it.
type way struct {
	// set is the set of connection parameters, "" when there is none.
	set string
	// scheme is the security scheme, settings the oAuthSettings; nil where there are none.
	scheme, settings *connector.Node
	// asked are the parameters that makers give beside the token, such as token:clientId.
	asked []string
}

// ways lists how users of the connector get a token, nil when it needs none.
func (s *starter) ways() []way {
	var scheme *connector.Node
	for one := range s.pkg.Definition.Root.Get("securityDefinitions").Members {
		if strings.EqualFold(one.Get("type").String(), "oauth2") && scheme == nil {
			scheme = one
		}
	}
	var out []way
	read := func(set string, list *connector.Node) {
		w := way{set: set, scheme: scheme}
		for p := range list.Members {
			if settings := p.GetFold("oAuthSettings"); strings.EqualFold(p.Get("type").String(), "oauthSetting") {
				w.settings = settings
				out = append(out, w)
			}
		}
		for p := range list.Members {
			if strings.Contains(p.Key(), ":") && len(out) > 0 && out[len(out)-1].set == set {
				out[len(out)-1].asked = append(out[len(out)-1].asked, p.Key())
			}
		}
	}
	properties := s.pkg.Properties.Root.Get("properties")
	for set := range properties.At("connectionParameterSets", "values").Items {
		read(set.Get("name").String(), set.Get("parameters"))
	}
	if len(out) == 0 {
		read("", properties.Get("connectionParameters"))
	}
	if len(out) == 0 && scheme != nil {
		out = append(out, way{scheme: scheme})
	}
	return out
}

// signIn proposes how precert gets a token by itself, once for ways that differ in nothing.
func (s *starter) signIn() {
	var shown []string
	for _, w := range s.ways() {
		block := strings.Join(s.oauth(w), "\n")
		if slices.Contains(shown, block) {
			continue
		}
		if len(shown) == 0 {
			s.line("# The connection signs in with OAuth 2.0. Give a token that you got elsewhere in PRECERT_ACCESS_TOKEN,")
			s.line("# or let precert get and renew one:")
		}
		if shown = append(shown, block); len(shown) > shownNames {
			continue
		}
		if w.set != "" {
			s.line("# for %s:", w.set)
		}
		for line := range strings.SplitSeq(block, "\n") {
			s.line("# %s", line)
		}
	}
	if more := len(shown) - shownNames; more > 0 {
		s.line("# … and %d more sets, each with an address of its own", more)
	}
	if len(shown) > 0 {
		s.blank()
	}
}

// oauth writes the key oauth for one way.
func (s *starter) oauth(w way) []string {
	grant := w.grant()
	out := []string{"oauth:", "  grant: " + grant}
	ask := func(key, value string) { out = append(out, "  "+key+": "+value) }
	switch {
	case !w.entra():
		ask("tokenUrl", s.tokenURL(w))
	case w.named("tenantid") != "":
		ask("tenant", s.reference(w.named("tenantid")))
	case w.tenant() == "common":
		ask("tenant", "…")
	}
	ask("clientId", s.variableOf(w, "CLIENT_ID", "clientid", "appclientid"))
	switch grant {
	case "client_credentials":
		ask("clientSecret", s.variableOf(w, "CLIENT_SECRET", "clientsecret", "appclientsecret"))
	case "refresh_token":
		ask("clientSecret", s.variableOf(w, "CLIENT_SECRET", "clientsecret", "appclientsecret"))
		ask("refreshToken", "${REFRESH_TOKEN}")
	case "password":
		ask("username", "${OAUTH_USERNAME}")
		ask("password", "${OAUTH_PASSWORD}")
	}
	if scopes := w.settings.Get("scopes").Strings(); slices.ContainsFunc(scopes, func(scope string) bool { return strings.Contains(scope, "{") }) {
		for i := range scopes {
			scopes[i] = fmt.Sprintf("%q", s.filled(w, scopes[i]))
		}
		ask("scopes", "["+strings.Join(scopes, ", ")+"]")
	}
	return out
}

// grant is the grant by which precert can get a token without a browser.
func (w way) grant() string {
	body := strings.ToLower("grant_type=" + w.custom("grantType") + "&" + w.custom("tokenBodyTemplate") + w.custom("refreshBodyTemplate"))
	provider := strings.ToLower(w.settings.Get("identityProvider").String())
	switch {
	case w.scheme.Get("flow").String() == "application", strings.Contains(body, "grant_type=client_credentials"), strings.Contains(provider, "clientcredential"),
		w.entra() && w.named("clientsecret") != "":
		return "client_credentials"
	case w.scheme.Get("flow").String() == "password", strings.Contains(body, "grant_type=password"):
		return "password"
	case w.entra():
		return "device_code"
	}
	return "refresh_token"
}

// entra reports whether Microsoft Entra ID gives the tokens: precert knows its addresses.
func (w way) entra() bool {
	return strings.HasPrefix(strings.ToLower(w.settings.Get("identityProvider").String()), "aad")
}

// tenant is the directory that apiProperties.json names, "common" when it names none.
func (w way) tenant() string { return cmp.Or(w.custom("tenantId"), "common") }

// custom is one of the custom parameters of the settings.
func (w way) custom(name string) string {
	return w.settings.At("customParameters").GetFold(name).Get("value").String()
}

// named finds a parameter that makers give by the part of its name behind the colon.
func (w way) named(names ...string) string {
	for _, name := range names {
		for _, full := range w.asked {
			if _, part, _ := strings.Cut(full, ":"); sameName(part, name) {
				return full
			}
		}
	}
	return ""
}

// variableOf names the variable of a parameter that makers give, another when they give none.
func (s *starter) variableOf(w way, otherwise string, names ...string) string {
	if full := w.named(names...); full != "" {
		return s.reference(full)
	}
	return "${" + otherwise + "}"
}

// tokenURL is the address that gives out tokens: where a template asks for
// parameters, with their variables in it.
func (s *starter) tokenURL(w way) string {
	address := firstOf(w.custom("tokenUrl"), w.custom("tokenUrlTemplate"), w.scheme.Get("tokenUrl").String(), w.custom("refreshUrl"), w.custom("refreshUrlTemplate"))
	if address == "" {
		return "…"
	}
	return yamlText(s.filled(w, address))
}

var hole = regexp.MustCompile(`\{([A-Za-z0-9_]+)\}`)

// filled puts variables in place of the {parameters} of a template.
func (s *starter) filled(w way, template string) string {
	return hole.ReplaceAllStringFunc(template, func(found string) string {
		if full := w.named(found[1 : len(found)-1]); full != "" {
			return s.reference(full)
		}
		return "${" + variable(found[1:len(found)-1]) + "}"
	})
}

// yamlText quotes a text that YAML would not read as one.
func yamlText(text string) string {
	if strings.ContainsAny(text, " \t\r\n#'\"\\") || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.IndexAny(text, "${[&*!|>%@`") == 0 && !strings.HasPrefix(text, "${") {
		return fmt.Sprintf("%q", plain(text))
	}
	return text
}
