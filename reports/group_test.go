package reports

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// A server looks for an annotated file below the folder that precert was started in.
func TestFilePathsAreFoundHoweverTheConnectorWasGiven(t *testing.T) {
	const file = "apiDefinition.swagger.json"
	for given, want := range map[string]string{
		"":                             file,
		".":                            file,
		file:                           file,
		"./" + file:                    file,
		"boards":                       "boards/" + file,
		"./boards/":                    "boards/" + file,
		"./boards/" + file:             "boards/" + file,
		"../boards":                    "../boards/" + file,
		"../boards/" + file:            "../boards/" + file,
		"/home/ci/boards":              "/home/ci/boards/" + file,
		`C:\boards`:                    "C:/boards/" + file,
		`\\server\share\boards`:        "//server/share/boards/" + file,
		`\\server\share\` + file:       "//server/share/" + file,
		"boards.zip":                   "boards.zip/" + file,
		"connectors/../boards/" + file: "boards/" + file,
	} {
		assert.Equal(t, want, filePath(&finding.Connector{Path: given}, file), given)
	}
	assert.Equal(t, "boards/", filePath(&finding.Connector{Path: "boards/"}, ""), "the connector's own path is as it was given")
	assert.Equal(t, "shared/swagger.json", filePath(&finding.Connector{Path: "boards"}, "../shared/swagger.json"))
}
