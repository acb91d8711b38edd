package reports

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/precert/precert/finding"
)

//go:embed templates/*
var templateFiles embed.FS

// htmlReporter writes one page that needs nothing outside itself.
type htmlReporter struct{}

// Write implements Reporter.
func (htmlReporter) Write(w io.Writer, run *finding.Run) error {
	view := newPageView(run)
	css, err := asset("report.css")
	if err != nil {
		return err
	}
	js, err := asset("report.js")
	if err != nil {
		return err
	}
	// The page allows exactly its own style and script, so that no text in the
	// run could ever run as either, and a strict server can still show it.
	view.Policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		sourceHash(css), sourceHash(js))
	view.CSS, view.JS = template.CSS(css), template.JS(js) //nolint:gosec // both are embedded files, no input
	page, err := template.New("report").Funcs(template.FuncMap{"signShape": signShape}).ParseFS(templateFiles, "templates/*.tmpl")
	if err != nil {
		return fmt.Errorf("read the report template: %w", err)
	}
	buffer := bufio.NewWriter(w)
	if err := page.ExecuteTemplate(buffer, "page.tmpl", view); err != nil {
		return fmt.Errorf("render the HTML report: %w", err)
	}
	return buffer.Flush()
}

// signShape names the drawing of a verdict or severity; the page holds each once.
func signShape(of string) string {
	switch of {
	case string(finding.Ready), string(finding.Passed):
		return "sign-yes"
	case string(finding.NotReady), string(finding.Failed), finding.Error.String():
		return "sign-no"
	case string(finding.Skipped):
		return "sign-none"
	case finding.Info.String():
		return "sign-info"
	}
	return "sign-mind"
}

func asset(name string) (string, error) {
	data, err := templateFiles.ReadFile("templates/" + name)
	if err != nil {
		return "", fmt.Errorf("read the report's %s: %w", name, err)
	}
	return strings.TrimSpace(string(data)), nil
}

// sourceHash is the Content-Security-Policy expression for an inline block.
func sourceHash(block string) string {
	sum := sha256.Sum256([]byte(block))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
