package changes

import (
	"encoding/json"
	"slices"
)

// bodies are the body schemas of a flattened operation, by value path.
func bodies(_ *sample, op operation) map[string]object {
	out := map[string]object{}
	list, _ := op.node["parameters"].([]any)
	for _, p := range list {
		o, _ := p.(object)
		if schema := sub(o, "schema"); text(o, "in") == "body" && schema != nil && schema["$ref"] == nil {
			out["parameter/"+text(o, "name")+"/schema"] = schema
		}
	}
	return out
}

// answers are the schemas of 200 and 201, and of a notification, by value path.
func answers(_ *sample, op operation) map[string]object {
	out := map[string]object{}
	for _, code := range []string{"200", "201"} {
		if schema := sub(sub(sub(op.node, "responses"), code), "schema"); schema != nil && schema["$ref"] == nil {
			out["responses/"+code+"/schema"] = schema
		}
	}
	return out
}

func notifications(_ *sample, op operation) map[string]object {
	schema := sub(sub(op.item, "x-ms-notification-content"), "schema")
	if schema == nil || schema["$ref"] != nil || op.node["x-ms-trigger"] == nil {
		return nil
	}
	return map[string]object{"responses/x-ms-notification-content/schema": schema}
}

func whole(object) bool { return true }

func plainText(f object) bool {
	return text(f, "type") == "string" && !isHidden(f)
}

func deleteField(f fieldAt) { delete(sub(f.parent, "properties"), f.name) }

func setField(name string, value any) func(fieldAt) {
	return func(f fieldAt) { f.node()[name] = value }
}

func dropMember(name string) func(fieldAt) {
	return func(f fieldAt) { delete(f.node(), name) }
}

func hasFields(f object) bool { return sub(f, "properties") != nil }

func addField(f fieldAt) { sub(f.node(), "properties")["precert"] = object{"type": "string"} }

func lookedUp(f fieldAt) {
	dropMember("x-ms-dynamic-schema")(f)
	setField("x-ms-dynamic-properties", object{"operationId": "X"})(f)
}

// requires puts a field on the list of required ones, or takes it off.
func requires(f fieldAt, on bool) {
	list, _ := f.parent["required"].([]any)
	list = slices.DeleteFunc(slices.Clone(list), func(v any) bool { return v == f.name })
	if on {
		list = append(list, f.name)
	}
	f.parent["required"] = list
}

func required(on bool) func(fieldAt) { return func(f fieldAt) { requires(f, on) } }

func bodyEdits() []edit {
	values := []any{"a", "b"}
	return []edit{
		onField("delete an input field", bodies, whole, nil, deleteField, "InputFieldDeleted "),
		onField("require an input field", bodies, whole, required(false), required(true), "InputFieldMadeRequired "),
		onField("relax an input field", bodies, whole, required(true), required(false), "InputMadeOptional "),
		onField("change the type of an input field", bodies, plainText, nil, setField("type", "boolean"), "InputFieldTypeChanged /type"),
		onField("change the format of an input field", bodies, plainText, setField("format", "date"), setField("format", "byte"), "InputFieldFormatChanged /format"),
		onField("hide an input field", bodies, func(f object) bool { return !isHidden(f) }, nil, setField("x-ms-visibility", "internal"), "InputFieldVisibilityChangedToInternal /x-ms-visibility"),
		onField("show an input field", bodies, whole, setField("x-ms-visibility", "internal"), dropMember("x-ms-visibility"), "FieldShown /x-ms-visibility"),
		onField("list the values of an input field", bodies, plainText, dropMember("enum"), setField("enum", values), "InputEnumListAdded /enum"),
		onField("drop a value of an input field", bodies, plainText, setField("enum", values), setField("enum", values[:1]), "InputEnumValueRemoved /enum"),
		onField("add an input field", bodies, hasFields, nil, addField, "InputFieldAdded /precert"),
		onField("add a required input field", bodies, hasFields, nil, func(f fieldAt) {
			addField(f)
			requires(fieldAt{parent: f.node(), name: "precert"}, true)
		}, "RequiredInputFieldAdded /precert"),
		onField("look up no fields any more", bodies, whole, lookedUp, dropMember("x-ms-dynamic-properties"), "DynamicSchemaRemoved /x-ms-dynamic-properties"),
		onField("look up fields elsewhere", bodies, whole, lookedUp, setField("x-ms-dynamic-properties", object{"operationId": "Y"}), "DynamicSchemaChanged /x-ms-dynamic-properties"),
		onField("bound an input field", bodies, plainText, setField("minLength", json.Number("1")), setField("minLength", json.Number("8")), "InputConstraintTightened /minLength"),
	}
}

func outputEdits() []edit {
	values := []any{"a", "b"}
	number := func(f object) bool { return text(f, "type") == "integer" }
	edits := []edit{
		onField("delete an output field", answers, whole, nil, deleteField, "OutputFieldDeleted "),
		onField("delete a notification field", notifications, whole, nil, deleteField, "OutputFieldDeleted "),
		onField("add an output field", answers, hasFields, nil, addField, "OutputFieldAdded /precert"),
		onField("change the type of an output field", answers, plainText, nil, setField("type", "number"), "OutputFieldTypeChanged /type"),
		onField("change the type of a notification field", notifications, plainText, nil, setField("type", "number"), "OutputFieldTypeChanged /type"),
		onField("leave the type of an output field open", answers, plainText, nil, dropMember("type"), "OutputFieldTypeChanged /type"),
		onField("make an object an array", answers, hasFields, nil, setField("type", "array"), "OutputFieldTypeChanged /type"),
		onField("leave the format of an output field open", answers, number, setField("format", "int32"), dropMember("format"), "OutputFieldFormatChanged /format"),
		onField("change the format of an output field", answers, number, setField("format", "int32"), setField("format", "int64"), "OutputFieldFormatChanged /format"),
		onField("give an output field a format", answers, plainText, dropMember("format"), setField("format", "date-time"), "OutputFieldFormatChanged /format"),
		onField("open the list of an output field", answers, plainText, setField("enum", values), dropMember("enum"), "OutputEnumListRemoved /enum"),
		onField("list the values of an output field", answers, plainText, dropMember("enum"), setField("enum", values), "OutputEnumListAdded /enum"),
		onField("add a value of an output field", answers, plainText, setField("enum", values[:1]), setField("enum", values), "OutputEnumValueAdded /enum"),
		onField("drop a value of an output field", answers, plainText, setField("enum", values), setField("enum", values[1:]), "OutputEnumValueRemoved /enum"),
		onField("hide an output field", answers, func(f object) bool { return !isHidden(f) }, nil, setField("x-ms-visibility", "internal"), "OutputFieldVisibilityChangedToInternal /x-ms-visibility"),
	}
	only200 := func(op operation) bool {
		responses := sub(op.node, "responses")
		return len(responses) == 1 && sub(sub(responses, "200"), "schema") != nil
	}
	return append(edits,
		onOperation("drop the schema of a response", only200, func(_ *sample, op operation) string {
			delete(sub(sub(op.node, "responses"), "200"), "schema")
			return "OutputFieldDeleted operation/" + op.id + "/responses/200/schema"
		}),
		onOperation("drop a response", only200, func(_ *sample, op operation) string {
			delete(sub(op.node, "responses"), "200")
			return "ResponseDeleted operation/" + op.id + "/responses/200"
		}),
		onOperation("answer with another code", only200, func(_ *sample, op operation) string {
			responses := sub(op.node, "responses")
			responses["201"] = responses["200"]
			delete(responses, "200")
			return "ResponseCodeChanged operation/" + op.id + "/responses/200"
		}),
		onOperation("answer with one more code", only200, func(_ *sample, op operation) string {
			sub(op.node, "responses")["201"] = object{"description": "Made", "schema": object{"type": "object"}}
			return "ResponseAdded operation/" + op.id + "/responses/201"
		}),
	)
}
