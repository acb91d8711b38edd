package cmd_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// alertmanager is the program of the tutorial, in the version that it names.
const (
	alertmanager        = "prometheus-alertmanager"
	alertmanagerVersion = "version 0.25."
)

// startAlertmanager starts the program, with its address in $ALERTS.
func startAlertmanager(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.MkAbs("alertmanager")
	ts.Check(os.MkdirAll(dir, 0o750))
	file := filepath.Join(dir, "alertmanager.yml")
	ts.Check(os.WriteFile(file, []byte("{route: {receiver: nobody}, receivers: [{name: nobody}]}"), 0o600))
	program := exec.Command(alertmanager, "--config.file="+file, "--storage.path="+dir, "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=")
	log, err := program.StderrPipe()
	ts.Check(err)
	ts.Check(program.Start())
	ts.Defer(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	})
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			ts.Setenv("ALERTS", "http://"+m[1]+"/api/v2")
			go func() {
				for lines.Scan() { // a full pipe would stop the program
				}
			}()
			return
		}
	}
	ts.Fatalf("%s does not listen", alertmanager)
}

// startSilences starts what the tutorial needs of Alertmanager 0.25, faults
// included, with its address in $ALERTS.
func startSilences(ts *testscript.TestScript, _ bool, _ []string) {
	server := httptest.NewServer(&silences{ends: map[string]string{}})
	ts.Defer(server.Close)
	ts.Setenv("ALERTS", server.URL+"/api/v2")
}

// silences answers as Alertmanager 0.25 does.
type silences struct {
	mu      sync.Mutex
	bodies  []map[string]any
	ends    map[string]string
	created int
}

var (
	isUUID    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	labelName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (s *silences) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(code int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
	}
	id, one := strings.CutPrefix(r.URL.Path, "/api/v2/silence/")
	switch {
	case r.URL.Path == "/api/v2/silences" && r.Method == http.MethodGet:
		answer(http.StatusOK, s.all())
	case r.URL.Path == "/api/v2/silences" && r.Method == http.MethodPost:
		answer(s.create(json.NewDecoder(r.Body)))
	case !one:
		answer(http.StatusNotFound, map[string]any{"code": 404, "message": "path was not found"})
	case !isUUID.MatchString(id):
		answer(http.StatusUnprocessableEntity, map[string]any{"code": 601, "message": fmt.Sprintf("silenceID in path must be of type uuid: %q", id)})
	case r.Method == http.MethodDelete && s.ends[id] == "":
		answer(http.StatusInternalServerError, "silence not found")
	case s.ends[id] == "":
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		s.ends[id] = "expired"
	default:
		for _, silence := range s.all() {
			if silence["id"] == id {
				answer(http.StatusOK, silence)
			}
		}
	}
}

func (s *silences) all() []map[string]any {
	for _, body := range s.bodies {
		body["status"] = map[string]any{"state": s.ends[body["id"].(string)]}
	}
	return append([]map[string]any{}, s.bodies...)
}

// create answers a POST; a matcher that is null ends the connection, as there.
func (s *silences) create(body *json.Decoder) (code int, answer any) {
	var silence map[string]any
	invalid := func(message string) (int, any) {
		return http.StatusUnprocessableEntity, map[string]any{"code": 602, "message": message}
	}
	if err := body.Decode(&silence); err != nil && err.Error() != "EOF" {
		return http.StatusBadRequest, map[string]any{"code": 400, "message": err.Error()}
	}
	for _, name := range []string{"comment", "createdBy", "endsAt", "matchers", "startsAt"} {
		value, given := silence[name]
		if _, isText := value.(string); given && !isText && name != "matchers" {
			return http.StatusBadRequest, map[string]any{"code": 400, "message": name + " is of another type"}
		}
		if !given {
			return invalid(name + " in body is required")
		}
	}
	matchers, isList := silence["matchers"].([]any)
	if !isList || len(matchers) == 0 {
		return invalid("matchers in body should have at least 1 items")
	}
	for _, m := range matchers {
		matcher, isObject := m.(map[string]any)
		if m == nil {
			panic(http.ErrAbortHandler)
		}
		name, isName := matcher["name"].(string)
		_, isValue := matcher["value"].(string)
		_, isBool := matcher["isRegex"].(bool)
		switch {
		case !isObject, matcher["name"] != nil && !isName, matcher["value"] != nil && !isValue, matcher["isRegex"] != nil && !isBool:
			return http.StatusBadRequest, map[string]any{"code": 400, "message": "a matcher is of another type"}
		case !isName, !isValue, !isBool:
			return invalid("a matcher lacks its name, value or isRegex")
		case !labelName.MatchString(name):
			return http.StatusBadRequest, fmt.Sprintf("silence invalid: invalid label matcher 0: invalid label name %q", name)
		}
	}
	if silence["startsAt"].(string) >= silence["endsAt"].(string) {
		return http.StatusBadRequest, "Failed to create silence: start time must be before end time"
	}
	s.created++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", s.created)
	silence["id"] = id
	s.ends[id] = "pending"
	s.bodies = append(s.bodies, silence)
	return http.StatusOK, map[string]any{"silenceID": id}
}
