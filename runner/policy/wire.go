package policy

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What to do where the header or query parameter is there already.
const (
	override = "override"
	skip     = "skip"
	appendTo = "append"
)

// unknownHost stands for what a host needs and nobody asks for, because it is replaced.
const unknownHost = "unknown.invalid"

// setHeader is the template setheader.
type setHeader struct {
	name, value template
	exists      string
}

func (a *setHeader) templates() []template { return []template{a.name, a.value} }

func (a *setHeader) apply(sc *scene) error {
	header := sc.req.Header
	if sc.resp != nil {
		header = sc.resp.Header
	}
	name, err := a.name.render(sc, nil, nil, false)
	if err != nil {
		return err
	}
	value, err := a.value.render(sc, nil, nil, false)
	if err != nil {
		return err
	}
	return putHeader(header, name, value, a.exists)
}

// putHeader sets a header field. Further values are joined by commas, but for
// fields whose values may hold commas themselves.
func putHeader(header http.Header, name, value, exists string) error {
	key := http.CanonicalHeaderKey(strings.TrimSpace(name))
	if !isToken(key) {
		return fmt.Errorf("%q is no name of a header", name)
	}
	if i := strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); i >= 0 {
		return fmt.Errorf("the value of the header %s holds a line break or another control character", key)
	}
	// The gateway sets these itself, whatever a policy says.
	if slices.Contains([]string{"Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding"}, key) {
		return nil
	}
	present := header.Values(key)
	switch {
	case len(present) == 0 || exists == override:
		header.Set(key, value)
	case exists == skip:
	case key == "User-Agent": // a list of products, which blanks part
		header.Set(key, strings.Join(append(slices.Clone(present), value), " "))
	case slices.Contains([]string{"Www-Authenticate", "Proxy-Authenticate", "Cookie", "Set-Cookie", "Warning"}, key):
		header.Add(key, value)
	default:
		header.Set(key, strings.Join(append(slices.Clone(present), value), ","))
	}
	return nil
}

func isToken(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	}) < 0
}

// setQuery is the template setqueryparameter.
type setQuery struct {
	name, value template
	exists      string
}

func (a *setQuery) templates() []template { return []template{a.name, a.value} }

func (a *setQuery) apply(sc *scene) error {
	name, err := a.name.render(sc, nil, nil, false)
	if err != nil {
		return err
	}
	value, err := a.value.render(sc, nil, nil, false)
	if err != nil {
		return err
	}
	// %24top is how some write $top.
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	sc.req.Query = putQuery(sc.req.Query, name, value, a.exists)
	return nil
}

func putQuery(query, name, value, exists string) string {
	pair := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	var out []string
	there := false
	for _, one := range splitQuery(query) {
		same := pairName(one) == name
		switch {
		case !same || exists != override:
			out = append(out, one)
		case !there:
			out = append(out, pair)
		}
		there = there || same
	}
	if !there || exists == appendTo {
		out = append(out, pair)
	}
	return strings.Join(out, "&")
}

func splitQuery(query string) []string {
	return slices.DeleteFunc(strings.Split(query, "&"), func(s string) bool { return s == "" })
}

func pairName(pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	if plain, err := url.QueryUnescape(name); err == nil {
		return plain
	}
	return name
}

// queryValue finds a query parameter: by its exact name, else without regard to case.
func queryValue(query, name string) (string, bool) {
	for _, same := range []func(string) bool{func(n string) bool { return n == name }, func(n string) bool { return strings.EqualFold(n, name) }} {
		for _, pair := range splitQuery(query) {
			if !same(pairName(pair)) {
				continue
			}
			_, raw, _ := strings.Cut(pair, "=")
			if plain, err := url.QueryUnescape(raw); err == nil {
				return plain, true
			}
			return raw, true
		}
	}
	return "", false
}

// setHost is the template dynamichosturl, and its older form dynamicsubdomain.
type setHost struct {
	url template
}

func (a *setHost) templates() []template { return []template{a.url} }

func (a *setHost) apply(sc *scene) error {
	base, err := a.base(sc)
	if err != nil {
		return err
	}
	sc.req.Base, sc.req.HostChanged = sc.env.rebase(base), true
	return nil
}

// base evaluates the template. Where the host is replaced anyway, its parts may be missing.
func (a *setHost) base(sc *scene) (*url.URL, error) {
	open := *sc
	if standIn := sc.env.StandIn; standIn != nil {
		// What follows a colon would be the port: token:region.
		open.env.StandIn = func(name string) string { return strings.ReplaceAll(standIn(name), ":", "-") }
	}
	text, err := a.url.render(&open, nil, nil, true)
	var absent *MissingError
	if errors.As(err, &absent) && sc.env.Rebase != nil {
		open.env.StandIn = func(string) string { return unknownHost }
		again, failed := a.url.render(&open, nil, nil, true)
		if u, odd := parseBase(again); failed == nil && odd == nil && !strings.Contains(u.Path, unknownHost) {
			return u, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return parseBase(text)
}

// pathKnown reports whether what stands behind the host can be told.
func (a *setHost) pathKnown(env Env) bool {
	// What comes with the request may be anything here.
	var known template
	for _, p := range a.url {
		if p.kind != literal && p.kind != fromConnection && !p.hasDefault {
			p.hasDefault, p.text = true, "x"
		}
		known = append(known, p)
	}
	_, err := (&setHost{url: known}).base(&scene{env: env, req: &Request{}, body: &document{}})
	return err == nil
}

func parseBase(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	scheme, rest, _ := strings.Cut(text, "://")
	authority, path, _ := strings.Cut(rest, "/")
	// {name} stands for what is not known yet, and a host cannot hold braces.
	authority = strings.NewReplacer("{", "<", "}", ">").Replace(authority)
	u, err := url.Parse(scheme + "://" + authority + "/" + path)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || strings.HasPrefix(rest, "http:") || strings.HasPrefix(rest, "https:") {
		return nil, errors.New("its urlTemplate gives no usable address: check that the values in it are a host or a full address, as the template asks")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// routeRequest is the template routerequesttoendpoint.
type routeRequest struct {
	path template
	// method is "" for the one of the request.
	method string
}

func (a *routeRequest) templates() []template { return []template{a.path} }

func (a *routeRequest) apply(sc *scene) error {
	path, query, err := renderPath(a.path, sc)
	if err != nil {
		return err
	}
	sc.req.Path = path
	if query != "" {
		sc.req.Query = strings.Join(append([]string{query}, splitQuery(sc.req.Query)...), "&")
	}
	if a.method != "" {
		sc.req.Method = a.method
	}
	return nil
}

// renderPath evaluates a path, its {placeholders} and its query.
func renderPath(t template, sc *scene) (path, query string, err error) {
	var b strings.Builder
	inQuery := false
	for _, p := range t {
		if p.kind == literal {
			text, err := fillPlaceholders(p.text, sc)
			if err != nil {
				return "", "", err
			}
			inQuery = inQuery || strings.Contains(p.text, "?")
			b.WriteString(text)
			continue
		}
		escape := url.PathEscape
		if inQuery {
			escape = url.QueryEscape
		}
		text, err := template{p}.render(sc, nil, escape, !p.hasDefault)
		if err != nil {
			return "", "", err
		}
		b.WriteString(text)
	}
	path, query, _ = strings.Cut(b.String(), "?")
	return "/" + strings.TrimLeft(path, "/"), query, nil
}

// fillPlaceholders puts path parameters, else query parameters, for {name}.
func fillPlaceholders(text string, sc *scene) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String(), nil
		}
		b.WriteString(before)
		value, ok := sc.req.PathParams[name]
		if !ok {
			if value, ok = queryValue(sc.req.Query, name); ok {
				value = url.PathEscape(value)
			}
		}
		if !ok && sc.env.StandIn != nil {
			value, ok = url.PathEscape(sc.env.StandIn(name)), true
		}
		if !ok {
			return "", fmt.Errorf("its path names {%s}, for which the operation has no value", name)
		}
		b.WriteString(value)
		text = after
	}
}

// setFromURL is the template setvaluefromurl.
type setFromURL struct {
	// header says that name is that of a header, else it is that of a query parameter.
	header bool
	name   string
	method string
	url    template
	value  place
}

func (a *setFromURL) templates() []template { return []template{a.url} }

func (a *setFromURL) apply(sc *scene) error {
	path, query, err := renderPath(a.url, sc)
	if err != nil {
		return err
	}
	asked := &Request{Base: sc.req.Base, Path: path, Query: query}
	u, err := asked.URL()
	if err != nil {
		return err
	}
	value, err := a.fetch(sc, u)
	if err != nil {
		return err
	}
	if looksSecret(a.name) && sc.env.Secret != nil && sc.env.Fetch != nil {
		sc.env.Secret(value)
	}
	switch {
	case sc.resp != nil && a.header:
		return putHeader(sc.resp.Header, a.name, value, override)
	case a.header:
		return putHeader(sc.req.Header, a.name, value, override)
	}
	sc.req.Query = putQuery(sc.req.Query, a.name, value, override)
	return nil
}

func (a *setFromURL) fetch(sc *scene, u *url.URL) (string, error) {
	if sc.env.Fetch == nil {
		return fmt.Sprintf("{from %s %s}", a.method, u.Path), nil
	}
	header := sc.req.Header.Clone()
	header.Del("Content-Length")
	if a.method == http.MethodGet {
		header.Del("Content-Type")
		header.Del("Content-Encoding")
	}
	status, raw, err := sc.env.Fetch(a.method, u, header)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", a.method, u.Path, err)
	}
	if status < 200 || status > 299 {
		return "", fmt.Errorf("%s %s is answered %d", a.method, u.Path, status)
	}
	body, isJSON := decodeJSON(raw)
	value, ok := a.value.steps.get(body)
	if !isJSON || !ok || value == nil {
		return "", fmt.Errorf("the answer of %s %s does not hold the value that is asked for", a.method, u.Path)
	}
	return asText(value), nil
}
