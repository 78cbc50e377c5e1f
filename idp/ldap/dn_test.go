package ldap

import (
	"strings"
	"testing"

	ldap "github.com/go-ldap/ldap/v3"
)

func TestNormalDNIsTheSameForEqualNames(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"case", "UID=Ada,OU=People,DC=example,DC=com", "uid=ada,ou=people,dc=example,dc=com"},
		{"blanks around separators", "uid=ada, ou = people , dc=com", "uid=ada,ou=people,dc=com"},
		{"repeated blanks", "cn=Ada  Lovelace,dc=com", "cn=ada lovelace,dc=com"},
		{"escaped outer blanks", `cn=\ Ada\ ,dc=com`, "cn=ada,dc=com"},
		{"two ways to escape a comma", `cn=Lovelace\, Ada,dc=com`, `cn=Lovelace\2c Ada,dc=com`},
		{"letters as they are and as bytes", `cn=Müller,dc=com`, `cn=M\c3\bcller,dc=com`},
		{"case beyond ASCII", "cn=MÜLLER,dc=com", "cn=müller,dc=com"},
		{"composed and decomposed letters", "cn=M\u00fcller,dc=com", "cn=Mu\u0308ller,dc=com"},
		{"full-width letters", "cn=Ａda,dc=com", "cn=ada,dc=com"},
		{"the order within an RDN", "cn=ada+ou=x,dc=com", "ou=X+cn=Ada,dc=com"},
		{"two names of one attribute", "commonName=ada,dc=com", "cn=ada,dc=com"},
		{"semicolons", "cn=ada;dc=com", "cn=ada,dc=com"},
		{"no DN at all", "Ada  Lovelace ", "ada lovelace"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := normalDN(test.a), normalDN(test.b); a != b {
				t.Errorf("%q became %q, %q became %q", test.a, a, test.b, b)
			}
		})
	}
}

func TestNormalDNKeepsDifferentNamesApart(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"values", "cn=ada,dc=com", "cn=bob,dc=com"},
		{"types", "cn=ada,dc=com", "uid=ada,dc=com"},
		{"depth", "cn=ada,dc=com", "cn=ada,ou=x,dc=com"},
		{"an escaped and a real comma", `cn=a\,ou=b,dc=com`, "cn=a,ou=b,dc=com"},
		{"an escaped and a real plus", `cn=a\+ou=b,dc=com`, "cn=a+ou=b,dc=com"},
		{"an escaped backslash", `cn=a\\,dc=com`, `cn=a,dc=com`},
		{"blanks and none", "cn=a b,dc=com", "cn=ab,dc=com"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := normalDN(test.a), normalDN(test.b); a == b {
				t.Errorf("both %q and %q became %q", test.a, test.b, a)
			}
		})
	}
}

// The short way of normalDN must not differ from the long one.
func FuzzNormalDNShortWay(f *testing.F) {
	for _, seed := range []string{
		"uid=ada,ou=people,dc=example,dc=com", "CN=A B,DC=x", "cn= a,dc=x", "cn=a ,dc=x", "cn=a  b", "commonName=a",
		"cn=#04", "a=b+c=d", "a==b", ",", "a=", "=b", "a=b,", "a=b;c=d", `a=\,`, "a b=c", "a=b=c,d=e", "a=' ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dn string) {
		if !isSimpleDN(dn) {
			return
		}
		parsed, err := ldap.ParseDN(dn)
		if err != nil {
			t.Fatalf("%q took the short way and is no DN: %v", dn, err)
		}
		if short, long := normalDN(dn), normalOf(parsed); short != long {
			t.Errorf("%q became %q the short way, %q the long one", dn, short, long)
		}
	})
}

func TestMostNamesTakeTheShortWay(t *testing.T) {
	for _, dn := range []string{
		"uid=ada,ou=people,dc=example,dc=com",
		"CN=Ada Lovelace,OU=Sales,OU=New York,DC=corp,DC=example,DC=com",
	} {
		if !isSimpleDN(dn) {
			t.Errorf("%q does not", dn)
		}
	}
}

func TestGroupNamesAreFirstValues(t *testing.T) {
	tests := []struct{ name, dn, want string }{
		{"a common name", "CN=Sales,OU=Groups,DC=x", "Sales"},
		{"an escaped comma", `cn=Sales\, EMEA,dc=x`, "Sales, EMEA"},
		{"letters beyond ASCII", `cn=Vorstände,dc=x`, "Vorstände"},
		{"no DN", "sales", "sales"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			references := newReferences()
			for range 2 { // the second time from memory
				got := strings.Join(references.groupNames([]string{test.dn}), "|")
				if got != test.want {
					t.Errorf("%q is called %q, want %q", test.dn, got, test.want)
				}
			}
		})
	}
}

func TestANormalDNIsADN(t *testing.T) {
	for _, dn := range []string{
		`cn=Bob \"B\" Smith,dc=x`, `cn=\#1,dc=x`, `cn=a\;b,dc=x`, `cn=a\<b\>,dc=x`, `cn=a\,b\+c\=d,dc=x`, `cn=\00a,dc=x`, `cn=a\\b,dc=x`,
		`cn=M\C3\BCller,dc=x`, `cn=\20a\20,dc=x`,
	} {
		normal := normalDN(dn)
		if _, err := ldap.ParseDN(normal); err != nil {
			t.Errorf("%s became %s: %v", dn, normal, err)
		}
		if again := normalDN(normal); again != normal {
			t.Errorf("%s became %s, then %s", dn, normal, again)
		}
	}
}
