package runner

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/precert/precert/connector"
)

// judgeFile judges a body that is a file: not empty, and byte for byte what this
// run uploaded where it is a file of its own.
func (j *judgement) judgeFile() {
	j.held()
	e := j.e
	if len(e.body) == 0 && e.size == 0 {
		j.warn("", "the file is empty", "Answer 404 when there is no file, or its content.")
		return
	}
	sent := uploaded(e.in)
	if sent != nil && servesAsIs(j.op.Path) && !e.cut && !bytes.Equal(sent, e.body) {
		j.warn("", fmt.Sprintf("the file that was uploaded with %d bytes comes back with %d, and is not the same", len(sent), e.size),
			"Serve the bytes that were uploaded, without decoding or wrapping them.")
	}
}

// servesAsIs reports whether a path names the file itself, not a form of it such
// as a preview.
func servesAsIs(path string) bool {
	return namesOne(path) ||
		slices.Contains([]string{"content", "contents", "download", "file", "raw", "data", "value", "body", "blob"}, norm(lastLiteral(path)))
}

// uploaded is the content of the file that a request asks for when this run has
// uploaded it; nil when it is not known to have.
func uploaded(in *input) []byte {
	made := in.target
	if made == nil || !made.own || made.stand || made.by == in.op {
		return nil
	}
	files := slices.DeleteFunc(slices.Clone(made.by.Parameters), func(p *connector.Parameter) bool {
		return p.Node == nil || p.In != "formData" || p.Node.Get("type").String() != "file"
	})
	if len(files) != 1 || made.upload == "" {
		return nil
	}
	return []byte(made.upload)
}

// uploadIn is the content of the one file that a request carries, "" when there is none.
func uploadIn(in *input) string {
	content := ""
	for _, p := range in.params {
		if p.in != "formData" || p.node.Get("type").String() != "file" {
			continue
		}
		content = sample
		if text, ok := p.value.(string); ok && text != "" {
			content = text
		}
	}
	return content
}
