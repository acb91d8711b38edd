package rules

import (
	"fmt"
	"strings"
	"sync"
)

// strictness says what happens to a member that an object does not list.
type strictness string

const (
	extensible strictness = "extensible"
	closed     strictness = "closed"
	open       strictness = "open"
)

// object says what may stand in one kind of object.
type object struct {
	name       string
	strictness strictness
	members    map[string]*content
	required   []string
}

// content says what a member may hold: a basic type, an object, an array or a
// map of something, one of several words, or either of two things.
type content struct {
	basic  string
	object *object
	items  *content
	values *content
	either []*content
	words  []string
}

// grammar returns the table, read once: it never changes.
var grammar = sync.OnceValue(func() map[string]*object {
	table, err := parseGrammar(grammarText)
	if err != nil {
		panic(err) // the table is part of the program, and a test reads it
	}
	return table
})

func parseGrammar(text string) (map[string]*object, error) {
	table := map[string]*object{}
	for line := range strings.Lines(text) {
		if name, how, ok := strings.Cut(strings.TrimSpace(line), " "); ok && line[0] != '\t' {
			table[name] = &object{name: name, strictness: strictness(how), members: map[string]*content{}}
		}
	}
	var current *object
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case line[0] != '\t':
			current = table[fields[0]]
			continue
		}
		names, holds := splitMember(fields)
		what, err := parseContent(table, holds)
		if err != nil || len(names) == 0 {
			return nil, fmt.Errorf("grammar, %s, line %q: %w", current.name, strings.TrimSpace(line), err)
		}
		for _, name := range names {
			name, must := strings.CutSuffix(name, "!")
			current.members[name] = what
			if must {
				current.required = append(current.required, name)
			}
		}
	}
	return table, nil
}

// splitMember separates the names of a line from what they hold: the last word, or all quoted ones.
func splitMember(fields []string) (names, holds []string) {
	at := len(fields) - 1
	for at > 0 && strings.HasPrefix(fields[at], `"`) && strings.HasPrefix(fields[at-1], `"`) {
		at--
	}
	return fields[:at], fields[at:]
}

func parseContent(table map[string]*object, holds []string) (*content, error) {
	word := holds[0]
	switch {
	case word[0] == '"':
		c := &content{}
		for _, w := range holds {
			c.words = append(c.words, strings.Trim(w, `"`))
		}
		return c, nil
	case word == "visibility":
		return &content{words: []string{"important", "advanced", "internal"}}, nil
	case word[0] == '[':
		items, err := parseContent(table, []string{strings.Trim(word, "[]")})
		return &content{items: items}, err
	case word[0] == '{':
		values, err := parseContent(table, []string{strings.Trim(word, "{}")})
		return &content{values: values}, err
	case strings.Contains(word, "/"):
		c := &content{}
		for part := range strings.SplitSeq(word, "/") {
			one, err := parseContent(table, []string{part})
			if err != nil {
				return nil, err
			}
			c.either = append(c.either, one)
		}
		return c, nil
	}
	if o := table[word]; o != nil {
		return &content{object: o}, nil
	}
	switch word {
	case "any", "string", "text", "boolean", "integer", "number", "object":
		return &content{basic: word}, nil
	}
	return nil, fmt.Errorf("nothing is called %q", word)
}
