package runner

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/precert/precert/connector"
)

// operation is one operation of the definition with what the plan knows about
// it and what the run has seen of it.
type operation struct {
	*connector.Operation
	name  string
	index int
	conf  OperationOptions
	kind  kind
	// resource names what its answers are about.
	resource string
	needs    []*need
	// after are the operations that must be done before.
	after map[*operation]bool
	// undoes is the operation whose effect this one takes back: revoke after grant.
	undoes *operation
	// upsert: a PUT that creates under an id of the client's choice.
	upsert bool
	// unhook: it deletes what only a webhook trigger registers.
	unhook bool
	// chosen: it is about a collection that parameters choose, /{base}/{table}.
	chosen bool
	// single is what it makes, reads or removes where there is at most one of it.
	single *single
	// clears: it takes something off a thing that stays.
	clears bool
	// yields is what its answers are about where that is not what it is about: an export answers with a job.
	yields string
	// signsIn: it takes a user's name and password for a token.
	signsIn bool
	// belowAccount: it changes the account that calls it.
	belowAccount bool
	// stream: the definition says that the answer is one.
	stream bool
	// triggerPath: the API has the path with the /trigger/ that the platform leaves out.
	triggerPath atomic.Bool
	// jammed: what it registers could not be ended, so it is not called again.
	jammed bool
	// support: not asked for, runs once because others need what it yields.
	support bool
	// skip says why it is not run, mend what to do about it; "" to run it.
	skip, mend string

	// restored is what an interrupted run found out about it; it is not run again.
	restored *journalDone

	outcome *outcome
	// learnt is what its answers taught in this stage.
	learnt []*record
	// keys are the fields by which the API was found to know things.
	keys map[string]string
	// blames are faults that this one found in others.
	blames []blame
	// relisted: it was asked again when the run had made what it lists.
	relisted bool
	// filled: an answer held an item of what it lists.
	filled bool
	// good is the first request that succeeded.
	good *exchange
	// form is how its bodies are composed, settled by what the API takes.
	form *form
}

// need is an input that must name something the API has.
type need struct {
	// name is the parameter's name, or that of the body property at path.
	name, in, path string
	node           *connector.Node
	// resources are what it may identify, the likeliest first.
	resources []string
	// fields are where a record holds the value, the likeliest first.
	fields []string
	// below is the path segment before it, "" when there is none.
	below string
	// dynamic is the operation that yields the values, by the definition's own word.
	dynamic *dynamicSource
	// target: it says what the operation acts on, not what it refers to.
	target   bool
	required bool
	// within: it is what something new goes into, rather a thing of the run's own.
	within bool
	// beside: the thing that the operation acts on says it, as the message says its channel.
	beside bool
	// batch: it names one of several things at once; many: the input is an array of such values.
	batch, many bool
}

// dynamicSource is what x-ms-dynamic-values or x-ms-dynamic-list says.
type dynamicSource struct {
	operationID string
	// collection leads to the items in the answer, value to the value in an item.
	collection, value string
}

// safe reports whether the operation only reads, by its method or by the definition's word.
func (o *operation) safe() bool {
	return isSafeMethod(o.Method) || o.Node.Get("x-ms-safe-operation").Bool()
}

// reads reports whether the operation reads, although perhaps by POST.
func (o *operation) reads() bool {
	return o.safe() || o.kind == kindList || o.kind == kindRead
}

// ownOnly reports whether the operation may act only on what the run created.
func (o *operation) ownOnly() bool {
	return !o.reads() && o.kind != kindCreate && !o.conf.Allow
}

// target is the need that says what the operation acts on, nil when there is none.
func (o *operation) target() *need {
	for i := len(o.needs) - 1; i >= 0; i-- {
		if o.needs[i].target {
			return o.needs[i]
		}
	}
	return nil
}

// need returns the need for an input, nil when it has none.
func (o *operation) need(in, path string) *need {
	for _, n := range o.needs {
		if n.in == in && n.path == path {
			return n
		}
	}
	return nil
}

// newOperations wraps the operations of the definition and classifies them.
func newOperations(def *connector.Definition, opts Options) []*operation {
	out := make([]*operation, 0, len(def.Operations))
	for i, op := range def.Operations {
		o := &operation{Operation: op, name: operationName(op), index: i, after: map[*operation]bool{}}
		o.conf = opts.Operations[o.name]
		o.kind = classify(def, op)
		if isHook(o) && !isSafeMethod(o.Method) {
			o.kind = kindCreate
		}
		o.clears, o.signsIn = clearsBelow(op), o.Method == http.MethodPost && signsIn(def, op)
		o.resource = resourceOf(op)
		if below := itemsBelow(def, op); below != "" {
			o.resource, o.chosen = below, true
		}
		o.stream = declaresStream(op)
		o.outcome = newOutcome(o)
		// Subscriptions do not vary: an optional input may filter the event away.
		o.form = &form{steady: isHook(o)}
		out = append(out, o)
	}
	nameProcedures(def, out)
	findOwnAccount(out)
	demote(out)
	pairReferences(out)
	spare(out)
	upserts(out)
	findUnhooks(out)
	known := knownResources(out)
	for _, o := range out {
		o.settleResource(known)
		if o.delivers(def, known) {
			o.kind = kindCreate
		}
	}
	findSingles(out)
	return out
}

// demote turns a weak creation (grant, put, assign …) into a change where a
// plain one (add, create …) makes the same resource, and pairs what takes it back.
func demote(ops []*operation) {
	strong := map[string]bool{}
	for _, o := range ops {
		if o.kind == kindCreate && !o.weak() {
			strong[o.resource] = true
		}
	}
	for _, o := range ops {
		if o.kind != kindCreate || !o.weak() || !strong[o.resource] || o.copies() {
			continue
		}
		o.kind = kindChange
		for _, other := range ops {
			if other.kind == kindDelete && other.resource == o.resource && undoes(other, o) {
				other.undoes = o
			}
		}
	}
}

// copies reports whether a POST below a thing makes another like it: /documents/{id}/copy.
func (o *operation) copies() bool {
	verb := lastVerb(o.Operation, verbKinds())
	return (verb == "copy" || verb == "clone") && strings.Contains(o.Path, "{") && successSchema(o.Operation).Exists()
}

// standsAlone reports whether what an operation makes of a thing stays when the
// thing goes: a copy, a fork.
func (o *operation) standsAlone() bool {
	return o.copies() || slices.Contains([]string{"fork", "copy", "clone", "duplicate"}, singular(segmentBefore(o.Path)))
}

// spare turns a POST that cancels or drops a thing into an action where a DELETE
// removes such things: what was cancelled is still there.
func spare(ops []*operation) {
	for _, o := range ops {
		if o.Method != http.MethodPost || o.kind != kindDelete || o.undoes != nil || !strings.Contains(o.Path, "{") {
			continue
		}
		if slices.Contains([]string{"delete", "remove", "destroy", "erase"}, lastVerb(o.Operation, verbKinds())) {
			continue // it says itself that nothing stays
		}
		removed := slices.ContainsFunc(ops, func(other *operation) bool {
			return other.Method == http.MethodDelete && other.kind == kindDelete && other.resource == o.resource && namesOne(other.Path)
		})
		if removed {
			o.kind = kindAction
		}
	}
}

func (o *operation) weak() bool {
	if o.Method != http.MethodPost {
		return false
	}
	verb := lastVerb(o.Operation, verbKinds())
	return slices.Contains(weakVerbs(), verb)
}

// weakVerbs make something only where nothing plainer does.
func weakVerbs() []string {
	return []string{"grant", "put", "assign", "attach", "subscribe", "open", "invite", "copy", "clone", "submit"}
}

// undoes reports whether a deletion takes back what a change of the same resource did.
func undoes(deletion, change *operation) bool {
	pairs := map[string]string{"revoke": "grant", "unassign": "assign", "detach": "attach", "unsubscribe": "subscribe", "remove": "put", "cancel": "submit"}
	verbs := verbKinds()
	return pairs[lastVerb(deletion.Operation, verbs)] == lastVerb(change.Operation, verbs)
}

// upserts finds each PUT or POST that makes a thing under an id of the client's
// choice: nothing else creates it, and the same path reads or deletes it.
func upserts(ops []*operation) {
	for _, o := range ops {
		last := lastSegment(plainPath(o.Path))
		named := o.Parameter(paramNameIn(last))
		creates := o.Method == http.MethodPut || o.Method == http.MethodPost && o.kind == kindCreate
		// A made-up number may be that of something that is there.
		if !creates || o.chosen || named == nil || named.Node.Get("type").String() != "string" || isClosed(named.Node) {
			continue
		}
		listed := named.Node.Get("x-ms-dynamic-values").Exists() || named.Node.Get("x-ms-dynamic-list").Exists()
		if listed && !hasAny(words(o.ID), []string{"create", "add", "new"}) {
			continue // what is picked from a list is there already
		}
		peer, created := false, false
		for _, other := range ops {
			peer = peer || other.Path == o.Path && (other.Method == http.MethodGet || other.Method == http.MethodDelete)
			created = created || other.kind == kindCreate && other.resource == o.resource && other != o
		}
		if peer && !created {
			o.kind, o.upsert = kindCreate, true
		}
	}
}

// findUnhooks marks deletions of what only a webhook trigger makes.
func findUnhooks(ops []*operation) {
	makes := func(resource string, webhook bool) bool {
		return slices.ContainsFunc(ops, func(o *operation) bool {
			return o.kind == kindCreate && o.resource == resource && (o.Trigger == connector.Webhook) == webhook
		})
	}
	hooked := slices.ContainsFunc(ops, func(o *operation) bool { return o.Trigger == connector.Webhook })
	for _, o := range ops {
		o.unhook = (o.kind == kindDelete || o.clears) && !makes(o.resource, false) && (makes(o.resource, true) ||
			hooked && hasAny(operationWords(o), strings.Fields("webhook webhooks hook hooks subscription subscriptions unsubscribe trigger triggers")))
	}
}

func knownResources(ops []*operation) map[string]bool {
	known := map[string]bool{}
	for _, o := range ops {
		if (o.kind == kindCreate || o.kind == kindList) && o.resource != "" {
			known[o.resource] = true
		}
	}
	return known
}

// settleResource looks further left in the path when the last literal of a
// remote-procedure POST names no resource: /lease/timetolive is about leases.
func (o *operation) settleResource(known map[string]bool) {
	if o.Method != http.MethodPost || o.kind == kindCreate || known[o.resource] {
		return
	}
	segments := literals(o.Path)
	for i := len(segments) - 2; i >= 0; i-- {
		if name := singular(segments[i]); known[name] {
			o.resource = name
			return
		}
	}
}

// delivers reports whether a POST that only names a deed makes a thing: POST /send
// of "Send a message" answers with the id of a message, and settles what that is.
func (o *operation) delivers(def *connector.Definition, known map[string]bool) bool {
	if o.Method != http.MethodPost || o.kind != kindAction || known[o.resource] || strings.Contains(o.Path, "{") {
		return false
	}
	for _, resource := range spokenOf(o, known) {
		for _, property := range def.Properties(successSchema(o.Operation)) {
			if named, suffix := stem(property.Key()); (suffix == "id" || suffix == "uuid") && (named == "" || named == resource) {
				o.resource = resource
				return true
			}
		}
	}
	return false
}

// declaresStream reports whether the definition calls the answer a stream.
func declaresStream(op *connector.Operation) bool {
	for _, r := range op.Responses {
		if !r.IsSuccess() {
			continue
		}
		if strings.Contains(strings.ToLower(r.Schema().Get("$ref").String()), "stream-definitions") {
			return true
		}
		description := strings.ToLower(r.Node.Get("description").String())
		if strings.Contains(description, "streaming response") || strings.Contains(description, "event stream") {
			return true
		}
	}
	return slices.ContainsFunc(op.Produces, func(p string) bool {
		return strings.HasPrefix(p, "text/event-stream") || strings.HasPrefix(p, "application/x-ndjson") || strings.HasPrefix(p, "application/stream+json")
	})
}
