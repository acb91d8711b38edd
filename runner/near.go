package runner

import (
	"slices"
	"strings"
)

// mixed takes what the run made and what was there in turn: what it made holds
// little, and what was there may be in a state that the operation refuses.
func mixed(candidates []*record, valuesOf []any) (turns []*record, itsValues []any) {
	var own, others []int
	for i, r := range candidates {
		if r.own {
			own = append(own, i)
		} else {
			others = append(others, i)
		}
	}
	for i := range max(len(own), len(others)) {
		for _, list := range [][]int{own, others} {
			if i < len(list) {
				turns, itsValues = append(turns, candidates[list[i]]), append(itsValues, valuesOf[list[i]])
			}
		}
	}
	return turns, itsValues
}

// nearest keeps the things that were made or listed in the very collection that
// the operation looks in, when there are such: /tasks/{task}/labels/{label} is
// about labels of tasks, not about all labels.
func (c *composer) nearest(o *operation, candidates []*record, valuesOf []any) (near []*record, itsValues []any) {
	path := plainPath(o.Path)
	collection := path[:max(0, strings.LastIndexByte(path, '/'))]
	if !namesOne(path) {
		return candidates, valuesOf
	}
	for i, r := range candidates {
		if template(r.by.Path) == template(collection) {
			near, itsValues = append(near, r), append(itsValues, valuesOf[i])
		}
	}
	switch {
	case len(near) > 0 && (strings.Count(path, "{") > 1 || near[0].own):
		return near, itsValues
	case o.ownOnly() && slices.ContainsFunc(c.plan.ops, func(other *operation) bool {
		return other.kind == kindCreate && other.skip == "" && template(other.Path) == template(collection)
	}):
		// One can be made there: the hooks of a user are none of an organization's.
		return sameScope(o, candidates, valuesOf)
	}
	return candidates, valuesOf
}

// sameScope leaves out what was made in a collection of another scope.
func sameScope(o *operation, candidates []*record, valuesOf []any) (others []*record, theirs []any) {
	here := collections(o.Path)
	for i, r := range candidates {
		if there := collections(r.by.Path); within(there, here) || within(here, there) {
			others, theirs = append(others, r), append(theirs, valuesOf[i])
		}
	}
	return others, theirs
}

// template is a path with its parameters unnamed.
func template(path string) string {
	segments := strings.Split(strings.Trim(plainPath(path), "/"), "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}
