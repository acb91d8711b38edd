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
			if settings := parameter.Get("oAuthSettings"); settings.IsObject() {
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
