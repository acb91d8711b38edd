package runner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner/values"
)

// sample is what an upload carries.
const sample = "A small text file made by precert.\n"

// message is one HTTP request, ready to be sent any number of times.
type message struct {
	method string
	url    *url.URL
	// base is the part of url that the path of the operation is below.
	base   *url.URL
	header http.Header
	body   []byte
}

// below is the address that the message's path is below: the API's, or the bare
// host of an address that the API gave.
func (m *message) below() *url.URL {
	if m.base == nil || m.base.Host != m.url.Host {
		return &url.URL{Scheme: m.url.Scheme, Host: m.url.Host}
	}
	return m.base
}

// encode writes an input as HTTP, without credentials.
func encode(base *url.URL, in *input) (*message, error) {
	o := in.op
	m := &message{method: o.Method, base: base, header: http.Header{}}
	path, query, err := target(o, in)
	if err != nil {
		return nil, err
	}
	u := *base
	u.RawPath = base.EscapedPath() + path
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, fmt.Errorf("the path of %s cannot be written: %w", o.name, err)
	}
	u.RawQuery = query
	m.url = &u
	m.header.Set("Accept", accept(o))
	for _, p := range in.params {
		if p.in == "header" {
			if err := m.setHeader(p); err != nil {
				return nil, err
			}
		}
	}
	return m, m.setBody(in)
}

// setHeader writes a header parameter. What HTTP forbids in names and values
// cannot be sent by anyone.
func (m *message) setHeader(p paramValue) error {
	value := values.Text(p.value, format(p.node))
	if strings.ContainsFunc(p.name, func(r rune) bool { return !isTokenRune(r) }) || p.name == "" {
		return fmt.Errorf("the header parameter %q cannot be sent: HTTP allows no such name", p.name)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return fmt.Errorf("the value %q of the header parameter %s cannot be sent: HTTP allows no control characters there", value, p.name)
	}
	m.header.Set(p.name, value)
	return nil
}

// isTokenRune reports whether a character may stand in the name of a header.
func isTokenRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// accept asks for what the operation produces.
func accept(o *operation) string {
	if len(o.Produces) == 0 {
		return "application/json, */*;q=0.5"
	}
	var first, rest []string
	for _, media := range o.Produces {
		if isJSON(media) {
			first = append(first, media)
		} else {
			rest = append(rest, media)
		}
	}
	if len(first) > 0 {
		// JSON is what a connector makes outputs of.
		for i := range rest {
			rest[i] += ";q=0.5"
		}
	}
	return strings.Join(append(first, rest...), ", ")
}

func format(node *connector.Node) string { return node.Get("collectionFormat").String() }

// target writes path and query. A path template of a connector may hold a fixed query.
func target(o *operation, in *input) (path, query string, err error) {
	path = "/" + strings.TrimLeft(o.Path, "/")
	var pairs []string
	for _, p := range in.params {
		switch p.in {
		case "path":
			text := values.Text(p.value, format(p.node))
			if text == "" {
				return "", "", fmt.Errorf("the value of %s is empty, so the path cannot be written", p.name)
			}
			path = strings.ReplaceAll(path, "{"+p.name+"}", pathText(p))
		case "query":
			pairs = append(pairs, queryPairs(p)...)
		}
	}
	path, fixed, _ := strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	if fixed != "" {
		pairs = append([]string{fixed}, pairs...)
	}
	return path, strings.Join(pairs, "&"), nil
}

// pathText is a parameter as it stands in the path.
func pathText(p paramValue) string {
	escaped := url.PathEscape(values.Text(p.value, format(p.node)))
	if p.node.Get("x-ms-url-encoding").String() == "double" {
		escaped = url.PathEscape(escaped)
	}
	return escaped
}

func queryPairs(p paramValue) []string {
	name := url.QueryEscape(p.name)
	if list, ok := p.value.([]any); ok && format(p.node) == "multi" {
		out := make([]string, 0, len(list))
		for _, item := range list {
			out = append(out, name+"="+url.QueryEscape(values.Text(item, "")))
		}
		return out
	}
	return []string{name + "=" + url.QueryEscape(values.Text(p.value, format(p.node)))}
}

func (m *message) setBody(in *input) error {
	fields := slices.DeleteFunc(slices.Clone(in.params), func(p paramValue) bool { return p.in != "formData" })
	if len(fields) > 0 || takesForm(in.op) {
		return m.setForm(in.op, fields)
	}
	if !in.hasBody {
		return nil
	}
	media := requestMedia(in.op)
	if in.binary {
		media = fileMedia(in.op)
	}
	m.header.Set("Content-Type", media)
	if text, ok := in.body.(string); ok && (in.binary || !isJSON(media)) {
		m.body = []byte(text)
		return nil
	}
	if body := in.op.Body(); isXML(media) && in.def != nil && body != nil {
		m.body = xmlBody(in.def, body.Schema(), body.Name, in.body)
		return nil
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(in.body); err != nil {
		return fmt.Errorf("the body of %s cannot be written: %w", in.op.name, err)
	}
	m.body = bytes.TrimRight(buf.Bytes(), "\n")
	return nil
}

// takesForm reports whether an operation is sent a form, be it an empty one.
func takesForm(o *operation) bool {
	return slices.ContainsFunc(o.Parameters, func(p *connector.Parameter) bool { return p.In == "formData" })
}

// requestMedia picks the media type of a body: JSON where the operation takes it.
func requestMedia(o *operation) string {
	for _, media := range o.Consumes {
		if isJSON(media) && !strings.Contains(media, "*") {
			return media
		}
	}
	if len(o.Consumes) > 0 && !strings.Contains(o.Consumes[0], "*") {
		return o.Consumes[0]
	}
	return "application/json"
}

// fileMedia is the media type of a body that is a file.
func fileMedia(o *operation) string {
	for _, media := range o.Consumes {
		if !isJSON(media) && !strings.Contains(media, "*") {
			return media
		}
	}
	return "application/octet-stream"
}

// isJSON reports whether a media type is JSON or built on it.
func isJSON(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(media)), ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == "text/json"
}

func (m *message) setForm(o *operation, fields []paramValue) error {
	file := slices.ContainsFunc(fields, func(p paramValue) bool { return p.node.Get("type").String() == "file" })
	multi := file || slices.ContainsFunc(o.Consumes, func(c string) bool { return strings.HasPrefix(c, "multipart/form-data") })
	if !multi {
		form := url.Values{}
		for _, p := range fields {
			form.Add(p.name, values.Text(p.value, format(p.node)))
		}
		m.header.Set("Content-Type", "application/x-www-form-urlencoded")
		m.body = []byte(form.Encode())
		return nil
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	// A fixed boundary keeps requests equal from run to run.
	if err := w.SetBoundary("precert-3f1c9a52d07b4e68"); err != nil {
		return fmt.Errorf("the form of %s cannot be written: %w", o.name, err)
	}
	for _, p := range fields {
		if err := writePart(w, p); err != nil {
			return fmt.Errorf("the form of %s cannot be written: %w", o.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("the form of %s cannot be written: %w", o.name, err)
	}
	m.header.Set("Content-Type", w.FormDataContentType())
	m.body = buf.Bytes()
	return nil
}

func writePart(w *multipart.Writer, p paramValue) error {
	if p.node.Get("type").String() != "file" {
		return w.WriteField(p.name, values.Text(p.value, format(p.node)))
	}
	content := sample
	if text, ok := p.value.(string); ok && text != "" {
		content = text
	}
	file, media := uploadForm(content)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, p.name, file))
	header.Set("Content-Type", media)
	part, err := w.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = part.Write([]byte(content))
	return err
}

// clone copies a message so that headers and address can be changed.
func (m *message) clone() *message {
	u := *m.url
	return &message{method: m.method, url: &u, base: m.base, header: m.header.Clone(), body: m.body}
}
