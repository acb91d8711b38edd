package rules

import "strings"

// template is a path split into segments. "/boards/{boardId}/cards" has three.
type template struct {
	segments []segment
	// variables are the names between braces, in order, without "=default".
	variables []string
	// valid is false when braces do not pair within one segment.
	valid bool
	// defaults says that a variable is written {name=value}.
	defaults bool
}

// segment is one part of a path between slashes.
type segment struct {
	// shape is the text in lower case with every variable as {}.
	shape string
	// before and after are the fixed text around the first and last variable.
	before, after string
	variable      bool
}

// parseTemplate never fails: what cannot be told is left out and valid is false.
func parseTemplate(path string) template {
	t := template{valid: true}
	for text := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		t.segments = append(t.segments, t.segment(text))
	}
	return t
}

func (t *template) segment(text string) segment {
	var shape strings.Builder
	s := segment{}
	rest := text
	for {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			shape.WriteString(rest)
			break
		}
		end := strings.IndexAny(rest[open+1:], "{}")
		if rest[open] == '}' || end <= 0 || rest[open+1+end] == '{' {
			t.valid = false
			shape.WriteString(rest)
			break
		}
		if !s.variable {
			s.before = strings.ToLower(rest[:open])
		}
		name, _, defaulted := strings.Cut(rest[open+1:open+1+end], "=")
		t.variables = append(t.variables, name)
		t.defaults = t.defaults || defaulted
		s.variable = true
		shape.WriteString(rest[:open] + "{}")
		rest = rest[open+2+end:]
	}
	if s.variable {
		s.after = strings.ToLower(rest)
	}
	s.shape = strings.ToLower(shape.String())
	return s
}

// shape is the whole template with its variables made anonymous and without a trailing slash.
func (t template) shape() string {
	shapes := make([]string, len(t.segments))
	for i, s := range t.segments {
		shapes[i] = s.shape
	}
	return "/" + strings.TrimSuffix(strings.Join(shapes, "/"), "/")
}

// takes reports whether a request that is meant for the fixed segment other can also match s.
func (s segment) takes(other segment) bool {
	return s.variable && !other.variable && len(other.shape) > len(s.before)+len(s.after) &&
		strings.HasPrefix(other.shape, s.before) && strings.HasSuffix(other.shape, s.after)
}

// routes finds templates that a request for another one can reach. It is a
// tree of segments: a lookup costs what the template branches, not what the definition holds.
type routes struct {
	branches map[string]*routes
	order    []branch
	// paths end here.
	paths []string
}

type branch struct {
	segment segment
	next    *routes
}

func (r *routes) add(t template, path string) {
	at := r
	for _, s := range t.segments {
		next := at.branches[s.shape]
		if next == nil {
			next = &routes{}
			if at.branches == nil {
				at.branches = map[string]*routes{}
			}
			at.branches[s.shape] = next
			at.order = append(at.order, branch{s, next})
		}
		at = next
	}
	at.paths = append(at.paths, path)
}

// The bounds of a search for similar paths: how many are named, how many branches are tried.
const (
	maxSimilar = 3
	maxTried   = 500
)

// similar returns paths that differ from t only where t has a variable and
// they have fixed text, or the reverse, with at least one of the former. It gives a few, not all.
func (r *routes) similar(t template) []string {
	search := search{wanted: t.segments}
	search.walk(r, 0, false)
	return search.found
}

type search struct {
	wanted []segment
	found  []string
	tried  int
}

func (s *search) walk(at *routes, depth int, covered bool) {
	if depth == len(s.wanted) {
		if covered && len(at.paths) > 0 {
			s.found = append(s.found, at.paths[0])
		}
		return
	}
	wanted := s.wanted[depth]
	if next := at.branches[wanted.shape]; next != nil {
		s.walk(next, depth+1, covered)
	}
	for _, b := range at.order {
		if s.tried++; len(s.found) >= maxSimilar || s.tried > maxTried {
			return
		}
		switch {
		case b.segment.shape == wanted.shape:
		case wanted.takes(b.segment):
			s.walk(b.next, depth+1, true)
		case b.segment.takes(wanted):
			s.walk(b.next, depth+1, covered)
		}
	}
}
