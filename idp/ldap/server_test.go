package ldap_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/testca"
)

// twoPages is a correct server of three people.
func twoPages(w *wire, _ int, asked query) {
	if asked.cookie == "" {
		w.person(asked.id, "ada")
		w.person(asked.id, "bob")
		w.more(asked.id, "next")
		return
	}
	w.person(asked.id, "cem")
	w.last(asked.id)
}

func TestReadsThatAreComplete(t *testing.T) {
	tests := []struct {
		name string
		page func(w *wire, n int, asked query)
		want []string
	}{
		{"two pages", twoPages, []string{"ada", "bob", "cem"}},
		{
			"a server without paging",
			func(w *wire, _ int, asked query) {
				w.person(asked.id, "ada")
				w.person(asked.id, "bob")
				w.done(asked.id, 0)
			},
			[]string{"ada", "bob"},
		},
		{
			"a cookie that stays while people come",
			func(w *wire, n int, asked query) {
				w.person(asked.id, fmt.Sprint(n))
				if n == 4 {
					w.last(asked.id)
					return
				}
				w.more(asked.id, "same")
			},
			[]string{"1", "2", "3", "4"},
		},
		{
			"an empty page in between",
			func(w *wire, n int, asked query) {
				if n != 2 {
					w.person(asked.id, fmt.Sprint(n))
				}
				if n == 3 {
					w.last(asked.id)
					return
				}
				w.more(asked.id, fmt.Sprintf("cookie %d", n))
			},
			[]string{"1", "3"},
		},
		{"nobody, for an account that may see nobody", func(w *wire, _ int, asked query) { w.last(asked.id) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			people, err := collect(t.Context(), t, connect(t, serve(t, script{page: test.page})), idp.Request{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, ids(people)); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadsThatAreNotComplete(t *testing.T) {
	afterTwo := func(then func(w *wire, asked query)) func(*wire, int, query) {
		return func(w *wire, n int, asked query) {
			if n == 1 {
				twoPages(w, n, asked)
				return
			}
			then(w, asked)
		}
	}
	tests := []struct {
		name string
		page func(w *wire, n int, asked query)
		says []string
	}{
		{
			"the paging control is gone on the second page",
			afterTwo(func(w *wire, asked query) { w.person(asked.id, "cem"); w.done(asked.id, 0) }),
			[]string{"after 3 of them", "whether there are more"},
		},
		{
			"empty pages without an end",
			afterTwo(func(w *wire, asked query) { w.more(asked.id, asked.cookie) }),
			[]string{"after 2 of them", "an empty page and the cookie that led to it"},
		},
		{
			"the first page again and again",
			func(w *wire, _ int, asked query) { w.person(asked.id, "ada"); w.more(asked.id, "next") },
			[]string{"gave uid=ada,dc=example,dc=com twice"},
		},
		{
			"somebody twice in one page",
			func(w *wire, _ int, asked query) {
				w.person(asked.id, "ada")
				w.person(asked.id, "ada")
				w.last(asked.id)
			},
			[]string{"twice"},
		},
		{
			"the server closes between pages",
			afterTwo(func(w *wire, _ query) { _ = w.conn.Close() }),
			[]string{"after 2 of them", "the server closed the connection"},
		},
		{
			"the server closes within a page",
			afterTwo(func(w *wire, asked query) { w.person(asked.id, "cem"); _ = w.conn.Close() }),
			[]string{"after 3 of them", "the server closed the connection"},
		},
		{
			"the server closes within an entry",
			afterTwo(func(w *wire, _ query) {
				_, _ = w.conn.Write([]byte{0x30, 0x20, 0x02, 0x01})
				_ = w.conn.Close()
			}),
			[]string{"after 2 of them", "the server closed the connection"},
		},
		{
			"the server falls silent within a page",
			afterTwo(func(w *wire, asked query) { w.person(asked.id, "cem") }),
			[]string{"after 3 of them", "said nothing for 200ms"},
		},
		{
			"something that nobody asked for",
			afterTwo(func(w *wire, asked query) {
				w.person(asked.id+100, "eve")
				w.person(asked.id, "cem")
				w.last(asked.id)
			}),
			[]string{"an answer to request", "which was not open"},
		},
		{
			"bytes that are not LDAP",
			afterTwo(func(w *wire, _ query) { _, _ = w.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }),
			[]string{"after 2 of them"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := serve(t, script{page: test.page})
			config.ReadTimeout = 200 * time.Millisecond
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, fault.Source, append(test.says, "reading people below dc=example,dc=com from ldap://127.0.0.1")...)
		})
	}
}

func TestResultsOfSearches(t *testing.T) {
	tests := []struct {
		name      string
		code      uint16
		anonymous bool
		kind      fault.Kind
		says      string
	}{
		{"the size limit", 4, false, fault.Source, "MaxPageSize"},
		{"the time limit", 3, false, fault.Source, "MaxQueryDuration"},
		{"the administrator's limit", 11, false, fault.Source, "nsslapd-lookthroughlimit"},
		{"no such object", 32, false, fault.Usage, "check the base"},
		{"no such object for the anonymous", 32, true, fault.Usage, "--ldap-bind-dn"},
		{"a DN that is none", 34, false, fault.Usage, "--ldap-base"},
		{"no right", 50, false, fault.Credentials, "the account of --ldap-bind-dn may not"},
		{"no right for the anonymous", 50, true, fault.Credentials, "sign in with --ldap-bind-dn"},
		{"Active Directory's answer to the anonymous", 1, true, fault.Credentials, "sign in with --ldap-bind-dn"},
		{"the same for an account", 1, false, fault.Source, "operations error (1)"},
		{"encryption is required", 13, false, fault.Credentials, "ldaps://"},
		{"stronger authentication is required", 8, false, fault.Credentials, "ldaps://"},
		{"another server has it", 10, false, fault.Source, "name that one in --idp"},
		{"busy", 51, false, fault.Source, "busy (51)"},
		{"a code that nobody knows", 199, false, fault.Source, "(199)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := serve(t, script{page: func(w *wire, _ int, asked query) {
				w.done(asked.id, test.code)
			}})
			if test.anonymous {
				config.BindDN, config.Password = "", ""
			}
			people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, test.kind, test.says)
			if len(people) > 0 {
				t.Errorf("%d people came of nowhere", len(people))
			}
		})
	}
}

func TestResultsOfBinds(t *testing.T) {
	tests := []struct {
		name       string
		code       uint16
		diagnostic string
		kind       fault.Kind
		says       string
	}{
		{"a wrong password", 49, "", fault.Credentials, "COHORT_LDAP_PASSWORD"},
		{"Active Directory: a wrong password", 49, "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580\x00", fault.Credentials, "COHORT_LDAP_PASSWORD"},
		{"Active Directory: disabled", 49, "80090308: LdapErr: …, data 533, v2580\x00", fault.Credentials, "the account is disabled"},
		{"Active Directory: locked", 49, "…, data 775, v2580", fault.Credentials, "the account is locked"},
		{"inappropriate", 48, "", fault.Credentials, "--ldap-bind-dn"},
		{"encryption is required", 8, "BindSimple: Transport encryption required.", fault.Credentials, "--ldap-starttls require"},
		{"another way to sign in", 7, "", fault.Credentials, "GSSAPI (Kerberos), NTLM and DIGEST-MD5 are not supported"},
		{"an account that is no DN", 34, "invalid DN", fault.Usage, "invalid DN; --ldap-bind-dn takes a DN"},
		{"unavailable", 52, "shutting down", fault.Source, "unavailable (52): shutting down"},
		{"more words than anybody reads", 52, strings.Repeat("x", 1<<20), fault.Source, "(52): " + strings.Repeat("x", 300) + "…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := serve(t, script{bind: test.code, says: test.diagnostic, page: twoPages})
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, test.kind, test.says, "signing in to ldap://127.0.0.1", "as cn=reader")
		})
	}
}

func TestRootDSEDecides(t *testing.T) {
	context := func(names ...string) map[string][]string { return map[string][]string{"namingContexts": names} }
	withDefault := context("dc=a", "cn=schema,dc=a")
	withDefault["DEFAULTNAMINGCONTEXT"] = []string{"dc=a"}
	activeDirectory := context("dc=a")
	activeDirectory["supportedCapabilities"] = []string{"1.2.840.113556.1.4.800"}
	tests := []struct {
		name         string
		root         map[string][]string
		rootErr      uint16
		path         string // of the URL
		base, filter string // that are searched; no base for a usage error
		says         string
	}{
		{"the only naming context", context("dc=a"), 0, "", "dc=a", "(objectClass=person)", ""},
		{"the default naming context", withDefault, 0, "", "dc=a", "(objectClass=person)", ""},
		{"several naming contexts", context("dc=a", "dc=b"), 0, "", "", "", "dc=a; dc=b"},
		{"none", nil, 0, "", "", "", "--ldap-base"},
		{"an empty one", context(""), 0, "", "", "", "--ldap-base"},
		{"a hidden root DSE", nil, 50, "", "", "", "--ldap-base"},
		{"a hidden root DSE and a base in the URL", nil, 50, "/dc=b", "dc=b", "(objectClass=person)", ""},
		{"a base in the URL", context("dc=a"), 0, "/dc=b", "dc=b", "(objectClass=person)", ""},
		{"Active Directory", activeDirectory, 0, "", "dc=a", "(sAMAccountType=805306368)", ""},
		{"Active Directory and a filter in the URL", activeDirectory, 0, "/???(mail=*)", "dc=a", "(mail=*)", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var searched atomic.Pointer[query]
			config := serve(t, script{root: test.root, rootErr: test.rootErr, page: func(w *wire, n int, asked query) {
				searched.CompareAndSwap(nil, &asked)
				twoPages(w, n, asked)
			}})
			config.URL = strings.TrimSuffix(config.URL, "/dc=example,dc=com") + test.path
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if test.base == "" {
				wantFailure(t, err, fault.Usage, test.says)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := *searched.Load(); got.base != test.base || got.filter != test.filter {
				t.Errorf("below %q people are %q, want %q and %q", got.base, got.filter, test.base, test.filter)
			}
		})
	}
}

func TestPasswordPolicyMakesNoSignAGoodOne(t *testing.T) {
	for control, want := range map[string]idp.Status{
		"1.3.6.1.4.1.42.2.27.8.5.1": idp.Active,
		"1.2.840.113556.1.4.319":    idp.Unknown,
	} {
		config := serve(t, script{root: map[string][]string{"supportedControl": {control}}, page: twoPages})
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if err != nil {
			t.Fatal(err)
		}
		if people[0].Status != want {
			t.Errorf("with the control %s the status is %s, want %s", control, people[0].Status, want)
		}
	}
}

func TestReferralsAreCountedAndToldOnce(t *testing.T) {
	config := serve(t, script{page: func(w *wire, n int, asked query) {
		w.referral(asked.id, "ldap://elsewhere.example.com/dc=x")
		twoPages(w, n, asked)
	}})
	var notices []string
	req := idp.Request{Notify: func(notice string) { notices = append(notices, notice) }}
	people, err := collect(t.Context(), t, connect(t, config), req)
	if err != nil || len(people) != 3 {
		t.Errorf("%d people and the error %v, want 3 and none", len(people), err)
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "2 referrals to other servers (ldap://elsewhere.example.com)") {
		t.Errorf("the notices are %q, want one about 2 referrals", notices)
	}
}

func TestStartTLSAnswersThatAreNone(t *testing.T) {
	tests := []struct{ name, answer, says string }{
		{"nothing and the end", "", "takes ldaps://"},
		{"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "StartTLS"},
		{"a message without an operation", "\x30\x03\x02\x01\x01", "not LDAP"},
		{"a message that says it is 2 GB long", "\x30\x84\x7f\xff\xff\xff\x02\x01\x01", "StartTLS"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address := listen(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1024))
				_, _ = io.WriteString(conn, test.answer)
			})
			c := connect(t, ldap.Config{URL: "ldap://" + address, StartTLS: "require", ConnectTimeout: 5 * time.Second})
			_, err := collect(t.Context(), t, c, idp.Request{})
			wantFailure(t, err, fault.Source, test.says)
		})
	}
}

func TestAnUnencryptedConnectionThatIsClosedAtSignInMayNeedTLS(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1024)) })
	c := connect(t, ldap.Config{URL: "ldap://" + address, BindDN: "cn=reader", Password: "p"})
	_, err := collect(t.Context(), t, c, idp.Request{})
	wantFailure(t, err, fault.Source, "signing in to ldap://127.0.0.1", "use ldaps:// if this port speaks TLS")
}

func TestOldVersionsOfTLSAreRefused(t *testing.T) {
	ca := testca.New(t)
	settings := ca.Issue(t).Config()
	settings.MinVersion, settings.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	address := listen(t, func(conn net.Conn) {
		if err := tls.Server(conn, settings).HandshakeContext(t.Context()); err == nil {
			t.Error("the handshake succeeded")
		}
	})
	c := connect(t, ldap.Config{URL: "ldaps://" + address, CAFile: ca.File})
	_, err := collect(t.Context(), t, c, idp.Request{})
	wantFailure(t, err, fault.Source, "protocol version")
}
