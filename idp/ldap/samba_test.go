package ldap_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/idptest"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/probe"
	"cohort/internal/sambatest"
)

// TestSamba reads a real Active Directory domain controller.
func TestSamba(t *testing.T) {
	const plain = 1200 // more than a page of Active Directory
	server := sambatest.Start(t, sambatest.Config{LDIF: sambatest.Company(plain)})
	config := ldap.Config{
		URL: server.LDAPSURL + "/" + sambatest.PeopleUnit, BindDN: server.UPN, Password: server.Password, CAFile: server.CAFile,
	}
	var here []sambatest.Person
	for _, p := range sambatest.People(plain) {
		if p.Unit == sambatest.PeopleUnit {
			here = append(here, p)
		}
	}

	t.Run("everybody once, as ldapsearch has it", func(t *testing.T) {
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, p := range people {
			got = append(got, p.ID)
		}
		for _, p := range here {
			want = append(want, p.ID)
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("objectGUIDs (-want +got):\n%s", diff)
		}
		names := server.Values(t, "(sAMAccountType=805306368)", "sAMAccountName")
		if len(names) < len(want) {
			t.Errorf("ldapsearch finds %d users in the domain, the reader %d below one unit", len(names), len(want))
		}
	})

	t.Run("statuses as an administrator means them", func(t *testing.T) {
		want := map[string]idp.Status{
			sambatest.Active: idp.Active, sambatest.NeverExpires: idp.Active, sambatest.ExpiresLater: idp.Active,
			sambatest.Expired: idp.Disabled, sambatest.SwitchedOff: idp.Disabled,
			sambatest.LockedOut: idp.Active, sambatest.MustChange: idp.Active, sambatest.PasswordExpired: idp.Active,
		}
		people, err := collect(t.Context(), t, connect(t, config), idp.Request{Fields: []idp.Field{idp.Username, idp.StatusRaw}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			account := p.Fields[0].Text
			if status, ok := want[account]; ok && status != p.Status {
				t.Errorf("%s is %s (%v), want %s", account, p.Status, p.Fields[1], status)
			}
			delete(want, account)
		}
		if len(want) > 0 {
			t.Errorf("missing: %v", want)
		}
	})

	t.Run("the manager's address comes from outside of what is read", func(t *testing.T) {
		c := connect(t, config)
		var missing []string
		for p, err := range c.People(t.Context(), idp.Request{Fields: []idp.Field{idp.ManagerEmail}}) {
			if err != nil {
				t.Fatal(err)
			}
			if p.Manager != "" && !slices.Contains(missing, p.Manager) {
				missing = append(missing, p.Manager)
			}
		}
		addresses, err := c.Addresses(t.Context(), missing)
		if err != nil {
			t.Fatal(err)
		}
		chief := sambatest.People(0)[0]
		if !slices.Contains(slices.Collect(maps.Values(addresses)), chief.Mail) || chief.Mail == "" {
			t.Errorf("of %q these were found: %v, want %s among them", missing, addresses, chief.Mail)
		}
	})

	for _, name := range []string{server.BindDN, server.UPN, server.DownLevel} {
		t.Run("signing in as "+name, func(t *testing.T) {
			signed := config
			signed.BindDN, signed.Filter = name, "(sAMAccountName="+sambatest.Active+")"
			people, err := collect(t.Context(), t, connect(t, signed), idp.Request{Fields: []idp.Field{idp.Groups}})
			if err != nil || len(people) != 1 || people[0].Status != idp.Active {
				t.Fatalf("%+v and the error %v, want one active person", people, err)
			}
			if groups := people[0].Fields[0].Items; !slices.Contains(groups, sambatest.Everybody) {
				t.Errorf("groups are %q, want %q among them", groups, sambatest.Everybody)
			}
		})
	}

	t.Run("a check", func(t *testing.T) {
		steps := idptest.Steps(t, connect(t, config))
		if got := steps[probe.People]; got.Count != len(here) || got.Outcome != probe.OK {
			t.Errorf("people: %+v, want %d", got, len(here))
		}
		for name, want := range map[string]string{
			probe.SignIn: "as " + server.UPN,
			probe.Server: "Active Directory, which gives pages; people are (sAMAccountType=805306368) below " + sambatest.PeopleUnit,
			probe.Clock:  "within 5s of this machine's",
			probe.TLS:    "TLS 1.3, certificate for ",
		} {
			if got := steps[name]; !strings.HasPrefix(got.Detail, want) || got.Outcome == probe.Fail {
				t.Errorf("%s: %+v, want %q", name, got, want)
			}
		}
	})

	t.Run("over the global catalogue", func(t *testing.T) {
		catalogue := config
		catalogue.URL = server.GlobalCatalogLDAPSURL + "/" + sambatest.PeopleUnit
		people, err := collect(t.Context(), t, connect(t, catalogue), idp.Request{})
		if err != nil || len(people) != len(here) {
			t.Errorf("%d people and the error %v, want %d", len(people), err, len(here))
		}
	})

	for _, test := range []struct {
		name   string
		change func(*ldap.Config)
		says   string
	}{
		{"without TLS", func(c *ldap.Config) { c.URL = server.URL + "/" + sambatest.PeopleUnit }, "ldaps://"},
		{"a wrong password", func(c *ldap.Config) { c.Password = "wrong" }, "data 52e"},
		{"a disabled account", func(c *ldap.Config) { c.BindDN = sambatest.SwitchedOff + "@" + sambatest.DNSDomain }, "the account is disabled"},
		{"an expired account", func(c *ldap.Config) { c.BindDN = sambatest.Expired + "@" + sambatest.DNSDomain }, "the account has expired"},
		{"a password that must be changed", func(c *ldap.Config) { c.BindDN = sambatest.MustChange + "@" + sambatest.DNSDomain }, "must change its password"},
		{"an expired password", func(c *ldap.Config) { c.BindDN = sambatest.PasswordExpired + "@" + sambatest.DNSDomain }, "password has expired"},
		{"a locked account", func(c *ldap.Config) { c.BindDN = sambatest.LockedOut + "@" + sambatest.DNSDomain }, "locked"},
		{"no account", func(c *ldap.Config) { c.BindDN, c.Password = "", "" }, "--ldap-bind-dn"},
	} {
		t.Run("refused: "+test.name, func(t *testing.T) {
			refused := config
			test.change(&refused)
			_, err := collect(t.Context(), t, connect(t, refused), idp.Request{})
			wantFailure(t, err, fault.Credentials, test.says)
		})
	}

	t.Run("the configuration is no other server's people", func(t *testing.T) {
		whole := config
		whole.URL, whole.Referrals = server.LDAPSURL+"/"+sambatest.Base, "error"
		var notices []string
		people, err := collect(t.Context(), t, connect(t, whole), idp.Request{Notify: func(n string) { notices = append(notices, n) }})
		if err != nil || len(people) <= len(here) || len(notices) > 0 {
			t.Errorf("%d people, the error %v and the notices %q, want more than %d and neither", len(people), err, notices, len(here))
		}
	})

	t.Run("conformance", func(t *testing.T) {
		ids := make([]string, len(here))
		for i, p := range here {
			ids[i] = p.ID
		}
		idptest.Run(t, idptest.Suite{
			New: func(t *testing.T) idp.Connector { return connect(t, config) }, IDs: ids,
			Attributes: []string{"sAMAccountName", "objectGUID", "proxyaddresses"},
			// A server that works for one at a time closes late.
			Connections: server.Connections,
		})
	})
}
