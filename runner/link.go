package runner

import (
	"context"
	"net/url"

	"github.com/precert/precert/connector"
)

// askAt repeats a reading at an address that the API gave, which must lie on the
// host of the API: the request carries credentials. Its headers stay as they were.
func (w *worker) askAt(ctx context.Context, to *url.URL, purpose string) *exchange {
	good := w.op.good
	m := good.plain.clone()
	if to != nil {
		m.url = to
	}
	return w.run.session.send(ctx, w.op, good.in, m, sending{purpose: purpose})
}

// arrayIn finds the array that an answer holds: the value itself, or the
// property that the schema declares as an array; else the only one there is.
func (r *run) arrayIn(schema *connector.Node, body any) ([]any, bool) {
	switch v := body.(type) {
	case []any:
		return nonNil(v), true
	case map[string]any:
		var texts []any
		for _, property := range r.def.Properties(schema) {
			list, ok := v[property.Key()].([]any)
			if !ok || r.def.Type(property) != "array" {
				continue
			}
			// Beside the things of a list there may be words about it, such as the names of its schemas.
			if kind := r.def.Type(r.def.Resolve(property).Get("items")); kind == "object" || kind == "" {
				return nonNil(list), true
			}
			if texts == nil {
				texts = nonNil(list)
			}
		}
		if texts != nil {
			return texts, true
		}
		if r.def.Type(schema) != "array" && len(r.def.Properties(schema)) == 0 {
			items, _ := listItems(v, "")
			return items, items != nil
		}
	}
	return nil, false
}
