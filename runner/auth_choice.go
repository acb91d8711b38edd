package runner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// requirement picks the first alternative for which there are credentials, one
// whose schemes the definition explains before others;
// missing names what is lacking when there is none. Both are nil for an operation without security.
// What was given goes before what the run got for itself.
func (a *authenticator) requirement(o *operation) (schemes []*scheme, missing []string) {
	for _, s := range a.implied {
		if s.have {
			return []*scheme{s}, nil
		}
	}
	if len(a.implied) > 0 {
		return nil, a.implied[0].wants
	}
	if schemes, missing = a.alternative(o, false); len(missing) == 0 {
		return schemes, nil
	}
	return a.alternative(o, true)
}

func (a *authenticator) alternative(o *operation, minted bool) (schemes []*scheme, missing []string) {
	alternatives := slices.Clone(o.Security)
	slices.SortStableFunc(alternatives, func(x, y connector.SecurityRequirement) int { return cmp.Compare(a.doubt(x), a.doubt(y)) })
	for i, alternative := range alternatives {
		var these []*scheme
		var lacking []string
		onlyElsewhere := !slices.ContainsFunc(alternative.Schemes, func(name string) bool { return a.schemes[name] != nil && !a.schemes[name].elsewhere })
		for _, name := range alternative.Schemes {
			s := a.schemes[name]
			if s == nil || s.elsewhere && !onlyElsewhere {
				continue
			}
			these = append(these, s)
			if !s.have || s.mint != nil && !minted {
				lacking = append(lacking, s.wants...)
			}
		}
		if len(lacking) == 0 {
			return these, nil
		}
		if i == 0 {
			missing = lacking
		}
	}
	return nil, missing
}

// doubt ranks an alternative of a security requirement: one whose schemes the
// definition explains, and that have a place each, comes first.
func (a *authenticator) doubt(r connector.SecurityRequirement) int {
	var these []*scheme
	for _, name := range r.Schemes {
		if a.schemes[name] == nil {
			return 2
		}
		these = append(these, a.schemes[name])
	}
	if crowded(these) {
		return 1
	}
	return 0
}

// crowded reports whether two schemes want the same header.
func crowded(schemes []*scheme) bool {
	seen := map[string]bool{}
	for _, s := range schemes {
		place := s.in + " " + strings.ToLower(s.key)
		if s.kind == "basic" || s.kind == "oauth2" {
			place = "header authorization"
		}
		if seen[place] {
			return true
		}
		seen[place] = true
	}
	return false
}
