package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/idptest"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/slapdtest"
	"cohort/internal/testca"
)

// The tests of this file need a real slapd.

func signedIn(server *slapdtest.Server) ldap.Config {
	return ldap.Config{URL: server.URL + "/" + server.Base, BindDN: server.BindDN, Password: server.Password}
}

func connect(t testing.TB, config ldap.Config) *ldap.Connector {
	t.Helper()
	c, err := ldap.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collect reads to the end, and checks that an error is the end.
func collect(ctx context.Context, t testing.TB, c idp.Connector, req idp.Request) ([]idp.Person, error) {
	t.Helper()
	var people []idp.Person
	var failed error
	for p, err := range c.People(ctx, req) {
		switch {
		case failed != nil:
			t.Errorf("something came after the error %q", failed)
		case err != nil:
			failed = err
		default:
			people = append(people, p)
		}
	}
	return people, failed
}

func ids(people []idp.Person) []string {
	var all []string
	for _, p := range people {
		all = append(all, p.ID)
	}
	slices.Sort(all)
	return all
}

// wantFailure wants an error of a kind, in one line, whose text has all of
// says.
func wantFailure(t testing.TB, err error, kind fault.Kind, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", says)
	}
	if fault.KindOf(err) != kind {
		t.Errorf("the error is of kind %d, want %d: %v", fault.KindOf(err), kind, err)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error is %q, want something with %q", err, text)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}

func TestSlapdConformance(t *testing.T) {
	const people = 250
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 100})
	withConfig := func(change func(*ldap.Config)) func(*testing.T) idp.Connector {
		config := signedIn(server)
		config.PageSize = 100
		change(&config)
		return func(t *testing.T) idp.Connector { return connect(t, config) }
	}
	idptest.Run(t, idptest.Suite{
		New:        withConfig(func(*ldap.Config) {}),
		IDs:        slapdtest.IDs(people),
		Attributes: []string{"mail", "employeeNumber", "dn", "objectClass"},
		Broken: map[string]idptest.Broken{
			"a wrong password": {New: withConfig(func(c *ldap.Config) { c.Password = "wrong" }), Kind: fault.Credentials},
			"a missing base":   {New: withConfig(func(c *ldap.Config) { c.Base = "ou=nowhere," + server.Base }), Kind: fault.Usage},
		},
		Connections: func() int { return server.Connections(t) },
	})
}

func TestSlapdGivesTwentyThousandPeopleOnceEach(t *testing.T) {
	const people = 20_000
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), SizeLimit: 500})
	got, err := collect(t.Context(), t, connect(t, signedIn(server)), idp.Request{Fields: []idp.Field{idp.ManagerEmail}})
	if err != nil {
		t.Fatal(err)
	}
	want := server.Values(t, "(objectClass=person)", "entryUUID")
	if len(want) != people {
		t.Fatalf("ldapsearch found %d people, want %d", len(want), people)
	}
	if diff := cmp.Diff(want, ids(got)); diff != "" {
		t.Errorf("ids that ldapsearch and the connector found (-want +got):\n%s", diff)
	}

	refs := map[string]bool{}
	for _, p := range got {
		refs[p.Ref] = true
	}
	disabled := 0
	for _, p := range got {
		if p.Manager != "" && !refs[p.Manager] {
			t.Fatalf("the manager %q of %s is nobody", p.Manager, p.ID)
		}
		if p.Status == idp.Disabled {
			disabled++
		} else if p.Status != idp.Active {
			t.Fatalf("the status of %s is %s", p.ID, p.Status)
		}
	}
	if disabled != people/100 {
		t.Errorf("%d people are disabled, want %d", disabled, people/100)
	}
}

func TestSlapdKeepsTextsByteForByte(t *testing.T) {
	const people = 300
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people)})
	got, err := collect(t.Context(), t, connect(t, signedIn(server)), idp.Request{
		Fields:     []idp.Field{idp.FamilyName},
		Attributes: []string{"cn"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, attribute := range []string{"sn", "cn"} {
		var values []string
		for _, p := range got {
			values = append(values, slices.Concat(p.Fields, p.Attributes)[i].Text)
		}
		slices.Sort(values)
		if diff := cmp.Diff(server.Values(t, "(objectClass=person)", attribute), values); diff != "" {
			t.Errorf("%s that ldapsearch and the connector found (-want +got):\n%s", attribute, diff)
		}
	}
}

func TestSlapdKilledInTheMiddle(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(2000)})
	config := signedIn(server)
	config.PageSize = 100
	count, failures := 0, 0
	for _, err := range connect(t, config).People(t.Context(), idp.Request{}) {
		if err != nil {
			failures++
			wantFailure(t, err, fault.Source, server.URL, fmt.Sprintf("after %d of them: the server closed the connection", count))
			continue
		}
		if count++; count == 150 {
			server.Kill()
		}
	}
	if failures != 1 || count >= 2000 {
		t.Errorf("%d errors after %d people, want one error before 2000", failures, count)
	}
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "connecting to "+server.URL, "--idp")
}

func TestSlapdRefusesCredentials(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{})
	tests := []struct{ name, dn, password string }{
		{"a wrong password", server.BindDN, "wrong"},
		{"an unknown account", "cn=nobody," + server.Base, server.Password},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := signedIn(server)
			config.BindDN, config.Password = test.dn, test.password
			_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			wantFailure(t, err, fault.Credentials, "signing in", test.dn, "invalid credentials (49)", "--ldap-bind-dn", "COHORT_LDAP_PASSWORD")
			if strings.Contains(err.Error(), test.password) {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
}

func TestSlapdTLS(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	const people = 20
	start := func(options ...testca.Option) *slapdtest.Server {
		issued := ca.Issue(t, options...)
		return slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), TLS: &issued})
	}
	good, wrongName, expired := start(), start(testca.For("ldap.example.com")), start(testca.Expired())
	tests := []struct {
		name   string
		server *slapdtest.Server
		caFile string
		says   []string // of the error; none when the read succeeds
	}{
		{"its own CA", good, ca.File, nil},
		{"an untrusted certificate", good, "", []string{"name the CA", "--ldap-ca-file"}},
		{"another CA", good, other.File, []string{"no CA in --ldap-ca-file"}},
		{"a wrong name", wrongName, ca.File, []string{"name the host in --idp as the certificate does: ldap.example.com"}},
		{"an expired certificate", expired, ca.File, []string{"expired", "the certificate is good from"}},
	}
	for _, test := range tests {
		for _, way := range []string{"LDAPS", "StartTLS"} {
			t.Run(test.name+" with "+way, func(t *testing.T) {
				config := signedIn(test.server)
				config.CAFile = test.caFile
				if way == "LDAPS" {
					config.URL = test.server.LDAPSURL
				} else {
					config.StartTLS = "require"
				}
				got, err := collect(t.Context(), t, connect(t, config), idp.Request{})
				if test.says == nil {
					if err != nil || len(got) != people {
						t.Errorf("%d people and the error %v, want %d and none", len(got), err, people)
					}
					return
				}
				wantFailure(t, err, fault.Source, append(test.says, "encrypting the connection")...)
			})
		}
	}
	t.Run("StartTLS with a server that has none", func(t *testing.T) {
		config := signedIn(slapdtest.Start(t, slapdtest.Config{}))
		config.StartTLS = "require"
		_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		wantFailure(t, err, fault.Source, "asking for StartTLS", "ldaps://", "--ldap-starttls off")
	})
	t.Run("LDAPS where there is none", func(t *testing.T) {
		config := signedIn(good)
		config.URL = strings.Replace(good.URL, "ldap://", "ldaps://", 1)
		_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		wantFailure(t, err, fault.Source, "TLS")
	})
}

func TestSlapdMissingBase(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{})
	config := signedIn(server)
	config.Base = "ou=nowhere," + server.Base
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Usage, config.Base, "no such object (32)", "--ldap-base")
}

func TestSlapdAnonymous(t *testing.T) {
	const people = 10
	tests := []struct {
		name      string
		anonymous slapdtest.Anonymous
		kind      fault.Kind
		says      []string // none when the read succeeds
		mayBe     bool     // nobody may be the truth
	}{
		{"may read", slapdtest.AnonymousReads, fault.Other, nil, true},
		{"sees nothing", slapdtest.AnonymousSeesNothing, fault.Credentials, []string{"the server showed nobody", "--ldap-bind-dn", "--allow-empty"}, true},
		{"does not see the base", slapdtest.AnonymousSeesNoBase, fault.Usage, []string{"--ldap-base", "--ldap-bind-dn"}, false},
		{"is refused", slapdtest.AnonymousRefused, fault.Credentials, []string{"signing in", "without an account", "--ldap-bind-dn"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people), Anonymous: test.anonymous})
			c := connect(t, ldap.Config{URL: server.URL + "/" + server.Base})
			if _, err := collect(t.Context(), t, c, idp.Request{AllowEmpty: true}); (err == nil) != test.mayBe {
				t.Errorf("nobody is allowed: got the error %v", err)
			}
			got, err := collect(t.Context(), t, c, idp.Request{})
			if test.says == nil {
				if err != nil || len(got) != people {
					t.Errorf("%d people and the error %v, want %d and none", len(got), err, people)
				}
				return
			}
			wantFailure(t, err, test.kind, test.says...)
		})
	}
}

func TestSlapdLimitOfPagedSearches(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(300), PagedLimit: 250})
	config := signedIn(server)
	config.PageSize = 100
	_, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	wantFailure(t, err, fault.Source, "limit exceeded", "sizelimit", "MaxPageSize", "nsslapd-sizelimit")
}

func TestSlapdCancelledInTheMiddle(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(5000)})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	count := 0
	for _, err := range connect(t, signedIn(server)).People(ctx, idp.Request{Fields: idp.MappedFields()}) {
		if last = err; err != nil {
			continue
		}
		if count++; count == 700 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || count != 700 {
		t.Errorf("after %d people the stream ended with %v, want a cancellation after 700", count, last)
	}
}

func TestSlapdBaseAndScope(t *testing.T) {
	const people = 30
	server := slapdtest.Start(t, slapdtest.Config{LDIF: slapdtest.People(people)})
	tests := []struct {
		name   string
		change func(*ldap.Config)
		want   int
	}{
		{"the naming context without a base", func(c *ldap.Config) { c.URL = server.URL }, people},
		{"a base in the URL", func(c *ldap.Config) { c.URL = server.URL + "/ou=people," + server.Base }, people},
		{"one level", func(c *ldap.Config) { c.URL = server.URL + "/ou=people," + server.Base + "??one" }, people},
		{"one level above them", func(c *ldap.Config) { c.URL = server.URL + "/" + server.Base + "??one" }, 0},
		{"the base alone", func(c *ldap.Config) { c.URL = server.URL + "/uid=p000001,ou=people," + server.Base + "??base" }, 1},
		{"a filter in the URL", func(c *ldap.Config) { c.URL += "???(&(objectClass=person)(employeeType=staff))" }, people / 3},
		{"a filter before the URL's", func(c *ldap.Config) { c.URL += "???(uid=nobody)"; c.Filter = "(uid=p000001)" }, 1},
		{"a base before the URL's", func(c *ldap.Config) { c.Base = "ou=people," + server.Base; c.URL = server.URL + "/dc=nowhere" }, people},
		{"attributes in the URL are ignored", func(c *ldap.Config) { c.URL += "?uid,mail?sub" }, people},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := signedIn(server)
			test.change(&config)
			got, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if err != nil || len(got) != test.want {
				t.Errorf("%d people and the error %v, want %d and none", len(got), err, test.want)
			}
		})
	}
}

// slapd can hold what Active Directory holds, though not be one.
func TestSlapdWithAttributesOfActiveDirectory(t *testing.T) {
	server := slapdtest.Start(t, slapdtest.Config{
		ActiveDirectory: true,
		LDIF: `dn: cn=Ada,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: extensibleObject
cn: Ada
sn: Lovelace
sAMAccountName: ada
userPrincipalName: ada@corp.example.com
proxyAddresses: SMTP:ada@example.com
proxyAddresses: smtp:lovelace@example.com
mail: Ada@example.com
objectGUID:: AQIDBAUGBwgJCgsMDQ4PEA==
userAccountControl: 514
memberOf: CN=Sales\, EMEA,OU=Groups,DC=example,DC=com
memberOf: CN=Engines,OU=Groups,DC=example,DC=com
department: Engines
company: Analytical
employeeID: 0042
`,
	})
	got, err := collect(t.Context(), t, connect(t, signedIn(server)), idp.Request{
		Fields: []idp.Field{idp.Username, idp.Department, idp.Organization, idp.EmployeeID, idp.Groups, idp.StatusRaw},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []idp.Person{{
		ID:      "04030201-0605-0807-090a-0b0c0d0e0f10",
		Status:  idp.Disabled,
		Primary: "Ada@example.com",
		Aliases: []string{"lovelace@example.com"},
		Logins:  []string{"ada@corp.example.com"},
		Fields: []idp.Value{
			idp.TextOf("ada"), idp.TextOf("Engines"), idp.TextOf("Analytical"), idp.TextOf("0042"),
			idp.ListOf("Sales, EMEA", "Engines"), idp.TextOf("userAccountControl=514 (disabled)"),
		},
		Attributes: []idp.Value{},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}
