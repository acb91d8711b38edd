package runner

import (
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/policy"
	"github.com/precert/precert/runner/values"
)

// Use says what a policy makes of one connection value.
type Use = policy.Use

// Survey is what a run over a connector will ask for and do, found out by planning one.
type Survey struct {
	// Credentials are by security scheme, in the order of the definition.
	Credentials []Credential
	// Uses are what the policies make of connection values.
	Uses []Use
	// Deeds are the operations that run only when their method is allowed, in
	// the order of the definition; Guarded those that must be allowed by name.
	Deeds   []Deed
	Guarded []Guarded
	// Unknown are the inputs that name something no operation yields.
	Unknown []Unknown
	// Triggers are the triggers with what makes their events happen.
	Triggers []TriggerSurvey
}

// Credential says which connection values serve a security scheme.
type Credential struct {
	Scheme string
	// Kind is apikey, basic or oauth2; In and Key say where an API key goes.
	Kind, In, Key string
	// Names are the connection values that serve it, user before password. None serve OAuth2.
	Names []string
	// Implied: the connection holds it, and no operation is declared to need it.
	Implied bool
}

// Deed is an operation with an unsafe method.
type Deed struct {
	Operation, Method string
	// Does is a verb: creates, changes, deletes, does, reads, registers or unregisters.
	Does string
}

// Guarded is an operation that runs only when the configuration allows it by name.
type Guarded struct {
	Operation, Reason string
	// Value is the input that must then be given, "" for none.
	Value string
}

// Unknown is an input that must name something the API has, and that nothing yields.
type Unknown struct {
	Name, In, Operation string
	// Resource is what it names, "" when that is not known.
	Resource string
	// Secret: it is a credential that the operation itself takes.
	Secret bool
}

// TriggerSurvey is a trigger with the operations that make its event happen,
// none where the run must be told.
type TriggerSurvey struct {
	Operation string
	Webhook   bool
	Fire      []string
}

// placeholderHost stands for the address of an API that no one has named: nothing is sent there.
const placeholderHost = "https://api.invalid"

// NewSurvey plans a run in which everything is allowed and sends nothing.
func NewSurvey(pkg *connector.Package) (*Survey, error) {
	opts := Options{DryRun: true, Allow: []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		CallbackURL: placeholderHost, ScriptBypass: true}
	r, err := newRun(pkg, opts)
	if err != nil {
		opts.BaseURL = placeholderHost
		if r, err = newRun(pkg, opts); err != nil {
			return nil, err
		}
	}
	defer r.session.closeIdle()
	out := &Survey{}
	if out.Credentials, err = credentials(pkg); err != nil {
		return nil, err
	}
	set, _ := policy.Load(pkg)
	out.Uses = set.Uses()
	for _, o := range r.plan.ops {
		out.deed(o)
		out.unknown(r, o)
		if o.Trigger != connector.Action {
			out.trigger(r, o)
		}
	}
	return out, nil
}

// deed notes what an operation does to data, if anything.
func (s *Survey) deed(o *operation) {
	switch {
	case o.skip == "" && !o.safe():
		s.Deeds = append(s.Deeds, Deed{Operation: o.name, Method: o.Method, Does: o.does()})
	case strings.HasPrefix(o.mend, "operations: {"+yamlKey(o.name)+":"):
		g := Guarded{Operation: o.name, Reason: o.skip}
		for _, prefix := range []string{"not run because ", "it acts on something that this run cannot create: "} {
			g.Reason = strings.TrimPrefix(g.Reason, prefix)
		}
		if strings.Contains(o.mend, "values:") {
			g.Value = targetName(o)
		}
		s.Guarded = append(s.Guarded, g)
	}
}

func (o *operation) does() string {
	switch {
	case isHook(o):
		return "registers"
	case o.unhook:
		return "unregisters"
	case o.reads():
		return "reads"
	case o.kind == kindCreate:
		return "creates"
	case o.kind == kindChange:
		return "changes"
	case o.kind == kindDelete:
		return "deletes"
	}
	return "does"
}

// unknown notes the identifiers of an operation that neither the definition nor an answer gives.
func (s *Survey) unknown(r *run, o *operation) {
	if o.skip != "" || o.undoes != nil || o.unhook {
		return
	}
	add := func(u Unknown) {
		u.Operation = o.name
		if !slices.ContainsFunc(s.Unknown, func(known Unknown) bool {
			return known.Name == u.Name && known.In == u.In && known.Operation == u.Operation
		}) {
			s.Unknown = append(s.Unknown, u)
		}
	}
	view := r.stand(o)
	in, err := r.composer.compose(o, 0, view)
	for _, n := range o.needs {
		must := n.required || n.target || n.in == "path"
		if !must || hasSample(n.node) || o.upsert && n.target {
			continue
		}
		yielded := slices.ContainsFunc(view, func(made *record) bool {
			_, ok := r.composer.valueIn(made, n)
			return ok
		})
		if err != nil && !yielded || err == nil && in.generated(n.name, n.path) {
			add(Unknown{Name: n.name, In: n.in, Resource: strings.Join(n.resources[:min(1, len(n.resources))], "")})
		}
	}
	if err != nil {
		return
	}
	for _, p := range o.Parameters {
		chosen := o.upsert && o.target() != nil && o.target().name == p.Name
		path := p.In == "path" && !chosen
		_, suffix := stem(p.Name)
		id := p.Required && p.In != "body" && slices.Contains([]string{"id", "uuid", "guid"}, suffix)
		secret := p.Required && p.In != "body" && hasAny(words(p.Name), strings.Fields("apikey key token secret password auth authorization credential"))
		if (path || id || secret) && in.generated(p.Name) {
			add(Unknown{Name: p.Name, In: p.In, Secret: secret && !path && !id})
		}
	}
}

// generated reports whether the value under one of the names was made up.
func (in *input) generated(names ...string) bool {
	return slices.ContainsFunc(in.sources, func(s Source) bool {
		return s.From == describeOrigin(values.Generated) && slices.Contains(names, s.Name)
	})
}

// trigger notes what makes a trigger fire.
func (s *Survey) trigger(r *run, o *operation) {
	t := TriggerSurvey{Operation: o.name, Webhook: isHook(o)}
	for _, e := range r.planner.events(o, r.opts, nil) {
		if e.sure && e.op != nil {
			t.Fire = append(t.Fire, e.op.name)
		}
	}
	s.Triggers = append(s.Triggers, t)
}

// credentials tells for every security scheme which of the declared connection
// values serve it: each is given its own name as its value, one set of parameters after the other.
func credentials(pkg *connector.Package) ([]Credential, error) {
	var out []Credential
	sets := ConnectionSets(pkg)
	if len(sets) == 0 {
		sets = []string{""}
	}
	for _, set := range sets {
		chosen, err := connectionSet(pkg, set)
		if err != nil {
			return nil, err
		}
		given := map[string]string{}
		for name, kind := range connectionParameters(pkg, chosen) {
			if kind != "oauthsetting" {
				given[name] = name
			}
		}
		a, err := newAuthenticator(pkg, Options{Connection: given, ConnectionSet: set}, &redactor{})
		if err != nil {
			return nil, err
		}
		for _, name := range sortedKeys(a.schemes) {
			out = a.schemes[name].serve(out, slices.Contains(a.implied, a.schemes[name]))
		}
	}
	return out, nil
}

// serve adds to the credentials what serves a scheme in one set of parameters.
func (s *scheme) serve(out []Credential, implied bool) []Credential {
	at := slices.IndexFunc(out, func(c Credential) bool { return c.Scheme == s.name })
	if at < 0 {
		out = append(out, Credential{Scheme: s.name, Kind: s.kind, In: s.in, Key: s.key, Implied: implied})
		at = len(out) - 1
	}
	if s.kind == "oauth2" || s.elsewhere {
		return out
	}
	names := []string{s.value}
	if s.kind == "basic" {
		names = []string{s.user, s.password}
	}
	if !s.have {
		names = s.wants
	}
	for _, name := range names {
		if name != "" && !slices.Contains(out[at].Names, name) {
			out[at].Names = append(out[at].Names, name)
		}
	}
	return out
}
