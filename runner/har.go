package runner

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// The structures of HAR 1.2, as far as a run fills them. Names that begin with
// an underscore are extensions, which the format allows.
type (
	harEntry struct {
		Started  time.Time   `json:"startedDateTime"`
		Time     float64     `json:"time"`
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Precert  harPurpose  `json:"_precert"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		PostData    *harPost  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harPost struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Encoding string `json:"_encoding,omitempty"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harContent struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	// harPurpose says what an exchange was for, and what HAR has no place for.
	harPurpose struct {
		Worker    string   `json:"worker,omitempty"`
		Operation string   `json:"operation"`
		Purpose   string   `json:"purpose"`
		Auth      authMode `json:"auth,omitempty"`
		// Failure and Message say why there is no usable answer; Kind counts from 1.
		Kind    failKind `json:"failure,omitempty"`
		Message string   `json:"message,omitempty"`
		Cut     bool     `json:"cut,omitempty"`
		Unended bool     `json:"unended,omitempty"`
	}
	// harSettings are what a replay has to do like the run that was recorded.
	harSettings struct {
		BaseURL string   `json:"baseUrl"`
		Seed    int64    `json:"seed"`
		Calls   int      `json:"calls"`
		Allow   []string `json:"allow,omitempty"`
		// Clock is the moment from which times are counted that the API limits.
		Clock time.Time `json:"clock,omitzero"`
		// Schemes had credentials; Renewing could get new ones.
		Schemes  []string `json:"schemes,omitempty"`
		Renewing []string `json:"renewing,omitempty"`
	}
	harLog struct {
		Version string      `json:"version"`
		Creator harCreator  `json:"creator"`
		Precert harSettings `json:"_precert"`
		Entries []harEntry  `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
)

// harEnd closes the file. It is written anew after every entry, so that the
// file is whole at any moment, whatever ends the process.
const harEnd = "\n]}}\n"

// harWriter writes exchanges to a file as they happen. A nil one writes nothing.
type harWriter struct {
	mu   sync.Mutex
	file *os.File
	mask *redactor
	at   int64
	any  bool
	err  error
}

// newHARWriter creates the file; its end is whole from the start.
func newHARWriter(name, version string, settings harSettings, mask *redactor) (*harWriter, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be written: %w", err)
	}
	head, err := json.Marshal(map[string]harLog{"log": {Version: "1.2", Creator: harCreator{"precert", version}, Precert: settings, Entries: []harEntry{}}})
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be written: %w", err)
	}
	w := &harWriter{file: file, mask: mask}
	w.write(strings.TrimSuffix(mask.text(string(head)), "]}}"))
	return w, w.failed()
}

// write puts text before the end of the file.
func (w *harWriter) write(text string) {
	if w.err != nil {
		return
	}
	if _, err := w.file.WriteAt([]byte(text+harEnd), w.at); err != nil {
		w.err = err
	}
	w.at += int64(len(text))
}

// add writes one exchange, secrets masked. A failure to write is kept for close.
func (w *harWriter) add(key tapeKey, e *exchange, m *message) {
	if w == nil {
		return
	}
	entry := newHAREntry(key, e, m, w.mask)
	line, err := json.Marshal(entry)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.err = err
		return
	}
	separator := "\n"
	if w.any {
		separator = ",\n"
	}
	w.any = true
	w.write(separator + string(line))
}

func (w *harWriter) failed() error {
	if w.err != nil {
		return fmt.Errorf("the recording %s cannot be written: %w", w.file.Name(), w.err)
	}
	return nil
}

// close ends the recording; it returns the first failure to write.
func (w *harWriter) close() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.file.Close(); w.err == nil {
		w.err = err
	}
	return w.failed()
}

func newHAREntry(key tapeKey, e *exchange, m *message, mask *redactor) harEntry {
	took := ms(e.took)
	out := harEntry{
		Started: e.began.UTC(), Time: took, Timings: harTimings{Wait: took},
		Precert: harPurpose{Worker: key.worker, Operation: key.operation, Purpose: key.purpose, Auth: key.auth, Cut: e.cut, Unended: e.unended},
		Request: harRequest{
			Method: m.method, URL: mask.address(m.url), HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(mask, m.header),
			QueryString: []harPair{}, HeadersSize: -1, BodySize: len(m.body),
		},
		Response: harResponse{HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1},
	}
	query := m.url.Query()
	for _, name := range sortedKeys(query) {
		for _, value := range query[name] {
			if mask.carries(name) {
				value = masked
			}
			out.Request.QueryString = append(out.Request.QueryString, harPair{name, mask.text(value)})
		}
	}
	if m.body != nil {
		text, encoding := harText(mask, m.body)
		out.Request.PostData = &harPost{MimeType: m.header.Get("Content-Type"), Text: text, Encoding: encoding}
	}
	if e.fail != nil {
		out.Precert.Kind, out.Precert.Message = e.fail.kind+1, mask.text(e.fail.message)
	}
	if e.answered() {
		r := &out.Response
		r.Status, r.StatusText, r.Headers = e.status, http.StatusText(e.status), harHeaders(mask, e.header)
		r.RedirectURL = mask.text(e.header.Get("Location"))
		r.BodySize = e.size
		r.Content = harContent{Size: e.size, MimeType: e.header.Get("Content-Type")}
		r.Content.Text, r.Content.Encoding = harText(mask, e.body)
	}
	return out
}

func harHeaders(mask *redactor, header http.Header) []harPair {
	out := []harPair{}
	for _, h := range mask.headers(header) {
		out = append(out, harPair{h.Name, h.Value})
	}
	return out
}

// harText is a body as HAR holds it: text as it is, anything else in base64.
func harText(mask *redactor, body []byte) (text, encoding string) {
	shown := mask.text(string(body))
	if utf8.ValidString(shown) {
		return shown, ""
	}
	return base64.StdEncoding.EncodeToString([]byte(shown)), "base64"
}

// bytes undoes harText.
func harBytes(text, encoding string) ([]byte, error) {
	if encoding != "base64" {
		return []byte(text), nil
	}
	return base64.StdEncoding.DecodeString(text)
}

// readHAR reads a recording that this program made.
func readHAR(name string) (*harLog, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the recording cannot be read: %w", err)
	}
	var file struct{ Log harLog }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s is not a recording in HAR form (%w): give one that --record wrote", name, err)
	}
	if file.Log.Precert.BaseURL == "" || slices.ContainsFunc(file.Log.Entries, func(e harEntry) bool { return e.Precert.Operation == "" }) {
		return nil, fmt.Errorf("%s was not recorded by precert test --record, so it cannot be replayed", name)
	}
	if _, err := url.Parse(file.Log.Precert.BaseURL); err != nil {
		return nil, fmt.Errorf("%s: the base URL cannot be read: %w", name, err)
	}
	return &file.Log, nil
}
