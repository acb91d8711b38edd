package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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
	Properties           map[string]node
	AdditionalProperties json.RawMessage
	Items                *node
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

func TestConfigurationAndItsSchemaAgree(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var root node
	require.NoError(t, json.Unmarshal(text, &root))
	keysAgree(t, "", reflect.TypeFor[config](), root)
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
	samples := []string{"", "rules: {OperationIdSanitized: off, 'Path*': info}", "timeout: 1m30s\nrate: 0.5/s", "connection: {tenant: 42}",
		"oauth: {grant: password, username: ada, password: '${SECRET}', scopes: [read]}",
		"triggers: {WhenCardCreated: {fire: CreateCard, wait: 30s}}"}
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
	for _, sample := range []string{"ruels: {}", "rules: {A: fatal}", "ignore: [{rule: A}]", "ignore: [{rule: A, reason: b, from: c}]", "calls: many",
		"operations: {A: {skipped: yes}}", "ignore: [{rule: A, reason: b, until: soon}]", "timeout: soon", "oauth: {secret: a}", "triggers: {A: {on: b}}"} {
		_, err := parseConfig([]byte(sample), none)
		require.Error(t, err, sample)
		require.Error(t, schema.Validate(plainYAML(t, sample)), sample)
	}
	for key, wrong := range map[string]string{"publisher": "somebody", "severity": "off", "rate": "fast"} {
		assert.Error(t, schema.Validate(map[string]any{key: wrong}), "%s: %s is refused when it is used", key, wrong)
	}
}
