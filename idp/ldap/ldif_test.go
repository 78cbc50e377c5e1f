package ldap_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/fixtures"
	"cohort/idp"
	"cohort/idp/idptest"
	"cohort/idp/ldap"
	"cohort/internal/fault"
)

func ldif(t testing.TB, text string) *ldap.LDIF {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.ldif")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return openLDIF(t, ldap.LDIFConfig{Path: path})
}

func openLDIF(t testing.TB, config ldap.LDIFConfig) *ldap.LDIF {
	t.Helper()
	l, err := ldap.NewLDIF(config)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func companyLDIF(t *testing.T) string {
	t.Helper()
	return string(fixtures.LDIF(fixtures.LDAP(company(t))))
}

func TestLDIFConformance(t *testing.T) {
	text := companyLDIF(t)
	idptest.Run(t, idptest.Suite{
		New:        func(t *testing.T) idp.Connector { return ldif(t, text) },
		People:     len(company(t)),
		Attributes: []string{"employeeNumber", "mail", "userPrincipalName"},
		Broken: map[string]idptest.Broken{
			"a change": {
				New:  func(t *testing.T) idp.Connector { return ldif(t, text+"\ndn: uid=z\nchangetype: delete\n") },
				Kind: fault.Usage,
			},
			"a cut file": {
				New:  func(t *testing.T) idp.Connector { return ldif(t, text[:len(text)-1]) },
				Kind: fault.Source,
			},
		},
	})
}

// The file and the server give the same people, but that only the server says
// that it would tell of locks.
func TestLDIFGivesWhatTheServerGives(t *testing.T) {
	request := idp.Request{Fields: idp.MappedFields(), Attributes: []string{"dn", "mail", "manager", "objectClass", "entryUUID"}}
	fromServer, err := collect(t.Context(), t, connect(t, signedInTo(directory(t, fixtures.LDAPOptions{MaxPageSize: 10}))), request)
	if err != nil {
		t.Fatal(err)
	}
	for i := range fromServer {
		if fromServer[i].Status == idp.Active {
			fromServer[i].Status = idp.Unknown
		}
	}
	text := companyLDIF(t)
	for name, text := range map[string]string{
		"as it is written":       text,
		"with carriage returns":  strings.ReplaceAll(text, "\n", "\r\n"),
		"with a mark of UTF-8":   "\ufeff" + text,
		"folded":                 fold(text, 20),
		"with version and notes": "version: 1\n# people\n#  and more\n\n" + text + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			fromFile, err := collect(t.Context(), t, ldif(t, text), request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fromServer, fromFile); diff != "" {
				t.Errorf("people (-server +file):\n%s", diff)
			}
		})
	}
}

// fold breaks the lines that are longer than width.
func fold(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for len(line) > width+1 {
			b.WriteString(line[:width] + "\n ")
			line = line[width:]
		}
		b.WriteString(line)
	}
	return b.String()
}

func TestLDIFValues(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"a value", "description: d", "d"},
		{"without a blank", "description:d", "d"},
		{"with several", "description:   d", "d"},
		{"blanks at the end", "description: d  ", "d  "},
		{"base64", "description:: w6Q=", "ä"},
		{"folded base64", "description:: w6\n Q=", "ä"},
		{"folded in the middle of a blank", "description: a\n  b", "a b"},
		{"a folded name", "descrip\n tion: d", "d"},
		{"UTF-8 as it is", "description: ä", "ä"},
		{"bytes that are not UTF-8", "description:: /w==", "\xff"},
		{"an option", "description;lang-de: d", "d"},
		{"another case", "DESCRIPTION: d", "d"},
		{"a colon in it", "description: a: b", "a: b"},
		{"a hash in it", "description: #d", "#d"},
		{"empty", "description:", ""},
		{"nothing in base64", "description::", ""},
		{"after a comment", "# a\n  comment\ndescription: d", "d"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := collect(t.Context(), t, ldif(t, "dn: uid=a\nuid: a\n"+test.line+"\n"), idp.Request{Attributes: []string{"description"}})
			if err != nil || len(got) != 1 {
				t.Fatalf("%d people and the error %v, want one and none", len(got), err)
			}
			if diff := cmp.Diff(idp.TextOf(test.want), got[0].Attributes[0]); diff != "" {
				t.Errorf("description (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLDIFThatIsWrong(t *testing.T) {
	const ada = "dn: uid=ada\nuid: ada\n"
	tests := []struct {
		name, text string
		kind       fault.Kind
		says       string
	}{
		{"a change", ada + "\n\ndn: uid=b\nchangetype: modify\n", fault.Usage, "line 6: changetype: is of a change"},
		{"an addition", "dn: uid=b\nchangetype: add\nuid: b\n", fault.Usage, "line 2: changetype"},
		{"a control of a change", "dn: uid=b\ncontrol: 1.2.3 true\nchangetype: delete\n", fault.Usage, "line 2: control"},
		{"a value in another file", ada + "jpegPhoto:< file:///etc/passwd\n", fault.Usage, "line 3: the value of jpegPhoto is in another file"},
		{"base64 that is none", ada + "description:: w6Q\n", fault.Usage, "line 3: the value of description is no base64"},
		{"base64 with a blank in it", ada + "description:: w6 Q=\n", fault.Usage, "line 3"},
		{"no colon", ada + "# x\ndescription\n", fault.Usage, "line 4: it has no colon"},
		{"no name", ada + ": d\n", fault.Usage, `line 3: "" is no name`},
		{"a name with a blank", "Dear reader: hello\n", fault.Usage, `line 1: "Dear reader" is no name`},
		{"a line that continues nothing", ada + "\n uid: b\n", fault.Usage, "line 4: it continues no line"},
		{"the line after folded ones", "dn: uid=a\n d\n a\n# b\n c\nx\n", fault.Usage, "line 6: it has no colon"},
		{"no DN", "uid: ada\n", fault.Usage, "line 1: an entry begins with dn:"},
		{"no empty line between", ada + ada, fault.Usage, "line 3: an entry begins within another"},
		{"another version", "version: 2\n" + ada, fault.Usage, `line 1: LDIF of version "2"`},
		{"an entry twice", ada + "\ndn: UID=Ada\nuid: b\n", fault.Usage, `line 4: "UID=Ada" comes again`},
		{"UTF-16", "\xff\xfed\x00n\x00", fault.Usage, "UTF-16"},
		{"a list of which values are missing", ada + "memberOf;range=0-1499: cn=a\n", fault.Source, "line 1 has only the first values of memberOf"},
		{"an end within a line", ada + "mail: ada@exam", fault.Source, "ends within line 3"},
		{"an end within base64", ada + "mail:: YWRh", fault.Source, "ends within line 3"},
		{"an end within a folded line", ada + "mail: ada@\n ", fault.Source, "ends within line 4"},
		{"an end before the closing count", "# LDAPv3\n#\n\n" + ada, fault.Source, "there is none"},
		{"a wrong closing count", ada + "\n# numResponses: 3\n# numEntries: 2\n", fault.Source, "1 entries are in it, and it closes with a count of 2"},
		{"a closing count of nobody", ada + "\n# numResponses: 1\n", fault.Source, "a count of 0"},
		{"a wrong count between two dumps", ada + "\n# numResponses: 3\n# numEntries: 2\n\ndn: uid=b\nuid: b\n", fault.Source, "a count of 2"},
		{"an end before ldbsearch's closing count", "# record 1\n" + ada + "\n", fault.Source, "there is none"},
		{"a wrong count of ldbsearch", "# record 1\n" + ada + "\n# returned 2 records\n# 2 entries\n# 0 referrals\n", fault.Source, "a count of 2"},
		{"a size limit", ada + "\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n\n# numResponses: 2\n# numEntries: 1\n", fault.Source,
			`line 6: the search behind the file ended with "4 Size limit exceeded"`},
		{"an end after a page", ada + "\n# pagedresults: cookie=AQA=\n", fault.Source, "after its last page there were more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := collect(t.Context(), t, ldif(t, test.text), idp.Request{Fields: []idp.Field{idp.Groups}})
			wantFailure(t, err, test.kind, test.says)
		})
	}
}

func TestLDIFPeople(t *testing.T) {
	tests := []struct {
		name, lines string
		isPerson    bool
	}{
		{"inetOrgPerson", "objectClass: inetOrgPerson", true},
		{"a person of Active Directory", "objectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: user\nsAMAccountType: 805306368", true},
		{"a class in another case", "OBJECTCLASS: PERSON", true},
		{"an account of Unix", "objectClass: account\nobjectClass: posixAccount\nuid: a", true},
		{"a person that is a group too", "member: cn=x\nobjectClass: person", true},
		{"a computer", "objectClass: person\nobjectClass: user\nobjectClass: computer", false},
		{"a computer of an old Samba", "objectClass: posixAccount\nuid: HOST$", false},
		{"a managed service account", "objectClass: user\nobjectClass: msDS-GroupManagedServiceAccount", false},
		{"a contact", "objectClass: person\nobjectClass: contact", false},
		{"a trust", "objectClass: person\nobjectClass: user\nsAMAccountType: 805306370", false},
		{"a trust by its flags", "objectClass: user\nuserAccountControl: 2080", false},
		{"a tombstone", "objectClass: user\nisDeleted: TRUE", false},
		{"a group", "objectClass: groupOfNames\nmember: cn=x", false},
		{"a container", "objectClass: organizationalUnit\nou: x", false},
		{"without a class, with an address", "mail: a@x", true},
		{"without a class, with an account", "sAMAccountName: a", true},
		{"without a class, a computer's account", "sAMAccountName: A$", false},
		{"without a class, with members", "mail: all@x\nmember: cn=x", false},
		{"without a class, with nothing of people", "description: x", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := collect(t.Context(), t, ldif(t, "dn: cn=a,dc=x\n"+test.lines+"\n"), idp.Request{})
			if err != nil {
				t.Fatal(err)
			}
			if isPerson := len(got) == 1; isPerson != test.isPerson {
				t.Errorf("%d people, want a person: %t", len(got), test.isPerson)
			}
		})
	}
	t.Run("the compatibility tree of FreeIPA", func(t *testing.T) {
		got, err := collect(t.Context(), t, ldif(t, "dn: uid=a,cn=users,cn=compat,dc=x\nobjectClass: posixAccount\nuid: a\n"), idp.Request{})
		if err != nil || len(got) > 0 {
			t.Errorf("%d people and the error %v, want neither", len(got), err)
		}
	})
}

func TestLDIFOfActiveDirectory(t *testing.T) {
	text := `dn: CN=Ada,DC=example,DC=com
objectClass: user
objectGUID:: AQIDBAUGBwgJCgsMDQ4PEA==
objectSid:: AQIAAAAAAAUgAAAAIAIAAA==
sAMAccountName: ada
sAMAccountType: 805306368
userAccountControl: 512
accountExpires: 133589952000000000
pwdLastSet: 0
proxyAddresses: smtp:lovelace@example.com
proxyAddresses: SMTP:Ada@example.com
memberOf:: Q049U2FsZXNcLCBFTUVBLERDPXg=
thumbnailPhoto:: /9j/
whenCreated: 20240501000000.0Z
`
	var told []string
	var got []idp.Person
	for p, err := range ldif(t, text).People(t.Context(), idp.Request{
		Fields:     []idp.Field{idp.Username, idp.Groups, idp.StatusRaw},
		Attributes: []string{"objectSid", "thumbnailPhoto", "whenCreated"},
		Notify:     func(notice string) { told = append(told, notice) },
	}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	want := []idp.Person{{
		ID: "04030201-0605-0807-090a-0b0c0d0e0f10", Status: idp.Disabled,
		Primary: "Ada@example.com", Aliases: []string{"lovelace@example.com"},
		Fields: []idp.Value{idp.TextOf("ada"), idp.ListOf("Sales, EMEA"), idp.ListOf(
			"userAccountControl=512", "accountExpires=2024-05-01T00:00:00Z (expired)", "pwdLastSet=0 (password must change)")},
		Attributes: []idp.Value{idp.TextOf("S-1-5-32-544"), idp.TextOf("/9j/"), idp.TextOf("2024-05-01T00:00:00Z")},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"thumbnailPhoto is binary, and its values stand in base64"}, told); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

func TestLDIFTellsOfWhatItLeftOut(t *testing.T) {
	text := "dn: uid=a\nuid: a\n\ndn: ou=x\n\n# search reference\nref: ldap://b\n\n# search reference\n# refldap://c\n"
	var told []string
	for _, err := range ldif(t, text).People(t.Context(), idp.Request{Notify: func(notice string) { told = append(told, notice) }}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(told) != 2 || !strings.Contains(told[0], "left 2 referrals") || !strings.Contains(told[1], "1 entries without an objectClass") {
		t.Errorf("the notices are %q", told)
	}
}

func TestLDIFFromStandardInput(t *testing.T) {
	l := openLDIF(t, ldap.LDIFConfig{Path: "-", Input: strings.NewReader("dn: uid=a\nuid: a\n")})
	if name := l.Source().Name; name != "-" {
		t.Errorf("the source is %q", name)
	}
	if got, err := collect(t.Context(), t, l, idp.Request{}); err != nil || len(got) != 1 {
		t.Errorf("%d people and the error %v, want one and none", len(got), err)
	}
	_, err := collect(t.Context(), t, l, idp.Request{})
	wantFailure(t, err, fault.Usage, "standard input: it was read before")
}

func TestNewLDIFRefuses(t *testing.T) {
	for name, config := range map[string]ldap.LDIFConfig{
		"no path":           {},
		"no standard input": {Path: "-"},
		"no file":           {Path: filepath.Join(t.TempDir(), "none.ldif")},
		"a folder":          {Path: t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ldap.NewLDIF(config)
			wantFailure(t, err, fault.Usage, "--idp: ")
		})
	}
}

type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("input/output error")
	}
	return n, err
}

func TestLDIFThatCannotBeReadToItsEnd(t *testing.T) {
	for _, text := range []string{"", "dn: uid=a\n", "dn: uid=a\nui"} {
		l := openLDIF(t, ldap.LDIFConfig{Path: "-", Input: failing{strings.NewReader(text)}})
		_, err := collect(t.Context(), t, l, idp.Request{})
		wantFailure(t, err, fault.Source, "reading standard input: input/output error")
	}
}

func TestWhatIsNoAddressIsToldOf(t *testing.T) {
	l := ldif(t, "dn: uid=ann\nmail: n/a\nuid: ann\n\ndn: uid=bob\nmail: none\nmail: -\nmail: bob@x\n\ndn: uid=eve\nmail: eve@x\n")
	var notices, primary []string
	for person, err := range l.People(t.Context(), idp.Request{Notify: func(notice string) { notices = append(notices, notice) }}) {
		if err != nil {
			t.Fatal(err)
		}
		primary = append(primary, person.Primary)
	}
	if diff := cmp.Diff([]string{"", "bob@x", "eve@x"}, primary); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	want := []string{"what " + l.Source().Name + ` has for the email of 2 people is no address, such as "n/a", and counts as none`}
	if diff := cmp.Diff(want, notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}
