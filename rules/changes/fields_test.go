package changes

import (
	"encoding/json"
	"slices"
	"strings"
)

// onParameter edits one parameter of the kind that keep accepts, in both
// versions: prepare may give the old one what the edit needs.
func onParameter(name string, keep func(object) bool, prepare func(p object), change func(p object), want string) edit {
	return edit{name, func(old, updated *sample) (string, bool) {
		has := func(s *sample) func(operation) bool {
			return func(op operation) bool { return slices.ContainsFunc(parametersOf(s, op), keep) }
		}
		path := ""
		for _, s := range []*sample{old, updated} {
			op, ok := s.pick(has(old))
			if !ok {
				return "", false
			}
			s.flatten(op)
			for _, p := range op.node["parameters"].([]any) {
				if o := p.(object); keep(o) {
					if prepare != nil {
						prepare(o)
					}
					if s == updated {
						change(o)
					}
					path = "operation/" + op.id + "/parameter/" + text(o, "name")
					break
				}
			}
		}
		kind, tail, _ := strings.Cut(want, " ")
		return kind + " " + path + tail, true
	}}
}

func parameterEdits() []edit {
	in := func(places ...string) func(object) bool {
		return func(p object) bool { return slices.Contains(places, text(p, "in")) }
	}
	simple := func(p object) bool { return in("query", "header")(p) && text(p, "type") == "string" && !isHidden(p) }
	inPath := in("path")
	set := func(name string, value any) func(object) {
		return func(p object) { p[name] = value }
	}
	listed := func(p object) { p["enum"] = []any{"a", "b", json.Number("3"), ""} }
	return []edit{
		onParameter("require a parameter", simple, set("required", false), set("required", true), "ParameterMadeRequired "),
		onParameter("relax a parameter", simple, set("required", true), set("required", false), "InputMadeOptional "),
		onParameter("send a parameter elsewhere", in("query"), nil, set("in", "header"), "ParameterLocationChanged "),
		onParameter("change the type of a parameter", simple, nil, set("type", "integer"), "InputFieldTypeChanged /type"),
		onParameter("change the format of a parameter", simple, set("format", "date"), set("format", "date-time"), "InputFieldFormatChanged /format"),
		onParameter("hide a parameter", simple, nil, set("x-ms-visibility", "internal"), "InputFieldVisibilityChangedToInternal /x-ms-visibility"),
		onParameter("list the values of a parameter", simple, func(p object) { delete(p, "enum") }, listed, "InputEnumListAdded /enum"),
		onParameter("drop a value of a parameter", simple, listed, set("enum", []any{"a", "b", json.Number("3")}), "InputEnumValueRemoved /enum"),
		onParameter("add a value of a parameter", simple, listed, set("enum", []any{"", "c", "a", "b", json.Number("3")}), "InputEnumValueAdded /enum"),
		onParameter("open the list of a parameter", simple, listed, func(p object) { delete(p, "enum") }, "InputEnumListRemoved /enum"),
		onParameter("encode a parameter twice", inPath, set("x-ms-url-encoding", "single"), set("x-ms-url-encoding", "double"), "ParameterEncodingChanged /x-ms-url-encoding"),
		onParameter("shorten a parameter", simple, set("maxLength", 90), set("maxLength", 20), "InputConstraintTightened /maxLength"),
		onParameter("change a default", simple, set("default", "x"), set("default", "y"), "InputDefaultChanged /default"),
		onParameter("remove the picker of a parameter", simple, func(p object) {
			delete(p, "x-ms-dynamic-list")
			delete(p, "x-ms-dynamic-tree")
			p["x-ms-dynamic-values"] = object{"operationId": "X"}
		}, func(p object) { delete(p, "x-ms-dynamic-values") }, "DynamicValuesRemoved /x-ms-dynamic-values"),
		changeParameters("delete a parameter", func(list []any) ([]any, string) {
			i := slices.IndexFunc(list, func(p any) bool { return simple(p.(object)) })
			if i < 0 {
				return nil, ""
			}
			return slices.Delete(slices.Clone(list), i, i+1), "ParameterDeleted " + text(list[i].(object), "name")
		}),
		changeParameters("add a required parameter", func(list []any) ([]any, string) {
			return append(list, object{"name": "precert", "in": "query", "type": "string", "required": true}), "RequiredParameterAdded precert"
		}),
		changeParameters("add a hidden required parameter", func(list []any) ([]any, string) {
			return append(list, object{"name": "precert", "in": "query", "type": "string", "required": true, "x-ms-visibility": "internal", "default": "a"}), "RequiredParameterAdded precert"
		}),
		changeParameters("add a parameter", func(list []any) ([]any, string) {
			return append(list, object{"name": "precert", "in": "query", "type": "string"}), "ParameterAdded precert"
		}),
	}
}

// changeParameters edits the list of an operation's parameters.
func changeParameters(name string, change func(list []any) ([]any, string)) edit {
	return edit{name, func(_, updated *sample) (string, bool) {
		op, ok := updated.pick(func(op operation) bool { return len(parametersOf(updated, op)) > 0 })
		if !ok {
			return "", false
		}
		updated.flatten(op)
		list, want := change(op.node["parameters"].([]any))
		if want == "" {
			return "", false
		}
		op.node["parameters"] = list
		kind, parameter, _ := strings.Cut(want, " ")
		return kind + " operation/" + op.id + "/parameter/" + parameter, true
	}}
}

// fieldAt is a field of an object schema within an operation.
type fieldAt struct {
	parent object
	name   string
	path   string
}

func (f fieldAt) node() object { return sub(sub(f.parent, "properties"), f.name) }

// fieldsOf lists the fields below an inlined schema that keep accepts.
func fieldsOf(schema object, path string, keep func(object) bool) []fieldAt {
	var out []fieldAt
	properties := sub(schema, "properties")
	for _, name := range sortedKeys(properties) {
		field := sub(properties, name)
		if field == nil || field["$ref"] != nil || field["allOf"] != nil {
			continue
		}
		if keep(field) {
			out = append(out, fieldAt{schema, name, path + "/" + name})
		}
		out = append(out, fieldsOf(field, path+"/"+name, keep)...)
	}
	if items := sub(schema, "items"); items != nil && schema["allOf"] == nil {
		out = append(out, fieldsOf(items, path+"/items", keep)...)
	}
	return out
}

// onField edits one field below the schemas that roots yields, at any depth.
func onField(name string, roots func(s *sample, op operation) map[string]object, keep func(object) bool,
	prepare func(f fieldAt), change func(f fieldAt), want string,
) edit {
	return edit{name, func(old, updated *sample) (string, bool) {
		fields := func(s *sample, op operation) []fieldAt {
			var out []fieldAt
			schemas := roots(s, op)
			paths := make([]string, 0, len(schemas))
			for path := range schemas {
				paths = append(paths, path)
			}
			slices.Sort(paths)
			for _, path := range paths {
				if schemas[path]["allOf"] == nil {
					out = append(out, fieldsOf(schemas[path], path, keep)...)
				}
			}
			return out
		}
		candidates := old.flat.operations(func(op operation) bool { return len(fields(old.flat, op)) > 0 })
		if len(candidates) == 0 {
			return "", false
		}
		candidate := candidates[old.step%len(candidates)]
		var chosen fieldAt
		for _, s := range []*sample{old, updated} {
			op, _ := s.pick(func(op operation) bool { return op.id == candidate.id })
			s.flatten(op)
			found := fields(s, op)
			chosen = found[s.step%len(found)]
			if prepare != nil {
				prepare(chosen)
			}
		}
		change(chosen)
		kind, tail, _ := strings.Cut(want, " ")
		return kind + " operation/" + candidate.id + "/" + chosen.path + tail, true
	}}
}
