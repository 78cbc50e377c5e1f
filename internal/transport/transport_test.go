package transport_test

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

// quick is a client whose waits take no time worth noticing.
func quick(t *testing.T, c transport.Config) *http.Client {
	t.Helper()
	if c.BaseDelay == 0 {
		c.BaseDelay = time.Microsecond
	}
	client, err := transport.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, client *http.Client, url string) (status int, body string, err error) {
	t.Helper()
	return send(t, client, request(t, http.MethodGet, url, nil))
}

// request is one that ends before the test binary does, should the client wait
// where it must not.
func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func send(t *testing.T, client *http.Client, req *http.Request) (status int, body string, err error) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	all, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(all), err
}

func caFile(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pemOf(server), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func pemOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func TestEveryRequestNamesTheProgram(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.UserAgent()) })
	_, agent, err := get(t, quick(t, transport.Config{Version: "1.2.3"}), url)
	if err != nil || agent != "cohort/1.2.3" {
		t.Errorf("User-Agent %q, error %v; want cohort/1.2.3", agent, err)
	}
}

func TestServersAreTrustedByTheCAFileOnly(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // for the handshake that is to fail
	server.StartTLS()
	t.Cleanup(server.Close)

	if _, body, err := get(t, quick(t, transport.Config{CAFile: caFile(t, server)}), server.URL); err != nil || body != "hello" {
		t.Errorf("with the CA file: body %q, error %v", body, err)
	}
	if _, _, err := get(t, quick(t, transport.Config{Retries: -1}), server.URL); err == nil {
		t.Error("without the CA file the server is believed")
	}
}

func TestAnUnusableCAFileIsAUsageError(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, empty + ".missing"} {
		if _, err := transport.New(transport.Config{CAFile: file}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: error %v; want one of usage", filepath.Base(file), err)
		}
	}
}
