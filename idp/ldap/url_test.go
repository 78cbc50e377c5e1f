package ldap

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
)

func TestParseAddress(t *testing.T) {
	tests := []struct {
		name, url string
		want      address
	}{
		{"a host alone", "ldap://ldap.example.com", address{scheme: "ldap", host: "ldap.example.com"}},
		{"a scheme in any case", "LDAPS://h", address{scheme: "ldaps", host: "h"}},
		{"a port", "ldap://h:3890/", address{scheme: "ldap", host: "h", port: "3890"}},
		{"an empty port", "ldap://h:/", address{scheme: "ldap", host: "h"}},
		{"an IPv6 address", "ldap://[::1]", address{scheme: "ldap", host: "::1"}},
		{"an IPv6 address with a port", "ldaps://[2001:db8::7]:636/dc=x", address{scheme: "ldaps", host: "2001:db8::7", port: "636", base: "dc=x"}},
		{"an IPv6 address with a zone", "ldap://[fe80::1%25eth0]/", address{scheme: "ldap", host: "fe80::1%eth0"}},
		{"a base", "ldap://h/dc=example,dc=com", address{scheme: "ldap", host: "h", base: "dc=example,dc=com"}},
		{"an encoded base", "ldap://h/o=University%20of%20Michigan,c=US", address{scheme: "ldap", host: "h", base: "o=University of Michigan,c=US"}},
		{"a base as people type it", "ldap://h/ou=Müller und Söhne,c=DE", address{scheme: "ldap", host: "h", base: "ou=Müller und Söhne,c=DE"}},
		{"a base with an encoded question mark", "ldap://h/o=Question%3f,c=US?mail", address{scheme: "ldap", host: "h", base: "o=Question?,c=US", attributes: []string{"mail"}}},
		{"attributes", "ldap://h/dc=x?cn,mail", address{scheme: "ldap", host: "h", base: "dc=x", attributes: []string{"cn", "mail"}}},
		{"a scope", "ldap://h/dc=x??ONE", address{scheme: "ldap", host: "h", base: "dc=x", scope: "one"}},
		{"a filter", "ldap://h/dc=x???(cn=Babs%20Jensen)", address{scheme: "ldap", host: "h", base: "dc=x", filter: "(cn=Babs Jensen)"}},
		{"a filter with an escaped byte", `ldap://h/dc=x???(four=%5c00%5c04)`, address{scheme: "ldap", host: "h", base: "dc=x", filter: `(four=\00\04)`}},
		{"a filter with a slash and a hash", "ldap://h/dc=x???(cn=a/b#c)", address{scheme: "ldap", host: "h", base: "dc=x", filter: "(cn=a/b#c)"}},
		{"no host, to be looked up", "ldap:///dc=x", address{scheme: "ldap", base: "dc=x"}},
		{"a socket", "ldapi://%2Frun%2Fldapi/dc=x", address{scheme: "ldapi", host: "/run/ldapi", base: "dc=x"}},
		{"OpenLDAP's own socket", "ldapi:///dc=x", address{scheme: "ldapi", host: "/var/run/slapd/ldapi", base: "dc=x"}},
		{"everything", "ldap://h:1/dc=x?cn?sub?(a=b)?e=v%2cw,!f", address{
			scheme: "ldap", host: "h", port: "1", base: "dc=x", attributes: []string{"cn"}, scope: "sub", filter: "(a=b)",
			extensions: []extension{{"e", "v,w", false}, {"f", "", true}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseAddress(test.url)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(address{}, extension{})); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseAddressRefuses(t *testing.T) {
	tests := []struct{ name, url, says string }{
		{"nothing", "", "does not begin with"},
		{"another scheme", "http://h/", "does not begin with"},
		{"one slash", "ldap:/h", "does not begin with"},
		{"a socket with a relative path", "ldapi://run%2fldapi/dc=x", "not absolute"},
		{"no host but a port", "ldap://:389/", "a port and no host"},
		{"a user", "ldap://reader@h/", "holds a user or a password"},
		{"a user and a password", "ldap://reader:hunter2@h/", "holds a user or a password"},
		{"IPv6 without brackets", "ldap://::1/", "needs brackets"},
		{"a name in brackets", "ldap://[h]/", "no IPv6 address"},
		{"an IPv6 address that is none", "ldap://[::g]/", "the IPv6 address is none"},
		{"an encoded percent sign in the host", "ldap://h%25/", "host holds"},
		{"half a bracket", "ldap://[::1/", "do not match"},
		{"something behind a bracket", "ldap://[::1]x/", "do not match"},
		{"a port of letters", "ldap://h:ldap/", "port"},
		{"port 0", "ldap://h:0/", "port"},
		{"a port too large", "ldap://h:65536/", "port"},
		{"a blank in the host", "ldap://my host/", "host holds"},
		{"an encoded line feed in the host", "ldap://h%0a/", "host holds"},
		{"a question mark behind the host", "ldap://h?cn", "a / is missing"},
		{"an unknown scope", "ldap://h/dc=x??children", "scope"},
		{"half an escape", "ldap://h/dc=x%2", "hexadecimal"},
		{"half an escape in the filter", "ldap://h/dc=x???(a=%zz)", "hexadecimal"},
		{"too many question marks", "ldap://h/dc=x?????", "question marks"},
		{"an extension without a name", "ldap://h/dc=x????!=v", "no name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseAddress(test.url)
			if err == nil {
				t.Fatalf("it was read as %+v", got)
			}
			if fault.KindOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), "--idp: ") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %q, want a usage error of --idp with %q", err, test.says)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{
		"ldap://h", "ldaps://[::1]:636/dc=x?cn,mail?sub?(a=b)?!e=v%2c,f", "ldap://h/o=Q%3f????%21x=%3d",
		"ldap://h%25/%00??one", "ldap://[fe80::1%25e%3a0]:1", "ldap://%3A%3A1", "ldapi://%2Frun%2F%3F:1/dc=x", "ldap://h/????!bindname=cn=a%2cdc=x",
		"ldap:///", "ldap://h/?%2c,,a", "ldap://h/dc=%ff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		first, err := parseAddress(url)
		if err != nil {
			if fault.KindOf(err) != fault.Usage {
				t.Errorf("%q: the error is not one of usage: %v", url, err)
			}
			return
		}
		written := first.String()
		second, err := parseAddress(written)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", url, written, err)
		}
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(address{}, extension{})); diff != "" {
			t.Errorf("%q was written as %q, which reads differently (-first +second):\n%s", url, written, diff)
		}
	})
}

func TestEndpoints(t *testing.T) {
	tests := []struct {
		name, url string
		hosts     []string
		want      []endpoint
	}{
		{"a host", "ldap://h/dc=x", nil, []endpoint{{"tcp", "h:389", "h", "ldap://h"}}},
		{"a host with TLS", "ldaps://h/dc=x", nil, []endpoint{{"tcp", "h:636", "h", "ldaps://h"}}},
		{"further ones", "ldaps://h", []string{"h2", "h3:6636"}, []endpoint{
			{"tcp", "h:636", "h", "ldaps://h"}, {"tcp", "h2:636", "h2", "ldaps://h2"}, {"tcp", "h3:6636", "h3", "ldaps://h3:6636"},
		}},
		{"further ones on the URL's port", "ldaps://h:3269", []string{"h2", "h3:636"}, []endpoint{
			{"tcp", "h:3269", "h", "ldaps://h:3269"}, {"tcp", "h2:3269", "h2", "ldaps://h2:3269"}, {"tcp", "h3:636", "h3", "ldaps://h3:636"},
		}},
		{"further ones by IPv6", "ldap://[::1]", []string{"::2", "[::3]", "[fe80::4%eth0]:390", "fe80::5%eth0"}, []endpoint{
			{"tcp", "[::1]:389", "::1", "ldap://[::1]"}, {"tcp", "[::2]:389", "::2", "ldap://[::2]"},
			{"tcp", "[::3]:389", "::3", "ldap://[::3]"}, {"tcp", "[fe80::4%eth0]:390", "fe80::4%eth0", "ldap://[fe80::4%25eth0]:390"},
			{"tcp", "[fe80::5%eth0]:389", "fe80::5%eth0", "ldap://[fe80::5%25eth0]"},
		}},
		{"a socket", "ldapi://%2Frun%2Fldapi/dc=x", nil, []endpoint{{"unix", "/run/ldapi", "", "ldapi://%2frun%2fldapi"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := New(Config{URL: test.url, Hosts: test.hosts})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.endpoints(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(endpoint{})); diff != "" {
				t.Errorf("where to connect (-want +got):\n%s", diff)
			}
		})
	}
}

func TestZonesAreNotInCertificates(t *testing.T) {
	if got := new(Connector).tlsConfig("fe80::1%eth0").ServerName; got != "fe80::1" {
		t.Errorf("the certificate must name %q, want fe80::1", got)
	}
}

func TestPortsOfTheGlobalCatalogue(t *testing.T) {
	for url, want := range map[string]bool{"ldap://h:3268": true, "ldaps://h:3269/dc=x": true, "ldaps://h": false, "ldap://h:389": false} {
		a, err := parseAddress(url)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.globalCatalogue(); got != want {
			t.Errorf("%s is one of the global catalogue: %t, want %t", url, got, want)
		}
	}
}

func TestDomainOf(t *testing.T) {
	tests := []struct{ dn, want string }{
		{"dc=example,dc=com", "example.com"},
		{"ou=people,DC=Example,dc=COM", "example.com"},
		{"dc=a,ou=b,dc=example,dc=com", "example.com"},
		{"o=Example,c=DE", ""},
		{"dc=example+ou=a,dc=com", "com"},
		{"", ""},
		{"people", ""},
	}
	for _, test := range tests {
		if got := domainOf(test.dn); got != test.want {
			t.Errorf("the domain of %q is %q, want %q", test.dn, got, test.want)
		}
	}
}
