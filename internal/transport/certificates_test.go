package transport_test

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cohort/internal/fault"
	"cohort/internal/testca"
	"cohort/internal/transport"
)

// guarded is a server that wants a client certificate of the CA and answers
// with the name in it.
func guarded(t *testing.T, ca *testca.CA) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	server.TLS = ca.Issue(t).Config()
	server.TLS.ClientAuth = tls.RequireAnyClientCert
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // for the handshake that is to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func TestAClientCertificateIsShown(t *testing.T) {
	ca := testca.New(t)
	url, own := guarded(t, ca), ca.Issue(t, testca.ForClient("cohort"))
	config := transport.Config{CAFile: ca.File, CertFile: own.CertFile, KeyFile: own.KeyFile}
	if _, name, err := get(t, quick(t, config), url); name != "cohort" || err != nil {
		t.Errorf("the server saw %q, error %v; want cohort", name, err)
	}
	if _, _, err := get(t, quick(t, transport.Config{CAFile: ca.File, Retries: -1}), url); err == nil {
		t.Error("without a certificate the server is content")
	}
}

func TestAnUnusableClientCertificateIsAUsageError(t *testing.T) {
	own := testca.New(t).Issue(t)
	_, err := transport.New(transport.Config{CertFile: own.CertFile})
	if want := "read the client certificate: the certificate has no key; name the file of its key"; fault.KindOf(err) != fault.Usage || err.Error() != want {
		t.Errorf("error %v; want one of usage, %s", err, want)
	}
}

func TestAdditionalHeadersGoWithEveryRequest(t *testing.T) {
	url, requests := failing(t, 1, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Pass") != "secret" {
			t.Error("the first attempt has no header")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	var agent string
	var passes []string
	seen := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agent, passes = r.UserAgent(), r.Header.Values("X-Pass")
		http.Redirect(w, r, url, http.StatusFound)
	})
	headers := http.Header{"X-Pass": {"secret", "second"}, "User-Agent": {"browser"}}
	client := quick(t, transport.Config{Headers: headers})
	headers.Set("X-Pass", "changed later")
	if _, _, err := get(t, client, url); err != nil || requests.Load() != 2 {
		t.Errorf("error %v after %d requests; want success after 2", err, requests.Load())
	}
	// Another port is another origin, which gets none of them.
	_, _, err := get(t, client, seen)
	if _, ok := errors.AsType[*transport.RedirectError](err); !ok || requests.Load() != 2 {
		t.Errorf("error %v and %d requests; want a refused redirect and no more requests", err, requests.Load())
	}
	if agent != "browser" || strings.Join(passes, " ") != "secret second" {
		t.Errorf("User-Agent %q, X-Pass %q; want the configured ones", agent, passes)
	}
}

func TestHeadersThatNoRequestCanHaveAreUsageErrors(t *testing.T) {
	for name, headers := range map[string]http.Header{
		"an empty name":            {"": {"secret"}},
		"a name with a blank":      {"X Pass": {"secret"}},
		"a name in another case":   {"x-pass": {"secret"}},
		"a value with a line feed": {"X-Pass": {"plain", "secret\r\nHost: elsewhere"}},
	} {
		_, err := transport.New(transport.Config{Headers: headers})
		if fault.KindOf(err) != fault.Usage || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v; want one of usage without the value", name, err)
		}
	}
}
