package ldap

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/ldap/internal/wire"
)

// entryOf makes an entry from lines of LDIF's shape, "name: value".
func entryOf(lines ...string) *entry {
	e := &entry{DN: "uid=ada,dc=example,dc=com"}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		if last := len(e.Attributes) - 1; last >= 0 && e.Attributes[last].Name == name {
			e.Attributes[last].Values = append(e.Attributes[last].Values, value)
			continue
		}
		e.Attributes = append(e.Attributes, wire.Attribute{Name: name, Values: []string{value}})
	}
	return e
}

func personOf(t *testing.T, req idp.Request, e *entry) idp.Person {
	t.Helper()
	p, err := mappingOf(req, origin{}).person(e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFieldsTakeTheFirstAttributeWithAValue(t *testing.T) {
	tests := []struct {
		name  string
		field idp.Field
		entry []string
		want  idp.Value
	}{
		{"the display name before the common name", idp.Name, []string{"cn: ada", "displayName: Ada L."}, idp.TextOf("Ada L.")},
		{"the common name without a display name", idp.Name, []string{"cn: ada"}, idp.TextOf("ada")},
		{"an empty value is none", idp.Name, []string{"displayName: ", "cn: ada"}, idp.TextOf("ada")},
		{"the first of several values", idp.Title, []string{"title: Countess", "title: Analyst"}, idp.TextOf("Countess")},
		{"names in any case", idp.GivenName, []string{"GIVENNAME: Ada"}, idp.TextOf("Ada")},
		{"the other name of an attribute", idp.FamilyName, []string{"surname: King"}, idp.TextOf("King")},
		{"Active Directory's account name before uid", idp.Username, []string{"uid: a", "sAMAccountName: ada"}, idp.TextOf("ada")},
		{"department before ou before its number", idp.Department, []string{"departmentNumber: 7", "ou: Engines"}, idp.TextOf("Engines")},
		{"division", idp.Division, []string{"division: D"}, idp.TextOf("D")},
		{"cost centre", idp.CostCenter, []string{"costCenter: 0042"}, idp.TextOf("0042")},
		{"company before o", idp.Organization, []string{"o: O", "company: C"}, idp.TextOf("C")},
		{"employee id before number", idp.EmployeeID, []string{"employeeNumber: 2", "employeeID: 1"}, idp.TextOf("1")},
		{"employee type", idp.EmployeeType, []string{"employeeType: staff"}, idp.TextOf("staff")},
		{"city", idp.City, []string{"l: London"}, idp.TextOf("London")},
		{"region", idp.Region, []string{"st: Surrey"}, idp.TextOf("Surrey")},
		{"country by its code", idp.Country, []string{"co: United Kingdom", "c: GB"}, idp.TextOf("GB")},
		{"country by its long name", idp.Country, []string{"countryName: GB"}, idp.TextOf("GB")},
		{"groups by their first RDN", idp.Groups, []string{"memberOf: cn=A,dc=x", "memberOf: cn=B\\, C,dc=x"}, idp.ListOf("A", "B, C")},
		{"one group is a list", idp.Groups, []string{"memberOf: cn=A,dc=x"}, idp.ListOf("A")},
		{"groups of other servers", idp.Groups, []string{"isMemberOf: cn=A,dc=x"}, idp.ListOf("A")},
		{"no group is absent", idp.Groups, nil, idp.Value{}},
		{"a manager is not an address", idp.ManagerEmail, []string{"manager: uid=b,dc=x"}, idp.Value{}},
		{"no attribute has the start date", idp.StartDate, []string{"startDate: 2020-01-01"}, idp.Value{}},
		{"bytes that are not UTF-8 pass", idp.City, []string{"l: Z\xfcrich"}, idp.TextOf("Z\xfcrich")},
		{"a value with a language", idp.Title, []string{"title;lang-en: Countess"}, idp.TextOf("Countess")},
		{"the plain value before one with a language", idp.Title, []string{"title;lang-de: Gräfin", "title: Countess"}, idp.TextOf("Countess")},
		{"and whichever comes first", idp.Title, []string{"title: Countess", "title;lang-de: Gräfin"}, idp.TextOf("Countess")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := personOf(t, idp.Request{Fields: []idp.Field{test.field}}, entryOf(test.entry...))
			if diff := cmp.Diff([]idp.Value{test.want}, p.Fields); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.field, diff)
			}
		})
	}
}

func TestAttributesAreWhatTheServerHas(t *testing.T) {
	guid := "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	sid := "\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"
	tests := []struct {
		name, attribute string
		entry           []string
		want            idp.Value
	}{
		{"nothing", "description", nil, idp.Value{}},
		{"one value is a text", "description", []string{"description: d"}, idp.TextOf("d")},
		{"several are a list", "description", []string{"description: d", "description: e"}, idp.ListOf("d", "e")},
		{"any case", "DESCRIPTION", []string{"description: d"}, idp.TextOf("d")},
		{"asked by its other name", "surname", []string{"sn: King"}, idp.TextOf("King")},
		{"asked with an option", "title;lang-de", []string{"title: Countess", "title;lang-DE: Gräfin"}, idp.TextOf("Gräfin")},
		{"the DN", "dn", nil, idp.TextOf("uid=ada,dc=example,dc=com")},
		{"a GUID as text", "objectGUID", []string{"objectGUID: " + guid}, idp.TextOf("04030201-0605-0807-090a-0b0c0d0e0f10")},
		{"a SID as text", "objectSid", []string{"objectSid: " + sid}, idp.TextOf("S-1-5-32-544")},
		{"a GUID that is text already", "objectGUID", []string{"objectGUID: 04030201-0605-0807-090a-0b0c0d0e0f10"}, idp.TextOf("04030201-0605-0807-090a-0b0c0d0e0f10")},
		{"a broken SID in base64", "objectSid", []string{"objectSid: \x01\x09"}, idp.TextOf("AQk=")},
		{"former SIDs", "sIDHistory", []string{"sIDHistory: " + sid, "sIDHistory: " + sid}, idp.ListOf("S-1-5-32-544", "S-1-5-32-544")},
		{"a mailbox's GUID", "msExchMailboxGuid", []string{"msExchMailboxGuid: " + guid}, idp.TextOf("04030201-0605-0807-090a-0b0c0d0e0f10")},
		{"an anchor that is text", "mS-DS-ConsistencyGuid", []string{"mS-DS-ConsistencyGuid: ada-1"}, idp.TextOf("ada-1")},
		{"a photo in base64", "jpegPhoto", []string{"jpegPhoto: \xff\xd8\x00"}, idp.TextOf("/9gA")},
		{"a certificate by its option", "userCertificate", []string{"userCertificate;binary: \x30\x00"}, idp.TextOf("MAA=")},
		{"anything with the option", "custom", []string{"custom;binary: ab"}, idp.TextOf("YWI=")},
		{"asked with the option", "custom;BINARY", []string{"custom;binary: ab"}, idp.TextOf("YWI=")},
		{"options in another order", "title;lang-de;x-a", []string{"title;X-A;lang-DE: Gräfin"}, idp.TextOf("Gräfin")},
		{"other bytes as they are", "description", []string{"description: Z\xfcrich"}, idp.TextOf("Z\xfcrich")},
		{"a FILETIME", "pwdLastSet", []string{"pwdLastSet: 133589952000000000"}, idp.TextOf("2024-05-01T00:00:00Z")},
		{"a FILETIME for never", "ACCOUNTEXPIRES", []string{"accountExpires: 9223372036854775807"}, idp.Value{}},
		{"a generalizedTime", "whenCreated", []string{"whenCreated: 20240501000000.0Z"}, idp.TextOf("2024-05-01T00:00:00Z")},
		{"several of them", "pwdFailureTime", []string{"pwdFailureTime: 20240501000000Z", "pwdFailureTime: 20240502000000Z"}, idp.ListOf("2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z")},
		{"the lock of an administrator", "pwdAccountLockedTime", []string{"pwdAccountLockedTime: 000001010000Z"}, idp.TextOf("000001010000Z")},
		{"digits under another name", "employeeNumber", []string{"employeeNumber: 133589952000000000"}, idp.TextOf("133589952000000000")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := personOf(t, idp.Request{Attributes: []string{test.attribute}}, entryOf(test.entry...))
			if diff := cmp.Diff([]idp.Value{test.want}, p.Attributes); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.attribute, diff)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		name  string
		entry []string
		want  idp.Person
	}{
		{"none", nil, idp.Person{}},
		{"mail", []string{"mail: Ada@Example.com"}, idp.Person{Primary: "Ada@Example.com"}},
		{"blanks around it", []string{"mail:  ada@example.com "}, idp.Person{Primary: "ada@example.com"}},
		{"only blanks", []string{"mail:   "}, idp.Person{}},
		{"further values are aliases", []string{"mail: a@x", "mail: b@x", "mailAlternateAddress: c@x"}, idp.Person{Primary: "a@x", Aliases: []string{"b@x", "c@x"}}},
		{
			"proxy addresses of SMTP only",
			[]string{"mail: a@x", "proxyAddresses: SMTP:A@x", "proxyAddresses: smtp:b@x", "proxyAddresses: SIP:a@x", "proxyAddresses: X400:c=US"},
			idp.Person{Primary: "a@x", Aliases: []string{"b@x"}},
		},
		{"without mail the primary proxy address", []string{"proxyAddresses: smtp:b@x", "proxyAddresses: SMTP: a@x "}, idp.Person{Primary: "a@x", Aliases: []string{"b@x"}}},
		{"proxy addresses without a primary one", []string{"proxyAddresses: smtp:a@x"}, idp.Person{Aliases: []string{"a@x"}}},
		{"nothing after the scheme", []string{"proxyAddresses: SMTP:"}, idp.Person{}},
		{"aliases of both kinds", []string{"mail: a@x", "mail: b@x", "proxyAddresses: smtp:c@x", "proxyAddresses: SMTP:d@x"}, idp.Person{Primary: "a@x", Aliases: []string{"b@x", "c@x", "d@x"}}},
		{"an address twice", []string{"mail: a@x", "mail: A@X", "mailAlternateAddress: b@x", "proxyAddresses: smtp:B@x"}, idp.Person{Primary: "a@x", Aliases: []string{"B@x"}}},
		{"what is no address", []string{"mail: n/a", "proxyAddresses: SMTP:none", "mailAlternateAddress: -", "uid: ada@"}, idp.Person{}},
		{"an address behind what is none", []string{"mail: n/a", "mail: a@x", "mail: b@x"}, idp.Person{Primary: "a@x", Aliases: []string{"b@x"}}},
		{"the primary proxy address in the place of what is no address", []string{"mail: n/a", "proxyAddresses: SMTP:a@x"}, idp.Person{Primary: "a@x"}},
		{"a login twice", []string{"userPrincipalName: a@x", "uid: a@x"}, idp.Person{Logins: []string{"a@x"}}},
		{"logins that look like one", []string{"userPrincipalName: ada@corp", "uid: ada"}, idp.Person{Logins: []string{"ada@corp"}}},
		{"a Kerberos realm is no mail domain", []string{"krbPrincipalName: ada@CORP.EXAMPLE"}, idp.Person{}},
		{"an address for a uid", []string{"uid: ada@x"}, idp.Person{Logins: []string{"ada@x"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := personOf(t, idp.Request{}, entryOf(test.entry...))
			got := idp.Person{Primary: p.Primary, Aliases: p.Aliases, Logins: p.Logins}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIDIsTheServersOwn(t *testing.T) {
	guid := "objectGUID: \x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	tests := []struct {
		name  string
		entry []string
		want  string
	}{
		{"Active Directory", []string{"entryUUID: u", guid}, "04030201-0605-0807-090a-0b0c0d0e0f10"},
		{"OpenLDAP", []string{"entryUUID: u", "nsUniqueId: n"}, "u"},
		{"389 DS", []string{"nsUniqueId: n", "ipaUniqueID: i"}, "n"},
		{"FreeIPA", []string{"ipaUniqueID: i"}, "i"},
		{"none of them", nil, "uid=ada,dc=example,dc=com"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := personOf(t, idp.Request{}, entryOf(test.entry...)).ID; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestManagersAreReferences(t *testing.T) {
	e := entryOf("manager: UID=Bob, DC=example,DC=com")
	p := personOf(t, idp.Request{Fields: []idp.Field{idp.ManagerEmail}}, e)
	if p.Ref != "uid=ada,dc=example,dc=com" || p.Manager != "uid=bob,dc=example,dc=com" {
		t.Errorf("Ref %q, Manager %q", p.Ref, p.Manager)
	}
	p = personOf(t, idp.Request{}, e)
	if p.Ref != "" || p.Manager != "" {
		t.Errorf("unasked: Ref %q, Manager %q", p.Ref, p.Manager)
	}
}

func TestOnlyNeededAttributesAreAskedFor(t *testing.T) {
	tests := []struct {
		flavour flavour
		want    string
	}{
		{other, "mail proxyAddresses mailAlternateAddress objectGUID entryUUID nsUniqueId ipaUniqueID " +
			"userPrincipalName uid userAccountControl accountExpires pwdAccountLockedTime nsAccountLock shadowExpire krbPrincipalExpiration " +
			"msDS-UserAccountDisabled loginDisabled ds-pwp-account-disabled " +
			"department ou departmentNumber employeeID employeeNumber sn roomNumber"},
		{openLDAP, "mail proxyAddresses mailAlternateAddress objectGUID entryUUID nsUniqueId ipaUniqueID " +
			"userPrincipalName uid userAccountControl accountExpires pwdAccountLockedTime nsAccountLock shadowExpire krbPrincipalExpiration " +
			"department ou departmentNumber employeeID employeeNumber sn roomNumber"},
		{activeDirectory, "mail proxyAddresses objectGUID userPrincipalName userAccountControl accountExpires " +
			"department ou departmentNumber employeeID employeeNumber sn roomNumber"},
	}
	for _, test := range tests {
		t.Run(test.flavour.String(), func(t *testing.T) {
			m := mappingOf(idp.Request{
				Fields:     []idp.Field{idp.Department, idp.EmployeeID},
				Attributes: []string{"MAIL", "surname", "roomNumber", "roomnumber", "dn"},
			}, origin{flavour: test.flavour})
			if diff := cmp.Diff(strings.Fields(test.want), m.names); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBinaryAttributesAreToldOfOnce(t *testing.T) {
	var told []string
	m := mappingOf(idp.Request{
		Attributes: []string{"jpegPhoto", "JPEGPHOTO", "objectGUID", "custom"},
		Notify:     func(notice string) { told = append(told, notice) },
	}, origin{})
	for range 3 {
		if _, err := m.person(entryOf("jpegPhoto: \xff", "objectGUID: \xff", "custom;binary: a")); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"jpegPhoto is binary, and its values stand in base64", "custom is binary, and its values stand in base64"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

func TestEveryFieldHasItsPlace(t *testing.T) {
	m := mappingOf(idp.Request{Fields: idp.MappedFields()}, origin{})
	for i, field := range idp.MappedFields() {
		isNothing := m.fields[i].kind == nothing
		if want := field == idp.ManagerEmail || field == idp.StartDate; isNothing != want {
			t.Errorf("%s comes from nothing: %t, want %t", field, isNothing, want)
		}
	}
}
