package rules

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

const connectionParametersSource = "https://learn.microsoft.com/connectors/custom-connectors/connection-parameters"

func connectionRules() []*Rule {
	return []*Rule{signInMismatch, connectionParameterNotUsed, connectionParameterNotInSet, testConnectionNotSuitable}
}

var signInMismatch = &Rule{
	Name: "SignInMismatch", Section: SectionConnections, Severity: finding.Warning,
	Source:  connectionParametersSource + "; 5 of 1,027 public connectors lack the parameters, 4 % of the certified ones the oauth2 scheme",
	Summary: "securityDefinitions and the connection parameters describe the same sign-in.",
	Why:     "The platform takes the sign-in from apiProperties.json, the wizard shows the definition's: where they differ, calls go out without credentials.",
	Fix:     "Add the connection parameters that the scheme needs, or make the scheme the one that the connection uses.",
	Wrong:   `{"securityDefinitions": {"api_key": {"type": "apiKey", …}}} and {"connectionParameters": {}}`,
	Right:   `{"securityDefinitions": {"api_key": {"type": "apiKey", …}}} and {"connectionParameters": {"api_key": {"type": "securestring", …}}}`,
	Check: func(p *Pass) {
		list := p.Package.Properties.Root.At("properties", "connectionParameters")
		if p.Package.Properties.Root == nil || list.Exists() && !list.IsObject() && list.Kind() != connector.Null {
			return
		}
		if !list.Exists() && hidesParameters(p) {
			return
		}
		texts := 0
		var oauth *connector.Node
		for _, c := range connectionParameters(p) {
			switch c.kind() {
			case "string", "securestring":
				texts++
			case "oauthSetting":
				oauth = c.Node
			case "int", "bool":
			default:
				// A gateway asks for what it needs; what is not valid is reported as such.
				texts += 2
			}
		}
		schemes := map[string]bool{}
		for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
			kind := scheme.Get("type").String()
			schemes[kind] = true
			if oauth != nil {
				continue
			}
			switch {
			case kind == "oauth2" && (texts == 0 || onlyOAuth(p) && len(unusedParameters(p)) > 0):
				p.Report(scheme, fmt.Sprintf("The scheme %s is OAuth 2.0, but no connection parameter is an oauthSetting.", quote(scheme.Key())))
			case kind == "apiKey" && texts == 0:
				p.Report(scheme, fmt.Sprintf("The scheme %s needs a key, but no connection parameter asks for one.", quote(scheme.Key())))
			case kind == "basic" && texts < 2:
				p.Report(scheme, fmt.Sprintf("The scheme %s needs a user and a password, but no two connection parameters ask for them.", quote(scheme.Key())))
			}
		}
		sets := p.Package.Properties.Root.At("properties", "connectionParameterSets").Exists()
		switch {
		case oauth == nil || schemes["oauth2"] || p.Definition.Root == nil:
		case texts == 0 && !sets && onlyKeys(schemes):
			p.Report(oauth, fmt.Sprintf("The connection parameter %s signs in with OAuth, but the schemes of the definition are of another type: %s.",
				quote(oauth.Key()), orNames(slices.Sorted(maps.Keys(schemes)))), Hint("Describe in securityDefinitions the sign-in that the API has, and give the connection the parameters for it."))
		default:
			p.Report(oauth, fmt.Sprintf("The connection parameter %s signs in with OAuth, but the definition has no oauth2 scheme.", quote(oauth.Key())),
				As(finding.Info), Hint("Add an oauth2 scheme with the same addresses and scopes to securityDefinitions."))
		}
	},
}

var connectionParameterNotUsed = &Rule{
	Name: "ConnectionParameterNotUsed", Section: SectionConnections, Severity: finding.Warning,
	Source:  connectionParametersSource,
	Summary: "Every connection parameter is used: by a policy, by the sign-in or by a scheme of securityDefinitions.",
	Why:     "Makers are asked for a value that is never sent anywhere.",
	Fix:     "Use it in a policy (@connectionParameters('name')), or remove it.",
	Wrong:   `{"connectionParameters": {"region": {"type": "string"}}, "policyTemplateInstances": []}`,
	Right:   `{"connectionParameters": {"region": {"type": "string"}}, … "https://@connectionParameters('region').fabrikam.com"}`,
	Check: func(p *Pass) {
		if onlyOAuth(p) && !signsInWithOAuth(p) || p.Definition.Cut {
			return // SignInMismatch tells; of a part of a definition nobody knows what it uses
		}
		for _, c := range unusedParameters(p) {
			p.Report(c.Node, fmt.Sprintf("The connection parameter %s is used nowhere.", quote(c.Key())))
		}
	},
}

// unusedParameters returns the parameters outside of sets whose value goes nowhere.
func unusedParameters(p *Pass) []connectionParameter {
	var out []connectionParameter
	used := strings.ToLower(usesOfParameters(p))
	free := schemeParameters(p)
	for _, c := range connectionParameters(p) {
		kind := c.kind()
		if c.Set != nil || kind != "string" && kind != "securestring" && kind != "int" && kind != "bool" || strings.Contains(c.Key(), ":") || strings.Contains(used, strings.ToLower(c.Key())) {
			continue
		}
		// The platform itself fills a scheme of the definition from the first parameters.
		if free > 0 {
			free--
			continue
		}
		out = append(out, c)
	}
	return out
}

// onlyKeys reports whether there are kinds of schemes, and all are keys or passwords.
func onlyKeys(kinds map[string]bool) bool {
	for kind := range kinds {
		if kind != "apiKey" && kind != "basic" {
			return false
		}
	}
	return len(kinds) > 0
}

// onlyOAuth reports whether the definition has schemes, and all are OAuth 2.0.
func onlyOAuth(p *Pass) bool {
	schemes := p.Definition.Root.Get("securityDefinitions")
	for scheme := range schemes.Members {
		if scheme.Get("type").String() != "oauth2" {
			return false
		}
	}
	return schemes.Len() > 0
}

// signsInWithOAuth reports whether a connection signs in with OAuth, in one of its sets at least.
func signsInWithOAuth(p *Pass) bool {
	return slices.ContainsFunc(connectionParameters(p), func(c connectionParameter) bool { return c.kind() == "oauthSetting" })
}

// usesOfParameters joins the texts in which a connection parameter may be named.
func usesOfParameters(p *Pass) string {
	var b strings.Builder
	for _, policy := range policies(p) {
		for value := range policy.values {
			b.WriteString(value.Text())
			b.WriteByte('\n')
		}
	}
	for _, settings := range everyOAuth(p) {
		settings.Walk(func(n *connector.Node) bool {
			b.WriteString(n.Text())
			b.WriteByte('\n')
			return true
		})
	}
	if script := p.Package.File(connector.RoleScript); script != nil {
		b.Write(script.Content)
	}
	return b.String()
}

// schemeParameters counts the values that the schemes of the definition are
// filled from, those that it requires without defining them included.
func schemeParameters(p *Pass) int {
	count := 0
	for scheme := range p.Definition.Root.Get("securityDefinitions").Members {
		switch scheme.Get("type").String() {
		case "apiKey":
			count++
		case "basic":
			count += 2
		}
	}
	eachRequirement(p, func(requirement, scheme *connector.Node) {
		if scheme == nil && requirement.Parent().Parent().Parent() == p.Definition.Root {
			count += 2
		}
	})
	return count
}

// connectionTest returns the operation that tests a connection, nil when none
// is named or it is missing, and the place of its name.
func connectionTest(p *Pass) (*connector.Operation, *connector.Node) {
	name := p.Definition.Root.At("x-ms-capabilities", "testConnection", "operationId")
	return p.Definition.Operation(name.String()), name
}

var testConnectionNotSuitable = &Rule{
	Name: "TestConnectionNotSuitable", Section: SectionConnections, Severity: finding.Warning,
	Source:  "https://learn.microsoft.com/connectors/custom-connectors/test-connection",
	Summary: "The operation that tests a connection is a GET, and internal unless makers need it too.",
	Why:     "It runs whenever a connection is made or repaired: it must be quick and change nothing. One that only proves the credentials clutters the list of actions.",
	Fix:     "Name a GET operation that needs no input, such as one that reads the user's own profile.",
	Wrong:   `{"testConnection": {"operationId": "CreateCard"}}`,
	Right:   `{"testConnection": {"operationId": "GetMe"}}`,
	Check: func(p *Pass) {
		op, at := connectionTest(p)
		switch {
		case op == nil:
		case op.Method != http.MethodGet:
			p.Report(at, fmt.Sprintf("testConnection calls %s, which is a %s.", quote(op.ID), op.Method))
		// By its name, an operation such as GetMe is of use to makers.
		case !op.Internal() && strings.Contains(strings.ToLower(op.ID), "test"):
			p.Report(at, fmt.Sprintf("testConnection calls %s, which makers see as an action.", quote(op.ID)),
				As(finding.Info), Hint(`Write "x-ms-visibility": "internal" at the operation.`))
		}
	},
}

// hidesParameters reports whether the connection parameters may stand under a
// misspelt name, or outside of "properties", which is reported.
func hidesParameters(p *Pass) bool {
	if !p.Package.Properties.Root.Get("properties").Exists() {
		return true
	}
	return slices.ContainsFunc(propertyViolations(p), func(v violation) bool {
		return v.unknown && Nearest(v.at.Key(), []string{"connectionParameters"}) != ""
	})
}
