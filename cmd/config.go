package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
)

// configName is the configuration file beside a connector.
const configName = "precert.yaml"

// config is precert.yaml. Every key is optional.
type config struct {
	Publisher  string            `yaml:"publisher"`
	Severity   string            `yaml:"severity"`
	Rules      overrides         `yaml:"rules"`
	Ignore     []suppression     `yaml:"ignore"`
	BaseURL    string            `yaml:"baseUrl"`
	Connection map[string]string `yaml:"connection"`
	OAuth      *oauthConfig      `yaml:"oauth"`
	// ConnectionSet names one of the connectionParameterSets.
	ConnectionSet string                     `yaml:"connectionSet"`
	Calls         count                      `yaml:"calls"`
	Rate          string                     `yaml:"rate"`
	Timeout       duration                   `yaml:"timeout"`
	Allow         []string                   `yaml:"allow"`
	Values        givenValues                `yaml:"values"`
	Operations    map[string]operationConfig `yaml:"operations"`
	Triggers      map[string]triggerConfig   `yaml:"triggers"`
	// Script is skip (the default) or bypass.
	Script scriptMode `yaml:"script"`

	// file is where it was read from, "" when there is none.
	file string
}

type operationConfig struct {
	Values givenValues `yaml:"values"`
	Skip   string      `yaml:"skip"`
	Allow  bool        `yaml:"allow"`
	Needs  []string    `yaml:"needs"`
}

type triggerConfig struct {
	Fire    string   `yaml:"fire"`
	Command string   `yaml:"command"`
	Wait    duration `yaml:"wait"`
}

// count is a whole number from 1; the zero value says that there is none.
type count int

// UnmarshalYAML reads a count: the decoder itself would cut 2.5 to 2.
func (c *count) UnmarshalYAML(node *yaml.Node) error {
	n, err := strconv.Atoi(node.Value)
	if err != nil || n < 1 {
		return fmt.Errorf("line %d: a whole number from 1 is wanted, such as 10, not %q", node.Line, node.Value)
	}
	*c = count(n)
	return nil
}

// duration is longer than nothing; the zero value says that there is none.
type duration time.Duration

// UnmarshalYAML reads a duration with its unit.
func (d *duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || parsed <= 0 {
		return fmt.Errorf("line %d: a duration with its unit is wanted, such as 30s or 2m, not %q", node.Line, node.Value)
	}
	*d = duration(parsed)
	return nil
}

// scriptMode says what becomes of the operations that script.csx handles.
type scriptMode string

// UnmarshalYAML reads skip or bypass.
func (m *scriptMode) UnmarshalYAML(node *yaml.Node) error {
	switch node.Value {
	case "skip", "bypass":
		*m = scriptMode(node.Value)
		return nil
	}
	return fmt.Errorf("line %d: script is skip or bypass, not %q", node.Line, node.Value)
}

type oauthConfig struct {
	Grant        string   `yaml:"grant"`
	TokenURL     string   `yaml:"tokenUrl"`
	DeviceURL    string   `yaml:"deviceUrl"`
	Tenant       string   `yaml:"tenant"`
	ClientID     string   `yaml:"clientId"`
	ClientSecret string   `yaml:"clientSecret"`
	Scopes       []string `yaml:"scopes"`
	RefreshToken string   `yaml:"refreshToken"`
	Username     string   `yaml:"username"`
	Password     string   `yaml:"password"`
}

// overrides keeps the order of the file, because the last match wins.
type overrides []rules.Override

// UnmarshalYAML reads a mapping of patterns to severities.
func (o *overrides) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: rules wants lines such as OperationIdSanitized: off", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		severity, err := finding.ParseSeverity(severityWord(node.Content[i+1].Value))
		if err != nil {
			return fmt.Errorf("line %d: %w", node.Content[i+1].Line, err)
		}
		*o = append(*o, rules.Override{Pattern: node.Content[i].Value, Severity: severity})
	}
	return nil
}

// severityWord undoes YAML 1.1, in which a bare off is the boolean false.
func severityWord(word string) string {
	if word == "false" {
		return "off"
	}
	return word
}

type suppression rules.Ignore

// UnmarshalYAML reads one suppression and notes its line.
func (s *suppression) UnmarshalYAML(node *yaml.Node) error {
	var plain struct {
		Rule   string `yaml:"rule"`
		At     string `yaml:"at"`
		Reason string `yaml:"reason"`
		Until  string `yaml:"until"`
	}
	if err := strict(node, &plain, "rule", "at", "reason", "until"); err != nil {
		return err
	}
	if plain.Rule == "" || plain.Reason == "" {
		return fmt.Errorf("line %d: a suppression needs a rule and a reason", node.Line)
	}
	*s = suppression{Rule: plain.Rule, At: plain.At, Reason: plain.Reason, Line: node.Line}
	if plain.Until != "" {
		until, err := time.Parse(time.DateOnly, plain.Until)
		if err != nil {
			return fmt.Errorf("line %d: until wants a date such as 2026-12-31, not %q", node.Line, plain.Until)
		}
		s.Until = until
	}
	return nil
}

// strict decodes a mapping and refuses names it does not know: a custom
// decoder does not inherit that from the outer one.
func strict(node *yaml.Node, into any, known ...string) error {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		found := false
		for _, k := range known {
			found = found || k == name.Value
		}
		if !found {
			return fmt.Errorf("line %d: unknown key %q: use %s", name.Line, name.Value, strings.Join(known, ", "))
		}
	}
	return node.Decode(into)
}

// loadConfig reads the configuration: file when it is given, else precert.yaml
// in dir when there is one.
func loadConfig(file, dir string, env func(string) (string, bool)) (*config, error) {
	given := file != ""
	if !given {
		file = filepath.Join(dir, configName)
	}
	content, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !given:
		return &config{}, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the configuration %s does not exist: write one with precert init", file)
	case err != nil:
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	c, err := parseConfig(content, env)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c.file = file
	return c, nil
}

var (
	unknownField = regexp.MustCompile(`(?s)line (\d+): field (.+?) not found in type \S+`)
	wrongType    = regexp.MustCompile("(?s)line (\\d+): cannot unmarshal !+(\\S+) (?:`(.*?)` )?into (\\S+)")
)

func parseConfig(content []byte, env func(string) (string, bool)) (*config, error) {
	c, err := decodeConfig(content)
	if err != nil && reference.Match(content) {
		// YAML itself takes the brace of {clientId: ${ID}} for the beginning of a mapping.
		c, err = decodeConfig(quoteReferences(content))
	}
	if err != nil {
		text := err.Error()
		if m := unknownField.FindStringSubmatch(text); m != nil {
			return nil, fmt.Errorf("line %s: unknown key %q: docs/configuration.md lists the keys", m[1], m[2])
		}
		if m := wrongType.FindStringSubmatch(text); m != nil {
			return nil, fmt.Errorf("line %s: %s", m[1], misfit(m[2], m[3], m[4]))
		}
		text = strings.TrimPrefix(strings.TrimPrefix(text, "yaml: "), "unmarshal errors:\n  ")
		if !strings.HasPrefix(text, "line ") {
			text = "line 1: " + text // the decoder leaves it out
		}
		return nil, errors.New(text)
	}
	c.expand(env)
	return c, nil
}

func decodeConfig(content []byte) (*config, error) {
	c := &config{}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return c, nil
}

// misfit words that a value of YAML has another type than its key takes.
func misfit(tag, value, into string) string {
	kinds := map[string]string{"seq": "a list", "map": "keys with values"}
	got := kinds[tag]
	if got == "" {
		got = fmt.Sprintf("%q", value)
	}
	switch {
	case strings.HasPrefix(into, "[]"):
		return "a list is wanted, such as [A, B], not " + got
	case into == "bool":
		return "true or false is wanted, not " + got
	case into == "string":
		return "a text is wanted, not " + got
	}
	if kinds[tag] == "" {
		got = "a single value" // which may be a secret
	}
	return "keys with values are wanted, such as {NAME: VALUE}, not " + got
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand puts environment variables in place of ${NAME}. A value that names an
// unset variable becomes empty, so that it counts as missing where it is needed.
func (c *config) expand(env func(string) (string, bool)) {
	expand := func(text string) string {
		missing := false
		out := reference.ReplaceAllStringFunc(text, func(ref string) string {
			value, ok := env(ref[2 : len(ref)-1])
			missing = missing || !ok
			return value
		})
		if missing {
			return ""
		}
		return out
	}
	c.BaseURL = expand(c.BaseURL)
	for name, value := range c.Connection {
		c.Connection[name] = expand(value)
	}
	if o := c.OAuth; o != nil {
		for _, field := range []*string{&o.TokenURL, &o.DeviceURL, &o.Tenant, &o.ClientID, &o.ClientSecret, &o.RefreshToken, &o.Username, &o.Password} {
			*field = expand(*field)
		}
	}
	c.Values.expand(expand)
	for _, op := range c.Operations {
		op.Values.expand(expand)
	}
}
