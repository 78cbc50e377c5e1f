package probe_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/probe"
	"cohort/internal/testca"
	"cohort/internal/transport"
)

// trusting is the program's own client.
func trusting(t *testing.T, caFile string) *http.Client {
	t.Helper()
	client, err := transport.New(transport.Config{CAFile: caFile})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// nameless is a client without DNS.
func nameless() *http.Client {
	noDNS := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no DNS here")
	}}
	return &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Resolver: noDNS}).DialContext}}
}

// seen gives the steps of one request.
func seen(t *testing.T, client *http.Client, url string, encrypted bool) (steps []string, stands bool) {
	t.Helper()
	defer client.CloseIdleConnections()
	watched, link := probe.Watch(t.Context())
	req, err := http.NewRequestWithContext(watched, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	list := probe.NewChecklist(func(s probe.Step) {
		steps = append(steps, s.Name+" "+string(s.Outcome)+" "+s.Detail)
	}, probe.Name, probe.Connect, probe.TLS)
	stands = link.Tell(list, encrypted, err)
	list.End()
	return steps, stands
}

func TestTheStepsOfARequest(t *testing.T) {
	ca := testca.New(t)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.TLS = ca.Issue(t, testca.For("localhost", "127.0.0.1", "a.example", "b.example")).Config()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())

	for _, c := range []struct {
		name, url string
		client    *http.Client
		stands    bool
		want      []string
	}{
		{"all is well", "https://localhost:" + port, trusting(t, ca.File), true, []string{
			"name ok localhost is ", "connect ok ",
			"tls warn TLS 1.3, certificate for localhost, a.example, b.example and 1 more, signed by a CA of one test, good until "}},
		{"without TLS", plain.URL, trusting(t, ""), true, []string{
			"name ok an address is given, there is nothing to look up", "connect ok reached 127.0.0.1:", "tls ok none, and none needed"}},
		{"another CA", secure.URL, trusting(t, testca.New(t).File), false, []string{
			"name ok an address", "connect ok reached 127.0.0.1:", "tls fail Get "}},
		{"nobody there", "https://" + gone, trusting(t, ""), false, []string{
			"name ok an address", "connect fail Get ", "tls skipped not tried"}},
		{"no such name", "https://nobody.invalid", nameless(), false, []string{
			"name fail Get ", "connect skipped not tried", "tls skipped not tried"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps, stands := seen(t, c.client, c.url, strings.HasPrefix(c.url, "https:"))
			if stands != c.stands {
				t.Errorf("the connection stands: %v, want %v", stands, c.stands)
			}
			if len(steps) != len(c.want) {
				t.Fatalf("(-want +got):\n%s", cmp.Diff(c.want, steps))
			}
			for i, want := range c.want {
				if !strings.HasPrefix(steps[i], want) {
					t.Errorf("%q, want %q", steps[i], want)
				}
			}
		})
	}
}

func TestACleartextConnectionToElsewhereIsWorthAWord(t *testing.T) {
	_, link := probe.Watch(t.Context()) // nothing is seen
	var got probe.Step
	list := probe.NewChecklist(func(s probe.Step) { got = s })
	if !link.Tell(list, false, nil) || got.Name != probe.TLS || got.Outcome != probe.Warn {
		t.Errorf("%+v, want a warning about TLS", got)
	}
	if link.Tell(list, true, errors.New("lost")) || got.Name != probe.Name || got.Outcome != probe.Fail {
		t.Errorf("%+v, want that no name was found", got)
	}
}
