package policy

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// ruleUnusable is the name under which problems are told.
const ruleUnusable = "PolicyNotApplicable"

const keyPrefix = "x-ms-apimTemplateParameter."

// Load reads the policies of a connector. One that cannot be applied (an
// unknown template or expression, a missing key) is left out and becomes a problem.
func Load(pkg *connector.Package) (*Set, []Problem) {
	set := &Set{}
	var problems []Problem
	if pkg.Properties == nil {
		return set, nil
	}
	list := pkg.Properties.Root.At("properties", "policyTemplateInstances")
	for node := range list.Items {
		in, err := read(node)
		if err != nil {
			at := err.node
			if at == nil {
				at = node
			}
			line, column := at.Position()
			problems = append(problems, Problem{Rule: ruleUnusable, File: pkg.Properties.Name, Line: line, Column: column, Pointer: at.Pointer(),
				Message: fmt.Sprintf("The policy %s is not applied: %s.", err.policy, err.text),
				Hint:    "Correct it as the page of its template on learn.microsoft.com says."})
			continue
		}
		set.list = append(set.list, in)
	}
	return set, problems
}

// loadError is why a policy cannot be applied.
type loadError struct {
	node         *connector.Node
	policy, text string
}

// reader reads the parameters of one policy; the first fault wins.
type reader struct {
	node *connector.Node
	err  *loadError
}

func (r *reader) fail(node *connector.Node, text string) {
	if r.err == nil {
		r.err = &loadError{node: node, text: text}
	}
}

// param finds a parameter by its key without the prefix.
func (r *reader) param(key string) *connector.Node { return r.node.GetFold(keyPrefix + key) }

// optional is the text of a parameter, "" when it is missing.
func (r *reader) optional(key string) string {
	n := r.param(key)
	switch n.Kind() {
	case connector.Missing, connector.Null:
		return ""
	case connector.Object, connector.Array:
		r.fail(n, key+" is not a text")
		return ""
	default:
		return n.Text()
	}
}

// text is a parameter that must be there; an empty text is one where it has a meaning.
func (r *reader) text(key string) string {
	n := r.param(key)
	if !n.Exists() || n.Kind() == connector.Null {
		r.fail(nil, "it lacks "+keyPrefix+key)
	}
	return r.optional(key)
}

// named is a text that must not be empty.
func (r *reader) named(key string) string {
	s := r.text(key)
	if strings.TrimSpace(s) == "" {
		r.fail(r.param(key), key+" is empty")
	}
	return s
}

func (r *reader) template(key string) template { return r.parse(key, r.text(key), false) }

func (r *reader) parse(key, text string, braced bool) template {
	t, err := parseTemplate(text, braced)
	if err != nil {
		r.fail(r.param(key), err.Error())
	}
	return t
}

func (r *reader) place(key string) place {
	p, err := parsePlace(r.text(key))
	if err != nil {
		r.fail(r.param(key), err.Error())
	}
	return p
}

func (r *reader) sub(key string) steps {
	s, err := parseSub(r.optional(key))
	if err != nil {
		r.fail(r.param(key), err.Error())
	}
	return s
}

func (r *reader) exists() string {
	switch text := strings.ToLower(r.optional("existsAction")); text {
	case "", override:
		return override
	case skip, appendTo:
		return text
	default:
		r.fail(r.param("existsAction"), fmt.Sprintf("existsAction is %q, not override, skip or append", text))
		return override
	}
}

func (r *reader) property() property {
	return property{parent: r.place("propertyParentPath"), sub: r.sub("propertySubPath"), target: r.place("newPropertyPath")}
}

func read(node *connector.Node) (*instance, *loadError) {
	parameters := node.Get("parameters")
	in := &instance{template: strings.ToLower(node.Get("templateId").String()), title: node.Get("title").String()}
	r := &reader{node: parameters}
	in.operations = operationNames(r, parameters)
	in.section = readSection(r, parameters)
	in.action = r.action(in)
	if r.err != nil {
		r.err.policy = in.String()
		if in.template == "" {
			r.err.policy, r.err.text = strconv.Quote(in.title), "it has no templateId"
		}
		return nil, r.err
	}
	return in, nil
}

func operationNames(r *reader, parameters *connector.Node) []string {
	n := parameters.GetFold("x-ms-apimTemplate-operationName")
	switch n.Kind() {
	case connector.Missing, connector.Null:
		return nil
	case connector.String:
		return []string{n.Text()}
	case connector.Array:
		if n.Len() == 0 {
			return nil
		}
		return append([]string{}, n.Strings()...)
	default:
		r.fail(n, "x-ms-apimTemplate-operationName is no list of operation ids")
		return nil
	}
}

func readSection(r *reader, parameters *connector.Node) section {
	n := parameters.GetFold("x-ms-apimTemplate-policySection")
	switch strings.ToLower(n.Text()) {
	case "", "request":
		return onRequest
	case "response":
		return onResponse
	case "failure":
		return onFailure
	}
	r.fail(n, fmt.Sprintf("x-ms-apimTemplate-policySection is %q, not Request, Response or Failure", n.Text()))
	return onRequest
}

// action reads the parameters of the template. Some templates have a section of their own.
func (r *reader) action(in *instance) action {
	switch in.template {
	case "setheader":
		return &setHeader{name: r.template("name"), value: r.template("value"), exists: r.exists()}
	case "setqueryparameter":
		in.section = onRequest
		return &setQuery{name: r.template("name"), value: r.template("value"), exists: r.exists()}
	case "dynamichosturl", "dynamicsubdomain":
		in.section = onRequest
		return &setHost{url: r.template("urlTemplate")}
	case "routerequesttoendpoint":
		in.section = onRequest
		return &routeRequest{path: r.template("newPath"), method: r.method("@request.originalhttpmethod", "")}
	case "setvaluefromurl":
		return r.fromURL()
	case "setproperty":
		value := r.parse("propertyValuePathTemplate", r.text("propertyValuePathTemplate"), true)
		a := &setProperty{parent: r.place("newPropertyParentPathTemplate"), sub: r.sub("newPropertySubPathTemplate"), value: value}
		if len(a.sub) == 0 {
			r.fail(r.param("newPropertySubPathTemplate"), "newPropertySubPathTemplate names no property")
		}
		return a
	case "moveproperties":
		return r.moving()
	case "convertobjecttoarray":
		return &objectToArray{property: r.property(), key: r.named("keyName"), value: r.named("valueName")}
	case "convertarraytoobject":
		a := &arrayToObject{property: r.property(), key: r.sub("keyWithinCollectionPath"), retain: !strings.EqualFold(r.optional("retainKey"), "false")}
		if len(a.key) == 0 {
			r.fail(r.param("keyWithinCollectionPath"), "keyWithinCollectionPath names no property")
		}
		return a
	case "stringtoarray":
		return &stringToArray{property: r.property(), delimiters: r.text("delimiterList"), child: r.named("childPropertyName")}
	case "stringreplace":
		source, replacement := r.text("sourceString"), r.text("replacementString")
		if source == "" {
			r.fail(r.param("sourceString"), "sourceString is empty")
		}
		return &rewriteText{property: r.property(), rewrite: replacer(source, replacement)}
	case "encodepropertyvalue":
		return &rewriteText{property: r.property(), rewrite: escapeAll}
	case "updatenextlink":
		in.section = onResponse
		return r.nextLink()
	case "pollingtrigger":
		in.section = onRequest
		return r.polling()
	case "setconnectionstatustounauthenticated":
		in.section = onResponse
		return r.signedOut()
	}
	r.fail(nil, fmt.Sprintf("there is no template %q", in.template))
	return nil
}

// method reads httpMethod; the text same, and none, stand for fallback.
func (r *reader) method(same, fallback string) string {
	text := strings.TrimSpace(r.optional("httpMethod"))
	if text == "" || strings.EqualFold(text, same) {
		return fallback
	}
	method := strings.ToUpper(text)
	if !slices.Contains(connector.Methods(), strings.ToLower(method)) {
		r.fail(r.param("httpMethod"), fmt.Sprintf("httpMethod is %q, which is no method", shorten(text)))
	}
	return method
}

func (r *reader) fromURL() action {
	a := &setFromURL{url: r.template("parameterValueUrl"), value: r.place("parameterValuePathTemplate"), method: r.method("GET", "GET")}
	target := r.template("parameterTemplate")
	if len(target) != 1 || target[0].kind != fromHeader && target[0].kind != fromQuery {
		r.fail(r.param("parameterTemplate"), "parameterTemplate is neither @headers('name') nor @queryParameters('name')")
		return a
	}
	a.header, a.name = target[0].kind == fromHeader, target[0].name
	if u, err := url.Parse(r.optional("parameterValueUrl")); err == nil && u.Host != "" {
		r.fail(r.param("parameterValueUrl"), "parameterValueUrl is no path on the API's own host")
	}
	return a
}

func (r *reader) moving() action {
	a := &moveProperties{from: r.place("srcParentPath"), fromSub: r.sub("srcSubPath"), to: r.place("dstParentPath"), toSub: r.sub("dstSubPath"),
		children: strings.EqualFold(r.optional("copyOnlySubProperties"), "true")}
	if len(a.fromSub) == 0 && !a.children {
		r.fail(r.param("srcSubPath"), "srcSubPath names no property")
	}
	return a
}

func (r *reader) nextLink() action {
	a := &updateNextLink{name: r.named("nextLinkPropertyName")}
	if r.optional("nextLinkParentPropertyPath") != "" {
		a.parent = r.place("nextLinkParentPropertyPath")
	}
	return a
}

func (r *reader) signedOut() action {
	status, err := strconv.Atoi(strings.TrimSpace(r.text("statusCode")))
	if err != nil || status < 100 || status > 599 {
		r.fail(r.param("statusCode"), "statusCode is no HTTP status")
	}
	return &markSignedOut{status: status}
}

func (r *reader) polling() action {
	a := &Polling{data: r.place("triggerDataPath")}
	config := r.param("triggerConfig")
	if !config.IsObject() {
		r.fail(config, "triggerConfig is no object of query parameters")
		return a
	}
	for pair := range config.Members {
		switch name := pair.Key(); name {
		case "":
		case "x-ms-triggerConfig-nextLink":
			a.NextLink = pair.Text()
		default:
			value, err := parseTemplate(pair.Text(), false)
			if err != nil {
				r.fail(pair, err.Error())
			}
			a.query = append(a.query, pollingPair{name, value})
		}
	}
	return a
}
