package cmd

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures/helpdesk"
)

func TestDemoServesTheSampleUntilInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, []string{"demo", "--serve", "127.0.0.1:0"}, Streams{Out: write, Err: io.Discard, Env: none})
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/me", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusUnauthorized, response.StatusCode, "it wants the key")
	assert.Contains(t, line, helpdesk.DemoKey)
	interrupt()
	assert.Equal(t, ExitReady, <-code)

	at, _, stderr := runHere(t, "demo", "--serve", "nowhere")
	assert.Equal(t, ExitUsage, at)
	assert.Contains(t, stderr, "the sample API cannot listen at nowhere")
}
