package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// unreachableRun is of an API that is down, asked by test or, strictly, by certify.
func unreachableRun(strict bool) *finding.Run {
	c := boards()
	c.Incomplete = "the API at sandbox.fabrikam.com cannot be reached: no connection: connection refused"
	add := func(id, method, reason, mend string) {
		op := finding.Operation{OperationID: id, Method: method, Path: "/cards", Verdict: finding.Skipped, Reason: reason, Mend: mend}
		if strict {
			message := "0 of 10 successful calls: " + reason
			op.Verdict, op.Reason, op.Mend = finding.Failed, "EnoughSuccessfulCalls: "+message, ""
			op.Checks = []finding.Check{{Check: "EnoughSuccessfulCalls", Verdict: finding.Failed, Message: message, Hint: mend}}
		}
		c.Operations = append(c.Operations, op)
	}
	add("ListCards", "GET", "not reached: "+c.Incomplete, "")
	add("GetCard", "GET", "not reached: "+c.Incomplete, "")
	for _, id := range []string{"CreateCard", "CreateBoard", "MoveCard"} {
		add(id, "POST", "POST is not allowed: it may change data", "allow: [POST]   # or operations: {"+id+": {allow: true}}")
	}
	add("DeleteCard", "DELETE", "DELETE is not allowed: it may change data", "allow: [DELETE]   # or operations: {DeleteCard: {allow: true}}")
	return concluded(newRun("certify", c), finding.Error)
}

func TestAnAPIThatIsDownIsToldOnce(t *testing.T) {
	for _, strict := range []bool{false, true} {
		run := unreachableRun(strict)
		page := render(t, "terminal", Options{Width: 120}, run)
		live, rest, _ := strings.Cut(page, "none of 6 operations was called")
		assert.Contains(t, live, "  ✖ the API at sandbox.fabrikam.com cannot be reached")
		assert.NotContains(t, rest, "not reached")
		assert.NotContains(t, page, "ListCards")
		assert.Equal(t, 1, strings.Count(live+strings.Split(rest, "To be ready")[0], "allow: [POST, DELETE]"), page)
		assert.Contains(t, rest, "POST and DELETE are not allowed: they may change data")
		assert.Contains(t, rest, "4 operations: CreateCard, CreateBoard, MoveCard, DeleteCard")

		verbose := render(t, "terminal", Options{Verbose: true}, run)
		assert.Contains(t, verbose, "ListCards")
		assert.Contains(t, verbose, "not reached")
	}
}

func TestOneMethodIsNamedAlone(t *testing.T) {
	run := unreachableRun(false)
	run.Connectors[0].Operations = run.Connectors[0].Operations[:5]
	page := render(t, "terminal", Options{}, run)
	assert.Contains(t, page, "  ○ POST is not allowed: it may change data\n    3 operations: CreateCard, CreateBoard, MoveCard\n"+
		"    → allow: [POST]   # or operations: {CreateCard: {allow: true}}\n")
}
