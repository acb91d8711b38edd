package runner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/precert/precert/connector"
)

// OAuth says how to get access tokens.
type OAuth struct {
	// Grant is client_credentials, refresh_token, password or device_code.
	Grant string
	// TokenURL replaces the one of the definition.
	TokenURL string
	// DeviceURL is where the grant device_code begins.
	DeviceURL string
	// Tenant is the directory of Microsoft Entra ID, "" for that of apiProperties.json.
	Tenant                 string
	ClientID, ClientSecret string
	Username, Password     string
	RefreshToken           string
	Scopes                 []string
}

// mendSignIn says what to do where no token can be got.
const mendSignIn = "check oauth in precert.yaml, or give a token in PRECERT_ACCESS_TOKEN"

// renewBefore is how long before its end a token is renewed.
const renewBefore = 30 * time.Second

// tokenSource gets access tokens and keeps the last one until shortly before it ends.
type tokenSource struct {
	opts OAuth
	url  string
	mask *redactor

	mu      sync.Mutex
	token   string
	expires time.Time
	refresh string
	// client is what HTTP Basic carries where the form is not taken, "" before that is known.
	client string
	// replayed: there is no network, and the requests carry no token.
	replayed bool
}

// newTokenSource reads what the configuration, apiProperties.json (settings, nil
// for none) and the security scheme (node) say, in this order.
func newTokenSource(opts Options, settings, node *connector.Node, mask *redactor) (*tokenSource, error) {
	t := &tokenSource{opts: opts.OAuth.entraID(settings), mask: mask, refresh: opts.OAuth.RefreshToken}
	t.url = t.opts.TokenURL
	if t.url == "" {
		t.url = node.Get("tokenUrl").String()
	}
	u, err := url.Parse(t.url)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("oauth needs tokenUrl, an absolute https address: the definition's %q is none", node.Get("tokenUrl").String())
	}
	switch t.opts.Grant {
	case "client_credentials", "password":
	case "device_code":
		if d, err := url.Parse(t.opts.DeviceURL); err != nil || d.Host == "" {
			return nil, errors.New("the grant device_code needs deviceUrl, the address that gives out device codes")
		}
	case "refresh_token":
		if t.refresh == "" {
			return nil, errors.New("the grant refresh_token needs a refresh token")
		}
	default:
		return nil, fmt.Errorf("the grant %q is not supported: use client_credentials, refresh_token, device_code or password, or give an access token", t.opts.Grant)
	}
	if len(t.opts.Scopes) == 0 {
		for scope := range node.Get("scopes").Members {
			t.opts.Scopes = append(t.opts.Scopes, scope.Key())
		}
	}
	mask.add(t.opts.ClientSecret, t.opts.Password, t.refresh)
	return t, nil
}

// get returns a token that is valid for a while.
func (t *tokenSource) get(ctx context.Context, s *session) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.replayed {
		return placeholder, nil
	}
	if t.token != "" && (t.expires.IsZero() || time.Until(t.expires) > renewBefore) {
		return t.token, nil
	}
	return t.fetch(ctx, s)
}

// drop forgets the token; it reports whether a new one can be got.
func (t *tokenSource) drop() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	had := t.token != "" || t.replayed
	t.token = ""
	return had
}

func (t *tokenSource) fetch(ctx context.Context, s *session) (string, error) {
	form := url.Values{"grant_type": {t.opts.Grant}, "client_id": {t.opts.ClientID}}
	if t.opts.ClientSecret != "" {
		form.Set("client_secret", t.opts.ClientSecret)
	}
	if len(t.opts.Scopes) > 0 {
		form.Set("scope", strings.Join(t.opts.Scopes, " "))
	}
	switch {
	case t.refresh != "":
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", t.refresh)
	case t.opts.Grant == "password":
		form.Set("username", t.opts.Username)
		form.Set("password", t.opts.Password)
	}
	if t.refresh == "" && t.opts.Grant == "device_code" {
		return t.byDevice(ctx, s)
	}
	status, body, err := t.post(ctx, s, t.url, form)
	if err != nil {
		return "", err
	}
	return t.take(status, body)
}

// post sends a form to one of the addresses that give out tokens. A server that
// does not take the client's secret in the form gets it by HTTP Basic.
func (t *tokenSource) post(ctx context.Context, s *session, address string, form url.Values) (status int, body []byte, err error) {
	secret := form.Get("client_secret")
	if secret == "" || t.client == "" {
		status, body, err = t.send(ctx, s, address, form, "")
	}
	if err != nil || secret == "" || t.client == "" && !wantsBasic(status, body) {
		return status, body, err
	}
	bare := maps.Clone(form)
	bare.Del("client_id")
	bare.Del("client_secret")
	for _, client := range basicClients(form.Get("client_id"), secret, t.client) {
		t.mask.add(client)
		again, answer, err := t.send(ctx, s, address, bare, client)
		if err != nil {
			return 0, nil, err
		}
		if t.client == client || !wantsBasic(again, answer) {
			t.client = client
			return again, answer, nil
		}
	}
	return status, body, nil
}

// wantsBasic reports whether an answer refuses the client rather than the grant.
func wantsBasic(status int, body []byte) bool {
	var refusal struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		refusal.Error = ""
	}
	switch status {
	case http.StatusUnauthorized:
		return refusal.Error != "invalid_grant" && refusal.Error != "authorization_pending"
	case http.StatusBadRequest:
		text := strings.ToLower(string(body))
		return refusal.Error == "invalid_client" || strings.Contains(text, "authorization header") || strings.Contains(text, "basic auth")
	}
	return false
}

// basicClients are the ways in which HTTP Basic writes a client: form-encoded as
// RFC 6749 wants, and as many servers read it; only the known one where there is one.
func basicClients(id, secret, known string) []string {
	if known != "" {
		return []string{known}
	}
	write := func(id, secret string) string {
		return base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
	}
	out := []string{write(url.QueryEscape(id), url.QueryEscape(secret))}
	if plain := write(id, secret); plain != out[0] {
		out = append(out, plain)
	}
	return out
}

// send makes one request for a token; client is what HTTP Basic carries, "" for nothing.
func (t *tokenSource) send(ctx context.Context, s *session, address string, form url.Values, client string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, fmt.Errorf("the token address is not usable: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if client != "" {
		r.Header.Set("Authorization", "Basic "+client)
	}
	response, err := s.transport.RoundTrip(r)
	if err != nil {
		return 0, nil, fmt.Errorf("the token address %s gives no answer: %s", r.URL.Host, reason(err))
	}
	defer func() { _ = response.Body.Close() }() // nothing is read after this
	body, err = io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return 0, nil, fmt.Errorf("the answer of the token address cannot be read: %s", reason(err))
	}
	return response.StatusCode, body, nil
}

func (t *tokenSource) take(status int, body []byte) (string, error) {
	var answer struct {
		AccessToken      string      `json:"access_token"`
		RefreshToken     string      `json:"refresh_token"`
		ExpiresIn        json.Number `json:"expires_in"`
		Error            string      `json:"error"`
		ErrorDescription string      `json:"error_description"`
	}
	if err := json.Unmarshal(body, &answer); err != nil && status < 300 {
		return "", errors.New("the token address does not answer with JSON")
	}
	if answer.AccessToken == "" {
		return "", errors.New(strings.TrimRight(fmt.Sprintf("the token address answered %d: %s %s", status, answer.Error, t.mask.text(answer.ErrorDescription)), ": "))
	}
	t.mask.add(answer.AccessToken, answer.RefreshToken)
	t.token, t.expires = answer.AccessToken, time.Time{}
	if seconds, err := answer.ExpiresIn.Int64(); err == nil && seconds > 0 {
		t.expires = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	if answer.RefreshToken != "" {
		t.refresh = answer.RefreshToken
	}
	return t.token, nil
}
