package runner

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	judges "github.com/precert/precert/runner/schema"
)

// judgeBody validates a body against the schema of its status. Bodies of
// refusals are judged too, as warnings.
func judgeBody(j *judgement) {
	e := j.e
	if j.op.Method == http.MethodHead || e.foreign != "" || !e.answered() || e.meant != 0 || j.op.stream {
		return
	}
	report := j.fail
	switch {
	case e.status >= 200 && e.status < 300 && j.valid():
	case e.status >= 400 && e.status < 500 && e.purpose == forFault:
		report = j.warn
	default:
		return
	}
	if e.fail != nil {
		if e.fail.kind == failBody {
			report("", e.fail.message, "")
		}
		return
	}
	schema := responseSchema(j.op, e.status)
	if schema == nil {
		return
	}
	binary := isBinary(j.run.def, schema)
	switch {
	case e.cut && binary:
		j.held()
		return
	case e.cut && e.header.Get("Content-Length") == "":
		report("", fmt.Sprintf("the body had not ended after %d MB", maxBody>>20), "Page the answer, or end it.")
		return
	case e.cut:
		j.warn("", fmt.Sprintf("the body is larger than %d MB and was not judged", maxBody>>20), "Page the answer.")
		return
	}
	j.validate(schema, binary, report)
}

// responseSchema is the schema for a status: its own, or that of default for a
// refusal, and for a success where nothing else is declared.
func responseSchema(o *operation, status int) *connector.Node {
	if r := o.Response(strconv.Itoa(status)); r != nil {
		return r.Schema()
	}
	r := o.Response("default")
	if r == nil || status < 300 && len(codes(o, func(c string) bool { return c[0] == '2' })) > 0 {
		return nil
	}
	return r.Schema()
}

// isBinary reports whether a schema describes a file.
func isBinary(def *connector.Definition, schema *connector.Node) bool {
	resolved := def.Resolve(schema)
	format := resolved.Get("format").String()
	return resolved.Get("type").String() == "file" || def.Type(schema) == "string" && format == "binary"
}

func (j *judgement) validate(schema *connector.Node, binary bool, report func(pointer, message, hint string)) {
	e, kind := j.e, j.run.def.Type(schema)
	if binary {
		j.judgeFile()
		return
	}
	if len(e.body) == 0 {
		emptyText := kind == "string" && strings.HasPrefix(e.media(), "text/")
		if e.status != http.StatusNoContent && e.status < 300 && kind != "" && !emptyText {
			if len(j.op.Produces) == 0 {
				// Without produces the definition does not say that there is a body to send.
				report = j.warn
			}
			report("", fmt.Sprintf("the body is empty, but the definition declares %s for %d", article(kind), e.status), "Send the body, or take the schema out of the response.")
		}
		return
	}
	body, err := e.json()
	if err != nil {
		switch {
		case e.xmlSchema() != nil && !errors.Is(err, errXMLUnread):
			report("", err.Error(), "Send well-formed XML, or the Content-Type of what is sent.")
			return
		case kind == "string" && !isJSON(e.media()):
			body = string(e.body)
		case e.media() != "" && !isJSON(e.media()):
			// Not JSON, and not said to be: that is a matter of Content-Type.
			return
		default:
			report("", err.Error(), "")
			return
		}
	}
	if e.xmlSchema() != nil && !describesXML(j.run.def, schema) {
		return
	}
	j.held()
	j.compare(schema, body)
	// The text of one answer is like that of the others, and to read it again is dear.
	if err == nil && e.xmlSchema() == nil && e.status < 300 && j.op.outcome.successes < watched {
		if name := judges.Duplicate(e.body); name != "" {
			j.warn("", fmt.Sprintf("the name %q stands twice in one object; readers differ in which of the two they take", name), "Write every name once.")
		}
	}
	found, err := j.run.validator.Validate(schema, body)
	if err != nil {
		j.warn("", "the schema cannot be used: "+err.Error(), "Mend the schema in the definition.")
		return
	}
	for _, v := range found {
		message := v.Message
		if v.Count > 1 {
			message += fmt.Sprintf(" (%d items)", v.Count)
		}
		if e.status >= 400 {
			message = fmt.Sprintf("in an answer %d: %s", e.status, message)
		}
		hint := "Correct what the API sends, or the definition at " + v.SchemaPointer + "."
		if v.Lenient {
			j.warn(v.Pointer, message, hint)
		} else {
			report(v.Pointer, message, hint)
		}
	}
}

func article(kind string) string {
	switch kind {
	case "object", "array", "integer":
		return "an " + kind
	}
	return "a " + kind
}
