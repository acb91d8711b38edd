package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
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
	Calls         int                        `yaml:"calls"`
	Rate          string                     `yaml:"rate"`
	Timeout       time.Duration              `yaml:"timeout"`
	Allow         []string                   `yaml:"allow"`
	Values        givenValues                `yaml:"values"`
	Operations    map[string]operationConfig `yaml:"operations"`
	Triggers      map[string]triggerConfig   `yaml:"triggers"`
	// Script is skip (the default) or bypass.
	Script scriptMode `yaml:"script"`

	// file is where it was read from, "" when there is none.
	file string
	// keys are the places of the keys, by their path; unset the variables that
	// the environment lacks.
	keys  map[string]place
	unset []named
}

type operationConfig struct {
	Values givenValues `yaml:"values"`
	Skip   string      `yaml:"skip"`
	Allow  bool        `yaml:"allow"`
	Needs  []string    `yaml:"needs"`
}

type triggerConfig struct {
	Fire    string        `yaml:"fire"`
	Command string        `yaml:"command"`
	Wait    time.Duration `yaml:"wait"`
}

// scriptMode says what becomes of the operations that script.csx handles.
type scriptMode string

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
	for i := 0; i+1 < len(node.Content); i += 2 {
		var word string
		if err := node.Content[i+1].Decode(&word); err != nil {
			return err
		}
		severity, err := finding.ParseSeverity(offWord(word))
		if err != nil {
			return err
		}
		*o = append(*o, rules.Override{Pattern: node.Content[i].Value, Severity: severity})
	}
	return nil
}

// offWord undoes YAML 1.1, in which a bare off is the boolean false.
func offWord(word string) string {
	if word == "false" {
		return "off"
	}
	return word
}

type suppression rules.Ignore

// writtenSuppression is a suppression as it stands in the file.
type writtenSuppression struct {
	Rule   string `yaml:"rule"`
	At     string `yaml:"at"`
	Reason string `yaml:"reason"`
	Until  string `yaml:"until"`
}

// UnmarshalYAML reads one suppression and notes its place.
func (s *suppression) UnmarshalYAML(node *yaml.Node) error {
	var w writtenSuppression
	if err := node.Decode(&w); err != nil {
		return err
	}
	*s = suppression{Rule: w.Rule, At: w.At, Reason: w.Reason, Line: node.Line, Column: node.Column}
	if w.Until != "" {
		until, err := time.Parse(time.DateOnly, w.Until)
		if err != nil {
			return err
		}
		s.Until = until
	}
	return nil
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
	case err != nil && isFolder(file):
		return nil, fmt.Errorf("the configuration %s is a folder: name the file in it, such as %s", file, filepath.Join(file, configName))
	case err != nil:
		return nil, fmt.Errorf("the configuration %s cannot be read: %w", file, plainly(err))
	}
	c, err := parseConfig(content, env)
	var wrong *configError
	if errors.As(err, &wrong) {
		wrong.file = file
	}
	if err != nil {
		return nil, err
	}
	c.file = file
	return c, nil
}

// parseConfig reads the text of a configuration. Its errors are *configError.
func parseConfig(content []byte, env func(string) (string, bool)) (*config, error) {
	c := &config{}
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	err := decoder.Decode(&document)
	if err != nil && reference.Match(content) {
		// YAML itself takes the brace of {clientId: ${ID}} for the beginning of a mapping.
		quoted := yaml.NewDecoder(bytes.NewReader(quoteReferences(content)))
		if quoted.Decode(&document) == nil {
			decoder, err = quoted, nil
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		return nil, notYAML(err)
	}
	if len(document.Content) == 0 {
		return c, nil
	}
	reader := &configReader{keys: map[string]place{}}
	if err := reader.read("", document.Content[0], reflect.TypeFor[config]()); err != nil {
		return nil, err
	}
	if err := document.Decode(c); err != nil {
		return nil, notYAML(err)
	}
	if err := decoder.Decode(new(yaml.Node)); err == nil {
		return nil, &configError{at: place{1, 1}, text: "the file holds several YAML documents: keep what is above the second ---"}
	}
	c.keys = reader.keys
	for _, v := range reader.variables {
		if _, set := env(v.name); !set {
			c.unset = append(c.unset, v)
		}
	}
	c.expand(env)
	return c, nil
}

var yamlPlace = regexp.MustCompile(`line (\d+): (.*)`)

// notYAML puts what the YAML reader says into a place and plain words.
func notYAML(err error) error {
	out := &configError{at: place{1, 1}, text: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlPlace.FindStringSubmatch(err.Error()); m != nil {
		out.at.line, _ = strconv.Atoi(m[1]) // the pattern takes digits only
		out.text = m[2]
	}
	hint := "check the indentation and quotes here and on the line before"
	switch {
	case strings.Contains(out.text, "cannot start any token"):
		hint = "indent with spaces, not tabs, and put a value that begins with @, %, ` or a tab in quotes"
	case strings.Contains(out.text, "mapping values are not allowed"):
		hint = "put a value with a colon in quotes, or check the indentation"
	case strings.Contains(out.text, "control characters"), strings.Contains(out.text, "UTF-8"):
		hint = "save the file as UTF-8 text"
	}
	out.text = fmt.Sprintf("this is not YAML (%s): %s", out.text, hint)
	return out
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
		for i := range o.Scopes {
			o.Scopes[i] = expand(o.Scopes[i])
		}
		for _, field := range []*string{&o.TokenURL, &o.DeviceURL, &o.Tenant, &o.ClientID, &o.ClientSecret, &o.RefreshToken, &o.Username, &o.Password} {
			*field = expand(*field)
		}
	}
	c.Values.expand(expand)
	for _, op := range c.Operations {
		op.Values.expand(expand)
	}
}
