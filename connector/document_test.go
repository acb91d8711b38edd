package connector

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A minified definition is one line: columns count characters, wherever in it a value stands.
func TestColumnsCountCharactersInLongLines(t *testing.T) {
	var text strings.Builder
	text.WriteString("{\n\"short\": \"é\", \"cards\": [")
	for i := range 3000 {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(`"Täglich ☕"`)
	}
	text.WriteString("]}")
	doc := ReadDocument("apiDefinition.swagger.json", []byte(text.String()))
	require.Empty(t, doc.Problems)
	require.NotNil(t, doc.before, "the line is long enough for the table")
	line := strings.SplitAfter(text.String(), "\n")[1]
	at := strings.Index(line, "[") + 1
	for i, item := 0, doc.Root.Get("cards"); i < item.Len(); i++ {
		row, column := item.Item(i).Position()
		require.Equal(t, 2, row)
		require.Equal(t, utf8.RuneCountInString(line[:at])+1, column, "item %d", i)
		at += len(`"Täglich ☕",`)
	}
	row, column := doc.Root.Get("short").Position()
	assert.Equal(t, [2]int{2, 10}, [2]int{row, column})
}
