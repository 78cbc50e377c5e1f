package idp_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/idp/idptest"
)

// shelf is a connector of people who lie ready: their attributes by name.
type shelf []map[string]idp.Value

func (shelf) Source() idp.Source { return idp.Source{Name: "shelf"} }

func (s shelf) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	return func(yield func(idp.Person, error) bool) {
		for _, attributes := range s {
			if err := ctx.Err(); err != nil {
				yield(idp.Person{}, err)
				return
			}
			get := func(name string) idp.Value { return attributes[strings.ToLower(name)] }
			p := idp.Person{ID: get("id").Text, Status: idp.Active, Primary: get("mail").Text, Aliases: get("aliases").Items}
			for _, field := range req.Fields {
				value := get(string(field))
				if field == idp.ManagerEmail {
					p.Ref, p.Manager = p.ID, get("manager").Text
					value = idp.Value{}
				}
				p.Fields = append(p.Fields, value)
			}
			for _, name := range req.Attributes {
				p.Attributes = append(p.Attributes, get(name))
			}
			if req.All {
				for name, value := range attributes {
					p.All = append(p.All, idp.Attribute{Name: name, Value: value, Feeds: map[string][]idp.Field{"mail": {idp.Email}, "title": {idp.Title}}[name]})
				}
			}
			if !yield(p, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(idp.Person{}, err)
		}
	}
}

// catalogue is a shelf that can look up and refer.
type catalogue struct{ shelf }

func (catalogue) Addresses(context.Context, []string) (map[string]string, error) {
	return map[string]string{"1": "a@x"}, nil
}

func (catalogue) RefOf(value string) string { return "ref " + value }

func threePeople() shelf {
	return shelf{
		{
			"id": idp.TextOf("1"), "mail": idp.TextOf("a@x"), "aliases": idp.ListOf("a1@x", "A2@x"), "name": idp.TextOf("Ann"), "title": idp.TextOf("CEO"),
			"othermail": idp.ListOf("a2@x", "a3@x"), "level": idp.NumberOf("7"), "number": idp.TextOf("007"), "hired": idp.TextOf("20240301120000.0Z"),
		},
		{
			"id": idp.TextOf("2"), "mail": idp.TextOf("b@x"), "name": idp.TextOf("Bob"), "manager": idp.TextOf("1"), "boss": idp.TextOf("a@x"),
			"othermail": idp.TextOf(" b2@x "), "suspended": idp.BooleanOf(true), "teams": idp.TextOf("one"), "hired": idp.TextOf("3/1/2024"),
		},
		{
			"id": idp.TextOf("3"), "mail": idp.TextOf("c@x"), "name": idp.TextOf("Cat"), "boss": idp.TextOf("1"), "othermail": idp.TextOf("none"),
			"suspended": idp.TextOf("perhaps"), "teams": idp.ListOf("one", "two"), "login": idp.ListOf("cat", "cat@x"),
		},
	}
}

func TestMappedConnectorsConform(t *testing.T) {
	idptest.Run(t, idptest.Suite{
		New: func(*testing.T) idp.Connector {
			return idp.Mapped(threePeople(), idp.Mapping{idp.Email: "othermail", idp.Title: "level", idp.ManagerEmail: "boss", idp.Groups: "teams"})
		},
		IDs:        []string{"1", "2", "3"},
		Attributes: []string{"level", "othermail"},
	})
}

func TestMapped(t *testing.T) {
	request := idp.Request{
		Fields:     []idp.Field{idp.Title, idp.Name, idp.ManagerEmail, idp.Groups, idp.StartDate, idp.StatusRaw},
		Attributes: []string{"LEVEL", "name"},
	}
	var notices []string
	request.Notify = func(notice string) { notices = append(notices, notice) }
	mapping := idp.Mapping{
		idp.Email: "othermail", idp.Title: "level", idp.ManagerEmail: "boss", idp.Groups: "teams", idp.StartDate: "hired", idp.StatusName: "suspended",
		idp.ID: "number", idp.Logins: "login", idp.Aliases: "nothing",
	}
	var got []idp.Person
	for person, err := range idp.Mapped(catalogue{threePeople()}, mapping).People(t.Context(), request) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, person)
	}
	want := []idp.Person{
		{
			ID: "007", Primary: "a2@x", Ref: "1",
			Fields:     []idp.Value{idp.NumberOf("7"), idp.TextOf("Ann"), {}, {}, idp.TextOf("2024-03-01"), {}},
			Attributes: []idp.Value{idp.NumberOf("7"), idp.TextOf("Ann")},
		},
		{
			ID: "2", Status: idp.Disabled, Primary: "b2@x", Ref: "2",
			Fields:     []idp.Value{{}, idp.TextOf("Bob"), idp.TextOf("a@x"), idp.ListOf("one"), idp.TextOf("3/1/2024"), idp.BooleanOf(true)},
			Attributes: []idp.Value{{}, idp.TextOf("Bob")},
		},
		{
			ID: "3", Ref: "3", Manager: "ref 1", Logins: []string{"cat@x"},
			Fields:     []idp.Value{{}, idp.TextOf("Cat"), {}, idp.ListOf("one", "two"), {}, idp.TextOf("perhaps")},
			Attributes: []idp.Value{{}, idp.TextOf("Cat")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	wantNotices := []string{
		"--map: nobody has a value of nothing, so that aliases is empty",
		`what shelf has for the email of 1 person is no address, such as "none", and counts as none`,
		`the status of 1 person is unknown, since no word for it is meant by "perhaps"`,
		`the start_date of 1 person stays as it is, since nobody can tell which day "3/1/2024" is`,
	}
	if diff := cmp.Diff(wantNotices, notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

func TestMappedAttributesFeedWhatTheMappingSays(t *testing.T) {
	feeds := map[string][]idp.Field{}
	mapping := idp.Mapping{idp.Title: "Level", idp.Email: "mail", idp.Department: "level"}
	for person, err := range idp.Mapped(threePeople(), mapping).People(t.Context(), idp.Request{All: true}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range person.All {
			if len(a.Feeds) > 0 {
				feeds[a.Name] = a.Feeds
			}
		}
	}
	want := map[string][]idp.Field{"mail": {idp.Email}, "level": {idp.Title, idp.Department}}
	if diff := cmp.Diff(want, feeds); diff != "" {
		t.Errorf("fields by attribute (-want +got):\n%s", diff)
	}
}

func TestMappedAddressesKeepTheOtherAliases(t *testing.T) {
	for person, err := range idp.Mapped(threePeople(), idp.Mapping{idp.Email: "otherMail"}).People(t.Context(), idp.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(idp.Person{ID: "1", Status: idp.Active, Primary: "a2@x", Aliases: []string{"a3@x", "a1@x"}, Fields: []idp.Value{}, Attributes: []idp.Value{}}, person); diff != "" {
			t.Errorf("person (-want +got):\n%s", diff)
		}
		break
	}
}

func TestMappedAsksForNothingTwice(t *testing.T) {
	var asked idp.Request
	connector := recorder{&asked}
	mapping := idp.Mapping{idp.Email: "Mail2", idp.Title: "mail2", idp.ManagerEmail: "boss", idp.City: "place"}
	for _, err := range idp.Mapped(connector, mapping).People(t.Context(), idp.Request{
		Fields: []idp.Field{idp.Title, idp.ManagerEmail, idp.Name}, Attributes: []string{"MAIL2", "x"},
	}) {
		t.Errorf("somebody came, or an error: %v", err)
	}
	want := idp.Request{Fields: []idp.Field{idp.ManagerEmail, idp.Name}, Attributes: []string{"MAIL2", "x", "boss"}}
	if diff := cmp.Diff(want, asked, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Notify" }, cmp.Ignore())); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// recorder notes what it is asked for, and has nobody.
type recorder struct{ asked *idp.Request }

func (recorder) Source() idp.Source { return idp.Source{Name: "recorder"} }

func (r recorder) People(_ context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	*r.asked = req
	return func(func(idp.Person, error) bool) {}
}

func TestMappedStaysALookup(t *testing.T) {
	if _, ok := idp.Mapped(threePeople(), idp.Mapping{idp.Title: "level"}).(idp.Lookup); ok {
		t.Error("what is no lookup became one")
	}
	for _, test := range []struct {
		mapping idp.Mapping
		want    map[string]string
	}{
		{nil, map[string]string{"1": "a@x"}},
		{idp.Mapping{idp.Title: "level"}, map[string]string{"1": "a@x"}},
		{idp.Mapping{idp.Email: "othermail"}, nil},
	} {
		lookup, ok := idp.Mapped(catalogue{threePeople()}, test.mapping).(idp.Lookup)
		if !ok {
			t.Fatalf("with %v it is no lookup any more", test.mapping)
		}
		got, err := lookup.Addresses(t.Context(), []string{"1"})
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("with %v: error %v, addresses (-want +got):\n%s", test.mapping, err, diff)
		}
	}
}
