package runner

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// fileKind is a kind of file that an API may ask for.
type fileKind struct {
	// said are the words by which a definition or a refusal asks for it.
	said []string
	// ending and media go with the file.
	ending, media string
	// make writes one; attempts differ where the kind lets them.
	make func(attempt int) (string, error)
}

// fileKinds are the kinds of files that uploads are tried with, beside plain text.
func fileKinds() []fileKind {
	return []fileKind{
		{strings.Fields("image images picture photo avatar logo icon thumbnail png jpeg jpg gif"), "png", "image/png", pngFile},
		{[]string{"pdf"}, "pdf", "application/pdf", fixedFile("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
			"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")},
		{[]string{"csv"}, "csv", "text/csv", fixedFile("name,value\nprecert,1\n")},
		{[]string{"zip", "archive"}, "zip", "application/zip", zipFile},
		{[]string{"xml"}, "xml", "application/xml", fixedFile("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<precert/>\n")},
		{[]string{"json"}, "json", "application/json", fixedFile("{\"name\": \"precert\"}\n")},
	}
}

func fixedFile(content string) func(int) (string, error) {
	return func(int) (string, error) { return content, nil }
}

func pngFile(attempt int) (string, error) {
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	shade := color.RGBA{R: uint8(attempt * 37), G: 120, B: 200, A: 255}
	for i := range 64 * 64 {
		picture.SetRGBA(i%64, i/64, shade)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return "", fmt.Errorf("the test picture cannot be written: %w", err)
	}
	return out.String(), nil
}

func zipFile(int) (string, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	member, err := w.Create("precert.txt")
	if err == nil {
		_, err = member.Write([]byte(sample))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("the test archive cannot be written: %w", err)
	}
	return out.String(), nil
}

// fileAskedFor finds the kind of file that texts ask for, nil when they ask for none.
func fileAskedFor(texts ...string) *fileKind {
	for _, text := range texts {
		said := words(text)
		for _, kind := range fileKinds() {
			if hasAny(said, kind.said) {
				return &kind
			}
		}
	}
	return nil
}

// file makes the content of an upload: what refusals asked for, else what the
// definition does; the content given when nothing asks for a kind.
func (o *operation) file(node *connector.Node, name, content string, attempt int) string {
	kind := o.form.upload
	if kind == nil {
		kind = fileAskedFor(name, node.Get("x-ms-summary").String(), node.Get("description").String(), o.Path)
	}
	if kind == nil {
		return content
	}
	if made, err := kind.make(attempt); err == nil {
		return made
	}
	return content
}

// uploads reports whether a request carries a file.
func (in *input) uploads() bool {
	return in.binary || slices.ContainsFunc(in.params, func(p paramValue) bool { return p.node.Get("type").String() == "file" })
}

// uploadForm names a file by what it holds.
func uploadForm(content string) (name, media string) {
	for _, kind := range fileKinds() {
		if made, err := kind.make(0); err == nil && (made == content || kind.media == http.DetectContentType([]byte(content))) {
			return "precert." + kind.ending, kind.media
		}
	}
	return "precert.txt", "text/plain; charset=utf-8"
}

// teachUpload learns the kind of file from a refusal; it reports whether there is another to try.
func (w *worker) teachUpload(e *exchange) bool {
	if w.op.form.upload != nil || !e.in.uploads() {
		return false
	}
	w.op.form.upload = fileAskedFor(e.answerText())
	return w.op.form.upload != nil
}
