package ldap_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
	"cohort/internal/testca"
)

func TestNewRefuses(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(folder, "open.pem")
	if err := os.WriteFile(open, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*ldap.Config)
		says   []string
	}{
		{"no URL", func(c *ldap.Config) { c.URL = "" }, []string{"--idp"}},
		{"a critical extension", func(c *ldap.Config) { c.URL = "ldap://h/dc=x????!x-other=a" }, []string{"--idp", `"x-other"`, "--ldap-"}},
		{"a password in an extension", func(c *ldap.Config) { c.URL = "ldap://h/dc=x????X-BINDPW=hunter2" }, []string{"--idp", "holds a password"}},
		{"a bindname that names nobody", func(c *ldap.Config) { c.URL, c.BindDN, c.Password = "ldap://h/dc=x????!bindname", "", "" }, []string{"--idp", "bindname"}},
		{"StartTLS in the URL within TLS", func(c *ldap.Config) { c.URL = "ldaps://h/dc=x????StartTLS" }, []string{"--idp", "ldaps://"}},
		{"StartTLS that the URL demands and a setting forbids", func(c *ldap.Config) { c.URL, c.StartTLS = "ldap://h/dc=x????!StartTLS", "off" }, []string{"--ldap-starttls", "demands"}},
		{"no host and no domain", func(c *ldap.Config) { c.URL = "ldap:///o=Example" }, []string{"--idp", "no domain"}},
		{"no host, and a base without a domain", func(c *ldap.Config) { c.URL, c.Base = "ldap:///dc=x", "o=Example" }, []string{"--idp", "no domain"}},
		{"a further host on a socket", func(c *ldap.Config) { c.URL, c.Hosts = "ldapi:///dc=x", []string{"h"} }, []string{"--ldap-host", "ldapi://"}},
		{"a further host that is nothing", func(c *ldap.Config) { c.Hosts = []string{""} }, []string{"--ldap-host"}},
		{"a further host that is a URL", func(c *ldap.Config) { c.Hosts = []string{"ldap://h"} }, []string{"--ldap-host", "is no host"}},
		{"a further host with a port that is none", func(c *ldap.Config) { c.Hosts = []string{"h:ldap"} }, []string{"--ldap-host", "is no host"}},
		{"a further host with a user", func(c *ldap.Config) { c.Hosts = []string{"a@h"} }, []string{"--ldap-host", "is no host"}},
		{"an account with a blank behind it", func(c *ldap.Config) { c.BindDN = "cn=a,dc=x " }, []string{"--ldap-bind-dn", "blank"}},
		{"an account of blanks", func(c *ldap.Config) { c.BindDN = "  " }, []string{"--ldap-bind-dn", "blank"}},
		{"an account with a line's end in it", func(c *ldap.Config) { c.BindDN = "cn=a\ndc=x" }, []string{"--ldap-bind-dn", "line's end"}},
		{"a further host that is none", func(c *ldap.Config) { c.Hosts = []string{"a/b"} }, []string{"--ldap-host", `"a/b"`}},
		{"a certificate without a key", func(c *ldap.Config) { c.CertFile = empty }, []string{"--ldap-cert-file", "--ldap-key-file"}},
		{"a key without a certificate", func(c *ldap.Config) { c.KeyFile = empty }, []string{"--ldap-key-file", "--ldap-cert-file"}},
		{"a certificate that is none", func(c *ldap.Config) { c.CertFile, c.KeyFile = empty, empty }, []string{"--ldap-cert-file", "PEM"}},
		{"a key that everybody may read", func(c *ldap.Config) { c.CertFile, c.KeyFile = empty, open }, []string{"--ldap-key-file", "chmod"}},
		{"StartTLS on a socket", func(c *ldap.Config) { c.URL, c.StartTLS = "ldapi:///dc=x", "require" }, []string{"--ldap-starttls", "ldapi://"}},
		{"an unknown choice about referrals", func(c *ldap.Config) { c.Referrals = "follow" }, []string{"--ldap-referrals", "report or error"}},
		{"a base in the URL that is no DN", func(c *ldap.Config) { c.URL = "ldap://h/people" }, []string{"--idp", "base DN"}},
		{"a base that is no DN", func(c *ldap.Config) { c.Base = "people" }, []string{"--ldap-base", "ou=people"}},
		{"a filter in the URL without its end", func(c *ldap.Config) { c.URL = "ldap://h/dc=x???(mail=*" }, []string{"--idp", "filter"}},
		{"a filter without its end", func(c *ldap.Config) { c.Filter = "(&(mail=*)" }, []string{"--ldap-filter"}},
		{"a password without an account", func(c *ldap.Config) { c.BindDN = "" }, []string{"--ldap-bind-dn", "--ldap-password-file", "COHORT_LDAP_PASSWORD"}},
		{"an account without a password", func(c *ldap.Config) { c.Password = "" }, []string{"--ldap-bind-dn", "COHORT_LDAP_PASSWORD"}},
		{"a CA file that is not there", func(c *ldap.Config) { c.CAFile = filepath.Join(folder, "none.pem") }, []string{"--ldap-ca-file", "none.pem"}},
		{"a CA file without certificates", func(c *ldap.Config) { c.CAFile = empty }, []string{"--ldap-ca-file", "empty.pem", "PEM"}},
		{"an unknown value for StartTLS", func(c *ldap.Config) { c.StartTLS = "maybe" }, []string{"--ldap-starttls", "require or off"}},
		{"StartTLS within TLS", func(c *ldap.Config) { c.URL, c.StartTLS = "ldaps://h", "require" }, []string{"--ldap-starttls", "ldaps://"}},
		{"a negative time-out", func(c *ldap.Config) { c.ReadTimeout = -time.Second }, []string{"negative"}},
		{"a negative page size", func(c *ldap.Config) { c.PageSize = -1 }, []string{"page size"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := ldap.Config{URL: "ldap://h/dc=x", BindDN: "cn=a,dc=x", Password: "hunter2"}
			test.change(&config)
			_, err := ldap.New(config)
			wantFailure(t, err, fault.Usage, test.says...)
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
}

func TestNewAccepts(t *testing.T) {
	ca := testca.New(t)
	tests := []struct {
		name   string
		config ldap.Config
	}{
		{"a host alone", ldap.Config{URL: "ldap://h"}},
		{"an extension that need not be understood", ldap.Config{URL: "ldap://h/????x-thing=1"}},
		{"an account as Active Directory names it", ldap.Config{URL: "ldaps://h", BindDN: `EXAMPLE\reader`, Password: "p"}},
		{"an account by its user principal name", ldap.Config{URL: "ldaps://h", BindDN: "reader@example.com", Password: "p"}},
		{"an account whose DN ends in a blank", ldap.Config{URL: "ldaps://h", BindDN: `cn=a\ `, Password: "p"}},
		{"an account in the URL", ldap.Config{URL: "ldaps://h/????bindname=cn=a%2cdc=x", Password: "p"}},
		{"no host and a domain", ldap.Config{URL: "ldaps:///ou=people,DC=example,0.9.2342.19200300.100.1.25=com"}},
		{"no host and a further one", ldap.Config{URL: "ldap:///o=Example", Hosts: []string{"h"}}},
		{"a global catalogue", ldap.Config{URL: "ldaps://h:3269/dc=x"}},
		{"a CA file", ldap.Config{URL: "ldaps://h", CAFile: ca.File}},
		{"no StartTLS within TLS", ldap.Config{URL: "ldaps://h", StartTLS: "off"}},
		{"a filter before a wrong one in the URL", ldap.Config{URL: "ldap://h/dc=x???(mail=*", Filter: "(mail=*)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ldap.New(test.config); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSourceNamesTheDirectory(t *testing.T) {
	tests := []struct {
		name   string
		config ldap.Config
		want   string
	}{
		{"a host", ldap.Config{URL: "LDAP://h/"}, "ldap://h"},
		{"a port and a base", ldap.Config{URL: "ldaps://h:6636/ou=a b,dc=x?cn?sub?(mail=*)"}, "ldaps://h:6636/ou=a%20b,dc=x"},
		{"an overridden base", ldap.Config{URL: "ldap://[::1]/dc=x", Base: "dc=y"}, "ldap://[::1]/dc=y"},
		{"no secrets", ldap.Config{URL: "ldap://h/dc=x", BindDN: "cn=a", Password: "hunter2"}, "ldap://h/dc=x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, want := connect(t, test.config).Source(), (idp.Source{Name: test.want}); got != want {
				t.Errorf("the source is %+v, want %+v", got, want)
			}
		})
	}
}
