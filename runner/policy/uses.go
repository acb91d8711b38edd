package policy

import "slices"

// Use says what a policy makes of one connection value.
type Use struct {
	// Connection is the name of the value, Policy that of the policy.
	Connection, Policy string
	// Target is where the value goes: "the host", "header X-Key", "query parameter key", "" elsewhere.
	Target string
}

// Uses lists what the policies make of connection values, in the order they
// apply, each value of a policy once.
func (s *Set) Uses() []Use {
	var out []Use
	if s.Empty() {
		return nil
	}
	for _, in := range s.list {
		target := in.target()
		for _, t := range in.action.templates() {
			for _, p := range t {
				use := Use{Connection: p.name, Policy: in.template, Target: target}
				if p.kind == fromConnection && !slices.Contains(out, use) {
					out = append(out, use)
				}
			}
		}
	}
	return out
}

// target says for people where a policy puts what it makes.
func (in *instance) target() string {
	switch a := in.action.(type) {
	case *setHost:
		return "the host"
	case *setHeader:
		if name := a.name.literal(); name != "" {
			return "header " + name
		}
	case *setQuery:
		if name := a.name.literal(); name != "" {
			return "query parameter " + name
		}
	}
	return ""
}
