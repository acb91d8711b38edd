package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// deviceGrant is the name that RFC 8628 gives the grant.
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// Bounds on waiting for somebody to sign in.
const (
	defaultPoll   = 5 * time.Second
	maxDeviceWait = 15 * time.Minute
)

// byDevice asks a person to sign in elsewhere, and for the token until it is there.
func (t *tokenSource) byDevice(ctx context.Context, s *session) (string, error) {
	if s.opts.Prompt == nil {
		return "", errors.New("the grant device_code needs somebody to sign in, and there is nobody to ask")
	}
	form := url.Values{"client_id": {t.opts.ClientID}}
	if len(t.opts.Scopes) > 0 {
		form.Set("scope", strings.Join(t.opts.Scopes, " "))
	}
	status, body, err := t.post(ctx, s, t.opts.DeviceURL, form)
	if err != nil {
		return "", err
	}
	var answer struct {
		DeviceCode string `json:"device_code"`
		UserCode   string `json:"user_code"`
		URI        string `json:"verification_uri"`
		URL        string `json:"verification_url"`
		Expires    int64  `json:"expires_in"`
		Interval   int64  `json:"interval"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.DeviceCode == "" {
		return "", fmt.Errorf("the device address answered %d without a device code", status)
	}
	t.mask.add(answer.DeviceCode)
	if answer.URI == "" {
		answer.URI = answer.URL
	}
	s.opts.Prompt(fmt.Sprintf("sign in at %s with the code %s", answer.URI, answer.UserCode))
	pause, left := defaultPoll, maxDeviceWait
	if answer.Interval > 0 {
		pause = time.Duration(answer.Interval) * time.Second
	}
	if answer.Expires > 0 {
		left = min(left, time.Duration(answer.Expires)*time.Second)
	}
	form = url.Values{"grant_type": {deviceGrant}, "client_id": {t.opts.ClientID}, "device_code": {answer.DeviceCode}}
	if t.opts.ClientSecret != "" {
		form.Set("client_secret", t.opts.ClientSecret)
	}
	for ; left > 0; left -= pause {
		if err := s.opts.wait(ctx, pause); err != nil {
			return "", errors.New("the run ended before anybody signed in")
		}
		status, body, err := t.post(ctx, s, t.url, form)
		if err != nil {
			return "", err
		}
		var refusal struct{ Error string }
		if json.Unmarshal(body, &refusal) != nil {
			refusal.Error = ""
		}
		switch refusal.Error {
		case "authorization_pending":
		case "slow_down":
			pause += defaultPoll
		default:
			return t.take(status, body)
		}
	}
	return "", errors.New("nobody signed in before the code expired")
}
