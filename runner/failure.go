package runner

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// failKind says at what point an exchange failed.
type failKind int

// The kinds of failure.
const (
	// failDial: the host was not reached at all.
	failDial failKind = iota
	// failClosed: the connection ended without an answer.
	failClosed
	// failTime: no answer, or not its end, in time.
	failTime
	// failBody: the answer's body could not be read to its end.
	failBody
	// failLoop: redirects lead in a circle.
	failLoop
	// failStopped: the run ended.
	failStopped
	failOther
	// failToken: nothing was sent, because no access token could be got.
	failToken
	// failAbsent: the recording that is replayed lacks the request.
	failAbsent
)

// failure is why an exchange has no usable answer.
type failure struct {
	kind    failKind
	message string
}

// newFailure reads an error of net/http. gotHeaders says whether the answer had begun.
func newFailure(ctx context.Context, err error, gotHeaders bool, timeout time.Duration) *failure {
	var netErr net.Error
	var dns *net.DNSError
	var op *net.OpError
	var unknownCA x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		return &failure{failStopped, "the run ended before the answer"}
	case errors.As(err, &netErr) && netErr.Timeout() || errors.Is(err, context.DeadlineExceeded):
		if gotHeaders {
			return &failure{failTime, fmt.Sprintf("the answer began but did not end within %s", timeout)}
		}
		return &failure{failTime, fmt.Sprintf("no answer within %s", timeout)}
	case errors.As(err, &dns):
		return &failure{failDial, fmt.Sprintf("the host %s is not known: check the address", dns.Name)}
	case errors.As(err, &unknownCA):
		return &failure{failDial, "the certificate is signed by an authority that is not trusted here: give it with --ca-file"}
	case errors.As(err, &hostname):
		return &failure{failDial, "the certificate is for another host: " + hostname.Error()}
	case errors.As(err, &record):
		return &failure{failDial, "the host does not speak TLS on this port: is it http:// instead of https://?"}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return &failure{failDial, "no connection to the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY): " + reason(op.Err)}
	case errors.As(err, &op) && op.Op == "dial":
		return &failure{failDial, "no connection: " + reason(op.Err)}
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum):
		return &failure{failBody, "the body is labelled Content-Encoding: gzip but is not gzip"}
	case gotHeaders && errors.Is(err, io.ErrUnexpectedEOF):
		return &failure{failBody, "the body ends before the length that Content-Length announces"}
	case gotHeaders:
		return &failure{failBody, "the body cannot be read: " + reason(err)}
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || strings.Contains(err.Error(), "server closed idle connection"):
		return &failure{failClosed, "the connection was closed without an answer"}
	}
	return &failure{failOther, "no usable answer: " + reason(err)}
}

// reason takes the address off an error's text, for it may hold credentials.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var syscallErr syscall.Errno
	if errors.As(err, &syscallErr) {
		return syscallErr.Error()
	}
	return err.Error()
}
