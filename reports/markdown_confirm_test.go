package reports

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestMarkdownAsksToConfirmBreakingChanges(t *testing.T) {
	render := func(changes ...finding.Change) string {
		run := &finding.Run{Command: "diff", Connectors: []*finding.Connector{{Path: "boards", Changes: changes}}}
		run.Conclude(finding.Error)
		reporter, err := New("markdown", Options{})
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, reporter.Write(&out, run))
		return out.String()
	}
	page := render(
		finding.Change{Change: "OperationDeleted", Severity: finding.Error, ValuePath: "operation/ListCards", Message: "Gone."},
		finding.Change{Change: "OutputFieldDeleted", Severity: finding.Error, ValuePath: "operation/GetCard/responses/200/schema/id", Message: "Gone."},
		finding.Change{Change: "OutputFieldDeleted", Severity: finding.Error, ValuePath: "operation/GetCard/responses/200/schema/@all`", Message: "Gone."},
		finding.Change{Change: "ParameterAdded", Severity: finding.Info, ValuePath: "operation/GetCard/parameter/expand", Message: "New."},
	)
	assert.Contains(t, page, "This update has 3 breaking changes in 2 operations. We confirm that")
	assert.Contains(t, page, "> - OperationDeleted at `operation/ListCards`")
	assert.Contains(t, page, "> - OutputFieldDeleted at `` operation/GetCard/responses/200/schema/@all` ``, `operation/GetCard/responses/200/schema/id`")
	assert.NotContains(t, page, "> - ParameterAdded")
	assert.NotContains(t, render(finding.Change{Change: "ParameterAdded", Severity: finding.Info, ValuePath: "x"}), "We confirm")
}
