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
		"ldap://h%25/%00??one", "ldap:///", "ldap://h/?%2c,,a", "ldap://h/dc=%ff",
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
