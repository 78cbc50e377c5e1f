package coder_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/testca"
	"cohort/internal/transport"
)

func TestBadAnswersAreErrorsThatSayWhatToDo(t *testing.T) {
	const user = `{"id":"00000000-0000-4000-8000-000000000001","username":"ada"}`
	for _, c := range []struct {
		name string
		list http.HandlerFunc
		kind fault.Kind
		want string // after "read the users of URL: "; URL stands for the server's
	}{
		{"the count disagrees", reply(200, mediaType, `{"users":[`+user+`],"count":2}`), fault.Source,
			"it counts 2 but sent 1; try again, and look at what stands between this machine and Coder"},
		{"no count", reply(200, mediaType, `{"users":[`+user+`]}`), fault.Source,
			"it counts 0 but sent 1; try again, and look at what stands between this machine and Coder"},
		{"a user twice", reply(200, mediaType, `{"users":[`+user+`,`+user+`],"count":2}`), fault.Source,
			`user "ada" is listed twice or has no id`},
		{"a user without an id", reply(200, mediaType, `{"users":[{"username":"ada"}],"count":1}`), fault.Source,
			`user "ada" is listed twice or has no id`},
		{"a body that ends early", reply(200, mediaType, `{"users":[`+user+`,`), fault.Source,
			"the answer ended early; try again"},
		{"no body", reply(200, mediaType, ``), fault.Source, "the answer ended early; try again"},
		{"a connection that is cut", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Content-Length", "4000")
			_, _ = io.WriteString(w, `{"users":[`+user)
		}, fault.Source, "the answer ended early; try again"},
		{"a bare list", reply(200, mediaType, `[`+user+`]`), fault.Source,
			`the answer cannot be read: it is a JSON array; is the deployment much older or newer than this program?`},
		{"a number for a name", reply(200, mediaType, `{"users":[{"username":7}],"count":1}`), fault.Source,
			`the answer cannot be read: "username" is a JSON number; is the deployment much older or newer than this program?`},
		{"no JSON", reply(200, mediaType, `users: many`), fault.Source,
			"the answer is not JSON: invalid character 'u' looking for beginning of value; " +
				"try again, and look at what stands between this machine and Coder"},
		{"an id that is none", reply(200, mediaType, `{"users":[{"id":"7"}],"count":1}`), fault.Source,
			"the answer cannot be read: invalid UUID length: 1"},
		{"a page", reply(200, "text/html; charset=utf-8", `<html>`), fault.Usage,
			"this is not a Coder API: got text/html; is --coder the address of a Coder deployment, without a sign-in page before it?"},
		{"no media type", reply(200, "", `{}`), fault.Usage,
			"this is not a Coder API: got an answer without a media type; is --coder the address of a Coder deployment, without a sign-in page before it?"},
		{"401", reply(401, mediaType, `{"message":"You are signed out.","detail":"API key expired."}`), fault.Credentials,
			"401 Unauthorized: You are signed out; coder login URL, or set CODER_SESSION_TOKEN"},
		{"403", reply(403, mediaType, `{"message":"Forbidden."}`), fault.Credentials,
			"403 Forbidden: Forbidden; the token, or a proxy before the deployment, does not allow it"},
		{"404", reply(404, mediaType, `{"message":"Route not found."}`), fault.Usage,
			"404 Not Found: Route not found; is --coder the address of a Coder deployment?"},
		{"a page with 404", reply(404, "text/html", strings.Repeat("<html>\n", 999)), fault.Usage,
			`404 Not Found: unexpected non-JSON response "text/html"; is --coder the address of a Coder deployment?`},
		{"429 for longer than anybody waits", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			reply(429, mediaType, `{"message":"You've been rate limited for sending more than 512 requests in 1m0s."}`)(w, r)
		}, fault.Source, "429 Too Many Requests: You've been rate limited for sending more than 512 requests in 1m0s; " +
			"its rate limit is used up, try again in a minute"},
		{"500 with a message of several lines", reply(500, mediaType, `{"message":"Internal\n\u001b[31merror."}`), fault.Source,
			"500 Internal Server Error: Internal [31merror; try again later"},
		{"503 for ever", reply(503, "text/plain", "down"), fault.Source,
			`503 Service Unavailable: unexpected non-JSON response "text/plain"; try again later`},
		{"a port that speaks TLS, as Go's server answers there", reply(400, "", "Client sent an HTTP request to an HTTPS server."), fault.Usage,
			`400 Bad Request: unexpected non-JSON response ""; if the deployment is at https://, give that as --coder`},
		{"418", reply(418, mediaType, `{"message":"Tea."}`), fault.Other, "418 I'm a teapot: Tea"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := api(t, c.list)
			users, err := client(t, coder.Config{URL: url}).Users(t.Context())
			if err == nil || users != nil {
				t.Fatalf("%d users, error %v; want an error alone", len(users), err)
			}
			want := "read the users of " + url + ": " + strings.ReplaceAll(c.want, "URL", url)
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if fault.KindOf(err) != c.kind {
				t.Errorf("kind %d; want %d", fault.KindOf(err), c.kind)
			}
		})
	}
}

func TestAWrongTokenIsRefusedInCodersWords(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{})
	_, err := client(t, coder.Config{URL: d.URL}).Users(t.Context())
	want := fmt.Sprintf("ask %s what the token may read: 401 Unauthorized: You are signed out or your session has expired. "+
		"Please sign in again to continue; coder login %[1]s, or set CODER_SESSION_TOKEN", d.URL)
	if fault.KindOf(err) != fault.Credentials || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestAServerThatWantsAnotherClientCertificateSaysSo(t *testing.T) {
	ca, own := testca.New(t), testca.New(t).Issue(t, testca.ForClient("cohort"))
	server := httptest.NewUnstartedServer(reply(http.StatusOK, "application/json", "{}"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = ca.Issue(t).Config()
	server.TLS.ClientAuth, server.TLS.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	server.StartTLS()
	t.Cleanup(server.Close)
	for name, config := range map[string]transport.Config{
		"none is given":           {CAFile: ca.File},
		"it is not a trusted one": {CAFile: ca.File, CertFile: own.CertFile, KeyFile: own.KeyFile},
	} {
		_, err := client(t, coder.Config{URL: server.URL, HTTP: config}).Users(t.Context())
		if fault.KindOf(err) != fault.Credentials || !strings.Contains(err.Error(), "set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE") {
			t.Errorf("%s: error %v; want one of the credentials that says what to set", name, err)
		}
	}
}

func TestUnreachableDeploymentsAreErrorsWithAdvice(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	plain := api(t, reply(http.StatusOK, "application/json", "{}"))
	for _, c := range []struct{ name, url, hint string }{
		{"nobody listens", closed.URL, "can be reached from here"},
		{"an unknown authority", untrusted.URL, "CODER_CLIENT_TLS_CA_FILE"},
		{"HTTP behind https://", strings.Replace(plain, "http:", "https:", 1), "does not speak TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t, coder.Config{URL: c.url}).Users(t.Context())
			told, ok := errors.AsType[*fault.Error](err)
			if !ok || told.Kind != fault.Source || !strings.Contains(told.Hint, c.hint) {
				t.Errorf("error %v; want one of the source with the hint %q", err, c.hint)
			}
			if err != nil && strings.Contains(err.Error(), "/api/v2") {
				t.Errorf("error %v repeats the request", err)
			}
		})
	}
}
