package runner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// ConnectionSets names the sets of connection parameters of a connector with
// several ways to sign in, in the order of apiProperties.json; nil for one with a single way.
func ConnectionSets(pkg *connector.Package) []string {
	var out []string
	for set := range pkg.Properties.Root.Get("properties").At("connectionParameterSets", "values").Items {
		out = append(out, set.Get("name").String())
	}
	return out
}

// connectionSet finds the chosen set; nil when none is chosen.
func connectionSet(pkg *connector.Package, name string) (*connector.Node, error) {
	if name == "" {
		return nil, nil
	}
	for set := range pkg.Properties.Root.Get("properties").At("connectionParameterSets", "values").Items {
		if strings.EqualFold(set.Get("name").String(), name) {
			return set, nil
		}
	}
	names := ConnectionSets(pkg)
	if len(names) == 0 {
		return nil, fmt.Errorf("the connector has no sets of connection parameters, so %q cannot be chosen", name)
	}
	return nil, fmt.Errorf("the connector has no set of connection parameters %q: choose %s", name, strings.Join(names, ", "))
}

// setWithValues is the one set whose required parameters all have values, nil
// when there is none or several are. A set with OAuth asks for a token or for a way to get one.
func setWithValues(pkg *connector.Package, opts Options) *connector.Node {
	var found *connector.Node
	for set := range pkg.Properties.Root.Get("properties").At("connectionParameterSets", "values").Items {
		whole, some := true, false
		for p := range set.Get("parameters").Members {
			_, given := lookupFold(opts.Connection, p.Key())
			if p.GetFold("oAuthSettings").IsObject() {
				given = opts.AccessToken != "" || opts.OAuth != nil
			}
			some = some || given
			optional := strings.EqualFold(p.At("uiDefinition", "constraints", "required").Text(), "false")
			whole = whole && (given || optional)
		}
		if !whole || !some {
			continue
		}
		if found != nil {
			return nil
		}
		found = set
	}
	return found
}

// namesOtherSet reports whether a security scheme is called as a set of parameters is, but not as this one.
func namesOtherSet(pkg *connector.Package, set *connector.Node, scheme string) bool {
	return norm(set.Get("name").String()) != norm(scheme) &&
		slices.ContainsFunc(ConnectionSets(pkg), func(name string) bool { return norm(name) == norm(scheme) })
}

// imply finds the credentials that the platform sends although no operation is
// declared to need them: those of schemes that the definition describes and
// never asks for, and the token of a connection that signs in by OAuth where it describes none.
func (a *authenticator) imply(pkg *connector.Package, settings *connector.Node, declared map[string]string, opts Options, mask *redactor) error {
	asked := slices.ContainsFunc(pkg.Definition.Operations, func(o *connector.Operation) bool { return len(o.Security) > 0 })
	if asked || len(declared) == 0 {
		return nil
	}
	for node := range pkg.Definition.Root.Get("securityDefinitions").Members {
		if s := a.schemes[node.Key()]; !s.elsewhere {
			a.implied = append(a.implied, s)
		}
	}
	name := pick(declared, "oauthsetting", "")
	if len(a.schemes) > 0 || settings == nil || name == "" {
		return nil
	}
	s := &scheme{name: name, kind: "oauth2"}
	if err := s.find(nil, settings, declared, opts, mask); err != nil {
		return err
	}
	mask.place("access_token")
	mask.add(s.value)
	a.schemes[name], a.implied = s, []*scheme{s}
	return nil
}

// allows reports whether a kind of security scheme belongs to a set of
// parameters: signing in by OAuth2 asks for an oauthSetting, a password or a key
// for something secret that the maker types.
func allows(declared map[string]string, kind string) bool {
	has := func(wanted ...string) bool {
		for _, t := range declared {
			if slices.Contains(wanted, t) {
				return true
			}
		}
		return false
	}
	if kind == "oauth2" {
		return has("oauthsetting")
	}
	return has("securestring")
}

// oauthSettings are the settings of the connection parameter by which users
// sign in; nil when there is none.
func oauthSettings(pkg *connector.Package, set *connector.Node) *connector.Node {
	properties := pkg.Properties.Root.Get("properties")
	lists := []*connector.Node{properties.Get("connectionParameters")}
	if set != nil {
		lists = []*connector.Node{set.Get("parameters")}
	} else {
		for one := range properties.At("connectionParameterSets", "values").Items {
			lists = append(lists, one.Get("parameters"))
		}
	}
	for _, list := range lists {
		for parameter := range list.Members {
			if settings := parameter.GetFold("oAuthSettings"); settings.IsObject() {
				return settings
			}
		}
	}
	return nil
}

// entraID fills in what Microsoft Entra ID needs from the connector's settings:
// the addresses of its tenant, and the scope of the resource.
func (o OAuth) entraID(settings *connector.Node) OAuth {
	custom := func(name string) string { return settings.At("customParameters").GetFold(name).Get("value").String() }
	if id := settings.Get("clientId").String(); o.ClientID == "" {
		o.ClientID = id
	}
	if len(o.Scopes) == 0 {
		o.Scopes = settings.Get("scopes").Strings()
	}
	provider := strings.ToLower(settings.Get("identityProvider").String())
	if !strings.HasPrefix(provider, "aad") {
		if o.TokenURL == "" {
			o.TokenURL = custom("tokenUrl")
		}
		return o
	}
	login, tenant := custom("loginUri"), o.Tenant
	if login == "" || strings.Contains(login, "login.windows.net") {
		login = "https://login.microsoftonline.com"
	}
	if tenant == "" {
		tenant = custom("tenantId")
	}
	if tenant == "" {
		tenant = "common"
	}
	root := strings.TrimRight(login, "/") + "/" + tenant + "/oauth2/v2.0/"
	if o.TokenURL == "" {
		o.TokenURL = root + "token"
	}
	if o.DeviceURL == "" {
		o.DeviceURL = root + "devicecode"
	}
	resource := custom("resourceUri")
	if resource == "" {
		resource = settings.At("properties", "AzureActiveDirectoryResourceId").String()
	}
	if resource != "" && len(o.Scopes) == 0 {
		o.Scopes = []string{strings.TrimRight(resource, "/") + "/.default"}
	}
	return o
}
