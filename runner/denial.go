package runner

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// Some APIs answer 200 to everything and say in the body what became of it:
// {"ok": false, "error": "channel_not_found"}. Where the definition declares such
// a flag, an answer that lowers it is a refusal, and its words say of which kind.

// flagNames are what the flag is called.
func flagNames() []string {
	return []string{"ok", "success", "succeeded", "issuccess", "issuccessful"}
}

// readDenial notes whether a 2xx answer is a refusal by the flag in its body.
func (e *exchange) readDenial() {
	e.meant = 0
	if e.fail != nil || e.status < 200 || e.status >= 300 || e.in == nil || e.in.def == nil || !isJSON(e.media()) {
		return
	}
	flag := flagIn(e.in.def, e.op)
	if flag == "" {
		return
	}
	body, err := e.json()
	object, ok := body.(map[string]any)
	if err == nil && ok && object[flag] == false && saysWhy(object) {
		e.meant = meaning(e.words())
	}
}

// flagIn is the property of an operation's answers that tells success from
// refusal, "" when none is declared.
func flagIn(def *connector.Definition, o *operation) string {
	for _, property := range def.Properties(successSchema(o.Operation)) {
		if slices.Contains(flagNames(), norm(property.Key())) && def.Type(property) == "boolean" {
			return property.Key()
		}
	}
	return ""
}

// saysWhy reports whether an answer gives a reason, as refusals do and results do not.
func saysWhy(object map[string]any) bool {
	for name, v := range object {
		if hasAny(words(name), strings.Fields("error errors message msg reason code errorcode")) && v != nil && v != "" && v != false {
			return true
		}
	}
	return false
}

// meaning is the status that an API which uses statuses would have answered.
func meaning(text string) int {
	said := words(text)
	text = strings.Join(said, " ")
	has := func(phrases ...string) bool {
		return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case has("not authed", "invalid auth", "not authenticated", "unauthenticated", "unauthorized", "unauthorised", "invalid token", "token revoked", "token expired", "account inactive"):
		return http.StatusUnauthorized
	case has("missing scope", "forbidden", "permission denied", "access denied", "not allowed token type", "no permission", "restricted action"):
		return http.StatusForbidden
	case has("not found", "no such", "does not exist", "doesn t exist"):
		return http.StatusNotFound
	case has("already", "taken", "duplicate", "exists"):
		return http.StatusConflict
	}
	return http.StatusBadRequest
}

// says is the status of an answer, that which its body means where it is a refusal in a 2xx.
func (e *exchange) says() int {
	if e.meant != 0 {
		return e.meant
	}
	return e.status
}

// saysText is says for people.
func (e *exchange) saysText() string {
	if e.meant != 0 {
		return strconv.Itoa(e.status) + " with a refusal in the body"
	}
	return statusText(e.status)
}
