package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/internal/probe"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// checked runs the program's check, and compares its exit code, what it says of
// the steps that are not well, one line each, and that no secret is in it.
func checked(t *testing.T, settings, args []string, code int, said ...string) (all string) {
	t.Helper()
	run := newProgram(t, settings, append([]string{"check"}, args...)...)
	if got := run.exitCode(t, run.Run()); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	var news []string
	for line := range strings.Lines(run.stdout.String()) {
		if strings.HasPrefix(line, "  warn") || strings.HasPrefix(line, "  FAIL") {
			news = append(news, strings.TrimRight(line, "\n"))
		}
	}
	if len(news) != len(said) {
		t.Errorf("%d steps are not well, want %d:\n%s", len(news), len(said), run.stdout.String())
		return run.stdout.String()
	}
	for i, want := range said {
		if !regexp.MustCompile(`^  ` + want).MatchString(news[i]) {
			t.Errorf("said %q, want %q", news[i], want)
		}
	}
	for _, setting := range settings {
		if _, secret, _ := strings.Cut(setting, "="); strings.Contains(run.stdout.String()+run.stderr.String(), secret) {
			t.Errorf("the secret of %q is in the output", setting)
		}
	}
	return run.stdout.String()
}

func TestWhatACheckSaysOfARealDirectory(t *testing.T) {
	ca, strangers := testca.New(t), testca.New(t)
	certificate, ended := ca.Issue(t), ca.Issue(t, testca.Expired())
	few := slapdtest.People(50)
	open := slapdtest.Start(t, slapdtest.Config{LDIF: few, TLS: &certificate})
	old := slapdtest.Start(t, slapdtest.Config{LDIF: few, TLS: &ended})
	closed := slapdtest.Start(t, slapdtest.Config{LDIF: few, Anonymous: slapdtest.AnonymousSeesNothing})
	mute := slapdtest.Start(t, slapdtest.Config{LDIF: few, HideMail: true})
	capped := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(700), PagedLimit: 600, SizeLimit: 500})
	limited := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(700), SizeLimit: 300})
	at := func(s *slapdtest.Server, args ...string) []string {
		return append([]string{"--idp", s.URL + "/" + s.Base, "--ldap-bind-dn", s.BindDN}, args...)
	}
	over := func(s *slapdtest.Server, ca *testca.CA) []string {
		return []string{"--idp", s.LDAPSURL + "/" + s.Base, "--ldap-bind-dn", s.BindDN, "--ldap-ca-file", ca.File}
	}
	for _, test := range []struct {
		name     string
		args     []string
		password string
		code     int
		said     []string
	}{
		{name: "all is well", args: at(open)},
		{name: "a limit of searches without pages", args: at(limited)},
		{
			name: "a wrong password", args: at(open), password: "hunter2", code: 4,
			said: []string{`FAIL  sign-in .*: the server answered invalid credentials \(49\); check --ldap-bind-dn and the password`},
		},
		{
			name: "a base that does not exist", args: at(open, "--ldap-base", "ou=nowhere,"+open.Base), code: 2,
			said: []string{`FAIL  people .*ou=nowhere,dc=example,dc=com.*no such object \(32\); check the base in --idp or --ldap-base$`},
		},
		{
			name: "another CA", args: over(open, strangers), code: 5,
			said: []string{`FAIL  tls .*unknown authority.*; no CA in --ldap-ca-file signed the server's certificate$`},
		},
		{
			name: "another CA, over StartTLS", args: at(open, "--ldap-starttls", "require", "--ldap-ca-file", strangers.File), code: 5,
			said: []string{`FAIL  tls .*unknown authority.*; no CA in --ldap-ca-file signed the server's certificate$`},
		},
		{
			name: "a certificate that has ended", args: over(old, ca), code: 5,
			said: []string{`FAIL  tls .*expired.*; the certificate is good from .* until .*; is this machine's clock right$`},
		},
		{
			name: "a certificate that ends soon", args: at(open, "--ldap-starttls", "require", "--ldap-ca-file", ca.File),
			said: []string{`warn  tls        TLS 1.3, certificate for localhost, 127.0.0.1, ::1, signed by a CA of one test, ` +
				`good until [0-9-]+, less than a day from now; have it renewed before then$`},
		},
		{
			name: "a server without TLS", args: at(closed, "--ldap-starttls", "require"), code: 5,
			said: []string{`FAIL  tls .*asking for StartTLS: the server answered protocol error \(2\).*--ldap-starttls off`},
		},
		{
			name: "without an account", args: []string{"--idp", closed.URL + "/" + closed.Base}, code: 4,
			said: []string{`FAIL  people .*the server showed nobody; many servers show nothing .*--ldap-bind-dn`},
		},
		{
			name: "a filter that finds nobody", args: at(open, "--ldap-filter", "(uid=nobody)"), code: 1,
			said: []string{`FAIL  people     the server shows nobody; check --ldap-base and --ldap-filter, and whether the account may read people there$`},
		},
		{
			name: "a limit of all pages together", args: at(capped), code: 5,
			said: []string{`FAIL  people .*after 600 of them: the server answered size limit exceeded \(4\); the rest is missing; ask .*sizelimit \(OpenLDAP\)`},
		},
		{
			name: "addresses that may not be read", args: at(mute), code: 4,
			said: []string{`FAIL  addresses .* gave 50 people, and none has an address; may the account read mail`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var settings []string
			if !strings.HasPrefix(test.name, "without an account") {
				settings = []string{"COHORT_LDAP_PASSWORD=" + open.Password}
			}
			if test.password != "" {
				settings = []string{"COHORT_LDAP_PASSWORD=" + test.password}
			}
			all := checked(t, settings, test.args, test.code, test.said...)
			if test.name == "a limit of searches without pages" {
				for _, want := range []string{
					"  ok    people     700 people\n", "  ok    addresses  700 of 700 people; nobody of them has country\n",
					"  ok    limits     none in pages; a search without pages ends after 300 entries\n",
					"  ok    server     OpenLDAP, which gives pages; people are (objectClass=person) below dc=example,dc=com\n",
				} {
					if !strings.Contains(all, want) {
						t.Errorf("%q is not in\n%s", want, all)
					}
				}
			}
		})
	}
}

func TestWhatACheckSaysOfADeployment(t *testing.T) {
	users := sampleUsers(t)
	activity, err := fixtures.Activity(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ca := testca.New(t)
	certificate := ca.Issue(t)
	other := func(h http.HandlerFunc) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL
	}
	elsewhere := other(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>Sign in</title>"))
	})
	for _, test := range []struct {
		name    string
		options fixtures.CoderOptions
		url     string // in place of the deployment's
		token   string // likewise
		args    []string
		code    int
		said    []string
	}{
		{name: "all is well"},
		{
			name: "the least rights", options: fixtures.CoderOptions{Role: fixtures.RoleAuditor, Scopes: []string{"user:read", "template:*"}},
			args: []string{"--usage", "28d"},
		},
		{
			name: "a member", options: fixtures.CoderOptions{Role: fixtures.RoleMember}, code: 4,
			said: []string{`FAIL  rights .*the token may not read all of them, its owner has no role that may; the role auditor and a token `},
		},
		{
			name: "a token without user:read", options: fixtures.CoderOptions{Scopes: []string{"template:*"}}, code: 4,
			said: []string{`FAIL  sign-in .*it may not even read its owner; the role auditor and a token with the scopes user:read and template:\*`},
		},
		{
			name: "a token with an allow-list", options: fixtures.CoderOptions{AllowList: []string{"user:" + users[0].ID}}, code: 4,
			said: []string{`FAIL  (sign-in|rights) .*; the role auditor and a token with .*, without an allow-list, suffice$`},
		},
		{
			name: "a token that has ended", token: "AAAAAAAAAA-aaaaaaaaaaaaaaaaaaaaaa", code: 4,
			said: []string{`FAIL  sign-in .*401 Unauthorized: You are signed out or your session has expired.*; coder login http://.*, or set CODER_SESSION_TOKEN$`},
		},
		{
			name: "a token without template:*", options: fixtures.CoderOptions{Scopes: []string{"user:read"}},
			said: []string{`warn  usage .*the token may not read it \(only --usage needs it\); the role auditor`},
		},
		{
			name: "a token without template:*, where it is needed", options: fixtures.CoderOptions{Scopes: []string{"user:read"}},
			args: []string{"--usage", "28d"}, code: 4,
			said: []string{`FAIL  usage .*the token may not read it; the role auditor`},
		},
		{
			name: "a sign-in page", url: elsewhere, code: 2,
			said: []string{`FAIL  server .*this is not a Coder API: got text/html; is --coder the address of a Coder deployment`},
		},
		{
			name: "a redirect", url: other(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
			}), code: 2,
			said: []string{`FAIL  server .* redirects to http://.*, where the credentials do not belong; if Coder is there, give that address as --coder$`},
		},
		{
			name: "another CA", options: fixtures.CoderOptions{TLS: certificate.Config()}, code: 5,
			said: []string{`FAIL  tls .*unknown authority; set CODER_CLIENT_TLS_CA_FILE`},
		},
		{
			name: "a clock that is wrong", url: other(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().UTC().Add(-time.Hour).Format(http.TimeFormat))
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"version":"v2.36.1"}`))
			}), code: 5,
			said: []string{`warn  clock      the server's is (1h0m0s|59m59s) behind this machine's; set the clock that is wrong \(NTP\)$`,
				`FAIL  `},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, token := test.url, "AAAAAAAAAA-bbbbbbbbbbbbbbbbbbbbbb"
			if url == "" {
				test.options.Activity = activity
				d := serveDeployment(t, users, test.options)
				url, token = d.URL, d.Token
			}
			if test.token != "" {
				token = test.token
			}
			checked(t, []string{"CODER_SESSION_TOKEN=" + token}, append(test.args, "--coder", url), test.code, test.said...)
		})
	}
}

func TestAProxyThatRefusesIsNamed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy is asked to %s", r.Method)
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	run := newProgram(t, []string{"CODER_SESSION_TOKEN=AAAAAAAAAA-secret", "HTTPS_PROXY=" + strings.Replace(proxy.URL, "//", "//somebody:hunter2@", 1)},
		"check", "--coder", "https://coder.example.com")
	if code := run.exitCode(t, run.Run()); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	want := "  FAIL  connect    ask https://coder.example.com for its version: Forbidden; does the proxy of the environment (HTTPS_PROXY) let it through?"
	if said := run.stdout.String(); !strings.Contains(said, want) || strings.Contains(said, "hunter2") {
		t.Errorf("said\n%s\nwant %q", said, want)
	}
}

func TestWhatACheckSaysOfAnOktaOrg(t *testing.T) {
	users := fixtures.Okta(samplePeople(t))
	for _, test := range []struct {
		name    string
		options fixtures.OktaOptions
		spend   int // calls by others
		token   string
		code    int
		said    []string
	}{
		{name: "all is well"},
		{
			name: "a token without a role", options: fixtures.OktaOptions{Role: fixtures.OktaNoRole}, code: 4,
			said: []string{`FAIL  rights .*403 Forbidden.*; the administrator who made the API token needs a role that may view all users`},
		},
		{
			name: "a wrong token", token: "00nobodys", code: 4,
			said: []string{`FAIL  sign-in .*401 Unauthorized: Invalid token provided.*; set OKTA_CLIENT_TOKEN to a new API token`},
		},
		{
			name: "little left of the rate limit", spend: 570,
			said: []string{`warn  rate       600 calls a minute for everybody, 29 left; --okta-rate-share 50% leaves 14 of them to an export; ` +
				`run it when others use less of it$`},
		},
		{
			name: "nothing left of the rate limit", spend: 600, code: 5,
			said: []string{`FAIL  rate .*429 Too Many Requests.*; others use up the org's rate limit; try again later$`},
		},
		{
			name: "a clock that is wrong", options: fixtures.OktaOptions{Now: func() time.Time { return time.Now().Add(-time.Hour) }},
			said: []string{`warn  clock      the server's is (1h0m0s|59m59s) behind this machine's`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			org, ca := serveOrg(t, users, test.options)
			token := org.Token
			if test.token != "" {
				token = test.token
			}
			org.Spend("/api/v1/users", test.spend)
			checked(t, []string{"OKTA_CLIENT_TOKEN=" + token}, []string{"--idp", org.URL, "--okta-ca-file", ca}, test.code, test.said...)
		})
	}
}

func TestTheStepsOfACheckAsJSONAreStable(t *testing.T) {
	run := newProgram(t, nil, "check", "--json", "--idp", "ldap://127.0.0.1:1/dc=x", "--coder", "demo:")
	if code := run.exitCode(t, run.Run()); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	var steps []map[string]any
	if err := json.Unmarshal(run.stdout.Bytes(), &steps); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]string{}
	for _, step := range steps {
		for _, name := range []string{"side", "source", "step", "outcome", "detail", "mend"} {
			if _, ok := step[name].(string); !ok {
				t.Errorf("%v has no %s", step, name)
			}
		}
		outcomes[step["side"].(string)+" "+step["step"].(string)] = step["outcome"].(string)
		if step["side"] == "coder" && step["step"] == "users" && step["count"] != 44.0 {
			t.Errorf("%v counts %v, want 44", step, step["count"])
		}
	}
	for step, want := range map[string]string{
		"idp name": "ok", "idp connect": "fail", "idp people": "skipped", "idp addresses": "skipped", "coder rights": "ok", "coder users": "ok",
	} {
		if outcomes[step] != want {
			t.Errorf("%s is %q, want %q", step, outcomes[step], want)
		}
	}
}

// TestStepsGoOnBelowThemselves shows two steps as terminals of some widths do.
func TestStepsGoOnBelowThemselves(t *testing.T) {
	t.Parallel()
	steps := []checkedStep{
		{Step: "connect", Outcome: probe.OK, Detail: "reached 127.0.0.1:636"},
		{Step: "tls", Outcome: probe.Fail, Detail: "a certificate signed by an authority that is unknown here", Mend: "name it with --ldap-ca-file"},
	}
	for width, want := range map[int]string{
		0: `idp ldaps://ldap.corp.example
  ok    connect    reached 127.0.0.1:636
  FAIL  tls        a certificate signed by an authority that is unknown here; name it with --ldap-ca-file
`,
		80: `idp ldaps://ldap.corp.example
  ok    connect    reached 127.0.0.1:636
  FAIL  tls        a certificate signed by an authority that is unknown here;
                   name it with --ldap-ca-file
`,
		40: `idp ldaps://ldap.corp.example
  ok    connect    reached 127.0.0.1:636
  FAIL  tls
      a certificate signed by an
      authority that is unknown here;
      name it with --ldap-ca-file
`,
	} {
		var said strings.Builder
		text := checkText{to: &said, side: &side{side: idpFlag, source: "ldaps://ldap.corp.example"}, width: width}
		for _, step := range steps {
			text.step(step)
		}
		if diff := cmp.Diff(want, said.String()); diff != "" {
			t.Errorf("on %d columns (-want +got):\n%s", width, diff)
		}
	}
}
