package ldap

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cohort/idp"
)

func TestAllAttributesAreWhatTheEntryHas(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []idp.Attribute
	}{
		{
			"under the names that the server gives them",
			[]string{"EmployeeType: staff", "badge: 7", "badge: 8"},
			[]idp.Attribute{
				{Name: "EmployeeType", Value: idp.TextOf("staff"), Feeds: []idp.Field{idp.EmployeeType}},
				{Name: "badge", Value: idp.ListOf("7", "8")},
			},
		},
		{
			"with the fields that they feed",
			[]string{"uid: ada", "mail: ada@example.com"},
			[]idp.Attribute{
				{Name: "uid", Value: idp.TextOf("ada"), Feeds: []idp.Field{idp.Logins, idp.Username}},
				{Name: "mail", Value: idp.TextOf("ada@example.com"), Feeds: []idp.Field{idp.Email}},
			},
		},
		{
			"with options under a name of their own",
			[]string{"title;lang-de: Chefin", "cn;lang-fr: Adá", "cn: Ada"},
			[]idp.Attribute{
				{Name: "title;lang-de", Value: idp.TextOf("Chefin"), Feeds: []idp.Field{idp.Title}},
				{Name: "cn;lang-fr", Value: idp.TextOf("Adá"), Feeds: []idp.Field{idp.Name}},
				{Name: "cn", Value: idp.TextOf("Ada"), Feeds: []idp.Field{idp.Name}},
			},
		},
		{
			"as text, and bytes in base64",
			[]string{"createTimestamp: 20240301120000Z", "userCertificate;binary: \x30\x82", "jpegPhoto: \xff\xd8"},
			[]idp.Attribute{
				{Name: "createTimestamp", Value: idp.TextOf("2024-03-01T12:00:00Z")},
				{Name: "userCertificate;binary", Value: idp.TextOf("MII="), Binary: true},
				{Name: "jpegPhoto", Value: idp.TextOf("/9g="), Binary: true},
			},
		},
		{
			"but what means never, and what is empty",
			[]string{"accountExpires: 0", "sn: Lovelace", "info: "},
			[]idp.Attribute{{Name: "sn", Value: idp.TextOf("Lovelace"), Feeds: []idp.Field{idp.FamilyName}}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var notices []string
			m := mappingOf(idp.Request{All: true, Notify: func(n string) { notices = append(notices, n) }}, origin{})
			// The second time all names are known.
			for range 2 {
				p, err := m.person(entryOf(test.lines...))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, p.All, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
			}
			if len(notices) > 0 {
				t.Errorf("told %q", notices)
			}
		})
	}
}

func TestAllAttributesHoldEveryValueOfALongList(t *testing.T) {
	m := mappingOf(idp.Request{All: true}, origin{flavour: activeDirectory})
	e := entryOf("member;range=0-1: a", "member;range=0-1: b")
	m.load(e)
	if cuts := m.cuts(); len(cuts) != 1 || cuts[0].attribute() != "member;range=2-*" {
		t.Fatalf("the cuts are %v", cuts)
	}
	if err := m.extend(entryOf("member;range=2-*: c")); err != nil {
		t.Fatal(err)
	}
	want := []idp.Attribute{{Name: "member", Value: idp.ListOf("a", "b", "c")}}
	if diff := cmp.Diff(want, m.build(e).All); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestAllAttributesAreAskedForWithThoseThatHideFromAll(t *testing.T) {
	named, all := mappingOf(idp.Request{}, origin{}).asked(), mappingOf(idp.Request{All: true}, origin{}).asked()
	if diff := cmp.Diff(append([]string{"*", "+"}, named...), all); diff != "" {
		t.Errorf("attributes that are asked for (-want +got):\n%s", diff)
	}
}

// TestEveryAttributeThatIsAskedForFeedsSomething holds the table of fields to
// what a server is asked for.
func TestEveryAttributeThatIsAskedForFeedsSomething(t *testing.T) {
	for f := other; f <= freeIPA; f++ {
		request := idp.Request{Fields: slices.DeleteFunc(idp.MappedFields(), func(field idp.Field) bool { return field == idp.StatusRaw })}
		for _, name := range mappingOf(request, origin{flavour: f}).names {
			if len(feeds(canonical(name), f)) == 0 {
				t.Errorf("%s: %s is asked for, and feeds nothing", f, name)
			}
		}
	}
}
