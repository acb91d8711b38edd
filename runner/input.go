package runner

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/values"
)

// input is what one request carries, before it is written as HTTP.
type input struct {
	op *operation
	// def explains the schema of a body that is not written as JSON.
	def     *connector.Definition
	attempt int
	params  []paramValue
	body    any
	hasBody bool
	// binary: the body is a file, sent as it is.
	binary bool
	// target is the record that the request acts on, nil when none is known.
	target *record
	// anchor is the record that identifiers in the path come from, the target or its parent.
	anchor *record
	// sources say for people where each value came from.
	sources []Source
	// guessed: an identifier in the path was made up, so that a 404 says nothing.
	guessed bool
	// fault: the request breaks the definition on purpose.
	fault bool
	// links are identifiers of what a body names by its address, by normalised name.
	links map[string]any
	// box takes the notifications of a subscription.
	box *mailbox
}

// paramValue is one parameter outside of a JSON body.
type paramValue struct {
	name, in string
	node     *connector.Node
	value    any
}

// Source says where one value of a request comes from.
type Source struct {
	Name string `json:"name"`
	From string `json:"from"`
}

// missingError says that an input cannot be filled in.
type missingError struct {
	reason, mend string
}

func (e *missingError) Error() string { return e.reason }

// composer fills in requests from the configuration, the pool and the schemas.
type composer struct {
	def  *connector.Definition
	plan *planner
	gen  *values.Generator
	opts Options
	// base is the address of the API.
	base *url.URL
	// authNames are parameters that carry credentials; they are set elsewhere.
	authNames map[[2]string]bool
	// callbacks hands out addresses for subscriptions, nil in a dry run.
	callbacks *callbacks
	// complete fills in what a dynamic schema describes; nil to leave it out.
	complete func(*input)
	// keys are the fields of things that parameters take, where they were found to
	// differ from what names suggest. It is never changed, only replaced.
	keys map[string]string
	// sound judges learnt values by the definition where a mock answers, whose ids
	// are examples; nil where the API is the judge.
	sound func(*connector.Node, any) bool
}

// compose makes the inputs of one request. Records come from view, those the
// operation itself made included.
func (c *composer) compose(o *operation, attempt int, view []*record) (*input, error) {
	in := &input{op: o, def: c.def, attempt: attempt}
	filled, err := c.fillNeeds(o, attempt, view, in)
	if err != nil {
		return nil, err
	}
	for _, p := range o.Parameters {
		if p.Node == nil || p.In == "body" || c.authNames[[2]string{p.In, norm(p.Name)}] || reserved(o, p) {
			continue
		}
		if err := c.parameter(o, p, attempt, filled, in); err != nil {
			return nil, err
		}
	}
	if body := o.Body(); body != nil && body.Schema() != nil && (body.Required || !isSafeMethod(o.Method)) {
		if err := c.body(o, body, attempt, filled, in); err != nil {
			return nil, err
		}
		c.lend(o, in, view)
		c.reference(o, in, view)
		c.mask(o, in)
		if t := o.target(); t != nil {
			c.keepKey(o, in, t, filled[t].value)
		}
	}
	if c.complete != nil {
		c.complete(in)
	}
	if t := o.target(); t != nil && o.ownOnly() && filled[t].value != nil && !in.names(t, filled[t].value) {
		return nil, &missingError{o.name + " would not say which thing of this run is meant, and might act on others", mendOwn(o, t)}
	}
	return in, nil
}

// takesContent reports whether requests of an operation have a body.
func takesContent(o *operation) bool {
	return slices.ContainsFunc(o.Parameters, func(p *connector.Parameter) bool { return p.In == "body" || p.In == "formData" })
}

// reserved reports whether a header parameter is set by the request itself.
// What to accept may be said by the definition.
func reserved(o *operation, p *connector.Parameter) bool {
	if norm(p.Name) == "accept" && hasSample(p.Node) {
		return false
	}
	if norm(p.Name) == "contenttype" && p.Required && !takesContent(o) {
		// Nothing else says what there is none of.
		return false
	}
	return p.In == "header" && slices.Contains([]string{"accept", "contenttype", "authorization", "host", "contentlength"}, norm(p.Name))
}

// given looks a value up in the configuration: by path, then by name.
func (c *composer) given(o *operation, path, name string) (any, bool) {
	for _, from := range []map[string]any{o.conf.Values, c.opts.Values} {
		for _, key := range []string{path, name} {
			if v, ok := from[key]; ok {
				return v, true
			}
		}
	}
	return nil, false
}

func (c *composer) parameter(o *operation, p *connector.Parameter, attempt int, filled map[*need]found, in *input) error {
	add := func(value any, from string) {
		in.params = append(in.params, paramValue{name: p.Name, in: p.In, node: p.Node, value: value})
		in.sources = append(in.sources, Source{p.Name, from})
	}
	if marksCallback(p.Node) {
		add(c.callback(in), "the callback listener")
		return nil
	}
	if v, ok := c.given(o, p.Name, p.Name); ok {
		add(v, "precert.yaml")
		return nil
	}
	if conditional(p) && !hasSample(p.Node) {
		if p.Required || in.target != nil && in.target.etag.Load() != nil {
			add(version(in.target), "the ETag of what is changed")
		}
		return nil
	}
	if n := o.need(p.In, p.Name); n != nil {
		// A filter hides from a list what is worth judging: it comes on varied calls only.
		if f, ok := filled[n]; ok && (p.Required || p.In == "path" || !o.reads() || o.form.varies(attempt, true)) {
			add(f.value, f.from)
			return nil
		}
	}
	// Without the Accept that is declared, the request's own would contradict it.
	if c.formField(o, p) {
		// A form that nothing must be in says nothing when nothing is.
	} else if !p.Required && p.In != "path" && norm(p.Name) != "accept" && !o.form.varies(attempt, c.variable(p)) {
		return nil
	}
	if p.In == "header" && norm(p.Name) == "contenttype" && !hasSample(p.Node) {
		add("application/json", "what the platform sends")
		return nil
	}
	r := values.Request{Node: p.Node, Name: p.Name, In: p.In, Attempt: o.form.attempt(attempt), OnlyRequired: true}
	v, err := c.gen.Generate(r)
	if err != nil {
		return &missingError{fmt.Sprintf("no value is known for %s: %v", p.Name, err), mendValue(o, p.Name)}
	}
	origin := v.Origins[""]
	if p.In == "path" && origin != values.Example && origin != values.Default && origin != values.Enum {
		in.guessed = true
	}
	if v.Data == "" && p.Required {
		// An empty default is no value where one is required.
		v.Data, origin = "precert", values.Generated
	}
	if text, ok := v.Data.(string); ok && origin == values.Generated && p.Node.Get("type").String() == "file" {
		v.Data = o.file(p.Node, p.Name, text, attempt)
	}
	add(c.learnFrom(o, r, v.Data, in), describeOrigin(origin))
	return nil
}

// formField reports whether an optional field of a form is sent: one that
// describes the thing, in a form of which nothing is required, until such a form is refused.
func (c *composer) formField(o *operation, p *connector.Parameter) bool {
	return p.In == "formData" && !p.Required && o.form.tried == 0 && !o.reads() && o.Body() == nil && bareForm(o) && c.moderate(o, p.Name, p.Node)
}

// bareForm reports whether an operation takes a form of which nothing is required.
func bareForm(o *operation) bool {
	fields := 0
	for _, p := range o.Parameters {
		if p.In == "formData" && p.Required {
			return false
		}
		if p.In == "formData" {
			fields++
		}
	}
	return fields > 0
}

// learnFrom changes a value as earlier refusals taught.
func (c *composer) learnFrom(o *operation, r values.Request, data any, in *input) any {
	r.Lookup = c.fixed(o, in)
	for _, l := range o.form.lessons {
		if l.in == r.In && l.name == r.Name {
			if amended, _, ok := c.gen.Amend(r, data, l.answer); ok {
				data = amended
			}
		}
	}
	return data
}

// fixed answers for what no refusal may change: the values of the user, what
// says which thing is acted on, and what names a known thing.
func (c *composer) fixed(o *operation, in *input) func(string, *connector.Node) (any, bool) {
	return func(path string, _ *connector.Node) (any, bool) {
		if n := o.need("body", path); n != nil && (n.target && o.ownOnly() || n.dynamic != nil && !in.invented(path)) {
			return nil, true
		}
		return c.given(o, path, path[strings.LastIndexByte(path, '/')+1:])
	}
}

// variable reports whether an optional parameter may vary from call to call
// without the risk that a sound API refuses it: the definition closes its values.
func (c *composer) variable(p *connector.Parameter) bool {
	if p.In != "query" || p.Node.Get("x-ms-dynamic-values").Exists() || p.Internal() {
		return false
	}
	switch p.Node.Get("type").String() {
	case "boolean":
		return true
	case "integer":
		return p.Node.Get("minimum").Exists() && p.Node.Get("maximum").Exists()
	case "string":
		return p.Node.Get("enum").Len() > 0
	}
	return false
}

func (c *composer) body(o *operation, body *connector.Parameter, attempt int, filled map[*need]found, in *input) error {
	level := o.form.levelFor(attempt, c.strict(body.Schema()))
	lookup := c.lookup(o, body, attempt, level, filled, in)
	r := values.Request{Node: body.Schema(), Name: body.Name, In: "body", Attempt: o.form.attempt(attempt), OnlyRequired: level != levelFull, Lookup: lookup}
	v, err := c.gen.Generate(r)
	if err != nil {
		return &missingError{fmt.Sprintf("no valid body can be made: %v", err), mendValue(o, body.Name)}
	}
	in.body, in.hasBody = simplify(c.learnFrom(o, r, v.Data, in), o.form.plain), true
	for _, place := range sortedKeys(v.Origins) {
		if place != "" && !slices.ContainsFunc(in.sources, func(s Source) bool { return s.Name == place }) {
			in.sources = append(in.sources, Source{place, describeOrigin(v.Origins[place])})
		}
	}
	in.binary = isBinary(c.def, body.Schema())
	if text, ok := in.body.(string); ok && in.binary && (v.Origins[""] == values.Generated || v.Origins[""] == values.Format) {
		in.body = o.file(body.Schema(), fileMedia(o), text, attempt)
	}
	if isHook(o) {
		c.withCallback(body.Schema(), in)
	}
	return nil
}

// strict reports whether a body's schema says what is required, so that the
// required properties alone should do.
func (c *composer) strict(schema *connector.Node) bool {
	if c.def.Type(schema) != "object" {
		return true
	}
	return len(c.def.RequiredNames(schema)) > 0
}

// lookup tells the generator what is known about the properties of a body, and
// which of the optional ones to send.
func (c *composer) lookup(o *operation, body *connector.Parameter, attempt int, level level, filled map[*need]found, in *input) func(string, *connector.Node) (any, bool) {
	return func(path string, node *connector.Node) (any, bool) {
		name := path[strings.LastIndexByte(path, '/')+1:]
		if v, ok := c.given(o, path, name); ok {
			in.source(path, "precert.yaml")
			return v, true
		}
		if n := o.need("body", path); n != nil {
			// An optional reference in a subscription is a filter: it would hide the event.
			if f, ok := filled[n]; ok && (n.required || !isHook(o)) {
				in.source(path, f.from)
				if n.many {
					return []any{f.value}, true
				}
				return f.value, true
			}
		}
		if v, ok := c.hookChoice(o, node); ok {
			in.source(path, "what the trigger is about")
			return v, true
		}
		if v, ok := c.echo(o, in.target, path, node); ok && level == levelEcho {
			in.source(path, describeRecord(in.target))
			return v, true
		}
		if path == body.Name || level != levelModerate && level != levelLean || !c.moderate(o, name, node) || level == levelLean && !c.lean(name, node) {
			return nil, false
		}
		v, ok := c.optional(path, name, node, attempt, o, c.lookup(o, body, attempt, level, filled, in))
		if ok {
			in.source(path, "generated")
		}
		return v, ok
	}
}

// hookChoice is the one of several declared values that a subscription takes: the
// default, else the one that the trigger speaks of. Another would be another trigger.
func (c *composer) hookChoice(o *operation, node *connector.Node) (any, bool) {
	enum := c.def.Resolve(node).Get("enum")
	if !isHook(o) || enum.Len() < 2 || c.def.Type(node) != "string" || !slices.Contains(node.Parent().Parent().Get("required").Strings(), node.Key()) {
		return nil, false
	}
	if standard := c.def.Resolve(node).Get("default").String(); standard != "" {
		return standard, true
	}
	var spoken []string
	about := triggerWords(o)
	for _, choice := range enum.Strings() {
		if said := words(choice); len(said) > 0 && !slices.ContainsFunc(said, func(w string) bool { return !speaksOf(about, singular(w)) }) {
			spoken = append(spoken, choice)
		}
	}
	if len(spoken) != 1 {
		return nil, false
	}
	return spoken[0], true
}

func describeOrigin(origin values.Origin) string {
	switch origin {
	case values.Given:
		return "precert.yaml"
	case values.Example, values.Default, values.Enum:
		return "the definition's " + string(origin)
	case values.Learnt:
		return "an earlier answer"
	default:
		return "generated"
	}
}

func mendValue(o *operation, name string) string {
	return fmt.Sprintf("operations: {%s: {values: {%s: …}}}", yamlKey(o.name), name)
}

// source says once where a value comes from.
func (in *input) source(name, from string) {
	if !slices.ContainsFunc(in.sources, func(s Source) bool { return s.Name == name }) {
		in.sources = append(in.sources, Source{name, from})
	}
}

// clone copies an input so that one value of it can be changed.
func (in *input) clone() *input {
	out := *in
	out.params = slices.Clone(in.params)
	out.sources = slices.Clone(in.sources)
	if object, ok := in.body.(map[string]any); ok {
		out.body = maps.Clone(object)
	}
	return &out
}
