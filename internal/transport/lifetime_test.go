package transport_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"cohort/internal/transport"
)

func TestConnectionsEndWithTheirLifetime(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		closed := make(chan struct{}, 10)
		server := httptest.NewUnstartedServer(status(http.StatusOK))
		server.EnableHTTP2 = http2
		server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				closed <- struct{}{}
			}
		}
		server.StartTLS()
		t.Cleanup(server.Close)
		lifetime, end := context.WithCancel(t.Context())
		client := quick(t, transport.Config{CAs: pemOf(server), Lifetime: lifetime})
		if code, _, err := get(t, client, server.URL); code != http.StatusOK || err != nil {
			t.Fatalf("status %d, error %v; want 200", code, err)
		}
		select {
		case <-closed:
			t.Fatal("the connection was not kept")
		default:
		}
		end()
		<-closed // or the test does not end
		if _, _, err := get(t, client, server.URL); err == nil {
			t.Error("a client whose lifetime is over connects again")
		}
	}
}
