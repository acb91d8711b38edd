package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearestNamesWhatWasMeant(t *testing.T) {
	known := []string{"x-ms-summary", "x-ms-visibility", "x-ms-url-encoding", "boardId"}
	for misspelt, want := range map[string]string{
		"x-ms-visibilty":  "x-ms-visibility",
		"x-ms-visbiility": "x-ms-visibility",
		"x-ms-sumamry":    "x-ms-summary",
		"BOARDID":         "boardId",
		"boardId":         "",
		"cards":           "",
		"":                "",
	} {
		assert.Equal(t, want, Nearest(misspelt, known), misspelt)
	}
}

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		limit, want int
	}{
		{"card", "card", 3, 0},
		{"card", "cadr", 3, 1},
		{"card", "cards", 3, 1},
		{"card", "board", 3, 2},
		{"card", "ticket", 3, 3},
	} {
		assert.Equal(t, c.want, distance(c.a, c.b, c.limit), "%s %s", c.a, c.b)
	}
}

func TestQuoteShortensOnOneLine(t *testing.T) {
	assert.Equal(t, `"two\nlines"`, quote("two\nlines"))
	long := quote("Fabrikam Boards lists every card of every board that the signed-in user may see")
	assert.Equal(t, `"Fabrikam Boards lists every card of every board that the si…"`, long)
	assert.Equal(t, `"a", "b", "c", "d" and 2 more`, listed([]string{"a", "b", "c", "d", "e", "f"}))
}
