package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner"
)

// parameter is one value that makers give when they connect.
type parameter struct {
	name string
	// nodes are its declarations in apiProperties.json, none for one that only the definition asks for.
	nodes []*connector.Node
	// sets are the ways to sign in that ask for it, none when there is but one way.
	sets []string
}

// parameters are the connection values in the order of the files, those
// included that only serve to get a token.
func (s *starter) parameters() []parameter {
	var out []parameter
	add := func(name string, node *connector.Node, set string) {
		at := slices.IndexFunc(out, func(p parameter) bool { return p.name == name })
		if at < 0 {
			out = append(out, parameter{name: name})
			at = len(out) - 1
		}
		if node != nil {
			out[at].nodes = append(out[at].nodes, node)
		}
		if set != "" {
			out[at].sets = append(out[at].sets, set)
		}
	}
	properties := s.pkg.Properties.Root.Get("properties")
	for p := range properties.Get("connectionParameters").Members {
		add(p.Key(), p, "")
	}
	for set := range properties.At("connectionParameterSets", "values").Items {
		for p := range set.Get("parameters").Members {
			add(p.Key(), p, set.Get("name").String())
		}
	}
	for _, c := range s.survey.Credentials {
		for _, name := range c.Names {
			if !slices.ContainsFunc(out, func(p parameter) bool { return sameName(p.name, name) }) {
				add(name, nil, "")
			}
		}
	}
	return out
}

// signsIn reports whether a parameter is the token itself, or only helps to get
// it: token:clientId and the like, unless a policy asks for it.
func (s *starter) signsIn(p parameter) bool {
	if p.isToken() {
		return true
	}
	used := slices.ContainsFunc(s.survey.Uses, func(use runner.Use) bool { return strings.EqualFold(use.Connection, p.name) })
	token, _, helps := strings.Cut(p.name, ":")
	helps = helps && slices.ContainsFunc(s.parameters(), func(other parameter) bool { return other.name == token && other.isToken() })
	return helps && !used
}

func (p parameter) isToken() bool {
	return slices.ContainsFunc(p.nodes, func(n *connector.Node) bool { return strings.EqualFold(n.Get("type").String(), "oauthSetting") })
}

// connection writes the connection values, each as an environment variable.
func (s *starter) connection() {
	sets := runner.ConnectionSets(s.pkg)
	if len(sets) > 0 {
		s.line("# There are several ways to sign in. Without this key precert takes the one whose values are all given.")
		s.remarked("# connectionSet: "+key(sets[0]), strings.Join(sets, " | "))
		s.blank()
	}
	var given []parameter
	for _, p := range s.parameters() {
		if !s.signsIn(p) {
			given = append(given, p)
		}
	}
	if len(given) == 0 {
		return
	}
	s.line("# The values of the connection, and where they go. They come from the environment, so that this file")
	s.line("# holds no secret; a variable that is not set counts as no value.")
	s.line("connection:")
	for _, p := range given {
		s.remarked(fmt.Sprintf("  %s: %s", key(p.name), s.reference(p.name)), s.about(p, len(sets)))
	}
	s.blank()
}

// reference names the environment variable of a connection value.
func (s *starter) reference(name string) string { return "${" + connectionVariable(name) + "}" }

// about says where a connection value goes, which values there are, and who asks for it.
func (s *starter) about(p parameter, sets int) string {
	var parts []string
	say := func(text string) {
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	for _, c := range s.survey.Credentials {
		if slices.ContainsFunc(c.Names, func(name string) bool { return sameName(name, p.name) }) {
			say(s.goes(c))
		}
	}
	for _, use := range s.survey.Uses {
		if strings.EqualFold(use.Connection, p.name) {
			say(cmp.Or(use.Target, "policy "+use.Policy))
		}
	}
	if len(parts) == 0 {
		say("nothing in the connector uses it")
	}
	text := strings.Join(parts, ", ")
	var choices []string
	optional := false
	for _, n := range p.nodes {
		constraints := n.At("uiDefinition", "constraints")
		optional = optional || strings.EqualFold(constraints.Get("required").Text(), "false")
		for choice := range constraints.Get("allowedValues").Items {
			if value := choice.Get("value").Text(); value != "" && !slices.Contains(choices, value) {
				choices = append(choices, value)
			}
		}
	}
	if len(choices) > 0 {
		text += "; one of " + few(choices)
	}
	if optional {
		text += "; optional"
	}
	if len(p.sets) > 0 && len(p.sets) < sets {
		text += "; for " + few(p.sets)
	}
	return text
}

// goes says where the request carries a credential.
func (s *starter) goes(c runner.Credential) string {
	switch {
	case c.Kind == "basic":
		return "basic sign-in"
	case c.In == "query":
		return "query parameter " + c.Key
	case strings.EqualFold(c.Key, "Authorization") && s.asItIs():
		return "header Authorization (as it is: with its prefix, such as Bearer)"
	}
	return "header " + c.Key
}

// asItIs reports whether nothing but the platform touches the Authorization header.
func (s *starter) asItIs() bool {
	return s.pkg.File(connector.RoleScript) == nil && !slices.ContainsFunc(s.survey.Uses, func(use runner.Use) bool {
		return strings.EqualFold(use.Target, "header Authorization")
	})
}
