package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// streaming says why an answer is no answer but a stream, "" when it is one.
func streaming(o *operation, e *exchange) string {
	const reason = "it answers as an endless stream, which a connector cannot offer"
	switch {
	case o.stream && (e.ok() || e.fail != nil && e.fail.kind == failTime):
		return "the definition declares a stream, which a connector cannot offer: the answer does not end or comes in pieces"
	case e.unended && e.status < 300 && severalValues(e.body):
		return reason
	}
	return ""
}

// severalValues reports whether a body is whole JSON values one after the other.
func severalValues(body []byte) bool {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("data:")) {
		return true
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	n := 0
	for {
		var v json.RawMessage
		err := decoder.Decode(&v)
		if errors.Is(err, io.EOF) {
			return n > 0
		}
		if err != nil {
			return false
		}
		n++
	}
}
