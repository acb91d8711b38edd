package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/rules"
)

// fromEnvironment says what the configuration asks of the environment and does
// not get. A base URL without its variable is refused: the run would go to the
// definition's host in its place. oauth is nil where it lacks something: the run
// then tells what needs a token.
func (j *job) fromEnvironment(c *config) (oauth *oauthConfig, err error) {
	_, haveToken := j.streams.Env("PRECERT_ACCESS_TOKEN")
	oauth = c.OAuth
	var told []string
	for _, v := range c.unset {
		switch {
		case v.path == "baseUrl" && j.flags.live.baseURL == "":
			return nil, c.lacks(v, "or give --base-url")
		case strings.HasPrefix(v.path, "oauth."):
			oauth = nil
			if !haveToken {
				told = append(told, fmt.Sprintf("%s (for %s, line %d)", v.name, v.path, v.at.line))
			}
		case v.path != "baseUrl" && !j.givenElsewhere(v.path):
			told = append(told, fmt.Sprintf("%s (for %s, line %d)", v.name, v.path, v.at.line))
		}
	}
	if len(told) > 0 && !j.flags.quiet {
		j.streams.note("%s: not set in the environment, so without a value: %s", c.file, strings.Join(told, ", "))
	}
	return oauth, nil
}

// givenElsewhere reports whether a flag or the environment gives a connection value by its own name.
func (j *job) givenElsewhere(path string) bool {
	name, ok := strings.CutPrefix(path, "connection.")
	return ok && (j.connectionValue(name) != "" || slices.ContainsFunc(j.flags.live.connection, func(text string) bool { return strings.HasPrefix(text, name+"=") }))
}

// lacks is the error of a value whose variable is not set.
func (c *config) lacks(v named, otherwise string) error {
	return &configError{file: c.file, at: v.at, text: fmt.Sprintf("%s needs the environment variable %s, which is not set: set it, %s", v.path, v.name, otherwise)}
}

// namesOperations refuses operations that the definition does not have.
func (c *config) namesOperations(def *connector.Definition) error {
	for _, id := range slices.Sorted(maps.Keys(c.Operations)) {
		if err := c.namesOperation(def, "operations."+id, id); err != nil {
			return err
		}
		for _, need := range c.Operations[id].Needs {
			if err := c.namesOperation(def, "operations."+id+".needs", need); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Triggers)) {
		if err := c.namesOperation(def, "triggers."+id, id); err != nil {
			return err
		}
		if fire := c.Triggers[id].Fire; fire != "" {
			if err := c.namesOperation(def, "triggers."+id+".fire", fire); err != nil {
				return err
			}
		}
	}
	return nil
}

// namesOperation refuses one; path is that of the key.
func (c *config) namesOperation(def *connector.Definition, path, id string) error {
	names := operationNames(def)
	if slices.Contains(names, id) {
		return nil
	}
	hint := ": name one by its operationId, as the definition writes it"
	if near := nearestOperation(id, names); near != "" {
		hint = ": did you mean " + near + "?"
	}
	return &configError{file: c.file, at: c.keys[path], text: fmt.Sprintf("the definition has no operation %q%s", id, hint)}
}

// operationNames are the operationIds, or method and path of what has none.
func operationNames(def *connector.Definition) []string {
	out := make([]string, 0, len(def.Operations))
	for _, op := range def.Operations {
		out = append(out, firstOf(op.ID, op.Method+" "+op.Path))
	}
	return out
}

// nearestOperation is the operation that was probably meant: one that is written
// nearly so, else the only one that holds the word.
func nearestOperation(id string, names []string) string {
	if near := rules.Nearest(id, names); near != "" {
		return near
	}
	holding := ""
	for _, name := range names {
		if id != "" && strings.Contains(strings.ToLower(name), strings.ToLower(id)) {
			if holding != "" {
				return ""
			}
			holding = name
		}
	}
	return holding
}
