package runner

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds on what one answer teaches.
const (
	maxItems   = 25
	maxDeep    = 3
	maxFields  = 200
	maxRecords = 400
)

// record is one thing the API has: what an answer told about it and what was
// sent to make it.
type record struct {
	// resources are the names it goes by, the surest first.
	resources []string
	// by is the operation that yielded it; own says that the run created it.
	by  *operation
	own bool
	// fields hold scalars by normalised name; those of nested objects are
	// under their own name and with the object's name before it.
	fields map[string]any
	// sent are the names of fields that come from the request.
	sent map[string]bool
	// params are the path parameters that lead to it, by normalised name.
	params map[string]any
	// item is the JSON value it was learnt from; listed says that it stood in a list.
	item   any
	listed bool
	// upload is the content of the file that was sent to make it, "" when none was.
	upload string
	// gone: deleted. lost: created, but the API denies it.
	gone, lost atomic.Bool
	// keeps: the run signs in with a credential of it, so it goes last.
	keeps bool
	// stand: a place holder of a dry run, whose every field is its own name.
	stand bool
	// number is its place in the journal, 0 when it is in none.
	number int
	// etag is the ETag that the thing was last seen with.
	etag atomic.Pointer[string]
	// taken is the operation that will delete it, nil when none has claimed it.
	taken atomic.Pointer[operation]
}

// is reports whether the record goes by a resource's name.
func (r *record) is(resource string) bool { return slices.Contains(r.resources, resource) }

// usable reports whether the record can still be asked for.
func (r *record) usable() bool { return !r.gone.Load() && !r.lost.Load() }

// takenBy reports whether an operation other than o has claimed the record.
func (r *record) takenBy(o *operation) bool {
	owner := r.taken.Load()
	return owner != nil && owner != o
}

// field returns the first of the fields that the record has and accept takes.
func (r *record) field(names []string, accept func(any) bool) (any, bool) {
	if r.stand && len(names) > 0 {
		return "{" + names[0] + "}", true // the value is not known before the run
	}
	for _, name := range names {
		if v, ok := r.fields[name]; ok && accept(v) {
			return v, true
		}
	}
	return nil, false
}

// label names the record for people: its resource and the value that identifies it.
func (r *record) label() string {
	resource := "resource"
	if len(r.resources) > 0 {
		resource = r.resources[0]
	}
	for _, name := range slices.Concat([]string{resource + "id"}, commonIDs()) {
		if v, ok := r.fields[name]; ok && name != "token" && name != "key" {
			return fmt.Sprintf("%s %v", resource, v)
		}
	}
	for _, name := range sortedKeys(r.fields) {
		if r.sent[name] {
			return fmt.Sprintf("%s with %s %v", resource, name, r.fields[name])
		}
	}
	return resource
}

// commonIDs are the fields that commonly identify something, the surest first.
func commonIDs() []string {
	return []string{"id", "uuid", "guid", "key", "name", "slug", "code", "number", "login", "username", "fingerprint", "token"}
}

// pool holds the records of a run, in an order that does not depend on how many
// operations run at once: what a stage learns is added when the stage ends.
type pool struct {
	mu      sync.Mutex
	records []*record
}

// all returns the records so far.
func (p *pool) all() []*record {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.records[:len(p.records):len(p.records)]
}

// add appends records. One that tells about a thing already known is dropped,
// unless the run created it.
func (p *pool) add(records []*record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range records {
		if !r.own && (len(p.records) >= maxRecords || p.known(r)) {
			continue
		}
		p.records = append(p.records, r)
	}
}

// known reports whether a listed record is one the pool already has.
func (p *pool) known(r *record) bool {
	for _, name := range []string{"id", "uuid", "guid", "key", "name"} {
		id, ok := r.fields[name]
		if !ok {
			continue
		}
		return slices.ContainsFunc(p.records, func(other *record) bool {
			if len(other.resources) == 0 || len(r.resources) == 0 || other.resources[0] != r.resources[0] {
				return false
			}
			for _, alias := range []string{name, r.resources[0] + name} {
				if v, ok := other.fields[alias]; ok && fmt.Sprint(v) == fmt.Sprint(id) {
					return maps.Equal(text(other.params), text(r.params)) || other.own
				}
			}
			return false
		})
	}
	return false
}

func text(m map[string]any) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = fmt.Sprint(v)
	}
	return out
}

// learn makes records of a successful answer: the thing that was created, the
// items of a list, the arrays inside an item.
func learn(op *operation, in *input, body any, own bool) []*record {
	var out []*record
	resources := []string{op.resource}
	if op.yields != "" {
		resources = []string{op.yields, op.resource}
	}
	listed, name := listItems(body, op.resource)
	if len(listed) > 0 && isScalar(listed[0]) && op.kind == kindRead && namesOne(op.Path) && !slices.Contains(listNames(), name) {
		// One thing with tags is no list of tags.
		listed = nil
	}
	if own {
		if several := made(body, op.resource); len(several) > 0 {
			// A creation of many answers with a list; the first stands for them.
			body = several[0]
		}
		r := newRecord(op, resources, in, unwrap(body, op.resource), true)
		r.addSent(in)
		return append(out, r)
	}
	if listed == nil {
		inner := unwrap(body, op.resource)
		if op.kind != kindList && op.kind != kindRead && op.kind != kindAction {
			return nil
		}
		r := newRecord(op, resources, in, inner, false)
		if op.kind == kindRead {
			// What was asked for is known to exist under the values that were sent.
			r.addSent(in)
		}
		out = append(out, r)
		return append(out, nested(op, r, inner, 1)...)
	}
	if alias := singular(name); alias != "" && !slices.Contains(listNames(), name) && alias != op.resource {
		resources = []string{alias, op.resource}
		if op.kind == kindList && op.hasTarget() {
			resources = []string{op.resource, alias}
		}
	}
	for i, item := range listed {
		if i == maxItems {
			break
		}
		r := newRecord(op, resources, in, item, false)
		r.listed = true
		out = append(out, r)
		out = append(out, nested(op, r, item, 1)...)
	}
	return out
}

func newRecord(op *operation, resources []string, in *input, item any, own bool) *record {
	r := &record{resources: resources, by: op, own: own, fields: map[string]any{}, sent: map[string]bool{}, params: map[string]any{}, item: item}
	for _, v := range in.params {
		// What was copied does not take the copy with it when it goes.
		copied := own && op.kind == kindCreate && op.copies() && strings.Contains(op.Path[strings.LastIndexByte(op.Path, '{'):], "{"+v.name+"}")
		if v.in == "path" && !copied {
			r.params[norm(v.name)] = v.value
		}
	}
	if own {
		maps.Copy(r.params, in.links)
	}
	r.flatten(item, "", 0)
	return r
}

// addSent adds what the request said about the thing, where the answer did not.
func (r *record) addSent(in *input) {
	before := maps.Clone(r.fields)
	if in.body != nil {
		r.flatten(in.body, "", 0)
	}
	for _, v := range in.params {
		if v.in == "path" && r.own && !r.by.upsert {
			// It names what the new thing lies below.
			continue
		}
		if _, there := r.fields[norm(v.name)]; !there && isScalar(v.value) {
			r.fields[norm(v.name)] = v.value
		}
	}
	for name := range r.fields {
		if _, there := before[name]; !there {
			r.sent[name] = true
		}
	}
}

// flatten adds the scalars of a value, outer ones first.
func (r *record) flatten(value any, prefix string, depth int) {
	switch v := value.(type) {
	case map[string]any:
		names := sortedKeys(v)
		for _, name := range names {
			if isScalar(v[name]) {
				r.put(prefix+norm(name), v[name])
				if depth > 0 {
					r.put(norm(name), v[name])
				}
			}
		}
		if depth == maxDeep {
			return
		}
		for _, name := range names {
			if _, ok := v[name].(map[string]any); ok {
				r.flatten(v[name], norm(name), depth+1)
			}
		}
	case string, json.Number:
		if depth == 0 && isScalar(v) {
			r.put("id", v)
			if len(r.resources) > 0 {
				r.put(r.resources[0], v)
				r.put(r.resources[0]+"name", v)
			}
			r.put("name", v)
		}
	}
}

func (r *record) put(name string, v any) {
	if _, taken := r.fields[name]; !taken && name != "" && len(r.fields) < maxFields {
		r.fields[name] = v
	}
}

func isScalar(v any) bool {
	switch v := v.(type) {
	case string:
		return v != "" && len(v) <= 512
	case json.Number, bool, int, int64, float64:
		return true
	}
	return false
}

// hasTarget reports whether the path names one thing, so that its answer is about that thing.
func (o *operation) hasTarget() bool { return strings.Contains(o.Path, "{") }
