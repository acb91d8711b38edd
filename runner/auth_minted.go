package runner

import (
	"fmt"
	"slices"
	"strings"
)

// mint is where a run gets a credential that nobody gave: an application that
// it registers is answered with a token of its own.
type mint struct {
	creation *operation
	// field is the property of the answer that holds the credential.
	field string
}

// findMints finds, for the schemes that operations need and nobody gave, the
// creation whose answer holds a credential of that name, and puts it first.
func (a *authenticator) findMints(p *planner) {
	for _, o := range p.ops {
		if o.skip != "" {
			continue
		}
		if _, missing := a.requirement(o); len(missing) == 0 {
			continue
		}
		for _, alternative := range o.Security {
			if len(alternative.Schemes) != 1 {
				continue
			}
			s := a.schemes[alternative.Schemes[0]]
			if s == nil || s.have || s.kind != "apikey" {
				continue
			}
			if s.mint == nil {
				s.mint = p.mintOf(s, a)
			}
			if s.mint != nil && s.mint.creation != o {
				o.after[s.mint.creation] = true
				break
			}
		}
	}
}

// mintOf finds the creation that makes what a scheme is named after: appToken
// is the token of an application. It must itself be allowed and have credentials.
func (p *planner) mintOf(s *scheme, a *authenticator) *mint {
	said := words(s.name)
	for _, o := range p.ops {
		if o.kind != kindCreate || o.skip != "" || isHook(o) {
			continue
		}
		if _, missing := a.requirement(o); len(missing) > 0 {
			continue
		}
		named := slices.ContainsFunc(said, func(word string) bool {
			return len(word) > 2 && !slices.Contains(credentialWords(), word) && (strings.HasPrefix(o.resource, word) || strings.HasPrefix(word, o.resource) && len(o.resource) > 2)
		})
		if !named {
			continue
		}
		for _, property := range p.def.Properties(successSchema(o.Operation)) {
			if hasAny(words(property.Key()), credentialWords()) && p.def.Type(property) == "string" {
				return &mint{o, norm(property.Key())}
			}
		}
	}
	return nil
}

// credentialWords are what credentials are called.
func credentialWords() []string {
	return []string{"token", "key", "apikey", "secret", "api", "auth", "authorization", "header", "query", "access"}
}

// mintCredentials takes the credentials out of what the run created. The thing
// they belong to is kept until the run cleans up.
func (r *run) mintCredentials() {
	for _, name := range sortedKeys(r.auth.schemes) {
		s := r.auth.schemes[name]
		if s.mint == nil || s.have {
			continue
		}
		for _, made := range r.pool.all() {
			v, ok := made.fields[s.mint.field]
			if !made.own || !made.usable() || made.by != s.mint.creation || !ok || !isScalar(v) || made.sent[s.mint.field] {
				continue
			}
			s.value, s.have, made.keeps = fmt.Sprint(v), true, true
			r.mask.add(s.value)
			r.notes = append(r.notes, fmt.Sprintf("for %s, which was not given, the run uses the %s of what %s created", s.name, s.mint.field, s.mint.creation.name))
			break
		}
	}
}
