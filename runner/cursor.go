package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// maxCursorPages is how many pages are asked for by a cursor: the platform does
// not follow it by itself, so that a few show the kind.
const maxCursorPages = 5

// cursorNames are what parameters are called that take the place where the next page begins.
func cursorNames() []string {
	return strings.Fields("cursor after offset pagetoken pagecursor nextpagetoken nexttoken nextcursor continuationtoken continuation startingafter startcursor startkey marker skiptoken bookmark token scrollid")
}

// sizeNames are what parameters are called that bound a page.
func sizeNames() []string {
	return strings.Fields("limit pagesize perpage size top count maxresults max first take rows maxitems maxpagesize")
}

// pagingParameter is the optional query parameter of a list with one of the names.
func pagingParameter(o *operation, names []string, kinds ...string) *connector.Parameter {
	for _, p := range o.Parameters {
		if p.In == "query" && !p.Required && p.Node != nil && slices.Contains(names, norm(p.Name)) && slices.Contains(kinds, p.Node.Get("type").String()) {
			return p
		}
	}
	return nil
}

// checkCursor asks for the pages that a cursor in the answer leads to. What the
// API refuses is nobody's fault: that the two belong together is only likely.
func (w *worker) checkCursor(ctx context.Context) {
	o := w.op
	if o.kind != kindList || !isSafeMethod(o.Method) || o.Node.Get("x-ms-pageable").IsObject() {
		return
	}
	cursor, place := pagingParameter(o, cursorNames(), "string"), pagingParameter(o, placeNames(), "integer", "number")
	if cursor == nil && place == nil {
		return
	}
	p := &paging{worker: w, seen: map[string]int{}}
	in, e := o.good.in, o.good
	items := p.items(e)
	if size := pagingParameter(o, sizeNames(), "integer", "number"); size != nil && len(items) > 1 {
		items = items[:min(2, len(items)-1)]
		in = in.with(size, json.Number(strconv.Itoa(len(items))))
		e = w.askInput(ctx, in)
	}
	if cursor == nil {
		if len(items) > 0 && in != o.good.in && e != nil && e.ok() {
			if first := p.items(e); len(first) == len(items) {
				p.pages = append(p.pages, first)
			}
			w.secondPage(ctx, p, in, place, len(items))
		}
		return
	}
	p.link = cursor.Name
	for number := 1; e != nil && e.ok() && number <= maxCursorPages; number++ {
		text := cursorIn(e, cursor.Name)
		p.sure = p.sure || text != "" && calledNext(e.value, text, 0)
		if number > 1 && !p.further(e, number) || text == "" || number == maxCursorPages {
			return
		}
		if number == 1 {
			p.pages = append(p.pages, p.items(e))
		}
		e = w.askInput(ctx, in.with(cursor, text))
	}
}

// placeNames are what parameters are called that count to the place, or the page, to begin with.
func placeNames() []string {
	return strings.Fields("offset skip startat start startposition startindex from page pagenumber pageindex")
}

// secondPage asks for what comes after the first items, or for the second page,
// and holds it against the schema: nothing else is certain of it.
func (w *worker) secondPage(ctx context.Context, p *paging, in *input, place *connector.Parameter, after int) {
	e := w.askInput(ctx, in.with(place, json.Number(strconv.Itoa(after))))
	if e == nil || !e.ok() {
		return
	}
	schema := responseSchema(w.op, e.status)
	body, err := e.json()
	if err != nil || !p.matches(e, schema, body, 2) {
		return
	}
	counts := !strings.Contains(norm(place.Name), "page")
	if p.repeats(schema, body) > 0 && (counts || after > 1) && sureOfPlace(place.Name) {
		w.op.outcome.add(note{check: checkPaging, verdict: finding.Failed, proof: e, hint: "Let the parameter choose what the list begins with, or take it out of the definition.",
			message: fmt.Sprintf("%s=%d brings the same %d items as the beginning of the list, although there are more", place.Name, after, after)})
		return
	}
	w.op.outcome.hold(checkPaging, e)
}

// sureOfPlace reports whether a parameter can mean nothing but where in a list to begin.
func sureOfPlace(name string) bool {
	return slices.Contains(strings.Fields("offset skip startindex page pagenumber pageindex"), norm(name))
}

// askInput sends a reading with other inputs; nil when it cannot be written.
func (w *worker) askInput(ctx context.Context, in *input) *exchange {
	m, err := encode(w.run.base, in)
	if err != nil {
		return nil
	}
	e := w.run.session.send(ctx, w.op, in, m, sending{purpose: forPage})
	if e.status >= 500 {
		w.run.judge(w.op, e)
	}
	if e.fail != nil {
		return nil
	}
	return e
}

// items are the items of a page.
func (p *paging) items(e *exchange) []any {
	body, err := e.json()
	if err != nil {
		return nil
	}
	items, _ := p.run.arrayIn(responseSchema(p.op, e.status), body)
	return items
}

// further judges a page after the first; it reports whether to go on.
func (p *paging) further(e *exchange, number int) bool {
	body, err := e.json()
	if err != nil {
		return false
	}
	schema := responseSchema(p.op, e.status)
	if !p.matches(e, schema, body, number) {
		return false
	}
	// A cursor that has moved once and then stands still never ends; one that
	// never moves may belong to something else, unless it is called the next one.
	if before := p.repeats(schema, body); before > 1 || before == 1 && p.sure {
		p.op.outcome.add(note{check: checkPaging, verdict: finding.Failed, proof: e, hint: "Leave the cursor out on the last page, and let it lead to the next one on all others.",
			message: fmt.Sprintf("page %d holds the same items as page %d: %s leads in a circle", number, before, p.link)})
		return false
	} else if before > 0 || p.empty > 0 {
		return false
	}
	p.op.outcome.hold(checkPaging, e)
	return true
}

// with is an input with another value of one parameter.
func (in *input) with(p *connector.Parameter, value any) *input {
	out := in.clone()
	out.params = slices.DeleteFunc(out.params, func(v paramValue) bool { return v.in == p.In && v.name == p.Name })
	out.params = append(out.params, paramValue{name: p.Name, in: p.In, node: p.Node, value: value})
	return out
}

// cursorIn is the text in an answer that leads to the next page: a member called
// as the parameter, with or without "next" before it, "" when there is none or
// the answer says that it is the last page.
func cursorIn(e *exchange, parameter string) string {
	body, err := e.json()
	object, ok := body.(map[string]any)
	if err != nil || !ok {
		return ""
	}
	return cursorBelow(object, norm(parameter), 0)
}

// calledNext reports whether a text stands in an answer as what comes next.
func calledNext(v any, text string, depth int) bool {
	object, ok := v.(map[string]any)
	if !ok || depth > maxDeep {
		return false
	}
	for member, value := range object {
		if value == text && strings.HasPrefix(norm(member), "next") || calledNext(value, text, depth+1) {
			return true
		}
	}
	return false
}

func cursorBelow(object map[string]any, name string, depth int) string {
	for _, member := range sortedKeys(object) {
		if more, ok := object[member].(bool); ok && !more && slices.Contains([]string{"hasmore", "hasnextpage", "hasnext", "more", "istruncated"}, norm(member)) {
			return ""
		}
	}
	for _, member := range sortedKeys(object) {
		plain := norm(member)
		if text, ok := object[member].(string); ok && (plain == name || plain == "next"+name || strings.HasPrefix(name, "next") && plain == name[4:] || plain == "endcursor" && (name == "after" || name == "cursor")) && !strings.Contains(text, "/") {
			return text
		}
	}
	for _, member := range sortedKeys(object) {
		below, ok := object[member].(map[string]any)
		if !ok || depth >= maxDeep || hasAny(words(member), strings.Fields("prev previous before last first")) {
			continue
		}
		if text := cursorBelow(below, name, depth+1); text != "" {
			return text
		}
	}
	return ""
}
