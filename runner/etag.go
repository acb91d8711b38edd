package runner

import (
	"context"
	"net/http"
	"slices"

	"github.com/precert/precert/connector"
)

// conditional reports whether a parameter asks for the version of the thing that is changed.
func conditional(p *connector.Parameter) bool { return p.In == "header" && norm(p.Name) == "ifmatch" }

// version is what If-Match says: the ETag that the thing was last seen with, or any.
func version(target *record) string {
	if target != nil {
		if tag := target.etag.Load(); tag != nil {
			return *tag
		}
	}
	return "*"
}

// noteTag keeps the ETag that an answer gives a thing.
func (r *record) noteTag(e *exchange) {
	if tag := e.header.Get("ETag"); tag != "" && e.ok() {
		r.etag.Store(&tag)
	}
}

// refresh reads the thing that a refusal calls changed, for its ETag; it reports
// whether there is a new one to try.
func (w *worker) refresh(ctx context.Context, e *exchange) bool {
	if e.status != http.StatusPreconditionFailed || e.in.target == nil || !slices.ContainsFunc(w.op.Parameters, conditional) {
		return false
	}
	before := version(e.in.target)
	w.read(ctx, e.in.target, forRead)
	return version(e.in.target) != before
}
