package rules

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

// schemaBase is where the schemas find each other; nothing is loaded from there.
const schemaBase = "https://precert.invalid/"

// propertiesSchema is one of the schemas of apiProperties.json, compiled, and
// the document it was compiled from, which says how violations are reported.
type propertiesSchema struct {
	compiled *jsonschema.Schema
	source   map[string]any
}

// The schemas are compiled when they are first needed: that takes longer than
// all rules together, and most connectors have no policy.
var (
	propertiesFile = sync.OnceValue(func() *propertiesSchema { return compileSchema("apiProperties.schema.json") })
	policyFile     = sync.OnceValue(func() *propertiesSchema { return compileSchema("policies.schema.json") })
)

// compileSchema panics only when an embedded file is broken, which the tests rule out.
func compileSchema(name string) *propertiesSchema {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	text, err := schemaFiles.ReadFile("schemas/" + name)
	if err == nil {
		err = compiler.AddResource(schemaBase+name, bytes.NewReader(text))
	}
	var document any
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		panic(fmt.Errorf("schema %s: %w", name, err))
	}
	return &propertiesSchema{compiled: compiler.MustCompile(schemaBase + name), source: map[string]any{schemaBase + name: document}}
}

// violation is one place of apiProperties.json that the schema refuses.
type violation struct {
	rule     string
	severity finding.Severity
	at       *connector.Node
	message  string
	hint     Option
	// member is the name of a member that is missing, "" when something is there.
	member string
	// unknown says that nothing is known by the name of the member at the place.
	unknown bool
}

// propertyViolations validates apiProperties.json once for all rules.
func propertyViolations(p *Pass) []violation {
	return Shared(p, "property violations", func() []violation {
		if p.Package.Properties.Root == nil {
			return nil
		}
		v := validation{places: map[string]*connector.Node{}}
		root := p.Package.Properties.Root
		v.validate(propertiesFile(), v.instance(root, ""), "")
		for item := range root.At("properties", "policyTemplateInstances").Items {
			pointer := item.Pointer()
			v.validate(policyFile(), v.instance(item, pointer), pointer)
		}
		// The validator goes through members in no fixed order.
		slices.SortStableFunc(v.found, func(a, b violation) int {
			first, _ := a.at.Span()
			second, _ := b.at.Span()
			return cmp.Or(cmp.Compare(first, second), cmp.Compare(a.message, b.message))
		})
		return gathered(describedInSchema(withoutUntyped(misspelt(v.found))))
	})
}

// misspelt makes one finding of a member that is missing and an unknown one
// beside it with nearly the same name: both have one cause, and one mend.
func misspelt(found []violation) []violation {
	dropped := map[int]bool{}
	for i := range found {
		missing := &found[i]
		if missing.member == "" {
			continue
		}
		for j := range found {
			other := &found[j]
			if other.unknown && !dropped[j] && other.at.Parent() == missing.at.Parent() && other.at.Parent() != nil && strings.EqualFold(other.at.Key(), missing.member) {
				missing.message = fmt.Sprintf("%s stands outside of %s.", quote(missing.member), quote(missing.at.Key()))
				missing.hint = Hint("Move it into %s.", quote(missing.at.Key()))
				missing.at, missing.member = other.at, ""
				dropped[j] = true
				break
			}
			if !other.unknown || dropped[j] || other.at.Parent() != missing.at {
				continue
			}
			if missing.member == "properties" && missing.at.Parent() == nil {
				dropped[j] = true // what belongs in there stands beside
				continue
			}
			if bare(missing.member) != missing.member && strings.EqualFold(other.at.Key(), bare(missing.member)) {
				missing.message = fmt.Sprintf("%s lacks the prefix %s before its name.", capital(subjectOf(other.at)), policyParameter)
				missing.hint = Hint("Write %s.", quote(missing.member))
				missing.at, missing.member = other.at, ""
				dropped[j] = true
				break
			}
			if Nearest(other.at.Key(), []string{missing.member}) == "" {
				continue
			}
			missing.message = strings.TrimSuffix(missing.message, ".") + ", but " + quote(bare(other.at.Key())) + "."
			missing.hint = Hint("Did you mean %s?", quote(bare(missing.member)))
			missing.at, missing.member = other.at, ""
			dropped[j] = true
			break
		}
	}
	kept := found[:0]
	for i, v := range found {
		if !dropped[i] {
			kept = append(kept, v)
		}
	}
	return kept
}

// withoutUntyped drops that a sign-in by OAuth has no texts, when its type is
// missing or misspelt: with the right one it needs none.
func withoutUntyped(found []violation) []violation {
	untyped := map[*connector.Node]bool{}
	for _, v := range found {
		if v.rule == "ConnectionParameterTypeNotValid" {
			untyped[v.at], untyped[v.at.Parent()] = true, true
		}
	}
	return slices.DeleteFunc(found, func(v violation) bool {
		return v.rule == "ConnectionParameterTextMissing" && v.member == "uiDefinition" && untyped[v.at] && v.at.GetFold("oAuthSettings").Exists()
	})
}

// describedInSchema drops that a parameter of a set has no description, when
// its schema has one: that is where the designer takes it from there.
func describedInSchema(found []violation) []violation {
	return slices.DeleteFunc(found, func(v violation) bool {
		owner, _ := ownerOf(v.at)
		return v.rule == "ConnectionParameterTextMissing" && v.member == "description" && ownedBySet(owner.Parent()) &&
			strings.TrimSpace(v.at.At("schema", "description").String()) != ""
	})
}

// gathered makes one finding of the custom parameters that one sign-in lacks.
func gathered(found []violation) []violation {
	var kept []violation
	lacks := map[int][]string{}
	for _, v := range found {
		i := slices.IndexFunc(kept, func(first violation) bool {
			return first.rule == v.rule && first.at == v.at && first.severity == v.severity && first.member != "" && v.member != ""
		})
		if v.rule != "OAuthParameterMissing" || i < 0 {
			i = len(kept)
			kept = append(kept, v)
		}
		lacks[i] = append(lacks[i], v.member)
	}
	for i, names := range lacks {
		if len(names) > 1 {
			kept[i].message = capital(subjectOf(kept[i].at)) + " has no " + orNames(names) + "."
		}
	}
	return kept
}

// refused reports what the schema refuses under the rule's name.
func refused(p *Pass) { refusedWith(p) }

// refusedWith does so with options that override the schema's.
func refusedWith(p *Pass, options ...Option) {
	for _, v := range propertyViolations(p) {
		if v.rule != p.rule.Name || lostInExport(p, v.member) {
			continue
		}
		var all []Option
		if v.severity != finding.Off {
			all = append(all, As(v.severity))
		}
		if v.hint != nil {
			all = append(all, v.hint)
		}
		if v.member != "" {
			all = append(all, Member(v.member))
		}
		p.Report(v.at, v.message, append(all, options...)...)
	}
}

// lostInExport reports whether an export cannot hold a member of
// "properties": who publishes the connector, which Partner Center knows, and
// its colour when customizations.xml cannot tell.
func lostInExport(p *Pass, member string) bool {
	export := p.Package.Export
	return export != nil && (member == "publisher" || member == "stackOwner" || member == "iconBrandColor" && export.Node == nil)
}

// validation turns what the validator says into violations.
type validation struct {
	schema *propertiesSchema
	// under is the pointer of the value that is validated.
	under string
	// places are the values by the pointers that the validator prints.
	places map[string]*connector.Node
	found  []violation
}

// validate keeps what a schema refuses of the value at a pointer.
func (v *validation) validate(schema *propertiesSchema, instance any, under string) {
	v.schema, v.under = schema, under
	var refusal *jsonschema.ValidationError
	if errors.As(schema.compiled.Validate(instance), &refusal) {
		v.collect(refusal)
	}
}

// instance makes the value that is validated: what the platform compares
// without case is written in one way.
func (v *validation) instance(n *connector.Node, pointer string) any {
	v.places[pointer] = n
	switch n.Kind() {
	case connector.Object:
		out := make(map[string]any, n.Len())
		for member := range n.Members {
			name := canonicalName(member)
			out[name] = v.instance(member, pointer+"/"+url.PathEscape(connector.EscapeToken(name)))
		}
		return out
	case connector.Array:
		out := make([]any, 0, n.Len())
		for item := range n.Items {
			out = append(out, v.instance(item, pointer+"/"+strconv.Itoa(len(out))))
		}
		return out
	case connector.Number:
		return json.Number(n.Text())
	case connector.Bool:
		return n.Bool()
	case connector.String:
		switch n.Key() {
		case "templateId", "identityProvider":
			return strings.ToLower(n.Text())
		}
		if n.Parent().Key() == "capabilities" {
			return strings.ToLower(n.Text())
		}
		return n.Text()
	default:
		return nil
	}
}

// canonicalName writes a member's name as the schema does.
func canonicalName(member *connector.Node) string {
	name := member.Key()
	switch {
	case strings.EqualFold(name, "oAuthSettings"):
		return "oAuthSettings"
	case member.Parent().Key() == "customParameters" && name != "":
		return strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

// collect keeps the innermost causes: the others only say that there are some.
func (v *validation) collect(err *jsonschema.ValidationError) {
	if len(err.Causes) > 0 {
		for _, cause := range err.Causes {
			v.collect(cause)
		}
		return
	}
	at := v.places[v.under+err.InstanceLocation]
	document, pointer, _ := strings.Cut(err.AbsoluteKeywordLocation, "#")
	note := v.schema.note(document, pointer)
	if note.keyword != "required" {
		message, hint := note.explain(at)
		v.found = append(v.found, violation{rule: note.rule, severity: note.severity, at: at, message: message, hint: hint, unknown: note.keyword == "not"})
		return
	}
	for _, name := range note.names() {
		if !hasFold(at, name) {
			v.found = append(v.found, violation{
				rule: note.rule, severity: note.severity, at: at, member: name,
				message: capital(subjectOf(at)) + " has no " + quote(bare(name)) + ".",
			})
		}
	}
}

// hasFold reports whether an object has a member of this name in another
// case: that it is written so is reported, and it is not missing.
func hasFold(n *connector.Node, name string) bool {
	return n.GetFold(name).Exists()
}
