package cmd

import (
	"fmt"
	"io"
	"strings"
)

// page writes Markdown and keeps the first error.
type page struct {
	w   io.Writer
	err error
}

func (p *page) line(text string) {
	if p.err == nil && text != "" {
		_, p.err = fmt.Fprintln(p.w, text)
	}
}

func (p *page) block(title, code string) {
	if code == "" {
		return
	}
	p.line(fmt.Sprintf("\n%s:\n\n```json\n%s\n```", title, strings.TrimRight(code, "\n")))
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func anchor(name string) string { return strings.ToLower(name) }

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", "\\|"), "\n", " ")
}
