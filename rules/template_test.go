package rules

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseTemplateFindsVariables(t *testing.T) {
	for path, want := range map[string]struct {
		variables []string
		shape     string
		valid     bool
		defaults  bool
	}{
		"/boards":                     {nil, "/boards", true, false},
		"/":                           {nil, "/", true, false},
		"":                            {nil, "/", true, false},
		"/Boards/{boardId}/cards/":    {[]string{"boardId"}, "/boards/{}/cards", true, false},
		"/reports/{from}-{to}.pdf":    {[]string{"from", "to"}, "/reports/{}-{}.pdf", true, false},
		"/Orders({id})/lines('{no}')": {[]string{"id", "no"}, "/orders({})/lines('{}')", true, false},
		"/boards/{boardId=main}":      {[]string{"boardId"}, "/boards/{}", true, true},
		"/boards/{boardId/cards}":     {nil, "/boards/{boardid/cards}", false, false},
		"/boards/{}":                  {nil, "/boards/{}", false, false},
		"/boards/{a{b}}":              {nil, "/boards/{a{b}}", false, false},
		"/boards/a}":                  {nil, "/boards/a}", false, false},
	} {
		got := parseTemplate(path)
		assert.Equal(t, want.variables, got.variables, path)
		assert.Equal(t, want.shape, got.shape(), path)
		assert.Equal(t, want.valid, got.valid, path)
		assert.Equal(t, want.defaults, got.defaults, path)
	}
}

func TestSimilarRoutes(t *testing.T) {
	paths := []string{"/cards/archived", "/cards/{cardId}", "/{kind}/archived", "/files/{name}.pdf", "/files/latest.pdf", "/files/.pdf", "/cards/{cardId}/labels"}
	all := &routes{}
	for _, path := range paths {
		all.add(parseTemplate(path), path)
	}
	assert.Equal(t, []string{"/cards/archived", "/{kind}/archived"}, all.similar(parseTemplate("/cards/{cardId}")))
	assert.Equal(t, []string{"/cards/archived", "/cards/{cardId}"}, all.similar(parseTemplate("/{kind}/archived")))
	assert.Equal(t, []string{"/files/latest.pdf"}, all.similar(parseTemplate("/files/{name}.pdf")), "a variable is not empty")
	assert.Empty(t, all.similar(parseTemplate("/cards/archived")), "fixed text reaches nothing else")
	assert.Empty(t, all.similar(parseTemplate("/cards/{cardId}/labels")), "another length")
}

func TestSimilarRoutesNamesAFew(t *testing.T) {
	all := &routes{}
	for i := range 5000 {
		path := "/" + strconv.Itoa(i) + "/{id}"
		all.add(parseTemplate(path), path)
	}
	assert.Len(t, all.similar(parseTemplate("/{kind}/{id}")), maxSimilar)
	assert.Empty(t, all.similar(parseTemplate("/{kind}/{id}/x")))
}
