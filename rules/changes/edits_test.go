package changes

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// edit changes a connector in one way. Its apply gets both versions, equal at
// first, and returns what must be reported, or false when the connector has
// nothing to which the edit applies.
type edit struct {
	name  string
	apply func(old, updated *sample) (string, bool)
}

// Over many real connectors every kind of edit is found at its place, and
// nothing else is reported.
func TestEveryEditIsFound(t *testing.T) {
	edits := slices.Concat(operationEdits(), parameterEdits(), bodyEdits(), outputEdits(), connectionEdits())
	assert.GreaterOrEqual(t, len(edits), 30)
	connectors := samples(t, 40)
	applied := make([][]bool, len(connectors))
	t.Run("samples", func(t *testing.T) {
		for n, s := range connectors {
			applied[n] = make([]bool, len(edits))
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				for i, e := range edits {
					applied[n][i] = madeAndFound(t, s, i, e)
				}
			})
		}
	})
	total := 0
	for i, e := range edits {
		count := 0
		for _, sample := range applied {
			if sample[i] {
				count++
			}
		}
		assert.Positive(t, count, "%s applies to no sample", e.name)
		total += count
	}
	t.Logf("%d kinds of edits, %d edits found", len(edits), total)
}

// madeAndFound makes the i-th edit, if it applies, and asserts that nothing but it is reported.
func madeAndFound(t *testing.T, s *sample, i int, e edit) bool {
	t.Helper()
	old, updated := s.copy(), s.copy()
	old.step, updated.step = s.step+i, s.step+i
	want, ok := e.apply(old, updated)
	if !ok {
		return false
	}
	var got []string
	for _, ch := range Compare(old.pkg(t), updated.pkg(t)) {
		got = append(got, ch.Change+" "+ch.ValuePath)
	}
	assert.Equal(t, []string{want}, got, "%s: %s", s.name, e.name)
	return true
}

// A definition does not differ from itself however it is written.
func TestSameDefinitionOtherwiseWritten(t *testing.T) {
	for _, s := range samples(t, 40) {
		old := s.pkg(t)
		assert.Empty(t, Compare(old, s.pkg(t)), "%s against itself", s.name)
		flat := s.flat
		assert.Empty(t, Compare(old, flat.pkg(t)), "%s with references replaced", s.name)
		assert.Empty(t, Compare(flat.pkg(t), old), "%s with references put in", s.name)
		turned := s.copy()
		turned.definition = reversed(turned.definition).(object)
		assert.Empty(t, Compare(old, turned.pkg(t)), "%s with lists in another order", s.name)
	}
}

// reversed turns the lists around whose order says nothing.
func reversed(v any) any {
	switch v := v.(type) {
	case object:
		for k, item := range v {
			v[k] = reversed(item)
			if list, ok := item.([]any); ok && slices.Contains([]string{"parameters", "required", "enum", "consumes", "produces"}, k) {
				slices.Reverse(list)
			}
		}
	case []any:
		for i := range v {
			v[i] = reversed(v[i])
		}
	}
	return v
}

func anyOperation(operation) bool { return true }

// single accepts operations that are alone at their path.
func single(op operation) bool {
	return len(op.item) == 1
}

func onOperation(name string, keep func(operation) bool, change func(s *sample, op operation) string) edit {
	return edit{name, func(_, updated *sample) (string, bool) {
		op, ok := updated.pick(keep)
		if !ok {
			return "", false
		}
		return change(updated, op), true
	}}
}

func operationEdits() []edit {
	visible := func(op operation) bool { return !isHidden(op.node) }
	return []edit{
		onOperation("delete an operation", anyOperation, func(_ *sample, op operation) string {
			delete(op.item, op.method)
			return "OperationDeleted operation/" + op.id
		}),
		onOperation("rename an operation", anyOperation, func(_ *sample, op operation) string {
			op.node["operationId"] = op.id + "Anew"
			return "OperationDeleted operation/" + op.id
		}),
		onOperation("hide an operation", visible, func(_ *sample, op operation) string {
			op.node["x-ms-visibility"] = "internal"
			return "OperationHidden operation/" + op.id + "/x-ms-visibility"
		}),
		onOperation("deprecate an operation", func(op operation) bool { return op.node["deprecated"] == nil }, func(_ *sample, op operation) string {
			op.node["deprecated"] = true
			return "OperationDeprecated operation/" + op.id + "/deprecated"
		}),
		onOperation("move an operation", single, func(s *sample, op operation) string {
			paths := sub(s.definition, "paths")
			delete(paths, op.path)
			paths[op.path+"/moved"] = op.item
			return "OperationPathChanged operation/" + op.id
		}),
		onOperation("change the method", func(op operation) bool { return single(op) && op.method != "patch" }, func(_ *sample, op operation) string {
			delete(op.item, op.method)
			op.item["patch"] = op.node
			return "OperationMethodChanged operation/" + op.id
		}),
		onOperation("add an operation", anyOperation, func(s *sample, _ operation) string {
			sub(s.definition, "paths")["/precert/new"] = object{"get": object{"operationId": "PrecertNew", "responses": object{}}}
			return "OperationAdded operation/PrecertNew"
		}),
		onOperation("turn an action into a trigger", func(op operation) bool {
			return op.node["x-ms-trigger"] == nil && op.item["x-ms-notification-content"] == nil
		}, func(_ *sample, op operation) string {
			op.node["x-ms-trigger"] = "batch"
			return "TriggerKindChanged operation/" + op.id + "/x-ms-trigger"
		}),
		onOperation("deliver in batches", func(op operation) bool { return op.node["x-ms-trigger"] == "single" }, func(_ *sample, op operation) string {
			op.node["x-ms-trigger"] = "batch"
			return "TriggerKindChanged operation/" + op.id + "/x-ms-trigger"
		}),
		{"give up paging", func(old, updated *sample) (string, bool) {
			op, ok := old.pick(anyOperation)
			if ok {
				op.node["x-ms-pageable"] = object{"nextLinkName": "next"}
				other, _ := updated.pick(anyOperation)
				delete(other.node, "x-ms-pageable")
			}
			return "PagingRemoved operation/" + op.id + "/x-ms-pageable", ok
		}},
		{"consume another media type", func(old, updated *sample) (string, bool) {
			takesBody := func(op operation) bool {
				return slices.ContainsFunc(parametersOf(old, op), func(p object) bool { return text(p, "in") == "body" })
			}
			op, ok := old.pick(takesBody)
			if ok {
				op.node["consumes"] = []any{"application/json", "application/xml"}
				other, _ := updated.pick(takesBody)
				other.node["consumes"] = []any{"application/json"}
			}
			return "ConsumesChanged operation/" + op.id + "/consumes", ok
		}},
		{"produce another media type", func(old, updated *sample) (string, bool) {
			old.definition["produces"] = []any{"application/json", "text/csv"}
			updated.definition["produces"] = []any{"application/json"}
			inherits := slices.ContainsFunc(old.operations(anyOperation), func(op operation) bool { return op.node["produces"] == nil })
			return "ProducesChanged produces", inherits
		}},
	}
}

func isHidden(o object) bool { return text(o, "x-ms-visibility") == "internal" }

// parametersOf are the parameters listed at an operation or its path, references followed.
func parametersOf(s *sample, op operation) []object {
	var out []object
	shared, _ := op.item["parameters"].([]any)
	for _, p := range s.joined(op.node["parameters"], shared) {
		if o, ok := s.inlined(p, 8).(object); ok && text(o, "name") != "" {
			out = append(out, o)
		}
	}
	return out
}

func connectionEdits() []edit {
	return []edit{
		{"move the API", func(_, updated *sample) (string, bool) {
			updated.definition["host"] = "precert.example.com"
			return "HostChanged host", sub(updated.definition, "x-ms-parameterized-host") == nil
		}},
		{"change the base path", func(_, updated *sample) (string, bool) {
			updated.definition["basePath"] = "/precert"
			return "BasePathChanged basePath", true
		}},
		{"remove a security scheme", func(_, updated *sample) (string, bool) {
			schemes := sub(updated.definition, "securityDefinitions")
			if len(schemes) == 0 {
				return "", false
			}
			name := sortedKeys(schemes)[0]
			delete(schemes, name)
			return "AuthenticationMethodRemoved securityDefinitions/" + name, true
		}},
		{"send the key elsewhere", func(old, updated *sample) (string, bool) {
			old.definition["securityDefinitions"] = object{"key": object{"type": "apiKey", "in": "query", "name": "key"}}
			updated.definition["securityDefinitions"] = object{"key": object{"type": "apiKey", "in": "header", "name": "key"}}
			return "AuthenticationMethodChanged securityDefinitions/key", true
		}},
		{"remove a capability", func(old, updated *sample) (string, bool) {
			old.definition["x-ms-capabilities"] = object{"testConnection": object{"operationId": "X"}}
			delete(updated.definition, "x-ms-capabilities")
			return "CapabilityRemoved x-ms-capabilities/testConnection", true
		}},
		onConnection("remove a connection parameter", func(parameters object, name string) string {
			oauth := text(sub(parameters, name), "type") == "oauthSetting"
			delete(parameters, name)
			return map[bool]string{true: "AuthenticationMethodRemoved", false: "ConnectionParametersRemoved"}[oauth] + " connectionParameters/" + name
		}),
		onConnection("change the type of a connection parameter", func(parameters object, name string) string {
			parameter := sub(parameters, name)
			oauth := text(parameter, "type") == "oauthSetting"
			parameter["type"] = "int"
			return map[bool]string{true: "AuthenticationMethodRemoved", false: "ConnectionParameterTypeChanged"}[oauth] + " connectionParameters/" + name + "/type"
		}),
		onConnection("add a required connection parameter", func(parameters object, _ string) string {
			parameters["precert"] = object{"type": "string", "uiDefinition": object{"constraints": object{"required": "true"}}}
			return "RequiredConnectionParameterAdded connectionParameters/precert"
		}),
		onConnection("add a connection parameter", func(parameters object, _ string) string {
			parameters["precert"] = object{"type": "string"}
			return "ConnectionParameterAdded connectionParameters/precert"
		}),
		{"remove a capability of the connector", func(old, updated *sample) (string, bool) {
			for i, s := range []*sample{old, updated} {
				sub(s.properties, "properties")["capabilities"] = []any{"blob", "actions"}[i:]
			}
			return "CapabilityRemoved capabilities/blob", true
		}},
	}
}

func onConnection(name string, change func(parameters object, name string) string) edit {
	return edit{name, func(_, updated *sample) (string, bool) {
		parameters := sub(sub(updated.properties, "properties"), "connectionParameters")
		if len(parameters) == 0 || sub(sub(updated.properties, "properties"), "connectionParameterSets") != nil {
			return "", false
		}
		return change(parameters, sortedKeys(parameters)[0]), true
	}}
}
