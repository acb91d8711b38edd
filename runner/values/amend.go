package values

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// maxAmended is how many fields one answer may change at once.
const maxAmended = 6

// Amend changes a refused value by what the API answered (a 400 or 422): it
// finds the fields that the answer names and the rules it states, and gives the
// changed value and what was changed. False when the answer teaches nothing, or
// nothing new. It keeps no count: the caller bounds the tries. What the user
// gave is never changed.
func (g *Generator) Amend(r Request, previous any, answer string) (any, string, bool) {
	fields := g.fields(r)
	value, said := previous, []string{}
	done := map[string]bool{}
	lines := sentences(answer)
	fields = append(fields, g.openFields(r, fields, previous, lines)...)
	// A sentence that states a rule teaches more than one that only names the field.
	for _, guess := range []bool{false, true} {
		var before []mention
		for _, sentence := range lines {
			mentions := g.about(r, fields, sentence)
			if len(mentions) == 0 && len(before) == 1 && oneOf.MatchString(sentence) {
				// "The region is not available. Available regions are …" is about one field.
				mentions = []mention{{field: before[0].field, sentence: sentence}}
			}
			before = mentions
			for _, m := range mentions {
				place := strings.Join(m.path, "/")
				if done[place] || len(said) >= maxAmended || g.givenBy(r, m.field) {
					continue
				}
				changed, what, ok := g.amendField(r, value, m, guess)
				if ok && !equal(changed, value) {
					value = changed
					done[place] = true
					said = append(said, display(r.Name, place)+" "+what)
				}
			}
		}
	}
	if len(said) == 0 {
		return previous, "", false
	}
	return value, strings.Join(said, "; "), true
}

// about returns the fields a sentence speaks of. One that lists what is missing
// names several; any other rule is about the first. A parameter is its own and only field.
func (g *Generator) about(r Request, fields []field, sentence string) []mention {
	if r.In != "body" {
		if at, _ := named(sentence, r.Name); at >= 0 {
			return []mention{{field: fields[0], sentence: sentence, at: at}}
		}
		return nil
	}
	found := g.mentioned(fields, sentence)
	if len(found) > 1 && !missing.MatchString(sentence) && !unwanted.MatchString(sentence) {
		found = found[:1]
	}
	return found
}

func (g *Generator) givenBy(r Request, f field) bool {
	if r.Lookup == nil {
		return false
	}
	m := &maker{g: g, r: r}
	path := strings.Join(slices.DeleteFunc(slices.Clone(f.path), func(s string) bool { return s == "0" }), "/")
	if r.In != "body" {
		path = r.Name
	}
	return m.isGiven(spot{nodes: f.nodes, path: path})
}

// amendField changes one field by the rule that a sentence states; by guess,
// when it states none that is understood.
func (g *Generator) amendField(r Request, value any, m mention, guess bool) (any, string, bool) {
	old, there := find(value, m.path)
	switch {
	case unwanted.MatchString(m.sentence) && there && !m.required && r.In == "body":
		return replace(value, m.path, nil, true), "left out: the answer does not want it", true
	case !there || old == nil || old == "":
		if made, ok := g.fresh(r, m.field, 0); ok {
			made, _ = g.rule(r, m, made, true)
			return replace(value, m.path, made, false), "added: the answer asks for it", true
		}
		return value, "", false
	}
	if changed, what := g.rule(r, m, old, false); what != "" && !equal(changed, old) {
		return replace(value, m.path, changed, false), what, true
	}
	if !guess {
		return value, "", false
	}
	// The answer names the field but no rule that is understood: a plainer text, another value, or none.
	if text, ok := old.(string); ok && strings.Contains(text, "precert") {
		switch {
		case strings.Contains(text, " "):
			return replace(value, m.path, withDashes(text), false), "written in letters, digits and dashes", true
		case !m.required && r.In == "body":
			return replace(value, m.path, nil, true), "left out: the answer refuses it", true
		}
	}
	for turn := 1; turn <= 3; turn++ {
		if made, ok := g.fresh(r, m.field, turn); ok && !equal(made, old) {
			return replace(value, m.path, made, false), "replaced by another value", true
		}
	}
	if !m.required && r.In == "body" {
		return replace(value, m.path, nil, true), "left out: the answer refuses it", true
	}
	return value, "", false
}

// fresh makes a field anew, as in a later attempt.
func (g *Generator) fresh(r Request, f field, turn int) (any, bool) {
	m := &maker{g: g, r: r, origins: map[string]Origin{}, budget: maxValues}
	m.r.Lookup = nil
	m.r.Attempt += turn
	place := strings.Join(f.path, "/")
	made, err := m.make(spot{nodes: f.nodes, name: f.name, path: place, place: place, required: true, root: len(f.path) == 0})
	return made, err == nil
}

// rule applies what a sentence asks for to a value; what is "" when it states
// nothing that is understood. only says that the value was just made: only a
// stated form or bound then changes it.
func (g *Generator) rule(r Request, m mention, old any, only bool) (changed any, what string) {
	text := strings.ToLower(m.sentence)
	switch after := m.at + len(m.name); {
	case r.In != "body":
	case only:
		text = text[min(m.at, len(text)):]
	case after < len(text):
		// What stands before the name seldom is about its value, except in "invalid email address".
		text = text[max(0, m.at-40):]
	}
	a := &amendment{g: g, r: r, m: m, old: old, text: text, sentence: m.sentence}
	steps := []func() (any, string){a.listed, a.affix, a.typed, a.bounded, a.inTime, a.shown, a.formed}
	if !only {
		steps = slices.Insert(steps, 1, a.taken)
	}
	for _, step := range steps {
		if changed, what = step(); what != "" && !equal(changed, old) {
			a.old = changed
			if bounded, stated := a.bounded(); stated != "" {
				changed = bounded
			}
			return changed, what
		}
	}
	return old, ""
}

// scalarShape is the shape of a field under amendment.
func (a *amendment) shape() *shape { return a.g.shape(a.m.nodes) }

// spot is the place of a field under amendment.
func (a *amendment) spot() spot {
	place := strings.Join(a.m.path, "/")
	return spot{nodes: a.m.nodes, name: a.m.name, path: place, place: place}
}

// maker serves the forms of a field under amendment.
func (a *amendment) maker() *maker {
	return &maker{g: a.g, r: a.r, origins: map[string]Origin{}, budget: maxValues}
}

// amendment is one field with the sentence that refuses it.
type amendment struct {
	g        *Generator
	r        Request
	m        mention
	old      any
	text     string
	sentence string
}

// taken answers "already exists": the same value with another ending.
func (a *amendment) taken() (any, string) {
	text, ok := a.old.(string)
	if !ok || !taken.MatchString(a.text) {
		return nil, ""
	}
	maker := a.maker()
	maker.r.Attempt += 1000
	mark := maker.suffix(a.spot())
	if name, domain, isMail := strings.Cut(text, "@"); isMail {
		return name + "." + mark + "@" + domain, "changed: the answer says it is taken"
	}
	s := a.shape()
	if s.maxLen >= 0 && len(text)+len(mark)+1 > s.maxLen {
		text = text[:max(0, min(len(text), s.maxLen-len(mark)-1))]
	}
	other := text + "-" + mark
	if !maker.fits([]*connector.Node{a.m.nodes[0]}, other) {
		other = text + mark
	}
	return other, "changed: the answer says it is taken"
}

// listed answers "must be one of …".
func (a *amendment) listed() (any, string) {
	match := oneOf.FindStringSubmatch(a.sentence)
	if match == nil {
		return nil, ""
	}
	var options []string
	for _, option := range listSeparator.Split(match[1], -1) {
		option = strings.Trim(strings.TrimSpace(option), "\"'`[](){}<>.:“”‘’ ")
		if option != "" && len(option) < 80 && !strings.EqualFold(option, "or") && !strings.EqualFold(option, "and") {
			options = append(options, option)
		}
	}
	maker, at := a.maker(), a.spot()
	for _, option := range options {
		value := maker.coerce(option, at)
		if !equal(value, a.old) && maker.fits(a.m.nodes, value) {
			return value, fmt.Sprintf("set to %s, one of the values that the answer lists", Text(value, ""))
		}
	}
	for _, option := range options {
		if value := maker.coerce(option, at); !equal(value, a.old) {
			return value, fmt.Sprintf("set to %s, one of the values that the answer lists, though the definition does not", Text(value, ""))
		}
	}
	return nil, ""
}
