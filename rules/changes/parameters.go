package changes

import (
	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// parameters compares the effective parameters of an operation by name: a flow
// keeps its inputs under the names, those of a body under the body parameter's.
func (c *comparer) parameters(old, updated *connector.Operation, here *place) {
	pairs, added := matchParameters(old, updated)
	for _, p := range pairs {
		there := here.to("parameter", p.old.Name)
		if p.updated == nil {
			c.deletedParameter(p.old, renamedTo(p.old, old, updated, added), there)
			continue
		}
		c.changedParameter(p.old, p.updated, there)
	}
	for _, p := range added {
		there := here.to("parameter", p.Name)
		if mustBeGiven(p) {
			c.report(requiredParameterAdded, there, "The required %s parameter %s is new; flows that exist do not send it.", p.In, show(p.Name))
			continue
		}
		c.report(parameterAdded, there, "The optional %s parameter %s is new.", p.In, show(p.Name))
	}
}

type parameterPair struct{ old, updated *connector.Parameter }

// matchParameters pairs parameters of the same name and location, then those
// of the same name. Parameters behind a broken reference have no name and are left out.
func matchParameters(old, updated *connector.Operation) (pairs []parameterPair, added []*connector.Parameter) {
	taken := map[*connector.Parameter]bool{}
	pick := func(p *connector.Parameter, sameLocation bool) *connector.Parameter {
		for _, other := range updated.Parameters {
			if !taken[other] && other.Name == p.Name && (!sameLocation || other.In == p.In) {
				taken[other] = true
				return other
			}
		}
		return nil
	}
	for _, p := range old.Parameters {
		if p.Name != "" {
			pairs = append(pairs, parameterPair{p, pick(p, true)})
		}
	}
	for i := range pairs {
		if pairs[i].updated == nil {
			pairs[i].updated = pick(pairs[i].old, false)
		}
	}
	for _, p := range updated.Parameters {
		if p.Name != "" && !taken[p] {
			added = append(added, p)
		}
	}
	return pairs, added
}

// renamedTo names the new parameter that stands where a deleted one stood: the
// body, or the same placeholder of the path; "" when there is none.
func renamedTo(p *connector.Parameter, old, updated *connector.Operation, added []*connector.Parameter) string {
	was, is := placeholders(old.Path), placeholders(updated.Path)
	for _, candidate := range added {
		if candidate.In != p.In {
			continue
		}
		if p.In == "body" {
			return candidate.Name
		}
		for i := range min(len(was), len(is)) {
			if p.In == "path" && was[i] == p.Name && is[i] == candidate.Name {
				return candidate.Name
			}
		}
	}
	return ""
}

func (c *comparer) deletedParameter(p *connector.Parameter, partner string, there *place) {
	severity := parameterDeleted.severity
	if p.Internal() {
		severity = finding.Warning
	}
	if partner != "" {
		c.reportAs(severity, parameterDeleted, there, "The %s parameter %s is gone, it was probably renamed to %s; flows go on sending the old name.", p.In, show(p.Name), show(partner))
		return
	}
	c.reportAs(severity, parameterDeleted, there, "The %s parameter %s is gone; flows go on sending it.", p.In, show(p.Name))
}

func (c *comparer) changedParameter(old, updated *connector.Parameter, there *place) {
	if old.In != updated.In {
		c.report(parameterLocationChanged, there, "The parameter was sent in %s and is expected in %s now.", whereabouts(old.In), whereabouts(updated.In))
	}
	c.required(mustBeGiven(old), mustBeGiven(updated), parameterMadeRequired, there, old.Name)
	if was, is := encoding(old), encoding(updated); was != is && old.In == updated.In {
		c.report(parameterEncodingChanged, there.to("x-ms-url-encoding"), "The value was encoded %s and is encoded %s now.", was, is)
	}
	if was, is := collection(old), collection(updated); was != is && old.In == updated.In {
		c.report(collectionFormatChanged, there.to("collectionFormat"), "Several values were joined as %s and are joined as %s now.", was, is)
	}
	if old.In != "body" && updated.In != "body" {
		c.schema(old.Node, updated.Node, true, there)
		return
	}
	c.hidden(old.Internal(), updated.Internal(), true, there)
	if old.In == updated.In {
		c.schema(old.Schema(), updated.Schema(), true, there.to("schema"))
	}
}

// mustBeGiven reports whether a parameter is required: those of the path are,
// whether they say so or not.
func mustBeGiven(p *connector.Parameter) bool { return p.Required || p.In == "path" }

// whereabouts names a location in a sentence.
func whereabouts(in string) string {
	switch in {
	case "query":
		return "the query string"
	case "header":
		return "a header"
	case "path":
		return "the path"
	case "body":
		return "the body"
	case "formData":
		return "a form field"
	}
	return "an unknown place"
}

// encoding is how the platform encodes a path parameter: once, unless the definition says twice.
func encoding(p *connector.Parameter) string {
	if p.In == "path" && p.Node.Get("x-ms-url-encoding").String() == "double" {
		return "twice"
	}
	return "once"
}

// collection is how the values of an array are joined, csv unless the definition says otherwise.
func collection(p *connector.Parameter) string {
	if p.Node.Get("type").String() != "array" {
		return ""
	}
	if format := p.Node.Get("collectionFormat").String(); format != "" {
		return format
	}
	return "csv"
}
