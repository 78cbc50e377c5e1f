package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"cohort/internal/transport"
)

func TestATokenNeverReachesAnotherOrigin(t *testing.T) {
	var reached atomic.Bool
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { reached.Store(true) })
	redirect := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+"/stolen?state=secret", http.StatusTemporaryRedirect)
	})
	plain, secure := httptest.NewServer(redirect), httptest.NewTLSServer(redirect)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)

	for _, c := range []struct {
		name   string
		server *httptest.Server
		config transport.Config
	}{
		{"from one host to another", plain, transport.Config{}},
		{"from https to http", secure, transport.Config{CAFile: caFile(t, secure)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, http.MethodGet, c.server.URL, nil)
			req.Header.Set("Coder-Session-Token", "secret")
			_, _, err := send(t, quick(t, c.config), req)
			var redirected *transport.RedirectError
			if !errors.As(err, &redirected) {
				t.Fatalf("error %v; want a RedirectError", err)
			}
			if redirected.From != c.server.URL || redirected.To != elsewhere {
				t.Errorf("from %s to %s; want from %s to %s", redirected.From, redirected.To, c.server.URL, elsewhere)
			}
			shown := causeOf(t, err).Error()
			if !strings.Contains(shown, c.server.URL) || !strings.Contains(shown, elsewhere) || strings.Contains(shown, "secret") {
				t.Errorf("%q: want both hosts and no secret", shown)
			}
		})
	}
	if reached.Load() {
		t.Error("the other origin got a request")
	}
}

func TestARedirectWithinTheOriginIsFollowed(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/there", http.StatusFound)
		}
	})
	if status, _, err := get(t, quick(t, transport.Config{}), url); status != http.StatusOK || err != nil {
		t.Errorf("status %d, error %v; want 200", status, err)
	}
}

func TestACircleOfRedirectsEnds(t *testing.T) {
	var requests atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "/", http.StatusFound)
	})
	if _, _, err := get(t, quick(t, transport.Config{}), url); err == nil || requests.Load() != 10 {
		t.Errorf("%d requests, error %v; want an error after 10", requests.Load(), err)
	}
}

func TestOriginsAreEqualWhenTheReceiverIs(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"https://Coder.Example.com:443/path?q#f", "https://coder.example.com"},
		{"HTTP://coder.example.com:80", "http://coder.example.com"},
		{"http://coder.example.com:443", "http://coder.example.com:443"},
		{"https://user:password@coder.example.com:8443", "https://coder.example.com:8443"},
		{"https://[2001:DB8::1]:443", "https://[2001:db8::1]"},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := transport.Origin(u); got != c.want {
			t.Errorf("Origin(%s) = %s; want %s", c.url, got, c.want)
		}
	}
}

// causeOf is the part of a client's error that is shown.
func causeOf(t *testing.T, err error) error {
	t.Helper()
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		t.Fatalf("error %v, want one of the client", err)
	}
	return failed.Err
}

func TestErrorsShowNoSecrets(t *testing.T) {
	broken := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://bad host/?state=secret")
		w.WriteHeader(http.StatusFound)
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, target := range map[string]string{
		"a refused connection":            strings.Replace(closed.URL, "//", "//user:secret@", 1) + "/path?assertion=secret#secret",
		"a redirect that is not a URL":    broken,
		"a redirect from a secret's page": broken + "?token=secret",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := get(t, quick(t, transport.Config{Retries: -1}), target)
			if err == nil {
				t.Fatal("no error")
			}
			if shown := causeOf(t, err).Error(); strings.Contains(shown, "secret") {
				t.Errorf("shown as %q", shown)
			}
		})
	}
}
