package runner

import (
	"net/url"
	"strings"
)

// locate adds what a Location header says about a new thing: the path
// parameters of the template that it fits.
func (r *run) locate(made *record, location string) {
	if location == "" {
		return
	}
	u, err := url.Parse(location)
	if err != nil {
		return
	}
	path := strings.TrimPrefix(u.EscapedPath(), r.base.EscapedPath())
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for _, o := range r.plan.ops {
		template := strings.Split(strings.Trim(o.Path, "/"), "/")
		found, ok := matchTemplate(template, segments)
		if !ok || len(found) == 0 {
			continue
		}
		for name, v := range found {
			if _, there := made.params[norm(name)]; !there {
				made.params[norm(name)] = v
			}
		}
		last := paramNameIn(template[len(template)-1])
		if _, there := made.fields[norm(last)]; !there && last != "" {
			made.fields[norm(last)] = found[last]
			if _, there := made.fields["id"]; !there || made.sent["id"] {
				made.fields["id"] = found[last]
			}
		}
		return
	}
	if last := segments[len(segments)-1]; last != "" {
		if _, there := made.fields["id"]; !there {
			made.fields["id"] = last
		}
	}
}

// located is the thing that the Location of an answer leads to, such as the job
// that an export began.
func (r *run) located(o *operation, e *exchange) []*record {
	u, err := url.Parse(e.header.Get("Location"))
	if err != nil || u.Path == "" {
		return nil
	}
	segments := strings.Split(strings.Trim(strings.TrimPrefix(u.EscapedPath(), r.base.EscapedPath()), "/"), "/")
	for _, reader := range r.plan.ops {
		t := reader.target()
		found, ok := matchTemplate(strings.Split(strings.Trim(reader.Path, "/"), "/"), segments)
		if !ok || t == nil || reader.kind != kindRead || found[t.name] == "" {
			continue
		}
		made := &record{resources: t.resources, by: o, own: true, fields: map[string]any{norm(t.name): found[t.name], "id": found[t.name]}, sent: map[string]bool{}, params: map[string]any{}}
		for name, v := range found {
			made.params[norm(name)] = v
		}
		return []*record{made}
	}
	return nil
}

func matchTemplate(template, segments []string) (map[string]string, bool) {
	if len(template) != len(segments) {
		return nil, false
	}
	out := map[string]string{}
	for i, part := range template {
		name := paramNameIn(part)
		switch {
		case name != "":
			// What stands around the braces is part of the path: accounts({id}).
			before, rest, _ := strings.Cut(part, "{")
			_, after, _ := strings.Cut(rest, "}")
			segment, begins := strings.CutPrefix(segments[i], before)
			segment, ends := strings.CutSuffix(segment, after)
			value, err := url.PathUnescape(segment)
			if !begins || !ends || err != nil || value == "" {
				return nil, false
			}
			out[name] = value
		case part != segments[i]:
			return nil, false
		}
	}
	return out, true
}
