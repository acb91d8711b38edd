package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// ordersDefinition has a polling trigger whose state the policy keeps.
const ordersDefinition = `{"swagger": "2.0", "host": "shop.fabrikam.com", "basePath": "/api", "consumes": ["application/json"], "produces": ["application/json"],
  "paths": {
    "/orders": {"post": {"operationId": "CreateOrder", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "maxLength": 20}}}}],
      "responses": {"201": {"description": "Made", "schema": {"type": "object", "properties": {"id": {"type": "string"}, "no": {"type": "integer", "format": "int32"}}}}}}},
    "/trigger/orders": {"get": {"operationId": "WhenOrderIsCreated", "x-ms-trigger": "batch", "parameters": [{"name": "after", "in": "query", "type": "integer"}],
      "responses": {"200": {"description": "Orders", "schema": {"type": "object", "properties": {"orders": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "no": {"type": "integer", "format": "int32"}}}}}}}}}}}}`

// ordersAPI serves ordersDefinition as it is on the wire. Its fields change what it does.
type ordersAPI struct {
	mu     sync.Mutex
	orders []map[string]any
	// keeps says which orders a poll after a number is told; nil for the newer ones.
	keeps func(no, after int) bool
	// prefix is before the path of the trigger.
	prefix string
	member string
	seen   map[string]bool
}

func (a *ordersAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[r.URL.Path] = true
	w.Header().Set("Content-Type", "application/json")
	switch r.Method + " " + r.URL.Path {
	case "POST /api/orders":
		var body struct{ Text *string }
		if json.NewDecoder(r.Body).Decode(&body) != nil || body.Text == nil || len(*body.Text) > 20 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		order := map[string]any{"id": fmt.Sprintf("o%d", len(a.orders)), "no": len(a.orders) + 1}
		a.orders = append(a.orders, order)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(order) // the client may be gone
	case "GET /api" + a.prefix + "/orders":
		after, err := strconv.Atoi(r.URL.Query().Get("after"))
		if err != nil && r.URL.Query().Has("after") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		told := []any{}
		for i := len(a.orders) - 1; i >= 0; i-- {
			if no := i + 1; a.keeps != nil && a.keeps(no, after) || a.keeps == nil && no > after {
				told = append(told, a.orders[i])
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{a.member: told}) // the client may be gone
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func TestPollingByThePolicy(t *testing.T) {
	properties := withPolicies("", "pollingtrigger",
		`"x-ms-apimTemplate-operationName": ["WhenOrderIsCreated"], "$triggerConfig": {"after": "@{triggerBody().orders[0].no}"}, "$triggerDataPath": "@triggerBody().orders"`)
	for name, c := range map[string]struct {
		api     *ordersAPI
		verdict finding.Verdict
		message string
	}{
		"sound":                           {&ordersAPI{member: "orders"}, finding.Passed, ""},
		"sound, with /trigger in the API": {&ordersAPI{member: "orders", prefix: "/trigger"}, finding.Passed, ""},
		"the state is not heeded":         {&ordersAPI{member: "orders", keeps: func(int, int) bool { return true }}, finding.Failed, "tells items again that were told already"},
		"the last one comes again":        {&ordersAPI{member: "orders", keeps: func(no, after int) bool { return no >= after }}, finding.Warned, "tells items again that were told already"},
		"news are never told":             {&ordersAPI{member: "orders", keeps: func(no, after int) bool { return after == 0 && no < 4 }}, finding.Failed, "nothing new was told within"},
		"the items are elsewhere":         {&ordersAPI{member: "items"}, finding.Failed, "has nothing at the path where the policy"},
	} {
		t.Run(name, func(t *testing.T) {
			c.api.seen = map[string]bool{}
			server := httptest.NewServer(c.api)
			defer server.Close()
			opts := Options{BaseURL: server.URL, Calls: 3, Allow: []string{"POST"}, Triggers: map[string]TriggerOptions{"WhenOrderIsCreated": {Wait: 300 * time.Millisecond}}}
			result := runWith(t, ordersDefinition, properties, opts)
			check := checkOf(result.Operations[1], checkPolling)
			assert.Equal(t, c.verdict, check.Verdict, check.Message)
			assert.Contains(t, check.Message, c.message)
			assert.True(t, c.api.seen["/api"+c.api.prefix+"/orders"])
			if c.verdict == finding.Passed {
				assert.Empty(t, complaints(result))
			}
		})
	}
}
