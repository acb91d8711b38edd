package changes

import (
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// root compares what holds for the whole definition.
func (c *comparer) root() {
	old, updated := c.old.Root, c.updated.Root
	if was, is := host(old), host(updated); !strings.EqualFold(was, is) {
		c.report(hostChanged, at("host"), "The host was %s and is %s now.", orNone(was), orNone(is))
	}
	if was, is := basePath(old), basePath(updated); was != is {
		c.report(basePathChanged, at("basePath"), "The base path was %s and is %s now.", show(was), show(is))
	}
	inherits := func(name string) bool {
		return slices.ContainsFunc(c.old.Operations, func(op *connector.Operation) bool {
			other := c.updated.Operation(op.ID)
			return other != nil && !op.Node.Get(name).IsArray() && !other.Node.Get(name).IsArray() &&
				(name != "consumes" || sendsBody(op) || sendsBody(other))
		})
	}
	if inherits("consumes") {
		c.mediaList(consumesChanged, at("consumes"), old.Get("consumes").Strings(), updated.Get("consumes").Strings())
	}
	if inherits("produces") {
		c.mediaList(producesChanged, at("produces"), old.Get("produces").Strings(), updated.Get("produces").Strings())
	}
	c.securityDefinitions(old.Get("securityDefinitions"), updated.Get("securityDefinitions"))
	c.capabilities(old.Get("x-ms-capabilities"), updated.Get("x-ms-capabilities"), at("x-ms-capabilities"))
}

// host is where requests go: the template of a parameterized host, else the host.
func host(root *connector.Node) string {
	if template := root.At("x-ms-parameterized-host", "hostTemplate").String(); template != "" {
		return template
	}
	return root.Get("host").String()
}

func basePath(root *connector.Node) string {
	return "/" + strings.Trim(root.Get("basePath").String(), "/")
}

// securityDefinitions compares the security schemes. A scheme is the same
// under another name when it says the same.
func (c *comparer) securityDefinitions(old, updated *connector.Node) {
	claimed := map[*connector.Node]bool{}
	counterpart := func(scheme *connector.Node) *connector.Node {
		if same := updated.Get(scheme.Key()); same.Get("type").String() == scheme.Get("type").String() {
			return same
		}
		for other := range updated.Members {
			if !claimed[other] && old.Get(other.Key()) == nil && other.Get("type").String() == scheme.Get("type").String() && len(schemeDiffers(scheme, other)) == 0 {
				return other
			}
		}
		return nil
	}
	for scheme := range old.Members {
		here := at("securityDefinitions").to(scheme.Key())
		other := counterpart(scheme)
		if other == nil {
			severity := authenticationMethodRemoved.severity
			if signsIn(c.oldPackage) && signsIn(c.newPackage) {
				severity = finding.Warning
			}
			c.reportAs(severity, authenticationMethodRemoved, here, "The %s authentication %s is gone; connections that use it stop working.", scheme.Get("type").Text(), show(scheme.Key()))
			continue
		}
		claimed[other] = true
		if changed := schemeDiffers(scheme, other); len(changed) > 0 {
			c.report(authenticationMethodChanged, here, "%s of the authentication differs; connections that exist may have to be made again.", list(changed))
		}
	}
	for scheme := range updated.Members {
		if !claimed[scheme] {
			c.report(authenticationMethodAdded, at("securityDefinitions").to(scheme.Key()), "The %s authentication %s is new.", scheme.Get("type").Text(), show(scheme.Key()))
		}
	}
}

// signsIn reports whether apiProperties.json says how connections sign in: then
// the definition's schemes only repeat it.
func signsIn(pkg *connector.Package) bool {
	properties := pkg.Properties.Root.Get("properties")
	return properties.Get("connectionParameters").Len() > 0 || properties.At("connectionParameterSets", "values").Len() > 0
}

// schemeDiffers names the members in which two schemes of one type differ.
func schemeDiffers(old, updated *connector.Node) []string {
	var out []string
	for _, name := range []string{"in", "name", "flow", "authorizationUrl", "tokenUrl"} {
		if !strings.EqualFold(old.Get(name).String(), updated.Get(name).String()) {
			out = append(out, name)
		}
	}
	return out
}

// capabilities compares x-ms-capabilities, of the definition or of an operation.
func (c *comparer) capabilities(old, updated *connector.Node, here *place) {
	for capability := range old.Members {
		other := updated.Get(capability.Key())
		if other == nil || capability.Bool() && other.Kind() == connector.Bool && !other.Bool() {
			c.report(capabilityRemoved, here.to(capability.Key()), "The capability %s is gone.", show(capability.Key()))
		}
	}
}

// connection compares apiProperties.json, when both versions have one.
func (c *comparer) connection() {
	if c.oldPackage.Properties.Root == nil || c.newPackage.Properties.Root == nil {
		return
	}
	old, updated := c.oldPackage.Properties.Root.Get("properties"), c.newPackage.Properties.Root.Get("properties")
	single, sets := "connectionParameters", "connectionParameterSets"
	// A connector that goes from one way of signing in to several moves its
	// parameters into sets.
	moved := map[string]*connector.Node{}
	for set := range updated.At(sets, "values").Items {
		for p := range set.Get("parameters").Members {
			moved[p.Key()] = p
		}
	}
	c.connectionParameters(old.Get(single), updated.Get(single), moved, at(single))
	c.parameterSets(old.At(sets, "values"), updated.At(sets, "values"), at(sets))
	for _, name := range without(old.Get("capabilities").Strings(), updated.Get("capabilities").Strings()) {
		c.report(capabilityRemoved, at("capabilities").to(name), "The capability %s is gone.", show(name))
	}
	if was, is := old.Get("tier").String(), updated.Get("tier").String(); was != "" && !strings.EqualFold(was, is) && strings.EqualFold(is, "premium") {
		c.report(tierChangedToPremium, at("tier"), "The tier was %s and is %s now.", show(was), show(is))
	}
}

func (c *comparer) parameterSets(old, updated *connector.Node, here *place) {
	named := func(sets *connector.Node, name string) *connector.Node {
		for set := range sets.Items {
			if set.Get("name").String() == name {
				return set
			}
		}
		return nil
	}
	for set := range old.Items {
		name := set.Get("name").String()
		other := named(updated, name)
		if other == nil {
			c.report(authenticationMethodRemoved, here.to(name), "The way to sign in %s is gone; connections that use it stop working.", show(name))
			continue
		}
		c.connectionParameters(set.Get("parameters"), other.Get("parameters"), nil, here.to(name, "parameters"))
	}
	for set := range updated.Items {
		if name := set.Get("name").String(); old != nil && named(old, name) == nil {
			c.report(authenticationMethodAdded, here.to(name), "The way to sign in %s is new.", show(name))
		}
	}
}

// connectionParameters compares parameters of a connection; moved holds those
// that the new version keeps elsewhere.
func (c *comparer) connectionParameters(old, updated *connector.Node, moved map[string]*connector.Node, here *place) {
	for p := range old.Members {
		there := here.to(p.Key())
		other := updated.Get(p.Key())
		if other == nil {
			other = moved[p.Key()]
		}
		if other == nil {
			k := connectionParametersRemoved
			if isOAuth(p) {
				k = authenticationMethodRemoved
			}
			c.report(k, there, "The connection parameter %s is gone; connections that exist lose it.", show(p.Key()))
			continue
		}
		c.connectionParameter(p, other, there)
	}
	for p := range updated.Members {
		switch {
		case old.Get(p.Key()) != nil:
		case isRequired(p):
			c.report(requiredConnectionParameterAdded, here.to(p.Key()), "The required connection parameter %s is new; connections that exist do not have it.", show(p.Key()))
		default:
			c.report(connectionParameterAdded, here.to(p.Key()), "The connection parameter %s is new.", show(p.Key()))
		}
	}
}

func (c *comparer) connectionParameter(old, updated *connector.Node, there *place) {
	was, is := old.Get("type").String(), updated.Get("type").String()
	switch {
	case strings.EqualFold(was, is):
	case isOAuth(old) || isOAuth(updated):
		c.report(authenticationMethodRemoved, there.to("type"), "The connection signed in by %s and does by %s now; connections that exist stop working.", orNone(was), orNone(is))
		return
	default:
		severity := connectionParameterTypeChanged.severity
		if strings.EqualFold(was, "string") && strings.EqualFold(is, "securestring") {
			severity = finding.Warning
		}
		c.reportAs(severity, connectionParameterTypeChanged, there.to("type"), "The type was %s and is %s now.", orNone(was), orNone(is))
	}
	provider := func(p *connector.Node) string { return p.At("oAuthSettings", "identityProvider").String() }
	if was, is := provider(old), provider(updated); !strings.EqualFold(was, is) {
		c.report(authenticationMethodChanged, there.to("oAuthSettings", "identityProvider"), "The identity provider was %s and is %s now.", orNone(was), orNone(is))
	}
	if fresh := without(scopes(updated), scopes(old)); len(fresh) > 0 {
		c.report(authenticationMethodChanged, there.to("oAuthSettings", "scopes"), "The scopes %s are new; connections that exist did not consent to them.", list(fresh))
	}
	if !isRequired(old) && isRequired(updated) {
		c.report(connectionParameterMadeRequired, there, "The connection parameter was optional and is required now.")
	}
}

func scopes(p *connector.Node) []string { return p.At("oAuthSettings", "scopes").Strings() }

func isOAuth(p *connector.Node) bool {
	return strings.EqualFold(p.Get("type").String(), "oauthSetting")
}

func isRequired(p *connector.Node) bool {
	return strings.EqualFold(p.At("uiDefinition", "constraints", "required").Text(), "true")
}
