package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cohort/internal/transport"
)

// silence is how long a server may say nothing in these tests, by the clock of a
// bubble.
const silence = time.Minute

// pipes is a listener for clients of this process, in a bubble of [synctest].
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Net: "unix", Name: "pipe"} }

// ask sends a request, through the layer that watches for silence, to a server
// at the other end of a pipe.
func ask(t *testing.T, handler http.HandlerFunc) io.Reader {
	t.Helper()
	listener := make(pipes)
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	base := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		client, served := net.Pipe()
		listener <- served
		return client, nil
	}}
	t.Cleanup(func() {
		base.CloseIdleConnections()
		close(listener)
		_ = server.Close()
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://pipe", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.Watching(base, silence).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body
}

func TestASilentBodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := ask(t, func(w http.ResponseWriter, r *http.Request) {
			for range 3 { // none of which is silent for too long
				_, _ = io.WriteString(w, "part")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(silence - time.Second)
			}
			<-r.Context().Done()
		})
		all, err := io.ReadAll(body)
		silent, ok := errors.AsType[*transport.SilenceError](err)
		if !ok || silent.Limit != silence || string(all) != "partpartpart" {
			t.Errorf("body %q, error %v; want a SilenceError after the parts", all, err)
		}
	})
}

func TestASlowReaderIsNotASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", 1<<20) // more than the buffers between the two hold
		body := ask(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) })
		if _, err := io.CopyN(io.Discard, body, 10); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * silence)
		if n, err := io.Copy(io.Discard, body); err != nil || n != int64(len(long)-10) {
			t.Errorf("read %d, error %v; want the whole rest", n, err)
		}
	})
}
