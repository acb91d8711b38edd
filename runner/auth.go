package runner

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/precert/precert/connector"
)

// authMode says which credentials a request carries.
type authMode int

// The modes.
const (
	authNormal authMode = iota
	authNone
	authWrong
)

// scheme is one security scheme with the value that serves it.
type scheme struct {
	name, kind string
	// in and key say where an API key goes.
	in, key string
	// value is the API key or token; user and password serve basic.
	value, user, password string
	// have says that there are credentials for it.
	have bool
	// elsewhere: it belongs to a way to sign in that this run does not use.
	elsewhere bool
	// wants are the names under which the user may give them.
	wants []string
	// mint is where the run can get a credential of its own, nil when nowhere.
	mint *mint
	// token renews OAuth2 tokens; nil for a given value.
	token *tokenSource
}

// authenticator puts credentials on requests as the definition asks for them.
type authenticator struct {
	schemes map[string]*scheme
	// implied serve operations although no security requirement asks for them: the
	// platform sends what the connection holds all the same. One that has a value is enough.
	implied []*scheme
	opts    Options
}

func newAuthenticator(pkg *connector.Package, opts Options, mask *redactor) (*authenticator, error) {
	a := &authenticator{schemes: map[string]*scheme{}, opts: opts}
	set, err := connectionSet(pkg, opts.ConnectionSet)
	if err != nil {
		return nil, err
	}
	if set == nil {
		set = setWithValues(pkg, opts)
	}
	declared := connectionParameters(pkg, set)
	settings := oauthSettings(pkg, set)
	for node := range pkg.Definition.Root.Get("securityDefinitions").Members {
		s := &scheme{name: node.Key(), kind: strings.ToLower(node.Get("type").String()), in: node.Get("in").String(), key: node.Get("name").String()}
		if err := s.find(node, settings, declared, opts, mask); err != nil {
			return nil, err
		}
		if set != nil && (!allows(declared, s.kind) || namesOtherSet(pkg, set, s.name)) {
			s.have, s.elsewhere = false, true
		}
		a.schemes[s.name] = s
		mask.place(s.key)
		if s.kind == "oauth2" {
			mask.place("access_token")
		}
		mask.add(s.value, s.password)
		if s.kind == "basic" && s.have {
			mask.add(s.user + ":" + s.password)
		}
	}
	if err := a.imply(pkg, settings, declared, opts, mask); err != nil {
		return nil, err
	}
	mask.add(opts.AccessToken)
	for _, name := range sortedKeys(opts.Connection) {
		if secretName(name, declared) {
			mask.add(opts.Connection[name])
		}
	}
	return a, nil
}

// connectionParameters lists the connector's connection parameters with their
// types: those of the chosen set, or of all when none is chosen (nil).
func connectionParameters(pkg *connector.Package, chosen *connector.Node) map[string]string {
	out := map[string]string{}
	add := func(list *connector.Node) {
		for p := range list.Members {
			out[p.Key()] = strings.ToLower(p.Get("type").String())
		}
	}
	if chosen != nil {
		add(chosen.Get("parameters"))
		return out
	}
	properties := pkg.Properties.Root.Get("properties")
	add(properties.Get("connectionParameters"))
	for set := range properties.At("connectionParameterSets", "values").Items {
		add(set.Get("parameters"))
	}
	return out
}

// secretName reports whether a connection value is to be masked: all but those
// that are declared as plain, such as a host name.
func secretName(name string, declared map[string]string) bool {
	if kind, known := declared[name]; known {
		return kind == "securestring" || kind == "oauthsetting"
	}
	return !slices.Contains([]string{"username", "user", "host", "hostname", "region", "tenant", "environment", "url", "baseurl", "site"}, norm(name))
}

// find looks for the credentials of a scheme.
func (s *scheme) find(node, settings *connector.Node, declared map[string]string, opts Options, mask *redactor) error {
	switch s.kind {
	case "basic":
		s.wants = loginNames(declared)
		s.user, _ = lookupFold(opts.Connection, s.wants[0], "username", "user", s.name+"_username")
		s.password, _ = lookupFold(opts.Connection, s.wants[1], "password", s.name+"_password")
		if both, ok := lookupFold(opts.Connection, s.name); ok && s.user == "" {
			s.user, s.password, _ = strings.Cut(both, ":")
		}
		s.have = s.user != "" || s.password != ""
	case "oauth2":
		s.wants = []string{"access_token"}
		s.value, s.have = lookupFold(opts.Connection, s.name, "access_token", "token")
		if opts.AccessToken != "" {
			s.value, s.have = opts.AccessToken, true
		}
		if !s.have && opts.OAuth != nil {
			token, err := newTokenSource(opts, settings, node, mask)
			if err != nil {
				return err
			}
			s.token, s.have = token, true
		}
	default:
		own := pick(declared, "securestring", "")
		s.wants = []string{own}
		if own == "" {
			s.wants[0] = s.name
		}
		s.value, s.have = lookupFold(opts.Connection, s.name, s.wants[0], s.key)
		if !s.have && len(opts.Connection) == 1 && len(declared) <= 1 {
			for _, only := range opts.Connection {
				s.value, s.have = only, true
			}
		}
		if !s.have && opts.AccessToken != "" && strings.EqualFold(s.key, "Authorization") {
			s.value, s.have = "Bearer "+opts.AccessToken, true
		}
	}
	return nil
}

// loginNames are the connection parameters that hold user and password: those
// that are called so, else the one plain and the one secret parameter.
func loginNames(declared map[string]string) []string {
	named := func(kind, fallback string, names ...string) string {
		for _, name := range names {
			for _, key := range sortedKeys(declared) {
				if norm(key) == name {
					return key
				}
			}
		}
		return pick(declared, kind, fallback)
	}
	user := named("string", "username", "username", "user", "login", "loginname", "userid", "email")
	password := named("securestring", "password", "password", "passwd", "pwd", "pass")
	if user == password {
		password = "password"
	}
	return []string{user, password}
}

// pick returns the one connection parameter of a type, fallback when there is not exactly one.
func pick(declared map[string]string, kind, fallback string) string {
	found := ""
	for _, name := range sortedKeys(declared) {
		if declared[name] == kind {
			if found != "" {
				return fallback
			}
			found = name
		}
	}
	if found == "" {
		return fallback
	}
	return found
}

// lookupFold finds a value by the first of the names, compared without case and punctuation.
func lookupFold(values map[string]string, names ...string) (string, bool) {
	for _, name := range names {
		for _, key := range sortedKeys(values) {
			if name != "" && norm(key) == norm(name) && values[key] != "" {
				return values[key], true
			}
		}
	}
	return "", false
}

// secured reports whether an operation may only be called with credentials: no
// alternative of its security is empty.
func (a *authenticator) secured(o *operation) bool {
	return len(o.Security) > 0 && !slices.ContainsFunc(o.Security, func(r connector.SecurityRequirement) bool {
		return !slices.ContainsFunc(r.Schemes, func(name string) bool { return a.schemes[name] != nil })
	})
}

// signed reports whether requests of an operation carry credentials that the API may find wrong.
func (a *authenticator) signed(o *operation) bool { return len(a.implied) > 0 || a.secured(o) }

// mend says how to give what is missing.
func (a *authenticator) mend(missing []string) string { return howToGive(a.opts, missing) }

// howToGive names the environment variables of connection values.
func howToGive(opts Options, missing []string) string {
	return "set " + variables(opts, missing) + " in the environment"
}

// variables joins the environment variables of connection values.
func variables(opts Options, names []string) string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		if opts.Variable != nil {
			out = append(out, opts.Variable(name))
			continue
		}
		out = append(out, "PRECERT_"+environmentName(name))
	}
	return strings.Join(out, " and ")
}

// given names the environment variables of the credentials that an operation is called with.
func (a *authenticator) given(o *operation) string {
	var names []string
	schemes, _ := a.requirement(o)
	for _, s := range schemes {
		names = append(names, s.wants...)
	}
	return variables(a.opts, names)
}

// environmentName is the contract's form of a name: capitals, other characters become _.
func environmentName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, name)
}

// dress returns the message with credentials on it.
func (a *authenticator) dress(ctx context.Context, s *session, o *operation, m *message, mode authMode) (*message, error) {
	out := m.clone()
	if mode == authNone {
		return out, nil
	}
	schemes, _ := a.requirement(o)
	if mode == authWrong && schemes == nil {
		for _, alternative := range o.Security[:min(1, len(o.Security))] {
			for _, name := range alternative.Schemes {
				if a.schemes[name] != nil {
					schemes = append(schemes, a.schemes[name])
				}
			}
		}
	}
	beside := crowded(schemes)
	for _, scheme := range schemes {
		if err := scheme.apply(ctx, s, out, mode, beside); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// apply puts the credentials of one scheme on a message. beside says that another
// scheme takes the Authorization header: a token goes into the query then (RFC 6750, 2.3).
func (s *scheme) apply(ctx context.Context, session *session, m *message, mode authMode, beside bool) error {
	value := s.value
	if s.token != nil && mode == authNormal {
		token, err := s.token.get(ctx, session)
		if err != nil {
			return fmt.Errorf("no access token: %w", err)
		}
		value = token
	}
	user, password := s.user, s.password
	if mode == authWrong {
		value, password = wrong(value), wrong(password)
		session.mask.add(value, password)
	}
	switch {
	case s.kind == "basic":
		m.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	case s.kind == "oauth2" && !beside:
		m.header.Set("Authorization", "Bearer "+value)
	case s.kind == "oauth2":
		m.inQuery("access_token", value)
	case s.in == "query":
		m.inQuery(s.key, value)
	default:
		m.header.Set(s.key, value)
	}
	return nil
}

// inQuery appends a credential to the query.
func (m *message) inQuery(name, value string) {
	pair := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	if m.url.RawQuery != "" {
		pair = "&" + pair
	}
	m.url.RawQuery += pair
}

// wrong makes a credential of the same form that is not valid. It tells nothing
// of the good one but its form.
func wrong(value string) string {
	prefix, secret := "", value
	if i := strings.LastIndexByte(value, ' '); i >= 0 {
		prefix, secret = value[:i+1], value[i+1:]
	}
	if secret == "" {
		secret = "precert"
	}
	state := uint32(len(secret))
	changed := strings.Map(func(r rune) rune {
		state = state*1664525 + 1013904223
		draw := rune(state >> 16)
		switch {
		case r >= '0' && r <= '9':
			return '0' + draw%10
		case r >= 'a' && r <= 'z':
			return 'a' + draw%26
		case r >= 'A' && r <= 'Z':
			return 'A' + draw%26
		}
		return r
	}, secret)
	return prefix + changed + "x"
}

// undress takes the credentials off a request that goes to another host.
func (a *authenticator) undress(m *message) *message {
	out := m.clone()
	for _, name := range secretHeaders() {
		out.header.Del(name)
	}
	for _, s := range a.schemes {
		switch {
		case s.kind == "oauth2" && out.url.Query().Has("access_token"):
			q := out.url.Query()
			q.Del("access_token")
			out.url.RawQuery = q.Encode()
		case s.in == "header":
			out.header.Del(s.key)
		case s.in == "query" && out.url.Query().Has(s.key):
			q := out.url.Query()
			q.Del(s.key)
			out.url.RawQuery = q.Encode()
		}
	}
	return out
}

// renew drops tokens that can be got anew; it reports whether there are any.
func (a *authenticator) renew() bool {
	renewed := false
	for _, s := range a.schemes {
		if s.token != nil && s.token.drop() {
			renewed = true
		}
	}
	return renewed
}
