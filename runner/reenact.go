package runner

import (
	"net/url"
	"strings"
)

// reenact gives a replay what a trigger's events had made in the recorded run:
// the trigger itself is skipped, for nobody notifies a replay, but later
// operations acted on those things.
func (r *run) reenact(hook *operation) {
	w := &worker{run: r, op: hook}
	for _, entry := range r.session.tape.order {
		p := entry.Precert
		o := r.planner.byName(p.Operation)
		if p.Worker != hook.name || p.Purpose != forEvent && p.Purpose != forSupply || o == nil {
			continue
		}
		r.nextSupply(o)
		e := &exchange{op: o, purpose: p.Purpose, in: r.recordedInput(o, entry)}
		entry.fill(e)
		e.readDenial()
		if e.ok() {
			w.keepMade(o, e)
		}
	}
}

// recordedInput reads the inputs of an operation from a recorded request.
func (r *run) recordedInput(o *operation, entry *harEntry) *input {
	in := &input{op: o, def: r.def}
	if u, err := url.Parse(entry.Request.URL); err == nil {
		path := strings.Trim(strings.TrimPrefix(u.EscapedPath(), r.base.EscapedPath()), "/")
		found, _ := matchTemplate(strings.Split(strings.Trim(o.Path, "/"), "/"), strings.Split(path, "/"))
		for _, param := range o.Parameters {
			if v, ok := found[param.Name]; ok && param.In == "path" {
				in.params = append(in.params, paramValue{name: param.Name, in: param.In, node: param.Node, value: v})
			}
		}
	}
	if post := entry.Request.PostData; post != nil && post.Encoding == "" {
		if body, err := decodeNumbers([]byte(post.Text)); err == nil {
			in.body, in.hasBody = body, true
		}
	}
	return in
}
