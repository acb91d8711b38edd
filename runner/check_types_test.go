package runner

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

func TestTypesAreComparedAsInformation(t *testing.T) {
	const definition = `{"swagger": "2.0", "host": "shop.fabrikam.com", "produces": ["application/json"], "paths": {"/stock": {"get": {"operationId": "GetStock", "responses": {"200": {"description": "Stock", "schema":
	  {"type": "object", "properties": {"count": {"type": "integer"}, "size": {"type": "integer", "format": "int32"}}}}}}}}}`
	served := 0
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served++
		w.Header().Set("Content-Type", "application/json")
		count := "7"
		if served == 3 {
			count = "7000000000"
		}
		_, _ = fmt.Fprintf(w, `{"count": %s, "size": 1, "colour": "red", "k%d": true}`, count, served) // the client may be gone
	})
	result := exerciseAPI(t.Context(), t, definition, api, Options{Calls: 30, Jobs: 1})
	assert.Empty(t, complaints(result))
	op := result.Operations[0]
	require.NotNil(t, op.Types)
	assert.Contains(t, op.Types.Properties, finding.TypeDifference{Pointer: "/count", Declared: "integer", Actual: "integer int64"})
	assert.Contains(t, op.Types.Properties, finding.TypeDifference{Pointer: "/colour", Actual: "string"})
	assert.Len(t, op.Types.Properties, maxTypes)
	assert.GreaterOrEqual(t, op.Types.Total, 32)
}
