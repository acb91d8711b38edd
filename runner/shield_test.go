package runner

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFaultOfOursDoesNotEndTheProgram(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	pkg := pkgOf(t, `{"swagger": "2.0", "produces": ["application/json"], "paths": {
		"/boards": {"get": {"operationId": "ListBoards", "responses": {"200": {"description": "OK"}}}},
		"/cards": {"get": {"operationId": "ListCards", "responses": {"200": {"description": "OK"}}}}}}`, "")
	result, err := Run(t.Context(), pkg, Options{BaseURL: server.URL, Calls: 1, Progress: func(e Event) {
		if e.OperationID == "ListBoards" && e.Kind == Called {
			panic("a fault of ours")
		}
	}})
	require.NoError(t, err)
	assert.Contains(t, result.Incomplete, "precert failed at ListBoards (a fault of ours)")
	assert.Equal(t, 1, result.Operations[1].Successes)
}
