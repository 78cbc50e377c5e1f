package ldap_test

import (
	"slices"
	"strings"
	"testing"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/idptest"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/testca"
)

// The tests of this file read the sample company, and need nothing installed.

func directory(t *testing.T, options fixtures.LDAPOptions) *fixtures.Directory {
	t.Helper()
	people, err := fixtures.People()
	if err != nil {
		t.Fatal(err)
	}
	served, err := fixtures.ServeLDAP(fixtures.LDAP(people), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := served.Close(); err != nil {
			t.Error(err)
		}
	})
	return served
}

func signedInTo(d *fixtures.Directory) ldap.Config {
	return ldap.Config{URL: d.URL, BindDN: d.BindDN, Password: d.Password}
}

func company(t *testing.T) []fixtures.Person {
	t.Helper()
	people, err := fixtures.People()
	if err != nil {
		t.Fatal(err)
	}
	return people
}

func TestDirectoryConformance(t *testing.T) {
	served := directory(t, fixtures.LDAPOptions{MaxPageSize: 10, SizeLimit: 20})
	config := signedInTo(served)
	broken := config
	broken.Password = "wrong"
	idptest.Run(t, idptest.Suite{
		New:        func(t *testing.T) idp.Connector { return connect(t, config) },
		People:     len(company(t)),
		Attributes: []string{"employeeNumber", "mail", "userPrincipalName"},
		Broken: map[string]idptest.Broken{
			"a wrong password": {
				New:  func(t *testing.T) idp.Connector { return connect(t, broken) },
				Kind: fault.Credentials,
			},
		},
		Connections: served.Connections,
	})
}

func TestDirectoryGivesTheCompanyAsItIs(t *testing.T) {
	served := directory(t, fixtures.LDAPOptions{MaxPageSize: 10})
	got, err := collect(t.Context(), t, connect(t, signedInTo(served)), idp.Request{
		Fields: []idp.Field{idp.EmployeeID, idp.Name, idp.Department, idp.ManagerEmail, idp.City},
	})
	if err != nil {
		t.Fatal(err)
	}
	byNumber, byRef := map[string]idp.Person{}, map[string]string{}
	for _, p := range got {
		number := p.Fields[0].Text
		byNumber[number], byRef[p.Ref] = p, number
	}
	for _, want := range company(t) {
		p, ok := byNumber[want.Number]
		if !ok {
			t.Errorf("%s (%s) did not come", want.Number, want.Name)
			continue
		}
		texts := []string{p.Primary, p.Fields[1].Text, p.Fields[2].Text, p.Fields[4].Text}
		if wants := []string{strings.TrimSpace(want.Mail), want.Name, want.Department, want.City}; !slices.Equal(texts, wants) {
			t.Errorf("%s is %q, want %q", want.Number, texts, wants)
		}
		if (p.Status == idp.Disabled) != want.Disabled || p.Status == idp.Unknown {
			t.Errorf("%s is %s, want disabled: %t", want.Number, p.Status, want.Disabled)
		}
		_, known := byNumber[want.Manager]
		if manager := byRef[p.Manager]; known && manager != want.Manager {
			t.Errorf("the manager of %s is %q (%q), want %q", want.Number, manager, p.Manager, want.Manager)
		}
	}
}

func TestDirectoryOverTLS(t *testing.T) {
	ca := testca.New(t)
	settings := ca.Issue(t).Config()
	tests := []struct {
		name     string
		options  fixtures.LDAPOptions
		startTLS string
	}{
		{"LDAPS", fixtures.LDAPOptions{TLS: settings, LDAPS: true}, ""},
		{"StartTLS", fixtures.LDAPOptions{TLS: settings}, "require"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := signedInTo(directory(t, test.options))
			config.CAFile, config.StartTLS = ca.File, test.startTLS
			got, err := collect(t.Context(), t, connect(t, config), idp.Request{})
			if want := len(company(t)); err != nil || len(got) != want {
				t.Errorf("%d people and the error %v, want %d and none", len(got), err, want)
			}
		})
	}
}

func TestDirectoryWithoutAnAccount(t *testing.T) {
	for _, shows := range []bool{true, false} {
		config := ldap.Config{URL: directory(t, fixtures.LDAPOptions{AnonymousReads: shows}).URL}
		got, err := collect(t.Context(), t, connect(t, config), idp.Request{})
		if !shows {
			wantFailure(t, err, fault.Credentials, "--ldap-bind-dn")
			continue
		}
		if want := len(company(t)); err != nil || len(got) != want {
			t.Errorf("%d people and the error %v, want %d and none", len(got), err, want)
		}
	}
}
