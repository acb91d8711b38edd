package values

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDescriptionsListValues(t *testing.T) {
	for description, want := range map[string]listed{
		"Type of this record (e.g. “A”, “PTR”, “MX”)":                                  {[]string{"A", "PTR", "MX"}, false},
		"MUST be added when updating the set. Must be REPLACE or DELETE. With DELETE,": {[]string{"REPLACE", "DELETE"}, true},
		`Set to "Cryptokey"`:                                                {[]string{"Cryptokey"}, true},
		"Sort order. One of: asc, desc.":                                    {[]string{"asc", "desc"}, true},
		"Allowed values are 'open', 'closed' or 'on hold'":                  {[]string{"open", "closed", "on hold"}, true},
		"Language of the answer, for example en-US":                         {},
		"The unit, such as `kg` or `lb`.":                                   {[]string{"kg", "lb"}, false},
		"A quarter, e.g. Q1":                                                {[]string{"Q1"}, false},
		"The name must be unique.":                                          {},
		"Either party may sign.":                                            {},
		"One of the boards that you can see.":                               {},
		"Id of the board, for example the one that you have open.":          {},
		"Possible values: NEW | IN_PROGRESS | DONE":                         {[]string{"NEW", "IN_PROGRESS", "DONE"}, true},
		"The algorithm of the key. Supports `RS256`, `ES256`, and `HS512`.": {[]string{"RS256", "ES256", "HS512"}, true},
		"The id can be set to `latest` for the newest.":                     {},
		"Supports HTML and Markdown":                                        {},
		"Must be at least 8 characters":                                     {},
		"The state of the ticket.":                                          {},
		"":                                                                  {},
	} {
		assert.Equal(t, want, readListed(description), description)
	}
}
