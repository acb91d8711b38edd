package runner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// partOf is what a reading of a part of a thing is about, such as photo of
// /contacts/{id}/photo/$value; "" when it reads something else.
func partOf(o *operation) string {
	path := strings.TrimRight(o.Path, "/")
	if !o.safe() || o.kind != kindRead || !strings.Contains(path, "{") {
		return ""
	}
	segments := segmentsOf(path[strings.LastIndexByte(path, '}')+1:])
	for _, segment := range slices.Backward(segments) {
		if said := words(segment); len(said) > 0 && !strings.HasPrefix(segment, "$") {
			return said[0]
		}
	}
	return ""
}

// gives reports whether an operation uploads the part that a reading reads: at the
// same path, or as /upload/documents/{id}/content for /documents/{id}/content.
func (p *planner) gives(o, reader *operation) bool {
	if o.reads() || o.kind == kindDelete || partOf(reader) == "" || o.Path != reader.Path && !strings.HasSuffix(o.Path, reader.Path) {
		return false
	}
	body := o.Body()
	return body != nil && isBinary(p.def, body.Schema()) ||
		slices.ContainsFunc(o.Parameters, func(p *connector.Parameter) bool { return p.In == "formData" && p.Node.Get("type").String() == "file" })
}

// beginWithPart makes a reading of a part begin with a thing that was given one.
func (w *worker) beginWithPart() {
	for _, o := range w.run.plan.ops {
		if w.run.planner.gives(o, w.op) && o.good != nil && o.good.in.target != nil {
			w.op.form.favourite = o.good.in.target
		}
	}
}

// nothingToAnswer ends the series of an operation that answers what somebody else
// must have asked for, as /transfer/accept does, when there is nothing to answer.
func (w *worker) nothingToAnswer(e *exchange) bool {
	list := literals(w.op.Path)
	if len(list) == 0 || w.op.safe() || !slices.Contains(strings.Fields("accept reject decline approve deny confirm"), strings.ToLower(list[len(list)-1])) {
		return false
	}
	w.op.outcome.keep(e)
	w.unused(fmt.Sprintf("not exercised, because nothing waits for it: answered %s%s", statusText(e.status), quoteWords(e)), "")
	return true
}

// lacksPart ends the series of a reading when the things that there are have no
// such part, which is no fault: the answer says so, or what gives them one did not work.
func (w *worker) lacksPart(e *exchange) bool {
	part := partOf(w.op)
	if part == "" {
		return false
	}
	if slices.Contains(strings.Fields("latest current last next newest upcoming"), part) {
		// There need not be any yet.
		w.op.outcome.keep(e)
		w.unused(fmt.Sprintf("not exercised, because there is none yet: answered %s%s", statusText(e.status), quoteWords(e)), mendValue(w.op, targetName(w.op)))
		return true
	}
	answer := strings.ToLower(e.answerText())
	for _, segment := range literals(w.op.Path) {
		answer = strings.ReplaceAll(answer, "/"+strings.ToLower(segment), " ")
	}
	about := slices.ContainsFunc(words(answer), func(word string) bool { return singular(word) == singular(part) })
	var giver *operation
	for _, o := range w.run.plan.ops {
		if w.run.planner.gives(o, w.op) {
			giver = o
		}
	}
	if giver != nil && giver.good != nil || giver == nil && !about {
		return false
	}
	w.op.outcome.keep(e)
	w.unused(fmt.Sprintf("not exercised, because nothing that is known has a %s: answered %s%s", part, statusText(e.status), quoteWords(e)), mendValue(w.op, targetName(w.op)))
	return true
}
