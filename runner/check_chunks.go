package runner

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/precert/precert/finding"
)

const (
	// maxChunks is how many pieces a file is sent in at most.
	maxChunks = 8
	// smallestChunk is the least size of a piece that an API may ask for.
	smallestChunk = 16
)

// checkChunks uploads a file in pieces where the definition says that the
// operation takes them: a first request announces the size, its Location takes
// the pieces by PATCH.
func (w *worker) checkChunks(ctx context.Context) {
	o, r, u := w.op, w.run, w.op.outcome
	content := w.upload()
	if !o.Node.Get("x-ms-capabilities").Get("chunkTransfer").Bool() || isSafeMethod(o.Method) || len(content) == 0 || !r.enabled(checkSuccessful) ||
		r.script.rewritesRequest(o) || r.mockFound() || !slices.Contains(r.opts.Allow, http.MethodPatch) {
		return
	}
	fail := func(e *exchange, message, hint string) {
		u.add(note{check: checkSuccessful, verdict: finding.Failed, proof: e, message: message + ", although chunkTransfer promises that files may come in pieces", hint: hint})
	}
	announced := o.good.plain.clone()
	announced.body = nil
	announced.header.Del("Content-Type")
	announced.header.Set("X-Ms-Transfer-Mode", "chunked")
	announced.header.Set("X-Ms-Content-Length", strconv.Itoa(len(content)))
	e := r.session.send(ctx, o, o.good.in, announced, sending{purpose: forChunks})
	hint := "Answer a request with x-ms-transfer-mode: chunked 200 with a Location that takes the pieces, or take chunkTransfer out of the definition."
	switch {
	case e.fail != nil:
		return // what is wrong with the connection shows elsewhere
	case !e.ok():
		fail(e, "a request that announces a file in pieces is answered "+statusText(e.status), hint)
		return
	}
	w.learn(e)
	at, why := r.linked(e.sent.url, e.header.Get("Location"))
	if at == nil {
		fail(e, "a request that announces a file in pieces is answered without a usable Location: "+why, hint)
		return
	}
	size := max((len(content)+1)/2, (len(content)+maxChunks-1)/maxChunks)
	if asked, err := strconv.Atoi(e.header.Get("X-Ms-Chunk-Size")); err == nil && asked >= smallestChunk {
		size = max(asked, (len(content)+maxChunks-1)/maxChunks)
	}
	for start := 0; start < len(content); start += size {
		end := min(start+size, len(content))
		piece := &message{method: http.MethodPatch, url: at, base: o.good.plain.base, body: content[start:end], header: http.Header{
			"Content-Range": {fmt.Sprintf("bytes=%d-%d/%d", start, end-1, len(content))}, "Content-Type": {"application/octet-stream"}}}
		got := r.session.send(ctx, o, nil, piece, sending{purpose: forChunks})
		if got.fail != nil {
			return
		}
		if !got.ok() {
			fail(got, fmt.Sprintf("bytes %d to %d of a file in pieces are answered %s", start, end-1, statusText(got.status)), "Take each piece by PATCH at the Location of the first answer.")
			return
		}
	}
}

// upload is the content of the file that the operation has sent with success.
func (w *worker) upload() []byte {
	body := w.op.Body()
	if body != nil && isBinary(w.run.def, body.Schema()) {
		return w.op.good.plain.body
	}
	return []byte(uploadIn(w.op.good.in))
}
