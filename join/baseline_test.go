package join_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/join"
)

// earlier is the manifest of a run that read 100 people and 50 users.
func earlier() join.Manifest {
	return join.Manifest{
		Sources: []join.ManifestSource{
			{Role: "idp", Name: "a", Records: 60}, {Role: "idp", Name: "b", Records: 40}, {Role: "coder", Name: "c", Records: 50},
		},
		Figures: join.Figures{
			People: join.PeopleFigures{Total: 100, Matched: 40, Unmatched: 60}, Users: join.UserFigures{Total: 50, Matched: 40, Unmatched: 10},
		},
		Join:    join.Left,
		Columns: []join.ManifestColumn{{Header: "email", Filled: 100, Rate: 1}, {Header: "Team", Filled: 80, Rate: 0.8}},
	}
}

func TestAFallSinceTheBaseline(t *testing.T) {
	for _, test := range []struct {
		name    string
		percent float64
		change  func(*join.Manifest)
		want    []string
	}{
		{"nothing changed", 0, func(*join.Manifest) {}, nil},
		{"more is no fall", 0, func(m *join.Manifest) { m.People.Total = 1000 }, nil},
		{"a small fall is allowed", 5, func(m *join.Manifest) { m.People.Total = 95 }, nil},
		{"one more is not", 5, func(m *join.Manifest) { m.People.Total = 94 }, []string{"people fell from 100 to 94"}},
		{"a fall of exactly that is allowed", 41, func(m *join.Manifest) { m.People.Total = 59 }, nil},
		{"also of a share", 5, func(m *join.Manifest) { m.Columns[1].Rate = 0.76 }, nil},
		{"without leave none is", 0, func(m *join.Manifest) { m.Users.Total = 49 }, []string{"Coder users fell from 50 to 49"}},
		{"matches", 10, func(m *join.Manifest) { m.People.Matched = 3 }, []string{"people with a Coder user fell from 40 to 3"}},
		{"one of several sources", 5, func(m *join.Manifest) { m.Sources[1].Records = 0 }, []string{"people of b fell from 40 to 0"}},
		{"the fill of a column", 5, func(m *join.Manifest) { m.Columns[1].Rate = 0.7 }, []string{"the fill of Team fell from 80.0 % to 70.0 %"}},
		{"a column that was not there", 0, func(m *join.Manifest) { m.Columns[1] = join.ManifestColumn{Header: "New"} }, nil},
	} {
		m := earlier()
		test.change(&m)
		drops, comparable := m.Drops(earlier(), test.percent)
		var got []string
		for _, drop := range drops {
			got = append(got, drop.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" || !comparable {
			t.Errorf("%s: drops (-want +got), comparable %t:\n%s", test.name, comparable, diff)
		}
	}
	m := earlier()
	m.Join, m.Columns[1].Rate = join.Inner, 0
	if drops, comparable := m.Drops(earlier(), 0); comparable || len(drops) > 0 {
		t.Errorf("the fill of other rows was compared: %v", drops)
	}
}

func TestAManifestReadsBack(t *testing.T) {
	want := earlier()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := join.ReadManifest(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	for _, text := range []string{"", "{}", "[]", `{"sources":[]}`, `{"sources":[{}],"columns":[{}]}`, string(text) + "x", strings.Replace(string(text), `"total":100`, `"total":90`, 1), string(text[:len(text)/2])} {
		if _, err := join.ReadManifest(strings.NewReader(text)); err == nil {
			t.Errorf("%q was taken for a manifest", text)
		}
	}
}
