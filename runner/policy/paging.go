package policy

import (
	"net/url"
	"slices"
	"strings"
)

// updateNextLink is the template updatenextlink.
type updateNextLink struct {
	parent place
	name   string
}

func (a *updateNextLink) templates() []template { return nil }

// apply makes the link absolute and turns one that leads to the API, by the
// address that was called or that of the definition, to the address that is
// called. A link elsewhere stays: it does not lead through the connector.
func (a *updateNextLink) apply(sc *scene) error {
	root, ok := sc.body.value()
	if !ok {
		return nil
	}
	parent, _ := a.parent.steps.get(root)
	object, ok := parent.(map[string]any)
	if !ok {
		return nil
	}
	link, ok := object[a.name].(string)
	if !ok || link == "" {
		return nil
	}
	called, err := sc.req.URL()
	if err != nil {
		return err
	}
	next, odd := called.Parse(link)
	if odd != nil || next.Host == "" {
		return nil //nolint:nilerr // what is no address is for the paging check to judge
	}
	if own := sc.env.Own; own != nil && !sameHost(next, called) && sameHost(next, own) {
		path := next.EscapedPath()
		if prefix := strings.TrimRight(own.EscapedPath(), "/"); strings.HasPrefix(path, prefix+"/") || path == prefix {
			path = strings.TrimRight(sc.req.Base.EscapedPath(), "/") + strings.TrimPrefix(path, prefix)
		}
		next.Scheme, next.Host, next.RawPath = called.Scheme, called.Host, path
		// The path was read from an address: its escapes are sound.
		next.Path, _ = url.PathUnescape(path)
	}
	if text := next.String(); text != link {
		object[a.name], sc.body.changed = text, true
	}
	return nil
}

func sameHost(a, b *url.URL) bool { return strings.EqualFold(a.Host, b.Host) }

// markSignedOut is the template setconnectionstatustounauthenticated.
type markSignedOut struct {
	status int
}

func (a *markSignedOut) templates() []template { return nil }

func (a *markSignedOut) apply(sc *scene) error {
	sc.resp.Unauthenticated = sc.resp.Unauthenticated || sc.resp.Status == a.status
	return nil
}

// SignsOutAt lists the statuses at which a connection is marked as signed out by
// an operation; none where no policy does.
func (s *Set) SignsOutAt(operationID string) []int {
	var out []int
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		if mark, ok := in.action.(*markSignedOut); ok && in.covers(operationID) {
			out = append(out, mark.status)
		}
	}
	return out
}

// Polling is what the policy pollingtrigger says of a trigger: the caller polls
// by it. Of a message it changes only a path that begins with /trigger/.
type Polling struct {
	data  place
	query []pollingPair
	// NextLink is the property of the answer with the address of the next page.
	NextLink string
}

type pollingPair struct {
	name  string
	value template
}

func (a *Polling) templates() []template {
	out := make([]template, 0, len(a.query))
	for _, pair := range a.query {
		out = append(out, pair.value)
	}
	return out
}

// triggerPrefix begins the paths of polling triggers that the platform's editor
// writes; the API has them without it.
const triggerPrefix = "/trigger/"

func (a *Polling) apply(sc *scene) error {
	if !sc.req.TriggerPath && strings.HasPrefix(sc.req.Path, triggerPrefix) {
		sc.req.Path = strings.TrimPrefix(sc.req.Path, strings.TrimSuffix(triggerPrefix, "/"))
	}
	return nil
}

// Polling returns the polling policy of an operation, nil when it has none.
func (s *Set) Polling(operationID string) *Polling {
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		if p, ok := in.action.(*Polling); ok && in.covers(operationID) {
			return p
		}
	}
	return nil
}

// KeepsState reports whether the next poll depends on the answer to the last one.
func (a *Polling) KeepsState() bool {
	return slices.ContainsFunc(a.query, func(pair pollingPair) bool {
		return slices.ContainsFunc(pair.value, func(p part) bool { return p.kind == fromBody })
	})
}

// Items are the events in the body of an answer: those of the array at the
// data path, or the one object there; ok is false where there is neither.
func (a *Polling) Items(body any) (items []any, ok bool) {
	v, found := a.data.steps.get(body)
	switch v := v.(type) {
	case []any:
		return v, true
	case map[string]any:
		return []any{v}, true
	}
	return nil, found && v == nil
}

// Next are the query parameters of the next poll, by the body of the last
// answer. One that the answer says nothing of is left out: the poll before stands.
func (a *Polling) Next(req *Request, body any, env Env) (url.Values, error) {
	out := url.Values{}
	sc := &scene{env: env, req: req, body: &document{read: true, isJSON: true, root: body}}
	for _, pair := range a.query {
		silent := slices.ContainsFunc(pair.value, func(p part) bool {
			v, ok := p.value(sc, nil)
			return p.kind == fromBody && (!ok || v == nil)
		})
		if silent {
			continue
		}
		text, err := pair.value.render(sc, nil, nil, false)
		if err != nil {
			return nil, err
		}
		out.Set(pair.name, text)
	}
	return out, nil
}
