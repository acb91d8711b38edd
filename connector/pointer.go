package connector

import (
	"net/url"
	"strconv"
	"strings"
)

// EscapeToken escapes one reference token of a JSON Pointer (RFC 6901).
func EscapeToken(token string) string {
	if !strings.ContainsAny(token, "~/") {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// UnescapeToken reverses EscapeToken.
func UnescapeToken(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// Find follows a JSON Pointer from n. It returns nil when the pointer is
// malformed or leads nowhere; the empty pointer is n itself.
func (n *Node) Find(pointer string) *Node {
	if pointer == "" {
		return n
	}
	if pointer[0] != '/' {
		return nil
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		switch n.Kind() {
		case Object:
			n = n.Get(UnescapeToken(token))
		case Array:
			i, err := strconv.Atoi(token)
			if err != nil || token != strconv.Itoa(i) {
				return nil
			}
			n = n.Item(i)
		default:
			return nil
		}
	}
	return n
}

// refPointer turns a local reference ("#/definitions/Pet", percent-encoded or
// not) into a JSON Pointer; ok is false for any other reference.
func refPointer(ref string) (pointer string, ok bool) {
	fragment, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return "", false
	}
	if strings.Contains(fragment, "%") {
		if plain, err := url.PathUnescape(fragment); err == nil {
			return plain, true
		}
	}
	return fragment, true
}
