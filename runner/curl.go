package runner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// curl writes the command line that repeats a request, secrets masked.
func (r *redactor) curl(m *message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -X %s %s", m.method, quote(r.address(m.url)))
	for _, name := range sortedKeys(m.header) {
		for _, value := range m.header[name] {
			if slices.Contains(secretHeaders(), name) || r.carries(name) {
				value = maskedHeader(value)
			}
			if name != "User-Agent" {
				fmt.Fprintf(&b, " -H %s", quote(name+": "+value))
			}
		}
	}
	switch {
	case len(m.body) == 0:
	case !isText(m.body):
		fmt.Fprintf(&b, " --data-binary @FILE   # %s", binarySize(len(m.body)))
	default:
		fmt.Fprintf(&b, " --data-raw %s", quote(string(m.body)))
	}
	return r.text(b.String())
}

// quote makes one word of a shell command.
func quote(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@%+,", r)
		return !plain
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func binarySize(n int) string { return fmt.Sprintf("%d bytes of binary data", n) }

func jsonString(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b)
}
