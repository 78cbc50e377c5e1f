package coder_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/coder"
	"cohort/fixtures"
	"cohort/internal/fault"
	"cohort/internal/transport"
)

const token = "AAAAAAAAAA-aaaaaaaaaaaaaaaaaaaaaa"

// client is one whose retries take no time worth noticing.
func client(tb testing.TB, c coder.Config) *coder.Client {
	tb.Helper()
	if c.Token == "" {
		c.Token = token
	}
	c.HTTP.BaseDelay = time.Microsecond
	made, err := coder.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(made.Close)
	return made
}

func deployment(tb testing.TB, users []fixtures.User, o fixtures.CoderOptions) *fixtures.Deployment {
	tb.Helper()
	d, err := fixtures.ServeCoder(users, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

func accounts() []fixtures.User {
	created := time.Date(2024, 2, 29, 9, 0, 0, 0, time.FixedZone("", 3600))
	return []fixtures.User{
		{Case: "ours", ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Name: "Ada Løve", Email: "Ada@Example.com",
			CreatedAt: created, LastSeenAt: created.Add(time.Hour), Status: "active", LoginType: "oidc",
			Roles: []fixtures.Role{{Name: "owner", DisplayName: "Owner"}, {Name: "member", DisplayName: "Member"}}},
		{ID: "00000000-0000-4000-8000-000000000002", Username: "bot", CreatedAt: created, Status: "dormant",
			LoginType: "none", IsServiceAccount: true, Roles: []fixtures.Role{}},
		{ID: "00000000-0000-4000-8000-000000000003", Username: "cyd", Email: "cyd@example.com", CreatedAt: created,
			Status: "suspended", LoginType: "password"},
	}
}

func accountsRead() []coder.User {
	created := time.Date(2024, 2, 29, 8, 0, 0, 0, time.UTC)
	return []coder.User{
		{ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Name: "Ada Løve", Email: "Ada@Example.com",
			CreatedAt: created, LastSeenAt: created.Add(time.Hour), Status: coder.StatusActive, LoginType: "oidc",
			Roles: []string{"owner"}},
		{ID: "00000000-0000-4000-8000-000000000002", Username: "bot", CreatedAt: created, Status: coder.StatusDormant,
			LoginType: "none", ServiceAccount: true},
		{ID: "00000000-0000-4000-8000-000000000003", Username: "cyd", Email: "cyd@example.com", CreatedAt: created,
			Status: coder.StatusSuspended, LoginType: "password"},
	}
}

func TestEveryUserIsRead(t *testing.T) {
	for _, role := range []string{fixtures.RoleOwner, fixtures.RoleAuditor, fixtures.RoleUserAdmin, fixtures.RoleTemplateAdmin} {
		t.Run(role, func(t *testing.T) {
			given, want := accounts(), accountsRead()
			given[0].Roles[0].Name, want[0].Roles[0] = role, role
			d := deployment(t, given, fixtures.CoderOptions{Role: role})
			c := client(t, coder.Config{URL: d.URL + "/", Token: d.Token})
			users, err := c.Users(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, users); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
			if c.Name() != d.URL {
				t.Errorf("Name() = %q; want %q", c.Name(), d.URL)
			}
		})
	}
}

func TestUsersAreReadOverTLS(t *testing.T) {
	// httptest brings a certificate for 127.0.0.1.
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	certified.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	d := deployment(t, accounts(), fixtures.CoderOptions{TLS: &tls.Config{Certificates: certified.TLS.Certificates}})
	users, err := client(t, coder.Config{URL: d.URL, Token: d.Token, HTTP: transport.Config{CAFile: ca}}).Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(accountsRead(), users); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

// api is a server whose token may read everybody and whose list is handed in.
func api(tb testing.TB, list http.HandlerFunc) string {
	tb.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v2/authcheck", reply(http.StatusOK, "application/json", `{"read all users":true}`))
	mux.HandleFunc("GET /api/v2/users", list)
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	return server.URL
}

func reply(status int, mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{mediaType}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestListsOfOtherReleasesAreRead(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       coder.User
	}{
		{
			"an old one, with fields missing",
			`{"users":[{"id":"00000000-0000-4000-8000-000000000001","username":"ada","email":"ada@example.com",
				"created_at":"2022-01-01T00:00:00Z","status":"active","roles":null}],"count":1}`,
			coder.User{ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Email: "ada@example.com",
				CreatedAt: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), Status: "active"},
		},
		{
			"a new one, with unknown fields, statuses and kinds of login",
			`{"users":[{"id":"00000000-0000-4000-8000-000000000001","username":"ada","email":"ada@example.com",
				"created_at":"2032-01-01T00:00:00Z","last_seen_at":"0001-01-01T00:53:28+00:53","status":"resting",
				"login_type":"passkey","roles":[{"name":"pilot","rank":1}],"planet":{"name":"Mars"}}],"count":1,"next":null}`,
			coder.User{ID: "00000000-0000-4000-8000-000000000001", Username: "ada", Email: "ada@example.com",
				CreatedAt: time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC), Status: "resting", LoginType: "passkey",
				Roles: []string{"pilot"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := api(t, reply(http.StatusOK, "application/json; charset=utf-8", c.body))
			users, err := client(t, coder.Config{URL: url}).Users(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]coder.User{c.want}, users); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNobodyIsAnErrorUnlessAllowed(t *testing.T) {
	d := deployment(t, nil, fixtures.CoderOptions{})
	if users, err := client(t, coder.Config{URL: d.URL, Token: d.Token}).Users(t.Context()); fault.KindOf(err) != fault.Source {
		t.Errorf("%d users, error %v; want an error of the source", len(users), err)
	}
	users, err := client(t, coder.Config{URL: d.URL, Token: d.Token, AllowEmpty: true}).Users(t.Context())
	if err != nil || len(users) != 0 {
		t.Errorf("allowed: %d users, error %v", len(users), err)
	}
}

func TestAMembersTokenIsRefused(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{Role: fixtures.RoleMember})
	_, err := client(t, coder.Config{URL: d.URL, Token: d.Token}).Users(t.Context())
	want := "read the users of " + d.URL + ": the token may not read all of them; " +
		"the role auditor and a token with the scopes user:read and template:* suffice"
	if fault.KindOf(err) != fault.Credentials || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestBadAnswersAreErrorsThatSayWhatToDo(t *testing.T) {
	const (
		mediaType = "application/json; charset=utf-8"
		user      = `{"id":"00000000-0000-4000-8000-000000000001","username":"ada"}`
	)
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

func TestTheTokenDoesNotFollowARedirect(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		}))
		_, err := client(t, coder.Config{URL: server.URL}).Users(t.Context())
		server.Close()
		if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), server.URL+" redirects to "+elsewhere.URL) {
			t.Errorf("%d: error %v; want one of usage that names both", status, err)
		}
	}
	if reached.Load() {
		t.Error("the other host got a request")
	}
}

func TestCancellingEndsARead(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := api(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"users":[`)
		_ = http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	_, err := client(t, coder.Config{URL: url}).Users(ctx)
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Other {
		t.Errorf("error %v; want the cancellation, which is no fault of the source", err)
	}
}

func TestAServerThatFallsSilentIsLeft(t *testing.T) {
	url := api(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"users":[`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, err := client(t, coder.Config{URL: url, HTTP: transport.Config{ReadTimeout: 50 * time.Millisecond}}).Users(t.Context())
	if fault.KindOf(err) != fault.Source || !strings.Contains(err.Error(), "the answer broke off: nothing came for 50ms") {
		t.Errorf("error %v; want one of the source about the silence", err)
	}
}

func TestAPassingFailureOfEitherRequestIsTriedAgain(t *testing.T) {
	d := deployment(t, accounts(), fixtures.CoderOptions{})
	var requests atomic.Int32
	// Every second request meets a gateway that is not ready.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		req, err := http.NewRequestWithContext(r.Context(), r.Method, d.URL+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(server.Close)
	users, err := client(t, coder.Config{URL: server.URL, Token: d.Token}).Users(t.Context())
	if err != nil || requests.Load() != 4 {
		t.Fatalf("error %v after %d requests; want success after 4", err, requests.Load())
	}
	if diff := cmp.Diff(accountsRead(), users); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

func BenchmarkUsers(b *testing.B) {
	const n = 10_000
	users := make([]map[string]any, n)
	for i := range users {
		users[i] = map[string]any{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1), "username": fmt.Sprintf("user-%d", i),
			"name": "Some Body", "email": fmt.Sprintf("user-%d@example.com", i), "status": "active", "login_type": "oidc",
			"avatar_url": "https://avatars.example.com/u/1", "created_at": "2024-02-29T08:00:00.123456Z",
			"updated_at": "2024-02-29T08:00:00.123456Z", "last_seen_at": "2025-02-28T08:00:00.123456Z", "theme_preference": "",
			"organization_ids": []string{"00000000-0000-4000-8000-000000000000"}, "roles": []any{}, "has_ai_seat": false,
		}
	}
	body, err := json.Marshal(map[string]any{"users": users, "count": n})
	if err != nil {
		b.Fatal(err)
	}
	url := api(b, reply(http.StatusOK, "application/json", string(body)))
	c := client(b, coder.Config{URL: url})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := c.Users(b.Context()); err != nil || len(got) != n {
			b.Fatalf("%d users, error %v", len(got), err)
		}
	}
}
