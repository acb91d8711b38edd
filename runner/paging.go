package runner

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// Bounds on how far next links are followed.
const (
	maxPages      = 40
	maxEmptyPages = 8
)

const hintNextLink = "Leave the next link out on the last page, and let it lead to the next page of the same API."

// paging follows the next links of one list.
type paging struct {
	*worker
	// link is the name of the property that holds the next link.
	link string
	// seen are the numbers of the pages by address, pages their items.
	seen  map[string]int
	pages [][]any
	empty int
	// sure: the answer itself calls what it leads to the next page.
	sure bool
}

// checkPaging follows the next links of a pageable operation to their end.
func (w *worker) checkPaging(ctx context.Context) {
	pageable, u := w.op.Node.Get("x-ms-pageable"), w.op.outcome
	name := pageable.Get("nextLinkName").String()
	if !pageable.IsObject() || name == "" || !isSafeMethod(w.op.Method) {
		return
	}
	p := &paging{worker: w, link: name, seen: map[string]int{}}
	e := w.askAt(ctx, nil, forPage)
	for number := 1; ; number++ {
		if e.fail != nil && e.fail.kind == failStopped {
			return
		}
		next, more := p.page(e, number)
		if !more {
			return
		}
		if number == maxPages {
			u.probes = append(u.probes, probeSkip{checkPaging, fmt.Sprintf("the list has more than %d pages; the rest was not followed", maxPages)})
			return
		}
		e = w.askAt(ctx, next, forPage)
	}
}

// page judges one page and finds the next; more is false at the end, or at a fault.
func (p *paging) page(e *exchange, number int) (next *url.URL, more bool) {
	u := p.op.outcome
	fail := func(pointer, message string) (*url.URL, bool) {
		u.add(note{check: checkPaging, verdict: finding.Failed, pointer: pointer, message: message, hint: hintNextLink, proof: e})
		return nil, false
	}
	if !e.ok() {
		what := "is not answered"
		switch {
		case number == 1:
			return nil, false // a matter of other checks
		case e.foreign != "":
			what = "is redirected to another host, " + e.foreign
		case e.answered():
			what = "is answered " + statusText(e.status)
		}
		return fail("/"+p.link, fmt.Sprintf("the next link leads to page %d, which %s", number, what))
	}
	p.seen[e.sent.url.String()] = number
	body, err := e.json()
	if err != nil {
		if number == 1 {
			return nil, false
		}
		return fail("", fmt.Sprintf("page %d cannot be read: %v", number, err))
	}
	schema := responseSchema(p.op, e.status)
	if number > 1 && !p.matches(e, schema, body, number) {
		return nil, false
	}
	if before := p.repeats(schema, body); before > 0 {
		return fail("/"+p.link, fmt.Sprintf("page %d holds the same items as page %d: the next links lead in a circle", number, before))
	}
	if p.empty > maxEmptyPages {
		return fail("/"+p.link, fmt.Sprintf("%d pages in a row are empty, and each has a next link", p.empty))
	}
	object, ok := body.(map[string]any)
	link, there := object[p.link]
	if !ok || !there || link == nil || link == "" {
		u.hold(checkPaging, e)
		return nil, false
	}
	text, ok := link.(string)
	if !ok {
		return fail("/"+p.link, fmt.Sprintf("the next link is %s, not a string with an address", article(typeName(link))))
	}
	next, why := p.run.linked(e.sent.url, text)
	if next == nil {
		if strings.Contains(why, "another host") {
			why += ": it was not followed, for the credentials would go there"
		}
		return fail("/"+p.link, "the next link cannot be followed: "+why)
	}
	if before, there := p.seen[next.String()]; there {
		return fail("/"+p.link, fmt.Sprintf("page %d leads back to page %d: the next links lead in a circle", number, before))
	}
	return next, true
}

// matches holds a further page against the schema of the first.
func (p *paging) matches(e *exchange, schema *connector.Node, body any, number int) bool {
	found, err := p.run.validator.Validate(schema, body)
	if err != nil || p.op.outcome.failedCheck(checkBody) {
		return true // BodyMatchesSchema tells
	}
	for _, v := range found {
		if v.Lenient {
			continue
		}
		p.op.outcome.add(note{check: checkPaging, verdict: finding.Failed, pointer: v.Pointer, proof: e, hint: "Answer every page in the declared form.",
			message: fmt.Sprintf("page %d does not match the schema: %s", number, v.Message)})
		return false
	}
	return true
}

// repeats is the number of the page that had just these items, 0 when none had.
func (p *paging) repeats(schema *connector.Node, body any) int {
	items, _ := p.run.arrayIn(schema, body)
	p.pages = append(p.pages, items)
	if len(items) == 0 {
		p.empty++
		return 0
	}
	p.empty = 0
	for i, old := range p.pages[:len(p.pages)-1] {
		if sameJSON(old, items) {
			return i + 1
		}
	}
	return 0
}
