package cmd

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/fixtures"
)

// faulty is a file system with a fault of the program in it.
type faulty struct{}

func (faulty) Open(string) (fs.File, error) { panic("a fault of ours") }

func TestAFaultAtOneConnectorLeavesTheOthersTheirReport(t *testing.T) {
	f := &flags{format: "csv", jobs: 2}
	var out, errs strings.Builder
	j := &job{flags: f, streams: Streams{Out: &out, Err: &errs, Env: none}, command: "check", static: true}
	err := j.judge(t.Context(), []connector.Source{
		{Path: "faulty", FS: faulty{}, Dir: ".", Definition: "apiDefinition.swagger.json"},
		{Path: "worst", FS: fixtures.Worst(), Dir: ".", Definition: "apiDefinition.swagger.json"},
	})
	assert.Equal(t, exitError{ExitIncomplete}, err, errs.String())
	assert.Contains(t, out.String(), "internal error: a fault of ours: report this with the connector")
	assert.Contains(t, out.String(), "OperationIdSanitized")
}
