package join_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/join"
)

func TestColumnsAskForWhatTheyNeed(t *testing.T) {
	for _, test := range []struct {
		name    string
		specs   []string
		headers []string
		request idp.Request
	}{
		{
			name:    "what every person carries is not asked for",
			specs:   []string{"email", "idp_id", "idp_status", "idp_source", "coder_user", "match"},
			headers: []string{"email", "idp_id", "idp_status", "idp_source", "coder_user", "match"},
		},
		{
			name:    "a field asked for twice is asked for once",
			specs:   []string{"title", "Role=title"},
			headers: []string{"title", "Role"},
			request: idp.Request{Fields: []idp.Field{idp.Title}},
		},
		{
			name:    "fields count in any case and keep the case of their headers",
			specs:   []string{"Email", "Manager_Email"},
			headers: []string{"Email", "Manager_Email"},
			request: idp.Request{Fields: []idp.Field{idp.ManagerEmail}},
		},
		{
			name:    "what is no field is an attribute, in any case the same",
			specs:   []string{"roomNumber", "Room=roomnumber"},
			headers: []string{"roomNumber", "Room"},
			request: idp.Request{Attributes: []string{"roomNumber"}},
		},
		{
			name:    "attr: means the attribute where a field has its name",
			specs:   []string{"attr:title", "a=b=attr:name"},
			headers: []string{"title", "a=b"},
			request: idp.Request{Attributes: []string{"title", "name"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			columns, err := join.ParseColumns(test.specs)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.headers, columns.Headers()); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			got := columns.Request()
			if diff := cmp.Diff(test.request.Fields, got.Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.request.Attributes, got.Attributes); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumnsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		specs []string
		want  string
	}{
		{"no column at all", nil, "there are none"},
		{"an empty column", []string{"email", " "}, `names no column`},
		{"a header without a source", []string{"Level="}, `"Level=" names no column`},
		{"a source without a header", []string{"=title"}, `"=title" names no column`},
		{"two equal headers", []string{"email", "email=title"}, `two columns are called "email"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := join.ParseColumns(test.specs)
			if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want a usage error with %q", err, test.want)
			}
		})
	}
}

func TestEveryFieldIsAColumn(t *testing.T) {
	columns, err := join.ParseColumns(join.Fields())
	if err != nil {
		t.Fatal(err)
	}
	request := columns.Request()
	if diff := cmp.Diff(idp.MappedFields(), request.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if len(request.Attributes) > 0 {
		t.Errorf("taken for attributes: %q", request.Attributes)
	}
	for _, column := range join.DefaultColumns() {
		if !strings.Contains(" "+strings.Join(join.Fields(), " ")+" ", " "+column+" ") {
			t.Errorf("the default column %q is no field", column)
		}
	}
}

func TestAnAttributeThatNobodyHas(t *testing.T) {
	for _, test := range []struct{ column, hint string }{
		{"mangaer_email", "did you mean manager_email?"},
		{"departement", "did you mean department?"},
		{"coderuser", "did you mean coder_user?"},
		{"roomNumber", "--allow-missing-columns"},
	} {
		columns, err := join.ParseColumns([]string{test.column})
		if err != nil {
			t.Fatal(err)
		}
		population := join.NewPopulation(columns.Request())
		if err := population.Add(idp.Person{ID: "1", Attributes: make([]idp.Value, 1)}); err != nil {
			t.Fatal(err)
		}
		_, err = join.Join(population, nil, columns, join.Options{Join: join.Left})
		if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%s: got error %v, want a usage error with %q", test.column, err, test.hint)
		}
		allowed, err := join.Join(population, nil, columns, join.Options{Join: join.Left, AllowMissing: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{`""`}, lines(t, allowed)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
}

func TestAPersonOfAnotherRequestIsRefused(t *testing.T) {
	population := join.NewPopulation(idp.Request{Fields: []idp.Field{idp.Title}})
	if err := population.Add(idp.Person{ID: "1"}); err == nil {
		t.Error("a person without the field that was asked for was taken")
	}
}
