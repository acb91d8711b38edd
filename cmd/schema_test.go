package cmd

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/precert/precert/fixtures"
)

const schemaFile = "../docs/precert.schema.json"

// node is one level of the JSON Schema.
type node struct {
	Type                 any
	Enum                 []any
	Properties           map[string]node
	AdditionalProperties json.RawMessage
	Items                *node
}

// UnmarshalJSON reads a level; words that are also taken in other letters stand
// in the first of anyOf.
func (n *node) UnmarshalJSON(text []byte) error {
	type plain node
	var read struct {
		plain
		AnyOf []plain
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	*n = node(read.plain)
	if len(read.AnyOf) > 0 {
		n.Enum = read.AnyOf[0].Enum
	}
	return nil
}

// inner is what the values of a map or the items of a list look like.
func (n node) inner() node {
	var out node
	if n.Items != nil {
		return *n.Items
	}
	_ = json.Unmarshal(n.AdditionalProperties, &out) // false is no schema and has no properties
	return out
}

// takes reports whether values of a JSON type are allowed.
func (n node) takes(kind string) bool {
	for _, value := range n.Enum {
		if _, text := value.(string); text && kind == "string" {
			return true
		}
	}
	list, several := n.Type.([]any)
	return n.Type == kind || several && slices.Contains(list, any(kind)) || n.Type == nil && n.Enum == nil
}

// jsonType is the JSON type of what a field of the configuration is decoded from.
func jsonType(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "string"
	case t == reflect.TypeFor[overrides](), t.Kind() == reflect.Map, t.Kind() == reflect.Struct:
		return "object"
	case t.Kind() == reflect.Slice:
		return "array"
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.Int:
		return "integer"
	}
	return "string"
}

func none(string) (string, bool) { return "", false }

// keysAgree compares the keys of a struct with those of the schema, both ways.
func keysAgree(t *testing.T, at string, typ reflect.Type, n node) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Map || typ.Kind() == reflect.Slice {
		if typ.Kind() != reflect.Pointer {
			n = n.inner()
		}
		typ = typ.Elem()
	}
	var keys []string
	if typ == reflect.TypeFor[suppression]() {
		typ = reflect.TypeFor[writtenSuppression]()
	}
	switch {
	case typ.Kind() != reflect.Struct || typ.PkgPath() != reflect.TypeFor[config]().PkgPath():
		return
	default:
		for i := range typ.NumField() {
			field := typ.Field(i)
			key := field.Tag.Get("yaml")
			if key == "" {
				continue
			}
			keys = append(keys, key)
			assert.True(t, n.Properties[key].takes(jsonType(field.Type)), "%s/%s is read from a JSON %s", at, key, jsonType(field.Type))
			if field.Type != reflect.TypeFor[overrides]() {
				keysAgree(t, at+"/"+key, field.Type, n.Properties[key])
			}
		}
	}
	named := make([]string, 0, len(n.Properties))
	for key := range n.Properties {
		named = append(named, key)
	}
	assert.ElementsMatch(t, keys, named, "keys at %s of the configuration and of %s", at, schemaFile)
	assert.JSONEq(t, "false", string(n.AdditionalProperties), "an unknown key at %s is an error", at)
}

func schemaNode(t *testing.T) node {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var root node
	require.NoError(t, json.Unmarshal(text, &root))
	return root
}

func TestConfigurationAndItsSchemaAgree(t *testing.T) {
	keysAgree(t, "", reflect.TypeFor[config](), schemaNode(t))
}

// TestConfigurationPageHasEveryKey holds the page to the schema, and so to the
// configuration: every key has its row, or is named in the row of its parent,
// with the words that it takes.
func TestConfigurationPageHasEveryKey(t *testing.T) {
	page, err := os.ReadFile("../docs/configuration.md")
	require.NoError(t, err)
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|([^|]*)\\|$").FindAllStringSubmatch(string(page), -1) {
		rows[m[1]] = m[2]
	}
	root := schemaNode(t)
	for key, n := range root.Properties {
		row, there := rows[key]
		assert.True(t, there, "%s has no row", key)
		delete(rows, key)
		for _, part := range []node{n, n.inner()} {
			for _, word := range part.Enum {
				if word != false { // off, as YAML 1.1 reads it
					assert.Contains(t, row, fmt.Sprintf("`%v`", word), key)
				}
			}
			for inner, below := range part.Properties {
				assert.Regexp(t, "`"+inner+"[`: ]", row, "%s/%s", key, inner)
				for _, word := range below.Enum {
					assert.Contains(t, row, fmt.Sprintf("`%v`", word), key+"/"+inner)
				}
			}
		}
	}
	assert.Empty(t, rows, "rows of keys that do not exist")
}

// TestWordsOfTheSchemaAreTaken asks precert for every word that the schema lists.
func TestWordsOfTheSchemaAreTaken(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "apiDefinition.swagger.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"swagger": "2.0", "info": {"title": "Desk", "version": "1"}, "host": "desk.example.com",
		"securityDefinitions": {"signIn": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://desk.example.com/a", "tokenUrl": "https://desk.example.com/t"}},
		"paths": {"/me": {"get": {"operationId": "GetMe", "security": [{"signIn": []}], "responses": {"200": {"description": "The person."}}}}}}`), 0o600))
	root := schemaNode(t).Properties
	for key, words := range map[string][]any{
		"publisher: %v": root["publisher"].Enum, "severity: %v": root["severity"].Enum, "script: %v": root["script"].Enum,
		"rules: {OperationIdSanitized: %v}": root["rules"].inner().Enum, "allow: [%v]": root["allow"].inner().Enum,
		"oauth: {grant: %v, refreshToken: a, deviceUrl: 'https://desk.example.com/d'}": root["oauth"].Properties["grant"].Enum,
	} {
		require.NotEmpty(t, words, key)
		try := func(word any) (int, string) {
			config := filepath.Join(dir, "tried.yaml")
			require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, key, word), 0o600))
			code, _, stderr := runHere(t, "test", file, "--config", config, "--dry-run")
			return code, stderr
		}
		for _, word := range words {
			code, stderr := try(word)
			assert.Equal(t, ExitReady, code, stderr)
		}
		code, stderr := try("nonsense")
		assert.Equal(t, ExitUsage, code, "%s: %s", key, stderr)
		for _, word := range words {
			if word != false {
				assert.Contains(t, stderr, word, "the refusal lists what is taken: %s", key)
			}
		}
	}
}

// plainYAML reads YAML as the values that JSON has.
func plainYAML(t *testing.T, text string) any {
	t.Helper()
	var doc any
	require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
	var plain func(any) any
	plain = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				v[key] = plain(value)
			}
		case []any:
			for i, value := range v {
				v[i] = plain(value)
			}
		case time.Time:
			return v.Format(time.DateOnly)
		}
		return v
	}
	return plain(doc)
}

func configSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("precert.json", strings.NewReader(string(text))))
	schema, err := compiler.Compile("precert.json")
	require.NoError(t, err)
	return schema
}

func TestSchemaTakesWhatPrecertTakes(t *testing.T) {
	schema := configSchema(t)
	page, err := os.ReadFile("../docs/configuration.md")
	require.NoError(t, err)
	samples := []string{"", "rules: {OperationIdSanitized: off, 'Path*': info}", "timeout: 1m30s\nrate: 0.5/s", "rate: 20", "connection: {tenant: 42}",
		"oauth: {grant: password, username: ada, password: '${SECRET}', scopes: [read]}",
		"triggers: {WhenCardCreated: {fire: CreateCard, wait: 30s}}",
		"severity: WARNING\npublisher: Verified\nallow: [post, Delete]\nrules: {OperationIdSanitized: Off}",
		"oauth: {grant: password, username: 4711, password: 12345}", "operations: {ListCards: {skip: 4711}}"}
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		samples = append(samples, block[1])
	}
	dir := filepath.Join(t.TempDir(), "desk")
	require.NoError(t, fixtures.WriteTo(dir, fixtures.Good()))
	code, _, stderr := runHere(t, "init", dir)
	require.Equal(t, ExitReady, code, stderr)
	starter, err := os.ReadFile(filepath.Join(dir, configName))
	require.NoError(t, err)
	// What init proposes in comments is right as well.
	proposed := proposals(string(starter))
	for _, sample := range append(samples, string(starter), proposed) {
		_, err := parseConfig([]byte(sample), none)
		require.NoError(t, err, sample)
		require.NoError(t, schema.Validate(plainYAML(t, sample)), sample)
	}
}

func TestSchemaRefusesWhatPrecertRefuses(t *testing.T) {
	schema := configSchema(t)
	for _, sample := range []string{"ruels: {}", "rules: {A: fatal}", "ignore: [{rule: A}]", "ignore: [{rule: A, reason: b, from: c}]", "calls: many", "calls: 2.5", "calls: 0", "timeout: 30", "timeout: -5s", "connection: [a]", "operations: {A: {needs: B}}", "triggers: {A: {wait: 5}}",
		"operations: {A: {skipped: yes}}", "operations: {A: {skip: true}}", "operations: {A: {skip: false}}", "ignore: [{rule: A, reason: b, until: soon}]", "timeout: soon", "oauth: {secret: a}", "triggers: {A: {on: b}}"} {
		_, err := parseConfig([]byte(sample), none)
		require.Error(t, err, sample)
		require.Error(t, schema.Validate(plainYAML(t, sample)), sample)
	}
	for key, wrong := range map[string]string{"publisher": "somebody", "severity": "off", "rate": "fast"} {
		assert.Error(t, schema.Validate(map[string]any{key: wrong}), "%s: %s is refused when it is used", key, wrong)
	}
}
