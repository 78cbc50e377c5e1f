package coder_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"cohort/coder"
	"cohort/internal/fault"
	"cohort/internal/probe"
	"cohort/internal/testca"
	"cohort/internal/transport"
)

// elsewhere counts who connects to it, whatever they say.
func elsewhere(t *testing.T) (address string, connections *atomic.Int32) {
	t.Helper()
	connections = new(atomic.Int32)
	server := httptest.NewUnstartedServer(nil)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), connections
}

func TestTheTokenReachesNoOtherHost(t *testing.T) {
	ca := testca.New(t)
	address, connections := elsewhere(t)
	// The bystander is seen where somebody does come.
	if resp, err := http.Get("http://" + address); err != nil || connections.Swap(0) != 1 { //nolint:noctx // a probe of one's own server
		t.Fatalf("error %v; the bystander sees nobody", err)
	} else {
		_ = resp.Body.Close()
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for target, to := range map[string]string{
		"http://" + address + "/api/v2/users":         "http://" + address,
		"https://" + address + "/":                    "https://" + address,
		"//" + address + "/stolen?token=secret":       "https://" + address,
		"http://ada:secret@" + address + "/":          "http://" + address,
		"https://localhost:" + port + "/":             "https://localhost:" + port,
		"http://{host}/api/v2/users":                  "http://{host}",
		"https://{host}@" + address + "/":             "https://" + address,
		"HTTPS://{name}.evil.example:443/":            "https://{name}.evil.example",
		"https://{name}:" + port + "/api/v2/users/me": "https://" + address,
	} {
		for path, asking := range map[string]string{
			"/api/v2/authcheck": probe.Rights, "/api/v2/users": probe.Users, "/api/v2/users/me": probe.SignIn,
			"/api/v2/users/me/keys/AAAAAAAAAA": probe.SignIn, "/api/v2/buildinfo": probe.Server,
		} {
			for _, status := range []int{302, 307, 308} {
				var host string
				place := func(text string) string {
					name, _, _ := strings.Cut(host, ":")
					return strings.NewReplacer("{host}", host, "{name}", name).Replace(text)
				}
				answers := map[string]string{
					"/api/v2/authcheck": `{"read all users":true}`, "/api/v2/users": twoUsers, "/api/v2/users/me": adaOnly,
					"/api/v2/users/me/keys/AAAAAAAAAA": `{}`, "/api/v2/buildinfo": `{"version":"v2.36.1"}`,
				}
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == path {
						w.Header().Set("Location", place(target))
						w.WriteHeader(status)
						return
					}
					reply(http.StatusOK, mediaType, answers[r.URL.Path])(w, r)
				}))
				server.Config.ErrorLog = log.New(io.Discard, "", 0)
				server.TLS = ca.Issue(t).Config()
				server.StartTLS()
				host = server.Listener.Addr().String()
				c := client(t, coder.Config{URL: server.URL, HTTP: transport.Config{
					CAFile: ca.File, Headers: http.Header{"X-Pass": {"secret"}},
				}})
				_, steps := checked(t, c, false)
				step := steps[asking]
				if step.Kind != fault.Usage || !strings.Contains(step.Detail, server.URL+" redirects to "+place(to)+",") ||
					strings.Contains(step.Detail, "secret") {
					t.Errorf("%s, %d from %s: %+v; want a failure of usage that names both origins", target, status, path, step)
				}
				server.Close()
			}
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("the other host was connected to %d times", n)
	}
}

func TestARedirectOnTheSameHostIsFollowedWithTheToken(t *testing.T) {
	url := serve(t, routes{
		"GET /api/v2/users": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere/users", http.StatusTemporaryRedirect)
		},
		"GET /elsewhere/users": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Coder-Session-Token") != token || r.Header.Get("X-Pass") != "word" {
				t.Errorf("the headers are %v", r.Header)
			}
			reply(http.StatusOK, mediaType, twoUsers)(w, r)
		},
	})
	c := client(t, coder.Config{URL: url, HTTP: transport.Config{Headers: http.Header{"X-Pass": {"word"}}}})
	if users, err := c.Users(t.Context()); err != nil || len(users) != 2 {
		t.Errorf("%d users, error %v; want 2", len(users), err)
	}
}
