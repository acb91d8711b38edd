package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/precert/precert/finding"
)

const (
	// maxEvidence is how many bytes of requests and answers a page may hold.
	maxEvidence = 5_000_000
	// bodyOfFault and bodyOfPass are how many bytes of one body are shown.
	bodyOfFault = 6_000
	bodyOfPass  = 1_200
)

type operationView struct {
	ID, Name, Method, Path, Kind string
	Verdict, Class               string
	Reason, Mend                 string
	Calls                        string
	P50, P95, Max                string
	Spark                        []sparkBar
	Checks                       []checkView
	Held                         []string
	Exchanges                    []exchangeView
	LeftOut                      int
	Types                        []typeView
	MoreTypes                    int
	Script                       bool
	Known                        bool
}

type checkView struct {
	Name, Verdict, Summary, Pointer, Message, Hint, Curl string
	Exchange                                             int
	Href                                                 string
}

type exchangeView struct {
	ID                      string
	Number                  int
	Purpose                 string
	Method, URL             string
	Status, Class, Took     string
	RequestHead, Request    string
	ResponseHead, Response  string
	RequestCut, ResponseCut bool
	Error, Curl             string
}

func (b *viewBuilder) operations(id string, c *finding.Connector) []operationView {
	byNumber := make(map[int]*finding.Exchange, len(c.Exchanges))
	firstOf := map[string]*finding.Exchange{}
	for i := range c.Exchanges {
		e := &c.Exchanges[i]
		byNumber[e.Number] = e
		if firstOf[e.OperationID] == nil {
			firstOf[e.OperationID] = e
		}
	}
	list := make([]operationView, len(c.Operations))
	wanted := make([][]*finding.Exchange, len(c.Operations))
	for i, op := range c.Operations {
		list[i] = b.operation(fmt.Sprintf("%s-o%d", id, i+1), op)
		wanted[i] = exchangesOf(op, byNumber, firstOf)
	}
	// What went wrong is shown first, so that it gets the room for evidence first.
	for _, faults := range []bool{true, false} {
		for i, op := range c.Operations {
			if (op.Verdict == finding.Failed || warned(op)) == faults {
				b.addExchanges(&list[i], wanted[i], faults)
			}
		}
	}
	return list
}

func (b *viewBuilder) operation(id string, op finding.Operation) operationView {
	v := operationView{ID: id, Name: b.clean.line(op.OperationID), Method: b.clean.line(op.Method), Path: b.clean.line(op.Path),
		Verdict: string(op.Verdict), Class: string(op.Verdict), Reason: b.clean.line(op.Reason), Mend: b.clean.text(op.Mend),
		Calls: fmt.Sprintf("%d/%d", op.Successes, op.Calls), Spark: spark(op.Latencies),
		Known: op.Known, P50: latency(op.Latency.P50), P95: latency(op.Latency.P95), Max: latency(op.Latency.Max)}
	if op.Calls == 0 {
		v.Calls = "–"
	}
	if op.Verdict == finding.Passed && warned(op) {
		v.Verdict, v.Class = "passed with warnings", string(finding.Warned)
	}
	if op.Kind != "action" {
		v.Kind = b.clean.line(op.Kind)
	}
	v.Types, v.MoreTypes = b.types(op.Types)
	v.Script = op.Script
	checks := slices.Clone(op.Checks)
	slices.SortStableFunc(checks, func(x, y finding.Check) int { return rank(x.Verdict) - rank(y.Verdict) })
	for _, check := range checks {
		if check.Verdict == finding.Passed {
			v.Held = append(v.Held, b.clean.line(check.Check))
			continue
		}
		cv := checkView{Name: b.clean.line(check.Check), Verdict: string(check.Verdict), Summary: b.clean.line(b.docs[check.Check].Summary),
			Pointer: b.clean.line(check.Pointer), Message: b.clean.line(check.Message), Hint: b.clean.line(check.Hint),
			Curl: curlLines(b.clean.text(check.Curl)), Exchange: check.Exchange}
		v.Checks = append(v.Checks, cv)
	}
	return v
}

// exchangesOf picks the exchanges that prove an operation's outcome: those that
// its failed and warned checks name, or else one that shows it at work.
func exchangesOf(op finding.Operation, byNumber map[int]*finding.Exchange, firstOf map[string]*finding.Exchange) []*finding.Exchange {
	var list []*finding.Exchange
	add := func(e *finding.Exchange) {
		if e != nil && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	for _, check := range op.Checks {
		if check.Verdict == finding.Failed || check.Verdict == finding.Warned {
			add(byNumber[check.Exchange])
		}
	}
	for _, check := range op.Checks {
		if len(list) == 0 {
			add(byNumber[check.Exchange])
		}
	}
	if len(list) == 0 {
		add(firstOf[op.OperationID])
	}
	return list
}

func (b *viewBuilder) addExchanges(v *operationView, wanted []*finding.Exchange, fault bool) {
	limit := bodyOfPass
	if fault {
		limit = bodyOfFault
	}
	for _, e := range wanted {
		if b.evidence <= 0 {
			v.LeftOut++
			continue
		}
		shown := b.exchange(v.ID, e, limit)
		b.evidence -= len(shown.RequestHead) + len(shown.Request) + len(shown.ResponseHead) + len(shown.Response) + len(shown.Curl) + 600
		v.Exchanges = append(v.Exchanges, shown)
	}
	for i := range v.Checks {
		for _, e := range v.Exchanges {
			if e.Number == v.Checks[i].Exchange && e.Number != 0 {
				v.Checks[i].Href = e.ID
				if e.Curl != "" {
					// The exchange shows the command line; once is enough.
					v.Checks[i].Curl = ""
				}
			}
		}
	}
}

func (b *viewBuilder) exchange(id string, e *finding.Exchange, limit int) exchangeView {
	v := exchangeView{ID: fmt.Sprintf("%s-x%d", id, e.Number), Number: e.Number, Purpose: b.clean.line(e.Purpose),
		Method: b.clean.line(e.Request.Method), URL: b.clean.line(e.Request.URL), Took: latency(e.DurationMs),
		RequestHead: b.headers(e.Request.Headers), Error: b.clean.line(e.Error), Curl: curlLines(b.clean.text(e.Curl)),
		Status: "no answer", Class: string(finding.Failed)}
	v.Request, v.RequestCut = b.body(e.Request.Body, limit, e.Request.Truncated)
	if r := e.Response; r != nil {
		v.Status = strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)))
		if r.Status < 400 {
			v.Class = string(finding.Passed)
		}
		v.ResponseHead = b.headers(r.Headers)
		v.Response, v.ResponseCut = b.body(r.Body, limit, r.Truncated)
	}
	return v
}

// curlLines puts each option of a command line on a line of its own, as a shell
// reads it too. What is quoted stays as it is.
func curlLines(command string) string {
	var out strings.Builder
	quoted := false
	for i := 0; i < len(command); i++ {
		switch c := command[i]; {
		case c == '\\' && !quoted && i+1 < len(command):
			out.WriteByte(c)
			i++
		case c == '\'':
			quoted = !quoted
		case !quoted && (strings.HasPrefix(command[i:], " -H ") || strings.HasPrefix(command[i:], " --data-")):
			out.WriteString(" \\\n ")
		}
		out.WriteByte(command[i])
	}
	return out.String()
}

func (b *viewBuilder) headers(list []finding.Header) string {
	lines := make([]string, len(list))
	for i, h := range list {
		lines[i] = b.clean.line(h.Name) + ": " + b.clean.line(h.Value)
	}
	return strings.Join(lines, "\n")
}

// body lays JSON out for reading and cuts what is longer than limit bytes.
func (b *viewBuilder) body(s string, limit int, truncated bool) (text string, cut bool) {
	if len(s) > limit*4 {
		s, truncated = s[:limit*4], true
	}
	if !truncated {
		var out bytes.Buffer
		if json.Indent(&out, []byte(s), "", "  ") == nil {
			s = out.String()
		}
	}
	s = b.clean.text(s)
	if len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s, truncated = s[:limit], true
	}
	return s, truncated
}
