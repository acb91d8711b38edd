package runner

import (
	"net/url"
	"slices"
	"strings"
)

// follow adds what the addresses that a thing gives of itself say about it: the
// path parameters of the operation that reads it, {"url": "…/repos/ann/blog"}.
func (r *run) follow(rec *record) {
	object, ok := rec.item.(map[string]any)
	if !ok {
		return
	}
	for _, link := range selfLinks(object) {
		u, err := url.Parse(link)
		if err != nil {
			continue
		}
		segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
		for _, o := range r.plan.ops {
			t := o.target()
			if o.kind != kindRead || t == nil || t.in != "path" || !namesOne(o.Path) || !slices.ContainsFunc(t.resources, rec.is) {
				continue
			}
			template := strings.Split(strings.Trim(o.Path, "/"), "/")
			// What is before the path, such as a version, may be spelt otherwise there.
			found, ok := matchTemplate(template, segments[max(0, len(segments)-len(template)):])
			if !ok {
				continue
			}
			for name, v := range found {
				if _, there := rec.params[norm(name)]; !there {
					rec.params[norm(name)] = v
				}
			}
			if _, there := rec.fields[norm(t.name)]; !there {
				rec.fields[norm(t.name)] = found[t.name]
			}
			return
		}
	}
}

// selfLinks are the addresses that a thing gives of itself, by the customs of the field.
func selfLinks(object map[string]any) []string {
	var out []string
	for _, name := range sortedKeys(object) {
		switch norm(name) {
		case "url", "uri", "self", "href", "selflink", "resourceurl", "apiurl", "odataid", "links", "meta":
		default:
			continue
		}
		switch v := object[name].(type) {
		case string:
			out = append(out, v)
		case map[string]any:
			for _, inner := range []string{"self", "href", "location"} {
				switch link := v[inner].(type) {
				case string:
					out = append(out, link)
				case map[string]any:
					if href, ok := link["href"].(string); ok {
						out = append(out, href)
					}
				}
			}
		}
	}
	return out
}
