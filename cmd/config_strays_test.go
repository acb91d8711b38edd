package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesThatNothingTakesAreTold(t *testing.T) {
	dir := t.TempDir()
	definition := `{"swagger": "2.0", "info": {"title": "Boards", "version": "1"}, "host": "boards.example.com", "paths": {
		"/boards/{boardId}": {"get": {"operationId": "GetBoard", "parameters": [{"name": "boardId", "in": "path", "required": true, "type": "string"}], "responses": {"200": {"description": "The board."}}}},
		"/cards": {"post": {"operationId": "CreateCard", "parameters": [{"name": "card", "in": "body", "schema": {"$ref": "#/definitions/Card"}}], "responses": {"201": {"description": "The card."}}}}},
		"definitions": {"Card": {"type": "object", "properties": {"title": {"type": "string"}, "owner": {"type": "object", "properties": {"email": {"type": "string"}}}}}}}`
	try := func(definition, config string) []string {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "apiDefinition.swagger.json"), []byte(definition), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, configName), []byte(config), 0o600))
		code, _, stderr := runHere(t, "test", dir, "--dry-run")
		require.Equal(t, ExitReady, code, stderr)
		var notes []string
		for line := range strings.Lines(strings.ReplaceAll(stderr, dir+string(filepath.Separator), "")) {
			notes = append(notes, strings.TrimSpace(line))
		}
		return notes
	}
	assert.Empty(t, try(definition, "values: {boardId: b1, title: x, owner/email: ada@example.com, card: {title: y}}\noperations: {GetBoard: {values: {boardId: b2}}}"))
	assert.Equal(t, []string{
		`precert: precert.yaml: values names "bordId", but no operation has such a parameter or property (did you mean boardId?)`,
		`precert: precert.yaml: operations, CreateCard, values names "owner/phone", but no operation has such a parameter or property`,
	}, try(definition, "values: {bordId: b1}\noperations: {CreateCard: {values: {owner/phone: 5}}}"))
	dynamic := strings.Replace(definition, `"title": {"type": "string"}`, `"title": {"type": "object", "x-ms-dynamic-schema": {"operationId": "GetBoard", "value-path": "schema"}}`, 1)
	assert.Empty(t, try(dynamic, "values: {bordId: b1}"), "the fields are known at run time only")
}
