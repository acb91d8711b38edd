package runner

import (
	"encoding/json"
	"net/http"
	"strings"
)

// maxChallenge is the longest token that is sent back.
const maxChallenge = 4096

// challenged answers a request by which an API proves, when it is given a
// callback address, that somebody there wants its notifications: a token to be
// sent back, or a question for consent. It reports whether the request was one.
func challenged(w http.ResponseWriter, r *http.Request, body []byte) bool {
	if r.Method == http.MethodOptions {
		origin := r.Header.Get("WebHook-Request-Origin")
		if origin == "" {
			return false
		}
		w.Header().Set("WebHook-Allowed-Origin", origin)
		w.WriteHeader(http.StatusOK)
		return true
	}
	for _, name := range []string{"validationToken", "validationtoken", "hub.challenge", "challenge", "crc_token"} {
		if token := r.URL.Query().Get(name); token != "" && len(token) <= maxChallenge {
			sendBack(w, "text/plain; charset=utf-8", token)
			return true
		}
	}
	var asked struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &asked) != nil || asked.Challenge == "" || len(asked.Challenge) > maxChallenge || !strings.Contains(asked.Type, "verif") && asked.Type != "" {
		return false
	}
	answer, _ := json.Marshal(map[string]string{"challenge": asked.Challenge}) // strings can be written
	sendBack(w, "application/json", string(answer))
	return true
}

func sendBack(w http.ResponseWriter, media, text string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(text)) //nolint:gosec // no browser runs it: it is plain text or JSON, and nothing is sniffed
}
