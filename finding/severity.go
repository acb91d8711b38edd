// Package finding holds what precert reports: findings, live checks, changes
// and the run that carries them. It is a leaf: it imports the standard library
// only, and every other package speaks in its types.
package finding

import (
	"fmt"
	"strings"
)

// Severity says how much a finding weighs. The zero value is Off.
type Severity int

// The severities, in rising order.
const (
	Off Severity = iota
	Info
	Warning
	Error
)

// String returns the name used in reports, flags and configuration.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return "off"
	}
}

// ParseSeverity reads a severity by name, in any case. The error lists the names.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Off, Info, Warning, Error} {
		if strings.EqualFold(strings.TrimSpace(name), s.String()) {
			return s, nil
		}
	}
	return Off, fmt.Errorf("unknown severity %q: use off, info, warning or error", name)
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
