package runner

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func TestWhatAScriptLeavesAlone(t *testing.T) {
	const head = "public class Script : ScriptBase { public override async Task<HttpResponseMessage> ExecuteAsync() {\n"
	for name, c := range map[string]struct {
		code                       string
		requests, answers, address bool
	}{
		"hands both on":           {"return await this.Context.SendAsync(this.Context.Request, this.CancellationToken);", true, true, true},
		"hands on by another way": {"return await Context.SendAsync( Context.Request, CancellationToken).ConfigureAwait(false);", true, true, true},
		"writes the body":         {"this.Context.Request.Content = CreateJsonContent(x);\nreturn await this.Context.SendAsync(this.Context.Request, this.CancellationToken);", false, true, true},
		"writes the address":      {"this.Context.Request.RequestUri = uri.Uri;\nreturn await this.Context.SendAsync(this.Context.Request, this.CancellationToken);", false, true, false},
		"reads the answer":        {"var r = await this.Context.SendAsync(this.Context.Request, this.CancellationToken);\nr.Content = CreateJsonContent(x);\nreturn r;", true, false, true},
		"only says so":            {"// return await this.Context.SendAsync(this.Context.Request, t);\nreturn new HttpResponseMessage(HttpStatusCode.OK);", false, false, false},
		"sends another request":   {"var q = new HttpRequestMessage(HttpMethod.Get, u);\nreturn await this.Context.SendAsync(q, this.CancellationToken);", false, false, false},
		"sends nothing":           {"return response;", false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{}
			s.read(head + c.code + "\n}}")
			assert.Equal(t, [3]bool{c.requests, c.answers, c.address}, [3]bool{s.passesRequests, s.passesAnswers, s.keepsAddress})
		})
	}
}

// scriptedNotes is the API of notes with a script for one operation.
func scriptedNotes(t *testing.T, operations, code string) *connector.Package {
	t.Helper()
	files := fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(notesDefinition)},
		"apiProperties.json":         {Data: []byte(`{"properties": {"connectionParameters": {"api_key": {"type": "securestring"}}, "scriptOperations": ` + operations + `}}`)},
		"script.csx":                 {Data: []byte(code)},
	}
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "notes", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	return pkg
}

const signingScript = `public class Script : ScriptBase { public override async Task<HttpResponseMessage> ExecuteAsync() {
  this.Context.Request.Headers.Add("X-Signature", Sign());
  return await this.Context.SendAsync(this.Context.Request, this.CancellationToken); } }`

func TestWhatAScriptWouldChangeIsNotHeldAgainstTheAPI(t *testing.T) {
	// The API wants what only the script adds.
	unsigned := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && r.URL.Path == "/api/notes" && r.Header.Get("X-Signature") == "" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	}
	server := httptest.NewServer(&notesAPI{notes: map[string]map[string]string{}, before: unsigned})
	defer server.Close()
	opts := Options{BaseURL: server.URL, Connection: map[string]string{"api_key": notesKey}, Allow: []string{"POST", "DELETE"}, Strict: true}
	result, err := Run(t.Context(), scriptedNotes(t, `["ListNotes"]`, signingScript), opts)
	require.NoError(t, err)
	assert.Empty(t, complaints(result))
	assert.Empty(t, result.Incomplete)
	for _, op := range result.Operations {
		if op.OperationID != "ListNotes" {
			assert.Equal(t, finding.Passed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
			assert.False(t, op.Script)
			continue
		}
		assert.True(t, op.Script)
		assert.Equal(t, finding.Skipped, op.Verdict)
		assert.Contains(t, op.Reason, "script.csx handles this operation")
		assert.Equal(t, "script: bypass", op.Mend)
		assert.Equal(t, finding.Skipped, checkOf(op, checkSuccessful).Verdict)
		assert.Contains(t, checkOf(op, checkSuccessful).Message, "answered 401")
	}

	opts.ScriptBypass = true
	result, err = Run(t.Context(), scriptedNotes(t, `["ListNotes"]`, signingScript), opts)
	require.NoError(t, err)
	assert.NotEmpty(t, result.Incomplete+checkOf(result.Operations[0], checkSuccessful).Message, "without the excuse the refusal counts")
}

func TestAnswersThatAScriptRewritesAreNotJudged(t *testing.T) {
	// The API answers an object; the script makes the declared list of it.
	wrapped := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || r.URL.Path != "/api/notes" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("X-Notes-Key") != notesKey {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		_, _ = w.Write([]byte(`{"notes": [{"id": 1}]}`)) // the client may be gone
		return true
	}
	server := httptest.NewServer(&notesAPI{notes: map[string]map[string]string{}, before: wrapped})
	defer server.Close()
	const unwrapping = `var answer = await this.Context.SendAsync(this.Context.Request, this.CancellationToken); answer.Content = Unwrap(answer); return answer;`
	opts := Options{BaseURL: server.URL, Connection: map[string]string{"api_key": notesKey}, Allow: []string{"POST", "DELETE"}}
	for code, want := range map[string]finding.Verdict{unwrapping: finding.Skipped, `return await this.Context.SendAsync(this.Context.Request, this.CancellationToken);`: finding.Failed} {
		result, err := Run(t.Context(), scriptedNotes(t, `["ListNotes"]`, code), opts)
		require.NoError(t, err)
		op := result.Operations[0]
		assert.Equal(t, want, checkOf(op, checkBody).Verdict, code)
		assert.Equal(t, DefaultCalls, op.Successes)
		assert.Equal(t, finding.Passed, checkOf(op, checkCredentials).Verdict, "the request is the definition's own")
	}
}

func TestPublicScriptsAreRead(t *testing.T) {
	const corpus = "../../shared/corpus"
	if _, err := os.Stat(corpus); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the collection of public connectors is not on this machine")
	}
	for folder, want := range map[string][3]bool{
		"independent-publisher-connectors/AmazonS3Bucket":               {false, false, false},
		"custom-connectors/HtmlToText":                                  {false, false, false},
		"certified-connectors/Snowflake v2":                             {false, false, false},
		"certified-connectors/Azure Communication Services SMS Events":  {false, false, false},
		"certified-connectors/Blackbaud Raiser's Edge NXT Constituents": {true, false, true},
		"certified-connectors/Seismic Configuration":                    {true, false, true},
	} {
		dir := corpus + "/" + folder
		pkg, err := connector.Load(t.Context(), connector.Source{Path: dir, FS: os.DirFS(dir), Dir: ".", Definition: "apiDefinition.swagger.json"})
		require.NoError(t, err)
		s := newScript(pkg, Options{})
		require.NotNil(t, s, folder)
		assert.Equal(t, want, [3]bool{s.passesRequests, s.passesAnswers, s.keepsAddress}, folder)
	}
}
