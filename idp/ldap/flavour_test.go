package ldap

import (
	"slices"
	"strings"
	"testing"

	ldap "github.com/go-ldap/ldap/v3"
)

func TestFlavoursAreRecognised(t *testing.T) {
	tests := []struct {
		name string
		root map[string][]string
		want flavour
	}{
		{"a server that says nothing", nil, other},
		{"Active Directory", map[string][]string{"supportedcapabilities": {"1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.800"}}, activeDirectory},
		{"AD LDS", map[string][]string{"supportedcapabilities": {"1.2.840.113556.1.4.1851"}}, other},
		{"OpenLDAP", map[string][]string{"objectclass": {"top", "openldapRootDSE"}}, openLDAP},
		{"OpenLDAP that shows only its configuration", map[string][]string{"configcontext": {"cn=config"}}, openLDAP},
		{"389 Directory Server", map[string][]string{"vendorname": {"389 Project"}, "objectclass": {"top"}}, ds389},
		{"its older name", map[string][]string{"vendorname": {"Fedora Project"}}, ds389},
		{"its name at Red Hat", map[string][]string{"vendorname": {"Red Hat, Inc."}}, ds389},
		{"FreeIPA", map[string][]string{"vendorname": {"389 Project"}, "ipadomainlevel": {"1"}}, freeIPA},
		{"FreeIPA by its topology", map[string][]string{"ipatopologypluginversion": {"1.0"}}, freeIPA},
		{"an older FreeIPA", map[string][]string{"vendorname": {"389 Project"}, "supportedextension": {"2.16.840.1.113730.3.8.10.1"}}, freeIPA},
		{"the extensions of 389 itself", map[string][]string{"vendorname": {"389 Project"}, "supportedextension": {"2.16.840.1.113730.3.5.7"}}, ds389},
		{"another vendor", map[string][]string{"vendorname": {"Apache Software Foundation"}}, other},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name := range test.root {
				if !slices.ContainsFunc(flavourAttributes(), func(asked string) bool { return strings.ToLower(asked) == name }) {
					t.Errorf("nobody asks for %s", name)
				}
			}
			if got := flavourOf(test.root); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestFlavoursHaveFiltersThatParse(t *testing.T) {
	for f := other; f <= freeIPA; f++ {
		if _, err := ldap.CompileFilter(f.filter()); err != nil {
			t.Errorf("%s: %s: %v", f, f.filter(), err)
		}
	}
}

func TestPeopleOfFreeIPAAreBelowTheirContainer(t *testing.T) {
	for f, want := range map[flavour]string{
		freeIPA: "cn=users,cn=accounts,dc=x", ds389: "dc=x", activeDirectory: "dc=x", other: "dc=x",
	} {
		if got := f.base("dc=x"); got != want {
			t.Errorf("%s: got %q, want %q", f, got, want)
		}
	}
}
